/** Simulated EventBridge: buses, rules by pattern or schedule, targets, archives, and endpoints over two Regions. */
import type * as Events from '@aws-sdk/client-eventbridge';
import { checkIsHealthy } from '../plane/health.ts';
import { nextRun } from '../plane/schedules.ts';
import { passOn } from '../plane/targets.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import type { Shelf, World } from '../world/world.ts';
import { eventbridgeDeployers } from './eventbridge-deployers.ts';
import {
  ARCHIVES,
  BUSES,
  busName,
  DEFAULT_BUS,
  ENDPOINTS,
  EVENT_TAGS,
  matches,
  RULES,
  type StoredRule,
} from './eventbridge-model.ts';

const absent = (what: string): ServiceFault => new ServiceFault('ResourceNotFoundException', `${what} does not exist.`);
const tagsOf = (tags: readonly Events.Tag[] | undefined) =>
  Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
const busArn = (context: CallContext, name: string): string => context.arn('events', `event-bus/${name}`);

/** The default bus is always there. */
function bus(context: CallContext, nameOrArn: string | undefined): string {
  const name = busName(nameOrArn);
  if (name !== DEFAULT_BUS && context.get(BUSES, name) === undefined) throw absent(`Event bus ${name}`);
  return name;
}

const createBus: Operation<Events.CreateEventBusCommandInput, Reply<Events.CreateEventBusCommandOutput>> = (input, context) => {
  const name = input.Name ?? '';
  if (name === DEFAULT_BUS || context.get(BUSES, name) !== undefined)
    throw new ServiceFault('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
  const arn = busArn(context, name);
  context.put(BUSES, name, { name, arn });
  context.put(EVENT_TAGS, arn, tagsOf(input.Tags));
  return { EventBusArn: arn };
};

const listBuses: Operation<Events.ListEventBusesCommandInput, Reply<Events.ListEventBusesCommandOutput>> = (input, context) => {
  const all = [{ name: DEFAULT_BUS, arn: busArn(context, DEFAULT_BUS) }, ...context.list(BUSES)];
  const { items, next } = page(all, input.NextToken, input.Limit ?? 100);
  return { EventBuses: items.map((b) => ({ Name: b.name, Arn: b.arn })), ...(next === undefined ? {} : { NextToken: next }) };
};

const putRule: Operation<Events.PutRuleCommandInput, Reply<Events.PutRuleCommandOutput>> = (input, context) => {
  const name = input.Name ?? '';
  const on = bus(context, input.EventBusName);
  if (input.EventPattern === undefined && input.ScheduleExpression === undefined)
    throw new ServiceFault('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  const old = context.get(RULES, `${on}/${name}`);
  if (old !== undefined) old.stopped = true;
  const arn = context.arn('events', on === DEFAULT_BUS ? `rule/${name}` : `rule/${on}/${name}`);
  const rule: StoredRule = {
    name,
    bus: on,
    arn,
    input,
    // API reference, PutRule: enabled unless said otherwise.
    state: input.State ?? 'ENABLED',
    targets: old?.targets ?? new Map<string, Events.Target>(),
    stopped: false,
    call: context.call,
  };
  context.put(RULES, `${on}/${name}`, rule);
  if (old === undefined) context.put(EVENT_TAGS, arn, tagsOf(input.Tags));
  if (input.ScheduleExpression !== undefined) tick(context.world, context.region, rule, input.ScheduleExpression);
  return { RuleArn: arn };
};

const isDisabled = ({ state }: StoredRule): boolean => state === 'DISABLED';

function tick(world: World, region: string, rule: StoredRule, expression: string): void {
  const next = nextRun(expression, world.clock.now());
  if (next === undefined) return;
  world.clock.at(next, () => {
    if (rule.stopped) return;
    tick(world, region, rule, expression);
    if (isDisabled(rule) || world.regionIsLost(region)) return;
    fire(rule, { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
  });
}

function fire(rule: StoredRule, event: object): void {
  for (const target of rule.targets.values())
    passOn(rule.call, [target.Arn ?? ''], target.Input === undefined ? event : asRecord(target.Input));
}

function asRecord(json: string): object {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? value : { value };
}

function ruleOf(context: CallContext, on: string | undefined, name: string | undefined): StoredRule {
  const found = context.get(RULES, `${busName(on)}/${name}`);
  if (found === undefined) throw absent(`Rule ${name}`);
  return found;
}

function one<T>(context: CallContext, on: Shelf<T>, what: string, name: string | undefined): T {
  const found = context.get(on, name ?? '');
  if (found === undefined) throw absent(what);
  return found;
}

const shown = (rule: StoredRule): Events.Rule => ({
  Name: rule.name,
  Arn: rule.arn,
  EventBusName: rule.bus,
  State: rule.state,
  ...(rule.input.EventPattern === undefined ? {} : { EventPattern: rule.input.EventPattern }),
  ...(rule.input.ScheduleExpression === undefined ? {} : { ScheduleExpression: rule.input.ScheduleExpression }),
  ...(rule.input.RoleArn === undefined ? {} : { RoleArn: rule.input.RoleArn }),
});

const listRules: Operation<Events.ListRulesCommandInput, Reply<Events.ListRulesCommandOutput>> = (input, context) => {
  const on = bus(context, input.EventBusName);
  const own = context
    .list(RULES)
    .filter((r) => r.bus === on && (input.NamePrefix === undefined || r.name.startsWith(input.NamePrefix)));
  const { items, next } = page(own, input.NextToken, input.Limit ?? 100);
  return { Rules: items.map(shown), ...(next === undefined ? {} : { NextToken: next }) };
};

const describeRule: Operation<Events.DescribeRuleCommandInput, Reply<Events.DescribeRuleCommandOutput>> = (input, context) =>
  shown(ruleOf(context, input.EventBusName, input.Name));

const turn =
  (state: Events.RuleState): Operation<Events.EnableRuleCommandInput, Reply<Events.EnableRuleCommandOutput>> =>
  (input, context) => {
    ruleOf(context, input.EventBusName, input.Name).state = state;
    return {};
  };

const deleteRule: Operation<Events.DeleteRuleCommandInput, Reply<Events.DeleteRuleCommandOutput>> = (input, context) => {
  const rule = ruleOf(context, input.EventBusName, input.Name);
  if (rule.targets.size > 0) throw new ServiceFault('ValidationException', "Rule can't be deleted since it has targets.");
  rule.stopped = true;
  context.remove(RULES, `${rule.bus}/${rule.name}`);
  context.remove(EVENT_TAGS, rule.arn);
  return {};
};

const putTargets: Operation<Events.PutTargetsCommandInput, Reply<Events.PutTargetsCommandOutput>> = (input, context) => {
  const rule = ruleOf(context, input.EventBusName, input.Rule);
  for (const target of input.Targets ?? []) rule.targets.set(target.Id ?? '', target);
  return { FailedEntryCount: 0, FailedEntries: [] };
};

const removeTargets: Operation<Events.RemoveTargetsCommandInput, Reply<Events.RemoveTargetsCommandOutput>> = (input, context) => {
  const rule = ruleOf(context, input.EventBusName, input.Rule);
  for (const id of input.Ids ?? []) rule.targets.delete(id);
  return { FailedEntryCount: 0, FailedEntries: [] };
};

const listTargets: Operation<Events.ListTargetsByRuleCommandInput, Reply<Events.ListTargetsByRuleCommandOutput>> = (
  input,
  context,
) => {
  const { items, next } = page(
    [...ruleOf(context, input.EventBusName, input.Rule).targets.values()],
    input.NextToken,
    input.Limit ?? 100,
  );
  return { Targets: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

/**
 * Through a global endpoint events go to the primary bus while its health check is healthy, else to the secondary one; with
 * replication on, to both (EventBridge user guide, "Making applications Regional-fault tolerant").
 */
function regionsFor(context: CallContext, endpointId: string | undefined): readonly string[] {
  if (endpointId === undefined) return [context.region];
  const { world } = context;
  const endpoint = world.everywhere(ENDPOINTS).find((e) => e.item.EndpointId === endpointId)?.item;
  if (endpoint === undefined) throw absent(`Endpoint ${endpointId}`);
  const buses = (endpoint.EventBuses ?? []).map((b) => b.EventBusArn?.split(':')[3] ?? '');
  if (endpoint.ReplicationConfig?.State === 'ENABLED') return buses;
  const { Primary, Secondary } = endpoint.RoutingConfig?.FailoverConfig ?? {};
  const healthy = checkIsHealthy(world, Primary?.HealthCheck?.split('/').at(-1) ?? '');
  return [(healthy ? buses[0] : (Secondary?.Route ?? buses[1])) ?? context.region];
}

const putEvents: Operation<Events.PutEventsCommandInput, Reply<Events.PutEventsCommandOutput>> = (input, context) => {
  const regions = regionsFor(context, input.EndpointId).filter((r) => !context.world.regionIsLost(r));
  const Entries = (input.Entries ?? []).map((entry) => {
    const event = {
      source: entry.Source,
      'detail-type': entry.DetailType,
      resources: entry.Resources ?? [],
      account: context.account,
      detail: entry.Detail === undefined ? {} : asRecord(entry.Detail),
    };
    for (const region of regions) receive(context, region, busName(entry.EventBusName), { ...event, region });
    return { EventId: context.world.random.hex(32) };
  });
  return { FailedEntryCount: 0, Entries };
};

function receive(context: CallContext, region: string, on: string, event: object): void {
  for (const rule of context.world.list(RULES, context.account, region)) {
    const pattern = rule.input.EventPattern;
    if (rule.bus !== on || isDisabled(rule) || pattern === undefined) continue;
    if (matches(JSON.parse(pattern), event)) fire(rule, event);
  }
}

const createArchive: Operation<Events.CreateArchiveCommandInput, Reply<Events.CreateArchiveCommandOutput>> = (input, context) => {
  const name = input.ArchiveName ?? '';
  const archive = {
    ArchiveName: name,
    EventSourceArn: input.EventSourceArn,
    State: 'ENABLED' as const,
    RetentionDays: input.RetentionDays ?? 0,
  };
  context.put(ARCHIVES, name, { ...archive, CreationTime: context.now });
  return { ArchiveArn: context.arn('events', `archive/${name}`), State: 'ENABLED', CreationTime: context.now };
};

const listArchives: Operation<Events.ListArchivesCommandInput, Reply<Events.ListArchivesCommandOutput>> = (input, context) => {
  const { items, next } = page(context.list(ARCHIVES), input.NextToken, input.Limit ?? 100);
  return { Archives: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

const createEndpoint: Operation<Events.CreateEndpointCommandInput, Reply<Events.CreateEndpointCommandOutput>> = (
  input,
  context,
) => {
  const name = input.Name ?? '';
  const endpoint: Events.Endpoint = {
    Name: name,
    Arn: context.arn('events', `endpoint/${name}`),
    EndpointId: `${context.world.random.hex(10)}.${context.world.random.hex(3)}`,
    RoutingConfig: input.RoutingConfig,
    // API reference, CreateEndpoint: replication is on unless it is disabled.
    ReplicationConfig: { State: input.ReplicationConfig?.State ?? 'ENABLED' },
    EventBuses: input.EventBuses,
    State: 'ACTIVE',
    ...(input.RoleArn === undefined ? {} : { RoleArn: input.RoleArn }),
  };
  context.put(ENDPOINTS, name, endpoint);
  return { Name: name, Arn: endpoint.Arn, State: 'CREATING', RoutingConfig: input.RoutingConfig, EventBuses: input.EventBuses };
};

const listEndpoints: Operation<Events.ListEndpointsCommandInput, Reply<Events.ListEndpointsCommandOutput>> = (input, context) => {
  const { items, next } = page(context.list(ENDPOINTS), input.NextToken, input.MaxResults ?? 100);
  return { Endpoints: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

const listTags: Operation<Events.ListTagsForResourceCommandInput, Reply<Events.ListTagsForResourceCommandOutput>> = (
  input,
  context,
) => ({
  Tags: Object.entries(context.get(EVENT_TAGS, input.ResourceARN ?? '') ?? {}).map(([Key, Value]) => ({ Key, Value })),
});

export const eventbridge: SimulatedService = {
  client: 'eventbridge',
  prefix: 'events',
  operations: {
    CreateEventBus: createBus,
    ListEventBuses: listBuses,
    PutRule: putRule,
    ListRules: listRules,
    DescribeRule: describeRule,
    EnableRule: turn('ENABLED'),
    DisableRule: turn('DISABLED'),
    DeleteRule: deleteRule,
    PutTargets: putTargets,
    RemoveTargets: removeTargets,
    ListTargetsByRule: listTargets,
    PutEvents: putEvents,
    CreateArchive: createArchive,
    ListArchives: listArchives,
    UpdateArchive: ((input, context) => {
      const archive = { ...one(context, ARCHIVES, `Archive ${input.ArchiveName}`, input.ArchiveName) };
      if (input.RetentionDays !== undefined) archive.RetentionDays = input.RetentionDays;
      context.put(ARCHIVES, input.ArchiveName ?? '', archive);
      return { State: 'ENABLED' as const };
    }) satisfies Operation<Events.UpdateArchiveCommandInput, Reply<Events.UpdateArchiveCommandOutput>>,
    DeleteArchive: ((input, context) => {
      one(context, ARCHIVES, `Archive ${input.ArchiveName}`, input.ArchiveName);
      context.remove(ARCHIVES, input.ArchiveName ?? '');
      return {};
    }) satisfies Operation<Events.DeleteArchiveCommandInput, Reply<Events.DeleteArchiveCommandOutput>>,
    CreateEndpoint: createEndpoint,
    ListEndpoints: listEndpoints,
    UpdateEndpoint: ((input, context) => {
      const { Name: name = '', ...changes } = input;
      const old = one(context, ENDPOINTS, `Endpoint ${name}`, name);
      const given = Object.fromEntries(Object.entries(changes).filter(([, v]) => v !== undefined));
      context.put(ENDPOINTS, name, { ...old, ...given });
      return { Name: name, Arn: old.Arn, State: 'UPDATING' as const };
    }) satisfies Operation<Events.UpdateEndpointCommandInput, Reply<Events.UpdateEndpointCommandOutput>>,
    DeleteEndpoint: ((input, context) => {
      one(context, ENDPOINTS, `Endpoint ${input.Name}`, input.Name);
      context.remove(ENDPOINTS, input.Name ?? '');
      return {};
    }) satisfies Operation<Events.DeleteEndpointCommandInput, Reply<Events.DeleteEndpointCommandOutput>>,
    // The default bus stays; a bus with rules is refused by none of them (API reference, DeleteEventBus).
    DeleteEventBus: ((input, context) => {
      const { arn } = one(context, BUSES, `Event bus ${input.Name}`, input.Name);
      context.remove(BUSES, input.Name ?? '');
      context.remove(EVENT_TAGS, arn);
      return {};
    }) satisfies Operation<Events.DeleteEventBusCommandInput, Reply<Events.DeleteEventBusCommandOutput>>,
    TagResource: ((input, context) => {
      const added = (input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''] as const);
      const of = input.ResourceARN ?? '';
      context.put(EVENT_TAGS, of, { ...context.get(EVENT_TAGS, of), ...Object.fromEntries(added) });
      return {};
    }) satisfies Operation<Events.TagResourceCommandInput, Reply<Events.TagResourceCommandOutput>>,
    UntagResource: ((input, context) => {
      const of = input.ResourceARN ?? '';
      const kept = Object.entries(context.get(EVENT_TAGS, of) ?? {}).filter(([key]) => input.TagKeys?.includes(key) !== true);
      context.put(EVENT_TAGS, of, Object.fromEntries(kept));
      return {};
    }) satisfies Operation<Events.UntagResourceCommandInput, Reply<Events.UntagResourceCommandOutput>>,
    ListTagsForResource: listTags,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(RULES)) {
        const gone =
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account);
        if (!gone) continue;
        item.stopped = true;
        world.remove(RULES, account, region, key);
      }
    });
  },
  deployers: eventbridgeDeployers,
};
