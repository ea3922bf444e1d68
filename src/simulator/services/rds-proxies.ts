/** RDS proxies: they answer for the database behind them, and follow its failover without DNS. */
import type {
  CreateDBProxyCommandInput,
  CreateDBProxyCommandOutput,
  CreateDBProxyEndpointCommandInput,
  CreateDBProxyEndpointCommandOutput,
  DBProxy,
  DBProxyEndpoint,
  DBProxyTarget,
  DeleteDBProxyCommandInput,
  DeleteDBProxyCommandOutput,
  DeleteDBProxyEndpointCommandInput,
  DeleteDBProxyEndpointCommandOutput,
  DeregisterDBProxyTargetsCommandInput,
  DeregisterDBProxyTargetsCommandOutput,
  DescribeDBProxiesCommandInput,
  DescribeDBProxiesCommandOutput,
  DescribeDBProxyEndpointsCommandInput,
  DescribeDBProxyEndpointsCommandOutput,
  DescribeDBProxyTargetGroupsCommandInput,
  DescribeDBProxyTargetGroupsCommandOutput,
  DescribeDBProxyTargetsCommandInput,
  DescribeDBProxyTargetsCommandOutput,
  ModifyDBProxyCommandInput,
  ModifyDBProxyCommandOutput,
  RegisterDBProxyTargetsCommandInput,
  RegisterDBProxyTargetsCommandOutput,
  UserAuthConfig,
} from '@aws-sdk/client-rds';
import { type Answer, close, connect, listen, refused } from '../plane/network.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { PAGE_SIZE, subnetsOf } from './rds-groups.ts';
import { clusterAt, clusterOr404, instanceAt, instanceHost, instanceOr404, membersOf, tagsOf } from './rds-state.ts';

export interface Proxy {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly engineFamily: string | undefined;
  role: string | undefined;
  auth: readonly UserAuthConfig[];
  requireTls: boolean;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
  readonly vpc: string | undefined;
  host: string;
  readonly createdAt: number;
  /** ARNs of DB instances and clusters. */
  targets: readonly string[];
  tags: Readonly<Record<string, string>>;
}

interface ProxyEndpoint {
  readonly name: string;
  readonly arn: string;
  readonly proxy: string;
  readonly subnets: readonly string[];
  readonly host: string;
  readonly role: 'READ_WRITE' | 'READ_ONLY';
}

const ENDPOINTS = shelf<ProxyEndpoint>('rds:proxy-endpoint');
export const PROXIES = shelf<Proxy>('rds:proxy');

function proxyOr404(context: CallContext, name: string | undefined): Proxy {
  const proxy = context.get(PROXIES, (name ?? '').toLowerCase());
  if (proxy === undefined) throw new ServiceFault('DBProxyNotFoundFault', `DBProxy ${name ?? ''} not found.`, 404);
  return proxy;
}

const proxyReply = (proxy: Proxy): DBProxy => ({
  DBProxyName: proxy.name,
  DBProxyArn: proxy.arn,
  Status: 'available',
  EngineFamily: proxy.engineFamily,
  RoleArn: proxy.role,
  Auth: proxy.auth.map((a) => ({ ...a })),
  RequireTLS: proxy.requireTls,
  VpcId: proxy.vpc,
  VpcSubnetIds: proxy.subnets.map((s) => s.id),
  Endpoint: proxy.host,
  CreatedDate: new Date(proxy.createdAt),
});

/** It runs in every AZ of its subnets, and hands connections to whoever writes now (rds-proxy.howitworks.html). */
function answer(world: World, proxy: Proxy): Answer {
  if (proxy.subnets.every((s) => world.zoneIsLost(s.zone))) return refused('every AZ of the proxy is lost');
  for (const arn of proxy.targets) {
    const instance = instanceAt(world, proxy.account, '', arn);
    if (instance !== undefined) return connect(world, instance.host);
    const cluster = clusterAt(world, proxy.account, '', arn);
    const writer = cluster === undefined ? undefined : membersOf(world, cluster).find((m) => m.id === cluster.writer);
    if (writer !== undefined) return connect(world, writer.host);
  }
  return refused(`DB proxy ${proxy.name} has no target`);
}

