import { expect, it } from 'vitest';
import { buildEstate } from '../../src/estate/estate.ts';
import { findRoles } from '../../src/estate/roles.ts';
import type { Metric, MetricType } from '../../src/model/agreement.ts';
import { known, unknown } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { Value } from '../../src/model/value.ts';
import { Hole } from '../../src/model/value.ts';
import { Terrain } from '../../src/recovery/standing.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { findingsOf, ruleContext } from '../../src/verdicts/findings.ts';
import { expectAloneHolds } from '../policies/alone-law.ts';

export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: { readonly [key: string]: Value };
  /** Undefined: us-east-1. Null: not known. */
  readonly region?: string | null;
  readonly provider?: string;
  readonly ignoreChanges?: readonly string[];
}

export type Answer = 'fires' | 'silent' | 'unknown';

export interface RuleCase {
  readonly rule: string;
  readonly says: string;
  readonly estate: readonly Declared[];
  /** Promises of the service that owns everything; undefined: no catalogue. */
  readonly agreed?: readonly (readonly [MetricType, Scope, number])[];
  readonly answer: Answer;
  /** Part of the sentence, where the values in it matter. */
  readonly names?: string;
}

export const hole = new Hole('unresolved-at-preview', 'not known yet');
const urnOf = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;

/** What a program run leaves where another resource's output was used. */
export function out(d: Declared, property: string): Hole {
  return new Hole('unresolved-at-preview', `${property} of ${d.name}`, [{ urn: urnOf(d.type, d.name), property }]);
}

export function declared(type: string, name: string, inputs: Declared['inputs'] = {}, region?: string | null): Declared {
  return { type, name, inputs, ...(region === undefined ? {} : { region }) };
}

function resource(d: Declared): Resource {
  return {
    urn: urnOf(d.type, d.name),
    type: d.type,
    sourceType: d.type,
    name: d.name,
    project: 'shop',
    stack: 'prod',
    custom: true,
    remote: false,
    id: undefined,
    inputs: d.inputs,
    outputs: {},
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: d.provider,
    region: d.region === null ? unknown('unresolved-at-preview', 'its Region is not known') : known(d.region ?? 'us-east-1'),
    account: known('111122223333'),
    tags: known({}),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: d.ignoreChanges ?? [],
    position: undefined,
    pending: undefined,
  };
}

export function findings(rule: Rule, estate: readonly Declared[], agreed: RuleCase['agreed']) {
  const reading = {
    source: 'test',
    kind: 'program',
    project: 'shop',
    stack: 'prod',
    resources: estate.map(resource),
    stackOutputs: {},
    partial: false,
    notes: [],
  } as const;
  const built = buildEstate([reading], SERVICES);
  const metrics = (agreed ?? []).map(
    ([type, scope, target]): Metric => ({
      id: `${type}-${scope}`,
      agreementId: 'sla',
      serviceId: 'shop',
      type,
      scope,
      target,
      percentile: 99,
      clock: 'onset',
      scopeDefaulted: false,
      place: { file: 'holdfast.yaml', line: 1, column: 1 },
    }),
  );
  const terrain = new Terrain(built, findRoles(built), () => 0);
  const context = ruleContext(terrain, () => metrics, agreed !== undefined);
  const found = findingsOf([rule], context, undefined, '2026-01-01');
  expectAloneHolds(new Set([rule.id]), reading.resources, found, agreed === undefined ? undefined : () => metrics);
  return found;
}

/** Fires when it fires anywhere; unknown when nothing fires and something cannot be told. */
function answerOf(rule: Rule, c: RuleCase): { readonly answer: Answer; readonly messages: string } {
  const found = findings(rule, c.estate, c.agreed);
  const firing = found.filter((f) => f.undecided === undefined);
  return {
    answer: firing.length > 0 ? 'fires' : found.length > 0 ? 'unknown' : 'silent',
    messages: (firing.length > 0 ? firing : found).map((f) => f.message).join('\n'),
  };
}

/** Every case, and that every rule has one of each kind. */
export function checkFamily(rules: readonly Rule[], cases: readonly RuleCase[]): void {
  it.each(cases)('$rule: $answer when $says', (c) => {
    const rule = rules.find((r) => r.id === c.rule);
    expect(rule, c.rule).toBeDefined();
    if (rule === undefined) return;
    const { answer, messages } = answerOf(rule, c);
    expect(answer, messages).toBe(c.answer);
    if (c.names !== undefined) expect(messages).toContain(c.names);
    if (answer === 'fires') expect(messages).not.toBe(rule.title);
  });

  it.each(rules.map((r) => r.id))('%s has cases that fire, stay silent and cannot be told', (id) => {
    const answers = new Set(cases.filter((c) => c.rule === id).map((c) => c.answer));
    expect([...answers].sort()).toEqual(['fires', 'silent', 'unknown']);
  });

  it('has ids of its own and sources that are addresses', () => {
    expect(new Set(rules.map((r) => r.id)).size).toBe(rules.length);
    for (const rule of rules) expect(rule.source, rule.id).toMatch(/^(https:\/\/|derived$)/);
  });
}
