/**
 * Observes one simulated organisation and writes down what it took. Arguments: the number of accounts, and the file to write.
 * At operation level: what is measured is the port and the scans, not the wire.
 */
import { writeFileSync } from 'node:fs';
import { limiter, limitOf } from '../src/aws/limits.ts';
import { session } from '../src/aws/session.ts';
import type { Transport } from '../src/aws/transport.ts';
import { observe } from '../src/services/observed/observe.ts';
import { SCANS } from '../src/services/observed/registry.ts';
import { SIMULATED } from '../src/simulator/registry.ts';
import { administrator } from '../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../src/simulator/world/invoke.ts';
import { random } from '../src/simulator/world/random.ts';
import { throttle } from '../src/simulator/world/throttle.ts';
import { World } from '../src/simulator/world/world.ts';

export interface Outcome {
  readonly resources: number;
  readonly calls: number;
  readonly throttled: number;
  readonly gaps: number;
  /** Seconds of virtual time that observing took, and that the limits allow at best. */
  readonly virtual: number;
  readonly allowed: number;
  /** Which bucket decides that. */
  readonly narrowest: string;
  /** Seconds by the clock, and of the processor. */
  readonly real: number;
  readonly processor: number;
}

const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-southeast-2'];

/** What stands in every account and Region: 200 resources. */
const CONTENTS: readonly (readonly [
  count: number,
  client: string,
  operation: string,
  input: (i: number, region: string) => object,
])[] = [
  [1, 'ec2', 'CreateVpc', () => ({ CidrBlock: '10.0.0.0/16' })],
  [49, 'ec2', 'CreateVolume', (_, region) => ({ AvailabilityZone: `${region}a`, Size: 100 })],
  [30, 'kms', 'CreateKey', (i) => ({ Description: `key ${i}` })],
  [
    40,
    'dynamodb',
    'CreateTable',
    (i) => ({
      TableName: `orders-${i}`,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  ],
  [30, 'sqs', 'CreateQueue', (i) => ({ QueueName: `queue-${i}` })],
  [20, 'sns', 'CreateTopic', (i) => ({ Name: `topic-${i}` })],
  [
    30,
    'rds',
    'CreateDBInstance',
    (i) => ({
      DBInstanceIdentifier: `db-${i}`,
      DBInstanceClass: 'db.m6g.large',
      Engine: 'postgres',
      AllocatedStorage: 100,
      MultiAZ: i % 2 === 0,
      MasterUsername: 'holdfast',
      MasterUserPassword: 'not-a-secret',
    }),
  ],
];

async function organisation(accounts: readonly string[]): Promise<SimulatedAws> {
  const world = new World({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  for (const service of SIMULATED) service.begin?.(world);
  const services = new Map(SIMULATED.map((s) => [s.client, s]));
  const open = { world, services, throttle: undefined };
  for (const account of accounts)
    for (const region of REGIONS)
      for (const [count, client, operation, input] of CONTENTS)
        for (let i = 0; i < count; i++)
          await invoke(open, client, operation, input(i, region), { account, region, principal: administrator(account) });
  // Until everything is there.
  world.clock.advance(3600_000);
  return { ...open, throttle: throttle(limitOf) };
}

/** Seconds until AWS's own buckets would have let these calls through, however cleverly they are sent. */
function allowedFor(counts: ReadonlyMap<string, number>): { readonly seconds: number; readonly bucket: string } {
  let seconds = 0;
  let bucket = '';
  for (const [key, count] of counts) {
    const [, , action = ''] = key.split(' ');
    const limit = limitOf(action);
    const needed = Math.max(0, count - limit.capacity) / limit.refill;
    if (needed > seconds) {
      seconds = needed;
      bucket = `${count} calls of ${key}`;
    }
  }
  return { seconds, bucket };
}

const [count = '50', file = ''] = process.argv.slice(2);
const accounts = Array.from({ length: Number(count) }, (_, i) => String(100_000_000_000 + i));
const aws = await organisation(accounts);
const { clock } = aws.world;
/** Calls by account, Region and action; those of a pool under its first action's name. */
const counts = new Map<string, number>();
const transport: Transport = {
  async send(client, operation, input, { account, region }) {
    const service = aws.services.get(client);
    const action = service?.actions?.[operation] ?? `${service?.prefix}:${operation}`;
    const { pool } = limitOf(action);
    const key = `${account} ${region} ${pool === undefined ? action : `${action.split(':')[0]}:*`}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return invoke(aws, client, operation, input, { account, region, principal: administrator(account) });
  },
};
const dice = random(2);
const made = session({
  world: 'simulated',
  grade: 'read',
  transport,
  clock,
  random: () => dice.next(),
  limits: limiter(clock),
  allowed: SCANS.flatMap((s) => s.calls),
});
const begun = clock.now();
const start = performance.now();
const used = process.cpuUsage();
const seen = await clock.drive(
  observe({ session: made, clock, targets: accounts.map((account) => ({ account, regions: REGIONS })) }),
);
const real = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(used);
const { total, throttled } = made.tally();
const allowed = allowedFor(counts);
const outcome: Outcome = {
  resources: seen.resources.length,
  calls: total,
  throttled,
  gaps: seen.gaps.length + seen.holes.length,
  virtual: (clock.now() - begun) / 1000,
  allowed: allowed.seconds,
  narrowest: allowed.bucket,
  real,
  processor: (user + system) / 1e6,
};
if (file === '') console.log(outcome, seen.gaps.slice(0, 3), seen.holes.slice(0, 3));
else writeFileSync(file, JSON.stringify(outcome));
