/** A slice of the truth bench (bench/truth.ts), small enough for every pipeline. */
import { describe, expect, it } from 'vitest';
import { truthOf } from '../../bench/truth-run.ts';
import { summaryOf } from '../../bench/truth-table.ts';

const ESTATES = 12;

describe('the recovery model against drills of generated estates', () => {
  it('calls nothing met that a drill breaks, and covers what drills measure', async () => {
    const truths = [];
    for (let seed = 0; seed < ESTATES; seed += 1) truths.push(await truthOf(seed));
    const { broken, missed, parts, services, met, drills } = summaryOf(truths);
    expect(broken).toEqual([]);
    expect(drills).toBeGreaterThan(60);
    expect(met).toBeGreaterThan(20);
    expect(parts.covered / parts.count, missed.join('\n')).toBeGreaterThanOrEqual(0.9);
    expect(services.covered / services.count, missed.join('\n')).toBeGreaterThanOrEqual(0.9);
  });
});
