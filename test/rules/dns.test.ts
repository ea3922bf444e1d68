import { describe } from 'vitest';
import { dnsRules } from '../../src/rules/dns.ts';
import type { Declared, RuleCase } from './rule-cases.ts';
import { checkFamily, declared, hole, out } from './rule-cases.ts';

type Inputs = Declared['inputs'];
const zone = (inputs: Inputs = {}) => declared('aws:route53/zone:Zone', 'zone', { name: 'shop.test', ...inputs });
const check = (name: string, inputs: Inputs = {}) =>
  declared('aws:route53/healthCheck:HealthCheck', name, {
    type: 'HTTPS',
    fqdn: `${name}.test`,
    resourcePath: '/deep',
    ...inputs,
  });
const balancer = (name: string, region: string | null = 'us-east-1', inputs: Inputs = {}) =>
  declared('aws:lb/loadBalancer:LoadBalancer', name, { subnets: ['subnet-1', 'subnet-2'], ...inputs }, region);
const record = (name: string, inputs: Inputs) =>
  declared('aws:route53/record:Record', name, {
    zoneId: out(zone(), 'zoneId'),
    name: 'www.shop.test',
    type: 'A',
    setIdentifier: name,
    ...inputs,
  });
const alias = (to: Declared, evaluateTargetHealth: Inputs[string] = true): Inputs => ({
  aliases: [{ name: out(to, 'dnsName'), zoneId: out(to, 'zoneId'), evaluateTargetHealth }],
});
const failover = (type: Inputs[string]): Inputs => ({ failoverRoutingPolicies: [{ type }] });
const weight = (w: Inputs[string]): Inputs => ({ weightedRoutingPolicies: [{ weight: w }] });
const follows = (c: Declared): Inputs => ({ healthCheckId: out(c, 'id') });

const east = balancer('east');
const west = balancer('west', 'us-west-2');
const both = [zone(), east, west];
const secondary = record('second', { ...alias(west), ...failover('SECONDARY') });
const primary = (inputs: Inputs) => record('first', { ...failover('PRIMARY'), ...inputs });
const simple = record('first', { ...alias(east), setIdentifier: null });
const certificate = (name: string, inputs: Inputs, region?: string) =>
  declared('aws:acm/certificate:Certificate', name, { domainName: 'www.shop.test', validationMethod: 'DNS', ...inputs }, region);
const listener = (of: Declared, inputs: Inputs, region?: string) =>
  declared('aws:lb/listener:Listener', `listener-${of.name}`, { loadBalancerArn: out(of, 'arn'), port: 443, ...inputs }, region);
const alarm = (inputs: Inputs = {}, region?: string) =>
  declared('aws:cloudwatch/metricAlarm:MetricAlarm', 'alarm', { period: 60, evaluationPeriods: 1, ...inputs }, region);
const byAlarm = (inputs: Inputs) =>
  check('c', {
    type: 'CLOUDWATCH_METRIC',
    cloudwatchAlarmName: out(alarm(), 'name'),
    cloudwatchAlarmRegion: 'us-east-1',
    ...inputs,
  });
const checked = (c: Declared) => [...both, c, primary({ ...alias(east), ...follows(c) }), secondary];

const accelerator = declared('aws:globalaccelerator/listener:Listener', 'l', {});
const group = (name: string, region: string, inputs: Inputs = {}) =>
  declared('aws:globalaccelerator/endpointGroup:EndpointGroup', name, {
    listenerArn: out(accelerator, 'arn'),
    endpointGroupRegion: region,
    endpointConfigurations: [{ endpointId: out(region === 'us-east-1' ? east : west, 'arn'), weight: 128 }],
    ...inputs,
  });
const instance = declared('aws:ec2/instance:Instance', 'box', {});
const distribution = (inputs: Inputs) =>
  declared('aws:cloudfront/distribution:Distribution', 'cdn', {
    origins: [
      { originId: 'e', domainName: out(east, 'dnsName'), customOriginConfig: {} },
      { originId: 'w', domainName: out(west, 'dnsName'), customOriginConfig: {} },
    ],
    originGroups: [
      { originId: 'pair', members: [{ originId: 'e' }, { originId: 'w' }], failoverCriteria: { statusCodes: [503, 504] } },
    ],
    defaultCacheBehavior: { targetOriginId: 'pair', allowedMethods: ['GET', 'HEAD'] },
    ...inputs,
  });

