import { describe, expect, it } from 'vitest';
import { isAgreed, rehearsal } from '../../scripts/commands/rehearsing.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { observationsOf } from '../../src/drills/observe.ts';
import { rehearsedVerdict } from '../../src/verdicts/kpi5.ts';
import { DAY, promising, reading, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

const PLACE = { account: '111122223333', region: 'us-east-1' };

async function drilled(specs: Parameters<typeof reading>[0], metrics: string) {
  const catalogue = parseCatalogue(promising(metrics), 'holdfast.yaml', {});
  const made = await rehearsal({ readings: [reading(specs)], catalogue, today: DAY, seed: 1, place: PLACE });
  const drills = [];
  for (const target of made.targets.filter((t) => isAgreed(t, made.judgement))) {
    const drill = await made.drill(target);
    if (drill !== undefined) drills.push(drill);
  }
  const observations = drills.flatMap((d) => observationsOf(d, made.judgement));
  const verdicts = made.judgement.verdicts.map((v) => {
    const members = made.membersOf(v);
    return {
      metric: v.metric,
      shown: rehearsedVerdict(v, observations, members),
    };
  });
  return { drills, verdicts, made };
}

describe('a rehearsal', () => {
  it('a table of all zones goes on without each, and loses nothing', async () => {
    const { drills } = await drilled([TABLE], '{ RPO: { az: 0s } }');
    expect(drills.every((d) => /^us-east-1[a-f]$/.test(d.result.member))).toBe(true);
    expect(drills.length).toBeGreaterThan(1);
    for (const { result } of drills) {
      expect(result).toMatchObject({ world: 'simulated', status: 'recovered', left: [], steady: true });
      expect(result.measured).toMatchObject({ rpo: 0, lost: 0 });
    }
  });

  it('a table lost with its Region is not met, and nothing is left when the Region is back', async () => {
    const { drills, verdicts } = await drilled([TABLE], '{ RTO: { region: 15m } }');
    expect(drills.map((d) => [d.result.status, d.result.steady, d.result.left])).toEqual([['not-recovered', true, []]]);
    expect(['not-met', 'unknown']).toContain(verdicts[0]?.shown.verdict);
  });

  it('a database in one zone does not come back by itself; without it, nothing happens to it', async () => {
    const { drills, verdicts } = await drilled([SINGLE_AZ], '{ RTO: { az: 15m }, RPO: { az: 0s } }');
    expect(drills.length).toBeGreaterThan(0);
    for (const { result } of drills) expect(result.left).toEqual([]);
    expect(drills.find((d) => d.result.member === 'us-east-1a')?.result.rto ?? Number.POSITIVE_INFINITY).toBeGreaterThan(900);
    expect(verdicts.every((v) => v.shown.verdict !== 'met')).toBe(true);
  });

  it('wrong data is restored by a person from before it, and what was restored is removed', async () => {
    const { drills, verdicts } = await drilled([SINGLE_AZ], '{ RTO: { data: 8h }, RPO: { data: 1h } }');
    const [drill] = drills;
    expect(drill?.result).toMatchObject({ status: 'recovered', automatic: false, left: [], steady: true });
    expect(drill?.people.length).toBe(2);
    expect(drill?.result.rto).toBeGreaterThan(900);
    // In time, and by hand.
    expect(verdicts.map((v) => v.shown.verdict)).toEqual(['not-met', 'not-met']);
  });

  const cognito = { type: 'aws:cognito/userPool:UserPool', name: 'customers', inputs: {} };
  const policy = { type: 'aws:kms/keyPolicy:KeyPolicy', name: 'mine', inputs: { keyId: 'key', policy: '{}' } };

  it('shows what becomes of the rest where simulated AWS does not know a type, and speaks of no promise', async () => {
    const { drills, verdicts } = await drilled([TABLE, cognito], '{ RPO: { az: 0s } }');
    expect(drills.map((d) => d.result.status)).toEqual(drills.map(() => 'recovered'));
    for (const { blind } of drills) expect(blind).toContainEqual(expect.stringMatching(/customers is not there: simulated AWS/));
    expect(verdicts.map((v) => v.shown.verdict)).toEqual(['unknown']);
  });

  it('speaks of promises without a permission that simulated AWS does not know', async () => {
    const { drills } = await drilled([TABLE, policy], '{ RPO: { az: 0s } }');
    for (const { blind } of drills) expect(blind).not.toContainEqual(expect.stringMatching(/simulated AWS/));
    expect(drills.length).toBeGreaterThan(0);
  });

  it('says nothing where a part of the service could not be made', async () => {
    const unmakeable = {
      ...SINGLE_AZ,
      name: 'ledger',
      inputs: { ...SINGLE_AZ.inputs, engine: 'nonsense', dbSubnetGroupName: 'none' },
    };
    const { drills, verdicts, made } = await drilled([TABLE, unmakeable], '{ RPO: { az: 0s } }');
    expect(made.notes.some((note) => note.includes('ledger: not made'))).toBe(true);
    expect(drills.map((d) => d.result.status)).toEqual(drills.map(() => 'refused'));
    expect(verdicts[0]?.shown.verdict).toBe('unknown');
  });

  it('the same seed gives the same story', async () => {
    const first = await drilled([SINGLE_AZ], '{ RTO: { az: 15m } }');
    const second = await drilled([SINGLE_AZ], '{ RTO: { az: 15m } }');
    expect(JSON.stringify(second.drills)).toBe(JSON.stringify(first.drills));
  });
});
