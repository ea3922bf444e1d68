/**
 * Checks between the parts of a catalogue: names that must exist, circles, periods, metrics without a scope.
 * They read the values as written, so that they also see the parts whose shape is wrong somewhere else.
 */
import { METRIC_TYPES, type Place } from '../model/agreement.ts';
import { groupBy } from '../model/collections.ts';
import { SCOPES, type Scope } from '../model/scope.ts';
import { drillProblems } from './drill-rules.ts';
import { invocationProblems } from './invocation-rules.ts';
import { keyPlace } from './issues.ts';
import { oneLine, type Problem, quote, suggest } from './problem.ts';
import { child, childrenOf, missing, type Written, writtenAt } from './written.ts';
import type { Spot } from './yaml.ts';

/** Names that other parts of Holdfast define. A set left out is not checked. */
export interface Vocabulary {
  /** Rule names that a waiver may name. */
  readonly rules?: ReadonlySet<string>;
  /** Rows of the service-time table that `times` may replace. */
  readonly timeRows?: ReadonlySet<string>;
}

/** All problems between the parts of the document. */
export function crossCheck(value: unknown, spot: Spot, vocabulary: Vocabulary): readonly Problem[] {
  const root: Written = { value, spot, keys: [] };
  return [
    ...unknownNames(root),
    ...unknownTerms(root, vocabulary),
    ...serviceCircles(root),
    ...agreementCircles(root),
    ...periods(root),
    ...repeatedPlans(root),
    ...writtenAt(root, ['plans', '*', 'invocation']).flatMap(invocationProblems),
    ...scopeless(root),
    ...drillProblems(writtenAt(root, ['drills', '*']), {
      services: namesIn(root, 'services'),
      dependencies: dependencies(root),
      metrics: metricIds(root),
    }),
  ];
}

/** Where one entry names another, by the section it must be in. */
const REFERENCES = [
  { section: 'services', at: ['services', '*', 'dependsOn', '*', 'service'] },
  { section: 'suppliers', at: ['services', '*', 'dependsOn', '*', 'supplier'] },
  { section: 'agreements', at: ['agreements', '*', 'underpinnedBy', '*'] },
  { section: 'services', at: ['roles', '*', 'service'] },
  { section: 'services', at: ['plans', '*', 'services', '*'] },
] as const;

function namesIn(root: Written, section: string): ReadonlySet<string> {
  return new Set(writtenAt(root, [section, '*']).map((w) => w.keys.at(-1) ?? ''));
}

function unknownNames(root: Written): readonly Problem[] {
  const values = REFERENCES.flatMap(({ section, at }) => {
    const names = namesIn(root, section);
    return writtenAt(root, at).flatMap((w) =>
      typeof w.value === 'string' ? missing(section, w.value, names, w.spot.place) : [],
    );
  });
  const services = namesIn(root, 'services');
  const keys = writtenAt(root, ['agreements', '*', 'metrics', '*']).flatMap((w) =>
    missing('services', w.keys.at(-1) ?? '', services, keyPlace(w.spot)),
  );
  return [...values, ...keys];
}

function unknownTerms(root: Written, vocabulary: Vocabulary): readonly Problem[] {
  const term = (kind: string, name: unknown, terms: ReadonlySet<string> | undefined, place: Place): readonly Problem[] => {
    if (terms === undefined || typeof name !== 'string' || terms.has(name)) return [];
    return [
      {
        place,
        expected: `the name of a ${kind}`,
        found: quote(name),
        advice: suggest(name, [...terms], 'see the reference for the list'),
      },
    ];
  };
  return [
    ...writtenAt(root, ['waivers', '*', 'rule']).flatMap((w) => term('rule', w.value, vocabulary.rules, w.spot.place)),
    ...writtenAt(root, ['times', '*']).flatMap((w) => term('service-time row', w.keys[1], vocabulary.timeRows, keyPlace(w.spot))),
  ];
}

interface Arc {
  readonly to: string;
  readonly place: Place;
}

/** Circles of hard dependencies between services: none of them could recover first. Soft ones may form a circle. */
function serviceCircles(root: Written): readonly Problem[] {
  const arcs = writtenAt(root, ['services', '*', 'dependsOn', '*']).filter((d) => child(d, 'strength') !== 'soft');
  const nodes = arcsByName(arcs.flatMap((d) => childrenOf(d, 'service')));
  return circles(nodes, 'hard dependencies without a circle', 'make one of them soft, or remove it');
}

function agreementCircles(root: Written): readonly Problem[] {
  const nodes = arcsByName(writtenAt(root, ['agreements', '*', 'underpinnedBy', '*']));
  return circles(nodes, 'underpinning agreements without a circle', 'remove one of them');
}

/** Arcs from the entry that holds the reference (second key of the path) to the one it names. */
function arcsByName(references: readonly Written[]): ReadonlyMap<string, readonly Arc[]> {
  const nodes = new Map<string, Arc[]>();
  for (const { value, spot, keys } of references) {
    if (typeof value !== 'string') continue;
    const from = keys[1] ?? '';
    const arcs = nodes.get(from) ?? [];
    arcs.push({ to: value, place: spot.place });
    nodes.set(from, arcs);
  }
  return nodes;
}

