/** Assessments and invocations as text. */
import type { Held, InvocationResult, SignalShown } from '../../src/drills/invocation/contract.ts';
import { formatDuration } from '../../src/model/quantity.ts';
import type { World } from '../../src/model/resource.ts';

interface AssessmentDocument {
  readonly world: World;
  readonly plan: string;
  readonly holds: SignalShown['shows'];
  readonly says: string;
  readonly guard: { readonly needed: number; readonly seen: readonly string[] };
  readonly signals: readonly (SignalShown & { readonly since: string | null })[];
  readonly steps: readonly { readonly id: string }[];
  readonly notTaken: readonly string[];
  readonly blind: readonly string[];
}

const VERDICT = { yes: 'the criteria hold', no: 'the criteria do not hold', unknown: 'cannot be told' };
const SHOWS = { yes: 'shows', no: 'clear', unknown: 'unknown' };

export function assessmentText(d: AssessmentDocument): string {
  const lines = [
    `world: ${d.world}`,
    '',
    `${d.plan}: ${VERDICT[d.holds]} (${d.says})`,
    ...d.signals.map(
      (s) => `  ${SHOWS[s.shows].padEnd(8)} ${s.id} [${s.vantage}]: ${s.says}${s.since === null ? '' : `, since ${s.since}`}`,
    ),
    `  guard: seen from ${d.guard.seen.length} of ${d.guard.needed} independent points`,
    ...d.steps.map((s, i) => `  step ${i + 1}: ${s.id}`),
    ...(d.steps.length === 0 ? ['  no step: it recovers by itself, or nothing here brings it back'] : []),
    ...d.notTaken.map((n) => `  not taken: ${n}`),
    ...d.blind.map((b) => `  not seen: ${b}`),
  ];
  return `${lines.join('\n')}\n`;
}

interface InvocationDocument {
  readonly world: World;
  readonly steps: readonly string[];
  readonly notTaken: readonly string[];
  readonly blind: readonly string[];
  readonly outcome: InvocationResult | Held;
}

const MARKS = [
  ['t0', 'last seen well'],
  ['t1', 'detected'],
  ['t2', 'declared'],
  ['t3', 'last step done'],
  ['t4', 'traffic served'],
  ['t5', 'validated'],
] as const;

export function invocationText({ world, steps, notTaken, blind, outcome }: InvocationDocument): string {
  const { run } = outcome;
  const lines = [`world: ${world}`, ''];
  if (outcome.status === 'held')
    lines.push(
      `${run}: waits in ${outcome.phase}: ${outcome.reason}`,
      `  holdfast invoke status ${run} says more; holdfast invoke resume ${run} goes on.`,
    );
  else {
    lines.push(`${run}: ${outcome.status} (${outcome.reason})`);
    for (const [what, made] of [
      ['declared', outcome.declared],
      ['deactivated', outcome.deactivated],
    ] as const)
      if (made !== null) {
        const by = made.automatic ? 'automatically' : `by ${made.by.join(' and ')}`;
        lines.push(
          `  ${what} ${by} at ${time(made.at)}: ${made.reason}`,
          ...made.signals.map((s) => `    ${SHOWS[s.shows].padEnd(8)} ${s.id} [${s.vantage}]: ${s.says}`),
        );
      }
    for (const [mark, what] of MARKS) {
      const at = outcome.marks[mark];
      if (at !== undefined) lines.push(`  ${mark} ${time(at)} ${what}`);
    }
    if (outcome.normal !== null) lines.push(`     ${time(outcome.normal)} normal again`);
    if (outcome.rto !== null)
      lines.push(`  recovered after ${formatDuration(Math.round(outcome.rto))}${outcome.automatic ? '' : ', with people'}`);
    else if (outcome.rtoDeclared !== null)
      lines.push(
        `  recovered ${formatDuration(Math.round(outcome.rtoDeclared))} after its declaration; when it began is not known`,
      );
    lines.push(...outcome.left.map((l) => `  stays: ${l}`));
  }
  lines.push(
    ...steps.map((s, i) => `  step ${i + 1}: ${s}`),
    ...notTaken.map((n) => `  not taken: ${n}`),
    ...blind.map((b) => `  not seen: ${b}`),
  );
  return `${lines.join('\n')}\n`;
}

const time = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
