import { it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { lambdaScans } from '../../src/services/observed/lambda.ts';
import { sqsQueues } from '../../src/services/observed/sqs.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { lambda } from '../../src/simulator/services/lambda.ts';
import { sqs } from '../../src/simulator/services/sqs.ts';
import { functions } from './lambda.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'Lambda functions mean the same, declared and observed',
  () => lawOfTwoSources(functions, [ec2, lambda, sqs], [...ec2Scans, ...lambdaScans, sqsQueues]),
  30_000,
);
