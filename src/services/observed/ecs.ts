/** ECS clusters, services and task definitions as ECS shows them. Environment values that may be secrets are dropped here. */
import type * as ECS from '@aws-sdk/client-ecs';
import { call } from '../../aws/call.ts';
import { Hole, type Value } from '../../model/value.ts';
import { asked, batches, set, some } from './compute-listing.ts';
import { reference } from './references.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

const paged = <I, O>(operation: string) =>
  call<I, O>({ client: 'ecs', operation, action: `ecs:${operation}`, pages: { input: 'nextToken', output: 'nextToken' } });

const listClusters = paged<ECS.ListClustersCommandInput, ECS.ListClustersCommandOutput>('ListClusters');
const listServices = paged<ECS.ListServicesCommandInput, ECS.ListServicesCommandOutput>('ListServices');
const listFamilies = paged<ECS.ListTaskDefinitionFamiliesCommandInput, ECS.ListTaskDefinitionFamiliesCommandOutput>(
  'ListTaskDefinitionFamilies',
);
const describeClusters = asked<ECS.DescribeClustersCommandInput, ECS.DescribeClustersCommandOutput>(
  'ecs',
  'ecs:DescribeClusters',
);
const describeServices = asked<ECS.DescribeServicesCommandInput, ECS.DescribeServicesCommandOutput>(
  'ecs',
  'ecs:DescribeServices',
);
const describeDefinition = asked<ECS.DescribeTaskDefinitionCommandInput, ECS.DescribeTaskDefinitionCommandOutput>(
  'ecs',
  'ecs:DescribeTaskDefinition',
);

