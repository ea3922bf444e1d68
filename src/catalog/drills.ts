/** Drills as written → `DrillSpec`, with everything filled in that was left out. */
import type { Catalogue } from '../model/agreement.ts';
import type { DrillKind, DrillSpec, DrillWindow, Precondition, ProbeRule, StopRule } from '../model/drill.ts';
import { parsePercent } from '../model/quantity.ts';
import { type DrillNames, drillProblems } from './drill-rules.ts';
import { ALL_ENTRIES, DAY_NAMES, type DrillDocument, drillFileSchema } from './drill-schema.ts';
import { checkShape, spotAt } from './issues.ts';
import { secondsOf } from './metrics.ts';
import { invalidDrillFile, showPlace } from './problem.ts';
import { writtenAt } from './written.ts';
import { readYaml, type Spot, type YamlReading } from './yaml.ts';

const DAY = 86_400;

/** Recovery points of the kinds that restore. */
export const POINTS: Readonly<Partial<Record<DrillKind, DrillSpec['points']>>> = {
  'backup-restore': ['newest', 'oldest'],
  'ransomware-recovery': ['newest'],
};

/** What holds for a drill that does not say otherwise. */
export const DEFAULTS = {
  preconditions: [{ kind: 'no-other-drill' }],
  afterCrash: 'roll-back',
  /** People besides the requester. */
  approvals: 1,
  /** Seconds over which an availability is taken. */
  over: 300,
} as const;

/**
 * Reads a drill file: a mapping with `drills: [ … ]`, or one drill. `catalogue` is what it may name; drills that the catalogue
 * defines itself have their ids already.
 * Throws one `UsageError` (`drill-file-invalid`) that lists all problems in source order, one a line, as `parseCatalogue` does.
 */
export function parseDrillFile(text: string, file: string, catalogue: Catalogue): readonly DrillSpec[] {
  const yaml = readYaml(text, file, invalidDrillFile);
  const { value, spot } = isListed(yaml.value) ? yaml : listed(yaml);
  const shape = checkShape(drillFileSchema, value, spot);
  const rules = drillProblems(writtenAt({ value, spot, keys: [] }, ['drills', '*']), namesOf(catalogue));
  const unreadable = new Set(yaml.problems.map((p) => showPlace(p.place)));
  const problems = [...yaml.problems, ...[...shape.problems, ...rules].filter((p) => !unreadable.has(showPlace(p.place)))];
  if (shape.value === undefined || problems.length > 0) throw invalidDrillFile(file, problems);
  return buildDrills(shape.value.drills, spotAt(spot, ['drills']));
}

function isListed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'drills' in value;
}

/** One drill as a list of one, each value with its own place. */
function listed({ value, spot }: YamlReading): { readonly value: unknown; readonly spot: Spot } {
  const around = (name: string, inside: Spot): Spot => ({ ...spot, key: undefined, children: new Map([[name, inside]]) });
  return { value: { drills: [value] }, spot: around('drills', around('0', spot)) };
}

function namesOf(catalogue: Catalogue): DrillNames {
  return {
    services: new Set(catalogue.services.map((s) => s.id)),
    dependencies: new Map(catalogue.services.map((s) => [s.id, new Set(s.dependsOn.map((d) => d.on.id))])),
    metrics: new Set(catalogue.agreements.flatMap((a) => a.metrics.map((m) => m.id))),
    drills: new Set(catalogue.drills.map((d) => d.id)),
  };
}

export function buildDrills(written: readonly DrillDocument[], spot: Spot): readonly DrillSpec[] {
  return written.map((one, i) => buildDrill(one, spotAt(spot, [String(i)])));
}

function buildDrill(d: DrillDocument, spot: Spot): DrillSpec {
  return {
    id: d.id,
    title: d.title ?? d.id,
    kind: d.kind,
    service: d.service,
    member: d.member,
    hypothesis: { steady: d.hypothesis?.steady, metrics: d.hypothesis?.metrics ?? [] },
    preconditions: d.preconditions?.map(buildPrecondition) ?? DEFAULTS.preconditions,
    recover: d.recover?.map((s) => ({ ...s, with: s.with ?? {} })),
    probes: (d.probes ?? []).map(buildProbe),
    stops: (d.stops ?? []).map(buildStop),
    points: d.points ?? POINTS[d.kind] ?? [],
    limit: optionalSeconds(d.limit),
    dwell: optionalSeconds(d.dwell),
    afterCrash: d.afterCrash ?? DEFAULTS.afterCrash,
    blastRadius: { tags: d.blastRadius?.tags ?? {}, most: d.blastRadius?.most },
    approvals: { by: d.approvals?.by ?? [], count: d.approvals?.count ?? DEFAULTS.approvals },
    window: d.window === undefined ? undefined : buildWindow(d.window),
    every: d.every === undefined ? undefined : secondsOf(d.every) / DAY,
    controls: d.controls ?? [],
    participants: d.participants ?? [],
    place: spot.place,
  };
}

function optionalSeconds(written: string | 0 | undefined): number | undefined {
  return written === undefined ? undefined : secondsOf(written);
}

type Rule<K extends 'preconditions' | 'probes' | 'stops'> = NonNullable<DrillDocument[K]>[number];

function buildPrecondition(p: Rule<'preconditions'>): Precondition {
  if (typeof p === 'string') return { kind: p };
  if (p['fresh-backups'] !== undefined) return { kind: 'fresh-backups', within: secondsOf(p['fresh-backups']) };
  if (p['lag-within'] !== undefined) return { kind: 'lag-within', seconds: secondsOf(p['lag-within']) };
  if (p['no-change-freeze'] !== undefined) return { kind: 'no-change-freeze', calendars: p['no-change-freeze'] };
  return { kind: 'no-open-incident', alarms: p['no-open-incident'] ?? [] };
}

function buildProbe(p: Rule<'probes'>): ProbeRule {
  if (p === 'entry') return { kind: 'entry', url: undefined, slowest: undefined };
  if (typeof p === 'string') return { kind: p };
  if (p.dns !== undefined) return { kind: 'dns', name: p.dns, resolvers: p.resolvers ?? [] };
  return { kind: 'entry', url: p.entry === ALL_ENTRIES ? undefined : p.entry, slowest: optionalSeconds(p.slowest) };
}

function buildStop(s: Rule<'stops'>): StopRule {
  if (s.alarm !== undefined) return { kind: 'alarm', alarm: s.alarm };
  if (s['lag-above'] !== undefined) return { kind: 'lag-above', seconds: secondsOf(s['lag-above']) };
  if (s['longer-than'] !== undefined) return { kind: 'longer-than', seconds: secondsOf(s['longer-than']) };
  // The share that the decimals say, 0.2196 of 21.96%, and not the binary quotient beside it.
  const share = Number(((parsePercent(s['availability-below'] ?? '') ?? 0) / 100).toFixed(11));
  return { kind: 'availability-below', share, over: optionalSeconds(s.over) ?? DEFAULTS.over };
}

function buildWindow(w: NonNullable<DrillDocument['window']>): DrillWindow {
  const days = new Set(w.days.flatMap(daysOf));
  return { days: [...days].sort(), from: minutesOf(w.from), to: minutesOf(w.to), zone: w.zone };
}

/** `fri-mon` is four days. */
function daysOf(range: string): readonly number[] {
  const [first = -1, last = first] = range.split('-').map((name) => DAY_NAMES.indexOf(name));
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => ((first + i) % 7) + 1);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
