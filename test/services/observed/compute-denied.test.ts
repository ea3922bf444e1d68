/** What may not be described leaves holes, never defaults. */
import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { ecsScans } from '../../../src/services/observed/ecs.ts';
import { eksScans } from '../../../src/services/observed/eks.ts';
import { balancingScans } from '../../../src/services/observed/elastic-load-balancing-v2.ts';
import { lambdaScans } from '../../../src/services/observed/lambda.ts';
import { autoScaling } from '../../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { ecs } from '../../../src/simulator/services/ecs.ts';
import { eks } from '../../../src/simulator/services/eks.ts';
import { elasticLoadBalancingV2 } from '../../../src/simulator/services/elastic-load-balancing-v2.ts';
import { lambda } from '../../../src/simulator/services/lambda.ts';
import { computeWorld } from '../../simulator/services/support-compute.ts';
import { readerOf, scanned } from './support.ts';

async function world() {
  const w = await computeWorld([ec2, elasticLoadBalancingV2, autoScaling, ecs, lambda, eks], ['us-east-1a', 'us-east-1b']);
  const subnets = w.subnets;
  await w.call('elastic-load-balancing-v2', 'CreateLoadBalancer', { Name: 'shop', Subnets: subnets });
  await w.call('elastic-load-balancing-v2', 'CreateTargetGroup', { Name: 'shop', Protocol: 'HTTP', Port: 80, VpcId: w.vpc });
  await w.call('lambda', 'CreateFunction', { FunctionName: 'shop', Code: {} });
  await w.call('ecs', 'CreateCluster', { clusterName: 'shop' });
  await w.call('ecs', 'RegisterTaskDefinition', { family: 'app', containerDefinitions: [{ name: 'app', image: 'app' }] });
  await w.call('ecs', 'CreateService', { cluster: 'shop', serviceName: 'app', taskDefinition: 'app', desiredCount: 1 });
  await w.call('eks', 'CreateCluster', { name: 'shop', resourcesVpcConfig: { subnetIds: subnets } });
  await w.call('eks', 'CreateNodegroup', { clusterName: 'shop', nodegroupName: 'nodes', subnets });
  return w;
}

const SCANS = [...balancingScans, ...lambdaScans, ...ecsScans, ...eksScans];

describe('a denied call', () => {
  it.each([
    ['elasticloadbalancing:DescribeLoadBalancerAttributes', 'aws:lb/loadBalancer:LoadBalancer', 'enableCrossZoneLoadBalancing'],
    ['elasticloadbalancing:DescribeTargetGroupAttributes', 'aws:lb/targetGroup:TargetGroup', 'loadBalancingCrossZoneEnabled'],
    ['elasticloadbalancing:DescribeTargetHealth', 'aws:lb/targetGroupAttachment:TargetGroupAttachment', 'targetId'],
    ['lambda:GetFunction', 'aws:lambda/function:Function', 'reservedConcurrentExecutions'],
    ['ecs:DescribeServices', 'aws:ecs/service:Service', 'desiredCount'],
    ['ecs:DescribeTaskDefinition', 'aws:ecs/taskDefinition:TaskDefinition', 'containerDefinitions'],
    ['eks:DescribeCluster', 'aws:eks/cluster:Cluster', 'vpcConfig'],
    ['eks:DescribeNodegroup', 'aws:eks/nodeGroup:NodeGroup', 'scalingConfig'],
  ])('%s leaves a hole in %s', async (action, type, property) => {
    const w = await world();
    const read = async () => (await Promise.all(SCANS.map((scan) => scanned(scan, readerOf(w.aws))))).flat();
    const before = (await read()).find((s) => s.type === type);
    expect(before?.properties[property]).not.toBeInstanceOf(Hole);
    w.world.inject({ kind: 'call', action, how: 'denied' });
    expect((await read()).find((s) => s.type === type)?.properties[property]).toBeInstanceOf(Hole);
  });
});
