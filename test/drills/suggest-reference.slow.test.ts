import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeSources } from '../../scripts/commands/judging.ts';
import { parseDrillFile } from '../../src/catalog/drills.ts';
import { writeDrillFile } from '../../src/catalog/write-drills.ts';
import { membersOf } from '../../src/drills/prepare.ts';
import { suggest } from '../../src/drills/suggest.ts';
import { DRILL_KINDS } from '../../src/model/drill.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { around, flags } from '../golden/support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let judgement: Judgement;
beforeAll(async () => {
  ({ judgement } = await judgeSources([ROOT], flags, around));
});

describe('drills of the reference workload', () => {
  it('are of every kind but those for which nothing is agreed', () => {
    const kinds = new Set(suggest(judgement).map((d) => d.kind));
    expect(DRILL_KINDS.filter((kind) => !kinds.has(kind))).toEqual(['control-plane-loss']);
  });

  it('are for each service what it rests on', () => {
    const ids = suggest(judgement).map((d) => d.id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.filter((id) => id.startsWith('reporting'))).toEqual([
      'reporting-az-loss',
      'reporting-region-loss',
      'reporting-backup-restore',
      'reporting-key-loss',
      'reporting-dependency-loss-exchange-rates',
    ]);
    expect(ids.filter((id) => id.startsWith('catalogue-cache'))).toContain('catalogue-cache-cache-failover');
    expect(ids).toContain('checkout-global-database-failover');
    expect(ids).not.toContain('storefront-global-database-failover');
  });

  it('have something to take away, and are written and read again as they are', () => {
    const drills = suggest(judgement);
    expect(suggest(judgement)).toEqual(drills);
    for (const drill of drills) expect(membersOf(drill, judgement), drill.id).not.toEqual([]);
    const { catalogue } = judgement;
    const again = catalogue === undefined ? [] : parseDrillFile(writeDrillFile(drills), 'shop.drill.yaml', catalogue);
    expect(again.map(({ place: _, ...says }) => says)).toEqual(drills.map(({ place: _, ...says }) => says));
  });
});
