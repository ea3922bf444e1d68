/** What AWS refuses, as the SDK's typed errors: codes, statuses and members survive the wire in every protocol. */
import { BackupClient, DescribeBackupVaultCommand } from '@aws-sdk/client-backup';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { AllocateAddressCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DBInstanceNotFoundFault, DeleteDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetBucketVersioningCommand, GetObjectCommand, HeadBucketCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { requestHandler } from '../../../src/simulator/wire/request-handler.ts';
import { NoAnswer } from '../../../src/simulator/world/invoke.ts';
import { addKey } from '../../../src/simulator/world/keys.ts';
import { echo, service, settings, worldOf } from './support.ts';

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

async function thrown(work: Promise<unknown>): Promise<SdkError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

/** A client of one service whose every listed operation throws. */
const failing = (client: string, operation: string, error: Error) =>
  settings(
    requestHandler(
      worldOf([
        service(client, {
          [operation]: () => {
            throw error;
          },
        }),
      ]),
    ),
  );

describe('errors that a service models', () => {
  it('awsQuery: the code of the wire becomes the fault of the model', async () => {
    const fault = new ServiceFault('DBInstanceNotFound', 'DBInstance orders <not> found');
    const client = new RDSClient(failing('rds', 'DeleteDBInstance', fault));
    const error = await thrown(client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders' })));
    expect(error).toBeInstanceOf(DBInstanceNotFoundFault);
    expect(error.message).toBe('DBInstance orders <not> found');
    expect(error.$metadata?.httpStatusCode).toBe(404);
    expect(error.$metadata?.requestId).toMatch(/^[0-9a-f]{8}-/);
  });

  it('awsJson, with members', async () => {
    const reasons = [{ Code: 'ConditionalCheckFailed', Message: 'no' }];
    const fault = new ServiceFault('TransactionCanceledException', 'cancelled', 400, { CancellationReasons: reasons });
    const client = new DynamoDBClient(failing('dynamodb', 'TransactWriteItems', fault));
    const error = await thrown(client.send(new TransactWriteItemsCommand({ TransactItems: [] })));
    expect(error).toMatchObject({ name: 'TransactionCanceledException', message: 'cancelled', CancellationReasons: reasons });
  });

  it('awsJson', async () => {
    const client = new DynamoDBClient(failing('dynamodb', 'DescribeTable', new ServiceFault('ResourceNotFoundException', 'no')));
    const error = await thrown(client.send(new DescribeTableCommand({ TableName: 'orders' })));
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error.$metadata?.httpStatusCode).toBe(400);
  });

  it.each(['AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist'])('awsQueryCompatible: %s', async (code) => {
    const client = new SQSClient(failing('sqs', 'GetQueueUrl', new ServiceFault(code, 'no such queue')));
    const error = await thrown(client.send(new GetQueueUrlCommand({ QueueName: 'orders' })));
    expect(error).toBeInstanceOf(QueueDoesNotExist);
    expect(error).toMatchObject({ Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' });
  });

  it('restJson1', async () => {
    const fault = new ServiceFault('ResourceNotFoundException', 'no vault', 400, { Context: 'here' });
    const client = new BackupClient(failing('backup', 'DescribeBackupVault', fault));
    const error = await thrown(client.send(new DescribeBackupVaultCommand({ BackupVaultName: 'vault' })));
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', Context: 'here', message: 'no vault' });
  });

  it('restXml', async () => {
    const client = new Route53Client(failing('route-53', 'GetHostedZone', new ServiceFault('NoSuchHostedZone', 'no', 404)));
    const error = await thrown(client.send(new GetHostedZoneCommand({ Id: 'Z1' })));
    expect(error).toMatchObject({ name: 'NoSuchHostedZone', $metadata: { httpStatusCode: 404 } });
  });

  it('S3, with and without a body', async () => {
    const key = new S3Client(failing('s3', 'GetObject', new ServiceFault('NoSuchKey', 'no', 404, { Key: 'a/b' })));
    const error = await thrown(key.send(new GetObjectCommand({ Bucket: 'a-bucket', Key: 'a/b' })));
    expect(error).toBeInstanceOf(NoSuchKey);
    expect(error).toMatchObject({ Key: 'a/b', $metadata: { httpStatusCode: 404 } });
    const head = new S3Client(failing('s3', 'HeadBucket', new ServiceFault('NoSuchBucket', 'no', 404)));
    expect(await thrown(head.send(new HeadBucketCommand({ Bucket: 'a-bucket' })))).toMatchObject({ name: 'NotFound' });
  });

  it('ec2Query', async () => {
    const client = new EC2Client(failing('ec2', 'DescribeVolumes', new ServiceFault('InvalidVolume.NotFound', 'no')));
    const error = await thrown(client.send(new DescribeVolumesCommand({ VolumeIds: ['vol-1'] })));
    expect(error).toMatchObject({ name: 'InvalidVolume.NotFound', message: 'no', $metadata: { httpStatusCode: 400 } });
  });
});

describe('errors that every service has', () => {
  const denied = new ServiceFault('AccessDeniedException', 'not authorized', 403);
  const slow = new ServiceFault('ThrottlingException', 'Rate exceeded');
  it.each([
    ['rds', () => new RDSClient(failing('rds', 'DeleteDBInstance', denied)), 'AccessDenied', 403],
    ['rds', () => new RDSClient(failing('rds', 'DeleteDBInstance', slow)), 'Throttling', 400],
  ] as const)('%s %#', async (_, client, name, status) => {
    const error = await thrown(client().send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders' })));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it.each([
    [denied, 'UnauthorizedOperation', 403],
    [slow, 'RequestLimitExceeded', 503],
    [new ServiceFault('ServiceUnavailable', 'gone', 503), 'Unavailable', 503],
  ] as const)('EC2 has its own spellings %#', async (fault, name, status) => {
    const client = new EC2Client(failing('ec2', 'DescribeVolumes', fault));
    expect(await thrown(client.send(new DescribeVolumesCommand({})))).toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
  });

  it('S3 has its own spellings', async () => {
    const client = new S3Client(failing('s3', 'GetBucketVersioning', slow));
    const error = await thrown(client.send(new GetBucketVersioningCommand({ Bucket: 'a-bucket' })));
    expect(error).toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  });

  it('an operation that nobody simulates', async () => {
    const handler = requestHandler(worldOf([service('cloudwatch', {}), service('ec2', {})]));
    const cloudwatch = new CloudWatchClient(settings(handler));
    expect(await thrown(cloudwatch.send(new DescribeAlarmsCommand({})))).toMatchObject({ name: 'UnknownOperationException' });
    const ec2 = new EC2Client(settings(handler));
    expect(await thrown(ec2.send(new AllocateAddressCommand({})))).toMatchObject({ name: 'InvalidAction' });
    const rds = new RDSClient(settings(handler));
    const stranger = await thrown(rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders' })));
    expect(stranger).toMatchObject({ name: 'InvalidAction' });
  });
});

describe('who calls', () => {
  const nobody = { credentials: { accessKeyId: 'nobody', secretAccessKey: 'x' } };
  it.each([
    [
      'rds',
      'InvalidClientTokenId',
      403,
      (s: object) => new RDSClient(s).send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'a' })),
    ],
    [
      'dynamodb',
      'UnrecognizedClientException',
      400,
      (s: object) => new DynamoDBClient(s).send(new DescribeTableCommand({ TableName: 'abc' })),
    ],
    ['ec2', 'AuthFailure', 401, (s: object) => new EC2Client(s).send(new DescribeVolumesCommand({}))],
    ['s3', 'InvalidAccessKeyId', 403, (s: object) => new S3Client(s).send(new GetBucketVersioningCommand({ Bucket: 'abc' }))],
  ] as const)('%s: an unknown key is %s', async (client, name, status, call) => {
    const { service: all } = await echo(client);
    const error = await thrown(call({ ...settings(requestHandler(worldOf([all]))), ...nobody }));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it('temporary keys need their token and end', async () => {
    const { service: all } = await echo('dynamodb');
    const aws = worldOf([all]);
    const principal = {
      arn: 'arn:aws:sts::999988887777:assumed-role/reader/s',
      policy: [{ Effect: 'Allow', Action: 'dynamodb:Describe*' }],
    } as const;
    addKey(aws.world, {
      id: 'ASIA1',
      secret: 's',
      account: '999988887777',
      principal,
      token: 'token',
      expires: aws.world.clock.now() + 60_000,
    });
    const send = (sessionToken: string) =>
      new DynamoDBClient({
        ...settings(requestHandler(aws)),
        credentials: { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken },
      }).send(new DescribeTableCommand({ TableName: 'orders' }));
    await expect(send('token')).resolves.toBeDefined();
    expect(await thrown(send('other'))).toMatchObject({ name: 'UnrecognizedClientException' });
    aws.world.clock.advance(60_000);
    expect(await thrown(send('token'))).toMatchObject({ name: 'ExpiredTokenException' });
  });

  it('account, Region and principal are those of the signature', async () => {
    const seen: unknown[] = [];
    const aws = worldOf([
      service('dynamodb', {
        DescribeTable: (_input: object, { account, region }: { account: string; region: string }) => {
          seen.push({ account, region });
          return {};
        },
      }),
    ]);
    const principal = { arn: 'arn:aws:iam::999988887777:user/reader', policy: [] };
    addKey(aws.world, { id: 'AKIA2', secret: 's', account: '999988887777', principal });
    const client = (more: object) => new DynamoDBClient({ ...settings(requestHandler(aws)), ...more });
    await client({ region: 'ap-southeast-2' }).send(new DescribeTableCommand({ TableName: 'orders' }));
    expect(seen).toEqual([{ account: '111122223333', region: 'ap-southeast-2' }]);
    const denied = client({ credentials: { accessKeyId: 'AKIA2', secretAccessKey: 's' } });
    const error = await thrown(denied.send(new DescribeTableCommand({ TableName: 'orders' })));
    expect(error).toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('user/reader') });
  });
});

describe('inputs', () => {
  const unchecked = <T>(input: object): T => input as T;
  it.each([
    ['rds', 'MissingParameter', (s: object) => new RDSClient(s).send(new DeleteDBInstanceCommand(unchecked({})))],
    ['dynamodb', 'ValidationException', (s: object) => new DynamoDBClient(s).send(new DescribeTableCommand(unchecked({})))],
    [
      'dynamodb',
      'ValidationException',
      (s: object) =>
        new DynamoDBClient(s).send(new TransactWriteItemsCommand(unchecked({ TransactItems: [{ Put: { Item: {} } }] }))),
    ],
    [
      'dynamodb',
      'SerializationException',
      (s: object) => new DynamoDBClient(s).send(new DescribeTableCommand(unchecked({ TableName: { a: 1 } }))),
    ],
  ] as const)('%s %#: %s', async (client, name, call) => {
    const { service: all } = await echo(client);
    const error = await thrown(call(settings(requestHandler(worldOf([all])))));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe('no answer', () => {
  it.each([
    ['refused', { code: 'ECONNREFUSED' }],
    ['timeout', { name: 'TimeoutError' }],
  ] as const)('%s', async (kind, expected) => {
    const client = new RDSClient(failing('rds', 'DeleteDBInstance', new NoAnswer(kind, 'nobody is there')));
    const error = await thrown(client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders' })));
    expect(error).toMatchObject(expected);
    expect(error.$metadata?.httpStatusCode).toBeUndefined();
  });
});
