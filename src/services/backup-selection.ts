/**
 * Which resources a selection of AWS Backup assigns: (any ARN or any tag) and all conditions, less the exclusions.
 * ARNs and `selectionTags` are joined by or, `conditions` narrow both
 * (https://repost.aws/knowledge-center/backup-assign-resources, examples 1 and 2).
 */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, decide, fold, is, known, map, no, not, unknown, yes } from '../model/known.ts';
import { Hole } from '../model/value.ts';
import type { Props, View } from './view.ts';

/** A resource as AWS Backup sees it. */
export interface Backupable {
  /** URN or ARN. */
  readonly id: string;
  /** AWS Backup's name of the type: `EFS`, `RDS`, `Aurora`, `DynamoDB` … */
  readonly resourceType: string;
  readonly region: Known<string>;
  readonly account: Known<string>;
  /** The ARN's parts: `rds`, `db:`, name. S3's ARNs carry no Region and account. */
  readonly arn: { readonly service: string; readonly prefix: string; readonly name: Known<string>; readonly placed: boolean };
  readonly tags: Known<Readonly<Record<string, string>>>;
  /** The service has a continuous mode in AWS Backup (RDS, Aurora, S3). */
  readonly continuous: boolean;
  /** What AWS Backup demands of it before it backs it up: an S3 bucket must be versioned. */
  readonly ready: Truth;
}

/** An element of `resources`: a resource by reference, or text with `*`. */
export type SelectionEntry =
  | { readonly kind: 'resource'; readonly id: string }
  | { readonly kind: 'pattern'; readonly text: Known<string> }
  /** Text of which parts are not known: `*` stands for them, so it can rule out but not assign. */
  | { readonly kind: 'sketch'; readonly text: string };

export interface TagCondition {
  readonly operator: 'equals' | 'not-equals' | 'like' | 'not-like';
  readonly key: Known<string>;
  readonly value: Known<string>;
}

export interface BackupSelection {
  readonly id: string;
  readonly resources: Known<readonly SelectionEntry[]>;
  readonly notResources: Known<readonly SelectionEntry[]>;
  readonly tags: Known<readonly TagCondition[]>;
  readonly conditions: Known<readonly TagCondition[]>;
}

const OPERATORS = [
  ['stringEquals', 'equals'],
  ['stringNotEquals', 'not-equals'],
  ['stringLikes', 'like'],
  ['stringNotLikes', 'not-like'],
] as const;

export function readSelection(props: Props, view: View): BackupSelection {
  return {
    id: props.id,
    resources: entriesOf(props, 'resources', view),
    notResources: entriesOf(props, 'notResources', view),
    tags: map(props.blocks('selectionTags'), (blocks) => blocks.map((block) => conditionOf(block, 'equals'))),
    conditions: andThen(props.blocks('conditions'), (blocks) => {
      const conditions: TagCondition[] = [];
      for (const block of blocks) {
        for (const [property, operator] of OPERATORS) {
          const why = fold(
            block.blocks(property),
            (items) => {
              conditions.push(...items.map((item) => conditionOf(item, operator)));
              return undefined;
            },
            (unread) => unread,
          );
          if (why !== undefined) return why;
        }
      }
      return known(conditions, props.origin('conditions'));
    }),
  };
}

function conditionOf(block: Props, operator: TagCondition['operator']): TagCondition {
  return { operator, key: block.text('key', ''), value: block.text('value', '') };
}

function entriesOf(props: Props, path: string, view: View): Known<readonly SelectionEntry[]> {
  const raw = props.raw(path);
  const items = Array.isArray(raw) ? raw : undefined;
  return andThen(props.texts(path), (texts) =>
    map(view.targets(props, path), (targets) =>
      texts.map((text, i): SelectionEntry => {
        const fallback = entryOfText(text, items?.[i]);
        const target = targets[i];
        return target === undefined
          ? fallback
          : fold<string, SelectionEntry>(
              target,
              (id) => ({ kind: 'resource', id }),
              () => fallback,
            );
      }),
    ),
  );
}

