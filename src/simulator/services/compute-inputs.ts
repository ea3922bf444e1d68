/** Reading of Pulumi inputs for the deployers of compute and network services: plain values, with the shape checked. */
import type { Given, Plain } from '../deploy/deployer.ts';

export type Block = Readonly<Record<string, Plain>>;

export const isBlock = (value: Plain | undefined): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (value: Plain | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** The provider is a Terraform bridge: numbers and flags may arrive as text. */
export const numberOf = (value: Plain | undefined): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
};

export const flagOf = (value: Plain | undefined): boolean | undefined =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;

/** A list; one value alone counts as a list of one. */
export const listOf = (value: Plain | undefined): readonly Plain[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly Plain[]) : [value];

export const textsOf = (value: Plain | undefined): string[] =>
  listOf(value)
    .map(textOf)
    .filter((v) => v !== undefined);

export const blocksOf = (value: Plain | undefined): readonly Block[] => listOf(value).filter(isBlock);

export const blockOf = (value: Plain | undefined): Block | undefined => blocksOf(value)[0];

/** A text that the provider requires: without it AWS refuses the call. */
export function need(given: Given, property: string): string {
  const value = textOf(given.inputs[property]);
  if (value === undefined) throw new Error(`${property} is not set`);
  return value;
}

/** Leaves out what is undefined: `exactOptionalPropertyTypes` has no undefined members. */
export function without<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export const tagList = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
