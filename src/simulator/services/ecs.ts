/** ECS as an API: clusters, capacity providers, task definitions, services and their tasks. */
import type * as ECS from '@aws-sdk/client-ecs';
import { same } from '../deploy/lifecycle.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf } from '../world/world.ts';
import { subnetOf } from './ec2-network.ts';
import type { Op, Place } from './ec2-shared.ts';
import { ecsDeployers } from './ecs-deploy.ts';
import { deployment, ECS_SERVICES, redeploy, running, type ServiceItem, shownService, type TaskItem } from './ecs-deployments.ts';
import { mustFitFargate } from './ecs-fargate.ts';
import { keepTasks, servicesMeetEvents, stopTask } from './ecs-services.ts';
import { TARGET_GROUPS } from './elastic-load-balancing-v2-state.ts';

const CLUSTERS = shelf<ECS.Cluster & { clusterArn: string }>('ecs:cluster');
const DEFINITIONS = shelf<{ readonly shown: ECS.TaskDefinition; tags: ECS.Tag[] }>('ecs:task-definition');
const PROVIDERS = shelf<ECS.CapacityProvider>('ecs:capacity-provider');

const placeOf = ({ world, account, region }: CallContext): Place => ({ world, account, region });
const last = (text: string): string => text.split('/').at(-1) ?? text;

