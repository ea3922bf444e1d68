/** A world with a VPC and a subnet in each of the AZs given, and calls into it. */
/* eslint-disable @typescript-eslint/no-explicit-any -- a missing member of a reply fails the test */
import type { SimulatedService } from '../../../src/simulator/service.ts';
import { INSTANCES } from '../../../src/simulator/services/ec2-instances.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

export { ACCOUNT, REGION };

export async function computeWorld(services: readonly SimulatedService[], zones: readonly string[], seed = 1) {
  const aws = freshAws(services, seed);
  const { world } = aws;
  // biome-ignore lint/suspicious/noExplicitAny: replies are read member by member, and a missing one fails the test
  const call = (client: string, operation: string, input: object, region = REGION): Promise<any> =>
    invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });
  const { Vpc } = await call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const subnets: string[] = [];
  for (const [i, AvailabilityZone] of zones.entries()) {
    const { Subnet } = await call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone });
    subnets.push(Subnet.SubnetId);
  }
  /** Instances that run in an AZ. */
  const count = (zone: string): number =>
    world.list(INSTANCES, ACCOUNT, REGION).filter((i) => i.Placement?.AvailabilityZone === zone && i.State?.Name === 'running')
      .length;
  return { aws, world, call, vpc: Vpc.VpcId as string, subnets, count };
}
