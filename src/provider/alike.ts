/** Whether two values say the same to AWS, and if not, where they differ. */
import type { Step } from '../model/property-path.ts';
import type { Plain } from '../simulator/deploy/deployer.ts';
import { UNKNOWN } from '../stacks/signatures.ts';
import { isInternal, isItems, isNothing, isProps } from './values.ts';

/** Lists whose order means something. All others are sets, or as good as sets. */
const ORDERED = new Set([
  'orderedCacheBehaviors',
  'terminationPolicies',
  'workflows',
  'steps',
  'layers',
  'domainNameServers',
  'preferredAvailabilityZones',
  'preferredCacheClusterAzs',
  'overrides',
  'members',
  'command',
]);

/** JSON documents are compared by what they say, sets without their order, numbers also as texts. */
export const alike = (a: Plain | undefined, b: Plain | undefined, name = ''): boolean =>
  a === b ||
  (isNothing(a) && isNothing(b)) ||
  canonical(a ?? null, ORDERED.has(name)) === canonical(b ?? null, ORDERED.has(name));

/** One text for all values that say the same. */
function canonical(value: Plain, ordered: boolean): string {
  if (typeof value === 'string') return documentIn(value) ?? JSON.stringify(value);
  if (isItems(value)) {
    const items = value.map((item) => canonical(item, false));
    return `[${(ordered ? items : items.sort()).join()}]`;
  }
  if (isProps(value)) {
    const members = Object.entries(value).filter(([name, v]) => !isInternal(name) && !isNothing(v));
    return `{${members
      .map(([name, v]) => `${JSON.stringify(name)}:${canonical(v, ORDERED.has(name))}`)
      .sort()
      .join()}}`;
  }
  return JSON.stringify(String(value));
}

/** Undefined for a text that is no JSON document. */
function documentIn(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const document = JSON.parse(text) as Plain;
    return `json:${said(document, isProps(document) && 'Statement' in document)}`;
  } catch {
    return undefined;
  }
}

/** In policy documents lists are sets, and one text is a list of one. */
function said(value: Plain, policy: boolean): string {
  if (isItems(value)) {
    const items = value.map((item) => said(item, policy));
    return policy && items.length === 1 ? (items[0] ?? '') : `[${(policy ? items.sort() : items).join()}]`;
  }
  if (isProps(value))
    return `{${Object.entries(value)
      .filter(([, v]) => v !== null)
      .map(([name, v]) => `${JSON.stringify(name)}:${said(v, policy)}`)
      .sort()
      .join()}}`;
  return JSON.stringify(value);
}

export interface Difference {
  readonly path: readonly Step[];
  readonly kind: 'add' | 'delete' | 'update';
}

/** The smallest places at which the two differ; empty when they are alike. */
export function differences(was: Plain | undefined, now: Plain | undefined, path: readonly Step[]): readonly Difference[] {
  const name = path.findLast((step) => typeof step === 'string') ?? '';
  if (alike(was, now, String(name)) && now !== UNKNOWN) return [];
  if (isProps(was) && isProps(now)) {
    const names = new Set([...Object.keys(was), ...Object.keys(now)]);
    return [...names].filter((n) => !isInternal(n)).flatMap((n) => differences(was[n], now[n], [...path, n]));
  }
  if (isItems(was) && isItems(now)) return itemDifferences(was, now, path, ORDERED.has(String(name)));
  return [{ path, kind: isUnset(was) ? 'add' : isUnset(now) ? 'delete' : 'update' }];
}

const isUnset = (value: Plain | undefined): boolean => value === undefined || value === null || value === '';

function itemDifferences(
  was: readonly Plain[],
  now: readonly Plain[],
  path: readonly Step[],
  ordered: boolean,
): readonly Difference[] {
  const [gone, come] = ordered ? [[...was.keys()], [...now.keys()]] : unmatched(was, now);
  const found: Difference[] = [];
  for (let i = 0; i < Math.max(gone.length, come.length); i++) {
    const from = gone[i];
    const to = come[i];
    if (to === undefined) found.push({ path: [...path, from ?? i], kind: 'delete' });
    else if (from === undefined) found.push({ path: [...path, to], kind: 'add' });
    else found.push(...differences(was[from], now[to], [...path, to]));
  }
  return found;
}

/** Places in both lists of items that have no equal in the other. */
function unmatched(was: readonly Plain[], now: readonly Plain[]): readonly [gone: readonly number[], come: readonly number[]] {
  const left = new Map<string, number[]>();
  for (const [i, item] of was.entries()) {
    const key = canonical(item, false);
    left.set(key, [...(left.get(key) ?? []), i]);
  }
  const come = [...now.keys()].filter((i) => left.get(canonical(now[i] ?? null, false))?.shift() === undefined);
  return [[...left.values()].flat().sort((a, b) => a - b), come];
}
