import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../src/drills/kinds/detectors.ts';
import { OLDEST } from '../../src/drills/kinds/restores.ts';
import { DECIDES, NOTICES } from '../../src/drills/kinds/table-top.ts';
import { type Held, observationsOf } from '../../src/drills/observe.ts';
import type { DrillResult } from '../../src/drills/result.ts';
import type { DrillKind } from '../../src/model/drill.ts';
import type { Entry, JournalEntry, Json } from '../../src/model/journal.ts';
import { judgeSpecs, promising, TABLE } from '../verdicts/estates.ts';
import { SPEC } from './spec.ts';

const METRICS = `{ RTO: { region: 15m, data: 1h }, RPO: { region: 5m }, MBCO: { region: 60% }, DETECT: { region: 2m },
        INVOKE: { region: 15m }, RETENTION: { data: 1d } }`;
const judgement = judgeSpecs([TABLE], promising(METRICS));

const RESULT: DrillResult = {
  run: 'run',
  kind: 'region-loss',
  service: 'shop',
  scope: 'region',
  member: 'us-east-1',
  world: 'simulated',
  status: 'recovered',
  reason: 'recovered and validated',
  marks: { t0: 0, t1: 10_000, t5: 60_000 },
  rto: 60,
  rtoDeclared: null,
  automatic: true,
  measured: { rpo: 5, written: 60, lost: 2, duplicated: 0, stores: [] },
  availability: 0.5,
  outages: [],
  steady: true,
  left: [],
  epochs: 1,
};

const journal = (...entries: readonly Omit<Entry, 'token'>[]): readonly JournalEntry[] =>
  entries.map((e, i) => ({ ...e, token: undefined, run: 'run', sequence: i + 1, epoch: 1 }));

const saw = (about: string, at: number, data: Json, ok = true): Omit<Entry, 'token'> => ({
  kind: 'observation',
  about,
  at,
  data: { ok, says: about, data },
});

const ROLLBACK: Omit<Entry, 'token'> = { kind: 'phase', about: 'rollback', at: 120_000, data: null };

