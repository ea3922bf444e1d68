/** Data sources about places, accounts and texts: what follows from where the provider works. */

import { zoneOfBalancers } from '../../simulator/services/load-balancer-zones.ts';
import { policyDocument } from '../../stacks/program/policy-document.ts';
import { isJsonRecord } from '../../stacks/program/protocol.ts';
import { type Props, textOf, textsOf } from '../values.ts';
import { call, type Source, type Sources } from './source.ts';

interface Zone {
  readonly ZoneName?: string;
  readonly ZoneId?: string;
  readonly GroupName?: string;
  readonly State?: string;
}

const zonesOf: Source = async (args, asking) => {
  const reply = (await call('ec2', 'DescribeAvailabilityZones', {}, asking)) as { readonly AvailabilityZones?: readonly Zone[] };
  const state = textOf(args.state);
  const zones = (reply.AvailabilityZones ?? []).filter(
    (zone) =>
      (state === undefined || zone.State === state) &&
      !textsOf(args.excludeNames).includes(zone.ZoneName ?? '') &&
      !textsOf(args.excludeZoneIds).includes(zone.ZoneId ?? ''),
  );
  return {
    ...args,
    id: asking.region,
    region: asking.region,
    names: zones.map((z) => z.ZoneName ?? ''),
    zoneIds: zones.map((z) => z.ZoneId ?? ''),
    groupNames: [asking.region],
  };
};

const zoneOf: Source = async (args, asking) => {
  const { names, zoneIds } = await zonesOf({}, asking);
  const wanted = textOf(args.name) ?? textOf(args.zoneId);
  const at = Math.max(textsOf(names).indexOf(wanted ?? ''), textsOf(zoneIds).indexOf(wanted ?? ''));
  const name = textsOf(names)[at];
  if (name === undefined) throw new Error('no matching EC2 Availability Zone found');
  return {
    ...args,
    id: name,
    name,
    nameSuffix: name.slice(-1),
    region: asking.region,
    groupName: asking.region,
    networkBorderGroup: asking.region,
    optInStatus: 'opt-in-not-required',
    state: 'available',
    zoneId: textsOf(zoneIds)[at] ?? '',
    zoneType: 'availability-zone',
    parentZoneId: '',
    parentZoneName: '',
  };
};

const regionOf: Source = async (args, asking) => {
  const region = textOf(args.name) ?? textOf(args.region) ?? asking.region;
  const endpoint = `ec2.${region}.amazonaws.com`;
  return { ...args, id: region, name: region, region, endpoint, description: region };
};

const regionsOf: Source = async (args, asking) => {
  const reply = (await call('ec2', 'DescribeRegions', {}, asking)) as { readonly Regions?: readonly { RegionName?: string }[] };
  return { ...args, id: 'aws', names: (reply.Regions ?? []).map((r) => r.RegionName ?? '') };
};

const callerOf: Source = async (args, asking) => {
  const {
    Account = '',
    Arn = '',
    UserId = '',
  } = (await call('sts', 'GetCallerIdentity', {}, asking)) as {
    readonly Account?: string;
    readonly Arn?: string;
    readonly UserId?: string;
  };
  return { ...args, id: Account, accountId: Account, arn: Arn, userId: UserId };
};

const serviceOf: Source = async (args, asking) => {
  const service = textOf(args.serviceId) ?? textOf(args.dnsName)?.split('.')[0] ?? '';
  const region = textOf(args.region) ?? asking.region;
  const prefix = textOf(args.reverseDnsPrefix) ?? 'com.amazonaws';
  return {
    ...args,
    id: `${service}.${region}.amazonaws.com`,
    dnsName: `${service}.${region}.amazonaws.com`,
    partition: 'aws',
    region,
    reverseDnsName: `${prefix}.${region}.${service}`,
    reverseDnsPrefix: prefix,
    serviceId: service,
    supported: true,
  };
};

const documentOf: Source = async (args) => {
  if (!isJsonRecord(args)) throw new Error('the arguments of getPolicyDocument are no record');
  const json = policyDocument(args);
  return { ...args, id: String(hash(json)), json, minifiedJson: JSON.stringify(JSON.parse(json)) };
};

/** The provider's id of a document is a checksum of it. */
function hash(text: string): number {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}

