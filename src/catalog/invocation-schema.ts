/** The shape of a plan's `invocation:`, as zod schemas. */
import * as z from 'zod';
import { SCOPES } from '../model/scope.ts';
import { blastRadius, step } from './drill-schema.ts';
import { duration, foreignKey, listOf, mapping, named, oneOf, percent, text } from './fields.ts';

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
const REGION_MESSAGE = 'a Region such as eu-west-1; name it';
const region = (description: string) =>
  z.string({ error: REGION_MESSAGE }).regex(REGION, { error: REGION_MESSAGE }).meta({ description });

const atLeastOne = (what: string, description: string) =>
  z
    .int({ error: `a whole number of ${what}; for example 2` })
    .min(1, { error: 'at least 1; give a number' })
    .max(64, { error: 'at most 64; give fewer' })
    .meta({ description });

const alarm = mapping(
  {
    alarm: text('A CloudWatch alarm by ARN, or by name with its Region: shows while it is in ALARM.'),
    region: region('Region of an alarm that is given by name.').optional(),
  },
  'an alarm',
);

const healthCheck = mapping(
  {
    'health-check': text('A Route 53 health check of an endpoint, by id or by a glob over its URN: shows while it is unhealthy.'),
  },
  'a health check',
);

const probe = mapping(
  {
    probe: text('Requests of Holdfast itself to this URL or host; entry: to every entry that the recovery graph finds.'),
    failing: atLeastOne('resolvers', 'Resolvers from which it must fail; 2 when left out.').optional(),
  },
  'a probe',
);

const lag = mapping(
  {
    'lag-above': duration.meta({ description: 'Shows while replication out of a store is later than that.' }),
    of: text("Glob over the store's URN; any store of the plan's services when left out.").optional(),
  },
  'a replication lag',
);

const healthEvent = mapping(
  {
    'health-event': text('An AWS service by its code (EC2, RDS): shows while AWS Health has an open event about it.'),
    region: region('Region of the event.'),
  },
  'an AWS Health event',
);

const availability = mapping(
  {
    'availability-below': percent.meta({ description: 'Shows while the average of the metric is lower.' }),
    over: duration.optional().meta({ description: 'Time over which it is taken; 5m when left out.' }),
    metric: mapping(
      {
        namespace: text('CloudWatchSynthetics, AWS/Route53, …'),
        name: text('A metric in per cent: SuccessPercent, HealthCheckPercentageHealthy, …'),
        dimensions: named(text('Value of the dimension.'), 'dimensions', foreignKey)
          .optional()
          .meta({ description: 'Dimensions of the metric.' }),
        region: region('Region of the metric.'),
      },
      'a CloudWatch metric',
    ).meta({ description: 'A CloudWatch metric of availability, in per cent.' }),
  },
  'an availability',
);

const signal = z
  .union([alarm, healthCheck, probe, lag, healthEvent, availability], {
    error:
      'a signal; write { alarm: ARN }, { health-check: ID }, { probe: URL }, { lag-above: 30s }, { health-event: EC2, region: … } or { availability-below: 95%, metric: … }',
  })
  .meta({ id: 'signal', description: 'Something that is read again and again, and shows the disruption or does not.' });

const signalName = text('A signal, by its name.');

function group(item: z.ZodType<string | GroupDocument>) {
  const items = (description: string) =>
    listOf(item, 'signals').min(1, { error: 'at least one signal; name it' }).meta({ description });
  return z.union(
    [
      mapping({ all: items('Each of them shows it.') }, 'all of some signals'),
      mapping({ any: items('One of them shows it.') }, 'any of some signals'),
      mapping(
        { 'at-least': atLeastOne('signals', 'How many of them must show it.'), of: items('Out of these.') },
        'at least some of the signals',
      ),
    ],
    { error: 'circumstances; write { all: [ … ] }, { any: [ … ] } or { at-least: 2, of: [ … ] }' },
  );
}

export type GroupDocument =
  | { readonly all: readonly (string | GroupDocument)[] }
  | { readonly any: readonly (string | GroupDocument)[] }
  | { readonly 'at-least': number; readonly of: readonly (string | GroupDocument)[] };

/** Groups of signals, and of such groups: two levels say everything that a person can check by reading. */
const circumstances = group(
  z.union([signalName, group(signalName)], { error: 'a signal by its name, or a group of signals; name it' }),
).meta({ id: 'circumstances', description: 'Over the signals: all, any, or at least so many of them.' });

const people = mapping(
  {
    by: listOf(text('One person.'), 'people').optional().meta({ description: 'Who may decide; anybody when left out.' }),
    count: atLeastOne('people', 'How many of them must agree; 1 when left out.').optional(),
  },
  'people',
);

const authority = z
  .union([oneOf(['automatic'], 'Nobody is asked.'), people], {
    error: 'who decides; write automatic, or { by: [ … ], count: 1 }',
  })
  .meta({ id: 'authority', description: 'Who decides: automatic, or people by name and how many of them.' });

const approval = mapping(
  {
    before: text('Glob over the steps, as a dry run shows them; ** is every step.'),
    by: listOf(text('One person.'), 'people').optional().meta({ description: 'Who may approve; anybody when left out.' }),
    count: atLeastOne('people', 'How many must approve; 1 when left out.').optional(),
    within: duration.optional().meta({ description: 'How long an answer is awaited; 30m when left out.' }),
    otherwise: oneOf(
      ['hold', 'go-on'],
      'Nobody answered: the step waits until somebody takes the invocation up (the default), or is taken.',
    ).optional(),
  },
  'an approval',
).meta({ description: 'People are asked before a step is taken.' });

export const invocation = mapping(
  {
    scope: oneOf(SCOPES, 'What is lost when the plan is invoked.'),
    member: text('The Region, AZ, account or supplier that is lost, by name.').optional(),
    signals: named(signal, 'signals').meta({ description: 'What is read, by name.' }),
    when: circumstances,
    for: duration.meta({
      description: 'How long each signal must have shown it without a break: a signal that flaps begins again.',
    }),
    every: duration.optional().meta({ description: 'How often the signals are read; 30s when left out.' }),
    guard: atLeastOne(
      'signals',
      'False-alarm guard: how many signals of different sources or vantage points must show it; 2 when left out.',
    ).optional(),
    authority: authority.meta({ description: 'Who may invoke it.' }),
    approvals: listOf(approval, 'approvals').optional().meta({ description: 'Steps before which people are asked.' }),
    change: text('The standing change under which it is carried out.').optional(),
    blastRadius: blastRadius.optional().meta({ description: 'How far the steps may reach on real AWS.' }),
    steps: listOf(step, 'steps')
      .optional()
      .meta({ description: 'What is done, in order. When left out: what the recovery graph leaves to people.' }),
    deactivation: mapping(
      {
        clear: listOf(signalName, 'signals')
          .min(1, { error: 'at least one signal; name it' })
          .optional()
          .meta({ description: 'Signals that must be clear; all of them when left out.' }),
        for: duration.optional().meta({ description: 'How long they must have been clear; 30m when left out.' }),
        authority: authority.optional().meta({ description: 'Who decides to return to normal; anybody when left out.' }),
      },
      'a deactivation',
    )
      .optional()
      .meta({ description: 'What must hold before everything returns to normal, and who decides.' }),
  },
  'an invocation',
).meta({ id: 'invocation', description: 'When the plan is invoked, by whom, and how everything returns to normal.' });

export type InvocationDocument = z.output<typeof invocation>;
export type SignalDocument = z.output<typeof signal>;
export type AuthorityDocument = z.output<typeof authority>;
