/** Partial set cover in which sets share what they cost: the fewest changes whose options keep enough metrics. */
import type { Option } from './remedies.ts';

export interface Offer {
  /** Unique among offers. */
  readonly id: string;
  readonly option: Option;
  /** Ids of metrics that it keeps. */
  readonly wins: ReadonlySet<string>;
  /** Keys of its changes: what two offers share is made once. */
  readonly changes: ReadonlySet<string>;
  /** Class of its cost, by its place in the order; decides among equals. */
  readonly cost: number;
  /** Ids of offers that cannot be made beside it. */
  readonly against?: ReadonlySet<string>;
}

export interface Covering {
  readonly offers: readonly Offer[];
  /** No choice of offers that keeps enough has fewer changes. */
  readonly atLeast: number;
}

/** Branches looked at before the search settles for the best so far: some hundred milliseconds. */
const BRANCHES = 20_000;

/**
 * Offers that keep `needed` metrics together with the fewest changes, the lowest sum of cost classes among equals; undefined
 * where no offers that pass `allowed` do. Branch and bound from the greedy choice: exact when it ends by itself, as it does
 * for some twenty offers; beyond, the greedy choice or better, and `atLeast` says how far from the smallest it may be.
 *
 * The bound: every metric is charged the share of each change of its cheapest offer, a change being shared by all metrics
 * that any of its offers keeps. What a choice keeps is charged no more than its changes, so the `needed` smallest charges
 * are no more than any choice costs.
 */
export function cover(
  offers: readonly Offer[],
  needed: number,
  allowed: (offers: readonly Offer[]) => boolean,
): Covering | undefined {
  if (needed <= 0) return { offers: [], atLeast: 0 };
  const charge = chargesOf(offers);
  const root = charge(needed, new Set(), new Set());
  if (root === Number.POSITIVE_INFINITY) return undefined;
  const order = [...offers].sort(
    (a, b) => b.wins.size / b.changes.size - a.wins.size / a.changes.size || a.cost - b.cost || (a.id < b.id ? -1 : 1),
  );
  let best: { readonly offers: readonly Offer[]; readonly size: number } | undefined;
  const consider = (chosen: readonly Offer[]): void => {
    const size = sizeOf(chosen);
    // In the order of the metrics: the same answer for the same question.
    const sorted = offers.filter((o) => chosen.includes(o));
    if ((best === undefined || size < best.size) && allowed(sorted)) best = { offers: sorted, size };
  };
  const greedy = greedily(order, needed);
  if (greedy !== undefined) consider(greedy);
  let branches = 0;
  const descend = (at: number, chosen: readonly Offer[], won: ReadonlySet<string>, made: ReadonlySet<string>): void => {
    branches += 1;
    if (won.size >= needed) {
      consider(chosen);
      return;
    }
    const offer = order[at];
    if (offer === undefined || branches > BRANCHES) return;
    if (best !== undefined && made.size + charge(needed - won.size, won, made) >= best.size) return;
    const gains = [...offer.wins].some((metric) => !won.has(metric));
    if (gains && !chosen.some((c) => c.against?.has(offer.id)))
      descend(at + 1, [...chosen, offer], new Set([...won, ...offer.wins]), new Set([...made, ...offer.changes]));
    descend(at + 1, chosen, won, made);
  };
  descend(0, [], new Set(), new Set());
  if (best === undefined) return undefined;
  return { offers: best.offers, atLeast: branches > BRANCHES ? Math.ceil(root - 1e-9) : Math.floor(best.size) };
}

/** Number of changes, and less than one more for what they cost. */
function sizeOf(offers: readonly Offer[]): number {
  const cost = offers.reduce((sum, o) => sum + o.cost, 0);
  return new Set(offers.flatMap((o) => [...o.changes])).size + cost / (1000 + cost);
}

/** The offer that keeps most for its further changes, again and again. */
function greedily(offers: readonly Offer[], needed: number): readonly Offer[] | undefined {
  const chosen: Offer[] = [];
  const won = new Set<string>();
  const made = new Set<string>();
  while (won.size < needed) {
    let best: { readonly offer: Offer; readonly worth: number } | undefined;
    for (const offer of offers) {
      if (chosen.includes(offer) || chosen.some((c) => c.against?.has(offer.id))) continue;
      const wins = [...offer.wins].filter((metric) => !won.has(metric)).length;
      const price = [...offer.changes].filter((change) => !made.has(change)).length;
      const worth = wins === 0 ? 0 : wins / Math.max(price, 0.5);
      if (worth > (best?.worth ?? 0)) best = { offer, worth };
    }
    if (best === undefined) return undefined;
    chosen.push(best.offer);
    for (const metric of best.offer.wins) won.add(metric);
    for (const change of best.offer.changes) made.add(change);
  }
  return chosen;
}

type Charge = (left: number, won: ReadonlySet<string>, made: ReadonlySet<string>) => number;

/** What `left` further metrics must cost at least, beside those won and the changes made; Infinity: there are not so many. */
function chargesOf(offers: readonly Offer[]): Charge {
  const sharers = new Map<string, Set<string>>();
  for (const { changes, wins } of offers) {
    for (const change of changes) {
      const metrics = sharers.get(change) ?? new Set();
      sharers.set(change, metrics);
      for (const metric of wins) metrics.add(metric);
    }
  }
  const shares = offers.map(({ wins, changes }) => ({
    wins: [...wins],
    changes: [...changes].map((change) => ({ change, share: 1 / (sharers.get(change)?.size ?? 1) })),
  }));
  return (left, won, made) => {
    const least = new Map<string, number>();
    for (const { wins, changes } of shares) {
      const price = changes.reduce((sum, { change, share }) => (made.has(change) ? sum : sum + share), 0);
      for (const metric of wins)
        if (!won.has(metric)) least.set(metric, Math.min(price, least.get(metric) ?? Number.POSITIVE_INFINITY));
    }
    const charges = [...least.values()].sort((a, b) => a - b);
    return charges.length < left ? Number.POSITIVE_INFINITY : charges.slice(0, left).reduce((sum, c) => sum + c, 0);
  };
}
