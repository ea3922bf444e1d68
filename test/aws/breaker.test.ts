import { describe, expect, it } from 'vitest';
import { breaker } from '../../src/aws/breaker.ts';
import { call } from '../../src/aws/call.ts';
import { type AwsFailure, failureOf } from '../../src/aws/failure.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

const TAGS = call<object, object>({ client: 'sqs', operation: 'ListQueueTags', action: 'sqs:ListQueueTags' });
const OTHER = call<object, object>({ client: 'sqs', operation: 'ListQueues', action: 'sqs:ListQueues' });
const AT = { account: '111122223333', region: 'eu-west-1' };
const failure = (name: string): AwsFailure => failureOf(Object.assign(new Error(name), { name }), TAGS, AT);
const slow = failure('ThrottlingException');

function after(...events: readonly (AwsFailure | 'answered')[]) {
  const clock = new VirtualClock(0);
  const circuit = breaker(clock);
  for (const event of events) {
    if (event === 'answered') circuit.answered(TAGS, AT);
    else circuit.failed(event);
  }
  return { clock, circuit };
}
const many = Array.from({ length: 60 }, () => slow);

describe('breaker', () => {
  it.each([
    ['a few failures', many.slice(1), false],
    ['many in a row', many, true],
    ['an answer among them', [...many.slice(30), 'answered' as const, ...many.slice(30)], false],
    ['a refusal among them', [...many.slice(30), failure('AccessDenied'), ...many.slice(30)], false],
  ])('%s', (_, events, open) => {
    const { circuit } = after(...events);
    const check = (): void => circuit.check(TAGS, AT);
    if (open) expect(check).toThrow('ThrottlingException');
    else expect(check).not.toThrow();
  });

  it('gives a failure that nobody retries, for this action in this place alone', () => {
    const { circuit } = after(...many);
    expect(() => circuit.check(TAGS, AT)).toThrow(expect.objectContaining({ kind: 'throttled', retryable: false }));
    expect(() => circuit.check(OTHER, AT)).not.toThrow();
    expect(() => circuit.check(TAGS, { ...AT, region: 'us-east-1' })).not.toThrow();
  });

  it('lets one call try after a pause, and all of them once it is answered', () => {
    const { clock, circuit } = after(...many);
    clock.advance(30_000);
    expect(() => circuit.check(TAGS, AT)).not.toThrow();
    expect(() => circuit.check(TAGS, AT)).toThrow();
    circuit.answered(TAGS, AT);
    expect(() => circuit.check(TAGS, AT)).not.toThrow();
  });
});
