/** An agreement in Resilience Hub's words: its kinds of disruption, its policies, its names; and where both say something else. */
import type { DisruptionCompliance, DisruptionType, FailurePolicy } from '@aws-sdk/client-resiliencehub';
import type { Metric } from '../src/model/agreement.ts';
import type { Scope } from '../src/model/scope.ts';
import type { MetricVerdict } from '../src/model/verdict.ts';

export const DISRUPTIONS = ['Software', 'Hardware', 'AZ', 'Region'] as const satisfies readonly DisruptionType[];

/** What Resilience Hub means by them (user guide, "Resiliency policies"): Software includes lost and corrupt data. */
const SCOPES: Readonly<Record<DisruptionType, readonly Scope[]>> = {
  Software: ['software', 'data'],
  Hardware: ['instance'],
  AZ: ['az'],
  Region: ['region'],
};

/** Seconds. A policy must say something of every disruption but Region; thirty days stand for "nothing was agreed". */
export const NOTHING_AGREED = 30 * 86_400;
/** Resilience Hub's figure for what nothing recovers: a second more. */
export const UNRECOVERABLE = NOTHING_AGREED + 1;

export interface Wanted {
  readonly policy: Partial<Record<DisruptionType, FailurePolicy>>;
  /** The strictest metric of each. */
  readonly metrics: Readonly<Record<DisruptionType, { readonly RTO: Metric | undefined; readonly RPO: Metric | undefined }>>;
}

/** Undefined: nothing was agreed that a policy could say. */
export function wantedOf(metrics: readonly Metric[]): Wanted | undefined {
  const strictest = (type: 'RTO' | 'RPO', disruption: DisruptionType): Metric | undefined =>
    metrics
      .filter((m) => m.type === type && SCOPES[disruption].includes(m.scope))
      .reduce<Metric | undefined>((least, m) => (least === undefined || m.target < least.target ? m : least), undefined);
  const of = (disruption: DisruptionType): Wanted['metrics'][DisruptionType] => ({
    RTO: strictest('RTO', disruption),
    RPO: strictest('RPO', disruption),
  });
  const wanted: Wanted['metrics'] = { Software: of('Software'), Hardware: of('Hardware'), AZ: of('AZ'), Region: of('Region') };
  const agreed = DISRUPTIONS.filter((d) => wanted[d].RTO !== undefined || wanted[d].RPO !== undefined);
  if (agreed.length === 0) return undefined;
  const seconds = (metric: Metric | undefined): number => Math.min(NOTHING_AGREED, Math.floor(metric?.target ?? NOTHING_AGREED));
  const policy: Wanted['policy'] = {};
  for (const disruption of DISRUPTIONS)
    if (disruption !== 'Region' || agreed.includes(disruption))
      policy[disruption] = { rtoInSecs: seconds(wanted[disruption].RTO), rpoInSecs: seconds(wanted[disruption].RPO) };
  return { policy, metrics: wanted };
}

/** Letters, digits, `-` and `_`, two to sixty of them (API reference, EntityName). */
export const entityName = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 60)
    .padEnd(2, '0');

/** The name by which an app refers to each resource; the same ARNs give the same names. */
export function resourceNames(arns: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const arn of [...new Set(arns)].sort()) {
    const [, , service = '', region = '', , ...rest] = arn.split(':');
    const base = entityName(`${service}-${rest.join('-').split('/').at(-1) ?? ''}-${region}`);
    let name = base;
    for (let i = 2; names.has(name); i++) name = `${base.slice(0, 60 - String(i).length - 1)}-${i}`;
    names.set(name, arn);
  }
  return names;
}

export interface Disagreement {
  readonly disruption: DisruptionType;
  /** `stricter`: Resilience Hub finds broken what Holdfast finds met. */
  readonly kind: 'stricter' | 'milder';
  readonly verdict: MetricVerdict;
  /** Resilience Hub's estimate in seconds; undefined: it gives none. */
  readonly estimate: number | undefined;
}

/** Where both judge the same promise and come to opposite ends. What either does not know is no disagreement. */
export function disagreements(
  wanted: Wanted,
  compliance: Partial<Record<DisruptionType, DisruptionCompliance>>,
  verdicts: ReadonlyMap<string, MetricVerdict>,
): readonly Disagreement[] {
  return DISRUPTIONS.flatMap((disruption) =>
    (['RTO', 'RPO'] as const).flatMap((type): readonly Disagreement[] => {
      const metric = wanted.metrics[disruption][type];
      const verdict = metric === undefined ? undefined : verdicts.get(metric.id);
      const found = compliance[disruption];
      const estimate = type === 'RTO' ? found?.currentRtoInSecs : found?.currentRpoInSecs;
      if (metric === undefined || verdict === undefined || estimate === undefined) return [];
      const isBroken = estimate > Math.floor(metric.target);
      if (isBroken && verdict.verdict === 'met') return [{ disruption, kind: 'stricter', verdict, estimate }];
      if (!isBroken && verdict.verdict === 'not-met') return [{ disruption, kind: 'milder', verdict, estimate }];
      return [];
    }),
  );
}