const arnOf: Source = async (args) => {
  const arn = textOf(args.arn) ?? '';
  const [, partition = '', service = '', region = '', account = '', ...resource] = arn.split(':');
  if (!arn.startsWith('arn:') || resource.length === 0) throw new Error(`"${arn}" is an invalid ARN`);
  return { ...args, id: arn, partition, service, region, account, resource: resource.join(':') };
};

/** Accounts that write the access logs of load balancers: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const LOG_WRITERS: Readonly<Record<string, string>> = {
  'us-east-1': '127311923021',
  'us-east-2': '033677994240',
  'us-west-1': '027434742980',
  'us-west-2': '797873946194',
  'ca-central-1': '985666609251',
  'sa-east-1': '507241528517',
  'eu-west-1': '156460612806',
  'eu-west-2': '652711504416',
  'eu-west-3': '009996457667',
  'eu-north-1': '897822967062',
  'eu-south-1': '635631232127',
  'eu-central-1': '054676820928',
  'af-south-1': '098369216593',
  'me-south-1': '076674570225',
  'ap-east-1': '754344448648',
  'ap-south-1': '718504428378',
  'ap-southeast-1': '114774131450',
  'ap-southeast-2': '783225319266',
  'ap-northeast-1': '582318560864',
  'ap-northeast-2': '600734575887',
  'ap-northeast-3': '383597477331',
};

const logWriter: Source = async (args, asking) => {
  const region = textOf(args.region) ?? asking.region;
  const account = LOG_WRITERS[region];
  if (account === undefined) throw new Error(`no ELB service account ID found for AWS Region (${region})`);
  return { ...args, id: account, arn: `arn:aws:iam::${account}:root`, region };
};

/** Of no use to anybody: nothing listens behind it. */
const registry: Source = async (args, asking) => {
  const host = `${textOf(args.registryId) ?? asking.account}.dkr.ecr.${asking.region}.amazonaws.com`;
  const password = 'simulated';
  return {
    ...args,
    id: asking.region,
    region: asking.region,
    authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
    expiresAt: '2100-01-01T00:00:00Z',
    password,
    proxyEndpoint: `https://${host}`,
    userName: 'AWS',
  };
};

const balancerZone: Source = async (args, asking) => {
  const region = textOf(args.region) ?? asking.region;
  return { ...args, id: zoneOfBalancers(region, textOf(args.loadBalancerType) ?? 'application'), region };
};

const nothing =
  (outputs: Props): Source =>
  (args) =>
    Promise.resolve({ ...args, ...outputs });

export const PLACES: Sources = {
  'aws:index/getArn:getArn': arnOf,
  'aws:index/getAvailabilityZone:getAvailabilityZone': zoneOf,
  'aws:index/getAvailabilityZones:getAvailabilityZones': zonesOf,
  'aws:index/getCallerIdentity:getCallerIdentity': callerOf,
  'aws:index/getPartition:getPartition': nothing({
    id: 'aws',
    partition: 'aws',
    dnsSuffix: 'amazonaws.com',
    reverseDnsPrefix: 'com.amazonaws',
  }),
  'aws:index/getRegion:getRegion': regionOf,
  'aws:index/getRegions:getRegions': regionsOf,
  'aws:index/getService:getService': serviceOf,
  'aws:iam/getPolicyDocument:getPolicyDocument': documentOf,
  'aws:iam/getSessionContext:getSessionContext': async (args) => {
    const arn = textOf(args.arn) ?? '';
    const role = /assumed-role\/([^/]+)/.exec(arn)?.[1];
    const issuer = role === undefined ? arn : arn.replace(/:sts:/, ':iam:').replace(/assumed-role\/.*/, `role/${role}`);
    return {
      ...args,
      id: arn,
      issuerArn: issuer,
      issuerId: '',
      issuerName: role ?? '',
      sessionName: arn.split('/').at(-1) ?? '',
    };
  },
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': registry,
  'aws:elb/getHostedZoneId:getHostedZoneId': balancerZone,
  'aws:elb/getServiceAccount:getServiceAccount': logWriter,
  'aws:lb/getHostedZoneId:getHostedZoneId': balancerZone,
  'aws:s3/getCanonicalUserId:getCanonicalUserId': nothing({ id: '0'.repeat(64), displayName: 'simulated' }),
  'aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId': nothing({ id: 'c'.repeat(64) }),
  'aws:secretsmanager/getRandomPassword:getRandomPassword': nothing({
    id: 'password',
    randomPassword: 'simulated-secret-value-32-chars!',
  }),
};
