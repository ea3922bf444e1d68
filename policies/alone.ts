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
import type { RuleContext } from '../src/rules/rule.ts';
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
  const asked = new Asked();
  const watched = watchedContext(base, urn, asked);
  const fires = new Map<string, readonly Finding[]>();
  const doubted = new Set<string>();
  for (const { rule, check } of concerning(item)) {
    asked.others = false;
    // An estate of its own for each: what rules keep by estate must not hide what they ask.
    const found = findingsAt(rule, check, item, { ...watched, estate: new WatchedEstate(estate, asked) }, estate);
    if (asked.others || found.length > 0) doubted.add(rule.id);
    if (asked.others) continue;
    const certain = found.filter((f) => f.undecided === undefined);
    if (certain.length > 0) fires.set(rule.id, [...(fires.get(rule.id) ?? []), ...certain]);
  }
  return { item, context: base, fires, doubted };
}

export const estateAlone = (reading: SourceReading): Estate => buildEstate([reading], SERVICES);

/** An answer that asks for roles is not counted, so nobody needs to find them. */
const NO_ROLES: Roles = { all: [], of: () => undefined };

const concerning = checksOf(RULES);

/** Whether a rule has asked about anything but the resource. */
class Asked {
  others = false;

  about<T>(answer: T): T {
    this.others = true;
    return answer;
  }
}

const watchedContext = (base: RuleContext, urn: string, asked: Asked): RuleContext => ({
  ...base,
  role: (of) => asked.about(base.role(of)),
  isStandby: (of) => asked.about(base.isStandby(of)),
  facts: (module, of) => (of === urn ? base.facts(module, of) : asked.about(base.facts(module, of))),
  allFacts: (module) => asked.about(base.allFacts(module)),
});

/** A class, since an object with getters of its own for each rule and resource takes V8 several times as long. */
class WatchedEstate implements Estate {
  readonly partial: Estate['partial'];
  readonly incomplete: Estate['incomplete'];
  readonly notModelled: Estate['notModelled'];
  readonly readings: Estate['readings'];
  readonly #estate: Estate;
  readonly #asked: Asked;

  constructor(estate: Estate, asked: Asked) {
    this.partial = estate.partial;
    this.incomplete = estate.incomplete;
    this.notModelled = estate.notModelled;
    this.readings = estate.readings;
    this.#estate = estate;
    this.#asked = asked;
  }

  get resources(): Estate['resources'] {
    return this.#asked.about(this.#estate.resources);
  }

  get view(): Estate['view'] {
    return this.#asked.about(this.#estate.view);
  }
}
