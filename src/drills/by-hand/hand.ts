/** What a step of recovery is made from: what it acts upon, in which world, and where its clients go. */
import type { Session } from '../../aws/call.ts';
import type { Estate, EstateResource } from '../../estate/estate.ts';
import type { Clock } from '../../model/clock.ts';
import { fold, type Known } from '../../model/known.ts';
import type { Canary } from '../canary.ts';
import type { Actuator } from '../contract.ts';
import type { Disruption } from '../ports.ts';

export interface Hand {
  readonly session: Session;
  readonly clock: Clock;
  readonly estate: Estate;
  /** What it is done to, as the estate knows it; undefined for an ARN that no source shows. */
  readonly item: EstateResource | undefined;
  /** Undefined for what AWS gives no ARN (a DNS record), and where the source does not say. */
  readonly arn: string | undefined;
  /** Resources that stand in for it, itself included. */
  readonly mates: readonly EstateResource[];
  /** Those of them that served before anything was lost. */
  readonly serving: readonly EstateResource[];
  /** The same for any other resource. */
  readonly matesOf: (item: EstateResource) => readonly EstateResource[];
  /** Resources that take over, by the recovery path; empty where nobody has said. */
  readonly successors: readonly EstateResource[];
  /** Region that it recovers into, where that is known. */
  readonly into: string | undefined;
  /** Stream of writes to the role, which is told where its store went. */
  readonly canary: Canary | undefined;
  readonly lost: Disruption | undefined;
  /** Milliseconds since the epoch at which the disruption began. */
  readonly onset: () => number;
  /** What a drill file gives the step. */
  readonly given: Readonly<Record<string, string>>;
}

/** The steps in their order, or why it cannot be done: one clause. Nothing is asked of AWS before a step acts. */
export type StepMaker = (hand: Hand) => readonly Actuator[] | string;

/** A step that cannot go on, in words; what AWS said is its cause. */
export class StepFailure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StepFailure';
  }
}

export function arnOf(item: EstateResource | undefined): string | undefined {
  const { arn, id } = item?.resource.outputs ?? {};
  // Some resources have their ARN as their id (ECS services, EKS node groups of old providers).
  return [arn, id].find((text): text is string => typeof text === 'string' && text.startsWith('arn:'));
}

export function outputOf(item: EstateResource | undefined, name: string): string | undefined {
  const value = item?.resource.outputs[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export interface Named {
  readonly arn: string;
  readonly at: { readonly account: string; readonly region: string };
  /** The last part: `orders` of `arn:aws:rds:us-east-1:123456789012:db:orders`. */
  readonly name: string;
  /** The ARN of something of the same service and account: `db:orders` → `arn:aws:rds:us-east-1:123456789012:db:orders`. */
  like(region: string, resource: string): string;
}

export function named(arn: string): Named {
  const [, partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
  const name = rest.at(-1)?.split('/').at(-1) ?? '';
  const like = (to: string, resource: string): string => ['arn', partition, service, to, account, resource].join(':');
  return { arn, at: { account, region }, name, like };
}

/** The resource's ARN in parts, or a clause that says that nobody knows it. */
export function subjectOf(hand: Hand): Named | string {
  return hand.arn === undefined ? `${hand.item?.title ?? 'it'} has no ARN in the sources` : named(hand.arn);
}

/** Where it is, for what has no account or no Region in its ARN, or no ARN: by its provider, else where the rest of its stack is. */
export function placeOf(hand: Hand, item = hand.item): Named['at'] | undefined {
  const { given } = hand;
  const beside = neighbourOf(hand, item);
  const account = given.account ?? knownText(item?.resource.account) ?? beside?.account;
  const region = given.region ?? knownText(item?.resource.region) ?? beside?.region;
  return account === undefined || region === undefined ? undefined : { account, region };
}

const knownText = (text: Known<string> | undefined): string | undefined =>
  text === undefined
    ? undefined
    : fold<string, string | undefined>(
        text,
        (value) => value,
        () => undefined,
      );

function neighbourOf({ estate }: Hand, item: EstateResource | undefined): Named['at'] | undefined {
  const stack = item?.resource.urn.split('::').slice(0, 2).join('::');
  for (const other of estate.resources.values()) {
    if (stack !== undefined && !other.resource.urn.startsWith(`${stack}::`)) continue;
    const { at } = named(arnOf(other) ?? '');
    if (/^\d{12}$/.test(at.account) && at.region !== '') return at;
  }
  return undefined;
}

/** The Region that is lost, when one is. */
export const lostRegion = (hand: Hand): string | undefined => (hand.lost?.kind === 'region-loss' ? hand.lost.region : undefined);
