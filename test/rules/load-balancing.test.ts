import { describe } from 'vitest';
import { loadBalancingRules } from '../../src/rules/load-balancing.ts';
import type { Declared, RuleCase } from './rule-cases.ts';
import { checkFamily, declared, hole, out } from './rule-cases.ts';

type Inputs = Declared['inputs'];
const subnet = (zone: Inputs[string], name = `subnet-${typeof zone === 'string' ? zone : 'somewhere'}`) =>
  declared('aws:ec2/subnet:Subnet', name, { availabilityZone: zone });
const a = subnet('us-east-1a');
const b = subnet('us-east-1b');
const blurred = subnet(hole, 'blurred');
const in_ = (...subnets: readonly Declared[]): Inputs[string] => subnets.map((s) => out(s, 'id'));

const balancer = (inputs: Inputs) => declared('aws:lb/loadBalancer:LoadBalancer', 'web', { subnets: in_(a, b), ...inputs });
const network = (inputs: Inputs = {}) => balancer({ loadBalancerType: 'network', ...inputs });
const group = (inputs: Inputs = {}) =>
  declared('aws:lb/targetGroup:TargetGroup', 'targets', { port: 443, protocol: 'TCP', ...inputs });
const listener = declared('aws:lb/listener:Listener', 'listener', {
  loadBalancerArn: out(balancer({}), 'arn'),
  defaultActions: [{ type: 'forward', targetGroupArn: out(group(), 'arn') }],
});
const pool = (desiredCapacity: Inputs[string]) =>
  declared('aws:autoscaling/group:Group', 'pool', {
    minSize: 1,
    maxSize: 9,
    desiredCapacity,
    vpcZoneIdentifiers: in_(a, b),
    targetGroupArns: [out(group(), 'arn')],
  });
const serving = (lb: Declared, tg: Declared, running: Inputs[string]) => [a, b, lb, listener, tg, pool(running)];
const http = { protocol: 'HTTP', healthCheck: { path: '/deep' } };

const CASES: readonly RuleCase[] = [
  {
    rule: 'lb-single-az',
    says: 'a Network Load Balancer has one subnet',
    estate: [a, network({ subnets: in_(a) })],
    answer: 'fires',
    names: 'us-east-1a',
  },
  {
    rule: 'lb-single-az',
    says: 'a Classic Load Balancer has one subnet',
    estate: [a, declared('aws:elb/loadBalancer:LoadBalancer', 'old', { subnets: in_(a) })],
    answer: 'fires',
    names: 'us-east-1a',
  },
  { rule: 'lb-single-az', says: 'it has two', estate: [a, b, network()], answer: 'silent' },
  {
    rule: 'lb-single-az',
    says: 'nothing was agreed about an AZ',
    estate: [a, network({ subnets: in_(a) })],
    agreed: [['RTO', 'region', 60]],
    answer: 'silent',
  },
  {
    rule: 'lb-single-az',
    says: 'the AZ of one is not known',
    estate: [a, blurred, network({ subnets: in_(a, blurred) })],
    answer: 'unknown',
  },
  {
    rule: 'nlb-cross-zone-off-uneven',
    says: 'two targets are spread over two AZs',
    estate: serving(network(), group(), 2),
    answer: 'fires',
    names: 'one target',
  },
  { rule: 'nlb-cross-zone-off-uneven', says: 'four are', estate: serving(network(), group(), 4), answer: 'silent' },
  {
    rule: 'nlb-cross-zone-off-uneven',
    says: 'requests cross zones',
    estate: serving(network({ enableCrossZoneLoadBalancing: true }), group(), 2),
    answer: 'silent',
  },
  {
    rule: 'nlb-cross-zone-off-uneven',
    says: 'how many run is not known',
    estate: serving(network(), group(), hole),
    answer: 'unknown',
  },
  { rule: 'lb-zonal-shift-off', says: 'it is off', estate: [a, b, balancer({})], answer: 'fires' },
  { rule: 'lb-zonal-shift-off', says: 'it is on', estate: [a, b, balancer({ enableZonalShift: true })], answer: 'silent' },
  {
    rule: 'lb-zonal-shift-off',
    says: 'a Gateway Load Balancer has none',
    estate: [a, b, balancer({ loadBalancerType: 'gateway' })],
    answer: 'silent',
  },
  {
    rule: 'lb-zonal-shift-off',
    says: 'whether it is on is not known',
    estate: [a, b, balancer({ enableZonalShift: hole })],
    answer: 'unknown',
  },
  { rule: 'tg-health-check-shallow-or-slow', says: 'port 443 is only opened', estate: [group()], answer: 'fires', names: '443' },
  {
    rule: 'tg-health-check-shallow-or-slow',
    says: '90 s are needed and 60 s agreed',
    estate: [group(http)],
    agreed: [['DETECT', 'az', 60]],
    answer: 'fires',
    names: '30s × 3',
  },
  { rule: 'tg-health-check-shallow-or-slow', says: 'a page is asked for', estate: [group(http)], answer: 'silent' },
  {
    rule: 'tg-health-check-shallow-or-slow',
    says: 'nothing there speaks HTTP',
    estate: [group({ port: 5432 })],
    answer: 'silent',
  },
  {
    rule: 'tg-health-check-shallow-or-slow',
    says: 'the checks are not known',
    estate: [group({ healthCheck: hole })],
    answer: 'unknown',
  },
  {
    rule: 'tg-failopen-no-dns-failover',
    says: 'one of four keeps the AZ and half were agreed',
    estate: serving(balancer({}), group(http), 4),
    agreed: [['MBCO', 'az', 50]],
    answer: 'fires',
    names: '1 of 4',
  },
  {
    rule: 'tg-failopen-no-dns-failover',
    says: 'two are asked for',
    estate: serving(balancer({}), group({ ...http, targetGroupHealth: { dnsFailover: { minimumHealthyTargetsCount: '2' } } }), 4),
    agreed: [['MBCO', 'az', 50]],
    answer: 'silent',
  },
  {
    rule: 'tg-failopen-no-dns-failover',
    says: 'no capacity was agreed',
    estate: serving(balancer({}), group(http), 4),
    answer: 'silent',
  },
  {
    rule: 'tg-failopen-no-dns-failover',
    says: 'how many run is not known',
    estate: serving(balancer({}), group(http), hole),
    agreed: [['MBCO', 'az', 50]],
    answer: 'unknown',
  },
];

describe('load-balancing rules', () => checkFamily(loadBalancingRules, CASES));
