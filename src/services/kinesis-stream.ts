/** Kinesis data streams and Firehose delivery streams: records live in one Region and are never copied by the service. */
import type { Known } from '../model/known.ts';
import { known, map } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import { startsEmpty } from './sqs-queue.ts';

export const KINESIS_STREAM = 'aws:kinesis/stream:Stream';
export const FIREHOSE = 'aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream';
const HOUR = 3600;

export interface StreamFacts extends Identity {
  /** Seconds for which records can be read again. */
  readonly retention: Known<number>;
  readonly key: Known<string | undefined>;
  /** The stream that a delivery stream reads. */
  readonly source: Known<string | undefined>;
}

export const kinesisStream = service<StreamFacts>({
  id: 'kinesis-stream',
  title: 'Kinesis stream',
  kind: 'queue',
  types: [KINESIS_STREAM, FIREHOSE],
  parts: [
    { type: 'aws:kinesis/streamConsumer:StreamConsumer', of: 'streamArn' },
    { type: 'aws:kinesis/resourcePolicy:ResourcePolicy', of: 'resourceArn' },
  ],
  declare(props, view) {
    const firehose = props.type === FIREHOSE;
    return {
      ...identityOf(props),
      // Streams keep 24 hours by default; Firehose retries a failing delivery for at most 24 hours (Firehose developer guide).
      retention: firehose
        ? known(24 * HOUR, { resource: props.id })
        : map(props.number('retentionPeriod', 24), (hours) => hours * HOUR),
      key: keyReference(props, firehose ? 'serverSideEncryption.keyArn' : 'kmsKeyId', view),
      source: firehose ? view.target(props, 'kinesisSourceConfiguration.kinesisStreamArn', [KINESIS_STREAM]) : known(undefined),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'queue',
      placement: regional,
      under: regionalImpacts(true),
      protections: [startsEmpty(facts.id, facts.retention, 'kinesis-starts-empty')],
      links: [...linkTo(facts.key, 'key', 'kmsKeyId'), ...linkTo(facts.source, 'trigger', 'kinesisSourceConfiguration')],
    });
  },
});
