import { describe } from 'vitest';
import { networkRules } from '../../src/rules/network.ts';
import type { Declared, RuleCase } from './rule-cases.ts';
import { checkFamily, declared, hole, out } from './rule-cases.ts';

type Inputs = Declared['inputs'];
const WEST = 'us-west-2';
const vpc = (side: string, region?: string) => declared('aws:ec2/vpc:Vpc', `vpc-${side}`, { cidrBlock: '10.0.0.0/16' }, region);
const subnet = (zone: Inputs[string], name = `subnet-${typeof zone === 'string' ? zone : 'somewhere'}`) =>
  declared('aws:ec2/subnet:Subnet', name, { availabilityZone: zone, vpcId: out(vpc('east'), 'id') });
const a = subnet('us-east-1a');
const b = subnet('us-east-1b');
const blurred = subnet(hole, 'blurred');
const base = [vpc('east'), a, b, blurred];
const table = declared('aws:ec2/routeTable:RouteTable', 'private', { vpcId: out(vpc('east'), 'id') });
const nat = (inputs: Inputs = {}) => declared('aws:ec2/natGateway:NatGateway', 'nat', { subnetId: out(a, 'id'), ...inputs });
const routed = (gateway: Declared, ...subnets: readonly Declared[]) => [
  ...base,
  table,
  gateway,
  declared('aws:ec2/route:Route', 'out', { routeTableId: out(table, 'id'), natGatewayId: out(gateway, 'id') }),
  ...subnets.map((s) =>
    declared('aws:ec2/routeTableAssociation:RouteTableAssociation', `as-${s.name}`, {
      routeTableId: out(table, 'id'),
      subnetId: out(s, 'id'),
    }),
  ),
];
const endpoint = (inputs: Inputs, side = 'east', region?: string) =>
  declared(
    'aws:ec2/vpcEndpoint:VpcEndpoint',
    `sqs-${side}`,
    {
      vpcId: out(vpc(side), 'id'),
      serviceName: `com.amazonaws.${region ?? 'us-east-1'}.sqs`,
      vpcEndpointType: 'Interface',
      subnetIds: [out(a, 'id'), out(b, 'id')],
      ...inputs,
    },
    region,
  );
const queue = (name: string, region?: string | null) => declared('aws:sqs/queue:Queue', name, {}, region);
const twoVpcs = [...base, vpc('west', WEST), queue('q-east'), queue('q-west', WEST)];
const line = (name: string, location: Inputs[string]) =>
  declared('aws:directconnect/connection:Connection', name, { bandwidth: '1Gbps', location });
const gateway = (name: string, ipAddress: Inputs[string]) =>
  declared('aws:ec2/customerGateway:CustomerGateway', name, { ipAddress, type: 'ipsec.1' });
const vpn = (to: Declared) =>
  declared('aws:ec2/vpnConnection:VpnConnection', `vpn-${to.name}`, { customerGatewayId: out(to, 'id'), type: 'ipsec.1' });
const site = (...gateways: readonly Declared[]) => [...gateways, ...gateways.map(vpn)];
const fn = (side: string, calls: Declared, region?: string) =>
  declared('aws:lambda/function:Function', `fn-${side}`, { environment: { variables: { TARGET: out(calls, 'arn') } } }, region);
const orders = (replicas: Inputs[string]) =>
  declared('aws:dynamodb/table:Table', 'orders', {
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    streamEnabled: true,
    replicas,
  });
const pair = (west: Declared) => [queue('q-east'), west, fn('east', queue('q-east')), fn('west', west, WEST)];

