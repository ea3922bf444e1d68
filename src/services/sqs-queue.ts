/** SQS queues: messages live in one Region and are never copied by the service. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, fold, is, known, map, unknown } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { fixed, timeUnknown } from '../model/protection.ts';
import { formatDuration } from '../model/quantity.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service } from './service.ts';
import { only } from './view.ts';

export const SQS_QUEUE = 'aws:sqs/queue:Queue';
const REDRIVE = 'aws:sqs/redrivePolicy:RedrivePolicy';

export interface QueueFacts extends Identity {
  /** Seconds after which an unread message is gone. */
  readonly retention: Known<number>;
  /** Messages that fail again and again are put aside instead of lost. */
  readonly deadLetters: Truth;
  readonly key: Known<string | undefined>;
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
        part === undefined
          ? is(props.text('redrivePolicy'), (json) => json !== undefined && json !== '')
          : known(true, { resource: part.id }),
      ),
      key: keyReference(props, 'kmsMasterKeyId', view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'queue',
      placement: regional,
      under: { ...regionalImpacts(true), data: lost('its messages can be purged or spoiled') },
      protections: [startsEmpty(facts.id, facts.retention, 'sqs-starts-empty')],
      links: linkTo(facts.key, 'key', 'kmsMasterKeyId'),
    });
  },
});

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
