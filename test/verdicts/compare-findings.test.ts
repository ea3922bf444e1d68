import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../src/estate/estate.ts';
import type { Resource } from '../../src/model/resource.ts';
import { SERVICES } from '../../src/services/registry.ts';
import type { FindingThen } from '../../src/verdicts/compare-findings.ts';
import { compareFindings } from '../../src/verdicts/compare-findings.ts';
import type { Identity } from '../../src/verdicts/identities.ts';
import { identitiesOf } from '../../src/verdicts/identities.ts';
import { judge } from '../../src/verdicts/judge.ts';
import { resource, type Spec } from '../services/support-traffic.ts';
import { reading, SINGLE_AZ, TABLE } from './estates.ts';

/** Findings and identities of an estate, judged without a catalogue. */
function sideOf(resources: readonly Resource[]) {
  const estate = buildEstate([{ ...reading([]), resources }], SERVICES);
  const { findings } = judge(estate, undefined, { today: '2026-06-01', seed: 1, world: 'live' });
  return {
    findings: findings.map(
      (f): FindingThen => ({
        rule: f.rule,
        severity: f.severity,
        resource: f.resource,
        fingerprint: f.fingerprint,
        state: f.undecided === undefined ? 'fires' : 'unknown',
        property: f.property ?? null,
        position: f.position ?? null,
        waiver: f.waiver ?? null,
      }),
    ),
    identities: identitiesOf(estate, findings),
  };
}

const made = (spec: Spec, more: Partial<Resource> = {}): Resource => ({ ...resource(spec), ...more });
const ORDERS = made(SINGLE_AZ);
const renamed = (name: string, inputs: Spec['inputs'] = {}, more: Partial<Resource> = {}) =>
  made({ ...SINGLE_AZ, name, inputs: { ...SINGLE_AZ.inputs, ...inputs } }, more);

const states = (before: readonly Resource[], after: readonly Resource[]) => {
  const compared = compareFindings(sideOf(before), sideOf(after));
  return { states: [...new Set(compared.movements.map((m) => m.state))].sort(), gone: compared.gone.length };
};

const CASES: readonly (readonly [what: string, before: readonly Resource[], after: readonly Resource[], states: string])[] = [
  ['as it was', [ORDERS], [ORDERS], 'unchanged'],
  ['renamed', [ORDERS], [renamed('ledger')], 'moved'],
  [
    'renamed, its name in its inputs',
    [renamed('orders', { identifier: 'orders-db' })],
    [renamed('ledger', { identifier: 'ledger-db' })],
    'moved',
  ],
  ['renamed, and one of its inputs changed', [ORDERS], [renamed('ledger', { backupRetentionPeriod: 8 })], 'moved'],
  ['moved into a component', [ORDERS], [made(SINGLE_AZ, { urn: ORDERS.urn.replace('::aws:', '::shop:Data$aws:') })], 'moved'],
  [
    'another name, type kept by an alias alone',
    [ORDERS],
    [
      renamed(
        'ledger',
        { engine: 'mysql', availabilityZone: 'us-east-1b', backupRetentionPeriod: 30 },
        { aliases: [ORDERS.urn] },
      ),
    ],
    'moved',
  ],
  [
    'written in another file',
    [made(SINGLE_AZ, { position: { file: 'index.ts', line: 3, column: 1 } })],
    [made(SINGLE_AZ, { position: { file: 'data.ts', line: 3, column: 1 } })],
    'moved',
  ],
  [
    'on another line',
    [made(SINGLE_AZ, { position: { file: 'index.ts', line: 3, column: 1 } })],
    [made(SINGLE_AZ, { position: { file: 'index.ts', line: 9, column: 1 } })],
    'unchanged',
  ],
  [
    'in another stack',
    [ORDERS],
    [made(SINGLE_AZ, { urn: ORDERS.urn.replace(/^urn:pulumi:[^:]+/, 'urn:pulumi:other') })],
    'unchanged',
  ],
  [
    'two renamed, each with an input of its own changed',
    [ORDERS, renamed('carts')],
    [renamed('ledger', { backupRetentionPeriod: 8 }), renamed('baskets', { backupRetentionPeriod: 9 })],
    'moved',
  ],
  ['a copy beside it', [ORDERS], [ORDERS, renamed('ledger')], 'new unchanged'],
];

describe('findings beside their baseline', () => {
  it.each(CASES)('%s', (_what, before, after, expected) => {
    expect(states(before, after)).toEqual({ states: expected.split(' '), gone: 0 });
  });

  it('a resource that takes the place of quite another is new, and the other is gone', () => {
    const compared = states(
      [ORDERS],
      [renamed('ledger', { engine: 'mysql', availabilityZone: 'us-east-1b', multiAz: true, backupRetentionPeriod: 1 })],
    );
    expect(compared.states).toEqual(['new']);
    expect(compared.gone).toBeGreaterThan(0);
  });

  it('of two copies one is the one that was renamed', () => {
    const rules = sideOf([ORDERS]).findings.length;
    const { movements } = compareFindings(sideOf([ORDERS]), sideOf([renamed('a'), renamed('b')]));
    expect(movements.filter((m) => m.state === 'moved')).toHaveLength(rules);
    expect(movements.filter((m) => m.state === 'new')).toHaveLength(rules);
  });

  it('mended here and broken there is not moved: both resources were there before', () => {
    const [mended, broken] = [renamed('orders', { multiAz: true }), renamed('ledger', { multiAz: true })];
    const { movements } = compareFindings(sideOf([ORDERS, broken]), sideOf([mended, renamed('ledger')]));
    const side = sideOf([mended, renamed('ledger')]);
    const at = side.findings.findIndex((f) => f.rule === 'rds-not-multi-az');
    expect(movements[at]?.state).toBe('new');
  });

  it('without identities, the fingerprint alone tells', () => {
    const { identities, ...before } = sideOf([ORDERS]);
    expect(identities).not.toEqual([]);
    const { movements } = compareFindings({ ...before, identities: null }, sideOf([renamed('ledger'), ORDERS]));
    expect(new Set(movements.map((m) => m.state))).toEqual(new Set(['new', 'unchanged']));
  });
});