function shown(kind: DrillKind, changes: Partial<DrillResult> = {}, more: Partial<Omit<Held, 'result'>> = {}) {
  const held: Held = {
    spec: { ...SPEC, kind },
    result: { ...RESULT, kind, ...changes },
    entries: [],
    people: [],
    blind: [],
    notTaken: [],
    ...more,
  };
  return Object.fromEntries(
    observationsOf(held, judgement).map((o) => [o.metric.replace(/^.*\//, ''), o.automatic ? o.value : [o.value]]),
  );
}

describe('what a drill says', () => {
  it('of each promise of its scope, and of no other', () => {
    expect(shown('region-loss')).toEqual({
      'RTO-region': 60,
      'RPO-region': 5,
      'MBCO-region': null,
      'DETECT-region': null,
      'INVOKE-region': null,
    });
  });

  it('of suppliers: only when it took one away, and not another service', () => {
    const services = `services:
  shop:
    tier: 1
    resources: [{ urn: '**::carts' }]
    entry: [{ urn: '**::carts' }]
    dependsOn: [{ supplier: psp }, { service: login }]
  login: { tier: 3, resources: [{ urn: '**::login' }], entry: [{ urn: '**::login' }] }
suppliers: { psp: {} }`;
    const login = { ...TABLE, name: 'login', inputs: { ...TABLE.inputs, name: 'login' } };
    const two = judgeSpecs([TABLE, login], promising('{ RTO: { supplier: 1h } }', '', services));
    const of = (member: string): number =>
      observationsOf(
        {
          spec: { ...SPEC, kind: 'dependency-loss' },
          result: { ...RESULT, kind: 'dependency-loss', scope: 'supplier', member },
          entries: [],
          people: [],
          blind: [],
          notTaken: [],
        },
        two,
      ).length;
    expect(['psp', 'login', 'shop', '*'].map(of)).toEqual([1, 0, 0, 0]);
  });

  it.each<DrillKind>(['global-database-failover', 'global-database-switchover', 'dns-failover', 'bucket-failover', 'key-loss'])(
    'of one part: nothing (%s)',
    (kind) => expect(shown(kind)).toEqual({}),
  );

  it.each(['aborted', 'refused', 'failed', 'stopped', 'interrupted'] as const)('that was %s: nothing is valid', (status) => {
    expect(Object.values(shown('region-loss', { status, rto: null })).every((v) => v === null)).toBe(true);
  });

  it('that passed its limit: never, unless a way back was not taken', () => {
    const away = { status: 'not-recovered', rto: null, measured: null } as const;
    expect(shown('region-loss', away)).toMatchObject({ 'RTO-region': 'never', 'RPO-region': 'never' });
    expect(shown('region-loss', away, { notTaken: ['a restore'] })).toMatchObject({ 'RTO-region': null, 'RPO-region': null });
    const stores = journal(saw('writes to carts', 50_000, null), ROLLBACK);
    expect(shown('region-loss', away, { entries: stores })).toMatchObject({ 'RTO-region': 'never', 'RPO-region': null });
  });

  it('that was stopped after the promise was broken, with something still away: never', () => {
    const stop = (at: number, ok: boolean) =>
      shown(
        'region-loss',
        { status: 'stopped', rto: null },
        {
          entries: journal(saw('requests to shop', 10_000, null, ok), { kind: 'stop', about: 'longer than 20m', at, data: null }),
        },
      )['RTO-region'];
    expect(stop(1_200_000, false)).toBe('never');
    expect(stop(1_200_000, true)).toBeNull();
    expect(stop(600_000, false)).toBeNull();
  });

  it('a person who acted is never overlooked', () => {
    expect(shown('region-loss', {}, { people: ['somebody'] })).toMatchObject({ 'RTO-region': [60] });
  });

  it('what could not be watched may have been away for longer', () => {
    const blind = { blind: ['door: nobody answers there'] };
    expect(shown('region-loss', {}, blind)).toMatchObject({ 'RTO-region': null });
    expect(shown('region-loss', { rto: 5000 }, blind)).toMatchObject({ 'RTO-region': 5000 });
  });

  it('a Region that is left in good order is away while somebody is not served', () => {
    const outages = [
      { probe: 'a', from: 10_000, to: 20_000 },
      { probe: 'b', from: 15_000, to: 30_000 },
    ];
    expect(shown('region-evacuation', { outages })).toMatchObject({ 'RTO-region': 20 });
  });

  it('capacity is the share of requests served once recovered, over time', () => {
    const entries = journal(
      saw('requests to shop', 50_000, { served: 6, of: 10 }),
      saw('requests to shop', 90_000, { served: 10, of: 10 }),
      ROLLBACK,
    );
    expect(shown('region-loss', {}, { entries })).toMatchObject({ 'MBCO-region': 80 });
    expect(shown('region-loss', { world: 'live' }, { entries })).toMatchObject({ 'MBCO-region': null });
  });

  it('detection is by the service, not by the drill', () => {
    const quiet = saw(DETECTORS, 0, { signalling: [] });
    const loud = saw(DETECTORS, 45_000, { signalling: ['alarm'] });
    expect(shown('region-loss', {}, { entries: journal(quiet, loud) })).toMatchObject({ 'DETECT-region': 45 });
    expect(shown('region-loss', {}, { entries: journal(quiet) })).toMatchObject({ 'DETECT-region': 'never' });
    expect(shown('region-loss', { marks: { t0: 0 } }, { entries: journal(quiet) })).toMatchObject({ 'DETECT-region': null });
  });

  it('retention is the age of an oldest point that was read', () => {
    const data = (oldest: Json): Json => ({ result: 'done', detail: { oldest } });
    const entries = (oldest: Json) => journal({ kind: 'outcome', about: `${OLDEST}carts`, at: 1, data: data(oldest) });
    const day = 86_400_000;
    const point = { store: 'carts', moment: 0, born: null, missing: 0, wrong: 0, of: 10 };
    const of = (oldest: Json, t0: number) =>
      shown('backup-restore', { scope: 'data', marks: { t0, t5: t0 } }, { entries: entries(oldest) })['RETENTION-data'];
    expect(of(point, 2 * day)).toBe(2 * 86_400);
    expect(of(point, day / 2)).toBeNull();
    expect(of({ ...point, born: -3 * day }, day / 2)).toBe(43_200);
    expect(of({ ...point, missing: 1 }, 2 * day)).toBe('never');
    expect(of({ ...point, missing: null }, 2 * day)).toBeNull();
  });

  it('a table-top speaks of what was recorded, and of what it names', () => {
    const entries = journal(
      { kind: 'outcome', about: `${NOTICES}lead`, at: 1, data: { result: 'done', detail: { at: 60_000 } } },
      { kind: 'outcome', about: `${DECIDES}lead`, at: 2, data: { result: 'done', detail: { at: 360_000 } } },
    );
    const ids = judgement.verdicts.map((v) => v.metric.id).filter((id) => /INVOKE|RTO-region/.test(id));
    const spec = { ...SPEC, kind: 'table-top' as const, hypothesis: { steady: undefined, metrics: ids } };
    expect(shown('table-top', {}, { entries, spec })).toEqual({ 'INVOKE-region': [300] });
    expect(shown('table-top', {}, { entries })).toEqual({});
  });
});
