/** The contract of a scheduled check: it looks at AWS through calls as data and says what is there, how old it is, and what that breaks. */
import type { Call, Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import type { InPlace } from '../src/estate/in-place.ts';
import type { Clock } from '../src/model/clock.ts';
import type { Finding, RuleText } from '../src/model/finding.ts';
import type { Known } from '../src/model/known.ts';
import type { Judgement } from '../src/verdicts/judge.ts';
import type { Objection } from '../src/verdicts/levels.ts';

/** AWS as a check asks it: every answer is the answer or the reason why there is none. */
export interface LiveAws {
  /** `absent`: error codes that say that the thing is not there; these come back as known undefined. */
  ask<I, O>(call: Call<I, O>, input: I, at: Place, absent?: readonly string[]): Promise<Known<O | undefined>>;
  /** Every page, or the reason why not all could be had. */
  pages<I, O>(call: Call<I, O>, input: I, at: Place): Promise<Known<readonly O[]>>;
}

/** What `--publish` allows a check beyond reading: Holdfast's own objects, and the patience to wait for what it asked for. */
export interface Publishing {
  /** Of a session of grade publish. */
  readonly aws: LiveAws;
  readonly clock: Clock;
  /** One line for somebody who waits. */
  readonly progress: (line: string) => void;
}

export interface CheckInput {
  /** Of the in-place estate. Its estate's resources carry the URNs of the code where there is code. */
  readonly judgement: Judgement;
  /** What was found and what was not; undefined when no infrastructure code was given. */
  readonly inPlace: InPlace | undefined;
  /** Of the declared estate; undefined when no infrastructure code was given. */
  readonly designed: Judgement | undefined;
  readonly aws: LiveAws;
  /** Accounts and Regions that were looked at. */
  readonly places: readonly Place[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Begin of the window in which measurements are looked at, in milliseconds since the epoch. */
  readonly since: number;
  /** Undefined: nothing may be changed. */
  readonly publish?: Publishing | undefined;
  /** Left out: nobody says. */
  readonly own?: OwnPlaces;
}

/** Where Holdfast and the pipeline behind it live: what must outlive the Region that they recover from. */
export interface OwnPlaces {
  /** Account and Region in which this check runs; undefined: outside of AWS. */
  readonly runs: Place | undefined;
  /** URL of the Pulumi backend: `s3://state?region=eu-west-1`, `https://api.pulumi.com`. */
  readonly backend: string | undefined;
  /** Secrets provider of the stack: `awskms://alias/pulumi?region=us-east-1`, `passphrase`. */
  readonly secretsProvider: string | undefined;
}

/** One thing that was seen or measured. */
export interface CheckFact {
  /** URN or ARN of the resource it is about. */
  readonly resource: string;
  readonly resourceTitle: string;
  /** What was measured, in a few words: `replication lag to eu-west-1`. */
  readonly what: string;
  readonly value: Known<number | string | boolean>;
  readonly unit: 'seconds' | 'percent' | 'count' | 'none';
  /** ISO time of what was seen (a data point, a recovery point); undefined when it is the state of now. */
  readonly at: string | undefined;
}

/** What a check found against a rule of its own. `undecided`: nobody can tell, and why. */
export interface CheckFinding {
  readonly rule: string;
  readonly item: EstateResource;
  readonly property: string | undefined;
  readonly message: string;
  readonly undecided: Finding['undecided'];
}

export interface CheckResult {
  readonly facts: readonly CheckFact[];
  readonly findings: readonly CheckFinding[];
  readonly objections: readonly Objection[];
}

export interface Check {
  /** The name under which the command line runs it: `replication`. */
  readonly id: string;
  /** What it asks, as a question. */
  readonly title: string;
  /** Pitfalls that only live AWS shows. */
  readonly rules: readonly RuleText[];
  /** Every call it may make. */
  readonly calls: readonly Call<never, unknown>[];
  /** Calls of grade publish that it makes beyond these when its input allows it to publish. */
  readonly publishes?: readonly Call<never, unknown>[];
  run(input: CheckInput): Promise<CheckResult>;
}
