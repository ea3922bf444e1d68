/** Each family: an option that comes to what it says when it is applied and judged again, none, and what cannot be known. */
import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../../src/estate/estate.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import { judge } from '../../../src/verdicts/judge.ts';
import { keysOf } from '../../../src/verdicts/remedies/bench.ts';
import { apply } from '../../../src/verdicts/remedies/change.ts';
import { FAMILIES } from '../../../src/verdicts/remedies/families/registry.ts';
import { remediesOf } from '../../../src/verdicts/remedies/remedies.ts';
import { Site } from '../../../src/verdicts/remedies/site.ts';
import { spotsOf } from '../../../src/verdicts/remedies/spots.ts';
import { judgeSpecs, promising } from '../estates.ts';
import { DOORS } from './rows-doors.ts';
import { STORES } from './rows-stores.ts';
import type { Row } from './rows-support.ts';

/**
 * For each family: a promise for which it has an option, one for which it has none, and one where what it asks is not known. The
 * effect is what the option comes to: `helps` where a person must act all the same.
 */
const ROWS = { ...STORES, ...DOORS };

const CASES = Object.entries(ROWS).flatMap(([name, { family, offered, not, unknown }]) => [
  { name, family, what: 'an option', row: offered },
  { name, family, what: 'none', row: not },
  { name, family, what: 'not known', row: unknown },
]);

const judged = ({ estate, metrics, entry = '**', bare = false }: Row) => {
  const services = `services: { shop: { tier: 1, resources: [{ urn: '**' }], entry: [{ urn: '${entry}' }] } }`;
  return judgeSpecs(estate, promising(metrics, '', services), false, !bare);
};

describe('families of remedies', () => {
  it('have rows, each of them', () => {
    expect(new Set(Object.values(ROWS).map((r) => r.family))).toEqual(new Set(FAMILIES));
  });

  it.each(CASES)('$name: $what', ({ family, row }) => {
    const judgement = judged(row);
    const { estate, catalogue, today, world, verdicts } = judgement;
    const verdict = verdicts.find((v) => `${v.metric.type} ${v.metric.scope}` === row.of);
    if (verdict === undefined) throw new Error(`${row.of} is not judged`);
    const [first] = row.estate;
    const own = spotsOf(verdict, judgement).filter(
      ({ item: { resource: r } }) => r.type === first?.type && r.name === first.name,
    );
    // Else nobody was asked.
    expect(own.length).toBeGreaterThan(0);

    const site = new Site(judgement);
    const candidates = own.flatMap((spot) => family(spot, site));
    const keys = new Set(candidates.flatMap((c) => c.changes.map((change) => keysOf([change]))));
    const { metrics } = remediesOf(judgement, { seed: 1 });
    const all = metrics.find((m) => m.metric.id === verdict.metric.id)?.options ?? [];
    const options = all.filter((o) => o.changes.some((change) => keys.has(keysOf([change]))));
    expect(candidates.length === 0 ? 'none' : options[0]?.effect).toBe(row.effect);

    for (const { changes, effect } of options) {
      const after = judge(buildEstate(apply(estate.readings, changes), SERVICES), catalogue, { today, seed: 1, world });
      expect(after.verdicts.find((v) => v.metric.id === verdict.metric.id)?.verdict === 'met').toBe(effect === 'keeps');
    }
  });
});
