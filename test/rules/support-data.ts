/** Small estates for the tests of rules about stores, backups and keys. */

import { expect, it } from 'vitest';
import { buildEstate } from '../../src/estate/estate.ts';
import { findRoles } from '../../src/estate/roles.ts';
import type { Metric, MetricType } from '../../src/model/agreement.ts';
import type { Finding } from '../../src/model/finding.ts';
import { known } from '../../src/model/known.ts';
import { fixed } from '../../src/model/protection.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { Terrain } from '../../src/recovery/standing.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { SERVICES } from '../../src/services/registry.ts';
import type { Identity, ServiceModule } from '../../src/services/service.ts';
import { identityOf, meaning, service } from '../../src/services/service.ts';
import { spreadOf } from '../../src/services/view.ts';
import { findingsOf, ruleContext } from '../../src/verdicts/findings.ts';
import { expectAloneHolds } from '../policies/alone-law.ts';
import { declared } from '../services/support-databases.ts';

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

/** Something that computes in the AZs that it is given and reads what its environment names. */
const program = service<Identity & { readonly zones: readonly string[] }>({
  id: 'program',
  title: 'program',
  kind: 'compute',
  types: ['test:program:Program'],
  parts: [],
  declare: (props) => ({ ...identityOf(props), zones: textOf(props.raw('zones')).split(',') }),
  mean: (facts) =>
    meaning({
      kind: 'compute',
      placement: known({ kind: 'zonal', spread: spreadOf(facts.zones.map((zone) => known(zone))) }),
      under: {},
    }),
});

/** An automation that starts one action for one resource when its Region is lost. */
const starter = service<Identity & { readonly action: string; readonly target: string }>({
  id: 'starter',
  title: 'starter',
  kind: 'orchestrator',
  types: ['test:starter:Starter'],
  parts: [],
  declare: (props) => ({ ...identityOf(props), action: textOf(props.raw('action')), target: textOf(props.raw('target')) }),
  mean: (facts) =>
    meaning({
      kind: 'orchestrator',
      placement: known({ kind: 'global' }),
      under: {},
      orchestrations: [
        {
          grows: undefined,
          action: facts.action,
          targets: [known(facts.target)],
          scopes: ['region'],
          automation: 'orchestrated',
          armed: known(true),
          lead: fixed(60, 'test'),
          says: 'a test starts it',
        },
      ],
    }),
});

const MODULES = [...SERVICES, program, starter] as readonly ServiceModule[];

export const WEST = { in: 'us-west-2' } as const;

export const runs = (name: string, environment: Values, zones: string, more: { readonly in?: string } = {}): Resource =>
  declared('test:program:Program', name, { environment, zones }, more);

export const starts = (action: string, target: Resource): Resource =>
  declared('test:starter:Starter', `start-${target.name}`, { action, target: target.urn });

/** `['RPO', 'data', 3600]` */
export type Promised = readonly [MetricType, Scope, number];

/** Resources, and what was agreed for every one of them; undefined: there is no catalogue. */
export interface Situation {
  readonly resources: readonly Resource[];
  readonly agreed?: readonly Promised[];
  /** The source is a difference that cannot show every resource. */
  readonly partial?: boolean;
}

export interface RuleCase {
  readonly fires: Situation;
  readonly silent: Situation;
  /** Text: why the rule can always tell. */
  readonly unknown: Situation | string;
}

export function findings(rules: readonly Rule[], situation: Situation): readonly Finding[] {
  const reading = {
    source: 'test',
    kind: 'export',
    project: 'shop',
    stack: 'prod',
    resources: situation.resources,
    stackOutputs: {},
    partial: situation.partial === true,
    notes: [],
  } as const;
  const estate = buildEstate([reading], MODULES);
  const metrics = (situation.agreed ?? []).map(metric);
  const context = ruleContext(new Terrain(estate, findRoles(estate), () => 0), () => metrics, situation.agreed !== undefined);
  const found = findingsOf(rules, context, undefined, '2026-11-23');
  const ids = new Set(rules.map((r) => r.id));
  expectAloneHolds(ids, situation.resources, found, situation.agreed === undefined ? undefined : () => metrics);
  return found;
}

function metric([type, scope, target]: Promised): Metric {
  return {
    id: `sla/shop/${type}-${scope}`,
    agreementId: 'sla',
    serviceId: 'shop',
    type,
    scope,
    target,
    percentile: 99,
    clock: 'onset',
    scopeDefaulted: false,
    place: { file: 'holdfast.yaml', line: 1, column: 1 },
  };
}

/** `fires`, `unknown` or `silent`: the strongest answer of one rule over the whole situation. */
export function outcome(rules: readonly Rule[], id: string, situation: Situation): 'fires' | 'unknown' | 'silent' {
  const rule = rules.filter((r) => r.id === id);
  expect(rule, id).toHaveLength(1);
  const found = findings(rule, situation);
  if (found.some((f) => f.undecided === undefined)) return 'fires';
  return found.length > 0 ? 'unknown' : 'silent';
}

/** The messages of one rule that fire. */
export const messages = (rules: readonly Rule[], id: string, situation: Situation): readonly string[] =>
  findings(
    rules.filter((r) => r.id === id),
    situation,
  )
    .filter((f) => f.undecided === undefined)
    .map((f) => f.message);

/** Runs the table of a family, and holds it and the list of ids against the rules. */
export function checkFamily(rules: readonly Rule[], ids: readonly string[], cases: Readonly<Record<string, RuleCase>>): void {
  it('has these rules, each with its cases', () => {
    expect(rules.map((r) => r.id).toSorted()).toEqual([...ids].toSorted());
    expect(Object.keys(cases).toSorted()).toEqual([...ids].toSorted());
  });

  it.each(rules.map((r) => [r.id, r] as const))('%s is worded for people', (_id, rule) => {
    expect(rule.source).toMatch(/^https:\/\/\S+$/);
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.why.length).toBeGreaterThan(60);
    expect(rule.fix.length).toBeGreaterThan(20);
    expect(rule.scopes.length).toBeGreaterThan(0);
    expect(rule.checks.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(cases))('%s fires, with a sentence of its own', (id, { fires }) => {
    expect(outcome(rules, id, fires)).toBe('fires');
    for (const message of messages(rules, id, fires)) {
      expect(message).not.toBe(rules.find((r) => r.id === id)?.title);
      expect(message).not.toMatch(/undefined|NaN|\[object|Infinity/);
    }
  });

  it.each(Object.entries(cases))('%s is silent', (id, { silent }) => {
    expect(outcome(rules, id, silent)).toBe('silent');
  });

  it.each(Object.entries(cases).filter(([, c]) => typeof c.unknown !== 'string'))('%s is unknown', (id, { unknown }) => {
    expect(typeof unknown === 'string' ? unknown : outcome(rules, id, unknown)).toBe('unknown');
  });
}