const create: Operation<CreateDBProxyCommandInput, Reply<CreateDBProxyCommandOutput>> = async (input, context) => {
  const { world, account, region } = context;
  const name = (input.DBProxyName ?? '').toLowerCase();
  if (context.get(PROXIES, name) !== undefined)
    throw new ServiceFault('DBProxyAlreadyExistsFault', `DBProxy ${name} already exists.`);
  const subnets = await subnetsOf(input.VpcSubnetIds ?? [], context);
  if (new Set(subnets.map((s) => s.zone)).size < 2)
    throw new ServiceFault('InvalidSubnet', 'A DB proxy needs subnets in at least two Availability Zones.');
  const proxy: Proxy = {
    account,
    region,
    name,
    arn: context.arn('rds', `db-proxy:prx-${world.random.hex(17)}`),
    engineFamily: input.EngineFamily,
    role: input.RoleArn,
    auth: input.Auth ?? [],
    requireTls: input.RequireTLS ?? false,
    subnets: subnets.map(({ id, zone }) => ({ id, zone })),
    vpc: subnets[0]?.vpc,
    host: instanceHost(account, region, name, 'proxy').replace(`${name}.`, `${name}.proxy-`),
    createdAt: world.clock.now(),
    targets: [],
    tags: tagsOf(input.Tags),
  };
  context.put(PROXIES, name, proxy);
  listen(world, proxy.host, () => answer(world, proxy));
  return { DBProxy: proxyReply(proxy) };
};

const describe: Operation<DescribeDBProxiesCommandInput, Reply<DescribeDBProxiesCommandOutput>> = (input, context) => {
  const all = input.DBProxyName === undefined ? context.list(PROXIES) : [proxyOr404(context, input.DBProxyName)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBProxies: items.map(proxyReply), Marker: next };
};

const register: Operation<RegisterDBProxyTargetsCommandInput, Reply<RegisterDBProxyTargetsCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const proxy = proxyOr404(context, input.DBProxyName);
  const added = [
    ...(input.DBInstanceIdentifiers ?? []).map((id) => instanceOr404(world, account, region, id).arn),
    ...(input.DBClusterIdentifiers ?? []).map((id) => clusterOr404(world, account, region, id).arn),
  ];
  if (proxy.targets.length + added.length > 1)
    throw new ServiceFault(
      'DBProxyTargetAlreadyRegisteredFault',
      'A target group of a proxy has one DB instance or one DB cluster.',
    );
  proxy.targets = [...proxy.targets, ...added];
  return { DBProxyTargets: targetsOf(world, proxy) };
};

function targetsOf(world: World, proxy: Proxy): DBProxyTarget[] {
  return proxy.targets.flatMap((arn): DBProxyTarget[] => {
    const instance = instanceAt(world, proxy.account, '', arn);
    if (instance !== undefined)
      return [
        { Type: 'RDS_INSTANCE', RdsResourceId: instance.id, Endpoint: instance.host, Port: instance.port, Role: 'READ_WRITE' },
      ];
    const cluster = clusterAt(world, proxy.account, '', arn);
    if (cluster === undefined) return [];
    return [
      { Type: 'TRACKED_CLUSTER', RdsResourceId: cluster.id, Port: cluster.port },
      ...membersOf(world, cluster).map(
        (m): DBProxyTarget => ({
          Type: 'RDS_INSTANCE',
          RdsResourceId: m.id,
          TrackedClusterId: cluster.id,
          Endpoint: m.host,
          Port: m.port,
          Role: m.id === cluster.writer ? 'READ_WRITE' : 'READ_ONLY',
        }),
      ),
    ];
  });
}

const describeTargets: Operation<DescribeDBProxyTargetsCommandInput, Reply<DescribeDBProxyTargetsCommandOutput>> = (
  input,
  context,
) => {
  const { items, next } = page(
    targetsOf(context.world, proxyOr404(context, input.DBProxyName)),
    input.Marker,
    input.MaxRecords ?? PAGE_SIZE,
  );
  return { Targets: [...items], Marker: next };
};

/** Every proxy has one target group, `default`, which is made with it. */
const describeTargetGroups: Operation<
  DescribeDBProxyTargetGroupsCommandInput,
  Reply<DescribeDBProxyTargetGroupsCommandOutput>
> = (input, context) => {
  const proxy = proxyOr404(context, input.DBProxyName);
  return {
    TargetGroups: [
      {
        DBProxyName: proxy.name,
        TargetGroupName: 'default',
        TargetGroupArn: proxy.arn.replace(':db-proxy:prx-', ':target-group:prx-tg-'),
        IsDefault: true,
        Status: 'available',
      },
    ],
  };
};

const endpointReply = (e: ProxyEndpoint): DBProxyEndpoint => ({
  DBProxyEndpointName: e.name,
  DBProxyEndpointArn: e.arn,
  DBProxyName: e.proxy,
  Status: 'available',
  VpcSubnetIds: [...e.subnets],
  Endpoint: e.host,
  TargetRole: e.role,
  IsDefault: false,
});

