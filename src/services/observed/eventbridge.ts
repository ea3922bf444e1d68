/** EventBridge buses, rules with their targets, archives and global endpoints. The default bus and rules of AWS's own services are left out. */
import type {
  Endpoint,
  ListArchivesCommandInput,
  ListArchivesCommandOutput,
  ListEndpointsCommandInput,
  ListEndpointsCommandOutput,
  ListEventBusesCommandInput,
  ListEventBusesCommandOutput,
  ListRulesCommandInput,
  ListRulesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
  Rule,
  Target,
} from '@aws-sdk/client-eventbridge';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const pages = { input: 'NextToken', output: 'NextToken' };
const client = 'eventbridge';
const listBuses = call<ListEventBusesCommandInput, ListEventBusesCommandOutput>({
  client,
  operation: 'ListEventBuses',
  action: 'events:ListEventBuses',
  pages,
});
const listRules = call<ListRulesCommandInput, ListRulesCommandOutput>({
  client,
  operation: 'ListRules',
  action: 'events:ListRules',
  pages,
});
const listTargets = call<ListTargetsByRuleCommandInput, ListTargetsByRuleCommandOutput>({
  client,
  operation: 'ListTargetsByRule',
  action: 'events:ListTargetsByRule',
  pages,
});
const listArchives = call<ListArchivesCommandInput, ListArchivesCommandOutput>({
  client,
  operation: 'ListArchives',
  action: 'events:ListArchives',
  pages,
});
const listEndpoints = call<ListEndpointsCommandInput, ListEndpointsCommandOutput>({
  client,
  operation: 'ListEndpoints',
  action: 'events:ListEndpoints',
  pages,
});
const listTags = call<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
  client,
  operation: 'ListTagsForResource',
  action: 'events:ListTagsForResource',
});

const DEFAULT_BUS = 'default';

export const eventBuses: Scan = {
  id: 'eventbridge',
  types: [
    'aws:cloudwatch/eventBus:EventBus',
    'aws:cloudwatch/eventRule:EventRule',
    'aws:cloudwatch/eventTarget:EventTarget',
    'aws:cloudwatch/eventArchive:EventArchive',
  ],
  where: 'region',
  calls: [listBuses, listRules, listTargets, listArchives, listTags],
  async *run(aws) {
    for await (const { EventBuses = [] } of aws.pages(listBuses, {}))
      for (const { Name: name = '', Arn: arn } of EventBuses) {
        if (name !== DEFAULT_BUS)
          yield {
            type: 'aws:cloudwatch/eventBus:EventBus',
            id: name,
            arn,
            name,
            properties: { name },
            outputs: present({ arn }),
            tags: await tagsOf(aws, arn),
          };
        for await (const { Rules = [] } of aws.pages(listRules, { EventBusName: name }))
          for (const rule of Rules) if (rule.ManagedBy === undefined) yield* ruleWithTargets(aws, rule, name);
      }
    for await (const { Archives = [] } of aws.pages(listArchives, {}))
      for (const { ArchiveName: name = '', EventSourceArn: eventSourceArn, RetentionDays: retentionDays } of Archives)
        yield {
          type: 'aws:cloudwatch/eventArchive:EventArchive',
          id: name,
          arn: undefined,
          name,
          properties: present({ name, eventSourceArn, retentionDays: retentionDays === 0 ? undefined : retentionDays }),
          outputs: {},
          tags: {},
        };
  },
};

export const eventEndpoints: Scan = {
  id: 'eventbridge-endpoints',
  types: ['aws:cloudwatch/eventEndpoint:EventEndpoint'],
  where: 'region',
  calls: [listEndpoints],
  async *run(aws) {
    for await (const { Endpoints = [] } of aws.pages(listEndpoints, {}))
      for (const endpoint of Endpoints) yield observeEndpoint(endpoint);
  },
};

async function tagsOf(aws: Reader, arn: string | undefined): Promise<Observed['tags']> {
  if (arn === undefined) return new Hole('not-reported', 'EventBridge gave no ARN to ask for tags with');
  const reply = await aws.ask(listTags, { ResourceARN: arn });
  return reply instanceof Hole ? reply : Object.fromEntries((reply?.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
}

async function* ruleWithTargets(aws: Reader, rule: Rule, bus: string): AsyncIterable<Observed> {
  const name = rule.Name ?? '';
  const eventBusName = bus === DEFAULT_BUS ? undefined : bus;
  yield {
    type: 'aws:cloudwatch/eventRule:EventRule',
    id: eventBusName === undefined ? name : `${bus}/${name}`,
    arn: rule.Arn,
    name,
    properties: present({
      name,
      eventBusName,
      eventPattern: rule.EventPattern,
      scheduleExpression: rule.ScheduleExpression,
      state: rule.State ?? new Hole('not-reported', 'EventBridge does not say whether the rule is enabled'),
      roleArn: rule.RoleArn,
    }),
    outputs: present({ arn: rule.Arn }),
    tags: await tagsOf(aws, rule.Arn),
  };
  for await (const { Targets = [] } of aws.pages(listTargets, { Rule: name, EventBusName: bus }))
    for (const target of Targets) yield observeTarget(target, rule, eventBusName);
}

/** What a target is given as input may be anything, and is not kept. The rule is named by its ARN: its name repeats from bus to bus. */
function observeTarget(target: Target, rule: Rule, bus: string | undefined): Observed {
  const id = target.Id ?? '';
  return {
    type: 'aws:cloudwatch/eventTarget:EventTarget',
    id: [...(bus === undefined ? [] : [bus]), rule.Name, id].join('-'),
    arn: undefined,
    name: id,
    properties: present({ rule: rule.Arn, eventBusName: bus, targetId: id, arn: target.Arn, roleArn: target.RoleArn }),
    outputs: { targetId: id },
    tags: {},
  };
}

function observeEndpoint(endpoint: Endpoint): Observed {
  const { Name: name = '', Arn: arn, RoutingConfig: routing, ReplicationConfig: replication } = endpoint;
  const { Primary: primary, Secondary: secondary } = routing?.FailoverConfig ?? {};
  return {
    type: 'aws:cloudwatch/eventEndpoint:EventEndpoint',
    id: name,
    arn,
    name,
    properties: present({
      name,
      eventBuses: (endpoint.EventBuses ?? []).map((b) => present({ eventBusArn: b.EventBusArn })),
      replicationConfig: {
        state: replication?.State ?? new Hole('not-reported', 'EventBridge does not say whether events are replicated'),
      },
      routingConfig: {
        failoverConfig: {
          primary: present({ healthCheck: primary?.HealthCheck }),
          secondary: present({ route: secondary?.Route }),
        },
      },
    }),
    outputs: present({ arn, state: endpoint.State }),
    tags: {},
  };
}
