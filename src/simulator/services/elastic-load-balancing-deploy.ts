/** Classic Load Balancers as Pulumi declares them. */
import type { CreateLoadBalancerCommandOutput, DescribeLoadBalancersCommandOutput } from '@aws-sdk/client-elastic-load-balancing';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, moved, removedBy } from '../deploy/lifecycle.ts';
import { blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, textsOf, without } from './compute-inputs.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('elastic-load-balancing', operation, input)) as O;

const listenersOf = ({ inputs }: Given) =>
  blocksOf(inputs.listeners).map((l) => ({
    Protocol: textOf(l.lbProtocol) ?? 'http',
    LoadBalancerPort: numberOf(l.lbPort) ?? 80,
    InstancePort: numberOf(l.instancePort) ?? 80,
  }));

function checkOf({ inputs }: Given) {
  const check = blockOf(inputs.healthCheck);
  if (check === undefined) return {};
  return {
    HealthCheck: {
      Target: textOf(check.target) ?? 'TCP:80',
      Interval: numberOf(check.interval) ?? 30,
      Timeout: numberOf(check.timeout) ?? 5,
      HealthyThreshold: numberOf(check.healthyThreshold) ?? 10,
      UnhealthyThreshold: numberOf(check.unhealthyThreshold) ?? 2,
    },
  };
}

/** The provider switches it on unless the code says no. */
const attributesOf = ({ inputs }: Given) => ({
  LoadBalancerAttributes: { CrossZoneLoadBalancing: { Enabled: flagOf(inputs.crossZoneLoadBalancing) ?? true } },
});

const instancesOf = ({ inputs }: Given) => textsOf(inputs.instances).map((InstanceId) => ({ InstanceId }));

const CLIENT = 'elastic-load-balancing';

async function subnetsOf({ id }: Given, deployment: Deployment): Promise<readonly string[]> {
  const { LoadBalancerDescriptions } = await call<DescribeLoadBalancersCommandOutput>(deployment, 'DescribeLoadBalancers', {
    LoadBalancerNames: [id],
  });
  return LoadBalancerDescriptions?.[0]?.Subnets ?? [];
}

const change = changedBy(async (given, before, deployment) => {
  const named = { LoadBalancerName: given.id };
  const some = async (operation: string, member: string, items: readonly unknown[]): Promise<void> => {
    if (items.length > 0) await call(deployment, operation, { ...named, [member]: items });
  };
  const listeners = moved(listenersOf(given), listenersOf(before));
  await some(
    'DeleteLoadBalancerListeners',
    'LoadBalancerPorts',
    listeners.gone.map((l) => l.LoadBalancerPort),
  );
  await some('CreateLoadBalancerListeners', 'Listeners', listeners.added);
  const wanted = textsOf(given.inputs.subnets);
  const { added, gone } = moved(wanted, await subnetsOf(given, deployment));
  if (wanted.length > 0) {
    await some('AttachLoadBalancerToSubnets', 'Subnets', added);
    await some('DetachLoadBalancerFromSubnets', 'Subnets', gone);
  } else {
    const zones = moved(textsOf(given.inputs.availabilityZones), textsOf(before.inputs.availabilityZones));
    await some('EnableAvailabilityZonesForLoadBalancer', 'AvailabilityZones', zones.added);
    await some('DisableAvailabilityZonesForLoadBalancer', 'AvailabilityZones', zones.gone);
  }
  const instances = moved(instancesOf(given), instancesOf(before));
  await some('RegisterInstancesWithLoadBalancer', 'Instances', instances.added);
  await some('DeregisterInstancesFromLoadBalancer', 'Instances', instances.gone);
  await modify(deployment, [CLIENT, 'ModifyLoadBalancerAttributes'], named, attributesOf(given), attributesOf(before));
  await modify(deployment, [CLIENT, 'ConfigureHealthCheck'], named, checkOf(given), checkOf(before));
});

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
        Listeners: listenersOf(given),
        Subnets: subnets.length === 0 ? undefined : subnets,
        AvailabilityZones: subnets.length === 0 ? textsOf(inputs.availabilityZones) : undefined,
        Scheme: flagOf(inputs.internal) === true ? 'internal' : undefined,
        Tags: tagList(given.tags),
      }),
    );
    await call(deployment, 'ModifyLoadBalancerAttributes', { LoadBalancerName: name, ...attributesOf(given) });
    const check = checkOf(given);
    if (check.HealthCheck !== undefined) await call(deployment, 'ConfigureHealthCheck', { LoadBalancerName: name, ...check });
    const instances = instancesOf(given);
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
  update: change,
  remove: removedBy(CLIENT, 'DeleteLoadBalancer', ({ id }) => ({ LoadBalancerName: id })),
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
  remove: removedBy(CLIENT, 'DeregisterInstancesFromLoadBalancer', (given) => ({
    LoadBalancerName: need(given, 'elb'),
    Instances: [{ InstanceId: need(given, 'instance') }],
  })),
};

export const classicDeployers: readonly Deployer[] = [balancer, attachment];
