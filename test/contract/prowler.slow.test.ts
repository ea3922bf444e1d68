/** Prowler 5.46 scans simulated AWS over HTTP: a large program that nobody of us wrote reads five services and reports on them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshAws } from '../../src/simulator/fresh.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke } from '../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import { runWith, tools } from './python.ts';

const prowler = tools('prowler', ['prowler==5.46.0']);
const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const SERVICES = ['rds', 's3', 'dynamodb', 'backup', 'route53'];

/** One of each thing, so that there is something to report on. */
const THINGS: readonly (readonly [client: string, operation: string, input: object])[] = [
  ['s3', 'CreateBucket', { Bucket: 'holdfast-orders' }],
  [
    'rds',
    'CreateDBInstance',
    {
      DBInstanceIdentifier: 'orders',
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'postgres',
      EngineVersion: '16.4',
      AllocatedStorage: 20,
      MasterUsername: 'holdfast',
      MasterUserPassword: 'not-a-secret',
      MultiAZ: true,
      BackupRetentionPeriod: 7,
    },
  ],
  [
    'dynamodb',
    'CreateTable',
    {
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
  ],
  ['backup', 'CreateBackupVault', { BackupVaultName: 'orders' }],
  ['route-53', 'CreateHostedZone', { Name: 'example.com', CallerReference: 'once' }],
];

/** Complaints that say nothing about the wire. */
const EXPECTED: readonly (readonly [complaint: RegExp, why: string])[] = [
  [/simulated AWS does not know (AmazonDAXV3|Route53Domains_v20140515)\./, 'nobody simulates DAX and the registrar'],
  [/Could not connect to the endpoint URL.*\/v20180820\//, 'S3 Control puts the account before the host: 123456789012.127.0.0.1'],
];

let folder: string;
let door: HttpDoor;
const mistakes: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-prowler-'));
  const aws = freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  addAdministratorKey(aws.world, 'test', 'test', ACCOUNT);
  const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
  for (const [client, operation, input] of THINGS) await invoke(aws, client, operation, input, caller);
  aws.world.clock.advance(3600_000);
  door = await openHttpDoor(aws, { port: 0, host: '127.0.0.1', clock: false, onMistake: (error) => mistakes.push(error) });
});

afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!prowler.installed)('Prowler', () => {
  it('scans rds, s3, dynamodb, backup and route53 without a protocol error', async () => {
    if (!prowler.installed) return;
    const output = [
      '--output-formats',
      'csv',
      '--output-directory',
      folder,
      '--output-filename',
      'scan',
      '--no-banner',
      '--no-color',
    ];
    const log = ['--log-level', 'ERROR', '--log-file', join(folder, 'log.json')];
    const args = ['aws', '--services', ...SERVICES, '--region', REGION, '--ignore-exit-code-3', ...output, ...log];
    const { code, err } = await runWith(`${prowler.bin}/prowler`, args, door.url, '', folder);
    expect({ code, err: err.includes('Traceback') }).toEqual({ code: 0, err: false });
    expect(mistakes).toEqual([]);
    // One line each, in what would be JSON if quotes were escaped.
    const complaints = readFileSync(join(folder, 'log.json'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(complaints.filter((line) => !EXPECTED.some(([complaint]) => complaint.test(line)))).toEqual([]);
    const findings = readFileSync(join(folder, 'scan.csv'), 'utf8');
    for (const service of SERVICES) expect(findings, service).toContain(`;${service};`);
  });
});
