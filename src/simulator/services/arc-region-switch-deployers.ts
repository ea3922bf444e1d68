/** ARC Region switch plans from the inputs of the Pulumi provider, which has lists where the API has objects and maps. */
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, removedBy } from '../deploy/lifecycle.ts';
import { type Block, blockOf, blocksOf, isBlock, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';

/** Blocks that the API has one of, under the provider's plural. */
const SINGULAR: Readonly<Record<string, string>> = {
  ungracefuls: 'ungraceful',
  kubernetesResourceTypes: 'kubernetesResourceType',
};

/** Lists with a key in each block, which the API has as a map. */
const MAPPED: Readonly<Record<string, (block: Block) => Plain>> = {
  regionAndRoutingControls: (block) => blocksOf(block.routingControls),
  regionEventSourceMappings: ({ region, ...rest }) => rest,
};

const keyed = (value: Plain | undefined, make: (block: Block) => Plain): Block =>
  Object.fromEntries(blocksOf(value).map((block) => [textOf(block.region) ?? '', make(block)]));

function configuration(block: Block): Block {
  const entries = Object.entries(block).map(([property, value]): [string, Plain] => {
    const single = SINGULAR[property];
    const map = MAPPED[property];
    if (single !== undefined) return [single, blockOf(value) ?? {}];
    return map === undefined ? [property, value] : [property, keyed(value, map)];
  });
  return Object.fromEntries(entries);
}

/** `globalAuroraConfigs: [{…}]` is `globalAuroraConfig: {…}` in the API. */
function step(block: Block): Block {
  const configs = Object.entries(block).flatMap(([property, value]): readonly (readonly [string, Plain])[] => {
    const first = property.endsWith('Configs') ? blockOf(value) : undefined;
    if (first === undefined) return [];
    const name = property.slice(0, -1);
    return [[name, name === 'parallelConfig' ? { steps: blocksOf(first.steps).map(step) } : configuration(first)]];
  });
  return without({
    name: textOf(block.name) ?? '',
    description: textOf(block.description) ?? null,
    executionBlockType: textOf(block.executionBlockType) ?? '',
    executionBlockConfiguration: Object.fromEntries(configs),
  });
}

const workflow = (block: Block) =>
  without({
    workflowTargetAction: textOf(block.workflowTargetAction),
    workflowTargetRegion: textOf(block.workflowTargetRegion),
    workflowDescription: textOf(block.workflowDescription),
    steps: blocksOf(block.steps).map(step),
  });

function settingsOf(given: Given) {
  const { inputs } = given;
  const alarms = blocksOf(inputs.associatedAlarms).map(
    ({ mapBlockKey, ...alarm }) => [textOf(mapBlockKey) ?? '', alarm] as const,
  );
  const triggers = blocksOf(inputs.triggers).map((t) => ({ ...t, conditions: blocksOf(t.conditions).filter(isBlock) }));
  return without({
    description: textOf(inputs.description),
    executionRole: need(given, 'executionRole'),
    recoveryTimeObjectiveMinutes: numberOf(inputs.recoveryTimeObjectiveMinutes),
    associatedAlarms: alarms.length === 0 ? undefined : Object.fromEntries(alarms),
    triggers: triggers.length === 0 ? undefined : triggers,
    workflows: blocksOf(inputs.workflows).map(workflow),
  });
}

async function plan(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = textOf(inputs.name) ?? deployment.physicalName(given);
  const input = without({
    ...settingsOf(given),
    name,
    recoveryApproach: need(given, 'recoveryApproach'),
    regions: textsOf(inputs.regions),
    primaryRegion: textOf(inputs.primaryRegion),
    tags: given.tags,
  });
  const made = (await deployment.call('arc-region-switch', 'CreatePlan', input)) as { readonly plan: { readonly arn: string } };
  return { id: made.plan.arn, outputs: { arn: made.plan.arn, name } };
}

export const arcRegionSwitchDeployers: readonly Deployer[] = [
  {
    type: 'aws:arcregionswitch/plan:Plan',
    create: plan,
    update: changedBy((given, _before, deployment) =>
      deployment.call('arc-region-switch', 'UpdatePlan', { arn: given.id, ...settingsOf(given) }),
    ),
    remove: removedBy('arc-region-switch', 'DeletePlan', ({ id }) => ({ arn: id })),
  },
];
