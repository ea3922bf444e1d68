/** Declared resources for the tests of the database services. */

import { buildView } from '../../src/estate/view.ts';
import type { Known, Truth, Unknown } from '../../src/model/known.ts';
import { decide, fold, known, unknown } from '../../src/model/known.ts';
import type { Impact, Meaning, Protection, Timing } from '../../src/model/protection.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { Values } from '../../src/model/value.ts';
import { Hole } from '../../src/model/value.ts';
import type { Identity, ServiceModule } from '../../src/services/service.ts';

export const urnOf = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;

export function declared(
  type: string,
  name: string,
  inputs: Values,
  more: Partial<Resource> & { in?: string | null } = {},
): Resource {
  const { in: region = 'us-east-1', ...rest } = more;
  return {
    urn: urnOf(type, name),
    type,
    sourceType: type,
    name,
    project: 'shop',
    stack: 'prod',
    custom: true,
    remote: false,
    id: undefined,
    inputs,
    outputs: {},
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: undefined,
    region: region === null ? unknown('unresolved-at-preview', 'the Region is not known') : known(region),
    account: known('111122223333'),
    tags: known({}),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: [],
    position: undefined,
    pending: undefined,
    ...rest,
  };
}

/** `other.property`, as a preview shows it. */
export const ref = (other: Resource, property = 'id'): Hole =>
  new Hole('unresolved-at-preview', `${other.name}.${property} is known after the first up`, [{ urn: other.urn, property }]);

export const hole = (): Hole => new Hole('unresolved-at-preview', 'configuration that nobody gave');

export const subnet = (zone: string | Hole, name = `subnet-${zone instanceof Hole ? 'somewhere' : zone}`): Resource =>
  declared('aws:ec2/subnet:Subnet', name, { availabilityZone: zone });

export function group(type: string, name: string, subnets: readonly Resource[], property = 'subnetIds'): Resource {
  return declared(type, name, { name, [property]: subnets.map((s) => ref(s)) });
}

export function read<F extends Identity>(
  module: ServiceModule<F>,
  subject: Resource,
  others: readonly Resource[] = [],
  partial?: Unknown,
): { readonly facts: F; readonly meaning: Meaning } {
  const view = buildView([subject, ...others], partial);
  const props = view.get(subject.urn);
  if (props === undefined) throw new Error(`no ${subject.urn}`);
  const facts = module.declare(props, view);
  return { facts, meaning: module.mean(facts) };
}

/** yes, no or the reason of an unknown. */
export const told = (t: Truth): string => decide(t, { yes: () => 'yes', no: () => 'no', unknown: (why) => why.reason });

export const got = <T>(k: Known<T>): T | string =>
  fold<T, T | string>(
    k,
    (v) => v,
    (why) => why.reason,
  );

export const impact = (m: Meaning, scope: Scope): string => {
  const at: Known<Impact> | undefined = m.under[scope];
  return at === undefined
    ? 'left out'
    : fold(
        at,
        (i) => i.kind,
        (why) => why.reason,
      );
};

/** `mechanism:automation:armed` of every protection under a scope. */
export const under = (m: Meaning, scope: Scope): readonly string[] =>
  m.protections.filter((p) => p.scopes.includes(scope)).map((p) => `${p.mechanism}:${p.automation}:${told(p.armed)}`);

export const find = (m: Meaning, mechanism: string, scope?: Scope): Protection => {
  const hit = m.protections.find((p) => p.mechanism === mechanism && (scope === undefined || p.scopes.includes(scope)));
  if (hit === undefined) throw new Error(`no ${mechanism} among ${m.protections.map((p) => p.mechanism).join(', ')}`);
  return hit;
};

/** Is there a protection that acts by itself and is certainly armed? */
export const automatic = (m: Meaning, scope: Scope): boolean =>
  m.protections.some(
    (p) =>
      p.scopes.includes(scope) &&
      told(p.armed) === 'yes' &&
      ['always-on', 'service-native', 'orchestrated'].includes(p.automation),
  );

export function rowsOf(m: Meaning): readonly string[] {
  const rows: string[] = [];
  const walk = (t: Timing | undefined): void => {
    if (t === undefined) return;
    if (t.kind === 'row') rows.push(t.row);
    if ('parts' in t) for (const part of t.parts) walk(part);
  };
  for (const p of m.protections) {
    walk(p.time);
    walk(p.point);
  }
  return rows;
}
