/** `holdfast rehearse`: deploys the sources into simulated AWS, takes away what the agreements speak of, and tells what happened. */

import { type Held, observationsOf } from '../../src/drills/observe.ts';
import { groupBy } from '../../src/model/collections.ts';
import { UsageError } from '../../src/model/errors.ts';
import { firstOf } from '../../src/model/naming.ts';
import { formatDuration } from '../../src/model/quantity.ts';
import type { Position } from '../../src/model/resource.ts';
import { memberLabel } from '../../src/model/scope.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { DrillReport, NotDeployed, RehearsalResult } from '../../src/reports/rehearsal.ts';
import { lostWrites, renderTimeline } from '../../src/reports/timeline.ts';
import { parseUrn, typeIn } from '../../src/stacks/urn.ts';
import type { Observation } from '../../src/verdicts/kpi5.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { inputsOf } from './judging.ts';
import { accountOf, DEFAULT_REGION } from './places.ts';
import { resultFrom } from './rehearsal-result.ts';
import { type Rehearsal, rehearsal, wantedOf } from './rehearsing.ts';

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
  /** Deploys with the real Pulumi engine, and asks it what it would do after each failover. */
  readonly engine?: boolean;
}

/**
 * 0: every rehearsed promise was kept without a person; 1: one was not, or with `--engine` the program cannot be deployed or fights
 * a failover; 3: none was broken, and something is not known.
 */
export async function rehearse(named: readonly string[], flags: RehearseFlags, around: Surroundings): Promise<number> {
  if (flags.engine === true) {
    const { rehearsedOnEngine } = await import('./rehearse-engine.ts');
    return tell(await rehearsedOnEngine(named, flags, around), flags, around);
  }
  return tell((await rehearsed(named, flags, around)).result, flags, around);
}

async function tell(result: RehearsalResult, flags: RehearseFlags, around: Surroundings): Promise<number> {
  const json = flags.json === true || flags.format === 'json';
  if (flags.picture !== undefined) {
    const { timelineChart } = await import('../../src/reports/timeline-chart.ts');
    around.write(await timelineChart(result), flags.picture);
  }
  around.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result), flags.out);
  if (result.metrics.some((m) => m.verdict === 'not-met') || fightsIn(result).length > 0) return 1;
  if (result.engine !== null && result.engine.notDeployed !== null) return 1;
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
  const drills = await run(made, wantedOf(made, flags).filter(wants), around);
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

/** Places where the program fights a failover, as far as the engine could tell. */
const fightsIn = ({ engine }: RehearsalResult) =>
  (engine?.afterFailover ?? []).flatMap((a) => a.findings.filter((f) => f.state === 'fires'));

export function textOf(result: RehearsalResult): string {
  const lines = ['world: simulated', ''];
  const isRefused = ({ result: r }: DrillReport): boolean => r.status === 'refused';
  for (const drill of result.drills.filter((d) => !isRefused(d))) {
    const { result: r } = drill;
    const lost = r.measured === null ? 'lost writes unknown' : lostWrites(r.measured);
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
  for (const [why, drills] of groupBy(result.drills.filter(isRefused), ({ result: r }) => `${r.service}: refused: ${r.reason}`))
    lines.push(
      why,
      `  not drilled: ${drills.map((d) => memberLabel({ scope: d.result.scope, name: d.result.member })).join(', ')}`,
      '',
    );
  for (const m of result.metrics) lines.push(`${m.verdict.padEnd(8)} designed ${m.designed.padEnd(8)} ${m.id}: ${m.reason}`);
  lines.push(...engineLines(result));
  for (const note of result.notes) lines.push(`note: ${note}`);
  return `${lines.join('\n')}\n`;
}

function engineLines({ engine }: RehearsalResult): readonly string[] {
  if (engine === null) return [];
  const lines = ['', `engine: ${engine.cli}`];
  for (const { operation, changes } of engine.operations)
    lines.push(
      `  ${operation}: ${
        Object.entries(changes)
          .map(([op, n]) => `${n} ${op}`)
          .join(', ') || 'nothing'
      }`,
    );
  if (engine.notDeployed !== null) lines.push('', ...refusal(engine.notDeployed));
  const clean = engine.afterFailover.filter((a) => a.nobodyCanTell === null && a.findings.length === 0);
  for (const { run, findings, nobodyCanTell } of engine.afterFailover.filter((a) => !clean.includes(a))) {
    lines.push('', `after the failover (${run}):`);
    if (nobodyCanTell !== null) lines.push(`  nobody can tell what the next update would do: ${nobodyCanTell}`);
    for (const f of findings) lines.push(`  ${f.severity} ${f.rule}${at(f.position)}: ${f.message}`, `    ${f.mend}`);
  }
  if (clean.length > 0)
    lines.push('', `after ${clean.length} of ${engine.afterFailover.length} drills the next update leaves everything as it is`);
  for (const [type, urns] of groupBy(engine.opaque, typeIn))
    lines.push('', `kept as declared, since simulated AWS does not know ${type}: ${firstOf(urns.map(nameIn))}`);
  return [...lines, ''];
}

function refusal({ operation, resources, says, made, notTried }: NotDeployed): readonly string[] {
  const named = (what: string, urns: readonly string[]): readonly string[] =>
    urns.length === 0 ? [] : [`  ${what}: ${urns.length} (${firstOf(urns.map(nameIn))})`];
  return [
    `not deployed: \`pulumi ${operation}\` fails in simulated AWS, and nothing is drilled in it`,
    ...resources.map((r) => `  ${r.type} ${nameIn(r.urn)}${at(r.position)}: ${r.message}`),
    ...(says === '' ? [] : says.split('\n').map((line) => `  ${line}`)),
    ...named('made before that', made),
    ...named('planned, and not tried any more', notTried),
  ];
}

const nameIn = (urn: string): string => parseUrn(urn)?.name ?? urn;

const at = (position: Position | null): string =>
  position === null ? '' : ` (${position.file}:${position.line}:${position.column})`;
