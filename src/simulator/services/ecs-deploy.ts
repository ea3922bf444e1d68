/** ECS clusters, capacity providers, task definitions and services as Pulumi declares them. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, changesOf, onlyTags, putAgain, removedBy, same, unlessGone } from '../deploy/lifecycle.ts';
import { type Block, blockOf, blocksOf, flagOf, isBlock, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('ecs', operation, input)) as O;

const tags = (given: Given): ECS.Tag[] => Object.entries(given.tags).map(([key, value]) => ({ key, value }));

const strategies = (list: Plain | undefined) =>
  blocksOf(list).map((s) =>
    without({ capacityProvider: textOf(s.capacityProvider), base: numberOf(s.base), weight: numberOf(s.weight) }),
  );

const cluster: Deployer = {
  type: 'aws:ecs/cluster:Cluster',
  async create(given, deployment) {
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    const reply = await call<ECS.CreateClusterCommandOutput>(deployment, 'CreateCluster', {
      clusterName: name,
      tags: tags(given),
    });
    const arn = reply.cluster?.clusterArn ?? '';
    return { id: arn, outputs: { arn, name } };
  },
  update: onlyTags,
  remove: removedBy('ecs', 'DeleteCluster', ({ id }) => ({ cluster: id })),
};

const clusterProviders: Deployer = {
  type: 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders',
  ...putAgain(async (given, deployment) => {
    const name = need(given, 'clusterName');
    await call(deployment, 'PutClusterCapacityProviders', {
      cluster: name,
      capacityProviders: textsOf(given.inputs.capacityProviders),
      defaultCapacityProviderStrategy: strategies(given.inputs.defaultCapacityProviderStrategies),
    });
    return { id: name, outputs: {} };
  }),
  remove: removedBy('ecs', 'PutClusterCapacityProviders', ({ id }) => ({
    cluster: id,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  })),
};

const provider: Deployer = {
  type: 'aws:ecs/capacityProvider:CapacityProvider',
  async create(given, deployment) {
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    const group = textOf(blockOf(given.inputs.autoScalingGroupProvider)?.autoScalingGroupArn);
    const reply = await call<ECS.CreateCapacityProviderCommandOutput>(
      deployment,
      'CreateCapacityProvider',
      without({
        name,
        autoScalingGroupProvider: group === undefined ? undefined : { autoScalingGroupArn: group },
        tags: tags(given),
      }),
    );
    const arn = reply.capacityProvider?.capacityProviderArn ?? '';
    return { id: arn, outputs: { arn, name } };
  },
  update: onlyTags,
  remove: removedBy('ecs', 'DeleteCapacityProvider', ({ id }) => ({ capacityProvider: id })),
};

/** The provider takes JSON as text; a source that cannot show it leaves one container of an unknown image. */
function containers(value: Plain | undefined): readonly Plain[] {
  const text = textOf(value);
  const parsed: Plain | undefined = text === undefined ? value : (JSON.parse(text) as Plain);
  const list = Array.isArray(parsed) ? (parsed as readonly Plain[]).filter(isBlock) : [];
  return list.length > 0 ? list : [{ name: 'app', image: 'unknown' }];
}

function volume(block: Block): object {
  const efs = blockOf(block.efsVolumeConfiguration);
  return without({
    name: textOf(block.name),
    efsVolumeConfiguration:
      efs === undefined
        ? undefined
        : without({ fileSystemId: textOf(efs.fileSystemId), rootDirectory: textOf(efs.rootDirectory) }),
  });
}

const taskDefinition: Deployer = {
  type: 'aws:ecs/taskDefinition:TaskDefinition',
  async create(given, deployment) {
    const reply = await call<ECS.RegisterTaskDefinitionCommandOutput>(
      deployment,
      'RegisterTaskDefinition',
      without({
        family: need(given, 'family'),
        containerDefinitions: containers(given.inputs.containerDefinitions),
        volumes: blocksOf(given.inputs.volumes).map(volume),
        networkMode: textOf(given.inputs.networkMode),
        requiresCompatibilities: textsOf(given.inputs.requiresCompatibilities),
        cpu: textOf(given.inputs.cpu),
        memory: textOf(given.inputs.memory),
        tags: tags(given),
      }),
    );
    const made = reply.taskDefinition;
    for (const { image } of made?.containerDefinitions ?? []) pushLater(image, given, deployment);
    const arn = made?.taskDefinitionArn ?? '';
    return {
      id: made?.family ?? '',
      outputs: { arn, arnWithoutRevision: arn.replace(/:\d+$/, ''), revision: made?.revision ?? 1, family: made?.family ?? '' },
    };
  },
  update: onlyTags,
  async remove({ outputs, inputs }, deployment) {
    if (flagOf(inputs.skipDestroy) === true) return;
    await unlessGone(call(deployment, 'DeregisterTaskDefinition', { taskDefinition: textOf(outputs.arn) }));
  },
};

const OWN_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+):([^:@]+)$/;
/** By then whatever copies images from Region to Region is deployed as well. */
const PIPELINE = 60_000;

