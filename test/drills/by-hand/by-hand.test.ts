import { describe, expect, it } from 'vitest';
import { byHand, byRules, DECIDES, HAND_CALLS, type HandSettings } from '../../../src/drills/by-hand/by-hand.ts';
import { STEPS } from '../../../src/drills/by-hand/steps.ts';
import { buildEstate } from '../../../src/estate/estate.ts';
import type { ResourceKind } from '../../../src/model/protection.ts';
import type { Outcome } from '../../../src/recovery/outcome.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import { out, type Spec, urnOf } from '../../services/support-traffic.ts';
import { reading } from '../../verdicts/estates.ts';
import { hold } from '../kinds-support.ts';
import { AWAY } from '../parts.ts';
import { ACCOUNT, bench, REGION } from './support.ts';

const RDS = 'aws:rds/instance:Instance';
const CLUSTER = 'aws:rds/cluster:Cluster';
const AURORA = {
  clusterIdentifier: 'c',
  engine: 'aurora-postgresql',
  masterUsername: 'x',
  masterPassword: 'y',
  backupRetentionPeriod: 7,
};
const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const EFS = 'aws:efs/fileSystem:FileSystem';

const member: Spec = {
  type: 'aws:rds/clusterInstance:ClusterInstance',
  name: 'c1',
  inputs: {
    identifier: 'c1',
    clusterIdentifier: out(CLUSTER, 'c', 'id'),
    engine: 'aurora-postgresql',
    instanceClass: 'db.r6g.large',
    availabilityZone: 'us-east-1a',
  },
};
const mounted = (name: string, region: string): readonly Spec[] => [
  { type: VPC, name: `v-${name}`, region, inputs: { cidrBlock: '10.0.0.0/16' } },
  {
    type: SUBNET,
    name: `s-${name}`,
    region,
    inputs: { vpcId: out(VPC, `v-${name}`, 'id'), cidrBlock: '10.0.0.0/24', availabilityZone: `${region}a` },
  },
  { type: EFS, name, region, inputs: {} },
  {
    type: 'aws:efs/mountTarget:MountTarget',
    name: `m-${name}`,
    region,
    inputs: { fileSystemId: out(EFS, name, 'id'), subnetId: out(SUBNET, `s-${name}`, 'id') },
  },
];

/** Drills of small services that only a person brings back: by which step, and that nothing stays. */
const CASES: readonly (readonly [step: string, asked: Parameters<typeof hold>[0]])[] = [
  [
    'promote the replica orders-west',
    {
      specs: [
        {
          type: RDS,
          name: 'orders',
          inputs: {
            identifier: 'orders',
            engine: 'postgres',
            instanceClass: 'db.r6g.large',
            allocatedStorage: 20,
            backupRetentionPeriod: 7,
          },
        },
        {
          type: RDS,
          name: 'west',
          region: AWAY,
          inputs: { identifier: 'orders-west', replicateSourceDb: out(RDS, 'orders', 'arn'), instanceClass: 'db.r6g.large' },
        },
      ],
      metrics: '{ RTO: { region: 4h } }',
      drill: { kind: 'region-loss' },
      member: REGION,
    },
  ],
  [
    'copy what files held',
    {
      specs: [{ type: 'aws:s3/bucket:Bucket', name: 'files', inputs: { bucket: 'files', versioning: { enabled: true } } }],
      metrics: '{ RTO: { data: 4h } }',
      drill: { kind: 'backup-restore' },
    },
  ],
  [
    'make fs-',
    {
      specs: [
        ...mounted('fs', REGION),
        ...mounted('copy', AWAY).map((s) =>
          s.type === EFS ? { ...s, inputs: { protection: { replicationOverwrite: 'DISABLED' } } } : s,
        ),
        {
          type: 'aws:efs/replicationConfiguration:ReplicationConfiguration',
          name: 'r',
          inputs: {
            sourceFileSystemId: out(EFS, 'fs', 'id'),
            destination: { fileSystemId: out(EFS, 'copy', 'id'), region: AWAY },
          },
        },
      ],
      metrics: '{ RTO: { region: 4h } }',
      drill: { kind: 'region-loss' },
      member: REGION,
    },
  ],
  [
    'restore cluster c',
    {
      specs: [{ type: CLUSTER, name: 'c', inputs: AURORA }, member],
      metrics: '{ RTO: { data: 8h } }',
      drill: { kind: 'backup-restore' },
    },
  ],
  [
    'add an instance to c',
    {
      specs: [
        { type: CLUSTER, name: 'c', inputs: { ...AURORA, availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] } },
        member,
      ],
      metrics: '{ RTO: { az: 4h } }',
      drill: { kind: 'az-loss' },
      member: 'us-east-1a',
    },
  ],
];

