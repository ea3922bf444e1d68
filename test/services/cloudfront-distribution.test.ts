import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hole, type Value } from '../../src/model/value.ts';
import { cloudfrontDistribution, DISTRIBUTION } from '../../src/services/cloudfront-distribution.ts';
import { hole, impact, links, out, protections, read, type Spec, timing } from './support-traffic.ts';

const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const BUCKET = 'aws:s3/bucket:Bucket';
const around: readonly Spec[] = [
  { type: BALANCER, name: 'east', region: 'us-east-1' },
  { type: BALANCER, name: 'east2', region: 'us-east-1' },
  { type: BALANCER, name: 'west', region: 'us-west-2', outputs: { dnsName: 'west-1.us-west-2.elb.amazonaws.com' } },
  { type: BUCKET, name: 'site' },
  {
    type: 'aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration',
    name: 'web',
    inputs: { bucket: out(BUCKET, 'site', 'id') },
  },
];
const origin = (originId: Value, name: string, more: { readonly [key: string]: Value } = {}) => ({
  originId,
  domainName: out(BALANCER, name, 'dnsName'),
  customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: 'https-only', originSslProtocols: ['TLSv1.2'] },
  ...more,
});
const pair = (codes: Value, second = 'b') => [
  { originId: 'pair', failoverCriteria: { statusCodes: codes }, members: [{ originId: 'a' }, { originId: second }] },
];
const READ = ['GET', 'HEAD', 'OPTIONS'];
const ALL = [...READ, 'PUT', 'POST', 'PATCH', 'DELETE'];
const behaviour = (targetOriginId: Value, allowedMethods: Value = READ) => ({ targetOriginId, allowedMethods });
const distribution = (inputs: { readonly [key: string]: Value }) =>
  read(cloudfrontDistribution, { type: DISTRIBUTION, name: 'cdn', inputs: { enabled: true, ...inputs } }, ...around);
const grouped = (inputs: { readonly [key: string]: Value } = {}) =>
  distribution({
    origins: [origin('a', 'east'), origin('b', 'west'), origin('c', 'east2')],
    originGroups: pair([500, 502, 503, 504]),
    defaultCacheBehavior: behaviour('pair'),
    ...inputs,
  });
const EAST = out(BALANCER, 'east', 'arn');
const WEST = out(BALANCER, 'west', 'arn');
const inText = ({ reason, detail, mentions }: Hole, template: string) => new Hole(reason, detail, mentions, template);
/** Two origins in a group that names the second by `named`. */
const called = (first: Value, second: Value, named: Value) =>
  distribution({
    origins: [origin(first, 'east'), origin(second, 'west')],
    originGroups: [
      { originId: 'pair', failoverCriteria: { statusCodes: [503, 504] }, members: [{ originId: first }, { originId: named }] },
    ],
    defaultCacheBehavior: behaviour('pair'),
  });

describe('region', () => {
  it.each([
    ['a group across two Regions, read only', grouped(), 'yes'],
    ['codes as text', grouped({ originGroups: pair(['503', '504']) }), 'yes'],
    ['methods that write', grouped({ defaultCacheBehavior: behaviour('pair', ALL) }), 'not-modelled'],
    ['methods not known', grouped({ defaultCacheBehavior: behaviour('pair', hole) }), 'unresolved-at-preview'],
    ['both origins in one Region', grouped({ originGroups: pair([503, 504], 'c') }), 'no'],
    ['failover on 403 only', grouped({ originGroups: pair([403]) }), 'no'],
    ['failover on 503 only', grouped({ originGroups: pair([503]) }), 'not-modelled'],
    ['codes not known', grouped({ originGroups: pair(hole) }), 'unresolved-at-preview'],
    ['groups not known', grouped({ originGroups: hole }), 'unresolved-at-preview'],
    ['a second behaviour without a group', grouped({ orderedCacheBehaviors: [behaviour('a')] }), 'no'],
    ['a group that names no second origin', grouped({ originGroups: pair([503, 504], 'x') }), 'dangling'],
    ['ids made of outputs', called(EAST, WEST, WEST), 'yes'],
    ['ids made of texts around outputs', called(EAST, inText(WEST, 'a-${0}'), inText(WEST, 'a-${0}')), 'yes'],
    ['an id made of another output', called(EAST, WEST, out(BALANCER, 'west', 'name')), 'dangling'],
    ['an id made of the output in a text', called(EAST, WEST, inText(WEST, 'a-${0}')), 'dangling'],
    ['an id made of nobody knows which output', called(EAST, WEST, out(BALANCER, 'west', '')), 'unresolved-at-preview'],
    ['an id of which nothing is known', called(EAST, WEST, hole), 'unresolved-at-preview'],
    ['a behaviour that names no origin', grouped({ orderedCacheBehaviors: [behaviour('x')] }), 'dangling'],
  ])('%s', (_, { meaning }, armed) => {
    expect(impact(meaning, 'region')).toBe('unaffected');
    expect(protections(meaning, 'region')[0]).toBe(`cloudfront-origin-failover service-native ${armed}`);
  });

  it('has nothing to fail over to without a group that a behaviour uses', () => {
    expect(protections(grouped({ defaultCacheBehavior: behaviour('a') }).meaning, 'region')).toEqual([]);
  });
});

