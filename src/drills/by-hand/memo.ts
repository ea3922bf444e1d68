/**
 * What a step found before it changed anything, kept in AWS as a tag of what it changes: whoever resumes the drill after a crash
 * puts back exactly that, and what carries no such tag was not changed by this drill.
 */
import { createHash } from 'node:crypto';

/** Short text by name; neither may hold spaces. */
export type Before = Readonly<Record<string, string>>;

/** Tags of one resource. */
export interface Tags {
  read(key: string): Promise<string | undefined>;
  write(key: string, value: string): Promise<unknown>;
  erase(key: string): Promise<unknown>;
}

/** Twelve hexadecimal digits that stand for a token of the journal: names and tags have little room. */
export const markOf = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 12);

const TAG = 'holdfast:';
export const tagKey = (token: string): string => `${TAG}${markOf(token)}`;

/** Is it the key of such a tag, of whichever drill? */
export const isDrillTag = (key: string): boolean => key.startsWith(TAG);

/** A name for a new resource: no two drills share it, and each finds its own again after a crash. `longest`: characters. */
export function newName(name: string, token: string, longest: number): string {
  const tail = `-hf-${markOf(token)}`;
  return `${name.slice(0, longest - tail.length).replace(/-+$/, '')}${tail}`;
}

/** Tag values hold 256 characters, of which ECS and EKS allow letters, digits, spaces and `+ - = . _ : / @` alone. */
const LONGEST = 256;
const ALLOWED = /^[\p{L}\p{N}+\-=._:/@]*$/u;

/** `desired=2 min=1`: a person who finds the tag can put it back too. Throws on what no tag can hold. */
export function toTag(before: Before): string {
  const text = Object.entries(before)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  if (text.length > LONGEST || Object.values(before).some((value) => !ALLOWED.test(value)))
    throw new RangeError(`a tag cannot hold ${text}`);
  return text;
}

export function fromTag(text: string): Before {
  return Object.fromEntries(
    text
      .split(' ')
      .filter((part) => part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const),
  );
}
