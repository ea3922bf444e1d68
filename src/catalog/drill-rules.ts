/** Checks of drills that their shape cannot tell: names that must exist, and what each kind needs or has no use for. */
import { DRILL_KINDS, type DrillKind, SCOPE_OF } from '../model/drill.ts';
import { keyPlace } from './issues.ts';
import { oneLine, type Problem, quote, suggest } from './problem.ts';
import { child, childrenOf, missing, type Written } from './written.ts';

/** What the catalogue has, for drills to name. */
export interface DrillNames {
  readonly services: ReadonlySet<string>;
  /** Services and suppliers by the service that depends on them. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** `<agreement>/<service>/<type>-<scope>`. */
  readonly metrics: ReadonlySet<string>;
  /** Drills that are defined elsewhere. */
  readonly drills?: ReadonlySet<string>;
}

/** How a member is written, by what is lost. Kinds that are not named lose resources, picked by a glob over URNs. */
const REGION = { shape: /^[a-z]{2}(?:-[a-z]+)+-\d$/, what: 'a Region such as eu-west-1' };
const MEMBERS: Readonly<Partial<Record<DrillKind, { readonly shape: RegExp; readonly what: string }>>> = {
  'az-loss': {
    // Names (us-east-1a, us-west-2-lax-1a), ids (use1-az1) and the stand-ins of zones that code does not name.
    shape: /^(?:[a-z]{2}(?:-[a-z]+)+-\d(?:-[a-z]+-\d)?[a-z]|[a-z]{2,}\d(?:-[a-z]+\d)?-az\d+|az:[a-z\d-]+:[\d?]+)$/,
    what: 'an Availability Zone such as eu-west-1a',
  },
  'region-evacuation': REGION,
  'region-loss': REGION,
  'control-plane-loss': REGION,
  'ransomware-recovery': { shape: /^\d{12}$/, what: 'an account of twelve digits, in quotes' },
};

/** Keys that only some kinds have a use for. */
const ONLY: readonly { readonly key: string; readonly kinds: readonly DrillKind[]; readonly what: string }[] = [
  { key: 'points', kinds: ['backup-restore', 'ransomware-recovery'], what: 'recovery points in a drill that restores' },
  ...(['member', 'recover', 'probes', 'stops'] as const).map((key) => ({
    key,
    kinds: DRILL_KINDS.filter((k) => k !== 'table-top'),
    what: `no ${key} in a table-top, which takes nothing away`,
  })),
];

export function drillProblems(drills: readonly Written[], names: DrillNames): readonly Problem[] {
  const seen = new Set<unknown>(names.drills);
  return drills.flatMap((drill) => {
    const id = childrenOf(drill, 'id')[0];
    const again = id !== undefined && typeof id.value === 'string' && seen.has(id.value);
    seen.add(id?.value);
    return [
      ...(again
        ? [
            {
              place: id.spot.place,
              expected: 'another id for each drill',
              found: `${quote(id.value)} again`,
              advice: 'rename one of them',
            },
          ]
        : []),
      ...childrenOf(drill, 'service').flatMap((w) =>
        typeof w.value === 'string' ? missing('services', w.value, names.services, w.spot.place) : [],
      ),
      ...ofKind(drill, names),
    ];
  });
}

function ofKind(drill: Written, names: DrillNames): readonly Problem[] {
  const written = child(drill, 'kind');
  const kind = DRILL_KINDS.find((k) => k === written);
  if (kind === undefined) return [];
  const unused = ONLY.filter((only) => !only.kinds.includes(kind)).flatMap(({ key, what }) =>
    childrenOf(drill, key).map(({ spot }) => ({
      place: keyPlace(spot),
      expected: what,
      found: `${key} of ${kind}`,
      advice: `remove ${key}`,
    })),
  );
  return [
    ...unused,
    ...memberProblems(kind, drill, names),
    ...metricProblems(kind, drill, names),
    ...peopleProblems(kind, drill),
  ];
}

function memberProblems(kind: DrillKind, drill: Written, names: DrillNames): readonly Problem[] {
  const [member] = childrenOf(drill, 'member');
  if (kind === 'dependency-loss') return dependencyProblems(member, drill, names);
  const rule = MEMBERS[kind];
  if (member === undefined || rule === undefined || typeof member.value !== 'string' || rule.shape.test(member.value)) return [];
  return [
    {
      place: member.spot.place,
      expected: rule.what,
      found: quote(member.value),
      advice: 'name it, or leave member out to take each away in turn',
    },
  ];
}

function dependencyProblems(member: Written | undefined, drill: Written, names: DrillNames): readonly Problem[] {
  const service = child(drill, 'service');
  if (typeof service !== 'string' || !names.services.has(service)) return [];
  const all = [...(names.dependencies.get(service) ?? [])];
  const expected = `what ${oneLine(service)} depends on`;
  if (member === undefined) {
    if (all.length > 0) return [];
    const advice = 'name what it depends on under dependsOn';
    return [{ place: drill.spot.place, expected, found: 'nothing in this catalogue', advice }];
  }
  if (typeof member.value !== 'string' || all.includes(member.value)) return [];
  const advice = suggest(member.value, all, all.length === 0 ? 'name it under dependsOn' : `use ${shown(all)}`);
  return [{ place: member.spot.place, expected, found: quote(member.value), advice }];
}

function metricProblems(kind: DrillKind, drill: Written, names: DrillNames): readonly Problem[] {
  const service = child(drill, 'service');
  const listed = childrenOf(drill, 'hypothesis')
    .flatMap((h) => childrenOf(h, 'metrics'))
    .flatMap((list) => childrenOf(list, '*'));
  if (listed.length === 0) return [];
  const scope = SCOPE_OF[kind];
  const fitting = [...names.metrics].filter((id) => serviceOf(id) === service && scopeOf(id) === scope);
  return listed.flatMap(({ value, spot }) => {
    if (typeof value !== 'string' || fitting.includes(value)) return [];
    if (scope === undefined) {
      const expected = `no metrics: ${kind} shows a part of recovery, and speaks for no promise`;
      return [{ place: spot.place, expected, found: quote(value), advice: 'remove it' }];
    }
    return [
      {
        place: spot.place,
        expected: `a metric of the service with the scope ${scope}, which is what ${kind} shows`,
        found: quote(value),
        advice: suggest(value, fitting, fitting.length === 0 ? 'leave metrics out' : `use ${shown(fitting)}`),
      },
    ];
  });
}

function serviceOf(metric: string): string | undefined {
  return metric.split('/')[1];
}

function scopeOf(metric: string): string | undefined {
  const [, , tail] = metric.split('/');
  return tail?.slice(tail.indexOf('-') + 1);
}

/** A table-top is an exercise of people: without them it is nothing (ISO 22301, 8.5). */
function peopleProblems(kind: DrillKind, drill: Written): readonly Problem[] {
  if (kind !== 'table-top') return [];
  const [people] = childrenOf(drill, 'participants');
  if (people !== undefined && !(Array.isArray(people.value) && people.value.length === 0)) return [];
  const place = people === undefined ? drill.spot.place : people.spot.place;
  const advice = 'add participants, by role';
  return [
    { place, expected: 'the participants of a table-top', found: people === undefined ? 'none' : quote(people.value), advice },
  ];
}

function shown(names: readonly string[]): string {
  const some = names.slice(0, 4).map(oneLine).join(', ');
  return names.length > 4 ? `${some}, …` : some;
}