const CASES: readonly RuleCase[] = [
  {
    rule: 'nat-single-az',
    says: 'a subnet of another AZ goes out through it',
    estate: routed(nat(), a, b),
    answer: 'fires',
    names: 'us-east-1a',
  },
  { rule: 'nat-single-az', says: 'only its own AZ does', estate: routed(nat(), a), answer: 'silent' },
  {
    rule: 'nat-single-az',
    says: 'it is regional',
    estate: routed(nat({ availabilityMode: 'regional' }), a, b),
    answer: 'silent',
  },
  { rule: 'nat-single-az', says: 'the AZ of a subnet is not known', estate: routed(nat(), a, blurred), answer: 'unknown' },
  {
    rule: 'vpce-single-az',
    says: 'it has one subnet',
    estate: [...base, endpoint({ subnetIds: [out(a, 'id')] })],
    answer: 'fires',
    names: 'sqs',
  },
  { rule: 'vpce-single-az', says: 'it has two', estate: [...base, endpoint({})], answer: 'silent' },
  {
    rule: 'vpce-single-az',
    says: 'a gateway endpoint has none',
    estate: [...base, endpoint({ vpcEndpointType: null, subnetIds: null })],
    answer: 'silent',
  },
  {
    rule: 'vpce-single-az',
    says: 'the AZ of the other is not known',
    estate: [...base, endpoint({ subnetIds: [out(a, 'id'), out(blurred, 'id')] })],
    answer: 'unknown',
  },
  {
    rule: 'standby-missing-vpce-or-egress',
    says: 'the other VPC has neither',
    estate: [...twoVpcs, endpoint({})],
    answer: 'fires',
    names: 'vpc-west',
  },
  {
    rule: 'standby-missing-vpce-or-egress',
    says: 'it has the endpoint',
    estate: [...twoVpcs, endpoint({}), endpoint({ subnetIds: null }, 'west', WEST)],
    answer: 'silent',
  },
  {
    rule: 'standby-missing-vpce-or-egress',
    says: 'of which service its endpoint is, is not known',
    estate: [...twoVpcs, endpoint({}), endpoint({ serviceName: hole }, 'west', WEST)],
    answer: 'unknown',
  },
  {
    rule: 'dx-single-location',
    says: 'both end in one',
    estate: [line('one', 'EqDC2'), line('two', 'EqDC2')],
    answer: 'fires',
    names: 'EqDC2',
  },
  { rule: 'dx-single-location', says: 'they end in two', estate: [line('one', 'EqDC2'), line('two', 'EqSV5')], answer: 'silent' },
  {
    rule: 'dx-single-location',
    says: 'a VPN stands beside it',
    estate: [line('one', 'EqDC2'), ...site(gateway('g', '192.0.2.1'))],
    answer: 'silent',
  },
  {
    rule: 'dx-single-location',
    says: 'one location is not known',
    estate: [line('one', 'EqDC2'), line('two', hole)],
    answer: 'unknown',
  },
  {
    rule: 'vpn-single-tunnel-or-cgw',
    says: 'two gateways are one device',
    estate: site(gateway('g', '192.0.2.1'), gateway('h', '192.0.2.1')),
    answer: 'fires',
    names: '192.0.2.1',
  },
  {
    rule: 'vpn-single-tunnel-or-cgw',
    says: 'there are two devices',
    estate: site(gateway('g', '192.0.2.1'), gateway('h', '192.0.2.2')),
    answer: 'silent',
  },
  {
    rule: 'vpn-single-tunnel-or-cgw',
    says: 'one address is not known',
    estate: site(gateway('g', '192.0.2.1'), gateway('h', hole)),
    answer: 'unknown',
  },
  {
    rule: 'cross-region-runtime-call',
    says: 'both halves send to one queue',
    estate: [queue('q-east'), fn('east', queue('q-east')), fn('west', queue('q-east'), WEST)],
    answer: 'fires',
    names: 'us-west-2 calls SQS queue q-east in us-east-1',
  },
  { rule: 'cross-region-runtime-call', says: 'each has its own', estate: pair(queue('q-west', WEST)), answer: 'silent' },
  {
    rule: 'cross-region-runtime-call',
    says: 'the table has a replica there',
    estate: [orders([{ regionName: WEST }]), fn('east', orders(null)), fn('west', orders(null), WEST)],
    answer: 'silent',
  },
  {
    rule: 'cross-region-runtime-call',
    says: 'the Region of the other queue is not known',
    estate: pair(queue('q-west', null)),
    answer: 'unknown',
  },
];

describe('network rules', () => checkFamily(networkRules, CASES));
