/** EKS clusters with their node groups, as Pulumi inputs. */
import fc from 'fast-check';
import { maybe, picks, someSubnets, zone } from './ec2.ts';
import { type Declaration, inputs, ref } from './law.ts';

const CLUSTER = 'aws:eks/cluster:Cluster';
const VPC = 'aws:ec2/vpc:Vpc';

export const clusters: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zones: fc.array(zone, { maxLength: 2 }),
    in: picks,
    sizes: fc.tuple(fc.nat(3), fc.nat(3), fc.integer({ min: 1, max: 3 })),
    capacityType: maybe(fc.constantFrom('ON_DEMAND', 'SPOT')),
    version: maybe(fc.constant('1.32')),
    protection: maybe(fc.boolean()),
    named: fc.boolean(),
  })
  .map((c) => {
    const [a, b, more] = c.sizes;
    const all: Declaration[] = [{ type: VPC, name: 'vpc', inputs: { cidrBlock: '10.0.0.0/16' } }];
    // EKS refuses a cluster in one AZ.
    for (const [i, availabilityZone] of ['us-east-1a', 'us-east-1b', ...c.zones].entries())
      all.push({
        type: 'aws:ec2/subnet:Subnet',
        name: `subnet-${i}`,
        inputs: { vpcId: ref(VPC, 'vpc'), cidrBlock: `10.0.${i}.0/24`, availabilityZone },
      });
    all.push({
      type: CLUSTER,
      name: 'cluster',
      inputs: inputs({
        roleArn: 'arn:aws:iam::111122223333:role/cluster',
        version: c.version,
        deletionProtection: c.protection,
        vpcConfig: { subnetIds: someSubnets(all, [0, 1, 2, 3]) },
      }),
    });
    all.push({
      type: 'aws:eks/nodeGroup:NodeGroup',
      name: 'nodes',
      inputs: inputs({
        clusterName: ref(CLUSTER, 'cluster', 'name'),
        nodeGroupName: c.named ? 'workers' : undefined,
        nodeRoleArn: 'arn:aws:iam::111122223333:role/nodes',
        subnetIds: someSubnets(all, c.in),
        capacityType: c.capacityType,
        scalingConfig: { minSize: a, desiredSize: a + b, maxSize: a + b + more },
      }),
    });
    return all;
  });
