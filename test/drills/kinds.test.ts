import { describe, expect, it } from 'vitest';
import { SINGLE_AZ, TABLE } from '../verdicts/estates.ts';
import { type Asked, hold, type Shown, valuesOf } from './kinds-support.ts';
import { auroraGlobal, BARE, BARE_TABLE, BUCKETS, cache, ENCRYPTED, GLOBAL_TABLE, KEY, MULTI } from './parts.ts';

const CLEAN = { world: 'simulated', left: [], steady: true };

/** What drills of each kind come to. Whatever that is, nothing is left behind and the service is as well as before. */
const CASES: readonly (readonly [what: string, asked: Asked, status: string, also?: (shown: Shown) => void])[] = [
  [
    'az-loss: a standby in another AZ takes over',
    { specs: [MULTI], metrics: '{ RTO: { az: 15m }, RPO: { az: 0s } }', drill: { kind: 'az-loss' }, member: 'us-east-1a' },
    'recovered',
    (shown) => {
      expect(valuesOf(shown)).toMatchObject({ RPO: 0, RTO: expect.any(Number) });
      expect(shown.held.result.automatic).toBe(true);
    },
  ],
  [
    'az-loss: a database in one AZ stays away while nobody restores it',
    { specs: [BARE], metrics: '{ RTO: { az: 15m } }', drill: { kind: 'az-loss' }, member: 'us-east-1a' },
    'not-recovered',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: 'never' }),
  ],
  [
    'az-loss: another drill is under way',
    {
      specs: [MULTI],
      metrics: '{ RTO: { az: 15m } }',
      drill: { kind: 'az-loss', preconditions: [{ kind: 'no-open-incident', alarms: ['checkout'] }] },
      member: 'us-east-1a',
    },
    'refused',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: null }),
  ],
  [
    'region-loss: a table goes on in its other Region',
    {
      specs: [GLOBAL_TABLE],
      metrics: '{ RTO: { region: 15m }, RPO: { region: 5m } }',
      drill: { kind: 'region-loss' },
      member: 'us-east-1',
    },
    'recovered',
  ],
  [
    'region-loss: people promote a cluster of another Region, once they have decided',
    { specs: auroraGlobal(), metrics: '{ RTO: { region: 1h } }', drill: { kind: 'region-loss' }, member: 'us-east-1' },
    'recovered',
    ({ held, observations }) => {
      expect(held.people.length).toBeGreaterThan(1);
      expect(observations.map((o) => o.automatic)).toEqual([false]);
      expect(held.result.rto).toBeGreaterThan(900);
    },
  ],
  [
    'region-loss: a table of one Region is gone with it',
    { specs: [TABLE], metrics: '{ RTO: { region: 15m }, RPO: { region: 5m } }', drill: { kind: 'region-loss' } },
    'not-recovered',
  ],
  [
    'region-evacuation: writers leave first, and nothing is lost',
    {
      specs: [GLOBAL_TABLE],
      metrics: '{ RTO: { region: 15m }, RPO: { region: 0s } }',
      drill: { kind: 'region-evacuation' },
      member: 'us-east-1',
    },
    'recovered',
    (shown) => {
      expect(shown.held.result.measured).toMatchObject({ lost: 0 });
      expect(valuesOf(shown)).toMatchObject({ RPO: 0 });
    },
  ],
  [
    'region-evacuation: a global database is switched over before its Region goes',
    { specs: auroraGlobal(), metrics: '{ RTO: { region: 1h } }', drill: { kind: 'region-evacuation' }, member: 'us-east-1' },
    'recovered',
    ({ held, observations }) => {
      expect(held.result.measured).toMatchObject({ lost: 0 });
      expect(observations.map((o) => o.automatic)).toEqual([false]);
    },
  ],
  [
    'region-evacuation: what has nowhere to go is not taken away',
    { specs: [TABLE], metrics: '{ RTO: { region: 15m } }', drill: { kind: 'region-evacuation' }, member: 'us-east-1' },
    'refused',
  ],
  [
    'database-failover: the standby takes over when AWS is asked',
    { specs: [MULTI], metrics: '{ RTO: { instance: 15m } }', drill: { kind: 'database-failover' } },
    'recovered',
    (shown) => expect(valuesOf(shown).RTO).toBeGreaterThan(10),
  ],
  [
    'database-failover: it takes longer than a minute is long',
    { specs: [MULTI], metrics: '{ RTO: { instance: 5s } }', drill: { kind: 'database-failover', limit: 10 } },
    'not-recovered',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: 'never' }),
  ],
  [
    'database-failover: what has no standby is not rebooted',
    { specs: [SINGLE_AZ], metrics: '{ RTO: { instance: 15m } }', drill: { kind: 'database-failover', member: '**orders' } },
    'refused',
  ],
  [
    'global-database-failover: and it goes back home',
    { specs: auroraGlobal(), metrics: '{ RTO: { region: 1h } }', drill: { kind: 'global-database-failover' } },
    'recovered',
    ({ observations }) => expect(observations).toEqual([]),
  ],
  [
    'global-database-failover: a cluster without an instance cannot take over',
    {
      specs: auroraGlobal(''),
      metrics: '{ RTO: { region: 1h } }',
      drill: { kind: 'global-database-failover', member: '**orders**' },
    },
    'failed',
  ],
  [
    'global-database-switchover: nothing is lost',
    { specs: auroraGlobal(), metrics: '{ RTO: { region: 1h } }', drill: { kind: 'global-database-switchover' } },
    'recovered',
    ({ held, observations }) => {
      expect(held.result.measured).toMatchObject({ lost: 0 });
      expect(observations).toEqual([]);
    },
  ],
  [
    'cache-failover: a replica becomes the primary',
    { specs: [cache(2)], metrics: '{ RTO: { instance: 15m } }', drill: { kind: 'cache-failover' } },
    'recovered',
  ],
  [
    'cache-failover: one node alone fails over nowhere',
    { specs: [cache(1)], metrics: '{ RTO: { instance: 15m } }', drill: { kind: 'cache-failover', member: '**sessions' } },
    'refused',
  ],
  [
    'backup-restore: a moment before the damage, beside it',
    {
      specs: [SINGLE_AZ],
      metrics: '{ RTO: { data: 8h }, RPO: { data: 1h }, RETENTION: { data: 7d }, RESTORE_GRANULARITY: { data: 15m } }',
      drill: { kind: 'backup-restore', points: ['newest', 'oldest'] },
    },
    'recovered',
    (shown) => {
      const values = valuesOf(shown);
      expect(values.RPO).toBeLessThanOrEqual(3600);
      expect(values.RESTORE_GRANULARITY).toBeLessThanOrEqual(900);
      // A world of a day holds no week.
      expect(values.RETENTION).toBeNull();
      expect(shown.observations.every((o) => !o.automatic)).toBe(true);
    },
  ],
  [
    'backup-restore: without a backup wrong data stays wrong',
    { specs: [BARE], metrics: '{ RTO: { data: 1h }, RPO: { data: 1h } }', drill: { kind: 'backup-restore' } },
    'not-recovered',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: 'never', RPO: 'never' }),
  ],
  [
    'backup-restore: backups must be fresh where the drill says so',
    {
      specs: [BARE],
      metrics: '{ RTO: { data: 1h } }',
      drill: { kind: 'backup-restore', preconditions: [{ kind: 'fresh-backups', within: 3600 }] },
    },
    'refused',
  ],
  [
    'key-loss: a table under the key is sealed',
    { specs: [KEY, ENCRYPTED], metrics: '{ RTO: { instance: 15m } }', drill: { kind: 'key-loss', limit: 900 } },
    'not-recovered',
    ({ observations }) => expect(observations).toEqual([]),
  ],
  [
    'ransomware-recovery: nothing protects what is in the account alone',
    { specs: [TABLE], metrics: '{ RTO: { account: 1h }, RPO: { account: 1h } }', drill: { kind: 'ransomware-recovery' } },
    'not-recovered',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: 'never', RPO: 'never' }),
  ],
  [
    'dependency-loss: a service does without what it can do without',
    {
      specs: [TABLE, { ...BARE_TABLE, name: 'payments', inputs: { name: 'payments' } }],
      metrics: '{ RTO: { supplier: 1h } }',
      drill: { kind: 'dependency-loss', member: 'payments' },
      services: servicesOn('soft'),
    },
    'recovered',
    ({ held, observations }) => expect([held.result.rto, observations]).toEqual([0, []]),
  ],
  [
    'dependency-loss: and not without what it cannot',
    {
      specs: [TABLE, { ...BARE_TABLE, name: 'payments', inputs: { name: 'payments' } }],
      metrics: '{ RTO: { supplier: 10m } }',
      drill: { kind: 'dependency-loss', member: 'payments' },
      services: servicesOn('hard'),
    },
    'not-recovered',
    // A service is no supplier.
    ({ observations }) => expect(observations).toEqual([]),
  ],
  [
    'dependency-loss: what a supplier runs is out of reach',
    {
      specs: [TABLE],
      metrics: '{ RTO: { supplier: 1h } }',
      drill: { kind: 'dependency-loss', member: 'acme' },
    },
    'refused',
  ],
  [
    'control-plane-loss: what runs goes on',
    { specs: [TABLE], metrics: '{ RTO: { control-plane: 1h } }', drill: { kind: 'control-plane-loss' } },
    'recovered',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: 0 }),
  ],
  [
    'control-plane-loss: that it goes on does not show that it recovers',
    {
      specs: [MULTI],
      metrics: '{ RTO: { control-plane: 1h, az: 15m } }',
      drill: { kind: 'control-plane-loss' },
    },
    'recovered',
    (shown) => expect(valuesOf(shown)).toEqual({ RTO: null }),
  ],
  [
    'table-top: nobody sits at a table that is rehearsed',
    {
      specs: [TABLE],
      metrics: '{ RTO: { region: 1h }, INVOKE: { region: 15m } }',
      drill: { kind: 'table-top', participants: ['incident lead'] },
    },
    'refused',
  ],
];

