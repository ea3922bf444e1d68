/** The promises that the reference workload breaks on purpose: each mend keeps the one that it is for, and harms no other. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { MENDS, type Mend } from '../../infra/plan/mends.ts';
import { judgeSources } from '../../scripts/commands/judging.ts';
import { decide } from '../../src/model/known.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { around, flags } from '../golden/support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RANK = { 'not-met': 0, unknown: 1, expired: 1, met: 2, 'not-applicable': 2 } as const;

async function judge(mends: readonly string[]): Promise<Judgement> {
  const { judgement } = await judgeSources([ROOT], { ...flags, config: [`shop:mend=${mends.join(',')}`] }, around);
  return judgement;
}

async function judged(...mends: readonly Mend[]): Promise<ReadonlyMap<string, MetricVerdict>> {
  const { verdicts } = await judge(mends);
  return new Map(verdicts.map(({ metric, ...v }) => [`${metric.serviceId} ${metric.type} ${metric.scope}`, { metric, ...v }]));
}

const failing = (v: MetricVerdict | undefined): readonly string[] =>
  (v?.conditions ?? [])
    .filter((c) => decide(c.holds, { yes: () => false, no: () => true, unknown: () => false }))
    .map((c) => c.id);

let before: ReadonlyMap<string, MetricVerdict>;
beforeAll(async () => {
  before = await judged();
});

/** What fails before and after. With a person in it the promise is not kept automatically; then the time must fit at least. */
const PROMISES: readonly (readonly [mend: Mend, promise: string, broken: readonly string[], mended: readonly string[]])[] = [
  ['storefront-dns-ttl', 'storefront RTO region', ['within'], []],
  ['checkout-event-fan-out', 'checkout RPO region', ['within'], []],
  ['cache-multi-az', 'catalogue-cache RTO az', ['automatic', 'within'], []],
  ['reporting-multi-az', 'reporting RTO az', ['automatic', 'within', 'findings'], []],
  // A person restores what AWS Backup copied: the mend makes it recent enough, and leaves the person.
  ['reporting-backup-hourly', 'reporting RPO region', ['automatic', 'within', 'findings'], ['automatic']],
];

describe('mends', () => {
  it('are all in the table', () => {
    expect(PROMISES.map(([mend]) => mend).sort()).toEqual(Object.keys(MENDS).sort());
  });

  it.each(PROMISES)('%s keeps %s', async (mend, promise, broken, mended) => {
    const after = await judged(mend);
    expect([before.get(promise)?.verdict, failing(before.get(promise))]).toEqual(['not-met', broken]);
    expect([after.get(promise)?.verdict, failing(after.get(promise))]).toEqual([mended.length === 0 ? 'met' : 'not-met', mended]);
    const worse = [...before].filter(([id, v]) => RANK[after.get(id)?.verdict ?? 'not-met'] < RANK[v.verdict]).map(([id]) => id);
    expect(worse).toEqual([]);
  });
});

it('leaves nothing to find, once all is mended, that nobody has accepted', async () => {
  const { findings } = await judge(Object.keys(MENDS));
  expect(findings.filter((f) => f.waiver === undefined || f.waiver.expired).map((f) => f.rule)).toEqual([]);
  expect(new Set(findings.map((f) => f.rule)).size).toBe(5);
});