const tagsOf = (list: readonly ECS.Tag[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((list ?? []).flatMap((t) => (t.key === undefined ? [] : [[t.key, t.value ?? '']])));

async function clusterArns(aws: Reader): Promise<readonly string[]> {
  const arns: string[] = [];
  for await (const page of aws.pages(listClusters, { maxResults: 100 })) arns.push(...(page.clusterArns ?? []));
  return arns;
}

const lastPart = (arn: string): string => arn.split('/').at(-1) ?? arn;

const clusters: Scan = {
  id: 'ecs-clusters',
  types: ['aws:ecs/cluster:Cluster', 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders'],
  where: 'region',
  calls: [listClusters, describeClusters],
  async *run(aws) {
    for (const arns of batches(await clusterArns(aws), 100)) {
      const reply = await aws.ask(describeClusters, { clusters: [...arns], include: ['TAGS'] });
      if (reply === undefined || reply instanceof Hole) for (const arn of arns) yield cluster(arn, lastPart(arn), reply ?? {});
      else
        for (const shown of reply.clusters ?? []) {
          if (shown.status === 'INACTIVE') continue;
          const arn = shown.clusterArn ?? '';
          const name = shown.clusterName ?? lastPart(arn);
          yield cluster(arn, name, tagsOf(shown.tags));
          if ((shown.capacityProviders ?? []).length > 0)
            yield {
              type: 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders',
              id: name,
              arn: undefined,
              name,
              properties: present({ clusterName: name, capacityProviders: some(shown.capacityProviders) }),
              outputs: {},
              tags: {},
            };
        }
    }
  },
};

function cluster(arn: string, name: string, tags: Observed['tags']): Observed {
  return { type: 'aws:ecs/cluster:Cluster', id: arn, arn, name, properties: { name }, outputs: { arn }, tags };
}

/** DescribeServices takes ten at a time. */
const services: Scan = {
  id: 'ecs-services',
  types: ['aws:ecs/service:Service'],
  where: 'region',
  calls: [listClusters, listServices, describeServices],
  async *run(aws) {
    for (const cluster of await clusterArns(aws)) {
      const arns: string[] = [];
      for await (const page of aws.pages(listServices, { cluster, maxResults: 100 })) arns.push(...(page.serviceArns ?? []));
      const replies = await aws.each(batches(arns, 10), async (some) => {
        const reply = await aws.ask(describeServices, { cluster, services: [...some], include: ['TAGS'] });
        if (reply === undefined || reply instanceof Hole) return some.map((arn) => unread(arn, cluster, reply));
        return (reply.services ?? []).filter((s) => s.status !== 'INACTIVE' && s.status !== 'DRAINING').map(service);
      });
      yield* replies.flat();
    }
  },
};

/** Listed, and not described: it is there, and nothing of it is known. */
function unread(arn: string, cluster: string, reply: Hole | undefined): Observed {
  const hole = reply ?? new Hole('error', 'DescribeServices gave no answer');
  const unknown = ['desiredCount', 'networkConfiguration', 'launchType', 'capacityProviderStrategies', 'taskDefinition'];
  const more = ['loadBalancers', 'schedulingStrategy', 'deploymentCircuitBreaker', 'alarms', 'availabilityZoneRebalancing'];
  const rest = ['deploymentController', 'healthCheckGracePeriodSeconds'];
  const holes = Object.fromEntries([...unknown, ...more, ...rest].map((property) => [property, hole]));
  const name = lastPart(arn);
  return {
    type: 'aws:ecs/service:Service',
    id: arn,
    arn,
    name,
    properties: { name, cluster, ...holes },
    outputs: { arn },
    tags: hole,
  };
}

function service(shown: ECS.Service): Observed {
  const arn = shown.serviceArn ?? '';
  const subnets = shown.networkConfiguration?.awsvpcConfiguration?.subnets;
  const breaker = shown.deploymentConfiguration?.deploymentCircuitBreaker;
  const alarms = shown.deploymentConfiguration?.alarms;
  return {
    type: 'aws:ecs/service:Service',
    id: arn,
    arn,
    name: shown.serviceName ?? lastPart(arn),
    properties: present({
      name: shown.serviceName,
      cluster: shown.clusterArn,
      taskDefinition: set(shown.taskDefinition),
      desiredCount: shown.schedulingStrategy === 'DAEMON' ? undefined : shown.desiredCount,
      launchType: set(shown.launchType),
      capacityProviderStrategies: some(
        (shown.capacityProviderStrategy ?? []).map((s) =>
          present({ capacityProvider: s.capacityProvider, base: s.base, weight: s.weight }),
        ),
      ),
      networkConfiguration: subnets === undefined ? undefined : { subnets },
      loadBalancers: some(
        (shown.loadBalancers ?? []).map((l) =>
          present({
            targetGroupArn: l.targetGroupArn,
            elbName: l.loadBalancerName,
            containerName: l.containerName,
            containerPort: l.containerPort,
          }),
        ),
      ),
      schedulingStrategy: shown.schedulingStrategy,
      deploymentController:
        shown.deploymentController?.type === undefined ? undefined : { type: shown.deploymentController.type },
      deploymentCircuitBreaker:
        breaker === undefined ? undefined : present({ enable: breaker.enable, rollback: breaker.rollback }),
      alarms:
        alarms === undefined
          ? undefined
          : present({ enable: alarms.enable, rollback: alarms.rollback, alarmNames: alarms.alarmNames }),
      availabilityZoneRebalancing: shown.availabilityZoneRebalancing,
      healthCheckGracePeriodSeconds: shown.healthCheckGracePeriodSeconds,
    }),
    outputs: { arn },
    tags: tagsOf(shown.tags),
  };
}

/** The newest revision of every family, which is the one that code knows. */
const definitions: Scan = {
  id: 'ecs-task-definitions',
  types: ['aws:ecs/taskDefinition:TaskDefinition'],
  where: 'region',
  calls: [listFamilies, describeDefinition],
  async *run(aws) {
    for await (const page of aws.pages(listFamilies, { status: 'ACTIVE', maxResults: 100 })) {
      const families = page.families ?? [];
      yield* await aws.each(families, async (family) => {
        const reply = await aws.ask(describeDefinition, { taskDefinition: family, include: ['TAGS'] });
        const shown = reply instanceof Hole ? reply : reply?.taskDefinition;
        return definition(family, shown, reply instanceof Hole ? reply : tagsOf(reply?.tags));
      });
    }
  },
};

function definition(family: string, shown: ECS.TaskDefinition | Hole | undefined, tags: Observed['tags']): Observed {
  const base = { type: 'aws:ecs/taskDefinition:TaskDefinition', id: family, name: family, tags };
  if (shown === undefined || shown instanceof Hole) {
    const hole = shown ?? new Hole('error', 'DescribeTaskDefinition gave no answer');
    const holes = ['containerDefinitions', 'volumes', 'networkMode', 'requiresCompatibilities'].map((p) => [p, hole] as const);
    return { ...base, arn: undefined, properties: { family, ...Object.fromEntries(holes) }, outputs: {} };
  }
  const arn = shown.taskDefinitionArn;
  return {
    ...base,
    arn,
    properties: present({
      family,
      containerDefinitions: containers(shown.containerDefinitions),
      volumes: some((shown.volumes ?? []).map(volume)),
      networkMode: shown.networkMode,
      requiresCompatibilities: some(shown.requiresCompatibilities),
    }),
    outputs: present({ arn, arnWithoutRevision: arn?.replace(/:\d+$/, ''), revision: shown.revision }),
  };
}

/** Each has a name and an image (API reference, ContainerDefinition): without them the list says too little to be one. */
function containers(shown: readonly ECS.ContainerDefinition[] = []): string | Hole {
  const whole = shown.every((c) => c.name !== undefined && c.image !== undefined);
  return whole
    ? JSON.stringify(shown.map(container))
    : new Hole('not-reported', 'DescribeTaskDefinition gave a container without its name or image');
}

function container(shown: ECS.ContainerDefinition): Value {
  const environment = (shown.environment ?? []).flatMap((e) => {
    const value = e.value === undefined ? undefined : reference(e.value);
    return value === undefined ? [] : [{ name: e.name ?? '', value }];
  });
  return present({
    name: shown.name,
    image: shown.image,
    environment: some(environment),
    secrets: some((shown.secrets ?? []).map((s) => present({ name: s.name, valueFrom: s.valueFrom }))),
  });
}

function volume(shown: ECS.Volume): Value {
  const efs = shown.efsVolumeConfiguration;
  return present({
    name: shown.name,
    efsVolumeConfiguration: efs === undefined ? undefined : present({ fileSystemId: efs.fileSystemId }),
  });
}

export const ecsScans: readonly Scan[] = [clusters, services, definitions];
