/** What one metric asks of a recovery path, by its type. */

import { meaningOf } from '../estate/estate.ts';
import type { Metric } from '../model/agreement.ts';
import type { Known, Truth, Unknown } from '../model/known.ts';
import { all, any, atLeast, decide, fold, map, no, unknown, yes } from '../model/known.ts';
import { formatAbout, formatDuration, formatPercent } from '../model/quantity.ts';
import type { Member } from '../model/scope.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import { judgeRecovery } from '../recovery/judge.ts';
import type { ServiceNeeds } from '../recovery/path.ts';
import { unlike } from './alike.ts';
import type { Fit } from './conditions.ts';
import { asFarAsShown, condition, evidence, finish, fromPath, isNo, isYes, undecided, within, worst } from './conditions.ts';
import { recoversWithoutControlPlane } from './control-plane.ts';
import type { Ground } from './ground.ts';

/** Seconds in a year of 365 days. */
const YEAR = 31_536_000;

export function judgeMetric(metric: Metric, needs: ServiceNeeds, everyMember: readonly Member[], ground: Ground): MetricVerdict {
  const members = metric.scope === 'instance' ? unlike(metric, everyMember, ground) : everyMember;
  switch (metric.type) {
    case 'RTO':
    case 'MTPD':
      return worst(members.map((member) => recoveryTime(metric, needs, member, ground)));
    case 'MBCO':
      return worst(members.map((member) => minimumCapacity(metric, needs, member, ground)));
    case 'RPO':
      return worst(members.map((member) => recoveryPoint(metric, needs, member, ground)));
    case 'DETECT':
      return worst(members.map((member) => detection(metric, needs, member, ground)));
    case 'AVAILABILITY':
      return availability(metric, needs, members, ground);
    case 'RETENTION':
      return retention(metric, needs, members, ground);
    case 'INVOKE':
      return undecided(
        metric,
        members,
        unknown('not-modelled', 'people decide to invoke: only a drill or a real event can tell'),
        'not-applicable',
      );
    case 'RESTORE_GRANULARITY':
      return undecided(
        metric,
        members,
        unknown('not-modelled', 'the units in which a backup can be restored are not modelled: a restore drill can tell'),
      );
    case 'RECONSTITUTE':
      return undecided(metric, members, unknown('not-modelled', 'the way back to normal is not modelled: a drill can tell'));
  }
}

function recoveryTime(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const path = ground.path(needs, member, ground.capacityNeeded(metric));
  return fromPath(
    metric,
    path,
    path.outcomes,
    ground,
    [...path.unknowns, ...path.timeUnknowns],
    within(metric, path.graph, 'time', metric.target, ground),
    metric.scope === 'control-plane' ? [recoversWithoutControlPlane(metric.serviceId, needs, ground)] : [],
  );
}

/** At least x % of capacity within the RTO that is agreed for the same service and scope. */
function minimumCapacity(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const path = ground.path(needs, member, metric.target / 100);
  const by = ground.agreedTarget(metric.serviceId, 'RTO', metric.scope);
  const answer: Fit =
    by === undefined
      ? {
          holds: unknown(
            'not-reported',
            `no RTO is agreed for ${metric.scope} scope, so nothing says by when ${formatPercent(metric.target)} must serve`,
          ),
          predicted: undefined,
          decidingRow: undefined,
          last: undefined,
        }
      : within(metric, path.graph, 'time', by, ground);
  return fromPath(metric, path, path.outcomes, ground, path.unknowns, answer);
}

/** Only what holds data or messages decides a recovery point, and how it comes to be served again. */
function recoveryPoint(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const path = ground.path(needs, member, ground.capacityNeeded(metric));
  const outcomes = path.outcomes.filter((o) => o.point !== undefined);
  const unknowns = [...path.unknowns];
  if (!outcomes.some((o) => o.role.kind === 'store')) {
    unknowns.push(unknown('not-reported', 'no store in the service: nothing shows where its data is kept'));
  }
  return fromPath(metric, path, outcomes, ground, unknowns, within(metric, path.graph, 'point', metric.target, ground));
}

