/**
 * The small values of `holdfast.yaml`: durations, percentages, days, names.
 * Messages are written `what is expected; what to do`: `issues.ts` puts what was found between the two.
 */
import * as z from 'zod';
import { SCOPES } from '../model/scope.ts';

/**
 * The durations that `parseDuration` reads, as a pattern an editor can check: units at most once each, largest first.
 * A test holds the two together.
 */
const DURATION =
  /^(?:0|(?=\d)(?:\d{1,12}(?:\.\d{1,6})?\s*w\s*)?(?:\d{1,12}(?:\.\d{1,6})?\s*d\s*)?(?:\d{1,12}(?:\.\d{1,6})?\s*h\s*)?(?:\d{1,12}(?:\.\d{1,6})?\s*m(?:in)?\s*)?(?:\d{1,12}(?:\.\d{1,6})?\s*s\s*)?(?:\d{1,12}(?:\.\d{1,6})?\s*ms\s*)?)$/;

/** 0 … 100 with a percent sign; `parsePercent` reads every match. */
const PERCENT = /^(?:100(?:\.0{1,9})?|\d{1,2}(?:\.\d{1,9})?)\s*%$/;

/** Names used as keys and in references: they become part of ids, file names and URLs. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const ID_MESSAGE = 'a name of at most 63 letters, digits, dots, dashes and underscores, the first a letter or digit; rename it';

const DURATION_MESSAGE = 'a duration such as 15m; give a unit: 250ms, 5s, 15m, 4h, 35d, or 1h30m';

export const duration = z
  .union([z.literal(0), z.string().regex(DURATION, { error: DURATION_MESSAGE })], { error: DURATION_MESSAGE })
  .meta({
    id: 'duration',
    description: 'A duration with its unit: 250ms, 5s, 15m, 4h, 35d, 1h30m; 0 needs none.',
    examples: ['15m', '5s', '35d'],
  });

export const percent = z
  .string({ error: 'a percentage such as 60%; write it with a percent sign' })
  .regex(PERCENT, { error: 'a percentage from 0% to 100%; write it with a percent sign' })
  .meta({ id: 'percentage', description: 'A percentage from 0% to 100%, with its sign.', examples: ['60%', '99.95%'] });

/** One line of words about something. */
export function text(description: string): z.ZodString {
  return z
    .string({ error: 'text; write it in quotes if it looks like a number' })
    .regex(/\S/, { error: 'text that is not blank; fill it in' })
    .meta({ description });
}

export function day(description: string): z.ZodISODate {
  return z.iso.date({ error: 'a day that exists, as YYYY-MM-DD; for example 2026-12-31' }).meta({ description });
}

export function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
  description: string,
): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, { error: `${listWords(values)}; choose one of them` }).meta({ description });
}

export function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** A mapping with these keys and no others. For an unknown key the message is the list of the known ones, for `issues.ts`. */
export function mapping<S extends z.core.$ZodLooseShape>(shape: S, what: string): z.ZodObject<S, z.core.$strict> {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys.join(' ') : `${what}; write a mapping of ${keys.join(', ')}`),
  });
}

/** A mapping in which at least one key is given. */
export function someOf<S extends z.core.$ZodLooseShape>(shape: S, what: string): z.ZodObject<S, z.core.$strict> {
  return mapping(shape, what)
    .refine((o) => Object.keys(o).length > 0, {
      error: `${what}, not empty; give at least one of ${Object.keys(shape).join(', ')}`,
    })
    .meta({ minProperties: 1 });
}

/** A mapping from names to values. */
export function named<T extends z.ZodType>(value: T, what: string, key: z.ZodString = id): z.ZodRecord<z.ZodString, T> {
  return z.record(key, value, { error: `a mapping from names to ${what}; write \`name: …\` lines, indented` });
}

export const id = z.string({ error: ID_MESSAGE }).regex(ID, { error: ID_MESSAGE });

/** A key that belongs to somebody else's vocabulary (a resource type, a service-time row, a tag key). */
export const foreignKey = z.string().regex(/\S/, { error: 'a name that is not blank; fill it in' });

export function listOf<T extends z.ZodType>(item: T, what: string): z.ZodArray<T> {
  return z.array(item, { error: `a list of ${what}; write \`- …\` lines or [ … ]` });
}

/** One optional entry for each scope, so that editors complete them. */
export function byScope<T extends z.ZodType>(
  value: T,
  what: string,
): z.ZodObject<Record<(typeof SCOPES)[number], z.ZodOptional<T>>, z.core.$strict> {
  const shape = Object.fromEntries(
    SCOPES.map((s) => [
      s,
      value.optional().meta({ description: `${what[0]?.toUpperCase()}${what.slice(1)} when this is lost: ${s}.` }),
    ]),
  );
  return someOf(shape as Record<(typeof SCOPES)[number], z.ZodOptional<T>>, `${what} by scope`);
}
