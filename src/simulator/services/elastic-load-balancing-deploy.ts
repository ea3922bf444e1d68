/** Classic Load Balancers as Pulumi declares them. */
import type { CreateLoadBalancerCommandOutput } from '@aws-sdk/client-elastic-load-balancing';
import type { Deployer, Deployment } from '../deploy/deployer.ts';
import { blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, textsOf, without } from './compute-inputs.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('elastic-load-balancing', operation, input)) as O;

const balancer: Deployer = {
  type: 'aws:elb/loadBalancer:LoadBalancer',
  async create(given, deployment) {
    const { inputs } = given;
    const name = textOf(inputs.name) ?? deployment.physicalName(given).slice(-32).replace(/^-+/, '');
    const subnets = textsOf(inputs.subnets);
    const made = await call<CreateLoadBalancerCommandOutput>(
      deployment,
      'CreateLoadBalancer',
      without({
        LoadBalancerName: name,
        Listeners: blocksOf(inputs.listeners).map((l) => ({
          Protocol: textOf(l.lbProtocol) ?? 'http',
          LoadBalancerPort: numberOf(l.lbPort) ?? 80,
          InstancePort: numberOf(l.instancePort) ?? 80,
        })),
        Subnets: subnets.length === 0 ? undefined : subnets,
        AvailabilityZones: subnets.length === 0 ? textsOf(inputs.availabilityZones) : undefined,
        Scheme: flagOf(inputs.internal) === true ? 'internal' : undefined,
        Tags: tagList(given.tags),
      }),
    );
    // The provider switches it on unless the code says no.
    await call(deployment, 'ModifyLoadBalancerAttributes', {
      LoadBalancerName: name,
      LoadBalancerAttributes: { CrossZoneLoadBalancing: { Enabled: flagOf(inputs.crossZoneLoadBalancing) ?? true } },
    });
    const check = blockOf(inputs.healthCheck);
    if (check !== undefined)
      await call(deployment, 'ConfigureHealthCheck', {
        LoadBalancerName: name,
        HealthCheck: {
          Target: textOf(check.target) ?? 'TCP:80',
          Interval: numberOf(check.interval) ?? 30,
          Timeout: numberOf(check.timeout) ?? 5,
          HealthyThreshold: numberOf(check.healthyThreshold) ?? 10,
          UnhealthyThreshold: numberOf(check.unhealthyThreshold) ?? 2,
        },
      });
    const instances = textsOf(inputs.instances).map((InstanceId) => ({ InstanceId }));
    if (instances.length > 0)
      await call(deployment, 'RegisterInstancesWithLoadBalancer', { LoadBalancerName: name, Instances: instances });
    return {
      id: name,
      outputs: {
        arn: `arn:aws:elasticloadbalancing:${given.region}:${given.account}:loadbalancer/${name}`,
        name,
        dnsName: made.DNSName ?? '',
      },
    };
  },
};

const attachment: Deployer = {
  type: 'aws:elb/attachment:Attachment',
  async create(given, deployment) {
    const name = need(given, 'elb');
    const instance = need(given, 'instance');
    await call(deployment, 'RegisterInstancesWithLoadBalancer', {
      LoadBalancerName: name,
      Instances: [{ InstanceId: instance }],
    });
    return { id: given.id ?? `${name}-${instance}`, outputs: {} };
  },
};

export const classicDeployers: readonly Deployer[] = [balancer, attachment];
