/** Simulated CloudFront: its API is in us-east-1, its edges serve what was deployed last, and fail over within an origin group. */
import type * as CloudFront from '@aws-sdk/client-cloudfront';
import { resolve } from '../plane/dns.ts';
import { type Answer, connect, listen, refused } from '../plane/network.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { GLOBAL, shelf, type World } from '../world/world.ts';
import { cloudfrontDeployers } from './cloudfront-deployers.ts';

interface StoredDistribution {
  readonly id: string;
  readonly arn: string;
  readonly domain: string;
  config: CloudFront.DistributionConfig;
  /** What the edges have. */
  served: CloudFront.DistributionConfig;
  status: 'InProgress' | 'Deployed';
  version: number;
  tags: Readonly<Record<string, string>>;
}

const DISTRIBUTIONS = shelf<StoredDistribution>('cloudfront:distribution');
/** A change reaches all edges within minutes (CloudFront developer guide, "Update a distribution"); three to five is an assumption. */
const DEPLOY = [180, 300] as const;

const etag = (d: StoredDistribution): string => `E${d.version}${d.id}`;

function checked(config: CloudFront.DistributionConfig): void {
  const ids = [...(config.Origins?.Items ?? []), ...(config.OriginGroups?.Items ?? [])].map((o) => o.Id);
  const behaviours = [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])];
  for (const b of behaviours)
    if (!ids.includes(b?.TargetOriginId))
      throw new ServiceFault('NoSuchOrigin', 'One or more of your origins or origin groups do not exist.', 404);
  for (const group of config.OriginGroups?.Items ?? [])
    if ((group.Members?.Items ?? []).length !== 2 || group.Members?.Items?.some((m) => !ids.includes(m.OriginId)) === true)
      throw new ServiceFault('InvalidArgument', 'an origin group has two origins of its distribution');
  const certificate = config.ViewerCertificate?.ACMCertificateArn;
  // API ViewerCertificate, ACMCertificateArn.
  if (certificate?.startsWith('arn:aws:acm:') === true && certificate.split(':')[3] !== 'us-east-1')
    throw new ServiceFault(
      'InvalidViewerCertificate',
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
}

/** API reference, Origin: 3 attempts of 10 s each; 30 s for an answer of a custom origin. */
function withDefaults(config: CloudFront.DistributionConfig): CloudFront.DistributionConfig {
  const origin = (o: CloudFront.Origin): CloudFront.Origin => ({
    ConnectionAttempts: 3,
    ConnectionTimeout: 10,
    ...o,
    ...(o.CustomOriginConfig === undefined
      ? {}
      : { CustomOriginConfig: { OriginReadTimeout: 30, OriginKeepaliveTimeout: 5, ...o.CustomOriginConfig } }),
    ...(o.VpcOriginConfig === undefined
      ? {}
      : { VpcOriginConfig: { OriginReadTimeout: 30, OriginKeepaliveTimeout: 5, ...o.VpcOriginConfig } }),
  });
  const items = (config.Origins?.Items ?? []).map(origin);
  return { ...config, Origins: { Quantity: items.length, Items: items } };
}

function deploy(context: CallContext, d: StoredDistribution): void {
  const { world } = context;
  const { version } = d;
  d.status = 'InProgress';
  world.clock.after(between(world, ...DEPLOY), () => {
    if (d.version !== version) return;
    d.served = d.config;
    d.status = 'Deployed';
  });
}

