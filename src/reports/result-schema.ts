/** Shape of what `holdfast verify` and `holdfast check` print as JSON; `schema/verify.schema.json` is generated from it. */
import * as z from 'zod';
import { obligationSchema } from '../verdicts/obligations.ts';
import { comparison, severity, urn, verdict } from './comparison-schema.ts';
import { remediesSchema } from './remedy-schema.ts';

export const RESULT_VERSION = '1.2';

const truth = z.enum(['yes', 'no', 'unknown']);
const automation = z.enum(['always-on', 'service-native', 'orchestrated', 'human-decision', 'human-execution']);
const scope = z.enum(['instance', 'az', 'region', 'data', 'account', 'control-plane', 'software', 'supplier']);
const seconds = z.union([z.number(), z.literal('never')]).describe('Seconds, or "never"');
const position = z.object({ file: z.string(), line: z.int(), column: z.int() });

const share = z.object({
  n: z.int(),
  met: z.int(),
  notMet: z.int(),
  unknown: z.int(),
  lower: z.number().describe('Percent: met of n. The headline and all gates use it'),
  point: z.number().nullable().describe('Percent: met of met and not-met; null when nothing was decided'),
  upper: z.number().describe('Percent: met, unknown and expired of n'),
});

const kpi2 = z.object({ all: share, withoutDataScope: share, feasibleWithPerson: share, notApplicable: z.int() });

const predicted = z.object({
  p50: seconds,
  p95: seconds,
  p99: seconds,
  atPercentile: seconds.describe("At the metric's own percentile"),
  error: z.number().describe('Sampling error of atPercentile in seconds, with 99 % confidence'),
  min: seconds,
  max: seconds,
  samples: z.int(),
  skewP99: z.number().nullable().describe('p99 of how far the recovery points of the stores lie apart, in seconds'),
  assumedRows: z.array(z.string()).describe('Service times used whose figures are assumptions of ours'),
});

const judged = z.object({
  verdict,
  automation: automation.nullable(),
  predicted: predicted.nullable(),
  reason: z.string().describe('The one reason that matters'),
  resource: urn.nullable().describe('The resource that decides'),
  member: z.string().describe('The member of the scope that is worst, for example "region us-east-1"'),
  withPerson: truth.describe('Does it hold when a person may act?'),
  countsForKpi2: z.boolean(),
  waivedOnly: z.boolean().describe('Only waived findings stand in the way: KPI 2 counts it as not met, the exit code does not'),
  decidingRow: z.string().nullable().describe('Service time whose assumption decides an unknown'),
  conditions: z.array(
    z.object({
      id: z.enum(['mechanism', 'automatic', 'survives', 'within', 'proactive', 'evidence', 'findings']),
      holds: truth,
      unknownBecause: z.string().nullable().describe('Reason code when holds is unknown'),
      reason: z.string(),
      resource: urn.nullable(),
    }),
  ),
});

const shown = z.object({
  verdict,
  worst: z
    .union([z.number(), z.enum(['never', 'all'])])
    .nullable()
    .describe('Worst observation that counts, in the unit of the metric; "never": not recovered; "all": every write was lost'),
  reason: z.string(),
  at: z.string().nullable().describe('ISO time of the newest observation that counts'),
  expired: z
    .array(
      z.object({
        run: z.string(),
        member: z.string(),
        at: z.string().describe('ISO time'),
        why: z.enum(['age', 'changed']),
        reason: z.string(),
      }),
    )
    .describe('Observations that no longer count: too old, or of something that has changed since'),
});

const observed = z.object({
  at: z.string().describe('ISO time at which AWS was read'),
  places: z.array(z.object({ account: z.string(), region: z.string() })),
  resources: z.int(),
  calls: z.int(),
  gaps: z
    .array(
      z.object({ types: z.array(z.string()), account: z.string(), region: z.string(), reason: z.string(), detail: z.string() }),
    )
    .describe('Listings that failed: nothing was concluded from the absence of these types'),
  missing: z.array(urn).describe('Declared, looked for, and not there'),
  undeclared: z.array(urn).describe('There, and in none of the sources'),
});

const checked = z.object({
  id: z.string(),
  title: z.string(),
  facts: z.array(
    z.object({
      resource: urn,
      resourceTitle: z.string(),
      what: z.string(),
      value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
      unknownBecause: z.string().nullable(),
      unit: z.enum(['seconds', 'percent', 'count', 'none']),
      at: z.string().nullable().describe('ISO time of what was seen; null: the state of now'),
      ageSeconds: z.number().nullable(),
    }),
  ),
});

