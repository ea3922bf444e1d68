import { describe, expect, it } from 'vitest';
import { vpcLink } from '../../src/services/vpc-link.ts';
import { hole, impact, links, out, read, type Spec } from './support-traffic.ts';

const SUBNET = 'aws:ec2/subnet:Subnet';
const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const HTTP = 'aws:apigatewayv2/vpcLink:VpcLink';
const REST = 'aws:apigateway/vpcLink:VpcLink';
const subnets: readonly Spec[] = [
  { type: SUBNET, name: 'a', inputs: { availabilityZone: 'us-east-1a' } },
  { type: SUBNET, name: 'b', inputs: { availabilityZone: 'us-east-1b' } },
  { type: SUBNET, name: 'x', inputs: { availabilityZone: hole } },
];
const within = (...names: readonly string[]) => names.map((n) => out(SUBNET, n, 'id'));

describe('az', () => {
  it.each([
    ['two AZs', within('a', 'b'), 'unaffected'],
    ['one AZ', within('a'), 'lost'],
    ['one AZ not known', within('a', 'x'), 'not-reported'],
    ['subnets not known', hole, 'unresolved-at-preview'],
  ])('of an HTTP link: %s', (_, subnetIds, az) => {
    const { meaning } = read(vpcLink, { type: HTTP, name: 'link', inputs: { subnetIds } }, ...subnets);
    expect(impact(meaning, 'az')).toBe(az);
    expect(impact(meaning, 'region')).toBe('lost');
  });
});

it.each([
  ['one load balancer', { targetArn: out(BALANCER, 'nlb', 'arn') }, 'nlb'],
  ['in a list, as before', { targetArns: [out(BALANCER, 'nlb', 'arn')] }, 'nlb'],
  ['not known', { targetArn: hole }, 'unresolved-at-preview'],
  ['none', {}, 'error'],
])('a REST link leads to its load balancer: %s', (_, inputs, to) => {
  const { meaning } = read(vpcLink, { type: REST, name: 'link', inputs }, { type: BALANCER, name: 'nlb' });
  expect(links(meaning, 'network')).toEqual([to]);
  expect(impact(meaning, 'az')).toBe('unaffected');
});
