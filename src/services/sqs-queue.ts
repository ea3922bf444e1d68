/** SQS queues: messages live in one Region and are never copied by the service; a topic can deliver them twice. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, collect, fold, is, known, map, unknown } from '../model/known.ts';
import type { Meaning, Protection } from '../model/protection.ts';
import { fixed, row, timeUnknown } from '../model/protection.ts';
import { formatDuration } from '../model/quantity.ts';
import { Hole } from '../model/value.ts';
import { inOtherRegion } from './apart.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service } from './service.ts';
import { SNS_TOPIC, SUBSCRIPTION } from './sns-topic.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export const SQS_QUEUE = 'aws:sqs/queue:Queue';
const REDRIVE = 'aws:sqs/redrivePolicy:RedrivePolicy';

export interface QueueFacts extends Identity {
  /** Seconds after which an unread message is gone. */
  readonly retention: Known<number>;
  /** Messages that fail again and again are put aside instead of lost. */
  readonly deadLetters: Truth;
  readonly key: Known<string | undefined>;
  /** Queues elsewhere to which a topic delivers whatever it delivers here. */
  readonly fannedOutTo: Known<readonly FanOut[]>;
}

export interface FanOut {
  readonly id: string;
  readonly name: string;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
}

export const sqsQueue = service<QueueFacts>({
  id: 'sqs-queue',
  title: 'SQS queue',
  kind: 'queue',
  types: [SQS_QUEUE],
  parts: [
    { type: REDRIVE, of: 'queueUrl' },
    { type: 'aws:sqs/queuePolicy:QueuePolicy', of: 'queueUrl' },
    { type: 'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy', of: 'queueUrl' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      // Provider default: 4 days.
      retention: props.number('messageRetentionSeconds', 345_600),
      deadLetters: andThen(only(view.attached(props.id, REDRIVE, 'queueUrl')), (part) =>
        part === undefined ? redrives(props) : known(true, { resource: part.id }),
      ),
      key: keyReference(props, 'kmsMasterKeyId', view),
      fannedOutTo: fanOut(props, view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'queue',
      placement: regional,
      under: { ...regionalImpacts(true), data: lost('its messages can be purged or spoiled') },
      protections: [startsEmpty(facts.id, facts.retention, 'sqs-starts-empty'), ...deliveredElsewhere(facts)],
      links: linkTo(facts.key, 'key', 'kmsMasterKeyId'),
    });
  },
});

/**
 * A topic may deliver to queues of other Regions (https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html). Another
 * queue has every message only when each topic that feeds this one delivers to it too. A dead-letter queue holds nothing that its
 * source queues were not given, so it is as safe as they are together.
 */
function fanOut(queue: Props, view: View): Known<readonly FanOut[]> {
  const sources = deadLetterSources(view).get(queue.id) ?? [];
  const own = topicCopies(queue, view);
  if (sources.length === 0) return map(own, inEach);
  // What a source was given by no topic has no copy anywhere.
  const theirs = sources.map((source) => map(topicCopies(source, view), (lists) => (lists.length === 0 ? [[]] : lists)));
  return map(collect([own, ...theirs]), (perQueue) => inEach(perQueue.flat()));
}

/** Of several lists what is in each of them; nothing of none. */
const inEach = ([first = [], ...others]: readonly (readonly FanOut[])[]): readonly FanOut[] =>
  first.filter((queue) => others.every((list) => list.some((other) => other.id === queue.id)));

/** A policy made from another resource is there, whatever it will say. */
function redrives(props: Props): Truth {
  const policy = props.raw('redrivePolicy');
  if (policy instanceof Hole && policy.mentions.length > 0) return known(true, props.origin('redrivePolicy'));
  return is(props.text('redrivePolicy'), (json) => json !== undefined && json !== '');
}

