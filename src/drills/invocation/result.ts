/** What an invocation came to, by its journal. */
import { marksOf, outagesOf, seenBy } from '../result.ts';
import type { DecisionMade, InvocationResult, InvocationStatus } from './contract.ts';
import { type Course, DEACTIVATED, DECLARED, decisionIn } from './course.ts';
import { sayingsIn } from './people.ts';

export function resultOf(
  course: Pick<Course, 'plan' | 'log'>,
  status: InvocationStatus,
  reason: string,
  left: readonly string[],
): InvocationResult {
  const { plan, log } = course;
  const { entries } = log;
  const marks = marksOf(entries);
  const { t0, t2, t5 } = marks;
  const declared = decisionIn(course, DECLARED);
  const deactivated = decisionIn(course, DEACTIVATED);
  const jumped = entries.some((e) => e.kind === 'stop' && e.about === 'clock');
  const onsetKnown = (declared?.data as { readonly onsetKnown?: unknown } | undefined)?.onsetKnown === true && !jumped;
  const seen = seenBy(entries);
  const asked = sayingsIn(entries).some((s) => s.kind === 'approve' || s.kind === 'skip');
  return {
    run: plan.run,
    plan: plan.plan,
    services: plan.services,
    member: plan.member,
    world: plan.world,
    status,
    reason,
    declared: made(declared),
    deactivated: made(deactivated),
    marks,
    onsetKnown,
    normal: status === 'normal-again' ? plan.clock.now() : null,
    rto: t0 !== undefined && t5 !== undefined && onsetKnown ? (t5 - t0) / 1000 : null,
    rtoDeclared: t2 !== undefined && t5 !== undefined && !jumped ? (t5 - t2) / 1000 : null,
    automatic: declared?.automatic === true && !asked,
    outages:
      t0 === undefined
        ? []
        : plan.probes.flatMap((p) =>
            outagesOf(
              p.id,
              (seen.get(p.id) ?? []).filter((s) => s.at <= (t5 ?? Number.POSITIVE_INFINITY)),
              t0,
            ),
          ),
    left,
    epochs: new Set(entries.map((e) => e.epoch)).size,
  };
}

function made(decision: ReturnType<typeof decisionIn>): DecisionMade | null {
  if (decision === undefined) return null;
  const { data: _, ...rest } = decision;
  return rest;
}
