/**
 * Which resources a selection assigns: any of its ARNs or tags, and all of its conditions, without its exclusions
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html).
 */
import type * as Backup from '@aws-sdk/client-backup';
import type { Backupable } from './backup-resources.ts';

/** `optIn`: whether tags and `*` assign resources of that type in this Region; an ARN assigns them in any case. */
export function assigns(selection: Backup.BackupSelection, resource: Backupable, optIn: boolean): boolean {
  const { Resources = [], ListOfTags = [], NotResources = [] } = selection;
  const named = Resources.some((pattern) => (pattern === '*' ? optIn : isLike(pattern, resource.arn)));
  const tagged = ListOfTags.some((c) => resource.tags[keyOf(c.ConditionKey)] === c.ConditionValue);
  const everything = Resources.length === 0 && ListOfTags.length === 0;
  const assigned = named || ((tagged || everything) && optIn);
  return assigned && fulfils(selection.Conditions, resource) && !NotResources.some((p) => p === '*' || isLike(p, resource.arn));
}

const keyOf = (key: string | undefined): string => (key ?? '').replace(/^aws:ResourceTag\//, '');

function fulfils(conditions: Backup.Conditions | undefined, { tags }: Backupable): boolean {
  const every = (
    list: readonly Backup.ConditionParameter[] | undefined,
    test: (tag: string | undefined, value: string) => boolean,
  ) =>
    (list ?? []).every((c) => {
      // A key that is spelled otherwise names no tag.
      const key = c.ConditionKey?.startsWith('aws:ResourceTag/') === true ? keyOf(c.ConditionKey) : undefined;
      return test(key === undefined ? undefined : tags[key], c.ConditionValue ?? '');
    });
  return (
    every(conditions?.StringEquals, (tag, value) => tag === value) &&
    every(conditions?.StringNotEquals, (tag, value) => tag !== value) &&
    every(conditions?.StringLike, (tag, value) => tag !== undefined && isLike(value, tag)) &&
    every(conditions?.StringNotLike, (tag, value) => tag === undefined || !isLike(value, tag))
  );
}

/** `*` stands for any text. */
export function isLike(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+^${}()|[\]\\?]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(text);
}
