import { expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { FIREHOSE, KINESIS_STREAM, kinesisStream } from '../../src/services/kinesis-stream.ts';
import { declared, estate, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

it.each<[string, Values, unknown]>([
  ['a day by default', {}, { kind: 'unknown', why: { reason: 'not-reported', detail: expect.stringContaining('at most 1d') } }],
  [
    'as set',
    { retentionPeriod: 168 },
    { kind: 'unknown', why: { reason: 'not-reported', detail: expect.stringContaining('at most 7d') } },
  ],
  ['unknown', { retentionPeriod: hole }, { kind: 'unknown' }],
])('a stream loses at most its retention: %s', (_, inputs, point) => {
  const stream = declared(KINESIS_STREAM, 's', inputs);
  const m = meaningOf(kinesisStream, estate(stream), stream);
  expect(protection(m, 'kinesis-starts-empty', 'data')?.point).toMatchObject(point as object);
  expect([impact(m, 'az'), impact(m, 'region')]).toEqual(['unaffected', 'lost']);
});

it('a delivery stream waits for the stream that it reads', () => {
  const stream = declared(KINESIS_STREAM, 's');
  const firehose = declared(FIREHOSE, 'f', { kinesisSourceConfiguration: { kinesisStreamArn: ref(stream, 'arn') } });
  expect(meaningOf(kinesisStream, estate(stream, firehose), firehose).links).toMatchObject([
    { to: { value: stream.urn }, carries: 'trigger' },
  ]);
});