/** Queues by the dead-letter queue that their redrive policy names; once per view, since every queue asks. */
function deadLetterSources(view: View): ReadonlyMap<string, readonly Props[]> {
  const made = sourcesByView.get(view);
  if (made !== undefined) return made;
  const sources = new Map<string, Props[]>();
  for (const source of view.all(SQS_QUEUE)) {
    for (const props of [source, ...view.attached(source.id, REDRIVE, 'queueUrl').found]) {
      const target = deadLetterTarget(props, view);
      if (target !== undefined && target !== source.id) sources.set(target, [...(sources.get(target) ?? []), source]);
    }
  }
  sourcesByView.set(view, sources);
  return sources;
}

const sourcesByView = new WeakMap<View, ReadonlyMap<string, readonly Props[]>>();

function deadLetterTarget(props: Props, view: View): string | undefined {
  const policy = props.raw('redrivePolicy');
  if (policy instanceof Hole) return policy.mentions.find((m) => view.get(m.urn)?.type === SQS_QUEUE)?.urn;
  const arn = typeof policy === 'string' ? /"deadLetterTargetArn"\s*:\s*"([^"]+)"/.exec(policy)?.[1] : undefined;
  if (arn === undefined) return undefined;
  return fold<string, string | undefined>(
    view.named(known(arn), props, [SQS_QUEUE]),
    (urn) => urn,
    () => undefined,
  );
}

/** For each topic that feeds the queue, the other queues that it delivers to. */
function topicCopies(queue: Props, view: View): Known<readonly (readonly FanOut[])[]> {
  const incoming = view.attached(queue.id, SUBSCRIPTION, 'endpoint');
  const others = incoming.found.map((subscription) =>
    andThen(view.target(subscription, 'topic', [SNS_TOPIC]), (topic): Known<readonly FanOut[]> => {
      if (topic === undefined) return known([]);
      const outgoing = view.attached(topic, SUBSCRIPTION, 'topic').found.filter((s) => s.id !== subscription.id);
      return map(collect(outgoing.map((s) => otherQueue(s, queue, view))), (queues) => queues.flat());
    }),
  );
  const doubt = incoming.found.length === 0 ? incoming.doubts[0] : undefined;
  return doubt ?? collect(others);
}

function otherQueue(subscription: Props, queue: Props, view: View): Known<readonly FanOut[]> {
  return andThen(subscription.text('protocol'), (protocol): Known<readonly FanOut[]> => {
    if (protocol !== 'sqs') return known([]);
    return map(view.target(subscription, 'endpoint', [SQS_QUEUE]), (urn) => {
      const other = urn === undefined ? undefined : view.get(urn);
      return other === undefined || other.id === queue.id
        ? []
        : [{ id: other.id, name: other.name, region: other.region, otherRegion: inOtherRegion(other, queue) }];
    });
  });
}

function deliveredElsewhere(facts: QueueFacts): readonly Protection[] {
  const base = {
    mechanism: 'sns-fan-out',
    scopes: ['region'],
    automation: 'always-on',
    time: fixed(0, 'the other queue has the messages already'),
    point: row('sns-cross-region-delivery'),
    calls: [],
    action: undefined,
  } as const;
  return fold<readonly FanOut[], readonly Protection[]>(
    facts.fannedOutTo,
    (queues) =>
      queues.map((queue) => ({
        ...base,
        armed: queue.otherRegion,
        successors: known([queue.id]),
        into: queue.region,
        says: `its topic delivers the same messages to ${queue.name}`,
      })),
    (why) => [{ ...base, armed: why, successors: why, into: why, says: 'a topic may deliver the same messages elsewhere' }],
  );
}

/** After a purge the queue or stream works at once, without what it held: at worst everything of its retention. */
export function startsEmpty(id: string, retention: Known<number>, mechanism: string): Meaning['protections'][number] {
  return {
    mechanism,
    scopes: ['data'],
    automation: 'always-on',
    armed: map(retention, () => true),
    successors: known([id]),
    into: undefined,
    time: fixed(0, 'it takes new messages at once'),
    point: timeUnknown(
      unknown(
        'not-reported',
        `what was not yet read is lost, and how old it is${fold(
          retention,
          (s) => ` (at most ${formatDuration(s)})`,
          () => '',
        )} is not in the code`,
        { resource: id },
      ),
    ),
    calls: [],
    action: undefined,
    says: 'nothing brings messages back, but it goes on with new ones',
  };
}
