/** Serverless caches of simulated ElastiCache. */
import type {
  CreateServerlessCacheCommandInput,
  CreateServerlessCacheCommandOutput,
  DeleteServerlessCacheCommandInput,
  DeleteServerlessCacheCommandOutput,
  DescribeServerlessCachesCommandInput,
  DescribeServerlessCachesCommandOutput,
  ModifyServerlessCacheCommandInput,
  ModifyServerlessCacheCommandOutput,
  ServerlessCache as ServerlessReply,
} from '@aws-sdk/client-elasticache';
import { close } from '../plane/network.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { keyOf, tagsOf } from './elasticache-make.ts';
import { hostOf, listenServerless, SERVERLESS, type ServerlessCache } from './elasticache-state.ts';
import { subnetsOf } from './rds-groups.ts';

/** Seconds until they are available; our assumption. */
const CREATION = [60, 240] as const;

const replyOf = (cache: ServerlessCache): ServerlessReply => ({
  ServerlessCacheName: cache.name,
  ARN: cache.arn,
  Engine: cache.engine,
  Status: cache.status,
  KmsKeyId: cache.kmsKey,
  SnapshotRetentionLimit: cache.retentionDays,
  SubnetIds: cache.subnets.map((s) => s.id),
  Endpoint: { Address: cache.host, Port: 6379 },
  CreateTime: new Date(cache.createdAt),
});

const create: Operation<CreateServerlessCacheCommandInput, Reply<CreateServerlessCacheCommandOutput>> = async (
  input,
  context,
) => {
  const { world, account, region } = context;
  const name = (input.ServerlessCacheName ?? '').toLowerCase();
  if (context.get(SERVERLESS, name) !== undefined)
    throw new ServiceFault('ServerlessCacheAlreadyExistsFault', `Serverless cache ${name} already exists.`);
  const cache: ServerlessCache = {
    account,
    region,
    name,
    arn: context.arn('elasticache', `serverlesscache:${name}`),
    engine: input.Engine ?? '',
    kmsKey: keyOf(input.KmsKeyId, context),
    createdAt: world.clock.now(),
    subnets: (await subnetsOf(input.SubnetIds ?? [], context)).map(({ id, zone }) => ({ id, zone })),
    host: hostOf(account, region, name, 'serverless'),
    status: 'creating',
    // API CreateServerlessCache, SnapshotRetentionLimit: no automatic snapshots unless given.
    retentionDays: input.SnapshotRetentionLimit ?? 0,
    tags: tagsOf(input.Tags),
  };
  context.put(SERVERLESS, name, cache);
  listenServerless(world, cache);
  world.clock.after(between(world, ...CREATION), () => {
    cache.status = 'available';
  });
  return { ServerlessCache: replyOf(cache) };
};

const describe: Operation<DescribeServerlessCachesCommandInput, Reply<DescribeServerlessCachesCommandOutput>> = (
  input,
  context,
) => {
  const all = context
    .list(SERVERLESS)
    .filter((c) => input.ServerlessCacheName === undefined || c.name === input.ServerlessCacheName);
  if (all.length === 0 && input.ServerlessCacheName !== undefined)
    throw new ServiceFault('ServerlessCacheNotFoundFault', `Serverless cache ${input.ServerlessCacheName} not found.`, 404);
  const { items, next } = page(all, input.NextToken, input.MaxResults ?? 50);
  return { ServerlessCaches: items.map(replyOf), NextToken: next };
};

function named(context: CallContext, name: string | undefined): ServerlessCache {
  const cache = context.get(SERVERLESS, name ?? '');
  if (cache === undefined)
    throw new ServiceFault('ServerlessCacheNotFoundFault', `Serverless cache ${name ?? ''} not found.`, 404);
  return cache;
}

const modify: Operation<ModifyServerlessCacheCommandInput, Reply<ModifyServerlessCacheCommandOutput>> = (input, context) => {
  const cache = named(context, input.ServerlessCacheName);
  if (input.SnapshotRetentionLimit !== undefined) cache.retentionDays = input.SnapshotRetentionLimit;
  return { ServerlessCache: replyOf(cache) };
};

const remove: Operation<DeleteServerlessCacheCommandInput, Reply<DeleteServerlessCacheCommandOutput>> = (input, context) => {
  const cache = named(context, input.ServerlessCacheName);
  context.remove(SERVERLESS, cache.name);
  close(context.world, cache.host);
  return { ServerlessCache: { ...replyOf(cache), Status: 'deleting' } };
};

export const serverlessOperations = {
  CreateServerlessCache: create,
  DescribeServerlessCaches: describe,
  ModifyServerlessCache: modify,
  DeleteServerlessCache: remove,
};
