import { buildView } from '../../src/estate/view.ts';
import { decide, fold, type Known, known, type Truth, unknown } from '../../src/model/known.ts';
import type { Meaning, Timing } from '../../src/model/protection.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { Value } from '../../src/model/value.ts';
import { Hole } from '../../src/model/value.ts';
import type { Identity, ServiceModule } from '../../src/services/service.ts';

export interface Spec {
  readonly type: string;
  readonly name: string;
  readonly inputs?: { readonly [key: string]: Value };
  readonly outputs?: { readonly [key: string]: Value };
  readonly region?: string;
  readonly ignoreChanges?: readonly string[];
}

export const urnOf = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;

/** What a program run leaves where an output was used. */
export const out = (type: string, name: string, property: string): Hole =>
  new Hole('unresolved-at-preview', `${property} of ${name}`, [{ urn: urnOf(type, name), property }]);

export const hole = new Hole('unresolved-at-preview', 'not known yet');

export function resource(spec: Spec): Resource {
  return {
    urn: urnOf(spec.type, spec.name),
    type: spec.type,
    sourceType: spec.type,
    name: spec.name,
    project: 'shop',
    stack: 'prod',
    custom: true,
    remote: false,
    id: undefined,
    inputs: spec.inputs ?? {},
    outputs: spec.outputs ?? {},
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: undefined,
    region: known(spec.region ?? 'us-east-1'),
    account: known('111122223333'),
    tags: known({}),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: spec.ignoreChanges ?? [],
    position: undefined,
    pending: undefined,
  };
}

/** Facts and meaning of the first of the resources, with the others beside it. */
export function read<F extends Identity>(
  module: ServiceModule<F>,
  own: Spec,
  ...others: readonly Spec[]
): { facts: F; meaning: Meaning } {
  const view = buildView([own, ...others].map(resource));
  const props = view.get(urnOf(own.type, own.name));
  if (props === undefined) throw new Error('the estate has lost its resource');
  const facts = module.declare(props, view);
  return { facts, meaning: module.mean(facts) };
}

export const answer = (t: Truth | undefined): string =>
  t === undefined ? 'none' : decide(t, { yes: () => 'yes', no: () => 'no', unknown: (u) => u.reason });

export const value = <T>(k: Known<T> | undefined): T | string =>
  fold<T, T | string>(
    k ?? unknown('error', 'left out'),
    (v) => v,
    (why) => why.reason,
  );

export const impact = (m: Meaning, scope: Scope): string =>
  fold(
    m.under[scope] ?? unknown('not-modelled', 'left out'),
    (i) =>
      i.kind !== 'reduced'
        ? i.kind
        : `reduced ${fold(
            i.left,
            (n) => n.toFixed(2),
            (why) => why.reason,
          )}`,
    (why) => why.reason,
  );

/** Mechanism, class and armed of the protections for a scope, in order. */
export const protections = (m: Meaning, scope: Scope): readonly string[] =>
  m.protections.filter((p) => p.scopes.includes(scope)).map((p) => `${p.mechanism} ${p.automation} ${answer(p.armed)}`);

export const links = (m: Meaning, carries: string): readonly string[] =>
  m.links.filter((l) => l.carries === carries).map((l) => String(value(l.to)).replace(/^.*::/, ''));

/** A timing in one line: rows by name, spans by their bounds. */
export function timing(t: Timing | undefined): string {
  if (t === undefined) return 'none';
  switch (t.kind) {
    case 'row':
      return t.row;
    case 'fixed':
      return `${t.seconds}s`;
    case 'span':
      return `${t.min}-${t.max}s`;
    case 'sum':
      return t.parts.map(timing).join(' + ');
    case 'slowest':
      return `slowest(${t.parts.map(timing).join(', ')})`;
    case 'fastest':
      return `fastest(${t.parts.map(timing).join(', ')})`;
    case 'never':
      return 'never';
    case 'unknown':
      return `unknown:${t.why.reason}`;
  }
}
