import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { RDS_CLUSTER } from '../../src/services/rds-global-members.ts';
import { rdsProxy } from '../../src/services/rds-proxy.ts';
import { declared, got, hole, impact, read, ref, subnet } from './support-databases.ts';

const proxy = (subnets: Value) =>
  declared('aws:rds/proxy:Proxy', 'proxy', {
    name: 'proxy',
    engineFamily: 'MYSQL',
    vpcSubnetIds: subnets,
    auths: [{ secretArn: ref(secret, 'arn') }],
  });
const secret = declared('aws:secretsmanager/secret:Secret', 'login', {});
const a = subnet('us-east-1a');
const b = subnet('us-east-1b');
const a2 = subnet('us-east-1a', 'a2');
const somewhere = subnet(hole(), 'somewhere');

it.each([
  ['two AZs', [ref(a), ref(b)], 'unaffected'],
  ['two subnets of one AZ', [ref(a), ref(a2)], 'lost'],
  ['a subnet that nobody can place', [ref(a), ref(somewhere)], 'not-reported'],
  ['subnets that are not known', hole(), 'unresolved-at-preview'],
])('an RDS proxy over %s', (_, subnets, expected) => {
  const { meaning } = read(rdsProxy, proxy(subnets), [a, b, a2, somewhere, secret]);
  expect(impact(meaning, 'az')).toBe(expected);
  expect(impact(meaning, 'region')).toBe('lost');
  expect(impact(meaning, 'data')).toBe('unaffected');
});

it('cannot serve before its database and its secret', () => {
  const subject = proxy([ref(a), ref(b)]);
  const cluster = declared(RDS_CLUSTER, 'main', { engine: 'aurora-mysql' });
  const target = declared('aws:rds/proxyTarget:ProxyTarget', 't', {
    dbProxyName: ref(subject, 'name'),
    dbClusterIdentifier: ref(cluster),
    targetGroupName: 'default',
  });
  const { meaning } = read(rdsProxy, subject, [a, b, secret, cluster, target]);
  expect(meaning.links.map((l) => [l.carries, got(l.to)])).toEqual([
    ['endpoint', cluster.urn],
    ['secret', secret.urn],
  ]);
});
