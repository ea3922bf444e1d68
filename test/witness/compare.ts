/** What the scans see of a witness, in words that do not depend on who was asked, and how two witnesses differ. */
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import { sdkTransport } from '../../src/aws/transport.ts';
import type { Clock } from '../../src/model/clock.ts';
import { fold } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import { Hole, isList, isRecord, type Value } from '../../src/model/value.ts';
import { observe } from '../../src/services/observed/observe.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { AWAY, HOME, type Played, play } from './script.ts';
import { ACCOUNT, type Door, KEY } from './witnesses.ts';

export interface Testimony extends Played {
  /** `type name` to `path` to value. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Actions that were not answered, with the reason. */
  readonly unanswered: ReadonlyMap<string, string>;
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};

/** Plays the script at the door, then reads it with every scan. */
export async function hear(door: Door): Promise<Testimony> {
  const transport = sdkTransport({ credentials: () => () => Promise.resolve(KEY), endpoint: door.url });
  const played = await play(transport);
  // Time for what is being created to become available.
  await clock.sleep(3000);
  const open = session({
    world: 'simulated',
    grade: 'read',
    transport,
    clock,
    random: () => 0.5,
    limits: limiter(clock),
    allowed: SCANS.flatMap((s) => s.calls),
    retries: { attempts: 1, base: 1, cap: 1, total: 1 },
  });
  const seen = await observe({ session: open, clock, targets: [{ account: ACCOUNT, regions: [AWAY, HOME] }] });
  const words = spelling(played);
  const unanswered = new Map<string, string>();
  for (const gap of seen.gaps) unanswered.set(gap.action, gap.why.reason);
  for (const hole of seen.holes) unanswered.set(hole.action, hole.reason);
  return { ...played, resources: new Map(seen.resources.map((r) => [titleOf(r, words), membersOf(r, words)])), unanswered };
}

type Spelling = (text: string) => string;

/** Each witness's own ids and ARNs become the names that the script gave them: the longest first. */
function spelling({ names }: Played): Spelling {
  const known = [...names]
    .flatMap(([name, text]) => [
      [name, text] as const,
      [`${name}-id`, text.replace('/hostedzone/', '')] as const,
      [`${name}-id`, text.split(/[:/]/).at(-1) ?? text] as const,
    ])
    .filter(([, text]) => text.length >= 8)
    .sort(([, a], [, b]) => b.length - a.length);
  return (text) => known.reduce((said, [name, its]) => said.replaceAll(its, `{${name}}`), text);
}

const titleOf = (r: Resource, words: Spelling): string => {
  const region = fold(
    r.region,
    (v) => v,
    () => '?',
  );
  return `${r.type} ${words(r.id ?? r.name)} ${region}`;
};

function membersOf(resource: Resource, words: Spelling): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  const add = (path: string, value: Value): void => {
    if (value instanceof Hole) members.set(path, `hole: ${value.reason}`);
    else if (isList(value)) for (const [i, v] of value.entries()) add(`${path}[${i}]`, v);
    else if (isRecord(value)) for (const [key, v] of Object.entries(value)) add(path === '' ? key : `${path}.${key}`, v);
    else members.set(path, words(String(value)));
  };
  add('', resource.inputs);
  add('outputs', resource.outputs);
  add(
    'tags',
    fold<Readonly<Record<string, string>>, Value>(
      resource.tags,
      (tags) => tags,
      () => 'unknown',
    ),
  );
  return members;
}

/** One thing that two witnesses say differently. */
export interface Difference {
  /** Canonical Pulumi type. */
  readonly type: string;
  /** Property, without list indices; `(there)`: one of the two does not show the resource at all. */
  readonly property: string;
  readonly resource: string;
  readonly ours: string;
  readonly theirs: string;
}

export function differences(ours: Testimony, theirs: Testimony): readonly Difference[] {
  const found: Difference[] = [];
  for (const title of new Set([...ours.resources.keys(), ...theirs.resources.keys()])) {
    const [type = ''] = title.split(' ');
    const resource = title.slice(type.length + 1);
    const [a, b] = [ours.resources.get(title), theirs.resources.get(title)];
    if (a === undefined || b === undefined) {
      const there = (one: unknown): string => (one === undefined ? 'no' : 'yes');
      found.push({ type, property: '(there)', resource, ours: there(a), theirs: there(b) });
      continue;
    }
    for (const property of new Set([...a.keys(), ...b.keys()])) {
      const [x = 'unset', y = 'unset'] = [a.get(property), b.get(property)];
      if (x !== y) found.push({ type, property: property.replaceAll(/\[\d+\]/g, ''), resource, ours: x, theirs: y });
    }
  }
  return found;
}
