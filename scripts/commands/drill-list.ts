/** `holdfast drill list`: the drills that are written, those that would be worth writing, and when each was held. */
import { writtenDrills } from '../../src/catalog/find.ts';
import { writeDrillFile } from '../../src/catalog/write-drills.ts';
import { membersOf } from '../../src/drills/prepare.ts';
import { suggest } from '../../src/drills/suggest.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { type DrillSpec, SCOPE_OF } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import { firstOf } from '../../src/model/naming.ts';
import type { World } from '../../src/model/resource.ts';
import { memberLabel } from '../../src/model/scope.ts';
import { columns } from '../../src/reports/text.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import { dueOf, type Held, heldRuns } from './drill-held.ts';
import type { StoreFlags } from './evidence.ts';
import { judgeSources, type SourceFlags } from './judging.ts';

export interface DrillReadFlags extends Omit<SourceFlags, 'catalog'>, StoreFlags {
  readonly seed: number;
  readonly json?: boolean;
}

export interface DrillListFlags extends DrillReadFlags {
  readonly format?: 'text' | 'json' | 'yaml';
  readonly suggest?: boolean;
}

export const DRILL_LIST_VERSION = '1.0';

export interface ListedRun {
  readonly run: string;
  readonly member: string;
  readonly status: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface ListedDrill {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly service: string;
  /** False: suggested, and written nowhere. */
  readonly written: boolean;
  /** Where it is written: `file:line:column`. */
  readonly place: string | null;
  /** What it takes away, one run each; for people. */
  readonly members: readonly string[];
  /** Ids of the metrics in force that it can show. */
  readonly metrics: readonly string[];
  readonly lastHeld: ListedRun | null;
  /** In simulated AWS: counts for nothing live. */
  readonly lastRehearsed: ListedRun | null;
  /** YYYY-MM-DD. */
  readonly due: string | null;
  readonly overdue: boolean;
  /** Why it cannot be held, or shows nothing, as it is written. */
  readonly problems: readonly string[];
}

export interface DrillListResult {
  readonly schemaVersion: typeof DRILL_LIST_VERSION;
  readonly command: 'drill list';
  /** Of what the sources declare; drills in the list may have been held in either. */
  readonly world: World;
  readonly drills: readonly ListedDrill[];
  readonly problems: readonly string[];
}

export async function drillList(named: readonly string[], flags: DrillListFlags, around: Surroundings): Promise<number> {
  const { judgement, catalogue } = await judgedDrills(named, flags, around);
  const written = writtenDrills(catalogue);
  const wanted = flags.suggest === true ? suggestedBeside(written, judgement) : [];
  const format = flags.json === true ? 'json' : (flags.format ?? (flags.suggest === true ? 'yaml' : 'text'));
  if (format === 'yaml') {
    around.write(writeDrillFile(flags.suggest === true ? wanted : written), flags.out);
    return 0;
  }
  const { held, problems } = await heldRuns(flags, around);
  const result: DrillListResult = {
    schemaVersion: DRILL_LIST_VERSION,
    command: 'drill list',
    world: judgement.world,
    drills: [
      ...written.map((drill) => listed(drill, true, held, judgement)),
      ...wanted.map((drill) => listed(drill, false, held, judgement)),
    ],
    problems,
  };
  around.write(format === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result, flags, around), flags.out);
  return 0;
}

/** Throws `UsageError` (`no-catalogue`) without a catalogue: there is nothing that a drill could show. */
export async function judgedDrills(
  named: readonly string[],
  flags: DrillReadFlags,
  around: Surroundings,
): Promise<{ readonly judgement: Judgement; readonly catalogue: Catalogue }> {
  const { judgement, catalogue } = await judgeSources(named, flags, around);
  if (catalogue === undefined)
    throw new UsageError(
      'no-catalogue',
      'expected a catalogue (holdfast.yaml): a drill shows what is agreed. Write one with holdfast init, or name it with --catalog.',
    );
  return { judgement, catalogue };
}

/** Suggestions that are not written yet, under their id or another. */
export function suggestedBeside(written: readonly DrillSpec[], judgement: Judgement): readonly DrillSpec[] {
  const key = (d: DrillSpec): string => JSON.stringify([d.kind, d.service, d.member]);
  const there = new Set([...written.map((d) => d.id), ...written.map(key)]);
  return suggest(judgement).filter((d) => !there.has(d.id) && !there.has(key(d)));
}

