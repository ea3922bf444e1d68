/** `holdfast rehearse`: deploys the sources into simulated AWS, takes away what the agreements speak of, and tells what happened. */

import { type Held, observationsOf } from '../../src/drills/observe.ts';
import { UsageError } from '../../src/model/errors.ts';
import { formatDuration } from '../../src/model/quantity.ts';
import { memberLabel } from '../../src/model/scope.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { DrillReport, RehearsalResult } from '../../src/reports/rehearsal.ts';
import { drillReport, REHEARSAL_VERSION } from '../../src/reports/rehearsal.ts';
import { renderTimeline } from '../../src/reports/timeline.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { type Observation, rehearsedVerdict, type Shown } from '../../src/verdicts/kpi5.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { inputsOf } from './judging.ts';
import { accountOf, DEFAULT_REGION } from './places.ts';
import { isAgreed, type Rehearsal, rehearsal } from './rehearsing.ts';

export interface RehearseFlags extends SourceFlags {
  readonly format: 'text' | 'json';
  readonly json?: boolean;
  readonly seed: number;
  /** File for the timelines as an SVG picture. */
  readonly picture?: string;
  /** Only these. */
  readonly service?: string;
  readonly scope?: string;
  readonly member?: string;
  /** A kind of drill; by default those that speak for what is agreed. */
  readonly kind?: string;
}

/** 0: every rehearsed promise was kept without a person; 1: one was not; 3: none was broken, and something is not known. */
export async function rehearse(named: readonly string[], flags: RehearseFlags, around: Surroundings): Promise<number> {
  const { result } = await rehearsed(named, flags, around);
  const json = flags.json === true || flags.format === 'json';
  if (flags.picture !== undefined) {
    const { timelineChart } = await import('../../src/reports/timeline-chart.ts');
    around.write(await timelineChart(result), flags.picture);
  }
  around.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result), flags.out);
  if (result.metrics.some((m) => m.verdict === 'not-met')) return 1;
  return result.metrics.length === 0 || result.metrics.some((m) => m.verdict === 'unknown') ? 3 : 0;
}

export interface RehearsedRun {
  readonly made: Rehearsal;
  readonly result: RehearsalResult;
  readonly observations: readonly Observation[];
  /** Names of everything that a metric's scope stands for in that world. */
  readonly membersOf: (verdict: MetricVerdict) => readonly string[];
}

/** `wants`: which of the drills to run; all of them by default. */
export async function rehearsed(
  named: readonly string[],
  flags: RehearseFlags,
  around: Surroundings,
  wants: (target: Rehearsal['targets'][number]) => boolean = () => true,
): Promise<RehearsedRun> {
  const { catalogue, readings, today } = await inputsOf(named, flags, around);
  if (catalogue === undefined)
    throw new UsageError(
      'no-catalogue',
      'expected a catalogue (holdfast.yaml): a rehearsal drills what is agreed. Write one with holdfast init, or name it with --catalog.',
    );
  around.progress('deploying into simulated AWS');
  const made = await rehearsal({
    readings,
    catalogue,
    today,
    seed: flags.seed,
    place: { account: accountOf(readings), region: flags.region ?? DEFAULT_REGION },
  });
  const possible = made.targets.filter((t) => (flags.kind === undefined ? isAgreed(t, made.judgement) : t.kind === flags.kind));
  const wanted = possible.filter(
    (t) =>
      wants(t) &&
      (flags.service === undefined || t.service === flags.service) &&
      (flags.scope === undefined || t.scope === flags.scope) &&
      (flags.member === undefined || t.member === flags.member),
  );
  if (wanted.length === 0 && made.targets.length > 0)
    throw new UsageError(
      'nothing-to-drill',
      `expected one of ${made.targets.map((t) => `${t.service} ${t.kind} ${t.member}`).join(', ')}; nothing matches --service, --scope, --member and --kind.`,
    );
  const drills = await run(made, wanted, around);
  const observations = drills.flatMap((d) => observationsOf(d, made.judgement));
  return {
    made,
    observations,
    result: resultFrom(made, drills, observations, flags.seed, today),
    membersOf: (verdict) => made.membersOf(verdict),
  };
}

async function run(made: Rehearsal, wanted: Rehearsal['targets'], around: Surroundings): Promise<readonly Held[]> {
  const done: Held[] = [];
  for (const target of wanted) {
    around.progress(`${target.service}: ${target.kind} ${memberLabel(target.of)}`);
    const one = await made.drill(target);
    if (one !== undefined) done.push(one);
  }
  return done;
}

function resultFrom(
  made: Rehearsal,
  drills: readonly Held[],
  observations: readonly Observation[],
  seed: number,
  today: string,
): RehearsalResult {
  return {
    schemaVersion: REHEARSAL_VERSION,
    command: 'rehearse',
    world: 'simulated',
    date: today,
    seed,
    catalogue: made.judgement.catalogue?.file ?? null,
    metrics: metricsOf(made, made.judgement, observations),
    drills: drills.map((d): DrillReport => drillReport(d)),
    notes: [...made.notes],
  };
}

function metricsOf(made: Rehearsal, judgement: Judgement, observations: readonly Observation[]): RehearsalResult['metrics'] {
  return judgement.verdicts
    .filter((v) => observations.some((o) => o.metric === v.metric.id))
    .map((v) => {
      const seen = rehearsedVerdict(v, observations, made.membersOf(v));
      return {
        id: v.metric.id,
        service: v.metric.serviceId,
        type: v.metric.type,
        scope: v.metric.scope,
        clock: v.metric.clock,
        target: v.metric.target,
        designed: v.verdict,
        ...(v.verdict === 'not-met' && seen.verdict !== 'not-met' ? carried(v, seen) : seen),
      };
    });
}

/** A not-met of the design carries upwards: one drill that went well does not mend it. */
const carried = (designed: MetricVerdict, seen: Shown): Shown => ({
  ...seen,
  verdict: 'not-met',
  reason: `by design: ${designed.reason} (rehearsed: ${seen.reason})`,
});

export function textOf(result: RehearsalResult): string {
  const lines = ['world: simulated', ''];
  for (const drill of result.drills) {
    const { result: r } = drill;
    const lost = r.measured === null ? 'unknown' : `${r.measured.lost} of ${r.measured.written} writes lost`;
    const up = r.availability === null ? 'no entry to ask' : `${(r.availability * 100).toFixed(1)} % of the time served`;
    lines.push(
      `${r.service}: ${memberLabel({ scope: r.scope, name: r.member })} lost — ${r.status}${r.rto === null ? ` (${r.reason})` : ` after ${formatDuration(Math.round(r.rto))}`}${drill.people.length > 0 ? ', with a person' : ''}`,
      `  ${up}; ${lost}${r.left.length > 0 ? `; LEFT BEHIND: ${r.left.join(', ')}` : ''}`,
      renderTimeline(drill.timeline),
      ...drill.blind.map((b) => `  not seen: ${b}`),
      ...drill.notTaken.map((b) => `  not taken: ${b}`),
      '',
    );
  }
  for (const m of result.metrics) lines.push(`${m.verdict.padEnd(8)} designed ${m.designed.padEnd(8)} ${m.id}: ${m.reason}`);
  for (const note of result.notes) lines.push(`note: ${note}`);
  return `${lines.join('\n')}\n`;
}
