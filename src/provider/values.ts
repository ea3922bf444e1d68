/** Property values as the engine sends them, once secrets and resource references are out of them. */
import type { Plain } from '../simulator/deploy/deployer.ts';
import { UNKNOWN } from '../stacks/signatures.ts';

export type Props = Readonly<Record<string, Plain>>;

export const isProps = (value: Plain | undefined): value is Props =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `Array.isArray` would make an `any[]` of a readonly list. */
export const isItems = (value: Plain | undefined): value is readonly Plain[] => Array.isArray(value);

export const textOf = (value: Plain | undefined): string | undefined =>
  typeof value === 'string' && value !== UNKNOWN ? value : undefined;

export const textsOf = (value: Plain | undefined): readonly string[] =>
  isItems(value) ? value.filter((v): v is string => typeof v === 'string') : [];

export function holdsUnknown(value: Plain | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (isItems(value)) return value.some(holdsUnknown);
  return isProps(value) && Object.values(value).some(holdsUnknown);
}

/** What the provider keeps in inputs and state for itself: `__defaults`, `__meta`. */
export const isInternal = (name: string): boolean => name.startsWith('__');

/** Without what the provider keeps for itself, at any depth, and without what is null. */
export function ownProps(props: Props): Props {
  return Object.fromEntries(
    Object.entries(props)
      .filter(([name, value]) => !isInternal(name) && value !== null)
      .map(([name, value]) => [name, own(value)]),
  );
}

function own(value: Plain): Plain {
  if (isItems(value)) return value.map(own);
  return isProps(value) ? ownProps(value) : value;
}

/** Unset, or as good as unset: the provider's schemas cannot tell nothing from nought. */
export function isNothing(value: Plain | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (isItems(value)) return value.length === 0;
  return isProps(value) && Object.entries(value).every(([name, v]) => isInternal(name) || isNothing(v));
}

/** Tags as the world takes them. */
export function tagTexts(tags: Plain | undefined): Readonly<Record<string, string>> {
  if (!isProps(tags)) return {};
  const texts = Object.entries(tags).filter(([key, value]) => !isInternal(key) && value !== null && typeof value !== 'object');
  return Object.fromEntries(texts.map(([key, value]) => [key, String(value as string | number | boolean)]));
}
