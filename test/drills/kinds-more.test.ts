import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spec } from '../services/support-traffic.ts';
import { out } from '../services/support-traffic.ts';
import { TABLE } from '../verdicts/estates.ts';
import { hold, type Placed } from './kinds-support.ts';
import { AWAY, auroraGlobal, BARE, BARE_TABLE, BUCKETS, CHECK, cache, DNS, MULTI, record, ZONE } from './parts.ts';

/** A function that answers, and a name of its own for it. */
const functionIn = (name: string, region: string): readonly Spec[] => [
  {
    type: 'aws:lambda/function:Function',
    name,
    region,
    inputs: { name, role: 'arn:aws:iam::111122223333:role/shop', handler: 'index.handler', runtime: 'nodejs22.x' },
  },
  {
    type: 'aws:lambda/functionUrl:FunctionUrl',
    name,
    region,
    inputs: { functionName: out('aws:lambda/function:Function', name, 'name'), authorizationType: 'NONE' },
  },
];

describe('writes to a store that is copied', () => {
  it.each([
    ['source first', BUCKETS],
    ['copy first', [...BUCKETS.slice(2, 4), ...BUCKETS.slice(0, 2), ...BUCKETS.slice(4)]],
  ])('go to the source, and losing the copy loses none: %s', async (_, specs) => {
    const { held } = await hold({ specs, metrics: '{ RPO: { region: 15m } }', drill: { kind: 'region-loss' }, member: AWAY });
    expect(held.result).toMatchObject({ status: 'recovered', measured: { lost: 0 } });
    expect(held.result.measured?.stores.map((s) => s.store)).toEqual(['S3 bucket documents']);
  });
});

describe('a drill of DNS', () => {
  it('is over when every resolver has come to the other answer, and the signal is turned back', async () => {
    const { held, observations } = await hold({
      specs: [...DNS, TABLE],
      metrics: '{ RTO: { region: 15m } }',
      drill: { kind: 'dns-failover', limit: 900 },
    });
    expect(held.result, held.result.reason).toMatchObject({ status: 'recovered', left: [], steady: true });
    // No answer is believed for longer than its TTL, and none changes before.
    expect(held.result.rto).toBeGreaterThan(0);
    expect(held.result.rto).toBeLessThanOrEqual(180);
    expect(observations).toEqual([]);
  });

  it('needs a signal that could be turned', async () => {
    const { held } = await hold({
      specs: [ZONE, record('first', 'PRIMARY', false), record('second', 'SECONDARY', false), ...functionIn('shop', AWAY), TABLE],
      metrics: '{ RTO: { region: 15m } }',
      drill: { kind: 'dns-failover', member: '**first' },
    });
    expect(held.result).toMatchObject({ status: 'refused', left: [] });
  });
});

describe('detection', () => {
  it('is by the health check of the service: it signals once its endpoint has gone', async () => {
    const watching: Spec = { ...CHECK, name: 'watch', inputs: { ...CHECK.inputs, fqdn: out(MULTI.type, MULTI.name, 'address') } };
    const { held, observations } = await hold({
      // Route 53 shows the state of its health checks in us-east-1 alone: what is lost is elsewhere.
      specs: [{ ...MULTI, region: AWAY }, watching],
      member: AWAY,
      metrics: '{ DETECT: { region: 10m }, RTO: { region: 15m } }',
      drill: { kind: 'region-loss' },
    });
    expect(held.result).toMatchObject({ status: 'not-recovered', left: [], steady: true });
    const seen = observations.find((o) => o.metric.includes('DETECT'))?.value;
    // Two failures at intervals of ten seconds, and no sooner.
    expect(seen).toBeGreaterThanOrEqual(10);
    expect(seen).toBeLessThanOrEqual(60);
  });
});