export const verifyResultSchema = z.object({
  schemaVersion: z.literal(RESULT_VERSION),
  command: z.enum(['verify', 'check']),
  world: z.enum(['live', 'simulated']),
  level: z.enum(['designed', 'in-place']).describe('The level of evidence that this command establishes'),
  date: z.string().describe('YYYY-MM-DD: the day on which agreements and waivers were looked at'),
  seed: z.int(),
  catalogue: z.string().nullable(),
  sources: z.array(
    z.object({
      source: z.string(),
      kind: z.enum(['program', 'export', 'checkpoint', 'preview', 'plan', 'observed']),
      project: z.string(),
      stack: z.string(),
      resources: z.int(),
      partial: z.boolean().describe('A difference without its state: nothing may be concluded from absence'),
    }),
  ),
  resources: z.object({
    total: z.int(),
    modelled: z.int(),
    parts: z.int(),
    inert: z.int(),
    components: z.int(),
    notModelled: z.int(),
  }),
  services: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      tier: z.int(),
      owner: z.string().nullable(),
      resources: z.int(),
      roles: z.array(
        z.object({
          title: z.string(),
          kind: z.string(),
          members: z.array(urn),
          found: z.enum(['alone', 'catalogue', 'reference', 'name']),
          how: z.string(),
        }),
      ),
      notModelled: z.array(z.object({ resource: urn, title: z.string(), why: z.string() })),
    }),
  ),
  agreements: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        kind: z.enum(['SLA', 'OLA']),
        version: z.string(),
        approvedBy: z.string().nullable(),
        to: z.string().nullable().describe('Last day in force, YYYY-MM-DD'),
        changeReference: z.string().nullable().describe('Who must approve a change that breaks one of its metrics'),
      }),
    )
    .describe('In force'),
  metrics: z.array(
    z.object({
      id: z.string(),
      agreement: z.string(),
      service: z.string(),
      type: z.string(),
      scope,
      target: z.object({
        value: z.number().describe('Seconds, or percent'),
        unit: z.enum(['seconds', 'percent']),
        text: z.string(),
      }),
      percentile: z.number(),
      clock: z.enum(['onset', 'declaration']),
      scopeDefaulted: z.boolean(),
      place: position.describe('Where the catalogue states it'),
      designed: judged,
      inPlace: judged.nullable().describe('What live AWS shows; null where nobody looked'),
      demonstrated: shown
        .nullable()
        .describe('What drills and real events of live AWS showed; null where none of any metric was given'),
      rehearsed: shown
        .nullable()
        .describe('What drills in simulated AWS showed; counted in no figure. Null where there was none'),
    }),
  ),
  findings: z.array(
    z.object({
      rule: z.string(),
      title: z.string(),
      severity,
      scopes: z.array(scope),
      state: z.enum(['fires', 'unknown']),
      unknownBecause: z.string().nullable(),
      resource: urn,
      resourceTitle: z.string(),
      property: z.string().nullable(),
      position: position.nullable(),
      message: z.string(),
      fingerprint: z.string(),
      levels: z.array(z.enum(['designed', 'in-place'])).describe('Where it was found: in the code, in AWS, or in both'),
      waiver: z.object({ approvedBy: z.string(), until: z.string(), reason: z.string(), expired: z.boolean() }).nullable(),
      baseline: z
        .object({
          state: z.enum(['new', 'unchanged', 'moved']),
          worse: z
            .enum(['certain', 'waiver', 'severity'])
            .nullable()
            .describe('Nobody could tell before; its waiver is over; it weighs more'),
          from: urn.nullable().describe('Where it was found'),
        })
        .nullable()
        .describe('Beside the baseline, at the designed level; null without one'),
    }),
  ),
  kpis: z
    .object({
      kpi1: z.object({ sla: z.int(), ola: z.int(), agreed: z.int(), notInForce: z.int(), unsupported: z.int() }),
      kpi2: kpi2.describe('Designed'),
      kpi2InPlace: kpi2.nullable(),
      kpi2Demonstrated: kpi2
        .nullable()
        .describe(
          'Over drills and real events of the world of this document; a not-met below counts as not met. Null without any',
        ),
      kpi3: z.object({
        services: z.int(),
        any: z.number(),
        minimum: z.number(),
        complete: z.number(),
        orphans: z.int(),
        stateful: z.int(),
        denominatorDoubtful: z.boolean(),
      }),
      kpi5: z
        .object({
          all: share,
          actual: share,
          test: share,
          coverage: z.number().describe('Percent of all metrics with a valid observation that has not expired'),
          strict: z.number().describe('Percent of all metrics that are attained'),
        })
        .nullable()
        .describe('Attained in drills and real events of the world of this document; null without any'),
    })
    .nullable()
    .describe('Null without a catalogue'),
  observed: observed.nullable().describe('What was seen of AWS; null where nobody looked'),
  evidence: z
    .object({
      drills: z.int().describe('Drills and real events whose records were read, of either world'),
      sources: z.array(
        z.object({
          from: z.string().describe('Pack or store'),
          signedBy: z.string().nullable().describe('Fingerprint of the key of a pack'),
        }),
      ),
    })
    .nullable()
    .describe('Null where no evidence was given'),
  checks: z.array(checked).describe('What the checks of live AWS saw and measured'),
  survey: z
    .array(
      z.object({
        resource: urn,
        title: z.string(),
        kind: z.string(),
        position: position.nullable(),
        singlePointOfFailure: z.boolean(),
        az: z.object({ survival: z.enum(['survives', 'recovers', 'person', 'lost', 'unknown']), says: z.string() }),
        region: z.object({ survival: z.enum(['survives', 'recovers', 'person', 'lost', 'unknown']), says: z.string() }),
        data: z.object({ survival: z.enum(['survives', 'recovers', 'person', 'lost', 'unknown']), says: z.string() }),
      }),
    )
    .describe('Without a catalogue: what survives the loss of an AZ, of the Region and of the data'),
  baseline: comparison.nullable().describe('What changed since the baseline; null without one'),
  remedies: remediesSchema
    .nullable()
    .describe('What would keep the broken promises, each option judged again; null without --remedies or --goal'),
  obligations: z
    .array(
      obligationSchema.extend({
        state: z.enum(['discharged', 'broken', 'open']),
        because: z.string().describe('What shows it, or why nothing does'),
      }),
    )
    .nullable()
    .describe('What a change left owed, held against what AWS shows; null without --obligations'),
  identities: z
    .array(z.object({ resource: urn, aliases: z.array(urn), content: z.string().nullable(), position: position.nullable() }))
    .describe(
      'Every resource: where the program makes it, and what it is known by after it was renamed or moved, for a later --baseline',
    ),
  orphans: z.array(urn).describe('Stateful resources that no service claims'),
  notModelled: z.array(z.object({ type: z.string(), count: z.int() })),
  warnings: z.array(z.string()),
});

export type VerifyResult = z.output<typeof verifyResultSchema>;
