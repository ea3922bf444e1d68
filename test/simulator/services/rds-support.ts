/** Calls to a simulated AWS with EC2, KMS, RDS and ElastiCache, and a clock that is moved by hand. */
import type { DescribeDBClustersCommandOutput, DescribeDBInstancesCommandOutput } from '@aws-sdk/client-rds';
import { append, contents } from '../../../src/simulator/plane/logs.ts';
import { type Answer, connect } from '../../../src/simulator/plane/network.ts';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { elasticache } from '../../../src/simulator/services/elasticache.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { rds } from '../../../src/simulator/services/rds.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import type { World } from '../../../src/simulator/world/world.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

export const AWAY = 'us-west-2';
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Bench {
  readonly world: World;
  rds<O = unknown>(operation: string, input: object, region?: string): Promise<O>;
  cache<O = unknown>(operation: string, input: object, region?: string): Promise<O>;
  /** Error code of a call that must fail. */
  refusal(client: string, operation: string, input: object, region?: string): Promise<string>;
  instance(id: string, region?: string): Promise<NonNullable<DescribeDBInstancesCommandOutput['DBInstances']>[number]>;
  cluster(id: string, region?: string): Promise<NonNullable<DescribeDBClustersCommandOutput['DBClusters']>[number]>;
  /** Seconds from now until the host takes writes again; undefined: not within a day. */
  back(host: string): number | undefined;
  /** One write a second into the host for as long as it takes them; the number of the last one that was acknowledged. */
  write(host: string, seconds: number): number;
  answer(host: string): Answer;
  /** A new subnet in the AZ. */
  subnet(zone: string): Promise<string>;
  last(log: string): number;
}

export function bench(seed = 1): Bench {
  const aws = freshAws([ec2, kms, rds, elasticache], seed);
  const { world } = aws;
  const send = <O>(client: string, operation: string, input: object, region = REGION): Promise<O> =>
    invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) }) as Promise<O>;
  let sequence = 0;
  return {
    world,
    rds: (operation, input, region) => send('rds', operation, input, region),
    cache: (operation, input, region) => send('elasticache', operation, input, region),
    refusal: async (client, operation, input, region) => {
      try {
        await send(client, operation, input, region);
      } catch (error) {
        if (error instanceof ServiceFault) return error.code;
        throw error;
      }
      return 'accepted';
    },
    instance: async (id, region) => {
      const reply = await send<DescribeDBInstancesCommandOutput>(
        'rds',
        'DescribeDBInstances',
        { DBInstanceIdentifier: id },
        region,
      );
      return reply.DBInstances?.[0] ?? {};
    },
    cluster: async (id, region) => {
      const reply = await send<DescribeDBClustersCommandOutput>('rds', 'DescribeDBClusters', { DBClusterIdentifier: id }, region);
      return reply.DBClusters?.[0] ?? {};
    },
    back: (host) => {
      for (let waited = 0; waited <= DAY; waited += SECOND) {
        const answer = connect(world, host);
        if (answer.kind === 'served' && answer.writes !== undefined) return waited / SECOND;
        world.clock.advance(SECOND);
      }
      return undefined;
    },
    write: (host, seconds) => {
      for (let i = 0; i < seconds; i++) {
        const answer = connect(world, host);
        if (answer.kind === 'served' && answer.writes !== undefined) append(world, answer.writes, ++sequence);
        world.clock.advance(SECOND);
      }
      return sequence;
    },
    answer: (host) => connect(world, host),
    subnet: async (zone) => {
      const { Vpc } = await send<{ Vpc: { VpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
      const input = { VpcId: Vpc.VpcId, CidrBlock: '10.0.0.0/24', AvailabilityZone: zone };
      return (await send<{ Subnet: { SubnetId: string } }>('ec2', 'CreateSubnet', input)).Subnet.SubnetId;
    },
    last: (log) => contents(world, log).at(-1)?.sequence ?? 0,
  };
}
