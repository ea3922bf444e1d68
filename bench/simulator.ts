/** Calls a second through the door in process: SDK client, bytes, simulated service and back, signatures and typed replies real. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { freshAws } from '../src/simulator/fresh.ts';
import { requestHandler } from '../src/simulator/wire/request-handler.ts';
import { addAdministratorKey } from '../src/simulator/world/keys.ts';
import type { Check } from './measure.ts';

const WARM_UP = 300;
const CALLS = 3000;

export async function benchSimulator(): Promise<readonly Check[]> {
  const aws = freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  addAdministratorKey(aws.world, 'test', 'test', '123456789012');
  const settings = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: requestHandler(aws),
  };
  const [rds, dynamodb, kms, ec2, route53, cloudwatch] = [
    new RDSClient(settings),
    new DynamoDBClient(settings),
    new KMSClient(settings),
    new EC2Client(settings),
    new Route53Client(settings),
    new CloudWatchClient(settings),
  ];
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'orders',
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'holdfast',
      MasterUserPassword: 'not-a-secret',
    }),
  );
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  await kms.send(new CreateKeyCommand({}));
  await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['awsQuery: rds DescribeDBInstances', () => rds.send(new DescribeDBInstancesCommand({}))],
    ['awsJson: dynamodb DescribeTable', () => dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }))],
    ['awsJson: kms ListKeys', () => kms.send(new ListKeysCommand({}))],
    ['ec2Query: ec2 DescribeVpcs', () => ec2.send(new DescribeVpcsCommand({}))],
    ['restXml: route-53 ListHostedZones', () => route53.send(new ListHostedZonesCommand({}))],
    ['awsJson: cloudwatch DescribeAlarms', () => cloudwatch.send(new DescribeAlarmsCommand({}))],
  ];
  let seconds = 0;
  for (const [what, call] of calls) {
    for (let i = 0; i < WARM_UP; i += 1) await call();
    const start = performance.now();
    for (let i = 0; i < CALLS; i += 1) await call();
    const took = (performance.now() - start) / 1000;
    seconds += took;
    console.log(`  ${what.padEnd(44)} ${(CALLS / took).toFixed(0).padStart(6)} calls/s`);
  }
  const rate = (CALLS * calls.length) / seconds;
  return [{ what: 'simulated AWS in process', value: rate, unit: 'calls/s', least: 1000 }];
}
