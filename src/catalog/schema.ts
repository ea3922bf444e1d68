/** The shape of `holdfast.yaml`, as zod schemas: the parser checks with them and the JSON Schema is printed from them. */
import * as z from 'zod';
import { METRIC_TYPES, type MetricType } from '../model/agreement.ts';
import { parseDuration } from '../model/quantity.ts';
import { SCOPES } from '../model/scope.ts';
import { drillsSchema } from './drill-schema.ts';
import { byScope, day, duration, foreignKey, id, listOf, mapping, named, oneOf, percent, someOf, text } from './fields.ts';
import { invocation } from './invocation-schema.ts';

/** Compiled checks pay for themselves over many documents; a run reads one. */
z.config({ jitless: true });

const selector = someOf(
  {
    tag: z
      .record(foreignKey, z.string({ error: 'the value of the tag, as text; put a number in quotes' }), {
        error: 'tag keys and values; write tag: { service: checkout }',
      })
      .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag; write tag: { service: checkout }' })
      .meta({ minProperties: 1 })
      .optional()
      .meta({ description: "Tags the resource carries, its provider's defaultTags included. Keys are exact, values are globs." }),
    urn: text("Glob over the resource's URN, for example '**checkout**'.").optional(),
    component: text('Glob over the name or the type of a component resource that encloses it.').optional(),
    stack: text('Glob over `stack`, or over `project/stack` when it has a slash.').optional(),
    type: text("Glob over the resource's Pulumi type token, for example aws:rds/*.").optional(),
    name: text("Glob over the resource's logical name.").optional(),
  },
  'a selector',
).meta({
  id: 'selector',
  description: 'Picks resources. All parts given must match. In a glob * matches any run without ::, and ** any run at all.',
});

const selectors = listOf(selector, 'selectors');

const dependency = z
  .union(
    [
      mapping(
        { service: id.meta({ description: 'The service it depends on.' }), strength: strength().optional() },
        'a dependency on a service',
      ),
      mapping(
        { supplier: id.meta({ description: 'The supplier it depends on.' }), strength: strength().optional() },
        'a dependency on a supplier',
      ),
    ],
    { error: 'a dependency; write { service: NAME } or { supplier: NAME }' },
  )
  .meta({ description: 'Something this service needs.' });

function strength() {
  return oneOf(['hard', 'soft'], 'hard (the default): it cannot work without; soft: it can.');
}

const service = mapping(
  {
    title: text('Name for people; the key when left out.').optional(),
    tier: z
      .literal([1, 2, 3, 4], { error: 'a tier from 1 (most critical) to 4; give the number' })
      .meta({ description: 'How critical it is: 1 is the most critical, 4 the least.' }),
    owner: text('Team that answers for it.').optional(),
    lifecycle: oneOf(
      ['production', 'experimental', 'deprecated'],
      'Only production services (the default) count in coverage.',
    ).optional(),
    bia: text('Reference to the business impact analysis.').optional(),
    resources: selectors
      .min(1, { error: 'at least one selector; say which resources belong to it' })
      .meta({ description: 'Resources of the service: those that any of these selectors picks.' }),
    entry: selectors.optional().meta({ description: 'Where users come in, when traffic records do not show it.' }),
    exclude: selectors.optional().meta({ description: 'Resources taken out again.' }),
    dependsOn: listOf(dependency, 'dependencies').optional().meta({ description: 'Services and suppliers it needs.' }),
  },
  'a service',
).meta({ id: 'service', description: 'What the business uses.' });

const supplier = mapping(
  {
    title: text('Name for people; the key when left out.').optional(),
    evidence: text('Document that shows the promises. Without it, what rests on them is unknown.').optional(),
    promises: someOf(
      {
        RTO: byScope(duration, 'recovery time').optional().meta({ description: 'Its recovery time.' }),
        RPO: byScope(duration, 'recovery point').optional().meta({ description: 'Its recovery point.' }),
      },
      'promises',
    )
      .optional()
      .meta({ description: 'What it promises, by metric and scope.' }),
  },
  'a supplier',
).meta({ id: 'supplier', description: 'A business partner that a service needs.' });

const percentile = z
  .number({ error: 'a number between 0 and 100; for example 99' })
  .gt(0, { error: 'more than 0; for example 99' })
  .lt(100, { error: 'less than 100; for example 99.9' })
  .optional()
  .meta({ description: 'Share of disruptions in which the target holds, in per cent: 99 unless given, 99.9 for MTPD.' });

const clock = oneOf(
  ['onset', 'declaration'],
  'When the time starts: at the onset of the disruption (default) or when it is declared.',
).optional();

