/** What several checks ask: where a resource is, what AWS calls it, and which promises rest on it. */
import type { Call, Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import { factsOf } from '../src/estate/estate.ts';
import type { Metric, MetricType } from '../src/model/agreement.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known, Truth, Unknown } from '../src/model/known.ts';
import { decide, fold, known, together, unknown } from '../src/model/known.ts';
import type { Scope } from '../src/model/scope.ts';
import type { MetricVerdict } from '../src/model/verdict.ts';
import type { Identity, ServiceModule } from '../src/services/service.ts';
import type { Judgement } from '../src/verdicts/judge.ts';
import type { Objection } from '../src/verdicts/levels.ts';
import type { CheckFact, CheckFinding, CheckResult } from './check.ts';

/** One operation as a check names it; the operation is the part of the IAM action after the colon unless they differ. */
export function reading<I, O>(
  client: string,
  action: string,
  more: { readonly operation?: string; readonly pages?: readonly [input: string, output: string]; readonly only?: string } = {},
): Call<I, O> {
  const { operation = action.slice(action.indexOf(':') + 1), pages, only } = more;
  return {
    client,
    operation,
    action,
    grade: 'read',
    pages: pages === undefined ? undefined : { input: pages[0], output: pages[1] },
    only,
  };
}

export function placeOf(item: EstateResource): Known<Place> {
  const { account, region } = item.resource;
  return together({ account, region });
}

/** What AWS calls it: the first of these properties that is set, else its id. */
export function nameOf(item: EstateResource, ...paths: readonly string[]): Known<string> {
  for (const path of paths) {
    const value = valueOr(item.props.computed(path), undefined);
    if (typeof value === 'string' && value !== '') return known(value, item.props.origin(path));
  }
  return item.resource.id === undefined
    ? unknown('not-reported', `nobody says what AWS calls ${item.title}`, { resource: item.resource.urn })
    : known(item.resource.id, { resource: item.resource.urn });
}

export function arnOf(item: EstateResource): Known<string> {
  const { arn } = item.resource.outputs;
  return typeof arn === 'string'
    ? known(arn, { resource: item.resource.urn })
    : unknown('not-reported', `nobody says the ARN of ${item.title}`, { resource: item.resource.urn });
}

export function valueOr<T, U>(k: Known<T>, otherwise: U): T | U {
  return fold<T, T | U>(
    k,
    (value) => value,
    () => otherwise,
  );
}

export const certainly = (t: Truth): boolean => decide(t, { yes: () => true, no: () => false, unknown: () => false });
export const certainlyNot = (t: Truth): boolean => decide(t, { yes: () => false, no: () => true, unknown: () => false });

export function whyNot<T>(k: Known<T>): Unknown | undefined {
  return fold<T, Unknown | undefined>(
    k,
    () => undefined,
    (why) => why,
  );
}

export function allOf<F extends Identity>(
  judgement: Judgement,
  module: ServiceModule<F>,
): readonly { readonly item: EstateResource; readonly facts: F }[] {
  return [...judgement.estate.resources.values()].flatMap((item) => {
    const facts = factsOf(module, item);
    return facts === undefined ? [] : [{ item, facts }];
  });
}

/** Verdicts of the estate that rest on a resource: of the services that own it, that cannot do without those, or that its role serves. */
export class Promises {
  readonly #byUrn = new Map<string, MetricVerdict[]>();
  readonly #judgement: Judgement;

  constructor(judgement: Judgement) {
    this.#judgement = judgement;
    const needs = closures(judgement);
    for (const verdict of judgement.verdicts) {
      if (verdict.verdict === 'not-applicable') continue;
      const urns = new Set(needs.get(verdict.metric.serviceId) ?? []);
      if (verdict.metric.type === 'RTO' || verdict.metric.type === 'RPO')
        for (const outcome of judgement.pathOf(verdict).outcomes) for (const urn of outcome.role.members) urns.add(urn);
      for (const urn of urns) {
        const list = this.#byUrn.get(urn);
        if (list === undefined) this.#byUrn.set(urn, [verdict]);
        else list.push(verdict);
      }
    }
  }

  on(urn: string, types: readonly MetricType[], scopes?: readonly Scope[]): readonly Metric[] {
    return (this.#byUrn.get(urn) ?? [])
      .map((v) => v.metric)
      .filter((m) => types.includes(m.type) && (scopes === undefined || scopes.includes(m.scope)));
  }

  /**
   * As `on`, without the metrics whose recovery path brings the resource back by another mechanism: what this one does says
   * nothing about them.
   */
  by(urn: string, mechanism: string, types: readonly ('RTO' | 'RPO')[], scopes: readonly Scope[]): readonly Metric[] {
    return (this.#byUrn.get(urn) ?? [])
      .filter((v) => (types as readonly string[]).includes(v.metric.type) && scopes.includes(v.metric.scope))
      .filter((v) => {
        const outcome = this.#judgement.pathOf(v).outcomes.find((o) => o.role.members.includes(urn));
        return outcome?.kind !== 'recovered' || outcome.mechanism === undefined || outcome.mechanism === mechanism;
      })
      .map((v) => v.metric);
  }

  /** Metrics whose recovery path goes through the resource by one of these mechanisms. */
  through(urn: string, mechanisms: readonly string[], types: readonly MetricType[]): readonly Metric[] {
    return (this.#byUrn.get(urn) ?? [])
      .filter((v) => types.includes(v.metric.type))
      .filter((v) =>
        this.#judgement
          .pathOf(v)
          .outcomes.some((o) => o.role.members.includes(urn) && o.mechanism !== undefined && mechanisms.includes(o.mechanism)),
      )
      .map((v) => v.metric);
  }

  has(urn: string): boolean {
    return this.#byUrn.has(urn);
  }
}

/** URNs of each service with those of the services that it cannot do without. */
function closures(judgement: Judgement): ReadonlyMap<string, readonly string[]> {
  const services = new Map(judgement.services.map((s) => [s.entry.id, s]));
  const urnsOf = (id: string, seen: Set<string>): readonly string[] => {
    const service = services.get(id);
    if (service === undefined || seen.has(id)) return [];
    seen.add(id);
    const hard = service.entry.dependsOn.filter((d) => d.strength === 'hard' && d.on.kind === 'service');
    return [...service.resources, ...hard.flatMap((d) => urnsOf(d.on.id, seen))];
  };
  return new Map([...services.keys()].map((id) => [id, urnsOf(id, new Set())]));
}

/** Collects what a check has to say; what is said twice counts once. */
export class Report {
  readonly #facts = new Map<string, CheckFact>();
  readonly #findings = new Map<string, CheckFinding>();
  readonly #objections = new Map<string, Objection>();

  fact(
    item: EstateResource,
    what: string,
    value: CheckFact['value'],
    more: { readonly unit?: CheckFact['unit']; readonly at?: string | undefined } = {},
  ): void {
    const { unit = 'none', at } = more;
    const { urn } = item.resource;
    const key = `${urn}\n${what}`;
    if (!this.#facts.has(key)) this.#facts.set(key, { resource: urn, resourceTitle: item.title, what, value, unit, at });
  }

  find(rule: RuleText, item: EstateResource, message: string, property?: string): void {
    this.#add({ rule: rule.id, item, property, message, undecided: undefined });
  }

  /** Nobody can tell whether the rule fires here, and why. */
  doubt(rule: RuleText, item: EstateResource, why: Unknown, property?: string): void {
    this.#add({ rule: rule.id, item, property, message: why.detail, undecided: why });
  }

  /** Fires with the detail of a yes. */
  judge(rule: RuleText, item: EstateResource, fires: Truth, message: string, property?: string): void {
    decide(fires, {
      yes: () => this.find(rule, item, message, property),
      no: () => undefined,
      unknown: (why) => this.doubt(rule, item, why, property),
    });
  }

  object(metrics: readonly Metric[], verdict: Objection['verdict'], reason: string, item: EstateResource | undefined): void {
    for (const metric of metrics)
      this.#objections.set(`${metric.id}\n${verdict}\n${reason}`, {
        metric: metric.id,
        verdict,
        reason,
        decidedBy: item?.resource.urn,
      });
  }

  #add(finding: CheckFinding): void {
    this.#findings.set(`${finding.rule}\n${finding.item.resource.urn}\n${finding.message}`, finding);
  }

  result(): CheckResult {
    return {
      facts: [...this.#facts.values()],
      findings: [...this.#findings.values()],
      objections: [...this.#objections.values()],
    };
  }
}
