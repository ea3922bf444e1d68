/** EventBridge from the inputs of the Pulumi provider. */
import type * as Events from '@aws-sdk/client-eventbridge';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, onlyTags, putAgain, removedBy } from '../deploy/lifecycle.ts';
import { blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { busName, DEFAULT_BUS } from './eventbridge-model.ts';

async function bus(given: Given, deployment: Deployment): Promise<Created> {
  const Name = textOf(given.inputs.name) ?? deployment.physicalName(given);
  const made = (await deployment.call('eventbridge', 'CreateEventBus', {
    Name,
    Tags: tagList(given.tags),
  })) as Events.CreateEventBusCommandOutput;
  return { id: Name, outputs: { name: Name, arn: made.EventBusArn ?? '' } };
}

async function rule(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const Name = textOf(inputs.name) ?? given.id?.split('/').at(-1) ?? deployment.physicalName(given);
  const on = textOf(inputs.eventBusName);
  const { RuleArn: arn = '' } = (await deployment.call('eventbridge', 'PutRule', {
    Name,
    ...without({
      EventBusName: on,
      EventPattern: textOf(inputs.eventPattern),
      ScheduleExpression: textOf(inputs.scheduleExpression),
      // `isEnabled` is the older spelling, true by default.
      State: textOf(inputs.state) ?? (flagOf(inputs.isEnabled) === false ? 'DISABLED' : 'ENABLED'),
      RoleArn: textOf(inputs.roleArn),
    }),
    Tags: tagList(given.tags),
  })) as Events.PutRuleCommandOutput;
  const name = busName(on);
  return { id: name === DEFAULT_BUS ? Name : `${on}/${Name}`, outputs: { name: Name, arn, eventBusName: on ?? DEFAULT_BUS } };
}

async function target(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const on = textOf(inputs.eventBusName);
  // A rule is referred to by its id, which carries the bus in front.
  const Rule = need(given, 'rule').split('/').at(-1) ?? '';
  const Id = textOf(inputs.targetId) ?? textOf(given.outputs.targetId) ?? `terraform-${deployment.world.random.hex(26)}`;
  const Targets = [without({ Id, Arn: need(given, 'arn'), RoleArn: textOf(inputs.roleArn), Input: textOf(inputs.input) })];
  await deployment.call('eventbridge', 'PutTargets', { Rule, ...(on === undefined ? {} : { EventBusName: on }), Targets });
  return { id: busName(on) === DEFAULT_BUS ? `${Rule}-${Id}` : `${on}-${Rule}-${Id}`, outputs: { targetId: Id } };
}

async function archive(given: Given, deployment: Deployment): Promise<Created> {
  const ArchiveName = textOf(given.inputs.name) ?? deployment.physicalName(given);
  const made = (await deployment.call('eventbridge', 'CreateArchive', {
    ArchiveName,
    EventSourceArn: need(given, 'eventSourceArn'),
    RetentionDays: numberOf(given.inputs.retentionDays) ?? 0,
  })) as Events.CreateArchiveCommandOutput;
  return { id: ArchiveName, outputs: { name: ArchiveName, arn: made.ArchiveArn ?? '' } };
}

async function endpoint(how: 'Create' | 'Update', given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const Name = textOf(inputs.name) ?? deployment.physicalName(given);
  const failover = blockOf(blockOf(inputs.routingConfig)?.failoverConfig);
  const state = textOf(blockOf(inputs.replicationConfig)?.state);
  const made = (await deployment.call('eventbridge', `${how}Endpoint`, {
    Name,
    RoutingConfig: {
      FailoverConfig: {
        Primary: without({ HealthCheck: textOf(blockOf(failover?.primary)?.healthCheck) }),
        Secondary: without({ Route: textOf(blockOf(failover?.secondary)?.route) }),
      },
    },
    ...(state === undefined ? {} : { ReplicationConfig: { State: state } }),
    EventBuses: blocksOf(inputs.eventBuses).map((b) => ({ EventBusArn: textOf(b.eventBusArn) })),
    ...without({ RoleArn: textOf(inputs.roleArn) }),
  })) as Events.CreateEndpointCommandOutput;
  return { id: Name, outputs: { name: Name, arn: made.Arn ?? '' } };
}

export const eventbridgeDeployers: readonly Deployer[] = [
  {
    type: 'aws:cloudwatch/eventBus:EventBus',
    create: bus,
    update: onlyTags,
    remove: removedBy('eventbridge', 'DeleteEventBus', ({ id }) => ({ Name: id })),
  },
  {
    type: 'aws:cloudwatch/eventRule:EventRule',
    ...putAgain(rule),
    remove: removedBy('eventbridge', 'DeleteRule', ({ inputs, outputs, id }) =>
      without({ EventBusName: textOf(inputs.eventBusName), Name: textOf(outputs.name) ?? id?.split('/').at(-1) }),
    ),
  },
  {
    type: 'aws:cloudwatch/eventTarget:EventTarget',
    ...putAgain(target),
    remove: removedBy('eventbridge', 'RemoveTargets', (given) =>
      without({
        EventBusName: textOf(given.inputs.eventBusName),
        Rule: need(given, 'rule').split('/').at(-1),
        Ids: [textOf(given.outputs.targetId) ?? textOf(given.inputs.targetId)],
      }),
    ),
  },
  {
    type: 'aws:cloudwatch/eventArchive:EventArchive',
    create: archive,
    update: changedBy((given, before, deployment) => {
      const says = ({ inputs }: Given) => ({ RetentionDays: numberOf(inputs.retentionDays) ?? 0 });
      return modify(deployment, ['eventbridge', 'UpdateArchive'], { ArchiveName: given.id }, says(given), says(before));
    }),
    remove: removedBy('eventbridge', 'DeleteArchive', ({ id }) => ({ ArchiveName: id })),
  },
  {
    type: 'aws:cloudwatch/eventEndpoint:EventEndpoint',
    create: (given, deployment) => endpoint('Create', given, deployment),
    update: (given, _before, deployment) => endpoint('Update', given, deployment),
    remove: removedBy('eventbridge', 'DeleteEndpoint', ({ id }) => ({ Name: id })),
  },
];
