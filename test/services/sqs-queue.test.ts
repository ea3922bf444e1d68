import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { SQS_QUEUE, sqsQueue } from '../../src/services/sqs-queue.ts';
import { answer, declared, estate, factsOf, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

describe('a queue', () => {
  it('is lost with its Region and nothing brings its messages back', () => {
    const queue = declared(SQS_QUEUE, 'q');
    const m = meaningOf(sqsQueue, estate(queue), queue);
    expect([impact(m, 'az'), impact(m, 'region'), impact(m, 'data')]).toEqual(['unaffected', 'lost', 'lost']);
    expect(m.protections.some((p) => p.scopes.includes('region'))).toBe(false);
  });

  it.each<[string, Values, unknown]>([
    [
      'four days by default',
      {},
      { kind: 'unknown', why: { reason: 'not-reported', detail: expect.stringContaining('at most 4d') } },
    ],
    [
      'as set',
      { messageRetentionSeconds: 1_209_600 },
      { kind: 'unknown', why: { reason: 'not-reported', detail: expect.stringContaining('at most 14d') } },
    ],
    ['unknown', { messageRetentionSeconds: hole }, { kind: 'unknown' }],
  ])('loses at most its retention: %s', (_, inputs, point) => {
    const queue = declared(SQS_QUEUE, 'q', inputs);
    expect(protection(meaningOf(sqsQueue, estate(queue), queue), 'sqs-starts-empty', 'data')?.point).toMatchObject(
      point as object,
    );
  });

  it.each<[string, Values, boolean, string]>([
    ['none', {}, false, 'no'],
    ['inline', { redrivePolicy: '{"deadLetterTargetArn":"arn"}' }, false, 'yes'],
    ['inline, not known yet', { redrivePolicy: hole }, false, 'unknown'],
    ['beside it', {}, true, 'yes'],
  ])('dead letters: %s', (_, inputs, beside, expected) => {
    const queue = declared(SQS_QUEUE, 'q', inputs);
    const part = declared('aws:sqs/redrivePolicy:RedrivePolicy', 'r', { queueUrl: ref(queue), redrivePolicy: '{}' });
    expect(answer(factsOf(sqsQueue, estate(queue, ...(beside ? [part] : [])), queue).deadLetters)).toBe(expected);
  });
});
