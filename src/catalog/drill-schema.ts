/** The shape of a drill in YAML, as zod schemas: under `drills:` in `holdfast.yaml`, and in drill files of their own. */
import * as z from 'zod';
import { DRILL_KINDS } from '../model/drill.ts';
import { parseDuration } from '../model/quantity.ts';
import { duration, foreignKey, id, listOf, listWords, mapping, named, oneOf, percent, text } from './fields.ts';

/** A duration longer than nothing. */
const lasting = duration.refine((written) => (parseDuration(String(written)) ?? 0) > 0, {
  error: 'a duration longer than 0; for example 15m',
});

const DAY = 86_400;

const texts = (what: string, description: string) => listOf(text(`One of the ${what}.`), what).meta({ description });

/** Exactly one of the first keys stands in a mapping; each further key belongs to one of them. */
function oneRule<S extends z.core.$ZodLooseShape>(
  shape: S,
  what: string,
  rules: readonly (keyof S & string)[],
  belongs: Readonly<Record<string, string>> = {},
) {
  return mapping(shape, what).superRefine((written, context) => {
    const given = Object.keys(written);
    const [first, ...others] = given.filter((key) => rules.includes(key));
    if (first === undefined && given.length === 0)
      context.addIssue({ code: 'custom', message: `${what}; write one of ${listWords(rules)}` });
    for (const key of others)
      context.addIssue({ code: 'custom', path: [key], message: `only one rule in each entry; give ${key} an entry of its own` });
    for (const key of given) {
      const owner = belongs[key];
      if (owner !== undefined && owner !== first)
        context.addIssue({ code: 'custom', path: [key], message: `${key} beside ${owner} only; move or remove it` });
    }
  });
}

const precondition = z
  .union(
    [
      z
        .enum(['no-other-drill', 'checks-green'], {
          error: 'no-other-drill, checks-green, or a mapping such as { fresh-backups: 24h }; choose one of them',
        })
        .meta({ description: 'no-other-drill: none is under way. checks-green: no live check finds anything high.' }),
      oneRule(
        {
          'fresh-backups': lasting
            .optional()
            .meta({ description: 'Every store of the service has a recovery point no older than that.' }),
          'lag-within': duration.optional().meta({ description: 'Replication of every store is no later than that.' }),
          'no-change-freeze': texts('change calendars', 'SSM change calendars, each of which must be open.')
            .min(1, { error: 'at least one change calendar; name it' })
            .optional(),
          'no-open-incident': texts('alarms', 'CloudWatch alarms (names or ARNs) that stand for an incident: each must be OK.')
            .min(1, { error: 'at least one alarm; name it' })
            .optional(),
        },
        'a precondition',
        ['fresh-backups', 'lag-within', 'no-change-freeze', 'no-open-incident'],
      ),
    ],
    { error: 'a precondition; write no-other-drill, checks-green or { fresh-backups: 24h }' },
  )
  .meta({ id: 'precondition', description: 'What must hold before anything is disrupted. What cannot be told does not hold.' });

const stop = oneRule(
  {
    alarm: text('A CloudWatch alarm, by name or ARN: stops while it is in ALARM.').optional(),
    'availability-below': percent.optional().meta({ description: 'Stops when a smaller share of requests than this is served.' }),
    over: lasting.optional().meta({ description: 'Time over which the availability is taken; 5m when left out.' }),
    'lag-above': duration.optional().meta({ description: 'Stops when replication of a store is later than that.' }),
    'longer-than': lasting.optional().meta({ description: 'Stops that long after the onset.' }),
  },
  'a stop condition',
  ['alarm', 'availability-below', 'lag-above', 'longer-than'],
  { over: 'availability-below' },
).meta({ id: 'stop', description: 'Stops the drill and rolls it back. Unknown for too long counts as true.' });

/** Stands for every entry, where a probe says more than that. */
export const ALL_ENTRIES = 'all';