/**
 * No infrastructure code pushes images: a pipeline does, into the repositories that the code declares, with the tags that it
 * names. A repository of another Region that nobody declares is made by replication, if there is any.
 */
function pushLater(image: string | undefined, given: Given, { world, call: send }: Deployment): void {
  const [, account, region, repositoryName, imageTag] = OWN_IMAGE.exec(image ?? '') ?? [];
  if (account !== given.account || region === undefined) return;
  const imageManifest = JSON.stringify({ schemaVersion: 2, image: `${repositoryName}:${imageTag}` });
  world.clock.after(PIPELINE, () => {
    // There is no such repository, or the image is there already: nothing is left to push.
    send('ecr', 'PutImage', { repositoryName, imageTag, imageManifest }, region).catch(() => undefined);
  });
}

const isDaemon = ({ inputs }: Given): boolean => textOf(inputs.schedulingStrategy) === 'DAEMON';

/** What an update of a service takes. */
function settingsOf(given: Given) {
  const { inputs } = given;
  const network = blockOf(inputs.networkConfiguration);
  const breaker = blockOf(inputs.deploymentCircuitBreaker);
  const alarms = blockOf(inputs.alarms);
  const providers = strategies(inputs.capacityProviderStrategies);
  const balancers = blocksOf(inputs.loadBalancers).map((l) =>
    without({
      targetGroupArn: textOf(l.targetGroupArn),
      containerName: textOf(l.containerName),
      containerPort: numberOf(l.containerPort),
    }),
  );
  return {
    taskDefinition: textOf(inputs.taskDefinition),
    // The provider's desiredCount is 0 when the code leaves it out.
    desiredCount: isDaemon(given) ? undefined : (numberOf(inputs.desiredCount) ?? 0),
    capacityProviderStrategy: providers.length > 0 ? providers : undefined,
    networkConfiguration: network === undefined ? undefined : { awsvpcConfiguration: { subnets: textsOf(network.subnets) } },
    loadBalancers: balancers.length > 0 ? balancers : undefined,
    healthCheckGracePeriodSeconds: numberOf(inputs.healthCheckGracePeriodSeconds),
    availabilityZoneRebalancing: textOf(inputs.availabilityZoneRebalancing),
    deploymentConfiguration: without({
      strategy: textOf(blockOf(inputs.deploymentConfiguration)?.strategy),
      // Of a daemon the provider's defaults are not sent.
      ...(isDaemon(given)
        ? {}
        : {
            maximumPercent: numberOf(inputs.deploymentMaximumPercent),
            minimumHealthyPercent: numberOf(inputs.deploymentMinimumHealthyPercent),
          }),
      deploymentCircuitBreaker:
        breaker === undefined
          ? undefined
          : { enable: flagOf(breaker.enable) ?? false, rollback: flagOf(breaker.rollback) ?? false },
      alarms:
        alarms === undefined
          ? undefined
          : {
              alarmNames: textsOf(alarms.alarmNames),
              enable: flagOf(alarms.enable) ?? false,
              rollback: flagOf(alarms.rollback) ?? false,
            },
    }),
  };
}

const named = ({ id, inputs }: Given) => without({ service: id, cluster: textOf(inputs.cluster) });

/** As the provider does: scaled to nothing before it is deleted. */
async function removeService(given: Given, deployment: Deployment): Promise<void> {
  if (!isDaemon(given)) await unlessGone(call(deployment, 'UpdateService', { ...named(given), desiredCount: 0 }));
  const force = isDaemon(given) || flagOf(given.inputs.forceDelete) === true;
  await unlessGone(call(deployment, 'DeleteService', { ...named(given), force }));
}

const service: Deployer = {
  type: 'aws:ecs/service:Service',
  async create(given, deployment) {
    const { inputs } = given;
    const controller = textOf(blockOf(inputs.deploymentController)?.type);
    const settings = settingsOf(given);
    const name = textOf(inputs.name) ?? deployment.physicalName(given);
    const reply = await call<ECS.CreateServiceCommandOutput>(
      deployment,
      'CreateService',
      without({
        serviceName: name,
        cluster: textOf(inputs.cluster),
        ...without(settings),
        launchType: settings.capacityProviderStrategy === undefined ? textOf(inputs.launchType) : undefined,
        schedulingStrategy: textOf(inputs.schedulingStrategy),
        deploymentController: controller === undefined ? undefined : { type: controller },
        tags: tags(given),
      }),
    );
    const arn = reply.service?.serviceArn ?? '';
    return { id: arn, outputs: { arn, name } };
  },
  // Whatever is changed, `forceNewDeployment` goes with it; `triggers` are nothing but a change.
  update: changedBy(async (given, before, deployment) => {
    const changes = changesOf(settingsOf(given), settingsOf(before));
    if (Object.keys(changes).length === 0 && same(given.inputs.triggers, before.inputs.triggers)) return;
    const forceNewDeployment = flagOf(given.inputs.forceNewDeployment) ?? false;
    await call(deployment, 'UpdateService', { ...named(given), ...changes, forceNewDeployment });
  }),
  remove: removeService,
};

export const ecsDeployers: readonly Deployer[] = [cluster, clusterProviders, provider, taskDefinition, service];
