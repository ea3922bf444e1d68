/** `holdfast drill show`: a whole drill as it would be held, worked out from the sources alone. AWS is asked nothing. */

import { writtenDrills } from '../../src/catalog/find.ts';
import type { Actuator } from '../../src/drills/contract.ts';
import type { Ground } from '../../src/drills/ground.ts';
import { membersOf, prepare } from '../../src/drills/prepare.ts';
import type { DrillSpec, DrillWindow, Precondition, ProbeRule, StopRule } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Json } from '../../src/model/journal.ts';
import { formatDuration, formatPercent } from '../../src/model/quantity.ts';
import { plainText } from '../../src/reports/text.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import { type DrillReadFlags, judgedDrills, membersShown, metricsOf, suggestedBeside } from './drill-list.ts';
import { EMPTY_TABLE } from './drill-table.ts';

export interface DrillShowFlags extends DrillReadFlags {
  readonly format: 'text' | 'json';
}

export const DRILL_SHOW_VERSION = '1.0';

interface Step {
  readonly id: string;
  readonly what: Json;
}

export interface ShownRun {
  readonly member: string;
  readonly disrupt: readonly Step[];
  readonly recover: readonly Step[];
  /** Ids of the steps that a person does. */
  readonly people: readonly string[];
  /** Ways back by hand that the drill does not take. */
  readonly notTaken: readonly string[];
  /** Why the steps are not known without a world; null: they are. */
  readonly unknown: string | null;
}

export interface DrillShowResult {
  readonly schemaVersion: typeof DRILL_SHOW_VERSION;
  readonly command: 'drill show';
  readonly world: Judgement['world'];
  /** As it is written, with every default. */
  readonly drill: Omit<DrillSpec, 'place'>;
  /** Ids of the metrics in force that it can show. */
  readonly metrics: readonly string[];
  readonly runs: readonly ShownRun[];
}

export async function drillShow(
  id: string,
  named: readonly string[],
  flags: DrillShowFlags,
  around: Surroundings,
): Promise<number> {
  const { judgement, catalogue } = await judgedDrills(named, flags, around);
  const written = writtenDrills(catalogue);
  const all = [...written, ...suggestedBeside(written, judgement)];
  const drill = all.find((d) => d.id === id);
  if (drill === undefined)
    throw new UsageError(
      'drill-unknown',
      `expected the id of a drill, found ${id}. Known: ${all.map((d) => d.id).join(', ') || 'none'}; holdfast drill list shows them.`,
    );
  const { place: _, ...says } = drill;
  const result: DrillShowResult = {
    schemaVersion: DRILL_SHOW_VERSION,
    command: 'drill show',
    world: judgement.world,
    drill: says,
    metrics: metricsOf(drill, judgement),
    runs: await runsOf(drill, judgement),
  };
  const json = flags.json === true || flags.format === 'json';
  around.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result), flags.out);
  return 0;
}

async function runsOf(drill: DrillSpec, judgement: Judgement): Promise<readonly ShownRun[]> {
  const names = membersShown(drill, judgement);
  const runs = membersOf(drill, judgement).map(async (member, i): Promise<ShownRun> => {
    const label = names[i] ?? 'nothing';
    const without = (unknown: string): ShownRun => ({
      member: label,
      disrupt: [],
      recover: [],
      people: [],
      notTaken: [],
      unknown,
    });
    try {
      const prepared = await prepare(drill, member, 'show', onPaper(judgement));
      if (prepared === undefined) return without(`the service has nothing that a drill of kind ${drill.kind} is about`);
      const { disrupt, recover } = prepared.drill;
      const impossible = prepared.drill.preconditions.find((p) => p.id === 'possible');
      if (impossible !== undefined) return without((await impossible.check()) ?? 'it cannot be held');
      const { people, notTaken } = prepared;
      return { member: label, disrupt: disrupt.map(stepOf), recover: recover.map(stepOf), people, notTaken, unknown: null };
    } catch (error) {
      if (error instanceof NothingAsked) return without(error.message);
      throw error;
    }
  });
  return Promise.all(runs);
}

const stepOf = (actuator: Actuator): Step => ({ id: actuator.id, what: actuator.describe() });

class NothingAsked extends Error {
  constructor() {
    super('its steps depend on what AWS shows when it is held');
    this.name = 'NothingAsked';
  }
}

/** A ground on which nothing stands: what a drill would do is asked, and nothing is done. */
function onPaper(judgement: Judgement): Ground {
  const nothing = async (): Promise<never> => {
    throw new NothingAsked();
  };
  const refused = { kind: 'refused', why: 'nothing is asked' } as const;
  return {
    judgement,
    outside: {
      resolvers: [],
      request: async () => refused,
      resolve: async () => undefined,
      write: async () => refused,
      contents: async () => undefined,
      lag: async () => undefined,
    },
    injector: { refuses: async () => undefined, begin: nothing, state: nothing, end: nothing },
    clock: { now: () => Date.parse(`${judgement.today}T00:00:00Z`), sleep: nothing },
    world: judgement.world,
    notThere: new Map(),
    session: { world: judgement.world, grade: 'read', send: nothing },
    others: async () => [],
    checks: async () => undefined,
    table: EMPTY_TABLE,
  };
}

