import { beforeAll, describe, expect, it } from 'vitest';
import { type Props, textOf } from '../../src/provider/values.ts';
import { ACCOUNT, type Engine, engine, REGION } from './support.ts';

const token = (short: string): string => {
  const [module = '', name = ''] = short.split('.');
  return `aws:${module}/${name}:${name}`;
};

describe('data sources', () => {
  let asked: Engine;
  const made: Record<string, Props> = {};
  const get = (short: string, args: Props = {}) => asked.invoke(token(short), args);

  beforeAll(async () => {
    asked = await engine();
    const up = async (type: string, name: string, inputs: Props) => {
      const { id, state } = await asked.up(type, name, inputs);
      made[name] = { ...state, id };
    };
    await up('aws:ec2/vpc:Vpc', 'net', { cidrBlock: '10.0.0.0/16', tags: { Name: 'shop' } });
    await up('aws:ec2/vpc:Vpc', 'other', { cidrBlock: '10.1.0.0/16' });
    for (const zone of ['a', 'b'])
      await up('aws:ec2/subnet:Subnet', `net-${zone}`, {
        vpcId: made.net?.id ?? '',
        cidrBlock: `10.0.${zone === 'a' ? 0 : 1}.0/24`,
        availabilityZone: `${REGION}${zone}`,
      });
    await up('aws:route53/zone:Zone', 'zone', { name: 'shop.example' });
    await up('aws:kms/key:Key', 'key', { description: 'data' });
    await up('aws:kms/alias:Alias', 'alias', { name: 'alias/data', targetKeyId: made.key?.keyId ?? '' });
    await up('aws:ssm/parameter:Parameter', 'parameter', { name: '/shop/size', type: 'String', value: '3' });
    await up('aws:iam/role:Role', 'role', { name: 'deployer', assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' });
    await up('aws:s3/bucket:Bucket', 'media', { bucket: 'shop-media' });
    return () => asked.close();
  });

  it.each<[string, Props, () => object]>([
    ['index.getAvailabilityZones', {}, () => ({ names: ['a', 'b', 'c'].map((z) => `${REGION}${z}`) })],
    ['index.getAvailabilityZones', { excludeNames: [`${REGION}a`] }, () => ({ names: [`${REGION}b`, `${REGION}c`] })],
    ['index.getAvailabilityZones', { region: 'us-west-2' }, () => ({ names: expect.arrayContaining(['us-west-2d']) })],
    ['index.getRegion', {}, () => ({ name: REGION, region: REGION, id: REGION })],
    ['index.getRegions', {}, () => ({ names: expect.arrayContaining(['us-east-1', REGION]) })],
    ['index.getCallerIdentity', {}, () => ({ accountId: ACCOUNT })],
    ['index.getPartition', {}, () => ({ partition: 'aws', dnsSuffix: 'amazonaws.com' })],
    ['index.getService', { serviceId: 's3' }, () => ({ reverseDnsName: `com.amazonaws.${REGION}.s3` })],
    [
      'index.getArn',
      { arn: 'arn:aws:rds:eu-west-1:123456789012:db:mysql-db' },
      () => ({ service: 'rds', resource: 'db:mysql-db' }),
    ],
    ['ec2.getVpc', { cidrBlock: '10.0.0.0/16' }, () => ({ id: made.net?.id, tags: { Name: 'shop' } })],
    ['ec2.getVpc', { tags: { Name: 'shop' } }, () => ({ id: made.net?.id })],
    ['ec2.getVpc', { filters: [{ name: 'tag:Name', values: ['sh*'] }] }, () => ({ id: made.net?.id })],
    ['ec2.getVpcs', {}, () => ({ ids: [made.net?.id, made.other?.id] })],
    [
      'ec2.getSubnets',
      { filters: [{ name: 'vpc-id', values: ['VPC'] }] },
      () => ({ ids: [made['net-a']?.id, made['net-b']?.id] }),
    ],
    ['ec2.getSubnet', { availabilityZone: `${REGION}b` }, () => ({ id: made['net-b']?.id, cidrBlock: '10.0.1.0/24' })],
    [
      'ec2.getAmi',
      { mostRecent: true, owners: ['amazon'], filters: [{ name: 'name', values: ['al2023-*-arm64'] }] },
      () => ({ id: expect.stringMatching(/^ami-[0-9a-f]{17}$/), architecture: 'arm64' }),
    ],
    ['route53.getZone', { name: 'shop.example.' }, () => ({ zoneId: made.zone?.id })],
    ['kms.getKey', { keyId: 'alias/data' }, () => ({ arn: made.key?.arn, enabled: true })],
    ['kms.getAlias', { name: 'alias/data' }, () => ({ targetKeyArn: made.key?.arn })],
    ['ssm.getParameter', { name: '/shop/size' }, () => ({ type: 'String', version: 1 })],
    [
      'ssm.getParameter',
      { name: '/aws/service/ecs/optimized-ami/amazon-linux-2/recommended' },
      () => ({ value: expect.stringMatching(/"image_id":"ami-[0-9a-f]{17}"/) }),
    ],
    ['iam.getRole', { name: 'deployer' }, () => ({ arn: made.role?.arn })],
    ['iam.getPolicy', { name: 'ReadOnlyAccess' }, () => ({ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })],
    ['s3.getBucket', { bucket: 'shop-media' }, () => ({ arn: 'arn:aws:s3:::shop-media' })],
    ['lb.getHostedZoneId', {}, () => ({ id: 'Z32O12XQLNTSW2' })],
    ['lb.getHostedZoneId', { region: 'us-east-2', loadBalancerType: 'network' }, () => ({ id: 'ZLMOA37VPKANP' })],
    ['elb.getServiceAccount', {}, () => ({ id: '156460612806', arn: 'arn:aws:iam::156460612806:root' })],
    ['ecr.getAuthorizationToken', {}, () => ({ userName: 'AWS', proxyEndpoint: expect.stringContaining(ACCOUNT) })],
    ['ec2.getInstances', { filters: [{ name: 'vpc-id', values: ['VPC'] }] }, () => ({ ids: [] })],
    ['ec2.getNetworkAcls', { vpcId: 'VPC' }, () => ({ ids: expect.any(Array) })],
    ['rds.getEngineVersion', { engine: 'postgres' }, () => ({ engine: 'postgres', version: expect.stringMatching(/^\d+/) })],
  ])('%s %j', async (short, args, expected) => {
    const given = JSON.parse(JSON.stringify(args).replace('"VPC"', JSON.stringify(made.net?.id)));
    expect(await get(short, given)).toMatchObject(expected());
  });

  it('renders policies', async () => {
    const { json } = await get('iam.getPolicyDocument', { statements: [{ actions: ['s3:GetObject'], resources: ['*'] }] });
    expect(JSON.parse(textOf(json) ?? '').Statement).toMatchObject([{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]);
  });

  it.each<[string, Props, RegExp]>([
    ['ec2.getVpc', {}, /multiple EC2 VPCs matched/],
    ['ec2.getVpc', { id: 'vpc-none' }, /no matching EC2 VPC found/],
    ['kms.getAlias', { name: 'alias/none' }, /couldn't find resource/],
    ['ssm.getParameter', { name: '/none' }, /ParameterNotFound/],
    ['iot.getEndpoint', {}, /does not answer the data source iot.getEndpoint/],
  ])('%s %j fails', async (short, args, message) => {
    await expect(get(short, args)).rejects.toThrow(message);
  });
});
