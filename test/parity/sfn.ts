/** State machines of both types that call other resources of the program, with and without a key of their own. */
import fc from 'fast-check';
import { Hole } from '../../src/model/value.ts';
import { type Declaration, inputs, ref, urnOf } from './law.ts';

const QUEUE = 'aws:sqs/queue:Queue';
const KEY = 'aws:kms/key:Key';

const send = new Hole(
  'unresolved-at-preview',
  'a definition',
  [{ urn: urnOf(QUEUE, 'queue'), property: 'url' }],
  '{"StartAt":"send","States":{"send":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl":"${0}","MessageBody":"x"},"End":true}}}',
);

export const machines: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    type: fc.constantFrom(undefined, 'STANDARD', 'EXPRESS'),
    key: fc.boolean(),
    calls: fc.boolean(),
    tagged: fc.boolean(),
  })
  .map((v) => [
    { type: KEY, name: 'key', inputs: { description: 'machines' } },
    { type: QUEUE, name: 'queue', inputs: { name: 'orders' } },
    {
      type: 'aws:sfn/stateMachine:StateMachine',
      name: 'failover',
      inputs: inputs({
        name: 'failover',
        type: v.type,
        roleArn: 'arn:aws:iam::111122223333:role/failover',
        definition: v.calls ? send : '{"StartAt":"done","States":{"done":{"Type":"Succeed"}}}',
        encryptionConfiguration: v.key ? { kmsKeyId: ref(KEY, 'key', 'arn'), type: 'CUSTOMER_MANAGED_KMS_KEY' } : undefined,
        tags: v.tagged ? { service: 'shop' } : undefined,
      }),
    },
  ]);