function textOf({ world, drill, metrics, runs }: DrillShowResult): string {
  const { hypothesis, blastRadius, approvals } = drill;
  const tags = Object.entries(blastRadius.tags).map(([key, value]) => `${key}=${value}`);
  const section = (name: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', name, ...lines.map((line) => `  ${line}`)];
  const lines = [
    `${drill.title}`,
    `${drill.id}: ${drill.kind} of ${drill.service}; world of the sources: ${world}`,
    ...section('Hypothesis', [
      ...(hypothesis.steady === undefined ? [] : [hypothesis.steady]),
      ...(metrics.length === 0 ? ['it speaks for no metric'] : metrics.map((id) => `${id} holds`)),
    ]),
    ...section('Preconditions', drill.preconditions.map(sayPrecondition)),
    ...runs.flatMap((run) => section(drill.kind === 'table-top' ? 'At the table' : `Takes away: ${run.member}`, stepLines(run))),
    ...section(
      'Watched by',
      drill.kind === 'table-top' ? [] : drill.probes.length === 0 ? ['the entries', 'canary writes'] : drill.probes.map(sayProbe),
    ),
    ...section('Stops when', drill.stops.map(sayStop)),
    ...section('Rollback', rollback(drill)),
    ...section('Blast radius on real AWS', [
      tags.length === 0 ? 'nothing may be touched: no tags are named' : `what carries ${tags.join(', ')}`,
      ...(blastRadius.most === undefined ? [] : [`at most ${blastRadius.most} resources lost`]),
    ]),
    ...section('Approvals on real AWS', [
      `${approvals.count} besides the requester${approvals.by.length === 0 ? '' : `, of ${approvals.by.join(', ')}`}`,
    ]),
    ...section('Window', [drill.window === undefined ? 'any time' : sayWindow(drill.window)]),
    ...section('Due again', drill.every === undefined ? [] : [`every ${drill.every} days`]),
    ...section('Participants', drill.participants),
    ...section('Evidence for', drill.controls),
  ];
  return `${lines.map(plainText).join('\n')}\n`;
}

function stepLines({ disrupt, recover, people, notTaken, unknown }: ShownRun): readonly string[] {
  if (unknown !== null) return [unknown];
  const by = (id: string): string => (people.includes(id) ? ' (a person)' : '');
  const said = (step: Step): string => `${step.id}${by(step.id)}: ${sayJson(step.what)}`;
  return [
    ...disrupt.map((step, i) => `${i + 1}. disrupt ${said(step)}`),
    ...recover.map((step, i) => `${disrupt.length + i + 1}. recover ${said(step)}`),
    ...(recover.length === 0 && disrupt.length > 0 ? ['nobody does anything: the service must recover by itself'] : []),
    ...notTaken.map((way) => `not taken: ${way}`),
  ];
}

function sayJson(what: Json): string {
  if (what === null || typeof what !== 'object') return String(what);
  if (Array.isArray(what)) return what.map((item: Json) => sayJson(item)).join(', ');
  return Object.entries(what)
    .map(([key, value]) => `${key} ${sayJson(value)}`)
    .join('; ');
}

function rollback({ kind, limit, dwell, afterCrash }: DrillShowResult['drill']): readonly string[] {
  if (kind === 'table-top') return [];
  return [
    'on every way out, in reverse order; then the service is looked at again, and what the drill made must be gone',
    `what has not recovered after ${limit === undefined ? 'the longest target and ten minutes' : formatDuration(limit)} is rolled back`,
    `well for ${formatDuration(dwell ?? 60)} counts as recovered`,
    afterCrash === 'continue'
      ? 'after a crash of its controller it goes on'
      : 'after a crash of its controller it is rolled back',
  ];
}

function sayPrecondition(p: Precondition): string {
  switch (p.kind) {
    case 'fresh-backups':
      return `every store has a recovery point no older than ${formatDuration(p.within)}`;
    case 'lag-within':
      return `replication of every store is no later than ${formatDuration(p.seconds)}`;
    case 'no-change-freeze':
      return `change calendars are open: ${p.calendars.join(', ')}`;
    case 'no-open-incident':
      return `alarms are OK: ${p.alarms.join(', ')}`;
    case 'no-other-drill':
      return 'no other drill is under way';
    case 'checks-green':
      return 'live checks find nothing at or above high';
  }
}

function sayProbe(p: ProbeRule): string {
  switch (p.kind) {
    case 'entry': {
      const slowest = p.slowest === undefined ? '' : `, answering within ${formatDuration(p.slowest)}`;
      return `${p.url ?? 'the entries'}${slowest}`;
    }
    case 'dns':
      return `what ${p.resolvers.length === 0 ? 'resolvers' : p.resolvers.join(', ')} answer for ${p.name}`;
    case 'canary':
      return 'canary writes';
    case 'lag':
      return 'replication lag';
  }
}

function sayStop(s: StopRule): string {
  switch (s.kind) {
    case 'alarm':
      return `${s.alarm} is in ALARM`;
    case 'availability-below':
      return `fewer than ${formatPercent(s.share * 100, 4)} of requests are served over ${formatDuration(s.over)}`;
    case 'lag-above':
      return `replication is later than ${formatDuration(s.seconds)}`;
    case 'longer-than':
      return `${formatDuration(s.seconds)} have passed since the onset`;
  }
}

const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function sayWindow({ days, from, to, zone }: DrillWindow): string {
  const time = (minutes: number): string =>
    [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':');
  const next = to < from ? ' of the next day' : '';
  return `${days.map((d) => DAY_NAMES[d - 1]).join(', ')} from ${time(from)} to ${time(to)}${next}, ${zone}`;
}
