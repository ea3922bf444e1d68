/** What rules about traffic and computing ask: which Regions are in use, who sends requests to whom, and how much time is left to notice. */

import type { Estate, EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import { linked } from '../estate/roles.ts';
import type { Known, Truth } from '../model/known.ts';
import { andThen, fold, is, known, map, no, together, unknown } from '../model/known.ts';
import type { ResourceKind, Spread, Timing } from '../model/protection.ts';
import { formatDuration } from '../model/quantity.ts';
import type { Scope } from '../model/scope.ts';
import { inOtherRegion } from '../services/apart.ts';
import { textOr } from './questions.ts';
import type { RuleContext } from './rule.ts';

/** Kinds that make a Region one that the service runs in. A certificate or an alarm there does not. */
const SETTLED: ReadonlySet<ResourceKind> = new Set(['store', 'compute', 'traffic', 'queue', 'proxy']);

interface Layout {
  readonly regions: ReadonlySet<string>;
  /** Resources that pass requests to each resource. */
  readonly senders: ReadonlyMap<string, readonly string[]>;
}

const layouts = new WeakMap<Estate, Layout>();

function layoutOf(estate: Estate): Layout {
  const cached = layouts.get(estate);
  if (cached !== undefined) return cached;
  const regions = new Set<string>();
  const senders = new Map<string, string[]>();
  for (const [urn, item] of estate.resources) {
    const meaning = meaningOf(item);
    if (meaning === undefined) continue;
    if (SETTLED.has(meaning.kind) && !isGlobal(item)) {
      const region = textOr(item.resource.region, undefined);
      if (region !== undefined) regions.add(region);
    }
    for (const to of linked(estate, urn, 'traffic')) senders.set(to, [...(senders.get(to) ?? []), urn]);
  }
  const layout = { regions, senders };
  layouts.set(estate, layout);
  return layout;
}

export function isGlobal(item: EstateResource): boolean {
  const placement = meaningOf(item)?.placement;
  return (
    placement !== undefined &&
    textOr(
      map(placement, (p) => p.kind === 'global'),
      false,
    )
  );
}

/** Regions that hold something which serves or keeps data. */
export function regionsInUse(context: RuleContext): ReadonlySet<string> {
  return layoutOf(context.estate).regions;
}

/** What passes requests on to it, inside the sources. */
export function sendersOf(urn: string, context: RuleContext): readonly string[] {
  return layoutOf(context.estate).senders.get(urn) ?? [];
}

/**
 * Does the loss of a Region matter to one of these: was it agreed or, without a catalogue, is there a second Region to
 * go to? A stack of one Region is not told about pairs that it never had.
 */
export function regionMatters(context: RuleContext, ...urns: readonly string[]): boolean {
  return context.hasCatalogue ? urns.some((urn) => context.agreed(urn, 'region')) : regionsInUse(context).size > 1;
}

/** Other members of its role that are in a known other Region. */
export function matesElsewhere(urn: string, context: RuleContext): readonly EstateResource[] {
  const own = textOr(context.estate.resources.get(urn)?.resource.region ?? notThere(urn), undefined);
  if (own === undefined) return [];
  return (context.role(urn)?.members ?? [])
    .filter((mate) => mate !== urn)
    .map((mate) => context.estate.resources.get(mate))
    .filter((mate) => mate !== undefined)
    .filter((mate) =>
      textOr(
        is(mate.resource.region, (region) => region !== own),
        false,
      ),
    );
}

/** Is that resource in another Region than this one? `urn` undefined: there is none. */
export function inOtherRegionThan(urn: string | undefined, item: EstateResource, context: RuleContext): Truth {
  const source = urn === undefined ? undefined : context.estate.view.get(urn);
  return source === undefined ? no('it replicates nothing') : inOtherRegion(item.props, source);
}

/** Does it take over in another Region: it waits, or something that stands in for it lives elsewhere? */
export function servesAfterRegionLoss(urn: string, context: RuleContext): boolean {
  return context.isStandby(urn) || matesElsewhere(urn, context).length > 0;
}

export function regionOf(urn: string, context: RuleContext): Known<string> {
  return context.estate.resources.get(urn)?.resource.region ?? notThere(urn);
}

function notThere(urn: string): Known<string> {
  return unknown('dangling', 'it is not in the sources', { resource: urn });
}

export interface Budget {
  readonly seconds: number;
  /** `the agreement leaves 1m to notice`. */
  readonly says: string;
}

/** Time that the agreements leave to notice: what they say about detection, else the whole RTO. Undefined: nothing to compare with. */
export function detectionBudget(context: RuleContext, urns: readonly string[], scopes: readonly Scope[]): Budget | undefined {
  const least = (type: 'DETECT' | 'RTO'): number =>
    Math.min(...urns.flatMap((urn) => scopes.flatMap((scope) => context.targets(urn, type, scope))));
  const detect = least('DETECT');
  if (Number.isFinite(detect)) return budget(detect, (s) => `the agreement leaves ${s} to notice`);
  const rto = least('RTO');
  return Number.isFinite(rto) ? budget(rto, (s) => `the agreed RTO is ${s}`) : undefined;
}

function budget(seconds: number, says: (text: string) => string): Budget {
  return { seconds, says: says(formatDuration(seconds)) };
}

/**
 * The longest that the configuration itself lets a time be, in seconds; what AWS or people add is left out, so that a
 * budget which this exceeds is exceeded for certain.
 */
export function configured(timing: Timing): Known<number> {
  switch (timing.kind) {
    case 'row':
      return known(0);
    case 'fixed':
      return known(timing.seconds);
    case 'span':
      return known(timing.max);
    case 'sum':
      return timing.parts.map(configured).reduce(plus, known(0));
    case 'slowest':
      return timing.parts.map(configured).reduce((a, b) => map(together({ a, b }), (v) => Math.max(v.a, v.b)), known(0));
    case 'fastest':
      return timing.parts
        .map(configured)
        .reduce((a, b) => map(together({ a, b }), (v) => Math.min(v.a, v.b)), known(Number.POSITIVE_INFINITY));
    case 'never':
      return known(Number.POSITIVE_INFINITY);
    case 'unknown':
      return timing.why;
  }
}

const plus = (a: Known<number>, b: Known<number>): Known<number> => map(together({ a, b }), (v) => v.a + v.b);

/** Fewer than two AZs for certain. Unknown when AZs that are not known could make two, or when none is named. */
export function inOneZone(spread: Known<Spread>): Truth {
  return andThen(spread, ({ zones, doubtful }): Truth => {
    if (zones.length >= 2) return no('it spans two AZs');
    return zones.length === 1 && doubtful === 0
      ? known(true)
      : unknown('not-reported', zones.length + doubtful === 0 ? 'the code names no AZ' : 'not every AZ of it is known');
  });
}

/** The AZ's name for a sentence. */
export function theZone(spread: Known<Spread>): string {
  return fold(
    spread,
    ({ zones }) => (zones[0]?.startsWith('az:') === false ? zones[0] : 'one AZ'),
    () => 'one AZ',
  );
}