describe('what people do', () => {
  it.each(CASES)('%s', async (step, asked) => {
    const { held } = await hold(asked);
    expect(held.people.map((id) => id.startsWith(step) || id === DECIDES)).toEqual([true, true]);
    expect(held.notTaken).toEqual([]);
    expect(held.result).toMatchObject({ status: 'recovered', automatic: false, steady: true, left: [] });
  });

  it('makes no call that is not in the list, and asks for nothing before it acts', () => {
    const names = HAND_CALLS.map((c) => `${c.client} ${c.operation}`);
    expect(new Set(names).size).toBe(names.length);
    expect(HAND_CALLS.every((c) => /^[a-z0-9-]+:[A-Za-z0-9]+$/.test(c.action))).toBe(true);
    const on = bench();
    for (const make of Object.values(STEPS)) make(on.hand({ arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders` }));
    expect(on.changes).toEqual([]);
  });
});

const TABLE: Spec = {
  type: 'aws:dynamodb/table:Table',
  name: 'carts',
  outputs: { arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts` },
};
const GROUP: Spec = {
  type: 'aws:autoscaling/group:Group',
  name: 'web',
  outputs: { arn: `arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:x:autoScalingGroupName/web` },
};
const RECORD: Spec = {
  type: 'aws:route53/record:Record',
  name: 'www',
  outputs: { zoneId: 'Z1', fqdn: 'www.example.com', type: 'CNAME', setIdentifier: 'east' },
};

function settings(outcomes: readonly (readonly [Spec, ResourceKind, string, readonly Spec[]])[]): HandSettings {
  const on = bench();
  const id = ({ type, name }: Spec): string => urnOf(type, name);
  const made = outcomes.map(([spec, kind, mechanism]) => ({
    role: { id: id(spec), title: spec.name, kind, members: [id(spec)], found: { by: 'alone' } },
    kind: 'recovered',
    automation: 'human-execution',
    decidedBy: id(spec),
    mechanism,
    carriers: [id(spec)],
    serving: [id(spec)],
  }));
  const nodes = outcomes.map(([spec, , , after]) => ({ id: id(spec), after: after.map(id) }));
  return {
    // What the order and the steps are read from, and nothing else of a path.
    path: { outcomes: made as unknown as readonly Outcome[], graph: { nodes } } as unknown as HandSettings['path'],
    estate: buildEstate([reading([TABLE, GROUP, RECORD])], SERVICES),
    session: on.session,
    clock: on.world.clock,
    canaries: [],
    lost: undefined,
    onset: () => 0,
  };
}
const idsOf = (made: ReturnType<typeof byHand>): readonly string[] => made.steps.map((s) => s.id.replace(/ .*/, ''));

describe('their order', () => {
  const [traffic, compute, store] = [
    [RECORD, 'traffic', 'route53-switch'],
    [GROUP, 'compute', 'asg-scale'],
    [TABLE, 'store', 'dynamodb-point-in-time-restore'],
  ] as const;

  it('is data before compute before traffic', () => {
    const made = byHand(
      settings([
        [...traffic, []],
        [...compute, []],
        [...store, []],
      ]),
    );
    expect(idsOf(made)).toEqual(['somebody', 'restore', 'scale', 'lead']);
  });

  it('is what the recovery graph needs first, and every step once where it goes in circles', () => {
    expect(
      idsOf(
        byHand(
          settings([
            [...store, [GROUP]],
            [...compute, [RECORD]],
            [...traffic, []],
          ]),
        ),
      ),
    ).toEqual(['somebody', 'lead', 'scale', 'restore']);
    expect(
      byHand(
        settings([
          [...store, [GROUP]],
          [...compute, [TABLE]],
        ]),
      ).steps.length,
    ).toBe(3);
  });

  it('names what it does not take, and why', () => {
    const made = byHand(
      settings([
        [TABLE, 'store', 'redshift-snapshot-restore', []],
        [TABLE, 'store', 'aurora-backtrack', []],
      ]),
    );
    expect(made.steps).toEqual([]);
    expect(made.missing[0]).toContain('no step');
    expect(made.missing[1]).toContain('cannot be put back');
  });
});

describe('steps of a drill file', () => {
  it('are taken in its order, on everything that the rule names', () => {
    const made = byRules(
      [
        { action: 'asg-scale', on: '**:Group::web', with: { desired: '4' } },
        { action: 'dynamodb-point-in-time-restore', on: `arn:aws:dynamodb:${AWAY}:${ACCOUNT}:table/other`, with: {} },
        {
          action: 'route53-switch',
          on: '**',
          with: { zone: 'Z1', name: 'www.example.com', type: 'A', to: 'x', account: ACCOUNT, region: REGION },
        },
      ],
      settings([]),
    );
    expect(idsOf(made)).toEqual(['scale', 'restore', 'lead', 'lead', 'lead']);
    expect(made.missing).toEqual([]);
  });

  it('that cannot be done are named', () => {
    const rules = [
      { action: 'pray', on: '**', with: {} },
      { action: 'asg-scale', on: 'nothing', with: {} },
      { action: 'custom-lambda', on: '**:Table::carts', with: {} },
    ];
    const { steps, missing } = byRules(rules, settings([]));
    expect(steps).toEqual([]);
    expect(missing.map((m) => m.replace(/.*\(/, '').slice(0, 12))).toEqual(['there is no ', 'nothing is c', expect.any(String)]);
  });
});