function entryOfText(text: Known<string>, raw: unknown): SelectionEntry {
  return raw instanceof Hole && raw.template !== undefined
    ? { kind: 'sketch', text: raw.template.replaceAll(/\$\{\d+\}/g, '*') }
    : { kind: 'pattern', text };
}

/** Does the selection assign the resource? `optIn` answers for its type, where only tags or `*` assign it. */
export function covers(selection: BackupSelection, resource: Backupable, optIn: Truth): Truth {
  const open = andThen(selection.resources, (r) => map(selection.tags, (t) => r.length === 0 && t.length === 0));
  const byTag = all([anyOf(selection.tags, (tag) => holds(tag, resource.tags, false)), optIn]);
  const byName = anyOf(selection.resources, (entry) => matches(entry, resource, optIn));
  const assigned = decide<Truth>(open, {
    yes: () => optIn,
    no: () => any([byName, byTag]),
    unknown: (why) => any([byName, byTag, why]),
  });
  const narrowed = andThen(
    selection.conditions,
    (conditions): Truth =>
      conditions.length === 0 ? yes() : all(conditions.map((condition) => holds(condition, resource.tags, true))),
  );
  return all([assigned, narrowed, not(anyOf(selection.notResources, (entry) => matches(entry, resource, yes())))]);
}

/** Some element is true; the empty list has none. */
function anyOf<T>(list: Known<readonly T[]>, test: (item: T) => Truth): Truth {
  return andThen(list, (items): Truth => (items.length === 0 ? no() : any(items.map(test))));
}

function holds(condition: TagCondition, tags: Backupable['tags'], prefixed: boolean): Truth {
  return andThen(condition.key, (key) =>
    andThen(condition.value, (value) =>
      is(tags, (all) => {
        // `conditions` spell the key `aws:ResourceTag/key`; `selectionTags` take the bare key, and the other spelling too.
        const bare = key.startsWith('aws:ResourceTag/') ? key.slice('aws:ResourceTag/'.length) : prefixed ? undefined : key;
        const tag = bare === undefined ? undefined : all[bare];
        switch (condition.operator) {
          case 'equals':
            return tag === value;
          case 'not-equals':
            return tag !== value;
          case 'like':
            return tag !== undefined && glob(value, tag);
          case 'not-like':
            return tag === undefined || !glob(value, tag);
        }
      }),
    ),
  );
}

function matches(entry: SelectionEntry, resource: Backupable, optIn: Truth): Truth {
  switch (entry.kind) {
    case 'resource':
      return entry.id === resource.id ? yes() : no();
    case 'pattern':
      return andThen(entry.text, (text): Truth => (text === '*' ? optIn : matchesArn(text, resource)));
    case 'sketch':
      return decide<Truth>(matchesArn(entry.text, resource), {
        yes: () => unknown('unresolved-at-preview', `parts of ${entry.text} are not known`),
        no: (fact) => fact,
        unknown: (why) => why,
      });
  }
}

/** Compares an ARN pattern with what is known of the resource's ARN, part by part. */
export function matchesArn(pattern: string, resource: Backupable): Truth {
  const [scheme, , service, region, account, ...rest] = pattern.split(':');
  if (scheme !== 'arn' || service === undefined || rest.length === 0) return no(`${pattern} is no ARN`);
  if (!glob(service, resource.arn.service)) return no();
  const place = (wanted: string | undefined, actual: Known<string>): Truth => {
    if (wanted === '*') return yes();
    return resource.arn.placed ? is(actual, (v) => glob(wanted ?? '', v)) : wanted === '' ? yes() : no();
  };
  return all([place(region, resource.region), place(account, resource.account), matchesName(rest.join(':'), resource.arn)]);
}

function matchesName(pattern: string, arn: Backupable['arn']): Truth {
  const fixed = pattern.slice(0, pattern.indexOf('*') === -1 ? pattern.length : pattern.indexOf('*'));
  const apart = !fixed.startsWith(arn.prefix) && !arn.prefix.startsWith(fixed);
  if (apart) return no();
  if (pattern === `${arn.prefix}*` || pattern === '*') return yes();
  return is(arn.name, (name) => glob(pattern, arn.prefix + name));
}

/** `*` stands for any text. Runs in time linear in pattern × text, whatever the stars. */
function glob(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
