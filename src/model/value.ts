/**
 * Property values of a declared resource, after the reader has taken secrets and unknowns out.
 * A `Hole` stands where a value is missing, and says why and what it was made from.
 */
import type { Reason } from './known.ts';

/** A mention of another resource's property inside a value: `bucket.arn` is `{ urn: bucket, property: 'arn' }`. */
export interface Mention {
  readonly urn: string;
  readonly property: string;
}

/** A value that is not known. It is never a string, number or list, so nothing can take it for a fact. */
export class Hole {
  readonly reason: Reason;
  /** What is missing, in words. */
  readonly detail: string;
  /** Resources whose properties the value was made from, in order, where the source tells. */
  readonly mentions: readonly Mention[];
  /** Text with the unknown parts cut out as `${n}` (n = index in mentions), when the value is an interpolated string. */
  readonly template: string | undefined;

  constructor(reason: Reason, detail: string, mentions: readonly Mention[] = [], template?: string) {
    this.reason = reason;
    this.detail = detail;
    this.mentions = mentions;
    this.template = template;
  }
}

export type Value = null | boolean | number | string | Hole | readonly Value[] | { readonly [key: string]: Value };
export type Values = { readonly [key: string]: Value };

export function isRecord(v: Value | undefined): v is Values {
  return typeof v === 'object' && v !== null && !Array.isArray(v) && !(v instanceof Hole);
}

/** `Array.isArray` would make an `any[]` of a readonly list. */
export function isList(v: Value | undefined): v is readonly Value[] {
  return Array.isArray(v);
}