const probe = z
  .union(
    [
      z
        .enum(['entry', 'canary', 'lag'], { error: 'entry, canary, lag, or a mapping such as { dns: NAME }; choose one of them' })
        .meta({
          description:
            'entry: requests to each entry that the recovery graph finds. canary: numbered writes to each store. lag: replication of each store.',
        }),
      oneRule(
        {
          entry: text(`Requests to this URL or host; ${ALL_ENTRIES} for each entry that the recovery graph finds.`).optional(),
          slowest: lasting.optional().meta({ description: 'An answer that takes longer counts as none.' }),
          dns: text('What resolvers answer for this name.').optional(),
          resolvers: texts('resolvers', 'Addresses of the resolvers to ask; those of the world when left out.').optional(),
        },
        'a probe',
        ['entry', 'dns'],
        { slowest: 'entry', resolvers: 'dns' },
      ),
    ],
    { error: 'a probe; write entry, canary, lag, { entry: URL } or { dns: NAME }' },
  )
  .meta({ id: 'probe', description: 'How the service is watched from outside.' });

export const step = mapping(
  {
    action: text('What is done: aurora-global-failover, asg-scale, routing-control, …'),
    on: text("What it is done to: a glob over the resource's URN, or an ARN."),
    with: named(text('A setting of the action.'), 'settings', foreignKey)
      .optional()
      .meta({ description: 'Settings of the action.' }),
  },
  'a step',
).meta({ id: 'step', description: 'One step of a recovery that is written by hand.' });

/** Monday is 1. */
export const DAY_NAMES: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAYS = new RegExp(`^(?:${DAY_NAMES.join('|')})(?:-(?:${DAY_NAMES.join('|')}))?$`);
const DAYS_MESSAGE = 'a day such as mon, or days such as mon-fri; write three letters for each day';
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const TIME_MESSAGE = 'a time of day from 00:00 to 23:59; write hours and minutes in quotes, as "22:00"';

const time = (description: string) =>
  z.string({ error: TIME_MESSAGE }).regex(TIME, { error: TIME_MESSAGE }).meta({ description });

/** Does the runtime know a time zone by this name? Offsets (`+01:00`) are no zones: they know no summer time. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const window = mapping(
  {
    days: listOf(z.string({ error: DAYS_MESSAGE }).regex(DAYS, { error: DAYS_MESSAGE }), 'days')
      .min(1, { error: 'at least one day; for example [mon-fri]' })
      .meta({ description: 'Days on which it may begin: mon … sun, or ranges such as mon-fri.' }),
    from: time('It may begin from then on.'),
    to: time('It must have ended by then; a time before `from` means the next day.'),
    zone: text('IANA time zone of the hours: Europe/Berlin.').refine(isZone, {
      error: 'the IANA name of a time zone; for example Europe/Berlin or UTC',
    }),
  },
  'a window',
)
  .refine(({ from, to }) => from !== to, { error: 'another time than `from`; leave the window out for any time', path: ['to'] })
  .meta({ description: 'Days and hours in which it may begin, and must have ended. Any time when left out.' });

/** Names of drills hold a service and a kind, so they may be longer than other names. */
const DRILL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/;
const DRILL_ID_MESSAGE =
  'a name of at most 127 letters, digits, dots, dashes and underscores, the first a letter or digit; rename it';

export const blastRadius = mapping(
  {
    tags: z
      .record(foreignKey, text('Value of the tag.'), { error: 'tag keys and values; write tags: { service: checkout }' })
      .optional()
      .meta({
        description: 'Tags that everything touched on real AWS must carry. Without any, nothing may be touched there.',
      }),
    most: z
      .int({ error: 'a whole number of resources; for example 20' })
      .min(1, { error: 'at least 1; leave it out for no bound' })
      .optional()
      .meta({ description: 'Most resources that may be lost.' }),
  },
  'a blast radius',
);

