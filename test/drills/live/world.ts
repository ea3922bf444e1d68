/** A service in two AZs and a Region beside, deployed into simulated AWS, with a session over it at either door. */
import { limiter } from '../../../src/aws/limits.ts';
import { session } from '../../../src/aws/session.ts';
import { sdkTransport, type Transport } from '../../../src/aws/transport.ts';
import { parseCatalogue } from '../../../src/catalog/parse.ts';
import { LIVE_CALLS } from '../../../src/drills/live/calls.ts';
import { buildEstate } from '../../../src/estate/estate.ts';
import { known } from '../../../src/model/known.ts';
import type { SourceReading } from '../../../src/model/resource.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import { deploy } from '../../../src/simulator/deploy/deploy.ts';
import { requestHandler } from '../../../src/simulator/wire/request-handler.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../../src/simulator/world/keys.ts';
import { type Judgement, judge } from '../../../src/verdicts/judge.ts';
import { simulatedTransport } from '../../aws/simulated-transport.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';
import type { Spec as Given } from '../../services/support-traffic.ts';
import { DAY, promising, reading } from '../../verdicts/estates.ts';
import { type RecordingSession, recording, TAGS } from './support.ts';

export interface Spec extends Given {
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** With the ids that they keep in simulated AWS, and the tags that AWS would show. */
export function withIds(specs: readonly Spec[]): SourceReading {
  const made = reading(specs);
  const resources = made.resources.map((r, i) => ({ ...r, id: specs[i]?.id, tags: known(specs[i]?.tags ?? {}) }));
  return { ...made, resources };
}

const id = (kind: string, n: number): string => `${kind}-${String(n).padStart(17, '0')}`;
const VPC = id('vpc', 1);
export const SUBNETS = { a: id('subnet', 1), b: id('subnet', 2) };
export const INSTANCES = { a: id('i', 1), b: id('i', 2) };

const subnet = (name: 'a' | 'b', tags: Readonly<Record<string, string>>): Spec => ({
  type: 'aws:ec2/subnet:Subnet',
  name: `subnet-${name}`,
  tags,
  id: SUBNETS[name],
  inputs: { vpcId: VPC, cidrBlock: `10.0.${name === 'a' ? 1 : 2}.0/24`, availabilityZone: `${REGION}${name}`, tags: { ...tags } },
});
const instance = (name: 'a' | 'b', tags: Readonly<Record<string, string>>): Spec => ({
  type: 'aws:ec2/instance:Instance',
  name: `web-${name}`,
  tags,
  id: INSTANCES[name],
  inputs: { ami: 'ami-1', instanceType: 't3.micro', subnetId: SUBNETS[name], tags: { ...tags } },
});

/** Two instances, one in each of two subnets, and a database with its standby. */
export const shop = (tags: Readonly<Record<string, string>> = TAGS): readonly Spec[] => [
  { type: 'aws:ec2/vpc:Vpc', name: 'vpc', id: VPC, inputs: { cidrBlock: '10.0.0.0/16', tags: { ...tags } } },
  subnet('a', tags),
  subnet('b', tags),
  instance('a', tags),
  instance('b', tags),
  {
    type: 'aws:rds/subnetGroup:SubnetGroup',
    name: 'group',
    id: 'group',
    inputs: { name: 'group', subnetIds: [SUBNETS.a, SUBNETS.b] },
  },
  {
    type: 'aws:rds/instance:Instance',
    name: 'orders',
    id: 'orders',
    tags,
    inputs: {
      identifier: 'orders',
      engine: 'postgres',
      instanceClass: 'db.t3.micro',
      allocatedStorage: 20,
      username: 'root',
      multiAz: true,
      backupRetentionPeriod: 7,
      dbSubnetGroupName: 'group',
      tags: { ...tags },
    },
  },
];

export interface Deployed {
  readonly aws: SimulatedAws;
  readonly judgement: Judgement;
  readonly notes: readonly string[];
}

export async function deployed(
  specs: readonly Spec[],
  metrics = '{ RTO: { az: 15m, region: 4h } }',
  services?: string,
): Promise<Deployed> {
  const aws = freshAws();
  const { clock } = aws.world;
  const made = await clock.drive(deploy(aws, [withIds(specs)], { account: ACCOUNT, region: REGION }));
  clock.advance(2 * 3600 * 1000);
  const catalogue = parseCatalogue(promising(metrics, '', services), 'holdfast.yaml', {});
  const judgement = judge(buildEstate(made.readings, SERVICES), catalogue, { today: DAY, seed: 1, world: 'simulated' });
  return { aws, judgement, notes: made.notes };
}

export type Door = 'operations' | 'bytes';

/** A session that may disrupt, which also writes down what it is asked for. */
export function sessionOver(aws: SimulatedAws, door: Door): RecordingSession {
  const { clock, random } = aws.world;
  addAdministratorKey(aws.world, 'AKIADRILL', 'secret', ACCOUNT);
  const wire = sdkTransport({
    credentials: () => () => Promise.resolve({ accessKeyId: 'AKIADRILL', secretAccessKey: 'secret' }),
    requestHandler: requestHandler(aws),
  });
  const bytes: Transport = { send: (...call) => clock.real(wire.send(...call)) };
  const inner = session({
    world: 'simulated',
    grade: 'disrupt',
    transport: door === 'bytes' ? bytes : simulatedTransport(aws),
    clock,
    random: () => random.next(),
    limits: limiter(clock),
    allowed: LIVE_CALLS,
  });
  const record = recording();
  return {
    world: 'simulated',
    grade: 'disrupt',
    sent: record.sent,
    async send(call, input, at) {
      await record.send(call, input, at);
      return inner.send(call, input, at);
    },
  };
}
