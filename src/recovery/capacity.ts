/** Is what still runs enough, and can it grow? */
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, collect, fold, is, known, map, together, unknown, yes } from '../model/known.ts';
import type { Aftermath } from './standing.ts';

/** Σ capacity that still runs ≥ needed × Σ capacity that served before. What has no servers of its own scales by itself. */
export function capacityLeft(aftermath: Aftermath, alive: readonly string[], serving: readonly string[], needed: number): Truth {
  const running = (urn: string): Known<number> | undefined => meaningOf(aftermath.terrain.item(urn))?.capacity?.running;
  const before = serving.map(running).filter((c) => c !== undefined);
  if (before.length === 0) return yes();
  const after = alive.map((urn): Known<number> => {
    const capacity = running(urn) ?? known(0);
    const fate = aftermath.fate(urn);
    return fate.kind === 'reduced' ? map(together({ capacity, left: fate.left }), (v) => v.capacity * v.left) : capacity;
  });
  const totals = together({ before: collect(before), after: collect(after) });
  const add = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
  return fold(
    totals,
    (v, fact): Truth => {
      if (add(v.before) === 0)
        return unknown(
          'not-reported',
          'nothing is certain to run before the disruption, so what is enough is not known',
          fact.from,
        );
      const share = add(v.after) / add(v.before);
      // Half a task cannot serve: compare with the tolerance of floating-point shares only.
      return known(
        share + 1e-9 >= needed,
        fact.from,
        `${Math.floor(share * 1000) / 10}% of capacity left, ${Math.round(needed * 1000) / 10}% needed`,
      );
    },
    (why) => why,
  );
}

/** Σ capacity that runs once one of the survivors ends at `share` of the most that its mates ran ≥ needed × Σ capacity before. */
export function grownEnough(
  aftermath: Aftermath,
  grown: { readonly urn: string; readonly share: Known<number> },
  alive: readonly string[],
  serving: readonly string[],
  needed: number,
): Truth {
  const running = (urns: readonly string[]): Known<readonly number[]> =>
    collect(urns.map((urn) => meaningOf(aftermath.terrain.item(urn))?.capacity?.running ?? known(0)));
  const mates = aftermath.terrain.roles.of(grown.urn)?.members.filter((urn) => urn !== grown.urn) ?? [];
  const { share } = grown;
  const facts = together({
    share,
    own: running([grown.urn]),
    mates: running(mates),
    beside: running(alive.filter((urn) => urn !== grown.urn)),
    before: running(serving),
  });
  const add = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
  return is(
    facts,
    (v) => {
      const wanted = Math.ceil(v.share * Math.max(0, ...v.mates) - 1e-9);
      return Math.max(wanted, ...v.own) + add(v.beside) + 1e-9 >= needed * add(v.before);
    },
    'the plan does not scale out to what is needed',
  );
}

/**
 * Can what is left grow to what is needed? Not beyond its maximum. In another Region nobody can tell: AWS holds no capacity
 * ready for whoever must launch while a Region is lost (ARC developer guide, "Add execution blocks"; docs/model.md, KPI 2,
 * condition 4, counts only what runs or is reserved).
 */
export function canGrow(aftermath: Aftermath, alive: readonly string[], serving: readonly string[], needed: number): Truth {
  const capacities = (urns: readonly string[], of: 'running' | 'max'): Known<number> =>
    map(
      collect(urns.map((urn) => meaningOf(aftermath.terrain.item(urn))?.capacity?.[of]).filter((c) => c !== undefined)),
      (list) => list.reduce((a, b) => a + b, 0),
    );
  const totals = together({ most: capacities(alive, 'max'), before: capacities(serving, 'running') });
  const allowed = is(totals, (v) => v.most + 1e-9 >= needed * v.before, 'its maximum is below what is needed');
  const obtained: Truth =
    aftermath.member.scope === 'region'
      ? unknown(
          'not-reported',
          'whether AWS can launch the missing capacity while a Region is lost is not known: keep it running',
          { resource: alive[0] ?? '' },
        )
      : yes();
  return all([allowed, obtained]);
}
