/** Records of evidence a second, written in transactions of a hundred and verified, on a Postgres server and embedded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvidenceDraft } from '../src/store/record.ts';
import { openStore } from '../src/store/store.ts';
import type { Whereabouts } from '../src/store/whereabouts.ts';
import { hasPostgres, startPostgres } from '../test/store/postgres.ts';
import type { Check } from './measure.ts';

const RECORDS = 50_000;
const BATCH = 100;

interface Rates {
  readonly append: number;
  readonly verify: number;
}

export async function benchEvidence(): Promise<readonly Check[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    show('embedded', await rates({ folder: join(scratch, 'store') }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (!hasPostgres()) return [];
  const server = await startPostgres({ durable: true });
  try {
    const { append, verify } = await rates({ url: await server.database() });
    show('Postgres', { append, verify });
    return [
      { what: 'evidence appended on Postgres', value: append, unit: 'records/s', least: 2_000 },
      { what: 'evidence verified on Postgres', value: verify, unit: 'records/s', least: 50_000 },
    ];
  } finally {
    await server.stop();
  }
}

async function rates(where: Whereabouts): Promise<Rates> {
  const store = await openStore(where);
  try {
    const batches = Array.from({ length: RECORDS / BATCH }, (_, i) =>
      Array.from({ length: BATCH }, (_, j) => verdict(i * BATCH + j)),
    );
    const append = await rate(async () => {
      for (const batch of batches) await store.evidence.append(batch);
    });
    const verify = await rate(async () => {
      const { broken } = await store.evidence.verify();
      if (broken !== undefined) throw new Error(`the chain breaks at ${broken.sequence}`);
    });
    return { append, verify };
  } finally {
    await store.close();
  }
}

async function rate(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return RECORDS / ((performance.now() - start) / 1000);
}

function show(what: string, { append, verify }: Rates): void {
  console.log(`  ${what.padEnd(44)} ${append.toFixed(0).padStart(6)} appended/s ${verify.toFixed(0).padStart(8)} verified/s`);
}

/** As long as a verdict with its reasons is. */
function verdict(n: number): EvidenceDraft {
  return {
    kind: 'verdict',
    world: 'live',
    at: 1_763_900_000_000 + n,
    subject: `shop-sla/checkout/RTO/region/${n % 500}`,
    body: {
      verdict: n % 3 === 0 ? 'not-met' : 'met',
      level: 'in-place',
      member: { scope: 'region', name: 'eu-west-1' },
      predicted: { p50: 61.25 + n, p95: 184.5, p99: 240.125, samples: 4000 },
      reason: 'the database is restored by a person, which takes longer than the agreed fifteen minutes',
      decidedBy: `urn:pulumi:prod::shop::aws:rds/instance:Instance::orders-${n % 500}`,
    },
  };
}