/** What may stand after a metric type: a target, a target with options, or these by scope. */
function promise<T extends z.ZodType, L extends z.ZodType>(name: string, short: T, long: L, example: string) {
  const target = z
    .union([short, long], { error: `a target; write ${example} or { target: ${example}, percentile: 99.9 }` })
    .meta({ id: `${name}-target`, description: `${example}, or { target: ${example}, … }.` });
  return z
    .union([short, long, byScope(target, 'target')], { error: `a target, or targets by scope; write { region: ${example} }` })
    .meta({ id: `${name}-promise`, description: 'A target, or targets by scope.' });
}

/** A time that starts at a disruption, so that a clock makes sense. */
const recoveryTime = promise('recovery-time', duration, mapping({ target: duration, percentile, clock }, 'a target'), '15m');
const time = promise('time', duration, mapping({ target: duration, percentile }, 'a target'), '15m');
const share = promise('share', percent, mapping({ target: percent, percentile }, 'a target'), '60%');

const METRIC_MEANING: Readonly<Record<MetricType, string>> = {
  RTO: 'Recovery time: from the onset of the disruption until the service works again.',
  RPO: 'Recovery point: how much of the newest data may be lost.',
  MTPD: 'Maximum tolerable period of disruption: a hard stop.',
  MBCO: 'Minimum business continuity objective: the share of capacity that counts as recovered.',
  AVAILABILITY: 'Availability over a year; needs failureRates.',
  DETECT: 'Time until the disruption is noticed.',
  INVOKE: 'Time until the recovery is decided.',
  RECONSTITUTE: 'Time until normal operation, failback included.',
  RETENTION: 'How far back data can be restored. Without a scope it means data.',
  RESTORE_GRANULARITY: 'Steps in which data can be restored. Without a scope it means data.',
};

const METRIC_SHAPE = {
  RTO: recoveryTime.optional().meta({ description: METRIC_MEANING.RTO }),
  RPO: time.optional().meta({ description: METRIC_MEANING.RPO }),
  MTPD: recoveryTime.optional().meta({ description: METRIC_MEANING.MTPD }),
  MBCO: share.optional().meta({ description: METRIC_MEANING.MBCO }),
  AVAILABILITY: share.optional().meta({ description: METRIC_MEANING.AVAILABILITY }),
  DETECT: time.optional().meta({ description: METRIC_MEANING.DETECT }),
  INVOKE: recoveryTime.optional().meta({ description: METRIC_MEANING.INVOKE }),
  RECONSTITUTE: recoveryTime.optional().meta({ description: METRIC_MEANING.RECONSTITUTE }),
  RETENTION: time.optional().meta({ description: METRIC_MEANING.RETENTION }),
  RESTORE_GRANULARITY: time.optional().meta({ description: METRIC_MEANING.RESTORE_GRANULARITY }),
} satisfies Record<MetricType, z.ZodType>;

const agreement = mapping(
  {
    title: text('Name for people; the key when left out.').optional(),
    kind: oneOf(['SLA', 'OLA'], 'SLA: with the customer. OLA: inside the provider, under an SLA.'),
    parties: mapping({ provider: text('Who promises.'), customer: text('To whom.') }, 'the parties').meta({
      description: 'Who promises to whom.',
    }),
    approvedBy: text('Who approved it. Without this it is a draft, and not in force.').optional(),
    from: day('First day in force.'),
    to: day('Last day in force; open-ended when left out.').optional(),
    version: text('Version of the agreement.'),
    underpinnedBy: listOf(id, 'agreement names').optional().meta({ description: 'Agreements (usually OLAs) that it rests on.' }),
    changeReference: text('Who must approve a change that breaks one of its metrics.').optional(),
    metrics: named(
      someOf(METRIC_SHAPE, 'metrics').meta({ id: 'metrics', description: 'Promises for one service, by metric type.' }),
      'metrics',
    ).meta({ description: 'What is promised, by service.' }),
  },
  'an agreement',
).meta({ id: 'agreement', description: 'An SLA or OLA with its continuity metrics.' });

const waiver = mapping(
  {
    rule: text('Rule whose finding is accepted.'),
    resource: text('Glob over URNs; every resource when left out.').optional(),
    reason: text('Why the finding is accepted.'),
    approvedBy: text('Who accepted it.'),
    until: day('Last day it holds.'),
  },
  'a waiver',
).meta({ description: 'Accepts a finding for a while. It is shown beside the verdict and never changes it.' });

const role = mapping(
  {
    service: id.meta({ description: 'Service the role belongs to.' }),
    members: selectors
      .min(1, { error: 'at least one selector; say which resources stand in for one another' })
      .meta({ description: 'Resources that stand in for one another.' }),
  },
  'a role',
).meta({ description: 'Resources of one service that stand in for one another. Overrides what is found.' });

function inOrder(written: readonly (string | 0)[]): boolean {
  const seconds = written.map((w) => parseDuration(String(w)) ?? 0);
  return seconds.every((s, i) => i === 0 || s >= (seconds[i - 1] ?? 0));
}

