import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { apiGateway } from '../../src/services/api-gateway.ts';
import { eksCluster } from '../../src/services/eks-cluster.ts';
import { eksNodeGroup } from '../../src/services/eks-node-group.ts';
import { vpcEndpoint } from '../../src/services/vpc-endpoint.ts';
import { hole, impact, links, out, protections, read, type Spec, value } from './support-traffic.ts';

const REST = 'aws:apigateway/restApi:RestApi';
const FUNCTION = 'aws:lambda/function:Function';
const SUBNET = 'aws:ec2/subnet:Subnet';
const subnets: readonly Spec[] = [
  { type: SUBNET, name: 'a', inputs: { availabilityZone: 'us-east-1a' } },
  { type: SUBNET, name: 'b', inputs: { availabilityZone: 'us-east-1b' } },
  { type: SUBNET, name: 'x', inputs: { availabilityZone: hole } },
];
const inside = (...names: readonly string[]): Value => names.map((n) => out(SUBNET, n, 'id'));

describe('API Gateway', () => {
  const handler: Spec = {
    type: FUNCTION,
    name: 'handler',
    outputs: { arn: 'arn:aws:lambda:us-east-1:111122223333:function:handler' },
  };
  const integration = (uri: Value): Spec => ({
    type: 'aws:apigateway/integration:Integration',
    name: 'i',
    inputs: { restApi: out(REST, 'api', 'id'), uri },
  });
  const api = (inputs: { readonly [key: string]: Value }, ...others: readonly Spec[]) =>
    read(apiGateway, { type: REST, name: 'api', inputs }, handler, ...others);
  it.each([
    ['through an integration', api({}, integration(out(FUNCTION, 'handler', 'invokeArn'))), ['handler']],
    ['through an OpenAPI document made of outputs', api({ body: out(FUNCTION, 'handler', 'invokeArn') }), ['handler']],
    [
      'through an OpenAPI document',
      api({ body: '{"uri":"…/functions/arn:aws:lambda:us-east-1:111122223333:function:handler/invocations"}' }),
      ['handler'],
    ],
    ['to nobody that is known', api({}), ['not-reported']],
    ['to something that is not known', api({}, integration(hole)), ['unresolved-at-preview']],
  ])('%s', (_, { meaning, facts }, expected) => {
    expect(links(meaning, 'traffic')).toEqual(expected);
    expect(value(facts.endpoint)).toBe('EDGE');
    expect([impact(meaning, 'az'), impact(meaning, 'region')]).toEqual(['unaffected', 'lost']);
  });
});

describe('EKS', () => {
  it('what runs inside a cluster is not known', () => {
    const { meaning } = read(eksCluster, { type: 'aws:eks/cluster:Cluster', name: 'c' });
    expect([impact(meaning, 'az'), impact(meaning, 'data'), impact(meaning, 'region')]).toEqual([
      'not-modelled',
      'not-modelled',
      'lost',
    ]);
  });
  const nodes = (subnetIds: Value, scalingConfig: Value) =>
    read(eksNodeGroup, { type: 'aws:eks/nodeGroup:NodeGroup', name: 'n', inputs: { subnetIds, scalingConfig } }, ...subnets)
      .meaning;
  it.each([
    ['two AZs', nodes(inside('a', 'b'), { desiredSize: 4, minSize: 2, maxSize: 6 }), 'reduced 0.50', 'yes'],
    ['one AZ', nodes(inside('a'), { desiredSize: 4, minSize: 2, maxSize: 6 }), 'lost', 'no'],
    ['an AZ that is not known', nodes(inside('a', 'x'), { desiredSize: 4 }), 'not-reported', 'not-reported'],
    ['size not known', nodes(inside('a', 'b'), hole), 'unresolved-at-preview', 'yes'],
  ])('node group: %s', (_, meaning, az, armed) => {
    expect(impact(meaning, 'az')).toBe(az);
    expect(protections(meaning, 'az')).toEqual([`asg-replace service-native ${armed}`]);
  });
});

it.each([
  ['a gateway endpoint', {}, 'unaffected'],
  ['an interface endpoint in two AZs', { vpcEndpointType: 'Interface', subnetIds: inside('a', 'b') }, 'unaffected'],
  ['an interface endpoint in one AZ', { vpcEndpointType: 'Interface', subnetIds: inside('a') }, 'lost'],
  [
    'an interface endpoint in an AZ that is not known',
    { vpcEndpointType: 'Interface', subnetIds: inside('a', 'x') },
    'not-reported',
  ],
])('%s', (_, inputs, az) => {
  expect(
    impact(read(vpcEndpoint, { type: 'aws:ec2/vpcEndpoint:VpcEndpoint', name: 'e', inputs }, ...subnets).meaning, 'az'),
  ).toBe(az);
});
