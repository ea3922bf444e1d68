/** What must hold before anything on real AWS is changed by a drill. Pure: who asks, what is known, and nothing else. */
import type { Grade } from '../../aws/call.ts';
import type { DrillSpec } from '../../model/drill.ts';
import { decide, fold, type Known, known, unknown } from '../../model/known.ts';
import { fits } from './window.ts';

export const GATES = [
  'allow-disruption',
  'change',
  'approvals',
  'window',
  'blast-radius',
  'kill-switch',
  'controller',
  'caller',
  'grade',
] as const;
export type GateId = (typeof GATES)[number];

export interface Gate {
  readonly id: GateId;
  /** What cannot be told does not hold. */
  readonly holds: 'yes' | 'no' | 'unknown';
  /** One clause: why, and where it does not hold, what to do. */
  readonly says: string;
}

/** What the command line said. */
export interface Asked {
  readonly allowDisruption: boolean;
  /** `--change`: the reference of the change under which the drill is held. */
  readonly change: string | undefined;
  readonly requester: string;
}

/** One decision of one person about one drill as it was shown. */
export interface Approval {
  readonly person: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly decision: 'approved' | 'refused';
  /** `drillHash` of what was shown. */
  readonly subject: string;
}

/** Something that the drill would touch, with the tags that AWS shows of it now. */
export interface Touched {
  readonly arn: string;
  readonly tags: Known<Readonly<Record<string, string>>>;
}

/** Where the controller runs, or where its store and state are. */
export interface Whereabouts {
  /** Name of a Region; `elsewhere`: not in AWS. */
  readonly region: Known<string>;
  /** Name of an AZ; undefined where the place has none. */
  readonly zone: Known<string | undefined>;
}
export const ELSEWHERE = 'elsewhere';

export interface GateFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the drill began; before it has begun: now. */
  readonly began: number;
  /** When it must have ended, with all of its limit. */
  readonly ends: number;
  /** `drillHash` of the drill as it would be held. */
  readonly drillHash: string;
  /** In the order in which they were written. */
  readonly approvals: Known<readonly Approval[]>;
  readonly touched: Known<readonly Touched[]>;
  /** What the drill takes down as a whole: Regions, and AZs. */
  readonly takesDown: { readonly regions: readonly string[]; readonly zones: readonly string[] };
  /** Does somebody forbid disruption? */
  readonly killSwitch: Known<boolean>;
  readonly controller: Whereabouts;
  readonly store: Whereabouts;
  readonly caller: Known<{ readonly account: string; readonly arn: string }>;
  /** Accounts in which drills may be held. */
  readonly accounts: readonly string[];
  /** Names of the roles that hold drills; `*` stands for any characters. */
  readonly roles: readonly string[];
  readonly grade: Grade;
}

/** An approval is about the state of things when it was given. Milliseconds. */
const APPROVAL_LASTS = 24 * 3600 * 1000;

type Answer = readonly [holds: Gate['holds'], says: string];

/** Every gate, in order, each with its answer. A drill may disrupt when all of them hold: `open(gates)`. */
export function gates(spec: DrillSpec, asked: Asked, facts: GateFacts): readonly Gate[] {
  const answers: Readonly<Record<GateId, Answer>> = {
    'allow-disruption': asked.allowDisruption
      ? ['yes', 'disruption was asked for']
      : ['no', 'this is a dry run: --allow-disruption would hold the drill'],
    change: changeOf(asked),
    approvals: approvalsOf(spec, asked, facts),
    window: windowOf(spec, facts),
    'blast-radius': radiusOf(spec, facts),
    'kill-switch': switchOf(facts),
    controller: controllerOf(facts),
    caller: callerOf(facts),
    grade: facts.grade === 'disrupt' ? ['yes', 'the session may disrupt'] : ['no', `the session is one of grade ${facts.grade}`],
  };
  return GATES.map((id) => ({ id, holds: answers[id][0], says: answers[id][1] }));
}

/** No gate is no permission. */
export const open = (all: readonly Gate[]): boolean => GATES.every((id) => all.some((g) => g.id === id && g.holds === 'yes'));

function changeOf({ change = '' }: Asked): Answer {
  return change.trim() === '' ? ['no', 'no change is named: --change CHG-123'] : ['yes', `held under change ${change.trim()}`];
}

/** Two spellings of one name are one person. */
const personOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase();

function approvalsOf(spec: DrillSpec, { requester }: Asked, { approvals, drillHash, now, began }: GateFacts): Answer {
  if (drillHash === '') return ['no', 'what would be held has not been shown yet'];
  const needed = Math.max(1, spec.approvals.count);
  const mayApprove = new Set(spec.approvals.by.map(personOf));
  return fold(
    approvals,
    (given): Answer => {
      const latest = new Map<string, Approval>();
      for (const one of given) {
        if (one.subject !== drillHash) continue;
        const person = personOf(one.person);
        const before = latest.get(person);
        if (before === undefined || one.at > before.at || (one.at === before.at && one.decision === 'refused'))
          latest.set(person, one);
      }
      const counted = [...latest].filter(
        ([person, { decision, at }]) =>
          person !== '' &&
          person !== personOf(requester) &&
          (mayApprove.size === 0 || mayApprove.has(person)) &&
          decision === 'approved' &&
          at <= now &&
          began - at < APPROVAL_LASTS,
      );
      const names = counted.map(([, { person }]) => person.trim()).join(' and ');
      if (counted.length >= needed) return ['yes', `approved by ${names}`];
      const others = mayApprove.size === 0 ? 'people other than the requester' : `people out of ${spec.approvals.by.join(', ')}`;
      return [
        'no',
        `${counted.length} of ${needed} approvals of this very drill (${drillHash.slice(0, 12)}) are in force: ${others} must approve it, at most 24 hours before it begins`,
      ];
    },
    (why): Answer => ['unknown', `approvals cannot be read: ${why.detail}`],
  );
}

