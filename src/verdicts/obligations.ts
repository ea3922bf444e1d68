/**
 * What could not be told before a change was made, and must be told afterwards: an unknown at a gate is a debt, never a pass. The
 * list goes with the change, and the live level discharges it.
 */
import * as z from 'zod';
import { SEVERITIES } from '../model/finding.ts';
import { REASONS } from '../model/known.ts';
import type { Judgement } from './judge.ts';

const OBLIGATIONS_VERSION = '1.0';

export const obligationSchema = z.object({
  kind: z.enum(['rule', 'metric', 'evidence']),
  id: z.string().describe('Id of the rule, or of the metric'),
  fingerprint: z.string().describe('Of the finding: stable across runs and stacks; of a metric its id'),
  severity: z.enum(SEVERITIES).nullable().describe('Of a rule'),
  resource: z.string().nullable().describe('URN'),
  resourceTitle: z.string().nullable(),
  property: z.string().nullable(),
  reason: z.enum(REASONS),
  detail: z.string().describe('What is not known, and what would make it known'),
});

export const obligationsSchema = z.object({
  schemaVersion: z.literal(OBLIGATIONS_VERSION),
  project: z.string(),
  stack: z.string(),
  date: z.string().describe('YYYY-MM-DD'),
  obligations: z.array(obligationSchema),
});

export type Obligation = z.output<typeof obligationSchema>;
export type ObligationList = z.output<typeof obligationsSchema>;

/** Of rules that could not be decided and are not waived, then of metrics. */
export function obligationsOf(judgement: Judgement): readonly Obligation[] {
  const rules = judgement.findings.flatMap((f): readonly Obligation[] => {
    const { undecided } = f;
    if (undecided === undefined || (f.waiver !== undefined && !f.waiver.expired)) return [];
    return [
      {
        kind: 'rule',
        id: f.rule,
        fingerprint: f.fingerprint,
        severity: f.severity,
        resource: f.resource,
        resourceTitle: f.resourceTitle,
        property: f.property ?? undecided.from[0]?.property ?? null,
        reason: undecided.reason,
        detail: f.message,
      },
    ];
  });
  const metrics = judgement.verdicts.flatMap((v): readonly Obligation[] => {
    if (v.verdict !== 'unknown') return [];
    return [
      { kind: 'metric', ...ofMetric(v.metric.id), resource: v.decidedBy ?? null, reason: 'not-reported', detail: v.reason },
    ];
  });
  return [...rules, ...metrics];
}

/** What an obligation says about a metric, whatever is unknown of it. */
export function ofMetric(
  id: string,
): Pick<Obligation, 'id' | 'fingerprint' | 'severity' | 'resource' | 'resourceTitle' | 'property'> {
  return { id, fingerprint: id, severity: null, resource: null, resourceTitle: null, property: null };
}

export function obligationList(
  judgement: Judgement,
  { project, stack }: { readonly project: string; readonly stack: string },
  obligations: readonly Obligation[],
): ObligationList {
  return { schemaVersion: OBLIGATIONS_VERSION, project, stack, date: judgement.today, obligations: [...obligations] };
}
