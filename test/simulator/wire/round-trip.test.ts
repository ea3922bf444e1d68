/** One client of each protocol, both ways, on shapes that stress it; every operation of all clients is in round-trip.slow.test.ts. */
import { describe, expect, it } from 'vitest';
import { requestHandler } from '../../../src/simulator/wire/request-handler.ts';
import { random } from '../../../src/simulator/world/random.ts';
import { echo, plain, sampleOf, sdk, settings, worldOf } from './support.ts';

describe('request and reply', () => {
  it.each([
    ['awsJson1_0 with its query error codes', 'sqs', ['CreateQueue', 'GetQueueAttributes', 'ListQueues']],
    ['awsJson1_1', 'kms', ['CreateKey', 'Encrypt', 'DescribeKey']],
    ['restJson1', 'backup', ['CreateBackupPlan', 'ListRecoveryPointsByBackupVault', 'DeleteBackupPlan', 'ListTags']],
    ['restXml', 'route-53', ['ChangeResourceRecordSets', 'ListResourceRecordSets', 'GetHealthCheckStatus']],
    [
      'restXml of S3',
      's3',
      ['PutBucketReplication', 'ListObjectsV2', 'PutObject', 'GetBucketLocation', 'CopyObject', 'UploadPart'],
    ],
    ['awsQuery', 'rds', ['DescribeDBInstances', 'CreateDBInstance', 'FailoverGlobalCluster']],
  ])('%s', async (_, name, operations) => {
    const module = await sdk(name);
    const service = await echo(name);
    const client = new module.client(settings(requestHandler(worldOf([service.service]))));
    const { next } = random(5);
    for (const operation of module.operations.filter((one) => operations.includes(one.name))) {
      const Command = module.command(operation.name);
      const input = sampleOf(operation.input, next) as object;
      service.output = sampleOf(operation.output, next) as object;
      const reply = Command === undefined ? undefined : await client.send(new Command(structuredClone(input)));
      expect(await plain(service.got)).toEqual(await plain({ operation: operation.name, input }));
      expect(await plain(reply)).toEqual(await plain(service.output));
    }
  });

  it('nothing at all: empty inputs and empty replies', async () => {
    const module = await sdk('rds');
    const service = await echo('rds');
    const client = new module.client(settings(requestHandler(worldOf([service.service]))));
    const Command = module.command('DescribeDBInstances');
    const reply = Command === undefined ? undefined : await client.send(new Command({}));
    expect(service.got).toEqual({ operation: 'DescribeDBInstances', input: {} });
    expect(await plain(reply)).toEqual({});
  });

  it('empty lists are lists, where the protocol can say so', async () => {
    const module = await sdk('backup');
    const service = await echo('backup');
    service.output = { BackupPlansList: [] };
    const client = new module.client(settings(requestHandler(worldOf([service.service]))));
    const Command = module.command('ListBackupPlans');
    const reply = Command === undefined ? undefined : await client.send(new Command({}));
    expect(await plain(reply)).toEqual({ BackupPlansList: [] });
  });
});