describe('what got worse', () => {
  const [found] = sideOf([TABLE].map((t) => made(t))).findings;
  if (found === undefined) throw new Error('a table in one Region has findings');
  const held = { expired: false };
  it.each([
    ['certain now', { state: 'unknown' }, { state: 'fires' }, 'certain'],
    ['no longer certain', { state: 'fires' }, { state: 'unknown' }, null],
    ['its waiver is over', { waiver: held }, { waiver: { expired: true } }, 'waiver'],
    ['its waiver is gone', { waiver: held }, { waiver: null }, 'waiver'],
    ['waived', { waiver: null }, { waiver: held }, null],
    ['weighs more', { severity: 'low' }, { severity: 'high' }, 'severity'],
  ] as const)('%s', (_what, was, is, worse) => {
    const side = (more: Partial<FindingThen>) => ({ findings: [{ ...found, ...more }], identities: [] });
    expect(compareFindings(side(was), side(is)).movements).toEqual([{ state: 'unchanged', worse, from: found.resource }]);
  });
});

describe('whatever comes and goes', () => {
  const NAMES = ['a', 'bb', 'orders', 'ledger', 'carts'];
  const item = fc.record({
    type: fc.constantFrom('aws:rds/instance:Instance', 'shop:Data$aws:rds/instance:Instance', 'aws:s3/bucket:Bucket'),
    name: fc.constantFrom(...NAMES),
    content: fc.constantFrom(null, '', 'x', 'a b c d', 'a b c e', 'a f g h'),
    rules: fc.subarray(['one', 'two']),
    alias: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  });
  const estate = fc.uniqueArray(item, { selector: (i) => `${i.type}::${i.name}`, maxLength: 6 }).map((items) => {
    const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;
    const identities = items.map(
      (i): Identity => ({
        resource: urn(i.type, i.name),
        aliases: i.alias === undefined ? [] : [urn(i.type, i.alias)],
        content: i.content,
        position: null,
      }),
    );
    const findings = items.flatMap((i) =>
      i.rules.map(
        (rule): FindingThen => ({
          rule,
          severity: 'high',
          resource: urn(i.type, i.name),
          fingerprint: `${rule}${i.type}${i.name}`,
          state: 'fires',
          property: null,
          position: null,
          waiver: null,
        }),
      ),
    );
    return { identities, findings };
  });
  const typeOf = (f: FindingThen): string => `${f.rule} ${f.resource.split('::')[2]?.split('$').pop()}`;

  it('every finding of now is one earlier finding at most, and none is lost', () => {
    fc.assert(
      fc.property(estate, estate, (before, after) => {
        const { movements, gone } = compareFindings(before, after);
        expect(movements).toHaveLength(after.findings.length);
        const from = movements.flatMap((m, i) => (m.from === null ? [] : [`${after.findings[i]?.rule} ${m.from}`]));
        expect(new Set(from).size).toBe(from.length);
        expect(from.length + gone.length).toBe(before.findings.length);
        // Nothing is taken for moved that was where it is, or whose past is still there.
        const [was, is] = [before, after].map((s) => new Set(s.identities.map((i) => i.resource)));
        movements.forEach((m, i) => {
          if (m.state !== 'moved') return;
          expect(was?.has(after.findings[i]?.resource ?? '')).toBe(false);
          expect(is?.has(m.from ?? '')).toBe(false);
        });
      }),
    );
  });

  it('a rule that finds more of a type than before finds at least as many new ones', () => {
    fc.assert(
      fc.property(estate, estate, (before, after) => {
        const { movements } = compareFindings(before, after);
        for (const kind of new Set(after.findings.map(typeOf))) {
          const now = after.findings.filter((f) => typeOf(f) === kind).length;
          const then = before.findings.filter((f) => typeOf(f) === kind).length;
          const added = after.findings.filter((f, i) => typeOf(f) === kind && movements[i]?.state === 'new').length;
          expect(added).toBeGreaterThanOrEqual(now - then);
        }
      }),
    );
  });

  it('the order in which resources are listed is nothing to go by', () => {
    fc.assert(
      fc.property(estate, estate, (before, after) => {
        const reversed = { ...after, identities: [...after.identities].reverse() };
        expect(compareFindings({ ...before, identities: [...before.identities].reverse() }, reversed)).toEqual(
          compareFindings(before, after),
        );
      }),
    );
  });

  it('beside itself everything is as before', () => {
    fc.assert(
      fc.property(estate, (side) => {
        const { movements, gone } = compareFindings(side, side);
        expect(gone).toEqual([]);
        expect(movements.every((m) => m.state === 'unchanged' && m.worse === null)).toBe(true);
      }),
    );
  });
});
