/**
 * What is certain of one resource before anything else of its stack is known. It is judged in an estate of which nothing but it has
 * been seen, so that whatever rests on the absence of others is unknown (law 1); an answer that asked about others all the same is
 * not counted. What is left holds whatever else the stack turns out to have.
 */
import type { Estate, EstateResource } from '../src/estate/estate.ts';
import { buildEstate } from '../src/estate/estate.ts';
import type { Roles } from '../src/estate/roles.ts';
import type { Finding } from '../src/model/finding.ts';
import type { SourceReading } from '../src/model/resource.ts';
import { Terrain } from '../src/recovery/standing.ts';
import { RULES } from '../src/rules/registry.ts';
import type { Check, Rule, RuleContext } from '../src/rules/rule.ts';
import { SERVICES } from '../src/services/registry.ts';
import type { MetricsOf } from '../src/verdicts/findings.ts';
import { checksOf, findingsAt, ruleContext } from '../src/verdicts/findings.ts';

export interface Alone {
  readonly item: EstateResource;
  /** What rules are told of it. */
  readonly context: RuleContext;
  /** By rule: where it certainly fires. */
  readonly fires: ReadonlyMap<string, readonly Finding[]>;
  /** Rules that fire, or that nobody can tell of yet: all but those that certainly have nothing to say. */
  readonly doubted: ReadonlySet<string>;
}

/** `metricsOf`: metrics in force of the services that own the resource; undefined: no catalogue was given. */
export function judgeAlone(estate: Estate, urn: string, metricsOf: MetricsOf | undefined): Alone | undefined {
  const item = estate.resources.get(urn);
  if (item === undefined) return undefined;
  const base = ruleContext(new Terrain(estate, NO_ROLES, () => 0), metricsOf ?? (() => []), metricsOf !== undefined);
  const fires = new Map<string, readonly Finding[]>();
  const doubted = new Set<string>();
  for (const { rule, check } of concerning(item)) {
    const { certain, doubt } = askAlone(rule, check, item, base);
    if (doubt) doubted.add(rule.id);
    if (certain.length > 0) fires.set(rule.id, [...(fires.get(rule.id) ?? []), ...certain]);
  }
  return { item, context: base, fires, doubted };
}

export const estateAlone = (reading: SourceReading): Estate => buildEstate([reading], SERVICES);

/** An answer that asks for roles is not counted, so nobody needs to find them. */
const NO_ROLES: Roles = { all: [], of: () => undefined };

const concerning = checksOf(RULES);

interface Answer {
  /** Findings that nobody can take back. */
  readonly certain: readonly Finding[];
  /** False: it certainly finds nothing. */
  readonly doubt: boolean;
}

/** The estate that is shown is an object of its own: what rules keep by estate must not hide what they ask. */
function askAlone(rule: Rule, check: Check, item: EstateResource, base: RuleContext): Answer {
  let asked = false;
  const ask = <T>(answer: T): T => {
    asked = true;
    return answer;
  };
  const { estate } = base;
  const context: RuleContext = {
    ...base,
    estate: {
      ...estate,
      get resources() {
        return ask(estate.resources);
      },
      get view() {
        return ask(estate.view);
      },
    },
    role: (urn) => ask(base.role(urn)),
    isStandby: (urn) => ask(base.isStandby(urn)),
    facts: (module, urn) => (urn === item.resource.urn ? base.facts(module, urn) : ask(base.facts(module, urn))),
    allFacts: (module) => ask(base.allFacts(module)),
  };
  const found = findingsAt(rule, check, item, context, estate);
  return { certain: asked ? [] : found.filter((f) => f.undecided === undefined), doubt: asked || found.length > 0 };
}
