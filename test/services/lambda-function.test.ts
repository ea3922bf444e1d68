import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { lambdaFunction } from '../../src/services/lambda-function.ts';
import { hole, impact, links, out, read, type Spec } from './support-traffic.ts';

const FUNCTION = 'aws:lambda/function:Function';
const SUBNET = 'aws:ec2/subnet:Subnet';
const QUEUE = 'aws:sqs/queue:Queue';
const subnets: readonly Spec[] = [
  { type: SUBNET, name: 'a', inputs: { availabilityZone: 'us-east-1a' } },
  { type: SUBNET, name: 'b', inputs: { availabilityZone: 'us-east-1b' } },
  { type: SUBNET, name: 'x', inputs: { availabilityZone: hole } },
];
const of = (inputs: { readonly [key: string]: Value }, ...others: readonly Spec[]) =>
  read(lambdaFunction, { type: FUNCTION, name: 'f', inputs }, ...subnets, ...others).meaning;
const inside = (...names: readonly string[]) => of({ vpcConfig: { subnetIds: names.map((n) => out(SUBNET, n, 'id')) } });

it.each([
  ['no VPC', of({}), 'unaffected'],
  ['a VPC without subnets', inside(), 'unaffected'],
  ['two AZs', inside('a', 'b'), 'unaffected'],
  ['one AZ', inside('a'), 'lost'],
  ['an AZ that is not known', inside('a', 'x'), 'not-reported'],
  ['VPC not known', of({ vpcConfig: hole }), 'unresolved-at-preview'],
])('%s', (_, meaning, az) => {
  expect(impact(meaning, 'az')).toBe(az);
  expect(impact(meaning, 'region')).toBe('lost');
});

it('is triggered by the sources that are mapped to it', () => {
  const mapping: Spec = {
    type: 'aws:lambda/eventSourceMapping:EventSourceMapping',
    name: 'm',
    inputs: { functionName: out(FUNCTION, 'f', 'arn'), eventSourceArn: out(QUEUE, 'orders', 'arn') },
  };
  expect(links(of({}, mapping, { type: QUEUE, name: 'orders' }), 'trigger')).toEqual(['orders']);
});
