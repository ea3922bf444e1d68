/** A drill as it would be held now, step by step, and what stands in its way. Nothing is done. */

import { type Gate, open } from '../../src/drills/live/gates.ts';
import { prepare } from '../../src/drills/prepare.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { messageOf } from '../../src/model/errors.ts';
import type { Json } from '../../src/model/journal.ts';
import { formatDuration } from '../../src/model/quantity.ts';
import type { World } from '../../src/model/resource.ts';
import { type Member, memberLabel } from '../../src/model/scope.ts';
import { plainText } from '../../src/reports/text.ts';
import { hashOf } from './drill-conducting.ts';
import { EMPTY_TABLE } from './drill-table.ts';
import type { Stage } from './drill-theatre.ts';

export const DRY_RUN_VERSION = '1.0';

interface Experiment {
  readonly region: string;
  readonly account: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly targets: readonly string[];
}

export interface DryRun {
  readonly drill: string;
  readonly kind: string;
  readonly service: string;
  readonly scope: string;
  readonly member: string;
  /** What would be approved. */
  readonly drillHash: string;
  /** `says`: why it does not hold. */
  readonly preconditions: readonly { readonly id: string; readonly holds: boolean; readonly says: string }[];
  readonly steps: readonly {
    readonly phase: 'disrupt' | 'recover';
    readonly id: string;
    readonly does: Json;
    readonly person: boolean;
  }[];
  /** On real AWS: what FIS would do. */
  readonly experiments: readonly Experiment[];
  readonly watched: readonly string[];
  readonly stops: readonly string[];
  /** Milliseconds from the onset after which it is rolled back. */
  readonly limit: number;
  /** Null: nothing real is touched there, and no gate is asked. */
  readonly gates: readonly Gate[] | null;
  readonly blind: readonly string[];
  readonly notTaken: readonly string[];
}

/** Undefined: nothing of the service is of the drill's kind. */
export async function dryRun(drill: DrillSpec, member: Member, stage: Stage): Promise<DryRun | undefined> {
  const prepared = await prepare(drill, member, stage.run ?? `${drill.id}/${member.name}`, {
    ...stage.ground,
    table: EMPTY_TABLE,
  });
  if (prepared === undefined) return undefined;
  const { preconditions, disrupt, recover, probes, stops, limit } = prepared.drill;
  const asked: DryRun['preconditions'][number][] = [];
  for (const { id, check } of preconditions) {
    const why = await check().catch(messageOf);
    asked.push({ id, holds: why === undefined, says: why ?? 'holds' });
  }
  const experiments: Experiment[] = [];
  for (const what of prepared.lost) {
    const plan = await stage.experiments?.(what);
    // Why there is none, its precondition says.
    if (plan === undefined || typeof plan === 'string') continue;
    for (const { at, actions, targets } of plan.parts)
      for (const { actionId = '', parameters = {}, targets: on = {} } of Object.values(actions))
        experiments.push({
          ...at,
          action: actionId,
          parameters,
          targets: Object.values(on).flatMap((name) => targets[name]?.resourceArns ?? []),
        });
  }
  const drillHash = hashOf(drill, member, prepared);
  return {
    drill: drill.id,
    kind: drill.kind,
    service: drill.service,
    scope: member.scope,
    member: member.name,
    drillHash,
    preconditions: asked,
    steps: [
      ...disrupt.map((a) => ({ phase: 'disrupt' as const, id: a.id, does: a.describe(), person: false })),
      ...recover.map((a) => ({
        phase: 'recover' as const,
        id: a.id,
        does: a.describe(),
        person: prepared.people.includes(a.id),
      })),
    ],
    experiments,
    watched: probes.map((p) => p.id),
    stops: stops.map((s) => s.id),
    limit,
    gates: (await stage.gates?.(drillHash)) ?? null,
    blind: prepared.blind,
    notTaken: prepared.notTaken,
  };
}

/** May it be held as it stands? */
export const mayBeHeld = ({ gates }: DryRun): boolean => gates !== null && open(gates);

interface DryRunResult {
  readonly world: World;
  readonly runs: readonly DryRun[];
  readonly notes: readonly string[];
  /** Command lines. */
  readonly next: readonly string[];
}

export const dryJson = (result: DryRunResult): string =>
  `${JSON.stringify({ schemaVersion: DRY_RUN_VERSION, command: 'drill', dryRun: true, ...result }, undefined, 2)}\n`;

export function dryText({ world, runs, notes, next }: DryRunResult): string {
  const lines = [`world: ${world}`, 'nothing was done', ...runs.flatMap((run) => ['', ...linesOf(run)])];
  for (const note of notes) lines.push(`note: ${note}`);
  if (next.length > 0) lines.push('', 'next:', ...next.map((line) => `  ${line}`));
  return `${lines.map(plainText).join('\n')}\n`;
}

function linesOf(run: DryRun): readonly string[] {
  const name = (text: string): string => `  ${text.padEnd(11)}`;
  const line = (what: string, text: string): string => `${name(what)}${text}`;
  return [
    `${run.drill}: ${memberLabel({ scope: run.scope as Member['scope'], name: run.member })}`,
    line('hash', run.drillHash),
    ...run.preconditions.map((p) => line('first', `${p.id}: ${p.says}`)),
    ...run.steps.map((s) => line(s.phase, `${s.id}${s.person ? ' (a person)' : ''} ${JSON.stringify(s.does)}`)),
    ...run.experiments.map((e) =>
      line('fis', `${e.region} (${e.account}) ${e.action} ${JSON.stringify(e.parameters)} on ${e.targets.join(', ')}`),
    ),
    ...run.watched.map((id) => line('watch', id)),
    ...run.stops.map((id) => line('stop', id)),
    line(
      'roll back',
      `always, in reverse; what has not recovered ${formatDuration(Math.round(run.limit / 1000))} after the onset too`,
    ),
    ...(run.gates ?? []).map((g) => line(`gate ${g.holds}`, `${g.id}: ${g.says}`)),
    ...run.blind.map((b) => line('not seen', b)),
    ...run.notTaken.map((b) => line('not taken', b)),
  ];
}
