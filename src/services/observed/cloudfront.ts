/** CloudFront distributions: the listing says all that matters here. Headers sent to origins may be credentials and are not kept. */
import type {
  CacheBehavior,
  DefaultCacheBehavior,
  DistributionSummary,
  ListDistributionsCommandInput,
  ListDistributionsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  Origin,
  OriginGroup,
} from '@aws-sdk/client-cloudfront';
import { call } from '../../aws/call.ts';
import { Hole, type Values } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

/** Region of CloudFront's one control plane (AWS Fault Isolation Boundaries, appendix B). */
const HOME = 'us-east-1';
/** Hosted zone of every distribution, for aliases (Route 53 API reference, AliasTarget). */
const HOSTED_ZONE = 'Z2FDTNDATAQYW2';

const listDistributions = call<ListDistributionsCommandInput, ListDistributionsCommandOutput>({
  client: 'cloudfront',
  operation: 'ListDistributions',
  action: 'cloudfront:ListDistributions',
  pages: { input: 'Marker', output: 'DistributionList.NextMarker' },
  only: HOME,
});
const listTags = call<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
  client: 'cloudfront',
  operation: 'ListTagsForResource',
  action: 'cloudfront:ListTagsForResource',
  only: HOME,
});

export const cloudfrontDistributions: Scan = {
  id: 'cloudfront-distributions',
  types: ['aws:cloudfront/distribution:Distribution'],
  where: 'global',
  calls: [listDistributions, listTags],
  async *run(aws) {
    for await (const { DistributionList } of aws.pages(listDistributions, {}))
      yield* await aws.each(DistributionList?.Items ?? [], (d) => observe(aws, d));
  },
};

async function observe(aws: Reader, d: DistributionSummary): Promise<Observed> {
  const id = d.Id ?? '';
  const tagged = await aws.ask(listTags, { Resource: d.ARN });
  const tags =
    tagged instanceof Hole ? tagged : Object.fromEntries((tagged?.Tags?.Items ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
  const groups = d.OriginGroups?.Items ?? [];
  const ordered = d.CacheBehaviors?.Items ?? [];
  return {
    type: 'aws:cloudfront/distribution:Distribution',
    id,
    arn: d.ARN,
    name: d.Aliases?.Items?.[0] ?? d.DomainName ?? id,
    properties: present({
      enabled: d.Enabled,
      aliases: nonEmpty(d.Aliases?.Items),
      comment: d.Comment === '' ? undefined : d.Comment,
      origins: d.Origins?.Items?.map(originOf) ?? new Hole('not-reported', 'CloudFront gave no origins'),
      originGroups: groups.length === 0 ? undefined : groups.map(groupOf),
      defaultCacheBehavior:
        d.DefaultCacheBehavior === undefined
          ? new Hole('not-reported', 'CloudFront gave no default cache behaviour')
          : behaviourOf(d.DefaultCacheBehavior),
      orderedCacheBehaviors: ordered.length === 0 ? undefined : ordered.map(orderedOf),
      webAclId: d.WebACLId === '' ? undefined : d.WebACLId,
      viewerCertificate: present({ acmCertificateArn: d.ViewerCertificate?.ACMCertificateArn }),
    }),
    outputs: present({ arn: d.ARN, domainName: d.DomainName, hostedZoneId: HOSTED_ZONE, status: d.Status }),
    tags,
  };
}

const nonEmpty = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

function originOf(origin: Origin): Values {
  const { CustomOriginConfig: custom, VpcOriginConfig: vpc, S3OriginConfig: s3 } = origin;
  return present({
    originId: origin.Id,
    domainName: origin.DomainName,
    originPath: origin.OriginPath === '' ? undefined : origin.OriginPath,
    connectionAttempts: origin.ConnectionAttempts,
    connectionTimeout: origin.ConnectionTimeout,
    customOriginConfig:
      custom === undefined
        ? undefined
        : present({
            httpPort: custom.HTTPPort,
            httpsPort: custom.HTTPSPort,
            originProtocolPolicy: custom.OriginProtocolPolicy,
            originReadTimeout: custom.OriginReadTimeout,
            originKeepaliveTimeout: custom.OriginKeepaliveTimeout,
          }),
    vpcOriginConfig:
      vpc === undefined ? undefined : present({ vpcOriginId: vpc.VpcOriginId, originReadTimeout: vpc.OriginReadTimeout }),
    s3OriginConfig: s3 === undefined ? undefined : present({ originAccessIdentity: s3.OriginAccessIdentity }),
  });
}

const groupOf = (group: OriginGroup): Values =>
  present({
    originId: group.Id,
    failoverCriteria: { statusCodes: group.FailoverCriteria?.StatusCodes?.Items ?? [] },
    members: (group.Members?.Items ?? []).map((m) => present({ originId: m.OriginId })),
  });

const behaviourOf = (behaviour: DefaultCacheBehavior | CacheBehavior): Values =>
  present({
    targetOriginId: behaviour.TargetOriginId,
    viewerProtocolPolicy: behaviour.ViewerProtocolPolicy,
    // CloudFront allows GET and HEAD where nothing is said (API reference, AllowedMethods).
    allowedMethods: behaviour.AllowedMethods?.Items ?? ['GET', 'HEAD'],
  });

const orderedOf = (behaviour: CacheBehavior): Values => ({
  ...behaviourOf(behaviour),
  ...present({ pathPattern: behaviour.PathPattern }),
});
