/** Lambda: functions that AWS runs across the AZs of a Region, what triggers them, and where they answer. */
import type * as LAMBDA from '@aws-sdk/client-lambda';
import { type Answer, listen, refused } from '../plane/network.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { subnetOf, zoneOf } from './ec2-network.ts';
import type { Op, Place } from './ec2-shared.ts';
import { lambdaDeployers } from './lambda-deploy.ts';
import { outside, type Ranges } from './ranges.ts';
import { queueByArn } from './sqs-messages.ts';

export interface FunctionItem {
  readonly shown: LAMBDA.FunctionConfiguration & { FunctionName: string; FunctionArn: string };
  reserved: number | undefined;
  readonly image: string | undefined;
  tags: Record<string, string>;
}

export const FUNCTIONS = shelf<FunctionItem>('lambda:function');
const MAPPINGS = shelf<LAMBDA.EventSourceMappingConfiguration>('lambda:event-source-mapping');
const ALIASES = shelf<LAMBDA.AliasConfiguration & { readonly function: string }>('lambda:alias');
const URLS = shelf<LAMBDA.FunctionUrlConfig>('lambda:function-url');

/** Seconds until a new function, or a changed mapping, is ready: an assumption. */
const PENDING = [1, 10] as const;
const ENABLING = [5, 60] as const;

/** `name`, `account:function:name`, an ARN, or any of these with a version or alias behind it. */
const nameOf = (given = ''): string => (given.split('function:')[1] ?? given).split(':')[0] ?? '';

function functionOf(context: CallContext, given: string | undefined): FunctionItem {
  const item = context.get(FUNCTIONS, nameOf(given));
  if (item === undefined)
    throw new ServiceFault(
      'ResourceNotFoundException',
      `Function not found: ${context.arn('lambda', `function:${nameOf(given)}`)}`,
      404,
    );
  return item;
}

/** What a caller of the function gets: an answer from any AZ in which it may run. */
export function functionAnswer(place: Place, arn: string): Answer {
  const { world, account, region } = place;
  const item = world.get(FUNCTIONS, account, region, nameOf(arn));
  if (item === undefined || world.regionIsLost(region)) return refused('the function is gone');
  if (item.reserved === 0) return refused('the function has no concurrency');
  const subnets = item.shown.VpcConfig?.SubnetIds ?? [];
  const zones = subnets.length === 0 ? world.zones(region) : subnets.flatMap((id) => zoneOf(place, id) ?? []);
  const zone = zones.find((z) => !world.zoneIsLost(z));
  return zone === undefined
    ? refused('every AZ of its subnets is lost')
    : { kind: 'served', by: item.shown.FunctionArn, region, zone, writes: undefined };
}

const unknown = (): ServiceFault =>
  new ServiceFault('ResourceNotFoundException', 'The resource you requested does not exist.', 404);

function urlOf(context: CallContext, name: string | undefined): LAMBDA.FunctionUrlConfig {
  const url = context.get(URLS, functionOf(context, name).shown.FunctionName);
  if (url === undefined) throw unknown();
  return url;
}

function aliasOf(
  context: CallContext,
  { FunctionName, Name }: { readonly FunctionName?: string | undefined; readonly Name?: string | undefined },
) {
  const { FunctionArn } = functionOf(context, FunctionName).shown;
  const alias = context.get(ALIASES, `${FunctionArn}:${Name}`);
  if (alias === undefined) throw unknown();
  return alias;
}

/** Without subnets a function is in no VPC of the account's. */
function joinVpc(context: CallContext, shown: FunctionItem['shown'], asked: LAMBDA.VpcConfig): void {
  const subnets = (asked.SubnetIds ?? []).map((id) => subnetOf(context, id));
  delete shown.VpcConfig;
  if (subnets.length === 0) return;
  shown.VpcConfig = {
    SubnetIds: subnets.map((s) => s.SubnetId ?? ''),
    SecurityGroupIds: asked.SecurityGroupIds ?? [],
    ...(subnets[0]?.VpcId === undefined ? {} : { VpcId: subnets[0].VpcId }),
  };
}

/** Lambda developer guide, "Lambda quotas"; functions on instances of the account's own may have more. */
const LIMITS: Ranges = { Timeout: [1, 900], MemorySize: [128, 10_240] };

