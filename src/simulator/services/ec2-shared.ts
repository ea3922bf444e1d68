/** What all of EC2's operations share: filters, pages, tags and the errors for ids that name nothing. */
import type { Filter, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Operation } from '../service.ts';
import { page, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';

/** The SDK types every reply as its output with metadata, which the client adds. */
export type Op<I, O> = Operation<I, Omit<O, '$metadata'>>;

/** A place of the world, in a call or in an event. */
export interface Place {
  readonly world: World;
  readonly account: string;
  readonly region: string;
}

export interface Asking {
  readonly Filters?: Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Kind<T> {
  /** `InvalidSubnetID.NotFound` */
  readonly missing: string;
  readonly idOf: (item: T) => string | undefined;
  /** Filters whose name is not the path of a member (`instance-state-name`). */
  readonly filters?: Readonly<Record<string, (item: T) => readonly string[]>>;
}

/** A Describe call: the ids asked for must exist, filters narrow, and pages have at most 1,000 items. */
export function describe<T extends object>(
  all: readonly T[],
  kind: Kind<T>,
  ids: readonly string[] | undefined,
  asking: Asking,
): { readonly items: T[]; readonly next: { NextToken?: string } } {
  const wanted = ids === undefined || ids.length === 0 ? undefined : new Set(ids);
  if (wanted !== undefined) {
    const known = new Set(all.map(kind.idOf));
    const absent = [...wanted].filter((id) => !known.has(id));
    if (absent.length > 0) throw new ServiceFault(kind.missing, `The ID '${absent.join(', ')}' does not exist`);
  }
  const found = all.filter(
    (item) => (wanted?.has(kind.idOf(item) ?? '') ?? true) && (asking.Filters ?? []).every((f) => passes(item, f, kind)),
  );
  const { items, next } = page(found, asking.NextToken, asking.MaxResults ?? 1000);
  return { items: [...items], next: next === undefined ? {} : { NextToken: next } };
}

function passes<T extends object>(item: T, filter: Filter, kind: Kind<T>): boolean {
  const name = filter.Name ?? '';
  const values = kind.filters?.[name]?.(item) ?? filtered(item, name);
  return (filter.Values ?? []).some((pattern) => values.some((v) => matches(pattern, v)));
}

/** `attachment.instance-id` is the member `Attachments[].InstanceId`; `tag:Name` the value of a tag. */
function filtered(item: object, name: string): readonly string[] {
  const tags = (item as { Tags?: Tag[] }).Tags ?? [];
  if (name.startsWith('tag:')) return tags.filter((t) => t.Key === name.slice(4)).map((t) => t.Value ?? '');
  if (name === 'tag-key') return tags.map((t) => t.Key ?? '');
  let current: readonly unknown[] = [item];
  for (const part of name.split('.')) {
    const member = part
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    current = current.flatMap((value) => {
      const record = value as Readonly<Record<string, unknown>> | null;
      if (typeof record !== 'object' || record === null) return [];
      return [record[member] ?? record[`${member}s`] ?? []].flat();
    });
  }
  return current.filter((v) => typeof v === 'string' || typeof v === 'boolean' || typeof v === 'number').map(String);
}

function matches(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(value);
}

/** The thing of that id, or the error with which EC2 answers. */
export function found<T>(item: T | undefined, id: string | undefined, missing: string): T {
  if (item === undefined) throw new ServiceFault(missing, `The ID '${id ?? ''}' does not exist`);
  return item;
}

/** Tags given at creation, for the thing itself. */
export function tagsFor(specifications: readonly TagSpecification[] | undefined, type?: string): Tag[] {
  return (specifications ?? [])
    .filter((s) => type === undefined || s.ResourceType === undefined || s.ResourceType === type)
    .flatMap((s) => s.Tags ?? []);
}

/** `us-east-1a` → `use1-az1`. Accounts of simulated AWS all map names to ids in the same order. */
export function zoneId(zone: string): string {
  const [area = '', ...rest] = zone.slice(0, -1).split('-');
  const digit = rest.at(-1) ?? '';
  const direction = rest
    .slice(0, -1)
    .join('')
    .replace('north', 'n')
    .replace('south', 's')
    .replace('east', 'e')
    .replace('west', 'w')
    .replace('central', 'c')
    .replace('gov', 'g');
  return `${area}${direction}${digit}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}
