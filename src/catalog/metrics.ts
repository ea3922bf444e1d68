/** Metrics as written (short forms, scopes, defaults) → one `Metric` for each scope. */
import { METRIC_TYPES, type Metric, type MetricType, unitOf } from '../model/agreement.ts';
import { parseDuration, parsePercent } from '../model/quantity.ts';
import { SCOPES, type Scope } from '../model/scope.ts';
import { spotAt } from './issues.ts';
import { DATA_TYPES } from './references.ts';
import type { CatalogueDocument } from './schema.ts';
import type { Spot } from './yaml.ts';

type AgreementDocument = NonNullable<CatalogueDocument['agreements']>[string];
type MetricsDocument = AgreementDocument['metrics'][string];
type PromiseDocument = NonNullable<MetricsDocument[MetricType]>;
type Written = string | 0;
type TargetDocument = Extract<PromiseDocument, Written | { readonly target: Written }>;

/** Default percentile (docs/model.md, KPI 2: 99; MTPD is a hard stop, judged at 99.9). */
export function defaultPercentile(type: MetricType): number {
  return type === 'MTPD' ? 99.9 : 99;
}

export interface MetricContext {
  readonly agreementId: string;
  readonly serviceId: string;
  /** Scopes for a metric without one, as the catalogue states them for the service's tier. */
  readonly defaultScopes: readonly Scope[];
}

/** All metrics of one service in one agreement, in the order of types and scopes of the model. */
export function expandMetrics(written: MetricsDocument, spot: Spot, context: MetricContext): readonly Metric[] {
  return METRIC_TYPES.flatMap((type) => {
    const promise = written[type];
    if (promise === undefined) return [];
    const here = spotAt(spot, [type]);
    if (isTarget(promise)) {
      const scopes = DATA_TYPES.has(type) ? (['data'] as const) : context.defaultScopes;
      return scopes.map((scope) => metric(type, scope, promise, here, context, true));
    }
    return SCOPES.flatMap((scope) => {
      const target = promise[scope];
      return target === undefined ? [] : [metric(type, scope, target, spotAt(here, [scope]), context, false)];
    });
  });
}

function isTarget(promise: PromiseDocument): promise is TargetDocument {
  return typeof promise !== 'object' || 'target' in promise;
}

function metric(
  type: MetricType,
  scope: Scope,
  target: TargetDocument,
  spot: Spot,
  context: MetricContext,
  scopeDefaulted: boolean,
): Metric {
  const long = typeof target === 'object' ? target : { target };
  const place = typeof target === 'object' ? spotAt(spot, ['target']).place : spot.place;
  return {
    id: `${context.agreementId}/${context.serviceId}/${type}-${scope}`,
    agreementId: context.agreementId,
    serviceId: context.serviceId,
    type,
    scope,
    target: unitOf(type) === 'percent' ? percentOf(String(long.target)) : secondsOf(long.target),
    percentile: long.percentile ?? defaultPercentile(type),
    clock: clockOf(target),
    scopeDefaulted,
    place,
  };
}

function clockOf(target: TargetDocument): Metric['clock'] {
  if (typeof target !== 'object' || !('clock' in target)) return 'onset';
  return target.clock === 'declaration' ? 'declaration' : 'onset';
}

/** A duration that the schema has let through. */
export function secondsOf(written: Written): number {
  return passed(parseDuration(String(written)), written);
}

function percentOf(written: string): number {
  return passed(parsePercent(written), written);
}

/** The schema's patterns admit only what the model's parsers read; a difference is a bug, never a target of NaN. */
function passed(value: number | undefined, written: Written): number {
  if (value === undefined) throw new Error(`the schema let ${JSON.stringify(written)} through`);
  return value;
}