/** One problem for each arc that closes a circle, at that arc. Iterative: a chain may be as long as the file. */
function circles(nodes: ReadonlyMap<string, readonly Arc[]>, expected: string, advice: string): readonly Problem[] {
  const problems: Problem[] = [];
  const done = new Set<string>();
  for (const root of nodes.keys()) {
    if (done.has(root)) continue;
    const path: { readonly node: string; next: number }[] = [{ node: root, next: 0 }];
    const onPath = new Map([[root, 0]]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const arc = nodes.get(top.node)?.[top.next];
      top.next += 1;
      if (arc === undefined) {
        done.add(top.node);
        onPath.delete(top.node);
        path.pop();
        continue;
      }
      const start = onPath.get(arc.to);
      if (start !== undefined) {
        problems.push({
          place: arc.place,
          expected,
          found: circleText(
            path.slice(start, start + 9).map((p) => p.node),
            arc.to,
          ),
          advice,
        });
      } else if (!done.has(arc.to) && nodes.has(arc.to)) {
        onPath.set(arc.to, path.length);
        path.push({ node: arc.to, next: 0 });
      }
    }
  }
  return problems;
}

function circleText(path: readonly string[], back: string): string {
  const shown = path.length > 8 ? [...path.slice(0, 8), '…', back] : [...path, back];
  return shown.map((name) => oneLine(name).slice(0, 63)).join(' → ');
}

function periods(root: Written): readonly Problem[] {
  return writtenAt(root, ['agreements', '*']).flatMap((agreement) => {
    const from = child(agreement, 'from');
    return childrenOf(agreement, 'to').flatMap(({ value: to, spot }) => {
      if (!isDayLike(from) || !isDayLike(to) || to >= from) return [];
      return [{ place: spot.place, expected: `a last day on or after ${from}`, found: quote(to), advice: 'mend from or to' }];
    });
  });
}

/** Plans are a list, so that nothing else keeps two from having one name. */
function repeatedPlans(root: Written): readonly Problem[] {
  const seen = new Set<unknown>();
  return writtenAt(root, ['plans', '*', 'id']).flatMap(({ value, spot }) => {
    const repeated = seen.has(value);
    seen.add(value);
    return repeated && typeof value === 'string'
      ? [
          {
            place: spot.place,
            expected: 'another id for each plan',
            found: `${quote(value)} again`,
            advice: 'rename one of them',
          },
        ]
      : [];
  });
}

function isDayLike(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
}

/** Types that mean the scope `data` when none is written: history is kept against corruption and deletion. */
export const DATA_TYPES: ReadonlySet<string> = new Set(['RETENTION', 'RESTORE_GRANULARITY']);

/** A metric without a scope is several metrics or none: which, only the catalogue can say (docs/model.md, Vocabulary). */
function scopeless(root: Written): readonly Problem[] {
  const tiers = new Map(writtenAt(root, ['services', '*', 'tier']).map((w) => [w.keys[1], JSON.stringify(w.value)]));
  const stated = new Set(writtenAt(root, ['defaults', 'scopes', '*']).map((w) => w.keys[2]));
  return METRIC_TYPES.filter((type) => !DATA_TYPES.has(type)).flatMap((type) =>
    writtenAt(root, ['agreements', '*', 'metrics', '*', type]).flatMap((w) => {
      const tier = tiers.get(w.keys[3]);
      const scoped = typeof w.value === 'object' && child(w, 'target') === undefined;
      if (scoped || tier === undefined || stated.has(tier)) return [];
      return [
        {
          place: w.spot.place,
          expected: `the scope of ${type}`,
          found: `none, and no default for tier ${tier}`,
          advice: `write ${type}: { region: … }, or state defaults: { scopes: { ${tier}: [ … ] } }`,
        },
      ];
    }),
  );
}

/** Services and suppliers that each service names under `dependsOn`. */
function dependencies(root: Written): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { value, keys } of writtenAt(root, ['services', '*', 'dependsOn', '*', '*'])) {
    const service = keys[1] ?? '';
    const names = found.get(service) ?? new Set();
    found.set(service, names);
    if (typeof value === 'string' && keys.at(-1) !== 'strength') names.add(value);
  }
  return found;
}

/** Ids that the metrics of this catalogue have or will have, `expandMetrics` being for what is right in every part. */
function metricIds(root: Written): ReadonlySet<string> {
  const tiers = new Map(writtenAt(root, ['services', '*', 'tier']).map((w) => [w.keys[1], JSON.stringify(w.value)]));
  const stated = groupBy(writtenAt(root, ['defaults', 'scopes', '*', '*']), (w) => w.keys[2]);
  const ids = METRIC_TYPES.flatMap((type) =>
    writtenAt(root, ['agreements', '*', 'metrics', '*', type]).flatMap((w) => {
      const [, agreement, , service] = w.keys;
      const defaults = (stated.get(tiers.get(service)) ?? []).map(({ value }) => value);
      const scopes = scopesWritten(w, DATA_TYPES.has(type) ? ['data'] : defaults);
      return scopes.map((scope) => `${agreement}/${service}/${type}-${scope}`);
    }),
  );
  return new Set(ids);
}

function scopesWritten(promise: Written, defaults: readonly unknown[]): readonly Scope[] {
  const scoped = typeof promise.value === 'object' && child(promise, 'target') === undefined;
  return SCOPES.filter((scope) => (scoped ? child(promise, scope) !== undefined : defaults.includes(scope)));
}