it('gives an origin up after its attempts, each as long as its time-outs', () => {
  const time = (more: { readonly [key: string]: Value }) =>
    timing(grouped({ origins: [origin('a', 'east', more), origin('b', 'west')] }).meaning.protections[0]?.time);
  expect(time({})).toBe('slowest(0-90s)');
  expect(time({ connectionAttempts: 1, connectionTimeout: 5 })).toBe('slowest(0-30s)');
  expect(time({ customOriginConfig: { originReadTimeout: 5 } })).toBe('slowest(0-30s)');
  expect(time({ connectionAttempts: hole })).toBe('slowest(unknown:unresolved-at-preview)');
});

describe('links', () => {
  it('passes requests to the only first origin, and names its standby as the counterpart', () => {
    expect(links(grouped().meaning, 'traffic')).toEqual(['east']);
    expect(links(grouped().meaning, 'replica')).toEqual(['west']);
  });

  it('needs each of several first origins: none stands in for another', () => {
    const { meaning } = distribution({
      origins: [origin('a', 'east'), origin('b', 'west')],
      defaultCacheBehavior: behaviour('a'),
      orderedCacheBehaviors: [behaviour('b', ALL)],
    });
    expect(links(meaning, 'endpoint')).toEqual(['east', 'west']);
    expect(links(meaning, 'traffic')).toEqual([]);
  });

  it.each([
    [
      'a website by its configuration',
      out('aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration', 'web', 'websiteEndpoint'),
      'site',
    ],
    ['a bucket', out(BUCKET, 'site', 'bucketRegionalDomainName'), 'site'],
    ['a host name in a state', 'west-1.us-west-2.elb.amazonaws.com', 'west'],
    ['a host of somebody else', 'example.org', 'dangling'],
    ['a host not known', hole, 'unresolved-at-preview'],
  ])('%s', (_, domainName, to) => {
    const { meaning } = distribution({ origins: [{ originId: 'a', domainName }], defaultCacheBehavior: behaviour('a') });
    expect(links(meaning, 'traffic')).toEqual([to]);
  });
});

it('what is not known never arms a failover', () => {
  const paths = ['origins', 'originGroups', 'defaultCacheBehavior', 'orderedCacheBehaviors'];
  const bases: readonly { readonly [key: string]: Value }[] = [
    {},
    { originGroups: pair([403]) },
    { originGroups: pair([503, 504], 'c') },
    { orderedCacheBehaviors: [behaviour('a')] },
    { defaultCacheBehavior: behaviour('pair', ALL) },
  ];
  const armed = (inputs: { readonly [key: string]: Value }) => protections(grouped(inputs).meaning, 'region')[0];
  fc.assert(
    fc.property(fc.constantFrom(...bases), fc.subarray(paths, { minLength: 1 }), (base, dropped) => {
      expect(armed({ ...base, ...Object.fromEntries(dropped.map((path) => [path, hole])) })).not.toMatch(/ yes$/);
    }),
  );
});