function windowOf({ window }: DrillSpec, { now, ends }: GateFacts): Answer {
  if (window === undefined) return ['yes', 'the drill names no window'];
  if (now > ends) return ['no', 'the drill lasts longer than it may'];
  const inside = fits(window, now, ends);
  if (inside === undefined) return ['unknown', `the window cannot be read (time zone ${window.zone})`];
  const minutes = Math.ceil((ends - now) / 60_000);
  return inside
    ? ['yes', `the window stays open for the ${minutes} min that are left`]
    : ['no', `the drill may last ${minutes} min from now and would leave its window (time zone ${window.zone})`];
}

/** Why that may not be touched; undefined: it may. */
export function beyondRadius(spec: DrillSpec, touched: readonly Touched[]): string | undefined {
  const [holds, says] = radiusOf(spec, { touched: known(touched) });
  return holds === 'yes' ? undefined : says;
}

function radiusOf({ blastRadius }: DrillSpec, { touched }: Pick<GateFacts, 'touched'>): Answer {
  const wanted = Object.entries(blastRadius.tags);
  if (wanted.length === 0) return ['no', 'the drill names no tags: on real AWS nothing may be touched without them'];
  return fold(
    touched,
    (all): Answer => {
      if (all.length === 0) return ['no', 'nothing that the drill would touch is there'];
      const carries = (one: Touched): Answer =>
        fold(
          one.tags,
          (tags): Answer => {
            const lacking = wanted.find(([key, value]) => tags[key] !== value);
            return lacking === undefined ? ['yes', ''] : ['no', `${one.arn} does not carry the tag ${lacking.join('=')}`];
          },
          (why): Answer => ['unknown', `tags of ${one.arn} cannot be read: ${why.detail}`],
        );
      const answers = all.map(carries);
      const worst = answers.find(([holds]) => holds === 'no') ?? answers.find(([holds]) => holds === 'unknown');
      if (worst !== undefined) return worst;
      const { most } = blastRadius;
      if (most !== undefined && all.length > most)
        return ['no', `${all.length} resources would be touched, and at most ${most} may be`];
      return ['yes', `${all.length} resources would be touched, all of them tagged for it`];
    },
    (why): Answer => ['unknown', `what would be touched cannot be told: ${why.detail}`],
  );
}

function switchOf({ killSwitch }: GateFacts): Answer {
  return decide<Answer>(killSwitch, {
    yes: () => ['no', 'the kill switch is engaged'],
    no: () => ['yes', 'the kill switch is off'],
    unknown: (why) => ['unknown', `the kill switch cannot be read: ${why.detail}`],
  });
}

/** A controller that dies with what it takes down undoes nothing. */
function controllerOf({ controller, store, takesDown }: GateFacts): Answer {
  const { regions, zones } = takesDown;
  if (regions.length === 0 && zones.length === 0) return ['yes', 'no Region and no AZ is taken down'];
  const answers = [answer('the controller', controller), answer('its store', store)];
  return (
    answers.find(([holds]) => holds === 'no') ?? answers.find(([holds]) => holds === 'unknown') ?? ['yes', 'it runs elsewhere']
  );

  function answer(who: string, at: Whereabouts): Answer {
    return fold(
      at.region,
      (region): Answer => {
        if (region === ELSEWHERE) return ['yes', ''];
        if (regions.includes(region))
          return ['no', `${who} is in ${region}, which the drill takes down: run it from another Region`];
        const here = zones.filter((zone) => zone.startsWith(region));
        if (here.length === 0) return ['yes', ''];
        return fold(
          at.zone,
          (zone): Answer =>
            zone === undefined
              ? ['yes', '']
              : here.includes(zone)
                ? ['no', `${who} is in ${zone}, which the drill takes down: run it from another Region`]
                : ['yes', ''],
          (why): Answer => [
            'unknown',
            `in which AZ of ${region} ${who} is cannot be told (${why.detail}): run it from another Region`,
          ],
        );
      },
      (why): Answer => ['unknown', `where ${who} is cannot be told (${why.detail}): say it with --controller-region`],
    );
  }
}

function callerOf({ caller, accounts, roles }: GateFacts): Answer {
  if (accounts.length === 0) return ['no', 'no account is named in which drills may be held'];
  return fold(
    caller,
    ({ account, arn }): Answer => {
      if (!accounts.includes(account))
        return ['no', `account ${account} is not one in which drills may be held (${accounts.join(', ')})`];
      const role = roleOf(arn);
      if (role === undefined) return ['no', `${arn} is no role: drills are held by a role of their own (${roles.join(', ')})`];
      return roles.some((pattern) => matches(pattern, role))
        ? ['yes', `held by role ${role} in account ${account}`]
        : ['no', `role ${role} is not one that holds drills (${roles.join(', ')})`];
    },
    (why): Answer => ['unknown', `whose credentials these are cannot be told: ${why.detail}`],
  );
}

/** `arn:aws:sts::111122223333:assumed-role/holdfast-drill/session` → `holdfast-drill`. A role itself never calls: its sessions do. */
function roleOf(arn: string): string | undefined {
  return /^arn:aws[a-z-]*:(?:sts::\d{12}:assumed-role\/([^/]+)\/.+|iam::\d{12}:role\/(?:.*\/)?([^/]+))$/
    .exec(arn)
    ?.slice(1)
    .find((r) => r !== undefined);
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`).test(name);
}

/** Where a thing is that nobody could find out. */
export const nowhereKnown = (detail: string): Whereabouts => ({
  region: unknown('not-reported', detail),
  zone: unknown('not-reported', detail),
});