export const drill = mapping(
  {
    id: z
      .string({ error: DRILL_ID_MESSAGE })
      .regex(DRILL_ID, { error: DRILL_ID_MESSAGE })
      .meta({ description: 'Name of the drill, unique among all drills.' }),
    title: text('Name for people; the id when left out.').optional(),
    kind: oneOf(DRILL_KINDS, 'What is taken away, and what is watched.'),
    service: id.meta({ description: 'Service that is drilled.' }),
    member: text(
      'What is taken away: an AZ, a Region, an account, a supplier or service by name, or a glob over the URNs of resources. When left out: each that there is, one run each.',
    ).optional(),
    hypothesis: mapping(
      {
        steady: text('What the service looks like when it is well, for people.').optional(),
        metrics: texts(
          'metrics',
          'Ids of the metrics that must hold: AGREEMENT/SERVICE/TYPE-SCOPE. All of the scope when left out.',
        ).optional(),
      },
      'a hypothesis',
    )
      .optional()
      .meta({ description: 'What the drill is to show.' }),
    preconditions: listOf(precondition, 'preconditions')
      .optional()
      .meta({ description: 'What must hold before anything is disrupted; [no-other-drill] when left out.' }),
    recover: listOf(step, 'steps')
      .optional()
      .meta({ description: 'Steps of people, in order. When left out: what the recovery graph leaves to people.' }),
    probes: listOf(probe, 'probes')
      .optional()
      .meta({ description: 'How it is watched; the entries and canary writes when left out.' }),
    stops: listOf(stop, 'stop conditions').optional().meta({ description: 'What stops the drill and rolls it back.' }),
    points: listOf(oneOf(['newest', 'oldest'], 'Which recovery point.'), 'recovery points')
      .min(1, { error: 'at least one recovery point; write [newest], [oldest] or both' })
      .refine((points) => new Set(points).size === points.length, { error: 'each recovery point once; remove one' })
      .optional()
      .meta({
        uniqueItems: true,
        description: 'Recovery points that are restored: both for backup-restore, the newest for ransomware-recovery.',
      }),
    limit: lasting
      .optional()
      .meta({ description: 'What has not recovered by then is rolled back; the longest target and ten minutes when left out.' }),
    dwell: duration.optional().meta({ description: 'Everything must stay well for that long; 1m when left out.' }),
    afterCrash: oneOf(
      ['roll-back', 'continue'],
      'What a controller does that finds the drill under way: rolls it back (the default), or goes on.',
    ).optional(),
    blastRadius: blastRadius.optional().meta({ description: 'How far the disruption may reach.' }),
    approvals: mapping(
      {
        by: texts('approvers', 'Who may approve; anybody who is not the requester when left out.').optional(),
        count: z
          .int({ error: 'a whole number of people; for example 2' })
          .min(1, { error: 'at least 1; nobody disrupts real AWS alone' })
          .max(16, { error: 'at most 16; name fewer' })
          .optional()
          .meta({ description: 'People besides the requester who must approve it on real AWS; 1 when left out.' }),
      },
      'approvals',
    )
      .optional()
      .meta({ description: 'Who must agree.' }),
    window: window.optional(),
    every: duration
      .refine((written) => (parseDuration(String(written)) ?? 0) >= DAY, { error: 'at least a day; for example 365d' })
      .optional()
      .meta({ description: 'When it is due again: 365d. Not by itself when left out.' }),
    controls: texts('controls', 'Controls that it is evidence for: ISO 22301 8.5, DORA 11(6).').optional(),
    participants: texts('participants', 'Who takes part, by role. A table-top needs them.').optional(),
  },
  'a drill',
).meta({ id: 'drill', description: 'A disruption caused on purpose, timed, rolled back and journalled.' });

export type DrillDocument = z.output<typeof drill>;

export const drillsSchema = listOf(drill, 'drills').meta({ description: 'Drills of the services of this catalogue.' });

/** A drill file with several drills; one drill may also stand alone. */
export const drillFileSchema = mapping({ drills: drillsSchema }, 'a drill file');