function servicesOn(strength: 'hard' | 'soft'): string {
  return `services:
  shop:
    tier: 1
    resources: [{ urn: '**carts' }]
    entry: [{ urn: '**carts' }]
    dependsOn: [{ service: payments, strength: ${strength} }]
  payments:
    tier: 2
    resources: [{ urn: '**payments' }]
    entry: [{ urn: '**payments' }]`;
}

describe('a drill', () => {
  it.each(CASES.map(([what, asked, status, also]) => ({ what, asked, status, also })))(
    '$what',
    async ({ asked, status, also }) => {
      const shown = await hold(asked);
      expect(shown.held.result, shown.held.result.reason).toMatchObject({ status, ...CLEAN });
      also?.(shown);
    },
  );

  it('without its control planes and an AZ, a standby takes over by itself', async () => {
    const times: unknown[] = [];
    for (const zone of ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`)) {
      const shown = await hold({
        specs: [MULTI],
        metrics: '{ RTO: { control-plane: 1h, az: 15m } }',
        drill: { kind: 'control-plane-loss', member: zone },
      });
      expect(shown.held.result, shown.held.result.reason).toMatchObject({ status: 'recovered', ...CLEAN });
      times.push(valuesOf(shown).RTO);
    }
    // Its primary is in one of them.
    expect(times.filter((t) => t !== 0)).toEqual([expect.any(Number)]);
  });

  it('a bucket whose clients get no answer is written in its replica', async () => {
    const { held, observations } = await hold({
      specs: BUCKETS,
      metrics: '{ RTO: { region: 1h } }',
      drill: { kind: 'bucket-failover' },
    });
    expect(held.result, held.result.reason).toMatchObject({ status: 'recovered', ...CLEAN });
    expect(observations).toEqual([]);
  });
});
