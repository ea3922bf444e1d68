/** CloudFront from the inputs of the Pulumi provider. */
import type * as CloudFront from '@aws-sdk/client-cloudfront';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, unlessGone } from '../deploy/lifecycle.ts';
import { type Block, blockOf, blocksOf, flagOf, numberOf, tagList, textOf, textsOf, without } from './compute-inputs.ts';

/** Hosted zone of every distribution, for aliases (Route 53 API reference, AliasTarget). */
const HOSTED_ZONE = 'Z2FDTNDATAQYW2';

const counted = <T>(Items: readonly T[]) => ({ Quantity: Items.length, Items: [...Items] });

function origin(block: Block) {
  const custom = blockOf(block.customOriginConfig);
  const vpc = blockOf(block.vpcOriginConfig);
  const s3 = blockOf(block.s3OriginConfig);
  return without({
    Id: textOf(block.originId),
    DomainName: textOf(block.domainName),
    OriginPath: textOf(block.originPath) ?? '',
    ConnectionAttempts: numberOf(block.connectionAttempts),
    ConnectionTimeout: numberOf(block.connectionTimeout),
    CustomOriginConfig:
      custom === undefined
        ? undefined
        : without({
            HTTPPort: numberOf(custom.httpPort) ?? 80,
            HTTPSPort: numberOf(custom.httpsPort) ?? 443,
            OriginProtocolPolicy: textOf(custom.originProtocolPolicy) ?? 'https-only',
            OriginReadTimeout: numberOf(custom.originReadTimeout),
            OriginKeepaliveTimeout: numberOf(custom.originKeepaliveTimeout),
          }),
    VpcOriginConfig:
      vpc === undefined
        ? undefined
        : without({ VpcOriginId: textOf(vpc.vpcOriginId), OriginReadTimeout: numberOf(vpc.originReadTimeout) }),
    // Without any of the three the provider sends an empty S3OriginConfig.
    S3OriginConfig:
      custom === undefined && vpc === undefined ? { OriginAccessIdentity: textOf(s3?.originAccessIdentity) ?? '' } : undefined,
  });
}

const group = (block: Block) => ({
  Id: textOf(block.originId),
  FailoverCriteria: { StatusCodes: counted(textsOf(blockOf(block.failoverCriteria)?.statusCodes).map(Number)) },
  Members: counted(blocksOf(block.members).map((m) => ({ OriginId: textOf(m.originId) }))),
});

const behaviour = (block: Block | undefined) => ({
  TargetOriginId: textOf(block?.targetOriginId),
  ViewerProtocolPolicy: textOf(block?.viewerProtocolPolicy) ?? 'allow-all',
  AllowedMethods: { ...counted(textsOf(block?.allowedMethods)), CachedMethods: counted(textsOf(block?.cachedMethods)) },
});

function configOf({ inputs }: Given) {
  const groups = blocksOf(inputs.originGroups).map(group);
  const ordered = blocksOf(inputs.orderedCacheBehaviors).map((b) => ({ PathPattern: textOf(b.pathPattern), ...behaviour(b) }));
  const aliases = textsOf(inputs.aliases);
  const certificate = textOf(blockOf(inputs.viewerCertificate)?.acmCertificateArn);
  return without({
    Comment: textOf(inputs.comment) ?? '',
    Enabled: flagOf(inputs.enabled) ?? true,
    Aliases: counted(aliases),
    Origins: counted(blocksOf(inputs.origins).map(origin)),
    OriginGroups: groups.length === 0 ? undefined : counted(groups),
    DefaultCacheBehavior: behaviour(blockOf(inputs.defaultCacheBehavior)),
    CacheBehaviors: ordered.length === 0 ? undefined : counted(ordered),
    WebACLId: textOf(inputs.webAclId),
    ViewerCertificate: certificate === undefined ? undefined : { ACMCertificateArn: certificate },
  });
}

async function distribution(given: Given, deployment: Deployment): Promise<Created> {
  const DistributionConfig = { CallerReference: deployment.world.random.hex(16), ...configOf(given) };
  const { Distribution } = (await deployment.call('cloudfront', 'CreateDistributionWithTags', {
    DistributionConfigWithTags: { DistributionConfig, Tags: { Items: tagList(given.tags) } },
  })) as CloudFront.CreateDistributionWithTagsCommandOutput;
  const { Id: id = '', ARN: arn = '', DomainName: domainName = '' } = Distribution ?? {};
  return { id, outputs: { arn, domainName, hostedZoneId: HOSTED_ZONE, status: 'Deployed' } };
}

const configured = async ({ id }: Given, deployment: Deployment): Promise<CloudFront.GetDistributionConfigCommandOutput> =>
  (await deployment.call('cloudfront', 'GetDistributionConfig', { Id: id })) as CloudFront.GetDistributionConfigCommandOutput;

/** A configuration is put whole, with the tag of the one that it replaces. */
async function put(given: Given, changes: object, deployment: Deployment): Promise<object> {
  const { DistributionConfig, ETag } = await configured(given, deployment);
  const input = { Id: given.id, IfMatch: ETag, DistributionConfig: { ...DistributionConfig, ...changes } };
  return (await deployment.call('cloudfront', 'UpdateDistribution', input)) as object;
}

export const cloudfrontDeployers: readonly Deployer[] = [
  {
    type: 'aws:cloudfront/distribution:Distribution',
    create: distribution,
    update: changedBy((given, _before, deployment) => put(given, configOf(given), deployment)),
    /** It is switched off first: CloudFront deletes none that serves. With `retainOnDelete` it stays, switched off. */
    async remove(given, deployment) {
      if ((await unlessGone(put(given, { Enabled: false }, deployment))) === undefined) return;
      if (flagOf(given.inputs.retainOnDelete) === true) return;
      const { ETag } = await configured(given, deployment);
      await deployment.call('cloudfront', 'DeleteDistribution', { Id: given.id, IfMatch: ETag });
    },
  },
];