function mustBeWithin(input: object): void {
  const wrong = outside(input, LIMITS);
  if (wrong === undefined) return;
  const { member, value, least, most } = wrong;
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  const bound = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw new ServiceFault(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

const createFunction: Op<LAMBDA.CreateFunctionCommandInput, LAMBDA.CreateFunctionCommandOutput> = (input, context) => {
  const name = input.FunctionName ?? '';
  if (context.get(FUNCTIONS, name) !== undefined)
    throw new ServiceFault('ResourceConflictException', `Function already exist: ${name}`, 409);
  if (input.CapacityProviderConfig === undefined) mustBeWithin(input);
  const shown: FunctionItem['shown'] = {
    FunctionName: name,
    FunctionArn: context.arn('lambda', `function:${name}`),
    PackageType: input.PackageType ?? 'Zip',
    MemorySize: input.MemorySize ?? 128,
    Timeout: input.Timeout ?? 3,
    LastModified: context.now.toISOString(),
    Version: '$LATEST',
    State: 'Pending',
    Architectures: input.Architectures ?? ['x86_64'],
    RevisionId: context.world.random.hex(32),
  };
  if (input.Runtime !== undefined) shown.Runtime = input.Runtime;
  if (input.Role !== undefined) shown.Role = input.Role;
  if (input.VpcConfig !== undefined) joinVpc(context, shown, input.VpcConfig);
  context.put(FUNCTIONS, name, { shown, reserved: undefined, image: input.Code?.ImageUri, tags: input.Tags ?? {} });
  context.world.clock.after(between(context.world, ...PENDING), () => {
    shown.State = 'Active';
  });
  return shown;
};

/** A message must stay invisible for as long as the function may work on it (Lambda developer guide, "Using Lambda with Amazon SQS"). */
function mustOutlast(context: CallContext, source: string | undefined, timeout: number): void {
  const visibility = Number(queueByArn(context.world, source ?? '')?.attributes.VisibilityTimeout ?? timeout);
  if (visibility < timeout)
    throw new ServiceFault(
      'InvalidParameterValueException',
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`,
    );
}

const createMapping: Op<LAMBDA.CreateEventSourceMappingCommandInput, LAMBDA.CreateEventSourceMappingCommandOutput> = (
  input,
  context,
) => {
  const item = functionOf(context, input.FunctionName);
  mustOutlast(context, input.EventSourceArn, item.shown.Timeout ?? 0);
  const id = context.id('esm', 32);
  const uuid = id.startsWith('esm-') ? id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : id;
  // CreateEventSourceMapping, Enabled: true.
  const enabled = input.Enabled !== false;
  const mapping: LAMBDA.EventSourceMappingConfiguration = {
    UUID: uuid,
    FunctionArn: item.shown.FunctionArn,
    EventSourceMappingArn: context.arn('lambda', `event-source-mapping:${uuid}`),
    State: 'Creating',
    LastModified: context.now,
  };
  if (input.EventSourceArn !== undefined) mapping.EventSourceArn = input.EventSourceArn;
  if (input.BatchSize !== undefined) mapping.BatchSize = input.BatchSize;
  context.put(MAPPINGS, uuid, mapping);
  context.world.clock.after(between(context.world, ...ENABLING), () => {
    mapping.State = enabled ? 'Enabled' : 'Disabled';
  });
  return mapping;
};

const mappingOf = (context: CallContext, uuid: string | undefined): LAMBDA.EventSourceMappingConfiguration => {
  const mapping = context.get(MAPPINGS, uuid ?? '');
  if (mapping === undefined)
    throw new ServiceFault('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
  return mapping;
};

const createUrl: Op<LAMBDA.CreateFunctionUrlConfigCommandInput, LAMBDA.CreateFunctionUrlConfigCommandOutput> = (
  input,
  context,
) => {
  const item = functionOf(context, input.FunctionName);
  const host = `${context.world.random.hex(32)}.lambda-url.${context.region}.on.aws`;
  const url = {
    FunctionUrl: `https://${host}/`,
    FunctionArn: item.shown.FunctionArn,
    AuthType: input.AuthType ?? 'NONE',
    CreationTime: context.now.toISOString(),
    LastModifiedTime: context.now.toISOString(),
  };
  context.put(URLS, item.shown.FunctionName, url);
  const place = { world: context.world, account: context.account, region: context.region };
  listen(context.world, host, () => functionAnswer(place, item.shown.FunctionArn));
  return url;
};

const marker = (next: string | undefined): { NextMarker?: string } => (next === undefined ? {} : { NextMarker: next });

export const lambda: SimulatedService = {
  client: 'lambda',
  prefix: 'lambda',
  operations: {
    CreateFunction: createFunction,
    GetFunction: ((input, context) => {
      const { shown, reserved, image, tags } = functionOf(context, input.FunctionName);
      return {
        Configuration: shown,
        Code: image === undefined ? { RepositoryType: 'S3' } : { RepositoryType: 'ECR', ImageUri: image },
        Tags: tags,
        ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
      };
    }) satisfies Op<LAMBDA.GetFunctionCommandInput, LAMBDA.GetFunctionCommandOutput>,
    ListFunctions: ((input, context) => {
      const { items, next } = page(context.list(FUNCTIONS), input.Marker, input.MaxItems ?? 50);
      return { Functions: items.map((f) => f.shown), ...marker(next) };
    }) satisfies Op<LAMBDA.ListFunctionsCommandInput, LAMBDA.ListFunctionsCommandOutput>,
    UpdateFunctionConfiguration: ((input, context) => {
      const { shown } = functionOf(context, input.FunctionName);
      if (input.CapacityProviderConfig === undefined) mustBeWithin(input);
      if (input.Timeout !== undefined) shown.Timeout = input.Timeout;
      if (input.MemorySize !== undefined) shown.MemorySize = input.MemorySize;
      if (input.Role !== undefined) shown.Role = input.Role;
      if (input.Runtime !== undefined) shown.Runtime = input.Runtime;
      if (input.VpcConfig !== undefined) joinVpc(context, shown, input.VpcConfig);
      return shown;
    }) satisfies Op<LAMBDA.UpdateFunctionConfigurationCommandInput, LAMBDA.UpdateFunctionConfigurationCommandOutput>,
    UpdateFunctionCode: ((input, context) => {
      const item = functionOf(context, input.FunctionName);
      context.put(FUNCTIONS, item.shown.FunctionName, { ...item, image: input.ImageUri ?? item.image });
      return item.shown;
    }) satisfies Op<LAMBDA.UpdateFunctionCodeCommandInput, LAMBDA.UpdateFunctionCodeCommandOutput>,
    TagResource: ((input, context) => {
      const item = functionOf(context, input.Resource);
      context.put(FUNCTIONS, item.shown.FunctionName, { ...item, tags: { ...item.tags, ...input.Tags } });
      return {};
    }) satisfies Op<LAMBDA.TagResourceCommandInput, LAMBDA.TagResourceCommandOutput>,
    UntagResource: ((input, context) => {
      const item = functionOf(context, input.Resource);
      const tags = Object.fromEntries(Object.entries(item.tags).filter(([key]) => input.TagKeys?.includes(key) !== true));
      context.put(FUNCTIONS, item.shown.FunctionName, { ...item, tags });
      return {};
    }) satisfies Op<LAMBDA.UntagResourceCommandInput, LAMBDA.UntagResourceCommandOutput>,
    DeleteFunction: ((input, context) => {
      const { FunctionName: name } = functionOf(context, input.FunctionName).shown;
      context.remove(FUNCTIONS, name);
      // Its aliases and its URL go with it; event source mappings stay.
      context.remove(URLS, name);
      for (const alias of context.list(ALIASES)) if (alias.function === name) context.remove(ALIASES, alias.AliasArn ?? '');
      return {};
    }) satisfies Op<LAMBDA.DeleteFunctionCommandInput, LAMBDA.DeleteFunctionCommandOutput>,
    PutFunctionConcurrency: ((input, context) => {
      const item = functionOf(context, input.FunctionName);
      item.reserved = input.ReservedConcurrentExecutions ?? 0;
      return { ReservedConcurrentExecutions: item.reserved };
    }) satisfies Op<LAMBDA.PutFunctionConcurrencyCommandInput, LAMBDA.PutFunctionConcurrencyCommandOutput>,
    DeleteFunctionConcurrency: ((input, context) => {
      functionOf(context, input.FunctionName).reserved = undefined;
      return {};
    }) satisfies Op<LAMBDA.DeleteFunctionConcurrencyCommandInput, LAMBDA.DeleteFunctionConcurrencyCommandOutput>,
    Invoke: ((input, context) => {
      const place = { world: context.world, account: context.account, region: context.region };
      const answer = functionAnswer(place, functionOf(context, input.FunctionName).shown.FunctionArn);
      if (answer.kind === 'refused') throw new ServiceFault('TooManyRequestsException', answer.why, 429);
      return { StatusCode: 200, ExecutedVersion: '$LATEST' };
    }) satisfies Op<LAMBDA.InvokeCommandInput, LAMBDA.InvokeCommandOutput>,
    CreateEventSourceMapping: createMapping,
    ListEventSourceMappings: ((input, context) => {
      const all = context
        .list(MAPPINGS)
        .filter((m) => input.FunctionName === undefined || nameOf(m.FunctionArn) === nameOf(input.FunctionName))
        .filter((m) => input.EventSourceArn === undefined || m.EventSourceArn === input.EventSourceArn);
      const { items, next } = page(all, input.Marker, input.MaxItems ?? 100);
      return { EventSourceMappings: [...items], ...marker(next) };
    }) satisfies Op<LAMBDA.ListEventSourceMappingsCommandInput, LAMBDA.ListEventSourceMappingsCommandOutput>,
    UpdateEventSourceMapping: ((input, context) => {
      const mapping = mappingOf(context, input.UUID);
      if (input.BatchSize !== undefined) mapping.BatchSize = input.BatchSize;
      if (input.Enabled !== undefined) {
        mapping.State = input.Enabled ? 'Enabling' : 'Disabling';
        context.world.clock.after(between(context.world, ...ENABLING), () => {
          mapping.State = input.Enabled === true ? 'Enabled' : 'Disabled';
        });
      }
      return mapping;
    }) satisfies Op<LAMBDA.UpdateEventSourceMappingCommandInput, LAMBDA.UpdateEventSourceMappingCommandOutput>,
    DeleteEventSourceMapping: ((input, context) => {
      const mapping = mappingOf(context, input.UUID);
      context.remove(MAPPINGS, input.UUID ?? '');
      return { ...mapping, State: 'Deleting' };
    }) satisfies Op<LAMBDA.DeleteEventSourceMappingCommandInput, LAMBDA.DeleteEventSourceMappingCommandOutput>,
    CreateAlias: ((input, context) => {
      const { FunctionArn, FunctionName } = functionOf(context, input.FunctionName).shown;
      const alias = {
        AliasArn: `${FunctionArn}:${input.Name}`,
        Name: input.Name ?? '',
        FunctionVersion: input.FunctionVersion ?? '$LATEST',
        function: FunctionName,
      };
      context.put(ALIASES, alias.AliasArn, alias);
      return alias;
    }) satisfies Op<LAMBDA.CreateAliasCommandInput, LAMBDA.CreateAliasCommandOutput>,
    UpdateAlias: ((input, context) => {
      const alias = aliasOf(context, input);
      if (input.FunctionVersion !== undefined) alias.FunctionVersion = input.FunctionVersion;
      return alias;
    }) satisfies Op<LAMBDA.UpdateAliasCommandInput, LAMBDA.UpdateAliasCommandOutput>,
    DeleteAlias: ((input, context) => {
      context.remove(ALIASES, aliasOf(context, input).AliasArn ?? '');
      return {};
    }) satisfies Op<LAMBDA.DeleteAliasCommandInput, LAMBDA.DeleteAliasCommandOutput>,
    ListAliases: ((input, context) => {
      const { FunctionName } = functionOf(context, input.FunctionName).shown;
      const { items, next } = page(
        context.list(ALIASES).filter((a) => a.function === FunctionName),
        input.Marker,
        input.MaxItems ?? 50,
      );
      return { Aliases: items.map(({ function: _owner, ...alias }) => alias), ...marker(next) };
    }) satisfies Op<LAMBDA.ListAliasesCommandInput, LAMBDA.ListAliasesCommandOutput>,
    CreateFunctionUrlConfig: createUrl,
    UpdateFunctionUrlConfig: ((input, context) => {
      const url = urlOf(context, input.FunctionName);
      if (input.AuthType !== undefined) url.AuthType = input.AuthType;
      return { ...url, FunctionUrl: url.FunctionUrl ?? '' };
    }) satisfies Op<LAMBDA.UpdateFunctionUrlConfigCommandInput, object>,
    DeleteFunctionUrlConfig: ((input, context) => {
      urlOf(context, input.FunctionName);
      context.remove(URLS, functionOf(context, input.FunctionName).shown.FunctionName);
      return {};
    }) satisfies Op<LAMBDA.DeleteFunctionUrlConfigCommandInput, LAMBDA.DeleteFunctionUrlConfigCommandOutput>,
    GetFunctionUrlConfig: ((input, context) => {
      const url = urlOf(context, input.FunctionName);
      return { ...url, FunctionUrl: url.FunctionUrl ?? '' };
    }) satisfies Op<LAMBDA.GetFunctionUrlConfigCommandInput, LAMBDA.GetFunctionUrlConfigCommandOutput>,
  },
  begin(world) {
    world.onFault((fault, _world, how) => {
      if (how === 'begins')
        takesFunctions(
          world,
          fault.kind === 'deleted' ? fault.arn : undefined,
          fault.kind === 'account-compromised' ? fault.account : undefined,
        );
    });
  },
  deployers: lambdaDeployers,
};

function takesFunctions(world: World, arn: string | undefined, ofAccount: string | undefined): void {
  for (const { account, region, key, item } of world.everywhere(FUNCTIONS))
    if (item.shown.FunctionArn === arn || account === ofAccount) world.remove(FUNCTIONS, account, region, key);
}
