/** Tags of a resource: the provider's `defaultTags` under its own. */
import { fold, type Known, known, unknown } from '../model/known.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../model/value.ts';
import { isTaggable } from './aws-taggable.ts';
import { isAwsType } from './aws-types.ts';
import type { RawResource } from './raw.ts';
import { holeIn, type Surroundings, structured, why } from './surroundings.ts';

export type Tags = Readonly<Record<string, string>>;

/**
 * All tags that the resource will carry, or why they are not known: one unknown tag makes them all unknown, since a
 * selector could match it. Where the declared tags cannot be told, the `tagsAll` of an unchanged resource tells.
 */
export function tagsOf(resource: RawResource, type: string, around: Surroundings): Known<Tags> {
  const takesDefaults = isAwsType(type) && (isTaggable(type) || Object.hasOwn(resource.outputs, 'tagsAll'));
  const declared = declaredTags(resource, takesDefaults ? around.providerInputs(resource) : {});
  return fold(
    declared,
    () => declared,
    () => {
      const shown =
        resource.pending === undefined && isRecord(resource.outputs.tagsAll) ? readTags(resource.outputs.tagsAll) : undefined;
      return shown === undefined ? declared : known(shown, { resource: resource.urn, property: 'tagsAll' });
    },
  );
}

function declaredTags(resource: RawResource, provider: Values | undefined): Known<Tags> {
  const from = { resource: resource.urn, property: 'tags' };
  const hole = holeIn(resource.inputs.tags);
  if (hole !== undefined) return why(hole, resource.urn, 'tags');
  const own = readTags(resource.inputs.tags);
  if (own === undefined) return unknown('error', 'the tags are neither a map nor a list of keys and values', from);
  const defaultsFrom = resource.provider ?? resource.urn;
  if (provider === undefined)
    return unknown('not-reported', 'the source does not show the provider, whose default tags it would carry', from);
  const block = structured(provider.defaultTags);
  const defaultsHole = holeIn(block);
  if (defaultsHole !== undefined) return why(defaultsHole, defaultsFrom, 'defaultTags');
  const defaults = readTags(isRecord(block) ? structured(block.tags) : undefined);
  if (defaults === undefined)
    return unknown('error', 'the default tags are not a map', { resource: defaultsFrom, property: 'defaultTags' });
  return known({ ...defaults, ...own }, from);
}

/** A map, or the list of `{key, value}` that Auto Scaling groups and aws-native use. Nothing is no tags; undefined: not readable. */
function readTags(value: Value | undefined): Tags | undefined {
  if (value === undefined || value === null) return {};
  const entries = isList(value)
    ? value.map((item) => (isRecord(item) ? ([item.key, item.value] as const) : ([undefined, item] as const)))
    : isRecord(value)
      ? Object.entries(value)
      : undefined;
  if (entries === undefined) return undefined;
  const tags: Record<string, string> = {};
  for (const [key, item] of entries) {
    if (typeof key !== 'string' || item instanceof Hole || (typeof item === 'object' && item !== null)) return undefined;
    tags[key] = item === null || item === undefined ? '' : String(item);
  }
  return tags;
}
