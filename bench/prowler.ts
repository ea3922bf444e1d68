/** `holdfast check` beside Prowler, on the same moto: 50 buckets, 30 DB instances, 40 tables, backup and Route 53. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sdkTransport, type Transport } from '../src/aws/transport.ts';
import { tools } from '../test/contract/python.ts';
import { ACCOUNT, KEY, moto, openMoto } from '../test/witness/witnesses.ts';
import { type Check, ROOT, run } from './measure.ts';

const REGION = 'us-east-1';
const SERVICES = ['rds', 's3', 'dynamodb', 'backup', 'route53'];
const HOLDFAST = join(ROOT, 'dist/scripts/holdfast.js');

export async function benchProwler(): Promise<readonly Check[]> {
  const [emulator, prowler] = [moto(), tools('prowler', ['prowler==5.46.0'])];
  const missing = [emulator, prowler].find((t) => !t.installed);
  if (missing !== undefined || !emulator.installed || !prowler.installed) {
    console.log(`  left out: ${missing?.installed === false ? missing.why : 'not installed'}`);
    return [];
  }
  const door = await openMoto(emulator.bin);
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const env = {
    AWS_ENDPOINT_URL: door.url,
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  try {
    await fill(sdkTransport({ credentials: () => () => Promise.resolve(KEY), endpoint: door.url }));
    const out = join(scratch, 'check.json');
    const check = [
      'check',
      '--no-catalog',
      '--aws',
      door.url,
      '--regions',
      REGION,
      '--format',
      'json',
      '--out',
      out,
      '--fail-on',
      'never',
    ];
    // Moto loads a service when it is first asked for it: neither of the two shall wait for that.
    await run(process.execPath, [HOLDFAST, ...check, '--allow-unknown'], scratch, [0], env);
    const ours = await run(process.execPath, [HOLDFAST, ...check, '--allow-unknown'], scratch, [0], env);
    const { calls, resources } = observedIn(readFileSync(out, 'utf8'));
    const output = [
      '--output-formats',
      'csv',
      '--output-directory',
      scratch,
      '--output-filename',
      'scan',
      '--no-banner',
      '--no-color',
    ];
    const quiet = ['--ignore-exit-code-3', '--log-level', 'CRITICAL'];
    const scan = ['aws', '--services', ...SERVICES, '--region', REGION, ...quiet, ...output];
    const theirs = await run(`${prowler.bin}/prowler`, scan, scratch, [0], env);
    console.log(`  check    ${ours.toFixed(1)} s, ${calls} calls, ${resources} resources`);
    console.log(`  Prowler  ${theirs.toFixed(1)} s for ${SERVICES.join(', ')}`);
    return [
      { what: 'moto: calls of check', value: calls, unit: 'calls', limit: 450 },
      { what: 'moto: resources that check sees', value: resources, unit: 'resources', least: 50 + 30 + 40 },
      { what: 'moto: Prowler over check', value: theirs / ours, unit: '×', least: 10 },
    ];
  } finally {
    await door.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function observedIn(json: string): { readonly calls: number; readonly resources: number } {
  const printed = JSON.parse(json) as { readonly observed: { readonly calls: number; readonly resources: number } };
  return printed.observed;
}

async function fill(transport: Transport): Promise<void> {
  const at = { account: ACCOUNT, region: REGION };
  const each = async (count: number, work: (n: number) => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < count; n += 1) await work(n);
  };
  await each(50, (n) => transport.send('s3', 'CreateBucket', { Bucket: `bench-${n}` }, at));
  await each(30, (n) => {
    const master = { MasterUsername: 'holdfast', MasterUserPassword: 'not-a-secret' };
    const size = { DBInstanceClass: 'db.m6g.large', Engine: 'postgres', AllocatedStorage: 20, MultiAZ: n % 2 === 0 };
    return transport.send('rds', 'CreateDBInstance', { DBInstanceIdentifier: `bench-${n}`, ...master, ...size }, at);
  });
  await each(40, (n) => {
    const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
    const table = { TableName: `bench-${n}`, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema };
    return transport.send('dynamodb', 'CreateTable', table, at);
  });
  await transport.send('backup', 'CreateBackupVault', { BackupVaultName: 'bench' }, at);
  const rule = { RuleName: 'daily', TargetBackupVaultName: 'bench', ScheduleExpression: 'cron(0 3 * * ? *)' };
  await transport.send('backup', 'CreateBackupPlan', { BackupPlan: { BackupPlanName: 'bench', Rules: [rule] } }, at);
  const zone = await transport.send('route-53', 'CreateHostedZone', { Name: 'bench.example', CallerReference: 'bench' }, at);
  const { HostedZone } = zone as { readonly HostedZone?: { readonly Id?: string } };
  const Changes = Array.from({ length: 10 }, (_, n) => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name: `r${n}.bench.example`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '203.0.113.1' }] },
  }));
  await transport.send('route-53', 'ChangeResourceRecordSets', { HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }, at);
}
