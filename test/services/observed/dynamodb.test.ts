import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { scalableTargets } from '../../../src/services/observed/application-auto-scaling.ts';
import { dynamodbGlobalTables, dynamodbTables } from '../../../src/services/observed/dynamodb.ts';
import { applicationAutoScaling } from '../../../src/simulator/services/application-auto-scaling.ts';
import { dynamodb } from '../../../src/simulator/services/dynamodb.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const SERVICES = [dynamodb, applicationAutoScaling, kms];

async function tables(...names: readonly string[]) {
  const aws = freshAws(SERVICES);
  const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
  const call = (operation: string, input: object) => invoke(aws, 'dynamodb', operation, input, caller);
  for (const TableName of names) {
    await call('CreateTable', {
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
      SSESpecification: { Enabled: true },
      Tags: Array.from({ length: 12 }, (_, i) => ({ Key: `k${i}`, Value: `v${i}` })),
    });
  }
  aws.world.clock.advance(60_000);
  return { aws, call };
}

describe('tables', () => {
  it('take three calls each, and say what the provider would have in state', async () => {
    const { aws } = await tables('orders');
    const reader = readerOf(aws);
    const [table] = await scanned(dynamodbTables, reader);
    expect(table).toMatchObject({
      id: 'orders',
      arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`,
      properties: {
        billingMode: 'PROVISIONED',
        readCapacity: 1,
        writeCapacity: 2,
        deletionProtectionEnabled: false,
        pointInTimeRecovery: { enabled: false },
      },
    });
    // AWS's own key is no key of the table's.
    expect(table?.properties.serverSideEncryption).toEqual({ enabled: true });
    expect(table?.tags).toMatchObject({ k0: 'v0', k11: 'v11' });
    expect(reader.asked.filter((a) => a.startsWith('dynamodb:') && !a.endsWith('ListTagsOfResource'))).toEqual([
      'dynamodb:ListTables',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeContinuousBackups',
    ]);
  });

  it('of another Region are described there when they are replicas', async () => {
    const { aws, call } = await tables('orders');
    await call('UpdateTable', { TableName: 'orders', ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] });
    aws.world.clock.advance(600_000);
    const [, replica] = await scanned(dynamodbTables, readerOf(aws));
    expect(replica).toMatchObject({
      id: 'orders:us-east-1',
      region: 'eu-west-1',
      properties: { pointInTimeRecovery: false, deletionProtectionEnabled: false },
    });
    aws.world.inject({ kind: 'call', action: 'dynamodb:DescribeContinuousBackups', how: 'denied', region: 'eu-west-1' });
    const [, dark] = await scanned(dynamodbTables, readerOf(aws));
    expect(dark?.properties.pointInTimeRecovery).toBeInstanceOf(Hole);
  });

  it('keep what was read when one description is refused', async () => {
    const { aws } = await tables('a', 'b');
    aws.world.inject({ kind: 'call', action: 'dynamodb:DescribeTable', how: 'denied' });
    const seen = await scanned(dynamodbTables, readerOf(aws));
    expect(seen.map((t) => t.id)).toEqual(['a', 'b']);
    for (const { properties } of seen) {
      for (const property of ['replicas', 'pointInTimeRecovery', 'deletionProtectionEnabled'])
        expect(properties[property]).toBeInstanceOf(Hole);
    }
  });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  it.each(recordings('dynamodb').map((r) => [r.name, r] as const))('%s', async (_, recording) => {
    for (const table of await readRecording(dynamodbTables, recording)) {
      expect(table.properties).toMatchObject({ name: table.id, hashKey: expect.any(String), billingMode: expect.any(String) });
    }
  });

  it('examples of the manual', async () => {
    expect(await readRecording(dynamodbTables, examples('dynamodb'))).not.toEqual([]);
    for (const global of await readRecording(dynamodbGlobalTables, examples('dynamodb')))
      expect(global.properties.replicas).toEqual(expect.any(Array));
    const targets = await readRecording(scalableTargets, examples('application-autoscaling'));
    expect(targets[0]?.properties).toMatchObject({ minCapacity: expect.any(Number), scalableDimension: expect.any(String) });
  });
});