function clusterOf(context: CallContext, given = 'default') {
  const cluster = context.list(CLUSTERS).find((c) => c.clusterArn === given || c.clusterName === given);
  if (cluster === undefined) throw new ServiceFault('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

const inCluster = (context: CallContext, cluster: string | undefined): readonly ServiceItem[] => {
  const arn = clusterOf(context, cluster).clusterArn;
  return context.list(ECS_SERVICES).filter((s) => s.shown.clusterArn === arn);
};

function serviceOf(context: CallContext, cluster: string | undefined, given: string | undefined): ServiceItem {
  const service = inCluster(context, cluster).find((s) => s.shown.serviceArn === given || s.shown.serviceName === given);
  if (service === undefined) throw new ServiceFault('ServiceNotFoundException', 'Service not found.');
  return service;
}

const createCluster: Op<ECS.CreateClusterCommandInput, ECS.CreateClusterCommandOutput> = (input, context) => {
  const name = input.clusterName ?? 'default';
  const existing = context.list(CLUSTERS).find((c) => c.clusterName === name);
  if (existing !== undefined) return { cluster: existing };
  const cluster = {
    clusterArn: context.arn('ecs', `cluster/${name}`),
    clusterName: name,
    status: 'ACTIVE',
    capacityProviders: input.capacityProviders ?? [],
    defaultCapacityProviderStrategy: input.defaultCapacityProviderStrategy ?? [],
    settings: input.settings ?? [],
    tags: input.tags ?? [],
  };
  context.put(CLUSTERS, cluster.clusterArn, cluster);
  return { cluster };
};

const register: Op<ECS.RegisterTaskDefinitionCommandInput, ECS.RegisterTaskDefinitionCommandOutput> = (input, context) => {
  const family = input.family ?? '';
  if ((input.containerDefinitions ?? []).length === 0)
    throw new ServiceFault('ClientException', 'Container list cannot be empty.');
  if (input.requiresCompatibilities?.includes('FARGATE') === true) mustFitFargate(input);
  const revision = context.list(DEFINITIONS).filter((d) => d.shown.family === family).length + 1;
  const { tags, ...kept } = input;
  const shown = {
    ...kept,
    taskDefinitionArn: context.arn('ecs', `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    volumes: input.volumes ?? [],
    networkMode: input.networkMode ?? (input.requiresCompatibilities?.includes('FARGATE') === true ? 'awsvpc' : 'bridge'),
    registeredAt: context.now,
  } as ECS.TaskDefinition;
  context.put(DEFINITIONS, shown.taskDefinitionArn ?? '', { shown, tags: tags ?? [] });
  return { taskDefinition: shown, tags: tags ?? [] };
};

/** By ARN, by `family:revision`, or the newest of a family. */
function definitionOf(context: CallContext, given = '') {
  const name = last(given);
  const found = context
    .list(DEFINITIONS)
    .filter(({ shown }) => shown.status === 'ACTIVE' && (shown.family === name || `${shown.family}:${shown.revision}` === name))
    .at(-1);
  if (found === undefined) throw new ServiceFault('ClientException', 'Unable to describe task definition.');
  return found;
}

const createService: Op<ECS.CreateServiceCommandInput, ECS.CreateServiceCommandOutput> = (input, context) => {
  const cluster = clusterOf(context, input.cluster);
  const name = input.serviceName ?? '';
  if (inCluster(context, input.cluster).some((s) => s.shown.serviceName === name))
    throw new ServiceFault('InvalidParameterException', 'Creation of service was not idempotent.');
  const definition = definitionOf(context, input.taskDefinition).shown;
  const subnets = input.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  if (definition.networkMode === 'awsvpc' && subnets.length === 0)
    throw new ServiceFault(
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  for (const id of subnets) subnetOf(context, id);
  for (const { targetGroupArn: arn = '' } of input.loadBalancers ?? [])
    if (definition.networkMode === 'awsvpc' && context.get(TARGET_GROUPS, arn)?.shown.TargetType === 'instance')
      throw new ServiceFault(
        'InvalidParameterException',
        `The provided target group ${arn} has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
      );
  const daemon = input.schedulingStrategy === 'DAEMON';
  const strategy = input.capacityProviderStrategy ?? [];
  const shown: ServiceItem['shown'] = {
    serviceArn: context.arn('ecs', `service/${cluster.clusterName}/${name}`),
    serviceName: name,
    clusterArn: cluster.clusterArn,
    status: 'ACTIVE',
    desiredCount: daemon ? 0 : (input.desiredCount ?? 1),
    schedulingStrategy: input.schedulingStrategy ?? 'REPLICA',
    taskDefinition: definition.taskDefinitionArn ?? '',
    loadBalancers: input.loadBalancers ?? [],
    // CreateService, availabilityZoneRebalancing: ENABLED for new services that can have it.
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? (daemon ? 'DISABLED' : 'ENABLED'),
    deploymentController: input.deploymentController ?? { type: 'ECS' },
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: daemon ? 100 : 200,
      minimumHealthyPercent: daemon ? 0 : 100,
      ...input.deploymentConfiguration,
    },
    createdAt: context.now,
    events: [],
    tags: input.tags ?? [],
  };
  // CreateService, launchType: EC2 when neither it nor a strategy is given and the cluster has none of its own.
  if (strategy.length > 0) shown.capacityProviderStrategy = strategy;
  else if (input.launchType === undefined && (cluster.defaultCapacityProviderStrategy ?? []).length > 0)
    shown.capacityProviderStrategy = cluster.defaultCapacityProviderStrategy ?? [];
  else shown.launchType = input.launchType ?? 'EC2';
  if (input.networkConfiguration !== undefined) shown.networkConfiguration = input.networkConfiguration;
  if (input.healthCheckGracePeriodSeconds !== undefined)
    shown.healthCheckGracePeriodSeconds = input.healthCheckGracePeriodSeconds;
  if (input.platformVersion !== undefined) shown.platformVersion = input.platformVersion;
  const service: ServiceItem = { shown, tasks: [], deployments: [deployment(placeOf(context), shown, 0)], retrying: false };
  context.put(ECS_SERVICES, shown.serviceArn, service);
  keepTasks(placeOf(context), service);
  return { service: shownService(service) };
};

/** What starts a new deployment when it is changed (API UpdateService says so of each). */
const DEPLOYED = [
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const;

const updateService: Op<ECS.UpdateServiceCommandInput, ECS.UpdateServiceCommandOutput> = (input, context) => {
  const service = serviceOf(context, input.cluster, input.service);
  const { shown } = service;
  const { cluster: _cluster, service: _service, taskDefinition, forceNewDeployment, deploymentConfiguration, ...rest } = input;
  const controller = shown.deploymentController?.type ?? 'ECS';
  if (taskDefinition !== undefined && controller !== 'ECS')
    throw new ServiceFault(
      'InvalidParameterException',
      `Unable to update task definition on services with a ${controller} deployment controller.`,
    );
  const changes = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const definition = taskDefinition === undefined ? undefined : definitionOf(context, taskDefinition).shown.taskDefinitionArn;
  const starts =
    forceNewDeployment === true ||
    (definition !== undefined && definition !== shown.taskDefinition) ||
    DEPLOYED.some((name) => changes[name] !== undefined && !same(changes[name], shown[name as keyof typeof shown]));
  Object.assign(shown, changes, definition === undefined ? {} : { taskDefinition: definition });
  shown.deploymentConfiguration = { ...shown.deploymentConfiguration, ...deploymentConfiguration };
  if (input.capacityProviderStrategy !== undefined) delete shown.launchType;
  if (starts) redeploy(placeOf(context), service);
  keepTasks(placeOf(context), service);
  return { service: shownService(service) };
};

const taskOf = (service: ServiceItem, task: TaskItem): ECS.Task => ({
  taskArn: task.arn,
  clusterArn: service.shown.clusterArn ?? '',
  taskDefinitionArn: task.deployment.revision.taskDefinition,
  startedBy: task.deployment.id,
  group: `service:${service.shown.serviceName}`,
  availabilityZone: task.zone,
  lastStatus: task.status,
  desiredStatus: 'RUNNING',
  createdAt: task.began,
});

/** Whatever has tags, by its ARN. */
function taggedAt(context: CallContext, arn = ''): { tags?: ECS.Tag[] | undefined } {
  const found =
    context.get(ECS_SERVICES, arn)?.shown ??
    context.get(CLUSTERS, arn) ??
    context.get(DEFINITIONS, arn) ??
    context.get(PROVIDERS, last(arn));
  if (found === undefined) throw new ServiceFault('InvalidParameterException', `The specified resource ${arn} was not found.`);
  return found;
}

const more = (next: string | undefined): { nextToken?: string } => (next === undefined ? {} : { nextToken: next });

export const ecs: SimulatedService = {
  client: 'ecs',
  prefix: 'ecs',
  operations: {
    CreateCluster: createCluster,
    DescribeClusters: ((input, context) => {
      const wanted = input.clusters ?? ['default'];
      const found = context.list(CLUSTERS).filter((c) => wanted.includes(c.clusterArn) || wanted.includes(c.clusterName ?? ''));
      const missing = wanted.filter((w) => !found.some((c) => c.clusterArn === w || c.clusterName === w));
      return { clusters: [...found], failures: missing.map((arn) => ({ arn, reason: 'MISSING' })) };
    }) satisfies Op<ECS.DescribeClustersCommandInput, ECS.DescribeClustersCommandOutput>,
    ListClusters: ((input, context) => {
      const { items, next } = page(context.list(CLUSTERS), input.nextToken, input.maxResults ?? 100);
      return { clusterArns: items.map((c) => c.clusterArn), ...more(next) };
    }) satisfies Op<ECS.ListClustersCommandInput, ECS.ListClustersCommandOutput>,
    DeleteCluster: ((input, context) => {
      const cluster = clusterOf(context, input.cluster);
      if (inCluster(context, input.cluster).length > 0)
        throw new ServiceFault('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
      context.remove(CLUSTERS, cluster.clusterArn);
      return { cluster: { ...cluster, status: 'INACTIVE' } };
    }) satisfies Op<ECS.DeleteClusterCommandInput, ECS.DeleteClusterCommandOutput>,
    PutClusterCapacityProviders: ((input, context) => {
      const cluster = clusterOf(context, input.cluster);
      cluster.capacityProviders = input.capacityProviders ?? [];
      cluster.defaultCapacityProviderStrategy = input.defaultCapacityProviderStrategy ?? [];
      return { cluster };
    }) satisfies Op<ECS.PutClusterCapacityProvidersCommandInput, ECS.PutClusterCapacityProvidersCommandOutput>,
    CreateCapacityProvider: ((input, context) => {
      const name = input.name ?? '';
      const provider: ECS.CapacityProvider = {
        capacityProviderArn: context.arn('ecs', `capacity-provider/${name}`),
        name,
        status: 'ACTIVE',
        tags: input.tags ?? [],
      };
      if (input.autoScalingGroupProvider !== undefined) provider.autoScalingGroupProvider = input.autoScalingGroupProvider;
      context.put(PROVIDERS, name, provider);
      return { capacityProvider: provider };
    }) satisfies Op<ECS.CreateCapacityProviderCommandInput, ECS.CreateCapacityProviderCommandOutput>,
    DeleteCapacityProvider: ((input, context) => {
      const name = last(input.capacityProvider ?? '');
      const provider = context.get(PROVIDERS, name);
      if (provider === undefined) throw new ServiceFault('ClientException', 'The specified capacity provider does not exist.');
      if (context.list(CLUSTERS).some((c) => c.capacityProviders?.includes(name)))
        throw new ServiceFault('ClientException', 'The specified capacity provider is in use and cannot be removed.');
      context.remove(PROVIDERS, name);
      return { capacityProvider: { ...provider, status: 'INACTIVE' as const } };
    }) satisfies Op<ECS.DeleteCapacityProviderCommandInput, ECS.DeleteCapacityProviderCommandOutput>,
    DescribeCapacityProviders: ((input, context) => {
      const { items, next } = page(context.list(PROVIDERS), input.nextToken, input.maxResults ?? 10);
      return { capacityProviders: [...items], failures: [], ...more(next) };
    }) satisfies Op<ECS.DescribeCapacityProvidersCommandInput, ECS.DescribeCapacityProvidersCommandOutput>,
    RegisterTaskDefinition: register,
    // It can still be described, and no longer be run (DeregisterTaskDefinition).
    DeregisterTaskDefinition: ((input, context) => {
      const name = last(input.taskDefinition ?? '');
      const shown = context
        .list(DEFINITIONS)
        .map((d) => d.shown)
        .find((d) => d.status === 'ACTIVE' && `${d.family}:${d.revision}` === name);
      if (shown === undefined) throw new ServiceFault('ClientException', 'The specified task definition does not exist.');
      shown.status = 'INACTIVE';
      return { taskDefinition: shown };
    }) satisfies Op<ECS.DeregisterTaskDefinitionCommandInput, ECS.DeregisterTaskDefinitionCommandOutput>,
    DescribeTaskDefinition: ((input, context) => {
      const { shown, tags } = definitionOf(context, input.taskDefinition);
      return { taskDefinition: shown, tags: input.include?.includes('TAGS') === true ? tags : [] };
    }) satisfies Op<ECS.DescribeTaskDefinitionCommandInput, ECS.DescribeTaskDefinitionCommandOutput>,
    ListTaskDefinitionFamilies: ((input, context) => {
      const families = [...new Set(context.list(DEFINITIONS).map((d) => d.shown.family ?? ''))].sort();
      const { items, next } = page(families, input.nextToken, input.maxResults ?? 100);
      return { families: [...items], ...more(next) };
    }) satisfies Op<ECS.ListTaskDefinitionFamiliesCommandInput, ECS.ListTaskDefinitionFamiliesCommandOutput>,
    CreateService: createService,
    UpdateService: updateService,
    DescribeServices: ((input, context) => {
      const wanted = input.services ?? [];
      if (wanted.length > 10) throw new ServiceFault('InvalidParameterException', 'Services cannot be more than 10.');
      const all = inCluster(context, input.cluster);
      const found = all.filter((s) => wanted.includes(s.shown.serviceArn) || wanted.includes(s.shown.serviceName));
      const missing = wanted.filter((w) => !found.some((s) => s.shown.serviceArn === w || s.shown.serviceName === w));
      return { services: found.map(shownService), failures: missing.map((arn) => ({ arn, reason: 'MISSING' })) };
    }) satisfies Op<ECS.DescribeServicesCommandInput, ECS.DescribeServicesCommandOutput>,
    ListServices: ((input, context) => {
      const { items, next } = page(inCluster(context, input.cluster), input.nextToken, input.maxResults ?? 10);
      return { serviceArns: items.map((s) => s.shown.serviceArn), ...more(next) };
    }) satisfies Op<ECS.ListServicesCommandInput, ECS.ListServicesCommandOutput>,
    DeleteService: ((input, context) => {
      const service = serviceOf(context, input.cluster, input.service);
      if (service.shown.desiredCount > 0 && input.force !== true)
        throw new ServiceFault('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.');
      for (const task of running(service)) stopTask(placeOf(context), service, task);
      context.remove(ECS_SERVICES, service.shown.serviceArn);
      return { service: { ...shownService(service), status: 'DRAINING' } };
    }) satisfies Op<ECS.DeleteServiceCommandInput, ECS.DeleteServiceCommandOutput>,
    ListTasks: ((input, context) => {
      const services = inCluster(context, input.cluster).filter(
        (s) => input.serviceName === undefined || last(input.serviceName) === s.shown.serviceName,
      );
      const { items, next } = page(services.flatMap(running), input.nextToken, input.maxResults ?? 100);
      return { taskArns: items.map((t) => t.arn), ...more(next) };
    }) satisfies Op<ECS.ListTasksCommandInput, ECS.ListTasksCommandOutput>,
    DescribeTasks: ((input, context) => ({
      tasks: inCluster(context, input.cluster).flatMap((s) =>
        running(s)
          .filter((t) => input.tasks?.includes(t.arn) === true)
          .map((t) => taskOf(s, t)),
      ),
      failures: [],
    })) satisfies Op<ECS.DescribeTasksCommandInput, ECS.DescribeTasksCommandOutput>,
    StopTask: ((input, context) => {
      for (const service of inCluster(context, input.cluster)) {
        const task = running(service).find((t) => t.arn === input.task || last(t.arn) === input.task);
        if (task === undefined) continue;
        stopTask(placeOf(context), service, task);
        keepTasks(placeOf(context), service);
        return { task: taskOf(service, task) };
      }
      throw new ServiceFault('InvalidParameterException', 'The referenced task was not found.');
    }) satisfies Op<ECS.StopTaskCommandInput, ECS.StopTaskCommandOutput>,
    ListTagsForResource: ((input, context) => ({
      tags: [...(taggedAt(context, input.resourceArn).tags ?? [])],
    })) satisfies Op<ECS.ListTagsForResourceCommandInput, ECS.ListTagsForResourceCommandOutput>,
    TagResource: ((input, context) => {
      const shown = taggedAt(context, input.resourceArn);
      const added = input.tags ?? [];
      shown.tags = [...(shown.tags ?? []).filter((t) => !added.some((a) => a.key === t.key)), ...added];
      return {};
    }) satisfies Op<ECS.TagResourceCommandInput, ECS.TagResourceCommandOutput>,
    UntagResource: ((input, context) => {
      const shown = taggedAt(context, input.resourceArn);
      shown.tags = (shown.tags ?? []).filter((t) => input.tagKeys?.includes(t.key ?? '') !== true);
      return {};
    }) satisfies Op<ECS.UntagResourceCommandInput, ECS.UntagResourceCommandOutput>,
  },
  begin: servicesMeetEvents,
  deployers: ecsDeployers,
};
