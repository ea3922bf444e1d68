import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import { known, unknown } from '../../src/model/known.ts';
import type { Resource, SourceReading } from '../../src/model/resource.ts';
import type { Value } from '../../src/model/value.ts';
import { Hole } from '../../src/model/value.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { materialOf, materialsOf } from '../../src/verdicts/material.ts';
import { out, resource, type Spec } from '../services/support-traffic.ts';
import { DAY, promising } from './estates.ts';

const ALB = 'aws:lb/loadBalancer:LoadBalancer';
const GROUP = 'aws:lb/targetGroup:TargetGroup';
const LISTENER = 'aws:lb/listener:Listener';
const ASG = 'aws:autoscaling/group:Group';
const RDS = 'aws:rds/instance:Instance';
const RECORD = 'aws:route53/record:Record';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const KEY = 'aws:kms/key:Key';
const SUBNET = 'aws:ec2/subnet:Subnet';
const PLAN = 'aws:arcregionswitch/plan:Plan';

const side = (name: string, region: string): readonly Spec[] => [
  ...['a', 'b'].map((zone) => ({
    type: SUBNET,
    name: `${name}-${zone}`,
    region,
    inputs: { availabilityZone: `${region}${zone}` },
  })),
  {
    type: ALB,
    name: `web-${name}`,
    region,
    inputs: { subnets: [out(SUBNET, `${name}-a`, 'id'), out(SUBNET, `${name}-b`, 'id')] },
  },
  { type: GROUP, name: `web-${name}`, region, inputs: { port: 80, protocol: 'HTTP' } },
  {
    type: LISTENER,
    name: `web-${name}`,
    region,
    inputs: {
      loadBalancerArn: out(ALB, `web-${name}`, 'arn'),
      defaultActions: [{ type: 'forward', targetGroupArn: out(GROUP, `web-${name}`, 'arn') }],
    },
  },
  {
    type: ASG,
    name: `web-${name}`,
    region,
    inputs: {
      minSize: 2,
      maxSize: 40,
      desiredCapacity: 4,
      healthCheckType: 'ELB',
      vpcZoneIdentifiers: [out(SUBNET, `${name}-a`, 'id'), out(SUBNET, `${name}-b`, 'id')],
      targetGroupArns: [out(GROUP, `web-${name}`, 'arn')],
    },
  },
  { type: CHECK, name: `web-${name}`, inputs: { type: 'HTTPS', fqdn: `${name}.shop.example`, failureThreshold: 3 } },
  {
    type: RECORD,
    name: `www-${name}`,
    inputs: {
      zoneId: 'Z1',
      name: 'www.shop.example',
      type: 'A',
      setIdentifier: name,
      failoverRoutingPolicies: [{ type: name === 'primary' ? 'PRIMARY' : 'SECONDARY' }],
      healthCheckId: out(CHECK, `web-${name}`, 'id'),
      aliases: [{ name: out(ALB, `web-${name}`, 'dnsName'), zoneId: 'Z2', evaluateTargetHealth: true }],
    },
  },
];

const SPECS: readonly Spec[] = [
  ...side('primary', 'us-east-1'),
  ...side('standby', 'us-west-2'),
  { type: KEY, name: 'data', inputs: { enableKeyRotation: true } },
  {
    type: RDS,
    name: 'orders',
    inputs: {
      engine: 'postgres',
      engineVersion: '16.3',
      multiAz: true,
      storageEncrypted: true,
      kmsKeyId: out(KEY, 'data', 'arn'),
      backupRetentionPeriod: 7,
      deletionProtection: true,
    },
  },
  {
    type: RDS,
    name: 'orders-replica',
    region: 'us-west-2',
    inputs: { replicateSourceDb: out(RDS, 'orders', 'arn'), backupRetentionPeriod: 7, engine: 'postgres' },
  },
  {
    type: PLAN,
    name: 'evacuate',
    inputs: {
      regions: ['us-east-1', 'us-west-2'],
      primaryRegion: 'us-east-1',
      recoveryApproach: 'activePassive',
      executionRole: 'arn:aws:iam::111122223333:role/switch',
      triggers: [{ action: 'activate', targetRegion: 'us-west-2', minDelayMinutesBetweenExecutions: 30, conditions: [] }],
      workflows: [
        {
          workflowTargetAction: 'activate',
          steps: [
            {
              name: 'scale',
              executionBlockType: 'EC2AutoScaling',
              ec2AsgCapacityIncreaseConfigs: [{ asgs: [{ arn: out(ASG, 'web-standby', 'arn') }], targetPercent: 100 }],
            },
          ],
        },
      ],
    },
  },
];

