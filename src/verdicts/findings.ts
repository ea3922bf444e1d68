/** Runs every rule over every resource that it concerns. */

import { compileGlob } from '../catalog/glob.ts';
import type { Estate, EstateResource } from '../estate/estate.ts';
import { factsOf } from '../estate/estate.ts';
import type { Catalogue, Metric, MetricType, Waiver } from '../model/agreement.ts';
import { isAtLeast } from '../model/agreement.ts';
import { kept } from '../model/collections.ts';
import type { Finding, RuleText } from '../model/finding.ts';
import { SEVERITIES } from '../model/finding.ts';
import { decide } from '../model/known.ts';
import type { Scope } from '../model/scope.ts';
import type { Terrain } from '../recovery/standing.ts';
import type { Check, Rule, RuleAnswer, RuleContext } from '../rules/rule.ts';
import type { Identity, ServiceModule } from '../services/service.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Metrics in force of the services that own each resource. */
export type MetricsOf = (urn: string) => readonly Metric[];

export function ruleContext(terrain: Terrain, metricsOf: MetricsOf, hasCatalogue: boolean): RuleContext {
  const { estate, roles } = terrain;
  const everyFact = new Map<string, readonly Identity[]>();
  return {
    estate,
    hasCatalogue,
    role: (urn) => roles.of(urn),
    isStandby: (urn) => terrain.isStandby(urn),
    targets: (urn: string, type: MetricType, scope?: Scope) =>
      metricsOf(urn)
        .filter((m) => m.type === type && (scope === undefined || m.scope === scope))
        .map((m) => m.target)
        .sort((a, b) => (isAtLeast(type) ? b - a : a - b)),
    agreed: (urn, scope) => !hasCatalogue || metricsOf(urn).some((m) => m.scope === scope),
    facts: (module, urn) => factsOf(module, estate.resources.get(urn)),
    allFacts: <F extends Identity>(module: ServiceModule<F>) => {
      const facts = kept(everyFact, module.id, () =>
        [...estate.resources.values()].map((item) => factsOf(module, item)).filter((f) => f !== undefined),
      );
      return facts as readonly F[];
    },
  };
}

/** Findings of all rules, most severe first, then by rule and URN. `today` (YYYY-MM-DD) decides which waivers hold. */
export function findingsOf(
  rules: readonly Rule[],
  context: RuleContext,
  catalogue: Catalogue | undefined,
  today: string,
): readonly Finding[] {
  const found: Finding[] = [];
  const concerning = checksOf(rules);
  for (const item of context.estate.resources.values()) {
    for (const { rule, check } of concerning(item)) {
      for (const finding of findingsAt(rule, check, item, context)) found.push(finding);
    }
  }
  return withWaivers(found, catalogue, today).sort(
    (a, b) =>
      Number(a.undecided !== undefined) - Number(b.undecided !== undefined) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.rule, b.rule) ||
      compare(a.resource, b.resource),
  );
}

/** What one check of a rule finds at a resource that it concerns. `estate`: the one that the resource is of. */
export function findingsAt(
  rule: Rule,
  check: Check,
  item: EstateResource,
  context: RuleContext,
  estate: Estate = context.estate,
): readonly Finding[] {
  const answers = check.check(factsOrIdentity(item), item, context);
  // A hundred thousand checks of a run have nothing to say.
  if (answers === undefined) return NOTHING;
  return listOf(answers)
    .map((answer) => toFinding(rule, answer, item, estate))
    .filter((finding) => finding !== undefined);
}

/** Each with the waiver that covers it. The list is the caller's own. */
export function withWaivers(findings: readonly Finding[], catalogue: Catalogue | undefined, today: string): Finding[] {
  const waivers = (catalogue?.waivers ?? []).map((waiver) => ({
    waiver,
    covers: waiver.resource === undefined ? () => true : compileGlob(waiver.resource),
  }));
  return findings.map((finding) => {
    const held = waivers.find((w) => w.waiver.rule === finding.rule && w.covers(finding.resource))?.waiver;
    return held === undefined ? finding : { ...finding, waiver: shown(held, today) };
  });
}

interface RuleCheck {
  readonly rule: Rule;
  readonly check: Check;
}

/** The checks that look at a resource: those of its service and, if it is a custom resource, those of none. */
export function checksOf(rules: readonly Rule[]): (item: EstateResource) => readonly RuleCheck[] {
  const every = rules.flatMap((rule) => rule.checks.map((check) => ({ rule, check })));
  const byStanding = new Map<string, readonly RuleCheck[]>();
  return ({ resource, standing }) => {
    const own = standing.kind === 'modelled' ? standing.module.id : undefined;
    return kept(byStanding, `${resource.custom} ${own}`, () =>
      every.filter(({ check: { module } }) => (module === undefined ? resource.custom : module.id === own)),
    );
  };
}

const NOTHING: readonly Finding[] = [];

function listOf(answers: RuleAnswer | readonly RuleAnswer[]): readonly RuleAnswer[] {
  return Array.isArray(answers) ? (answers as readonly RuleAnswer[]) : [answers as RuleAnswer];
}

function toFinding(rule: Rule, answer: RuleAnswer, item: EstateResource, estate: Estate): Finding | undefined {
  // Most answers are no: what a finding shows is put together only when there is one.
  const { property } = answer;
  const found = (message: string, undecided: Finding['undecided']): Finding =>
    findingAt(rule, item, estate, { property, message, undecided });
  return decide<Finding | undefined>(answer.fires, {
    yes: (fact) => found(fact.detail ?? rule.title, undefined),
    no: () => undefined,
    unknown: (why) => found(`cannot tell whether ${lowerFirst(rule.title)}: ${why.detail}`, why),
  });
}

/** A rule, of code or of live AWS, at a resource. */
export function findingAt(
  { id, title, severity, scopes }: RuleText,
  item: EstateResource,
  estate: Estate,
  { property, message, undecided }: Pick<Finding, 'property' | 'message' | 'undecided'>,
): Finding {
  return {
    rule: id,
    title,
    severity,
    scopes,
    resource: item.resource.urn,
    resourceTitle: item.title,
    property,
    position: item.resource.position,
    message,
    undecided,
    fingerprint: fingerprintOf(id, item, estate, property),
    waiver: undefined,
  };
}

function shown(waiver: Waiver, today: string): NonNullable<Finding['waiver']> {
  return { approvedBy: waiver.approvedBy, until: waiver.until, reason: waiver.reason, expired: waiver.until < today };
}

function factsOrIdentity(item: EstateResource): Identity {
  if (item.standing.kind === 'modelled') return item.standing.facts;
  const { urn, name, region, account } = item.resource;
  return { id: urn, name, region, account };
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
