/** zod's issues → problems with places. */
import type * as z from 'zod';
import type { Place } from '../model/agreement.ts';
import { listWords } from './fields.ts';
import { type Problem, quote, suggest } from './problem.ts';
import type { Spot } from './yaml.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly string[];

export type Checked<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: undefined; readonly problems: readonly Problem[] };

/** Checks a value against a schema of `schema.ts`: the value as the schema gives it, or every problem with its place. */
export function checkShape<S extends z.ZodType>(schema: S, value: unknown, spot: Spot): Checked<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  const issues = flatten(result.error.issues, value, []).filter((issue) => !isEcho(issue, value));
  return { value: undefined, problems: issues.flatMap((issue) => explain(issue, value, spot)) };
}

/** The spot at a path, or the nearest one above it. */
export function spotAt(spot: Spot, path: Path): Spot {
  let here = spot;
  for (const part of path) {
    const next = here.children.get(part);
    if (next === undefined) return here;
    here = next;
  }
  return here;
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.getOwnPropertyDescriptor(here, part)?.value;
  }
  return here;
}

/** An issue with its full path, unions resolved to the branch that the writer most likely meant. */
interface FlatIssue {
  readonly issue: Issue;
  readonly path: Path;
}

function flatten(issues: readonly Issue[], root: unknown, base: Path): FlatIssue[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path.map(String)];
    const branch = issue.code === 'invalid_union' ? likelyBranch(issue.errors, valueAt(root, path)) : undefined;
    return branch === undefined ? [{ issue, path }] : flatten(branch, root, path);
  });
}

/** A mapping of nothing but unknown keys looks empty to the schema; the keys are listed already. */
function isEcho({ issue, path }: FlatIssue, root: unknown): boolean {
  const value = valueAt(root, path);
  return (
    issue.code === 'custom' &&
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0
  );
}

/** Every message of our schemas has advice after a semicolon, or lists the known keys. */
function isOurs(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' || issue.code === 'invalid_key' || issue.message.includes('; ');
}

/**
 * A mapping is meant for the branch with the fewest things wrong; text or a number for the first branch (the short
 * form), any other value for none: then the union itself says what it expects.
 */
function likelyBranch(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const ours = branches.filter((issues) => issues.every(isOurs));
  if (typeof value === 'string' || typeof value === 'number') return ours.find((issues) => !issues.some(wantsMapping));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const structural = ours.filter((issues) => !issues.some((i) => i.path.length === 0 && !isAboutContents(i)));
  return structural.sort((a, b) => weight(a) - weight(b))[0];
}

function wantsMapping(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type' && issue.expected === 'object';
}

function isAboutContents(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' || issue.code === 'custom';
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? i.keys.length : 1), 0);
}

function explain({ issue, path }: FlatIssue, root: unknown, spot: Spot): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.message.split(' ');
    return issue.keys.map((key) => ({
      place: keyPlace(spotAt(spot, [...path, key])),
      expected: `${listWords(keys)} here`,
      found: `the unknown key ${quote(key)}`,
      advice: suggest(key, keys, 'remove it'),
    }));
  }
  const value = valueAt(root, path);
  const here = spotAt(spot, path);
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0]?.message ?? issue.message;
    return [{ place: keyPlace(here), ...words(inner), found: quote(path.at(-1)) }];
  }
  const { expected, advice } = words(issue.message);
  if (value === undefined) {
    const key = path.at(-1) ?? 'it';
    return [{ place: keyPlace(here), expected: `${key} (${expected})`, found: 'nothing', advice: `add ${key}` }];
  }
  const better =
    issue.code === 'invalid_value' && typeof value === 'string' ? suggest(value, issue.values.map(String), advice) : advice;
  return [{ place: here.place, expected, found: quote(value), advice: better }];
}

function words(message: string): { readonly expected: string; readonly advice: string } {
  const at = message.indexOf('; ');
  return at < 0 ? { expected: message, advice: 'mend it' } : { expected: message.slice(0, at), advice: message.slice(at + 2) };
}

/** Where a named thing is named. */
export function keyPlace(spot: Spot): Place {
  return spot.key ?? spot.place;
}