const METRICS = '{ RTO: { az: 15m, region: 1h, data: 4h }, RPO: { az: 5m, region: 5m, data: 1h }, MBCO: { region: 50% } }';
const RESOURCES = SPECS.map(resource);

function judged(resources: readonly Resource[], metrics = METRICS): Judgement {
  const reading: SourceReading = {
    source: 'shop.json',
    kind: 'export',
    project: 'shop',
    stack: 'prod',
    resources,
    stackOutputs: {},
    partial: false,
    notes: [],
  };
  const catalogue = parseCatalogue(promising(metrics, '', SERVICES_BY_NAME), 'holdfast.yaml', {});
  return judge(buildEstate([reading], SERVICES), catalogue, { today: DAY, seed: 1, world: 'live' });
}
/** Of the resources, and not of whatever plan may stand beside them. */
const SERVICES_BY_NAME = `services:
  shop:
    tier: 1
    resources: [{ urn: '**' }]
    entry: [{ type: '${RECORD}' }]`;

const before = judged(RESOURCES);
const IDS = before.verdicts.map((v) => v.metric.id);
const id = (type: string, scope: string): string => `sla/shop/${type}-${scope}`;
const hashes = (judgement: Judgement): readonly string[] => IDS.map((metric) => materialOf(judgement, metric).hash);
const HASHES = hashes(before);
const change = (name: string, changes: (inputs: Resource['inputs']) => Resource['inputs'], type?: string): readonly Resource[] =>
  RESOURCES.map((r) => (r.name === name && (type === undefined || r.type === type) ? { ...r, inputs: changes(r.inputs) } : r));
const differing = (judgement: Judgement): readonly string[] =>
  IDS.filter((metric, i) => materialOf(judgement, metric).hash !== HASHES[i]);