/** Metrics in force that the drill is held for. */
export function metricsOf(drill: DrillSpec, { verdicts }: Judgement): readonly string[] {
  const own = verdicts.map((v) => v.metric).filter((m) => m.serviceId === drill.service && m.scope === SCOPE_OF[drill.kind]);
  const { metrics } = drill.hypothesis;
  return own.map((m) => m.id).filter((id) => metrics.length === 0 || metrics.includes(id));
}

/** What is taken away, as a person would name it. */
export function membersShown(drill: DrillSpec, judgement: Judgement): readonly string[] {
  if (drill.kind === 'table-top') return [];
  return membersOf(drill, judgement).map((member) => {
    const title = judgement.estate.resources.get(member.name)?.title;
    if (title !== undefined) return title;
    return drill.kind === 'dependency-loss' ? member.name : memberLabel(member);
  });
}

function listed(drill: DrillSpec, written: boolean, held: readonly Held[], judgement: Judgement): ListedDrill {
  const { live, rehearsed, due, overdue } = dueOf(drill, held, judgement.today);
  const members = membersShown(drill, judgement);
  const metrics = metricsOf(drill, judgement);
  const { file, line, column } = drill.place;
  return {
    id: drill.id,
    title: drill.title,
    kind: drill.kind,
    service: drill.service,
    written,
    place: written ? `${file}:${line}:${column}` : null,
    members,
    metrics,
    lastHeld: runOf(live),
    lastRehearsed: runOf(rehearsed),
    due: due ?? null,
    overdue,
    problems: problemsOf(drill, members, metrics),
  };
}

function runOf(held: Held | undefined): ListedRun | null {
  if (held === undefined) return null;
  const { run, member, status, at } = held;
  return { run, member, status, at: new Date(at).toISOString() };
}

function problemsOf(drill: DrillSpec, members: readonly string[], metrics: readonly string[]): readonly string[] {
  const lapsed = drill.hypothesis.metrics.filter((id) => !metrics.includes(id));
  const takes = drill.kind === 'table-top' || members.length > 0;
  return [
    ...(takes ? [] : [`${drill.service} has nothing that a drill of kind ${drill.kind} could take away`]),
    ...lapsed.map((id) => `${id} is not in force`),
  ];
}

function textOf({ world, drills, problems }: DrillListResult, flags: DrillListFlags, around: Surroundings): string {
  const paint = around.paint(flags.color, flags.out);
  const lines = [`world: ${world}`, ''];
  if (drills.length === 0)
    lines.push(
      'No drill is written. holdfast drill list --suggest writes what the agreements ask for: save it as NAME.drill.yaml.',
      '',
    );
  else {
    const heads = ['DRILL', 'SERVICE', 'HELD', 'DUE', 'TAKES AWAY; SHOWS'].map((text) => ({ text, style: 'dim' as const }));
    const rows = drills.map((d) => [
      { text: d.written ? d.id : `${d.id} (suggested)` },
      { text: d.service },
      { text: heldText(d) },
      { text: d.due ?? '–', style: d.overdue ? ('bad' as const) : ('good' as const) },
      { text: `${listText(d.members)}; ${d.metrics.map(shortMetric).join(', ') || 'no metric'}` },
    ]);
    lines.push(...columns([heads, ...rows], around.width, paint), '');
  }
  for (const d of drills) for (const problem of d.problems) lines.push(`${d.id}: ${problem}`);
  for (const problem of problems) lines.push(problem);
  return `${lines.join('\n').trimEnd()}\n`;
}

const SHOWN = 3;

const listText = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : firstOf(names, SHOWN));

/** `RTO region` of `sla/shop/RTO-region`. */
function shortMetric(id: string): string {
  return (id.split('/').at(-1) ?? id).replace('-', ' ');
}

function heldText({ lastHeld, lastRehearsed }: ListedDrill): string {
  if (lastHeld !== null) return `${lastHeld.at.slice(0, 10)} ${lastHeld.status}`;
  return lastRehearsed === null ? 'never' : `rehearsed ${lastRehearsed.at.slice(0, 10)} ${lastRehearsed.status}`;
}