const serviceTime = mapping(
  {
    min: duration,
    typ: duration,
    max: duration,
    source: text('Where the figures come from: a drill, a measurement, an assumption.'),
  },
  'a service time',
)
  .refine(({ min, typ, max }) => inOrder([min, typ, max]), { error: 'min ≤ typ ≤ max; put the three in order', path: ['typ'] })
  .meta({ description: 'Your own figures for one service time.' });

function byTier<T extends z.ZodType>(value: T, what: string) {
  const one = (tier: number) => value.optional().meta({ description: `${what} of tier ${tier}.` });
  return someOf({ 1: one(1), 2: one(2), 3: one(3), 4: one(4) }, `${what} by tier`);
}

const scopes = listOf(oneOf(SCOPES, 'What is lost.'), 'scopes')
  .min(1, { error: 'at least one scope; for example [az, region]' })
  .refine((list) => new Set(list).size === list.length, { error: 'each scope once; two metrics would have the same key' })
  .meta({ id: 'scopes', uniqueItems: true, description: 'Scopes, each once.' });

const mandatory = someOf(
  Object.fromEntries(
    METRIC_TYPES.map((t) => [t, scopes.optional().meta({ description: `Scopes that need an ${t}.` })]),
  ) as Record<MetricType, z.ZodOptional<typeof scopes>>,
  'metrics with their scopes',
).meta({ id: 'mandatory', description: 'Scopes by metric type.' });

const contact = mapping(
  {
    role: text('What they do in a recovery: incident lead, database, communication.'),
    name: text('Person or group.'),
    reach: text('Number, address or channel under which they answer.'),
  },
  'a contact',
).meta({ description: 'Somebody who is needed in a recovery.' });

const plan = z
  .looseObject(
    {
      id: id.meta({ description: 'Name of the plan.' }),
      services: listOf(id, 'service names')
        .min(1, { error: 'at least one service; say which services it brings back' })
        .meta({ description: 'Services that it brings back.' }),
      owner: text('Who answers for the plan.').optional(),
      reviewed: day('Day on which it was last reviewed.').optional(),
      contacts: listOf(contact, 'contacts').optional().meta({ description: 'Whom to call.' }),
      roster: mapping({ url: text('Where the duty roster is.'), reviewed: day('Day on which it was last checked.') }, 'a roster')
        .optional()
        .meta({ description: 'Who is on duty.' }),
      invocation: invocation.optional(),
    },
    { error: 'a recovery plan; write a mapping of id, services, owner, reviewed, contacts, roster, invocation' },
  )
  .meta({ id: 'plan', description: 'A recovery plan. Further keys are kept as they are.' });

export const catalogueSchema = mapping(
  {
    services: named(service, 'services').meta({ description: 'Services by name.' }),
    suppliers: named(supplier, 'suppliers').optional().meta({ description: 'Suppliers by name.' }),
    agreements: named(agreement, 'agreements').optional().meta({ description: 'Agreements by name.' }),
    waivers: listOf(waiver, 'waivers').optional().meta({ description: 'Accepted findings.' }),
    roles: named(role, 'roles').optional().meta({ description: 'Roles by name, where what is found is not right.' }),
    times: named(serviceTime, 'service times', foreignKey)
      .optional()
      .meta({ description: 'Service times by row, replacing the built-in ones.' }),
    defaults: mapping(
      {
        scopes: byTier(scopes, 'Scopes')
          .optional()
          .meta({ description: 'Scopes of a metric that is written without one, by tier of its service.' }),
        mandatory: byTier(mandatory, 'Mandatory metrics')
          .optional()
          .meta({ description: 'Metrics that a service of each tier must have to count as covered.' }),
        evidence: mapping(
          { maxAge: byTier(duration, 'Greatest age').meta({ description: 'Greatest age that counts.' }) },
          'rules for evidence',
        )
          .optional()
          .meta({ description: 'How old a drill or a real event may be to count, by tier: 180d in tier 1, else 365d.' }),
      },
      'defaults',
    )
      .optional()
      .meta({ description: 'What holds for every agreement.' }),
    inert: named(text('Why losing it does not matter.'), 'reasons', foreignKey)
      .optional()
      .meta({ description: 'Pulumi types that hold no state and serve no request, with the reason.' }),
    failureRates: byScope(
      z
        .number({ error: 'failures per year; give a number such as 0.1' })
        .min(0, { error: 'at least 0; give failures per year' })
        .max(8760, { error: 'at most 8760; give failures per year' }),
      'failures per year',
    )
      .optional()
      .meta({ description: 'Failures per year by scope, for AVAILABILITY.' }),
    sources: listOf(text('Folder or file, relative to this file.'), 'sources')
      .optional()
      .meta({ description: 'Sources read when the command line names none.' }),
    plans: listOf(plan, 'recovery plans').optional().meta({ description: 'Recovery plans, with the people in them.' }),
    drills: drillsSchema.optional(),
  },
  'a catalogue',
);

export type CatalogueDocument = z.output<typeof catalogueSchema>;
export type SelectorDocument = z.output<typeof selector>;