describe('what a promise rests on', () => {
  it('is one thing for each metric', () => {
    expect(new Set(HASHES).size).toBe(IDS.length);
    for (const hash of HASHES) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps no order, no names and no URNs', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...RESOURCES], { minLength: RESOURCES.length }), fc.uuid(), (shuffled, suffix) => {
        const renamed = shuffled.map((r) => ({
          ...(renameIn(r, suffix) as Resource),
          name: `${r.name}-${suffix.slice(0, 7)}`,
        }));
        expect(hashes(judged(renamed))).toEqual(HASHES);
      }),
      { numRuns: 6 },
    );
  }, 60_000);

  it('keeps tags and what happens to run out of it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string()),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 40 }),
        (tags, here, there) => {
          const running = { 'web-primary': here, 'web-standby': there } as Readonly<Record<string, number>>;
          const changed = RESOURCES.map((r) => ({
            ...r,
            tags: known(tags),
            inputs: r.type === ASG ? { ...r.inputs, desiredCapacity: running[r.name] ?? 2 } : r.inputs,
          }));
          expect(hashes(judged(changed))).toEqual(HASHES);
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);

  it.each<[string, Judgement, readonly string[]]>([
    ['a protection is gone', judged(change('orders', (i) => ({ ...i, multiAz: false }))), IDS],
    ['a protection is new', judged(change('orders', (i) => ({ ...i, backupRetentionPeriod: 0 }))), IDS],
    ['a retention', judged(change('orders', (i) => ({ ...i, backupRetentionPeriod: 8 }))), IDS],
    ['an engine’s major version', judged(change('orders', (i) => ({ ...i, engineVersion: '17.1' }))), IDS],
    ['a health check of a record', judged(change('web-primary', (i) => ({ ...i, failureThreshold: 9 }), CHECK)), IDS],
    [
      'a plan',
      judged(change('evacuate', (i) => ({ ...i, triggers: [] }))),
      [id('RTO', 'region'), id('RPO', 'region'), id('MBCO', 'region')],
    ],
    ['a Region', judged(RESOURCES.map((r) => (r.name === 'orders-replica' ? { ...r, region: known('eu-west-1') } : r))), IDS],
    ['a target', judged(RESOURCES, METRICS.replace('az: 15m', 'az: 10m')), [id('RTO', 'az')]],
    ['a percentile', judged(RESOURCES, METRICS.replace('az: 15m', 'az: { target: 15m, percentile: 95 }')), [id('RTO', 'az')]],
    ['a clock', judged(RESOURCES, METRICS.replace('az: 15m', 'az: { target: 15m, clock: declaration }')), [id('RTO', 'az')]],
    [
      'how much must serve',
      judged(RESOURCES, METRICS.replace('50%', '60%')),
      [id('RTO', 'region'), id('RPO', 'region'), id('MBCO', 'region')],
    ],
    ['what can be known', judged(change('orders', (i) => ({ ...i, multiAz: new Hole('unresolved-at-preview', 'later') }))), IDS],
    [
      'a resource more',
      judged([...RESOURCES, resource({ type: 'aws:dynamodb/table:Table', name: 'carts', inputs: { name: 'carts' } })]),
      IDS,
    ],
    [
      'a resource more that nobody models',
      judged([...RESOURCES, resource({ type: 'aws:braket/device:Device', name: 'oracle' })]),
      IDS,
    ],
    ['a resource less', judged(RESOURCES.filter((r) => r.name !== 'orders-replica')), IDS],
    [
      'a Region that nobody knows',
      judged(RESOURCES.map((r) => (r.name === 'orders' ? { ...r, region: unknown('stand-in', 'later') } : r))),
      IDS,
    ],
  ])('%s changes it', (_, after, expected) => {
    expect(differing(after)).toEqual(expected);
  });

  it('a minor version changes nothing', () => {
    expect(differing(judged(change('orders', (i) => ({ ...i, engineVersion: '16.9' }))))).toEqual([]);
  });

  it('its parts name what changed', () => {
    const after = judged(change('orders', (i) => ({ ...i, multiAz: false })));
    const metric = id('RTO', 'az');
    const [was, is] = [materialOf(before, metric).parts, materialOf(after, metric).parts];
    expect(Object.keys(is).sort()).toEqual(Object.keys(was).sort());
    expect(Object.keys(is).filter((part) => is[part] !== was[part])).toEqual([RESOURCES.find((r) => r.name === 'orders')?.urn]);
    const both = materialsOf(before, [id('RTO', 'az'), id('RPO', 'az')]);
    expect(both.material[metric]).toBe(materialOf(before, metric).hash);
    expect(both.parts).toMatchObject(was);
  });

  it('of a metric that is not in force there is none', () => {
    expect(() => materialOf(before, 'sla/shop/RTO-account')).toThrow();
  });
});

/** The same program under other URNs, references to them included. */
function renameIn(value: unknown, suffix: string): unknown {
  if (typeof value === 'string') return value.startsWith('urn:pulumi:') ? `${value}-${suffix}` : value;
  if (Array.isArray(value)) return value.map((v: unknown) => renameIn(v, suffix));
  if (value instanceof Hole)
    return new Hole(
      value.reason,
      value.detail,
      value.mentions.map((m) => ({ ...m, urn: `${m.urn}-${suffix}` })),
      value.template,
    );
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, renameIn(v as Value, suffix)]));
  return value;
}