const region = [['RTO', 'region', 900]] as const;
const CASES: readonly RuleCase[] = [
  {
    rule: 'dns-failover-primary-no-health',
    says: 'the alias of the PRIMARY evaluates nothing',
    estate: [...both, primary(alias(east, false)), secondary],
    answer: 'fires',
    names: 'www.shop.test',
  },
  {
    rule: 'dns-failover-primary-no-health',
    says: 'the alias evaluates its target',
    estate: [...both, primary(alias(east)), secondary],
    answer: 'silent',
  },
  {
    rule: 'dns-failover-primary-no-health',
    says: 'whether it evaluates is not known',
    estate: [...both, primary(alias(east, hole)), secondary],
    answer: 'unknown',
  },
  {
    rule: 'dns-failover-pair-incomplete',
    says: 'both halves are SECONDARY',
    estate: [...both, record('first', { ...alias(east), ...failover('SECONDARY') }), secondary],
    answer: 'fires',
  },
  {
    rule: 'dns-failover-pair-incomplete',
    says: 'there are two halves',
    estate: [...both, primary(alias(east)), secondary],
    answer: 'silent',
  },
  {
    rule: 'dns-failover-pair-incomplete',
    says: 'the other half is in no source',
    estate: [...both, primary(alias(east))],
    answer: 'unknown',
  },
  {
    rule: 'dns-alias-ignores-target-health',
    says: 'a weighted branch evaluates nothing',
    estate: [...both, record('a', { ...alias(east, false), ...weight(1) }), record('b', { ...alias(west), ...weight(1) })],
    answer: 'fires',
    names: '(a)',
  },
  {
    rule: 'dns-alias-ignores-target-health',
    says: 'both branches are in one Region',
    estate: [
      ...both,
      balancer('other'),
      record('a', { ...alias(east, false), ...weight(1) }),
      record('b', { ...alias(balancer('other')), ...weight(1) }),
    ],
    answer: 'silent',
  },
  {
    rule: 'dns-alias-ignores-target-health',
    says: 'whether it evaluates is not known',
    estate: [...both, record('a', { ...alias(east, hole), ...weight(1) }), record('b', { ...alias(west), ...weight(1) })],
    answer: 'unknown',
  },
  {
    rule: 'dns-tree-leaf-without-health',
    says: 'only the sibling is checked',
    estate: [
      zone(),
      check('c'),
      record('a', { records: ['192.0.2.1'], ttl: 30, ...weight(1) }),
      record('b', { records: ['192.0.2.2'], ttl: 30, ...weight(1), ...follows(check('c')) }),
    ],
    answer: 'fires',
  },
  {
    rule: 'dns-tree-leaf-without-health',
    says: 'neither is checked',
    estate: [
      zone(),
      record('a', { records: ['192.0.2.1'], ttl: 30, ...weight(1) }),
      record('b', { records: ['192.0.2.2'], ttl: 30, ...weight(1) }),
    ],
    answer: 'silent',
  },
  {
    rule: 'dns-tree-leaf-without-health',
    says: 'the siblings are in no source',
    estate: [zone(), record('a', { records: ['192.0.2.1'], ttl: 30, ...weight(1) })],
    answer: 'unknown',
  },
  {
    rule: 'dns-ttl-exceeds-budget',
    says: 'the TTL is five minutes',
    estate: [zone(), check('c'), primary({ records: ['192.0.2.1'], ttl: 300, ...follows(check('c')) })],
    answer: 'fires',
    names: '5m',
  },
  {
    rule: 'dns-ttl-exceeds-budget',
    says: 'detection and TTL exceed the RTO',
    estate: [
      zone(),
      check('c'),
      primary({
        records: [out(east, 'dnsName')],
        ttl: 60,
        type: 'CNAME',
        ...follows(check('c', { fqdn: out(east, 'dnsName') })),
      }),
      east,
      check('c', { fqdn: out(east, 'dnsName') }),
    ],
    agreed: [['RTO', 'region', 100]],
    answer: 'fires',
    names: '1m30s',
  },
  {
    rule: 'dns-ttl-exceeds-budget',
    says: 'the TTL is short',
    estate: [zone(), check('c'), primary({ records: ['192.0.2.1'], ttl: 60, ...follows(check('c')) })],
    answer: 'silent',
  },
  {
    rule: 'dns-ttl-exceeds-budget',
    says: 'the TTL is not known',
    estate: [zone(), check('c'), primary({ records: ['192.0.2.1'], ttl: hole, ...follows(check('c')) })],
    answer: 'unknown',
  },
  {
    rule: 'dns-primary-secondary-same-region',
    says: 'both load balancers are in us-east-1',
    estate: [
      zone(),
      east,
      balancer('other'),
      primary(alias(east)),
      record('second', { ...alias(balancer('other')), ...failover('SECONDARY') }),
    ],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'dns-primary-secondary-same-region',
    says: 'they are in two',
    estate: [...both, primary(alias(east)), secondary],
    answer: 'silent',
  },
  {
    rule: 'dns-primary-secondary-same-region',
    says: 'the Region of one is not known',
    estate: [zone(), east, balancer('west', null), primary(alias(east)), secondary],
    answer: 'unknown',
  },
  ...sharing(),
  {
    rule: 'dns-simple-record-only',
    says: 'a second Region waits in vain',
    estate: [...both, simple],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'dns-simple-record-only',
    says: 'there is one Region and no promise about it',
    estate: [zone(), east, simple],
    answer: 'silent',
  },
  {
    rule: 'dns-simple-record-only',
    says: 'the loss of the Region was agreed',
    estate: [zone(), east, simple],
    agreed: region,
    answer: 'fires',
  },
  {
    rule: 'dns-simple-record-only',
    says: 'it proves a name',
    estate: [...both, record('p', { name: '_x.shop.test', type: 'CNAME', records: ['y'], ttl: 60 })],
    answer: 'silent',
  },
  {
    rule: 'dns-simple-record-only',
    says: 'its policy is not known',
    estate: [...both, record('first', { ...alias(east), failoverRoutingPolicies: hole })],
    answer: 'unknown',
  },
  {
    rule: 'dns-weighted-manual-switch',
    says: 'the branch of weight 0 is unchecked',
    estate: [
      ...both,
      record('a', { ...alias(east, false), ...weight(100) }),
      record('b', { ...alias(west, false), ...weight(0) }),
    ],
    answer: 'fires',
    names: '(b)',
  },
  {
    rule: 'dns-weighted-manual-switch',
    says: 'every branch is checked',
    estate: [...both, record('a', { ...alias(east), ...weight(100) }), record('b', { ...alias(west), ...weight(0) })],
    answer: 'silent',
  },
  {
    rule: 'dns-weighted-manual-switch',
    says: 'the weight is not known',
    estate: [
      ...both,
      record('a', { ...alias(east, false), ...weight(100) }),
      record('b', { ...alias(west, false), ...weight(hole) }),
    ],
    answer: 'unknown',
  },
  {
    rule: 'dns-zone-no-accelerated-recovery',
    says: 'a simple record must be changed',
    estate: [...both, simple],
    answer: 'fires',
  },
  {
    rule: 'dns-zone-no-accelerated-recovery',
    says: 'an hour is too long even so',
    estate: [zone({ enableAcceleratedRecovery: true }), east, west, simple],
    agreed: [['RTO', 'control-plane', 1800]],
    answer: 'fires',
    names: '30m',
  },
  {
    rule: 'dns-zone-no-accelerated-recovery',
    says: 'it is on',
    estate: [zone({ enableAcceleratedRecovery: true }), east, west, simple],
    answer: 'silent',
  },
  {
    rule: 'dns-zone-no-accelerated-recovery',
    says: 'whether it is on is not known',
    estate: [zone({ enableAcceleratedRecovery: hole }), east, west, simple],
    answer: 'unknown',
  },

  {
    rule: 'hc-disabled-or-inverted',
    says: 'the check is disabled',
    estate: checked(check('c', { disabled: true })),
    answer: 'fires',
  },
  {
    rule: 'hc-disabled-or-inverted',
    says: 'the check is inverted',
    estate: checked(check('c', { invertHealthcheck: true })),
    answer: 'fires',
  },
  {
    rule: 'hc-disabled-or-inverted',
    says: 'nothing follows it',
    estate: [...both, check('c', { disabled: true })],
    answer: 'silent',
  },
  {
    rule: 'hc-disabled-or-inverted',
    says: 'whether it is disabled is not known',
    estate: checked(check('c', { disabled: hole })),
    answer: 'unknown',
  },
  {
    rule: 'hc-detection-too-slow',
    says: 'it takes 90 s of 60',
    estate: checked(check('c')),
    agreed: [['DETECT', 'region', 60]],
    answer: 'fires',
    names: '30s × 3',
  },
  { rule: 'hc-detection-too-slow', says: 'nothing was agreed to compare with', estate: checked(check('c')), answer: 'silent' },
  {
    rule: 'hc-detection-too-slow',
    says: 'it takes 30 s of 60',
    estate: checked(check('c', { requestInterval: 10 })),
    agreed: [['DETECT', 'region', 60]],
    answer: 'silent',
  },
  {
    rule: 'hc-detection-too-slow',
    says: 'the interval is not known',
    estate: checked(check('c', { requestInterval: hole })),
    agreed: [['DETECT', 'region', 60]],
    answer: 'unknown',
  },
  {
    rule: 'hc-shallow-endpoint',
    says: 'it opens a connection',
    estate: checked(check('c', { type: 'TCP' })),
    answer: 'fires',
    names: 'TCP',
  },
  { rule: 'hc-shallow-endpoint', says: 'it asks for /', estate: checked(check('c', { resourcePath: '/' })), answer: 'fires' },
  {
    rule: 'hc-shallow-endpoint',
    says: 'it looks for text',
    estate: checked(check('c', { type: 'HTTPS_STR_MATCH', resourcePath: '/', searchString: 'ok' })),
    answer: 'silent',
  },
  {
    rule: 'hc-shallow-endpoint',
    says: 'the path is not known',
    estate: checked(check('c', { resourcePath: hole })),
    answer: 'unknown',
  },
  ...coupling(),
  {
    rule: 'hc-alarm-insufficient-data-healthy',
    says: 'it keeps the last status',
    estate: [alarm(), ...checked(byAlarm({}))],
    answer: 'fires',
    names: 'LastKnownStatus',
  },
  {
    rule: 'hc-alarm-insufficient-data-healthy',
    says: 'it turns unhealthy',
    estate: [alarm(), ...checked(byAlarm({ insufficientDataHealthStatus: 'Unhealthy' }))],
    answer: 'silent',
  },
  {
    rule: 'hc-alarm-insufficient-data-healthy',
    says: 'an alarm elsewhere takes silence for a breach',
    estate: [alarm({ treatMissingData: 'breaching' }, 'us-west-2'), ...checked(byAlarm({ cloudwatchAlarmRegion: 'us-west-2' }))],
    answer: 'silent',
  },
  {
    rule: 'hc-alarm-insufficient-data-healthy',
    says: 'what it does is not known',
    estate: [alarm(), ...checked(byAlarm({ insufficientDataHealthStatus: hole }))],
    answer: 'unknown',
  },
  {
    rule: 'hc-alarm-in-failing-region',
    says: 'alarm and target are in us-east-1',
    estate: [alarm(), ...checked(byAlarm({}))],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'hc-alarm-in-failing-region',
    says: 'the alarm is elsewhere',
    estate: [alarm(), ...checked(byAlarm({ cloudwatchAlarmRegion: 'us-west-2' }))],
    answer: 'silent',
  },
  {
    rule: 'hc-alarm-in-failing-region',
    says: 'its Region is not known',
    estate: [alarm(), ...checked(byAlarm({ cloudwatchAlarmRegion: hole }))],
    answer: 'unknown',
  },
  {
    rule: 'hc-too-few-checker-regions',
    says: 'all are in America',
    estate: checked(check('c', { regions: ['us-east-1', 'us-west-1', 'us-west-2'] })),
    answer: 'fires',
  },
  {
    rule: 'hc-too-few-checker-regions',
    says: 'there are three continents',
    estate: checked(check('c', { regions: ['us-east-1', 'eu-west-1', 'sa-east-1'] })),
    answer: 'silent',
  },
  {
    rule: 'hc-too-few-checker-regions',
    says: 'they are not known',
    estate: checked(check('c', { regions: hole })),
    answer: 'unknown',
  },
  {
    rule: 'hc-calculated-threshold-wrong',
    says: 'two of one must be healthy',
    estate: [
      check('child'),
      ...checked(check('c', { type: 'CALCULATED', childHealthThreshold: 2, childHealthchecks: [out(check('child'), 'id')] })),
    ],
    answer: 'fires',
    names: 'has 1',
  },
  {
    rule: 'hc-calculated-threshold-wrong',
    says: 'none must be',
    estate: checked(check('c', { type: 'CALCULATED', childHealthThreshold: 0 })),
    answer: 'fires',
  },
  {
    rule: 'hc-calculated-threshold-wrong',
    says: 'one of one must be',
    estate: [
      check('child'),
      ...checked(check('c', { type: 'CALCULATED', childHealthThreshold: 1, childHealthchecks: [out(check('child'), 'id')] })),
    ],
    answer: 'silent',
  },
  {
    rule: 'hc-calculated-threshold-wrong',
    says: 'the threshold is not known',
    estate: checked(check('c', { type: 'CALCULATED', childHealthThreshold: hole, childHealthchecks: [] })),
    answer: 'unknown',
  },

  {
    rule: 'ga-endpoint-group-single-region',
    says: 'the listener has one group',
    estate: [accelerator, east, west, group('g', 'us-east-1')],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'ga-endpoint-group-single-region',
    says: 'it has two',
    estate: [accelerator, east, west, group('g', 'us-east-1'), group('h', 'us-west-2')],
    answer: 'silent',
  },
  {
    rule: 'ga-endpoint-group-single-region',
    says: 'the weight of the other is not written',
    estate: [
      accelerator,
      east,
      west,
      group('g', 'us-east-1'),
      group('h', 'us-west-2', { endpointConfigurations: [{ endpointId: out(west, 'arn') }] }),
    ],
    answer: 'unknown',
  },
  {
    rule: 'ga-health-check-slow',
    says: 'an instance is checked for 90 s of 60',
    estate: [
      accelerator,
      instance,
      group('g', 'us-east-1', { endpointConfigurations: [{ endpointId: out(instance, 'id'), weight: 1 }] }),
    ],
    agreed: [['DETECT', 'region', 60]],
    answer: 'fires',
    names: '1m30s',
  },
  {
    rule: 'ga-health-check-slow',
    says: 'it is checked for 30 s',
    estate: [
      accelerator,
      instance,
      group('g', 'us-east-1', {
        healthCheckIntervalSeconds: 10,
        endpointConfigurations: [{ endpointId: out(instance, 'id'), weight: 1 }],
      }),
    ],
    agreed: [['DETECT', 'region', 60]],
    answer: 'silent',
  },
  {
    rule: 'ga-health-check-slow',
    says: 'the interval is not known',
    estate: [
      accelerator,
      instance,
      group('g', 'us-east-1', {
        healthCheckIntervalSeconds: hole,
        endpointConfigurations: [{ endpointId: out(instance, 'id'), weight: 1 }],
      }),
    ],
    agreed: [['DETECT', 'region', 60]],
    answer: 'unknown',
  },
  {
    rule: 'cloudfront-single-origin',
    says: 'the behaviour uses one origin',
    estate: [east, west, distribution({ defaultCacheBehavior: { targetOriginId: 'e', allowedMethods: ['GET'] } })],
    answer: 'fires',
    names: 'origin e',
  },
  {
    rule: 'cloudfront-single-origin',
    says: 'writes go through the group',
    estate: [east, west, distribution({ defaultCacheBehavior: { targetOriginId: 'pair', allowedMethods: ['GET', 'POST'] } })],
    answer: 'fires',
    names: 'writes',
  },
  {
    rule: 'cloudfront-single-origin',
    says: 'it uses a group over two Regions',
    estate: [east, west, distribution({})],
    answer: 'silent',
  },
  {
    rule: 'cloudfront-single-origin',
    says: 'the groups are not known',
    estate: [east, west, distribution({ originGroups: hole })],
    answer: 'unknown',
  },
  {
    rule: 'cloudfront-origin-timeouts-dominate',
    says: 'a hanging origin takes 90 s of 60',
    estate: [east, west, distribution({})],
    agreed: [['RTO', 'region', 60]],
    answer: 'fires',
    names: '1m30s',
  },
  {
    rule: 'cloudfront-origin-timeouts-dominate',
    says: 'there is time enough',
    estate: [east, west, distribution({})],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'cloudfront-origin-timeouts-dominate',
    says: 'the origins are not known',
    estate: [east, west, distribution({ origins: hole })],
    agreed: region,
    answer: 'unknown',
  },
  {
    rule: 'api-edge-cert-us-east-1-only',
    says: 'the standby has none',
    estate: [
      ...both,
      primary(alias(east)),
      secondary,
      certificate('cert', {}),
      listener(east, { certificateArn: out(certificate('cert', {}), 'arn') }),
      listener(west, { port: 80 }, 'us-west-2'),
    ],
    answer: 'fires',
    names: 'www.shop.test',
  },
  {
    rule: 'api-edge-cert-us-east-1-only',
    says: 'each has its own',
    estate: [
      ...both,
      primary(alias(east)),
      secondary,
      certificate('cert', {}),
      certificate('cert2', {}, 'us-west-2'),
      listener(east, { certificateArn: out(certificate('cert', {}), 'arn') }),
      listener(west, { certificateArn: out(certificate('cert2', {}), 'arn') }, 'us-west-2'),
    ],
    answer: 'silent',
  },
  {
    rule: 'api-edge-cert-us-east-1-only',
    says: 'the name of the only other certificate is not known',
    estate: [
      ...both,
      primary(alias(east)),
      secondary,
      certificate('cert', {}),
      certificate('cert2', { domainName: hole }, 'us-west-2'),
      listener(east, { certificateArn: out(certificate('cert', {}), 'arn') }),
      listener(west, { port: 80 }, 'us-west-2'),
    ],
    answer: 'unknown',
  },
  {
    rule: 'acm-dns-validation-absent',
    says: 'somebody gets mail',
    estate: [certificate('cert', { validationMethod: 'EMAIL' })],
    agreed: region,
    answer: 'fires',
    names: 'e-mail',
  },
  {
    rule: 'acm-dns-validation-absent',
    says: 'it was imported',
    estate: [certificate('cert', { validationMethod: null, privateKey: 'x' })],
    agreed: region,
    answer: 'fires',
    names: 'imported',
  },
  {
    rule: 'acm-dns-validation-absent',
    says: 'DNS validates it',
    estate: [certificate('cert', {})],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'acm-dns-validation-absent',
    says: 'how is not known',
    estate: [certificate('cert', { validationMethod: hole })],
    agreed: region,
    answer: 'unknown',
  },
];

