/** Drills → a drill file that reads back to the same drills. What has its default is left out. */
import { Document, isCollection, type Node, Scalar } from 'yaml';
import type { DrillKind, DrillSpec, DrillWindow, Precondition, ProbeRule, StopRule } from '../model/drill.ts';
import { formatDuration } from '../model/quantity.ts';
import { ALL_ENTRIES, DAY_NAMES } from './drill-schema.ts';
import { DEFAULTS, POINTS } from './drills.ts';
import { DRILL_SCHEMA_LINE } from './json-schema.ts';

const HEADER = `${DRILL_SCHEMA_LINE}
#
# Drills: disruptions caused on purpose, timed, rolled back and journalled. What is left out has its default (see the schema).
# Nothing is disrupted by this file itself: \`holdfast drill show ID\` tells what a drill would do, \`holdfast drill run ID\` holds it.
`;

/** What is done, in a line. Without a member each that there is is taken away, in a run of its own. */
const SAYS: Readonly<Record<DrillKind, string>> = {
  'az-loss': 'Everything in an Availability Zone is lost at once.',
  'region-evacuation': 'The service is moved out of a Region that is still well.',
  'region-loss': 'A Region is lost, with its APIs, without a warning.',
  'database-failover': 'The writer of a database is lost, and its standby takes over.',
  'global-database-failover': 'The primary Region of a global database is given up.',
  'global-database-switchover': 'The primary of a global database moves to another Region, and no write is lost.',
  'cache-failover': 'The primary node of a cache is lost, and a replica takes over.',
  'dns-failover': 'A branch of the record set is made unhealthy, and resolvers must leave it.',
  'bucket-failover': 'A bucket is out of reach, and its replica is read and written instead.',
  'backup-restore': 'Data is damaged, and restored beside the original from its recovery points.',
  'key-loss': 'A key can no longer be used.',
  'ransomware-recovery': 'The account is in wrong hands: only what lies in the locked vault is left.',
  'dependency-loss': 'Something that the service depends on does not answer.',
  'control-plane-loss': 'The APIs of a Region fail, and what runs keeps running.',
  'table-top': 'People go through decisions and messages. Nothing is taken away, and no time of recovery is shown.',
};

/**
 * A drill file with these drills, in their order: `parseDrillFile` gives the same ones again, but for their places. Times are
 * written to the millisecond, shares to a millionth of a per cent.
 */
export function writeDrillFile(specs: readonly DrillSpec[]): string {
  const document = new Document({ drills: specs.map(written) }, { aliasDuplicateObjects: false });
  specs.forEach((spec, i) => {
    const drill = document.getIn(['drills', i]);
    if (!isCollection(drill)) return;
    drill.commentBefore = ` ${SAYS[spec.kind]}`;
    drill.spaceBefore = i > 0;
    for (const path of FLOW) inFlow(drill.getIn(path, true));
    for (const list of ['preconditions', 'stops', 'probes', 'recover'] as const)
      for (let n = 0; n < (spec[list]?.length ?? 0); n += 1) inFlow(drill.getIn([list, n], true));
  });
  // Folded text in quotes does not always read back the same (yaml 2.9.1).
  const style = { lineWidth: 0, singleQuote: true, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  return `${HEADER}\n${document.toString(style)}`;
}

/** Short things that stand on one line. */
const FLOW: readonly (readonly string[])[] = [['window'], ['blastRadius'], ['approvals'], ['points'], ['participants']];

function inFlow(node: unknown): void {
  if (isCollection(node)) node.flow = true;
}

function written(spec: DrillSpec): unknown {
  const { id, kind, service, member, hypothesis, blastRadius, approvals, window } = spec;
  const { steady, metrics } = hypothesis;
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return given({
    id,
    title: spec.title === id ? undefined : spec.title,
    kind,
    service,
    member,
    hypothesis: given({ steady, metrics: some(metrics) }),
    preconditions: same(spec.preconditions, DEFAULTS.preconditions) ? undefined : spec.preconditions.map(precondition),
    recover: spec.recover?.map((s) => given({ action: s.action, on: s.on, with: given(s.with) })),
    probes: some(spec.probes.map(probe)),
    stops: some(spec.stops.map(stop)),
    points: same(spec.points, POINTS[kind] ?? []) ? undefined : spec.points,
    limit: duration(spec.limit),
    dwell: duration(spec.dwell),
    afterCrash: spec.afterCrash === DEFAULTS.afterCrash ? undefined : spec.afterCrash,
    blastRadius: given({ tags: given(blastRadius.tags), most: blastRadius.most }),
    approvals: given({ by: some(approvals.by), count: approvals.count === DEFAULTS.approvals ? undefined : approvals.count }),
    window: window === undefined ? undefined : windowOf(window),
    every: duration(spec.every === undefined ? undefined : spec.every * 86_400),
    controls: some(spec.controls),
    participants: some(spec.participants),
  });
}

/** Without what is undefined; undefined when nothing is left. */
function given(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const kept = Object.entries(record).filter(([, value]) => value !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function duration(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDuration(seconds);
}

function precondition(p: Precondition): unknown {
  switch (p.kind) {
    case 'fresh-backups':
      return { 'fresh-backups': formatDuration(p.within) };
    case 'lag-within':
      return { 'lag-within': formatDuration(p.seconds) };
    case 'no-change-freeze':
      return { 'no-change-freeze': p.calendars };
    case 'no-open-incident':
      return { 'no-open-incident': p.alarms };
    default:
      return p.kind;
  }
}

function probe(p: ProbeRule): unknown {
  if (p.kind === 'dns') return given({ dns: p.name, resolvers: some(p.resolvers) });
  if (p.kind !== 'entry' || (p.url === undefined && p.slowest === undefined)) return p.kind;
  return given({ entry: p.url ?? ALL_ENTRIES, slowest: duration(p.slowest) });
}

function stop(s: StopRule): unknown {
  switch (s.kind) {
    case 'alarm':
      return { alarm: s.alarm };
    case 'availability-below':
      return given({
        'availability-below': `${Number((s.share * 100).toFixed(6))}%`,
        over: duration(s.over === DEFAULTS.over ? undefined : s.over),
      });
    default:
      return { [s.kind]: formatDuration(s.seconds) };
  }
}

function windowOf({ days, from, to, zone }: DrillWindow): unknown {
  return { days: ranges(days), from: timeOf(from), to: timeOf(to), zone };
}

/** `[1, 2, 3, 5]` → `mon-wed`, `fri`. */
function ranges(days: readonly number[]): readonly string[] {
  const found: [first: number, last: number][] = [];
  for (const day of days) {
    const range = found.at(-1);
    if (range !== undefined && range[1] === day - 1) range[1] = day;
    else found.push([day, day]);
  }
  const name = (day: number): string => DAY_NAMES[day - 1] ?? '';
  return found.map(([first, last]) => (first === last ? name(first) : `${name(first)}-${name(last)}`));
}

/** In quotes: to older readers of YAML 22:00 is a number. */
function timeOf(minutes: number): Node {
  const text = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':');
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
