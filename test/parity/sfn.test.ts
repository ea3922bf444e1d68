import { it } from 'vitest';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { stateMachines } from '../../src/services/observed/sfn.ts';
import { sqsQueues } from '../../src/services/observed/sqs.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { sfn } from '../../src/simulator/services/sfn.ts';
import { sqs } from '../../src/simulator/services/sqs.ts';
import { lawOfTwoSources } from './law.ts';
import { machines } from './sfn.ts';

it(
  'state machines mean the same, declared and observed',
  () => lawOfTwoSources(machines, [sfn, sqs, kms], [stateMachines, sqsQueues, kmsKeys]),
  60_000,
);
