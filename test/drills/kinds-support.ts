/** Small services in simulated AWS, and one drill of them. */
import { regionsOf } from '../../scripts/commands/places.ts';
import { rehearsal } from '../../scripts/commands/rehearsing.ts';
import { membersIn } from '../../scripts/commands/simulated-world.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { type Held, observationsOf } from '../../src/drills/observe.ts';
import { membersOf } from '../../src/drills/prepare.ts';
import { type DrillSpec, SCOPE_OF } from '../../src/model/drill.ts';
import { known } from '../../src/model/known.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import type { Observation } from '../../src/verdicts/kpi5.ts';
import { type Spec, urnOf } from '../services/support-traffic.ts';
import { DAY, promising, reading } from '../verdicts/estates.ts';
import { PLACE } from './parts.ts';
import { SPEC } from './spec.ts';

/** `account`: where it is not in that of the service. */
export type Placed = Spec & { readonly account?: string };

export interface Asked {
  readonly specs: readonly Placed[];
  readonly metrics: string;
  readonly drill: Partial<DrillSpec> & Pick<DrillSpec, 'kind'>;
  /** Name of the member in the world; by default the first. */
  readonly member?: string;
  readonly services?: string;
  readonly rest?: string;
}

export interface Shown {
  readonly held: Held;
  readonly observations: readonly Observation[];
}

export async function hold({ specs, metrics, drill, member, services, rest }: Asked): Promise<Shown> {
  const catalogue = parseCatalogue(promising(metrics, rest, services), 'holdfast.yaml', {});
  const plain = reading(specs);
  const accounts = new Map(specs.flatMap((s) => (s.account === undefined ? [] : [[urnOf(s.type, s.name), s.account] as const])));
  const source: SourceReading = {
    ...plain,
    resources: plain.resources.map((r) => ({ ...r, account: known(accounts.get(r.urn) ?? PLACE.account) })),
  };
  const made = await rehearsal({ readings: [source], catalogue, today: DAY, seed: 1, place: PLACE });
  const spec: DrillSpec = { ...SPEC, ...drill };
  const members = membersOf(spec, made.judgement).flatMap((m) => membersIn(m, regionsOf([source])));
  const of = member === undefined ? members[0] : members.find((m) => m.name === member);
  if (of === undefined) throw new Error(`no ${member ?? 'member'} among ${members.map((m) => m.name).join(', ')}`);
  const target = { spec, kind: spec.kind, service: spec.service, scope: SCOPE_OF[spec.kind] ?? of.scope, member: of.name, of };
  const held = await made.drill(target);
  if (held === undefined) throw new Error('nothing was held');
  return { held, observations: observationsOf(held, made.judgement) };
}

/** By type of metric. */
export const valuesOf = ({ observations }: Shown): Readonly<Record<string, Observation['value']>> =>
  Object.fromEntries(observations.map((o) => [o.metric.replace(/^.*\/([A-Z_]+)-.*$/, '$1'), o.value]));
