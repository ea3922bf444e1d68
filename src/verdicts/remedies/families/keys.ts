/** A key for what is kept encrypted in another Region. */
import type { EstateResource } from '../../../estate/estate.ts';
import { factsOf } from '../../../estate/estate.ts';
import type { Value } from '../../../model/value.ts';
import { KMS_KEY, kmsKey } from '../../../services/kms-key.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Place, Site } from '../site.ts';
import { told } from '../site.ts';

export interface KeyThere {
  readonly value: Value;
  readonly changes: readonly Change[];
}

/** A related key of the Region, else a new one; undefined where nothing is encrypted. */
export function keyIn(
  to: Place,
  near: EstateResource,
  own: string | undefined,
  encrypted: boolean,
  site: Site,
): KeyThere | undefined {
  if (!encrypted) return undefined;
  const facts = factsOf(kmsKey, own === undefined ? undefined : site.item(own));
  const related = facts === undefined ? [] : (told(facts.related) ?? []);
  const there = related.find((key) => told(key.region) === to.region);
  return there === undefined ? newKey(to, near, site) : { value: reference(there.id, 'arn'), changes: [] };
}

export function newKey(to: Place, near: EstateResource, site: Site): KeyThere {
  const key = site.add(near.resource, {
    type: KMS_KEY,
    name: `${near.resource.name}-${to.region}`,
    place: to,
    inputs: { enableKeyRotation: true, deletionWindowInDays: 30 },
  });
  return { value: reference(key.resource.urn, 'arn'), changes: [key] };
}