/** Another way into a proxy, for readers or from another VPC. */
const createEndpoint: Operation<CreateDBProxyEndpointCommandInput, Reply<CreateDBProxyEndpointCommandOutput>> = (
  input,
  context,
) => {
  const { world, account, region } = context;
  const proxy = proxyOr404(context, input.DBProxyName);
  const name = (input.DBProxyEndpointName ?? '').toLowerCase();
  const endpoint: ProxyEndpoint = {
    name,
    arn: context.arn('rds', `db-proxy-endpoint:prx-endpoint-${world.random.hex(17)}`),
    proxy: proxy.name,
    subnets: input.VpcSubnetIds ?? [],
    host: instanceHost(account, region, name, 'proxy').replace(`${name}.`, `${name}.endpoint.proxy-`),
    role: input.TargetRole ?? 'READ_WRITE',
  };
  context.put(ENDPOINTS, name, endpoint);
  listen(world, endpoint.host, () => answer(world, proxy));
  return { DBProxyEndpoint: endpointReply(endpoint) };
};

const describeEndpoints: Operation<DescribeDBProxyEndpointsCommandInput, Reply<DescribeDBProxyEndpointsCommandOutput>> = (
  input,
  context,
) => {
  const all = context
    .list(ENDPOINTS)
    .filter((e) => input.DBProxyName === undefined || e.proxy === input.DBProxyName.toLowerCase());
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBProxyEndpoints: items.map(endpointReply), Marker: next };
};

const modify: Operation<ModifyDBProxyCommandInput, Reply<ModifyDBProxyCommandOutput>> = (input, context) => {
  const proxy = proxyOr404(context, input.DBProxyName);
  proxy.role = input.RoleArn ?? proxy.role;
  proxy.auth = input.Auth ?? proxy.auth;
  proxy.requireTls = input.RequireTLS ?? proxy.requireTls;
  return { DBProxy: proxyReply(proxy) };
};

const deregister: Operation<DeregisterDBProxyTargetsCommandInput, Reply<DeregisterDBProxyTargetsCommandOutput>> = (
  input,
  context,
) => {
  const proxy = proxyOr404(context, input.DBProxyName);
  const names = [...(input.DBInstanceIdentifiers ?? []), ...(input.DBClusterIdentifiers ?? [])];
  const kept = proxy.targets.filter((arn) => !names.includes(arn.slice(arn.lastIndexOf(':') + 1)));
  if (kept.length === proxy.targets.length)
    throw new ServiceFault('DBProxyTargetNotFoundFault', `${names.join(', ')} is no target of ${proxy.name}.`, 404);
  proxy.targets = kept;
  return {};
};

const removeEndpoint: Operation<DeleteDBProxyEndpointCommandInput, Reply<DeleteDBProxyEndpointCommandOutput>> = (
  input,
  context,
) => {
  const name = (input.DBProxyEndpointName ?? '').toLowerCase();
  const endpoint = context.get(ENDPOINTS, name);
  if (endpoint === undefined) throw new ServiceFault('DBProxyEndpointNotFoundFault', `DBProxyEndpoint ${name} not found.`, 404);
  context.remove(ENDPOINTS, name);
  close(context.world, endpoint.host);
  return { DBProxyEndpoint: { ...endpointReply(endpoint), Status: 'deleting' } };
};

const remove: Operation<DeleteDBProxyCommandInput, Reply<DeleteDBProxyCommandOutput>> = (input, context) => {
  const proxy = proxyOr404(context, input.DBProxyName);
  context.remove(PROXIES, proxy.name);
  // Its endpoints go with it.
  for (const { name, proxy: of, host } of context.list(ENDPOINTS))
    if (of === proxy.name) {
      context.remove(ENDPOINTS, name);
      close(context.world, host);
    }
  listen(context.world, proxy.host, () => refused(`no DB proxy ${proxy.name}`));
  return { DBProxy: { ...proxyReply(proxy), Status: 'deleting' } };
};

export const proxyOperations = {
  CreateDBProxy: create,
  DescribeDBProxies: describe,
  RegisterDBProxyTargets: register,
  DescribeDBProxyTargets: describeTargets,
  DescribeDBProxyTargetGroups: describeTargetGroups,
  DeregisterDBProxyTargets: deregister,
  ModifyDBProxy: modify,
  CreateDBProxyEndpoint: createEndpoint,
  DeleteDBProxyEndpoint: removeEndpoint,
  DescribeDBProxyEndpoints: describeEndpoints,
  DeleteDBProxy: remove,
};