/** The fastest armed detector that the service's doors, or alarms among its resources, have. */
function detection(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const { terrain } = ground;
  const doors = ground.path(needs, member, 1).entries.flatMap((role) => terrain.serving(role));
  const detectors = [
    ...doors.flatMap((urn) =>
      (meaningOf(terrain.item(urn))?.links ?? [])
        .filter((l) => l.carries === 'health')
        .map((l) =>
          fold(
            l.to,
            (to) => to,
            () => '',
          ),
        ),
    ),
    ...needs.resources.filter((urn) => meaningOf(terrain.item(urn))?.kind === 'detector'),
  ];
  const fits = [...new Set(detectors)].flatMap((urn) => {
    const timing = meaningOf(terrain.item(urn))?.detection;
    if (timing === undefined) return [];
    const node = {
      id: urn,
      label: urn,
      time: timing,
      starts: 'at-onset',
      after: [],
      point: undefined,
      shock: undefined,
    } as const;
    return [{ urn, fit: within(metric, { nodes: [node] }, 'time', metric.target, ground) }];
  });
  const best = fits.find((f) => isYes(f.fit.holds)) ?? fits.find((f) => !isNo(f.fit.holds)) ?? fits[0];
  const holds =
    best === undefined
      ? unknown('not-reported', 'no health check or alarm in the sources watches this service')
      : any(fits.map((f) => f.fit.holds));
  const title = best === undefined ? '' : (terrain.item(best.urn)?.title ?? best.urn);
  const reason = decide(holds, {
    yes: () => `${title} signals in time`,
    no: (f) => `${title}: ${f.detail ?? 'too slow'}`,
    unknown: (u) => u.detail,
  });
  return finish(
    metric,
    member,
    [condition('within', holds, reason, best?.urn), evidence()],
    'service-native',
    best?.fit,
    reason,
    best?.urn,
  );
}

/** Σ over the agreed scopes of (failures a year × downtime each) against (1 − A) of a year; bounds from the predictions' intervals. */
function availability(metric: Metric, needs: ServiceNeeds, members: readonly Member[], ground: Ground): MetricVerdict {
  const rates = Object.entries(ground.failureRates);
  if (rates.length === 0) {
    return undecided(
      metric,
      members,
      unknown('not-reported', 'no failure rates in the catalogue (failureRates:), so nobody can say how often it fails'),
    );
  }
  const allowed = (1 - metric.target / 100) * YEAR;
  let least = 0;
  let most = 0;
  let ignorance: Unknown | undefined;
  for (const [scope, perYear] of rates) {
    for (const member of ground.members(needs, scope as Member['scope'])) {
      const path = ground.path(needs, member, ground.capacityNeeded(metric));
      const { prediction } = judgeRecovery(path.graph, ground.times, {
        ...ground.simulation,
        measures: 'time',
        percentile: 99,
        target: allowed,
      });
      least += perYear * Math.min(prediction.min, YEAR);
      most += perYear * Math.min(prediction.known ? prediction.max : YEAR, YEAR);
      if (!prediction.known) ignorance ??= prediction.why;
    }
  }
  const says = `between ${formatAbout(least)} and ${formatAbout(most)} a year are expected; ${formatDuration(Math.round(allowed))} are allowed`;
  const holds: Truth =
    least > allowed ? no(says) : ignorance !== undefined ? ignorance : most <= allowed ? yes(says) : unknown('assumed', says);
  return finish(
    metric,
    members[0] as Member,
    [condition('within', holds, says, undefined), evidence()],
    undefined,
    undefined,
    says,
    undefined,
  );
}

/** Every store must keep a restorable history at least as long as agreed. */
function retention(metric: Metric, needs: ServiceNeeds, members: readonly Member[], ground: Ground): MetricVerdict {
  const { terrain } = ground;
  const stores = needs.resources.filter((urn) => meaningOf(terrain.item(urn))?.kind === 'store');
  const kept = stores.map((urn) => {
    const title = terrain.item(urn)?.title ?? urn;
    const meaning = meaningOf(terrain.item(urn));
    const histories = [meaning?.retentionDays, meaning?.backupDays].filter((d) => d !== undefined);
    const enough = histories.map((d) =>
      atLeast(
        map(d, (n) => n * 86_400),
        metric.target,
      ),
    );
    const holds = histories.length === 0 ? no(undefined, { resource: urn }) : any(enough);
    const says = `${title} ${histories.length === 0 ? 'keeps no history' : `keeps ${histories.map(daysText).join(' or ')}`}`;
    return { urn, holds, says };
  });
  // A resource that nobody models, or that the sources do not show, may be a store too.
  const { unknowns } = ground.path(needs, members[0] as Member, 1);
  const holds = asFarAsShown(all([...kept.map((k) => k.holds), ...unknowns]), ground);
  const decisive = kept.find((k) => isNo(k.holds)) ?? kept.find((k) => !isYes(k.holds)) ?? (isYes(holds) ? kept[0] : undefined);
  const reason =
    decisive === undefined
      ? (unknowns[0]?.detail ?? 'no store in the service')
      : `${decisive.says}, ${formatDuration(metric.target)} agreed`;
  return finish(
    metric,
    members[0] as Member,
    [condition('within', holds, reason, decisive?.urn), evidence()],
    undefined,
    undefined,
    reason,
    decisive?.urn,
  );
}

const daysText = (days: Known<number>): string =>
  fold(
    days,
    (d) => (Number.isFinite(d) ? formatDuration(d * 86_400) : 'its history without end'),
    (why) => `a history that is not known (${why.detail})`,
  );
