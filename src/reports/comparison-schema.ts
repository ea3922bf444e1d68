/** Shape of what `--baseline` adds to a result. */
import * as z from 'zod';

export const verdict = z.enum(['met', 'not-met', 'unknown', 'not-applicable', 'expired']);
export const severity = z.enum(['critical', 'high', 'medium', 'low']);
export const urn = z.string().describe('URN of a resource (declared) or its ARN (observed)');

const metricState = z.object({ verdict, target: z.string(), reason: z.string() });

const metricMovement = z.object({
  id: z.string(),
  agreement: z.string(),
  service: z.string(),
  type: z.string(),
  scope: z.string(),
  change: z
    .enum(['lost', 'worse', 'won', 'changed', 'same', 'new', 'removed', 'ended'])
    .describe('lost: was met, and is not; worse: not met, and nobody could tell before; ended: the agreement is over'),
  target: z.enum(['same', 'stricter', 'weaker']).describe('How target, percentile or clock changed'),
  before: metricState.nullable(),
  after: metricState.nullable(),
  fails: z.boolean().describe('It makes the exit code 1'),
});

export const comparison = z.object({
  of: z.object({
    file: z.string(),
    schemaVersion: z.string(),
    date: z.string(),
    catalogue: z.string().nullable(),
  }),
  metrics: z.array(metricMovement).describe('Those that moved, at the designed level'),
  unchanged: z.int().describe('Metrics that did not move'),
  kpis: z.array(
    z.object({
      kpi: z.string(),
      what: z.string(),
      before: z.number().nullable(),
      after: z.number().nullable(),
      unit: z.enum(['percent', 'count']),
    }),
  ),
  findings: z.object({
    new: z.int(),
    worse: z.int().describe('Not new, but certain now, no longer waived, or of more weight'),
    moved: z.int().describe('At a resource that was renamed or moved, or is written in another file'),
    unchanged: z.int(),
    fixed: z
      .array(
        z.object({
          rule: z.string(),
          title: z.string(),
          severity,
          resource: urn,
          resourceTitle: z.string(),
          state: z.enum(['fires', 'unknown']),
          removed: z.boolean().nullable().describe('The resource itself is gone; null where the baseline cannot tell'),
        }),
      )
      .describe('Not found any more'),
    unseen: z.int().describe('Not found any more where the sources show only a part: nothing can be said of them'),
  }),
  approvals: z.array(
    z.object({
      agreement: z.string(),
      title: z.string(),
      reference: z.string().nullable().describe('Who must approve by the agreement'),
      approvedBy: z.string().nullable().describe('Who approved the agreement'),
      metrics: z.array(z.string()),
    }),
  ),
  change: z.string().nullable().describe('The change reference that was given; Holdfast does not look it up'),
  notes: z.array(z.string()),
});
