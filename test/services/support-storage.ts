/** A tiny estate for tests of storage and regional services. */

import { buildView } from '../../src/estate/view.ts';
import type { Truth, Unknown } from '../../src/model/known.ts';
import { decide, fold, known, unknown } from '../../src/model/known.ts';
import type { Meaning, Protection } from '../../src/model/protection.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { Values } from '../../src/model/value.ts';
import { Hole } from '../../src/model/value.ts';
import type { Identity, ServiceModule } from '../../src/services/service.ts';
import type { View } from '../../src/services/view.ts';

export interface Extra {
  readonly region?: string;
  readonly account?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly provider?: string;
  readonly outputs?: Values;
  readonly id?: string;
}

export const urn = (type: string, name: string): string => `urn:pulumi:dev::shop::${type}::${name}`;

export function declared(type: string, name: string, inputs: Values = {}, extra: Extra = {}): Resource {
  const nowhere = (what: string): Unknown => unknown('not-reported', `no ${what}`);
  return {
    urn: urn(type, name),
    type,
    sourceType: type,
    name,
    project: 'shop',
    stack: 'dev',
    custom: true,
    remote: false,
    id: extra.id,
    inputs,
    outputs: extra.outputs ?? {},
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: extra.provider,
    region: extra.region === '?' ? nowhere('Region') : known(extra.region ?? 'us-east-1'),
    account: extra.account === undefined ? nowhere('account') : known(extra.account),
    tags: known(extra.tags ?? {}),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: [],
    position: undefined,
    pending: undefined,
  };
}

/** A reference to another resource's property, as a preview shows it. */
export const ref = (to: Resource, property = 'id'): Hole =>
  new Hole('unresolved-at-preview', `${to.name}.${property}`, [{ urn: to.urn, property }]);

/** A value that nobody can tell, made from nothing. */
export const hole = new Hole('unresolved-at-preview', 'not known before the update');

export const estate = (...resources: readonly Resource[]): View => buildView(resources);

export function factsOf<F extends Identity>(module: ServiceModule<F>, view: View, resource: Resource): F {
  const props = view.get(resource.urn);
  if (props === undefined) throw new Error(`${resource.urn} is not in the estate`);
  return module.declare(props, view);
}

export function meaningOf<F extends Identity>(module: ServiceModule<F>, view: View, resource: Resource): Meaning {
  return module.mean(factsOf(module, view, resource));
}

export const answer = (t: Truth | undefined): 'yes' | 'no' | 'unknown' | 'absent' =>
  t === undefined ? 'absent' : decide(t, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' });

export function protection(m: Meaning, mechanism: string, scope: Scope): Protection | undefined {
  return m.protections.find((p) => p.mechanism === mechanism && p.scopes.includes(scope));
}

export const armed = (m: Meaning, mechanism: string, scope: Scope): string => answer(protection(m, mechanism, scope)?.armed);

export function impact(m: Meaning, scope: Scope): string {
  const found = m.under[scope];
  return found === undefined
    ? 'absent'
    : fold(
        found,
        (i) => i.kind,
        () => 'unknown',
      );
}