describe('what must hold before, and what stops', () => {
  const drill = { kind: 'az-loss' } as const;
  const metrics = '{ RTO: { az: 15m } }';

  it.each([
    ['a change calendar that nobody can ask', { kind: 'no-change-freeze', calendars: ['freeze'] }],
    ['an alarm that is not there', { kind: 'no-open-incident', alarms: ['checkout'] }],
    ['a replication that has no lag to be told', { kind: 'lag-within', seconds: 60 }],
  ] as const)('%s', async (what, rule) => {
    const { held } = await hold({ specs: [MULTI], metrics, drill: { ...drill, preconditions: [rule] } });
    // What does not replicate is not late.
    expect(held.result.status).toBe(what.startsWith('a replication') ? 'recovered' : 'refused');
    expect(held.result).toMatchObject({ left: [], steady: true });
  });

  it.each([
    ['open', [], 'recovered'],
    ['closed', ['BEGIN:VEVENT', 'DTSTART:20200101T000000Z', 'DTEND:20990101T000000Z', 'END:VEVENT'], 'refused'],
  ] as const)('a change calendar that is %s', async (_, event, status) => {
    const content = ['BEGIN:VCALENDAR', 'X-CALENDAR-TYPE:DEFAULT_OPEN', ...event, 'END:VCALENDAR'].join('\n');
    const inputs = { name: 'freeze', documentType: 'ChangeCalendar', documentFormat: 'TEXT', content };
    const calendar: Spec = { type: 'aws:ssm/document:Document', name: 'freeze', inputs };
    const preconditions = [{ kind: 'no-change-freeze', calendars: ['freeze'] }] as const;
    const { held } = await hold({ specs: [MULTI, calendar], metrics, drill: { ...drill, preconditions } });
    expect(held.result, held.result.reason).toMatchObject({ status, left: [], steady: true });
  });

  it('the source of a global database tells how late its copies are: neither they nor the global cluster need to', async () => {
    const regional = { specs: auroraGlobal(), metrics: '{ RTO: { region: 1h } }', member: 'us-east-1' };
    const late = async (seconds: number) =>
      (await hold({ ...regional, drill: { kind: 'region-loss', preconditions: [{ kind: 'lag-within', seconds }] } })).held.result;
    expect((await late(120)).reason).not.toContain('lag-within');
    expect(await late(0)).toMatchObject({ status: 'refused', reason: expect.stringContaining('behind') });
  });

  it('fresh backups and no other drill hold here', async () => {
    const { held } = await hold({
      specs: [MULTI],
      metrics,
      drill: { ...drill, preconditions: [{ kind: 'fresh-backups', within: 3600 }, { kind: 'no-other-drill' }] },
    });
    expect(held.result, held.result.reason).toMatchObject({ status: 'recovered', left: [], steady: true });
  });

  it('too long stops it, and an entry that serves too few; without an entry nobody can tell', async () => {
    const long = await hold({
      specs: [BARE],
      metrics,
      drill: { ...drill, stops: [{ kind: 'longer-than', seconds: 120 }] },
      member: 'us-east-1a',
    });
    expect(long.held.result).toMatchObject({ status: 'stopped', left: [], steady: true });
    expect(long.observations.map((o) => o.value)).toEqual([null]);
    const blind = await hold({
      specs: [BARE],
      metrics,
      drill: { ...drill, stops: [{ kind: 'availability-below', share: 0.5, over: 60 }] },
      member: 'us-east-1a',
    });
    expect(blind.held.result).toMatchObject({ status: 'refused', left: [] });
  });
});

const OTHER = '444455556666';

/** Hourly backups of a table, copied into a vault of another account. */
const COPIED: readonly Placed[] = [
  TABLE,
  { type: 'aws:backup/vault:Vault', name: 'own', inputs: { name: 'own' } },
  {
    type: 'aws:backup/plan:Plan',
    name: 'hourly',
    inputs: {
      name: 'hourly',
      rules: [
        {
          ruleName: 'hourly',
          targetVaultName: 'own',
          schedule: 'cron(0/30 * * * ? *)',
          startWindow: 60,
          completionWindow: 120,
          lifecycle: { deleteAfter: 35 },
          copyActions: [
            { destinationVaultArn: `arn:aws:backup:us-east-1:${OTHER}:backup-vault:safe`, lifecycle: { deleteAfter: 35 } },
          ],
        },
      ],
    },
  },
  {
    type: 'aws:backup/selection:Selection',
    name: 'all',
    inputs: {
      name: 'all',
      planId: out('aws:backup/plan:Plan', 'hourly', 'id'),
      iamRoleArn: 'arn:aws:iam::111122223333:role/backup',
      resources: [out('aws:dynamodb/table:Table', 'carts', 'arn')],
    },
  },
  { type: 'aws:backup/vault:Vault', name: 'safe', account: OTHER, inputs: { name: 'safe' } },
  {
    type: 'aws:backup/vaultPolicy:VaultPolicy',
    name: 'safe',
    account: OTHER,
    inputs: {
      backupVaultName: 'safe',
      policy: JSON.stringify({
        Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'backup:CopyIntoBackupVault', Resource: '*' }],
      }),
    },
  },
];

describe('an account in other hands', () => {
  it('is left behind: what was copied out of it is restored where it was copied to', async () => {
    const { held, observations } = await hold({
      specs: COPIED,
      metrics: '{ RTO: { account: 12h }, RPO: { account: 6h } }',
      drill: { kind: 'ransomware-recovery' },
      member: '111122223333',
    });
    expect(held.result, held.result.reason).toMatchObject({ status: 'recovered', left: [], steady: true });
    expect(observations.map((o) => [o.automatic, typeof o.value])).toEqual([
      [false, 'number'],
      [false, 'number'],
    ]);
  });
});

/** Stores that nothing protects against what is lost. */
const UNPROTECTED: Readonly<Record<string, Spec>> = { database: BARE, table: BARE_TABLE, cache: cache(1) };

describe('a store that nothing protects', () => {
  it('never keeps a promise, whatever the drill', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('database', 'table', 'cache'),
        fc.constantFrom('region-loss', 'backup-restore', 'ransomware-recovery'),
        fc.integer({ min: 1, max: 8 }),
        async (store, kind, hours) => {
          const scope = { 'region-loss': 'region', 'backup-restore': 'data', 'ransomware-recovery': 'account' }[kind];
          const spec = UNPROTECTED[store] as Spec;
          const inputs = store === 'cache' ? { ...spec.inputs, snapshotRetentionLimit: 0 } : (spec.inputs ?? {});
          const { held, observations } = await hold({
            specs: [{ ...spec, inputs }],
            metrics: `{ RTO: { ${scope}: ${hours}h }, RPO: { ${scope}: ${hours}h } }`,
            drill: { kind },
          });
          expect(held.result).toMatchObject({ left: [], steady: true });
          expect(observations.length).toBeGreaterThan(0);
          for (const { value } of observations) expect(typeof value).not.toBe('number');
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);
});
