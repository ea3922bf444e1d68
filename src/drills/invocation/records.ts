/** What an invocation leaves as evidence: decisions, and for each service how it came back from what really happened. */
import type { DrillKind } from '../../model/drill.ts';
import type { Json } from '../../model/journal.ts';
import type { Scope } from '../../model/scope.ts';
import { canonicalJson, sha256 } from '../../store/canonical.ts';
import type { Judgement } from '../../verdicts/judge.ts';
import { type Observation, seconds } from '../../verdicts/kpi5.ts';
import type { Materials } from '../../verdicts/material.ts';
import { asJson } from '../logbook.ts';
import { DRILL_RECORD_VERSION, type DrillRecord } from '../record.ts';
import type { DrillResult } from '../result.ts';
import type { DecisionMade, InvocationResult, PreparedInvocation } from './contract.ts';

/** What it would be called if somebody had caused it; undefined: no record speaks for the scope. */
const KIND_OF: Readonly<Record<Scope, DrillKind | undefined>> = {
  instance: 'database-failover',
  az: 'az-loss',
  region: 'region-loss',
  data: 'backup-restore',
  account: 'ransomware-recovery',
  'control-plane': 'control-plane-loss',
  software: undefined,
  supplier: 'dependency-loss',
};

/** Body of a record of kind `drill-result` about something that really happened. Its subject is the run and the service. */
export interface InvocationRecord extends DrillRecord {
  /** It was not caused on purpose. */
  readonly actual: {
    readonly plan: string;
    readonly invocation: string;
    readonly declared: DecisionMade | null;
    readonly onsetKnown: boolean;
  };
}

export type Decision = 'invocation-declared' | 'invocation-deactivated';

/** Body of a record of kind `decision`; its subject is `decisionSubject`. */
export function decisionRecord(decision: Decision, plan: PreparedInvocation, made: DecisionMade): Json {
  return asJson({ decision, run: plan.run, plan: plan.plan, services: plan.services, member: plan.member, ...made });
}

export const decisionSubject = (run: string, decision: Decision): string => `${run}#${decision}`;

export interface RecordSettings {
  readonly judgement: Judgement;
  /** Of the sources as they were declared: what each metric rests on. */
  readonly materialOf: (metrics: readonly string[]) => Materials;
  /** Everything that the scope stood for, of a service. */
  readonly membersOf: (service: string) => readonly string[];
  readonly requester: string;
  readonly change: string | undefined;
}

/** One for each service; empty for a scope that no evidence speaks for, and where nothing was declared. */
export function recordsOf(
  plan: PreparedInvocation,
  result: InvocationResult,
  settings: RecordSettings,
): readonly InvocationRecord[] {
  const { scope } = plan.invocation;
  const kind = KIND_OF[scope];
  if (kind === undefined || result.declared === null) return [];
  return plan.services.map((service) => {
    const run = `${result.run}/${service}`;
    const observations = observationsOf(plan, result, settings.judgement, service, run);
    const recovered = result.marks.t5 !== undefined;
    const shown: DrillResult = {
      run,
      kind,
      service,
      scope,
      member: result.member,
      world: result.world,
      status: recovered ? 'recovered' : 'not-recovered',
      reason: result.reason,
      marks: result.marks,
      rto: result.rto,
      rtoDeclared: result.rtoDeclared,
      automatic: result.automatic,
      measured: null,
      availability: null,
      outages: result.outages,
      steady: result.status === 'normal-again',
      left: result.left,
      epochs: result.epochs,
    };
    return {
      version: DRILL_RECORD_VERSION,
      drill: { id: result.plan, title: `Invocation of ${result.plan}`, kind, service, controls: [], participants: [] },
      drillHash: planHash(plan),
      result: shown,
      observations,
      ...settings.materialOf([...new Set(observations.map((o) => o.metric))]),
      members: settings.membersOf(service),
      people: result.automatic ? [] : plan.steps.map((s) => s.actuator.id),
      blind: plan.blind,
      notTaken: plan.notTaken,
      requester: settings.requester,
      approvers: result.declared?.by ?? [],
      change: settings.change ?? plan.invocation.change,
      actual: {
        plan: result.plan,
        invocation: result.run,
        declared: result.declared,
        onsetKnown: result.onsetKnown,
      },
    };
  });
}

/** SHA-256 over the plan as it was carried out: what it says, and every step of it. */
export function planHash({ plan, services, invocation, steps }: PreparedInvocation): string {
  const { place: _, signals, ...said } = invocation;
  const read = signals.map(({ id, rule }) => ({ id, rule }));
  const shown = steps.map(({ actuator }) => ({ id: actuator.id, does: actuator.describe() }));
  return sha256(canonicalJson(asJson({ plan, services, said, read, shown })));
}

/** What really happened, of each promise. What was not seen says nothing. */
export function observationsOf(
  plan: PreparedInvocation,
  result: InvocationResult,
  judgement: Judgement,
  service: string,
  run: string,
): readonly Observation[] {
  const { t0, t1, t2, t5 } = result.marks;
  const between = (from: number | undefined, to: number | undefined, what: string): Says =>
    from === undefined || to === undefined || to < from
      ? [null, `not measured: ${what}`]
      : [(to - from) / 1000, `${what} after ${seconds((to - from) / 1000)}`];
  const sinceOnset = (to: number | undefined, what: string): Says =>
    result.onsetKnown ? between(t0, to, what) : [null, 'nobody can tell when it began'];
  const unseen = plan.probes.length === 0;
  const saidOf = ({ metric }: Judgement['verdicts'][number]): Says => {
    switch (metric.type) {
      case 'RTO':
      case 'MTPD':
        if (unseen) return [null, 'no source shows where users come in'];
        return metric.clock === 'declaration' ? between(t2, t5, 'recovered') : sinceOnset(t5, 'recovered');
      case 'DETECT':
        return sinceOnset(t1, 'detected');
      case 'INVOKE':
        return metric.clock === 'declaration' ? [null, 'the decision is the declaration'] : between(t1, t2, 'decided');
      case 'RECONSTITUTE':
        return sinceOnset(result.normal ?? undefined, 'normal again');
      case 'RPO':
        return [null, 'no canary was written before it happened'];
      default:
        return [null, `no invocation measures ${metric.type}`];
    }
  };
  return judgement.verdicts
    .filter((v) => v.metric.serviceId === service && v.metric.scope === plan.invocation.scope)
    .map((verdict): Observation => {
      const [value, says] = saidOf(verdict);
      return {
        metric: verdict.metric.id,
        member: result.member,
        source: 'actual',
        world: result.world,
        at: t0 ?? 0,
        value,
        automatic: result.automatic,
        run,
        says,
      };
    });
}

type Says = readonly [value: Observation['value'], text: string];
