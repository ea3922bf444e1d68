import { it } from 'vitest';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { snsTopics } from '../../src/services/observed/sns.ts';
import { sqsQueues } from '../../src/services/observed/sqs.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { sns } from '../../src/simulator/services/sns.ts';
import { sqs } from '../../src/simulator/services/sqs.ts';
import { lawOfTwoSources } from './law.ts';
import { queueSets } from './sqs.ts';

it(
  'SQS queues and SNS topics mean the same, declared and observed',
  () => lawOfTwoSources(queueSets, [kms, sqs, sns], [kmsKeys, sqsQueues, snsTopics]),
  60_000,
);
