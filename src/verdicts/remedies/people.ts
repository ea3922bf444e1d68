/** What no change of code gives: what a person must decide, find out, agree on or show. */
import { meaningOf } from '../../estate/estate.ts';
import { unitOf } from '../../model/agreement.ts';
import { fold, not } from '../../model/known.ts';
import { formatAbout, formatDuration } from '../../model/quantity.ts';
import type { MetricVerdict } from '../../model/verdict.ts';
import { holds } from '../../recovery/standing.ts';
import type { Judgement } from '../judge.ts';
import type { Spot } from './candidate.ts';
import type { Found } from './search.ts';
import { Site } from './site.ts';

export const ASKS = [
  /** Somebody must choose: nothing in the sources says what is wanted. */
  'decide',
  /** A drill, a measurement or a real event shows it. */
  'show',
  /** The other party must agree on another target, or on a person in the recovery. */
  'agree',
  /** A supplier must promise it, with evidence. */
  'supplier',
  /** The catalogue or the sources must say more. */
  'tell',
] as const;
export type Ask = (typeof ASKS)[number];

export interface Plea {
  readonly ask: Ask;
  readonly says: string;
}

/** The pleas for a promise that is not kept, most telling first; empty where changes of code are enough. */
export function pleasFor(verdict: MetricVerdict, found: Found, judgement: Judgement): readonly Plea[] {
  const pleas: Plea[] = [];
  const say = (ask: Ask, says: string): void => {
    if (!pleas.some((p) => p.says === says)) pleas.push({ ask, says });
  };
  const { metric } = verdict;
  if (metric.type === 'INVOKE' || metric.type === 'RESTORE_GRANULARITY' || metric.type === 'RECONSTITUTE')
    say('show', `${metric.type} is not in code: a drill or a real event shows it`);
  if (metric.type === 'AVAILABILITY' && Object.keys(judgement.catalogue?.failureRates ?? {}).length === 0)
    say('tell', 'say under failureRates: in the catalogue how often each scope fails');
  if (metric.scope === 'supplier')
    say(
      'supplier',
      'let each supplier promise it, and name the document that shows the promise under evidence: in the catalogue',
    );
  const nearest = [verdict, ...found.helps.map((h) => h.verdict)].at(-1) ?? verdict;
  if (found.keeps.length > 0) return pleas;
  const row = found.helps.map((h) => h.verdict.decidingRow).find((r) => r !== undefined) ?? verdict.decidingRow;
  if (row !== undefined)
    say('show', `time "${row}" in a drill, or give your own figure under times: in the catalogue: the answer hangs on it`);
  for (const spot of found.open) pleaFor(spot, judgement, say);
  for (const why of judgement.pathOf(verdict).unknowns) say('tell', why.detail);
  const p = nearest.predicted?.atPercentile;
  const isTime = unitOf(metric.type) === 'seconds' && metric.type !== 'RETENTION';
  if (isTime && p !== undefined && Number.isFinite(p) && p > metric.target)
    say('agree', `agree on ${formatAbout(p)} or longer instead of ${formatDuration(metric.target)}`);
  return pleas;
}

function pleaFor(spot: Spot, judgement: Judgement, say: (ask: Ask, says: string) => void): void {
  const { item, metric, scope } = spot;
  const { title } = item;
  if (spot.finding?.undecided !== undefined) say('tell', spot.finding.message);
  if (scope === 'data' && spot.lacks.has('automatic')) {
    say(
      'agree',
      `${title}: after a loss of data a person chooses the moment to go back to; agree on a recovery by people, since KPI 2 counts none`,
    );
    return;
  }
  if (scope === 'region' && new Site(judgement).otherRegion(item, metric.serviceId) === undefined) {
    say('decide', `${title}: everything is in one Region; choose a second one, and what of the service is to run there`);
    return;
  }
  if (scope === 'account' && spot.lacks.has('mechanism')) {
    say('decide', `${title}: choose another account to keep a copy in, and who may restore from it`);
    return;
  }
  const byHand = (meaningOf(item)?.protections ?? []).find((p) => p.scopes.includes(scope) && !holds(not(p.armed)));
  if (spot.lacks.has('automatic') && byHand !== undefined && !spot.lacks.has('mechanism')) {
    say('decide', `${title}: ${byHand.says}, and no service of AWS does it by itself; write an automation, or agree on a person`);
    return;
  }
  if (spot.lacks.has('mechanism')) {
    const why = fold(
      spot.outcome?.exists ?? not(byHand?.armed ?? { state: 'known', value: true, from: [] }),
      (_, fact) => fact.detail ?? 'nothing brings it back',
      (unknown) => unknown.detail,
    );
    say('decide', why.startsWith(title) ? why : `${title}: ${why}`);
  }
}
