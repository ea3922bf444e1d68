import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MENDS } from '../../infra/plan/mends.ts';
import { TIERS } from '../../infra/plan/services.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';

const file = fileURLToPath(new URL('../../infra/holdfast.yaml', import.meta.url));
const text = readFileSync(file, 'utf8');
const catalogue = parseCatalogue(text, file);

/** The day of the first release; every agreement of the reference workload is in force on it. */
const DAY = '2026-11-23';

describe('the catalogue of the reference workload', () => {
  it('has the tiers that the program tags its resources with', () => {
    expect(Object.fromEntries(catalogue.services.map((s) => [s.id, s.tier]))).toEqual(TIERS);
  });

  it('has no warnings: every chain fits and every agreement is approved', () => {
    expect(catalogue.warnings).toEqual([]);
  });

  it.each(catalogue.agreements.map((a) => [a.id, a] as const))('%s is approved and in force', (_, agreement) => {
    expect(agreement.approvedBy).toBeDefined();
    expect(agreement.from <= DAY).toBe(true);
    expect(agreement.to === undefined || agreement.to >= DAY).toBe(true);
  });

  it('promises at least the mandatory metrics of every tier', () => {
    const promised = new Set(catalogue.agreements.flatMap((a) => a.metrics.map((m) => `${m.serviceId} ${m.type} ${m.scope}`)));
    const missing = catalogue.services.flatMap((s) =>
      catalogue.mandatory[s.tier].map((m) => `${s.id} ${m.type} ${m.scope}`).filter((key) => !promised.has(key)),
    );
    expect(missing).toEqual([]);
  });

  it('writes every scope out', () => {
    const defaulted = catalogue.agreements.flatMap((a) => a.metrics).filter((m) => m.scopeDefaulted);
    expect(defaulted.map((m) => m.id)).toEqual(['sla-checkout/checkout/RETENTION-data']);
  });

  it.each(Object.keys(MENDS))('names the mend %s beside the promise it keeps', (mend) => {
    expect(text.split(mend).length - 1).toBeGreaterThanOrEqual(2);
  });
});
