import { expect, it } from 'vitest';
import type { Approval, Snapshot } from '../../src/store/history.ts';
import type { Store } from '../../src/store/store.ts';

const snapshot = (at: number, over: Partial<Snapshot> = {}): Snapshot => ({
  at,
  world: 'live',
  level: 'in-place',
  catalogue: 'c'.repeat(64),
  facts: { roles: [`role ${at}`] },
  verdicts: [{ metric: 'sla/shop/RTO/az', service: 'shop', verdict: 'met', data: { reason: "it's so" } }],
  findings: [{ fingerprint: 'f1', rule: 'rds-single-az', severity: 'high', data: { resource: 'urn' } }],
  ...over,
});

export function historyContract(storeOf: () => Store): void {
  it('gives back what was judged in a period, of one world and level', async () => {
    const { history } = storeOf();
    const kept = [snapshot(100), snapshot(200, { catalogue: undefined, verdicts: [], findings: [] })];
    for (const s of [...kept, snapshot(300), snapshot(150, { world: 'simulated' }), snapshot(150, { level: 'designed' })])
      await history.keep(s);
    expect(await history.between('live', 'in-place', 100, 300)).toEqual(kept);
  });

  it('keeps nothing of a snapshot that is not whole', async () => {
    const { history } = storeOf();
    const [verdict] = snapshot(0).verdicts;
    if (verdict === undefined) throw new Error('expected a verdict');
    await expect(history.keep(snapshot(900, { verdicts: [verdict, verdict] }))).rejects.toThrow();
    expect(await history.between('live', 'in-place', 900, 901)).toEqual([]);
  });

  it('keeps approvals in the order in which they were given', async () => {
    const { history } = storeOf();
    const approval: Approval = { run: 'r1', at: 1, person: 'ada', decision: 'approved', subject: 'h', data: { change: 'CHG-1' } };
    await history.decide(approval);
    await history.decide({ ...approval, at: 0, decision: 'refused' });
    await history.decide({ ...approval, run: 'r2' });
    expect(await history.approvals('r1')).toEqual([approval, { ...approval, at: 0, decision: 'refused' }]);
  });
}