function sharing(): readonly RuleCase[] {
  const rule = 'dns-secondary-target-shared-dependency';
  const table = declared('aws:dynamodb/table:Table', 'orders', {
    name: 'orders',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
  });
  const replicated = { ...table, inputs: { ...table.inputs, replicas: [{ regionName: 'us-west-2' }], streamEnabled: true } };
  const serve = (of: Declared, name: string, env: Inputs[string]): readonly Declared[] => {
    const fn = declared(
      'aws:lambda/function:Function',
      name,
      { environment: { variables: { TABLE: env } } },
      of.region ?? undefined,
    );
    const targets = declared('aws:lb/targetGroup:TargetGroup', `tg-${name}`, { targetType: 'lambda' }, of.region ?? undefined);
    return [
      fn,
      targets,
      declared('aws:lb/targetGroupAttachment:TargetGroupAttachment', `a-${name}`, {
        targetGroupArn: out(targets, 'arn'),
        targetId: out(fn, 'arn'),
      }),
      listener(of, { defaultActions: [{ type: 'forward', targetGroupArn: out(targets, 'arn') }] }),
    ];
  };
  const pair = [...both, primary(alias(east)), secondary];
  const lost = 'arn:aws:sqs:us-east-1:111122223333:jobs';
  return [
    {
      rule,
      says: 'both sides write to one table',
      estate: [...pair, table, ...serve(east, 'fe', out(table, 'arn')), ...serve(west, 'fw', out(table, 'arn'))],
      answer: 'fires',
      names: 'orders',
    },
    {
      rule,
      says: 'the shared table runs in every AZ, and only the loss of one was agreed',
      estate: [...pair, table, ...serve(east, 'fe', out(table, 'arn')), ...serve(west, 'fw', out(table, 'arn'))],
      agreed: [['RTO', 'az', 300]],
      answer: 'silent',
    },
    {
      rule,
      says: 'the table is a global one',
      estate: [...pair, replicated, ...serve(east, 'fe', out(table, 'arn')), ...serve(west, 'fw', out(table, 'arn'))],
      answer: 'silent',
    },
    {
      rule,
      says: 'both call what is in no source',
      estate: [...pair, ...serve(east, 'fe', lost), ...serve(west, 'fw', lost)],
      answer: 'unknown',
    },
  ];
}

function coupling(): readonly RuleCase[] {
  const rule = 'hc-deep-check-couples-regions';
  const one = check('one');
  const pair = (two: Declared): readonly Declared[] => [
    ...both,
    one,
    two,
    primary({ ...alias(east), ...follows(one) }),
    record('second', { ...alias(west), ...failover('SECONDARY'), ...follows(two) }),
  ];
  return [
    { rule, says: 'both ask one host', estate: pair(check('two', { fqdn: 'one.test' })), answer: 'fires', names: 'one.test' },
    { rule, says: 'each asks its own', estate: pair(check('two')), answer: 'silent' },
    { rule, says: 'whom the other asks is not known', estate: pair(check('two', { fqdn: hole })), answer: 'unknown' },
  ];
}

describe('DNS rules', () => checkFamily(dnsRules, CASES));
