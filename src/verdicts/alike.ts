/** Members of the instance scope whose loss comes to the same: hundreds of roles, a handful of answers. */
import type { Metric } from '../model/agreement.ts';
import type { Truth } from '../model/known.ts';
import { decide } from '../model/known.ts';
import type { Timing } from '../model/protection.ts';
import type { Member } from '../model/scope.ts';
import { outcomeOf } from '../recovery/outcome.ts';
import { Aftermath } from '../recovery/standing.ts';
import type { Ground } from './ground.ts';

/**
 * One member for each different outcome, the first by name. Losing an instance touches one role only, so two roles of
 * the same kind whose outcomes have the same times, classes and answers give the same verdict, but for the names in it.
 */
export function unlike(metric: Metric, members: readonly Member[], ground: Ground): readonly Member[] {
  const { terrain } = ground;
  const needed = metric.type === 'MBCO' ? metric.target / 100 : ground.capacityNeeded(metric);
  const kept = new Map<string, Member>();
  for (const member of members) {
    const role = terrain.roles.of(member.name);
    if (role === undefined) {
      kept.set(member.name, member);
      continue;
    }
    const o = outcomeOf(role, new Aftermath(terrain, member), needed);
    const findings = ground.criticalOf(role).filter((f) => f.scopes.includes('instance'));
    const likeness = JSON.stringify([
      role.kind,
      o.kind,
      o.mechanism,
      o.automation,
      [o.exists, o.automatic, o.survives, o.armed].map(word),
      timesIn(o.time),
      o.point === undefined ? undefined : timesIn(o.point),
      findings.map((f) => [f.rule, f.undecided?.reason, f.waiver]),
    ]);
    if (!kept.has(likeness)) kept.set(likeness, member);
  }
  return [...kept.values()];
}

const word = (t: Truth): string => decide(t, { yes: () => 'yes', no: () => 'no', unknown: (why) => why.reason });

/** A timing without the words and places that do not change it. */
export function timesIn(t: Timing): unknown {
  switch (t.kind) {
    case 'row':
      return t.row;
    case 'fixed':
      return t.seconds;
    case 'span':
      return [t.min, t.max];
    case 'sum':
    case 'slowest':
    case 'fastest':
      return [t.kind, t.parts.map(timesIn)];
    case 'never':
      return 'never';
    case 'unknown':
      return t.why.reason;
  }
}