function make(context: CallContext, given: CloudFront.DistributionConfig | undefined, tags: readonly CloudFront.Tag[]) {
  if (given === undefined) throw new ServiceFault('InvalidArgument', 'DistributionConfig is missing');
  checked(given);
  const config = withDefaults(given);
  const id = `E${context.world.random.hex(13).toUpperCase()}`;
  const domain = `d${context.world.random.hex(13)}.cloudfront.net`;
  const d: StoredDistribution = {
    id,
    arn: context.arn('cloudfront', `distribution/${id}`),
    domain,
    config,
    served: config,
    status: 'InProgress',
    version: 1,
    tags: Object.fromEntries(tags.map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
  context.put(DISTRIBUTIONS, id, d);
  deploy(context, d);
  for (const host of [domain, ...(config.Aliases?.Items ?? [])]) listen(context.world, host, () => answer(context, d));
  return {
    Distribution: shown(context, d),
    ETag: etag(d),
    Location: `https://cloudfront.amazonaws.com/2020-05-31/distribution/${id}`,
  };
}

/** A GET of the default behaviour: the first origin, then the second of its group. */
function answer(context: CallContext, d: StoredDistribution): Answer {
  const { world } = context;
  if (world.get(DISTRIBUTIONS, context.account, GLOBAL, d.id) === undefined) return refused('the distribution is gone');
  if (d.served.Enabled === false) return refused('the distribution is disabled');
  const target = d.served.DefaultCacheBehavior?.TargetOriginId;
  const group = d.served.OriginGroups?.Items?.find((g) => g.Id === target);
  const ids = group === undefined ? [target] : (group.Members?.Items ?? []).map((m) => m.OriginId);
  let last = refused('no origin');
  for (const id of ids) {
    const host = d.served.Origins?.Items?.find((o) => o.Id === id)?.DomainName ?? '';
    last = reach(world, host);
    if (last.kind === 'served') return last;
  }
  return last;
}

function reach(world: World, host: string): Answer {
  let last = refused(`no such name: ${host}`);
  for (const value of resolve(world, host, { region: 'us-east-1' }).values) {
    last = connect(world, value);
    if (last.kind === 'served') return last;
  }
  return last;
}

const shown = (context: CallContext, d: StoredDistribution): CloudFront.Distribution => ({
  Id: d.id,
  ARN: d.arn,
  Status: d.status,
  LastModifiedTime: context.now,
  InProgressInvalidationBatches: 0,
  DomainName: d.domain,
  DistributionConfig: d.config,
});

const create: Operation<CloudFront.CreateDistributionCommandInput, Reply<CloudFront.CreateDistributionCommandOutput>> = (
  input,
  context,
) => make(context, input.DistributionConfig, []);

const createWithTags: Operation<
  CloudFront.CreateDistributionWithTagsCommandInput,
  Reply<CloudFront.CreateDistributionWithTagsCommandOutput>
> = (input, context) =>
  make(context, input.DistributionConfigWithTags?.DistributionConfig, input.DistributionConfigWithTags?.Tags?.Items ?? []);

function found(context: CallContext, id: string | undefined): StoredDistribution {
  const d = context.get(DISTRIBUTIONS, id ?? '');
  if (d === undefined) throw new ServiceFault('NoSuchDistribution', 'The specified distribution does not exist.', 404);
  return d;
}

const get: Operation<CloudFront.GetDistributionCommandInput, Reply<CloudFront.GetDistributionCommandOutput>> = (
  input,
  context,
) => {
  const d = found(context, input.Id);
  return { Distribution: shown(context, d), ETag: etag(d) };
};

const getConfig: Operation<CloudFront.GetDistributionConfigCommandInput, Reply<CloudFront.GetDistributionConfigCommandOutput>> = (
  input,
  context,
) => {
  const d = found(context, input.Id);
  return { DistributionConfig: d.config, ETag: etag(d) };
};

const update: Operation<CloudFront.UpdateDistributionCommandInput, Reply<CloudFront.UpdateDistributionCommandOutput>> = (
  input,
  context,
) => {
  const d = found(context, input.Id);
  if (input.IfMatch !== etag(d))
    throw new ServiceFault('PreconditionFailed', 'The ETag is not the one of the distribution.', 412);
  if (input.DistributionConfig === undefined) throw new ServiceFault('InvalidArgument', 'DistributionConfig is missing');
  checked(input.DistributionConfig);
  d.config = withDefaults(input.DistributionConfig);
  d.version += 1;
  deploy(context, d);
  return { Distribution: shown(context, d), ETag: etag(d) };
};

const PAGE = 100;
const NONE = { Quantity: 0 };

const list: Operation<CloudFront.ListDistributionsCommandInput, Reply<CloudFront.ListDistributionsCommandOutput>> = (
  input,
  context,
) => {
  const { items, next } = page(context.list(DISTRIBUTIONS), input.Marker, Number(input.MaxItems ?? PAGE));
  const Items = items.map((d): CloudFront.DistributionSummary => {
    const { DistributionConfig: config = d.config, InProgressInvalidationBatches, ...rest } = shown(context, d);
    return {
      ...rest,
      Aliases: config.Aliases ?? NONE,
      Origins: config.Origins,
      OriginGroups: config.OriginGroups ?? NONE,
      DefaultCacheBehavior: config.DefaultCacheBehavior,
      CacheBehaviors: config.CacheBehaviors ?? NONE,
      CustomErrorResponses: NONE,
      Comment: config.Comment,
      PriceClass: config.PriceClass ?? 'PriceClass_All',
      Enabled: config.Enabled,
      ViewerCertificate: config.ViewerCertificate ?? {},
      Restrictions: config.Restrictions ?? { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
      WebACLId: config.WebACLId ?? '',
      HttpVersion: config.HttpVersion ?? 'http2',
      IsIPV6Enabled: config.IsIPV6Enabled ?? false,
      Staging: false,
    };
  });
  const DistributionList = {
    Marker: input.Marker ?? '',
    MaxItems: Number(input.MaxItems ?? PAGE),
    IsTruncated: next !== undefined,
    Quantity: Items.length,
    ...(Items.length === 0 ? {} : { Items }),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
  return { DistributionList };
};

const remove: Operation<CloudFront.DeleteDistributionCommandInput, Reply<CloudFront.DeleteDistributionCommandOutput>> = (
  input,
  context,
) => {
  const d = found(context, input.Id);
  if (d.config.Enabled === true) throw new ServiceFault('DistributionNotDisabled', 'The distribution is not disabled.', 409);
  context.remove(DISTRIBUTIONS, d.id);
  return {};
};

const listTags: Operation<CloudFront.ListTagsForResourceCommandInput, Reply<CloudFront.ListTagsForResourceCommandOutput>> = (
  input,
  context,
) => {
  const d = found(context, input.Resource?.split('/').at(-1));
  return { Tags: { Items: Object.entries(d.tags).map(([Key, Value]) => ({ Key, Value })) } };
};

export const cloudfront: SimulatedService = {
  client: 'cloudfront',
  prefix: 'cloudfront',
  global: true,
  actions: { CreateDistributionWithTags: 'cloudfront:CreateDistribution' },
  operations: {
    CreateDistribution: create,
    CreateDistributionWithTags: createWithTags,
    GetDistribution: get,
    GetDistributionConfig: getConfig,
    UpdateDistribution: update,
    ListDistributions: list,
    DeleteDistribution: remove,
    ListTagsForResource: listTags,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, key, item } of world.everywhere(DISTRIBUTIONS))
        if (
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account)
        )
          world.remove(DISTRIBUTIONS, account, GLOBAL, key);
    });
  },
  deployers: cloudfrontDeployers,
};
