/** Data sources about places, accounts and texts: what follows from where the provider works. */

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

/** https://docs.aws.amazon.com/general/latest/gr/elb.html */
const BALANCER_ZONES: Readonly<Record<string, readonly [application: string, network: string]>> = {
  'us-east-1': ['Z35SXDOTRQ7X7K', 'Z26RNL4JYFTOTI'],
  'us-east-2': ['Z3AADJGX6KTTL2', 'ZLMOA37VPKANP'],
  'us-west-1': ['Z368ELLRRE2KJ0', 'Z24FKFUX50B4VW'],
  'us-west-2': ['Z1H1FL5HABSF5', 'Z18D5FSROUN65G'],
  'eu-west-1': ['Z32O12XQLNTSW2', 'Z2IFOLAFXWLO4F'],
  'eu-central-1': ['Z215JYRZR1TBD5', 'Z3F0SRJ5LGBH90'],
};

const balancerZone: Source = async (args, asking) => {
  const region = textOf(args.region) ?? asking.region;
  const zone = BALANCER_ZONES[region]?.[args.loadBalancerType === 'network' ? 1 : 0];
  if (zone === undefined) throw new Error(`simulated AWS does not know the hosted zone of load balancers in ${region}`);
  return { ...args, id: zone, region };
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
  'aws:elb/getHostedZoneId:getHostedZoneId': balancerZone,
  'aws:lb/getHostedZoneId:getHostedZoneId': balancerZone,
  'aws:s3/getCanonicalUserId:getCanonicalUserId': nothing({ id: '0'.repeat(64), displayName: 'simulated' }),
  'aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId': nothing({ id: 'c'.repeat(64) }),
  'aws:secretsmanager/getRandomPassword:getRandomPassword': nothing({
    id: 'password',
    randomPassword: 'simulated-secret-value-32-chars!',
  }),
};
