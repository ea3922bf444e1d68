/** What `holdfast drill run` and `resume` say of their runs. */

import type { Metric } from '../../src/model/agreement.ts';
import { formatDuration } from '../../src/model/quantity.ts';
import type { World } from '../../src/model/resource.ts';
import { memberLabel } from '../../src/model/scope.ts';
import type { DrillReport } from '../../src/reports/rehearsal.ts';
import { drillReport } from '../../src/reports/rehearsal.ts';
import { lostWrites, renderTimeline } from '../../src/reports/timeline.ts';
import { isAttained } from '../../src/verdicts/kpi5.ts';
import type { Conducted } from './drill-conducting.ts';

export const DRILL_RUN_VERSION = '1.0';

export interface DrillRunResult {
  readonly schemaVersion: typeof DRILL_RUN_VERSION;
  readonly command: 'drill';
  readonly world: World;
  readonly runs: readonly (DrillReport & {
    readonly drill: string;
    readonly kind: string;
    readonly drillHash: string;
    readonly metrics: readonly {
      readonly id: string;
      readonly target: number;
      /** In the metric's unit; `never` when it did not recover, `all` when every write was lost; null: nobody can tell. */
      readonly value: number | 'never' | 'all' | null;
      readonly kept: boolean | null;
      readonly says: string;
    }[];
  })[];
  /** Runs that were not taken up or not carried through, and why. */
  readonly notes: readonly string[];
}

export function resultOf(
  world: World,
  runs: readonly { readonly held: Conducted; readonly metrics: ReadonlyMap<string, Metric> }[],
  notes: readonly string[],
): DrillRunResult {
  return {
    schemaVersion: DRILL_RUN_VERSION,
    command: 'drill',
    world,
    runs: runs.map(({ held, metrics }) => ({
      drill: held.spec.id,
      kind: held.spec.kind,
      drillHash: held.drillHash,
      ...drillReport(held),
      metrics: held.observations.flatMap((o) => {
        const metric = metrics.get(o.metric);
        if (metric === undefined) return [];
        const kept = o.value === null ? null : isAttained(o, metric);
        return [{ id: o.metric, target: metric.target, value: o.value, kept, says: o.says }];
      }),
    })),
    notes,
  };
}

/** 0: recovered, every target kept; 1: one was not; 2: nothing was disrupted, for it was refused; 3: nothing can be said. */
export function exitOf({ runs, notes }: DrillRunResult): number {
  const broken = runs.some((r) => r.result.status === 'not-recovered' || r.metrics.some((m) => m.kept === false));
  if (broken) return 1;
  const carried = runs.every((r) => r.result.status === 'recovered' && r.result.left.length === 0);
  if (carried && notes.length === 0 && runs.every((r) => r.metrics.every((m) => m.kept === true))) return 0;
  return runs.length > 0 && runs.every((r) => r.result.status === 'refused') ? 2 : 3;
}

export function textOf({ world, runs, notes }: DrillRunResult): string {
  const lines = [`world: ${world}`, ''];
  for (const run of runs) {
    const { result: r } = run;
    const lost = r.measured === null ? undefined : lostWrites(r.measured);
    const up = r.availability === null ? undefined : `${(r.availability * 100).toFixed(1)} % of the time served`;
    lines.push(
      `${r.run}`,
      headOf(run),
      ...[[up, lost].filter((s) => s !== undefined).join('; ')].filter((s) => s !== '').map((s) => `  ${s}`),
      ...(r.left.length > 0
        ? [`  LEFT BEHIND: ${r.left.join(', ')}`, `  the run is open: holdfast drill resume ${r.run} tries again`]
        : []),
      renderTimeline(run.timeline),
      ...run.blind.map((b) => `  not seen: ${b}`),
      ...run.notTaken.map((b) => `  not taken: ${b}`),
      ...run.metrics.map((m) => `  ${(m.kept === null ? 'unknown' : m.kept ? 'kept' : 'broken').padEnd(8)} ${m.id}: ${m.says}`),
      '',
    );
  }
  for (const note of notes) lines.push(`note: ${note}`);
  return `${lines.join('\n')}\n`;
}

function headOf({ kind, people, result: r }: DrillRunResult['runs'][number]): string {
  // Nothing was lost there, so nothing recovered.
  if (kind === 'table-top') return `${r.service}: table-top — ${r.status === 'recovered' ? 'held' : `${r.status} (${r.reason})`}`;
  const after = r.rto === null ? ` (${r.reason})` : ` after ${formatDuration(Math.round(r.rto))}`;
  return `${r.service}: ${memberLabel({ scope: r.scope, name: r.member })} — ${r.status}${after}${people.length > 0 ? ', with a person' : ''}`;
}

/** The same runs as a picture (SVG), beside what was promised. */
export async function pictureOf({ runs, world }: DrillRunResult, metrics: readonly Metric[]): Promise<string> {
  const { timelineChart } = await import('../../src/reports/timeline-chart.ts');
  return timelineChart({ drills: runs, metrics: metrics.map((m) => ({ ...m, service: m.serviceId })), world });
}
