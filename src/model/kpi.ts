/** A share over n applicable metrics, never shown without its bounds (law 1). */
export interface Share {
  readonly n: number;
  readonly met: number;
  readonly notMet: number;
  /** Unknown and expired. */
  readonly unknown: number;
  /** Percent: met/n. Headline and gates use it. 0 when n is 0. */
  readonly lower: number;
  /** Percent: met/(met + not-met); undefined when nothing was decided. */
  readonly point: number | undefined;
  /** Percent: (met + unknown)/n; 0 when n is 0. */
  readonly upper: number;
}

export function share(met: number, notMet: number, unknown: number): Share {
  const n = met + notMet + unknown;
  const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);
  return {
    n,
    met,
    notMet,
    unknown,
    lower: percent(met, n),
    point: met + notMet === 0 ? undefined : percent(met, met + notMet),
    upper: percent(met + unknown, n),
  };
}

/** Number of agreed SLAs and OLAs with at least one valid continuity metric (docs/model.md, KPI 1). */
export interface Kpi1 {
  readonly sla: number;
  readonly ola: number;
  readonly agreed: number;
  /** Agreements in the catalogue that are not in force: drafts, ended, not begun. */
  readonly notInForce: number;
  /** Metrics whose underpinning targets cannot carry them. */
  readonly unsupported: number;
}

/** Share of metrics maintained through automatic failover (docs/model.md, KPI 2). */
export interface Kpi2 {
  readonly all: Share;
  readonly withoutDataScope: Share;
  /** The same test when a person may act. */
  readonly feasibleWithPerson: Share;
  readonly notApplicable: number;
}

/** Share of production services covered by agreements with continuity metrics (docs/model.md, KPI 3). Percent. */
export interface Kpi3 {
  readonly services: number;
  readonly any: number;
  readonly minimum: number;
  /** Minimum set, plus RETENTION, plus MBCO where the Region scope is mandatory. The grade has no formula in the sources: this is ours. */
  readonly complete: number;
  /** Stateful resources mapped to no service, and all stateful resources. */
  readonly orphans: number;
  readonly stateful: number;
  /** More than 5 % of stateful resources belong to no service. */
  readonly denominatorDoubtful: boolean;
}

export interface Kpis {
  readonly kpi1: Kpi1;
  readonly kpi2: Kpi2;
  readonly kpi3: Kpi3;
}
