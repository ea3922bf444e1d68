/** An observed thing as a resource, like one of a stack: the estate does not see which source it came from. */
import { known, unknown } from '../../../model/known.ts';
import type { Resource } from '../../../model/resource.ts';
import { Hole } from '../../../model/value.ts';
import type { Observed, Scan } from '../scan.ts';

export interface Seen {
  readonly observed: Observed;
  readonly account: string;
  readonly region: string;
}

/** Why an observed thing cannot be used; undefined when it can. Types do not hold at run time where AWS's reply is garbled. */
export function wrongWith(observed: Observed, scan: Scan): string | undefined {
  const { id, type, arn, name, properties, outputs, tags } = observed as Readonly<Record<keyof Observed, unknown>>;
  if (typeof type !== 'string' || !scan.types.includes(type)) return `a resource of a type that ${scan.id} does not show`;
  if (typeof id !== 'string' || id === '') return `a ${type} without an id`;
  if (arn !== undefined && (typeof arn !== 'string' || !arn.startsWith('arn:'))) return `a ${type} whose ARN is not one`;
  if (typeof name !== 'string') return `a ${type} whose name is not a text`;
  for (const part of [properties, outputs, tags])
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return `a ${type} that is not a record`;
  return undefined;
}

/** Resources with URNs that are their own: the ARN, or account, Region, type and id where there is none or it is taken. */
export function resourcesOf(seen: readonly Seen[]): readonly Resource[] {
  const resources = new Map<string, Resource>();
  const known = new Set<string>();
  for (const one of seen) {
    const { type, id, arn } = one.observed;
    const place = `${one.account}:${one.region}`;
    // Pages of a list that changes meanwhile can show a thing twice.
    const self = `${place}\n${type}\n${id}`;
    if (known.has(self)) continue;
    known.add(self);
    const own = `aws:${place}:${type}:${id}`;
    const urn = arn === undefined || resources.has(arn) ? own : arn;
    resources.set(urn, resourceOf(one, urn));
  }
  return [...resources.values()];
}

function resourceOf({ observed, account, region }: Seen, urn: string): Resource {
  const { type, id, arn, name, properties, outputs, tags } = observed;
  const from = { resource: urn };
  return {
    urn,
    type,
    sourceType: type,
    name,
    // What is found in an account stands together, as the resources of one stack do.
    project: 'aws',
    stack: account,
    custom: true,
    remote: false,
    id,
    inputs: properties,
    outputs: { ...outputs, id, ...(arn === undefined ? {} : { arn }) },
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: undefined,
    region: known(region, from),
    account: known(account, from),
    tags:
      tags instanceof Hole
        ? unknown(tags.reason, tags.detail, { resource: urn, property: 'tags' })
        : known(tags, { resource: urn, property: 'tags' }),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: [],
    position: undefined,
    pending: undefined,
  };
}
