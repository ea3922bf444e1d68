/** What a kind of drill adds to the scene: what it takes away, who brings it back, and when that is done. */
import type { EstateResource } from '../../estate/estate.ts';
import { meaningOf } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import type { Protection } from '../../model/protection.ts';
import { successorsOf } from '../../model/protection.ts';
import type { Scope } from '../../model/scope.ts';
import { byHand, byRules } from '../by-hand/by-hand.ts';
import type { Hand, StepMaker } from '../by-hand/hand.ts';
import type { Actuator, Measured, PreparedDrill, Probe } from '../contract.ts';
import type { Disruption } from '../ports.ts';
import { arnOf } from './places.ts';
import { itemsOf, type Scene } from './scene.ts';

export interface Play {
  /** The scope of what is lost: whether the drill speaks for its metrics is for its kind to say (SCOPE_OF). */
  readonly scope: Scope;
  /** Name of what is lost, as metrics know it. */
  readonly member: string;
  /** What this world must be able to do for it. */
  readonly lost?: readonly Disruption[];
  readonly disrupt: readonly Actuator[];
  readonly recover: readonly Actuator[];
  /** Ids of the steps that a person does. */
  readonly people: readonly string[];
  /** Ways back by hand that it does not take. */
  readonly notTaken: readonly string[];
  /** Further things that it cannot see. */
  readonly blind?: readonly string[];
  readonly preconditions?: PreparedDrill['preconditions'];
  /** Beside those of the scene. */
  readonly probes?: readonly Probe[];
  /** Beside every store holding something of what it held. */
  readonly validated?: () => Promise<boolean>;
  /** Milliseconds. */
  readonly dwell?: number;
  /** In the place of what the canaries of the scene say. `t0`: the onset. */
  readonly measure?: (t0: number) => Promise<Measured['stores']>;
  /** Another controller could not know what this one has seen: it rolls back, whatever the drill says. */
  readonly ends?: boolean;
}

/** A string: why such a drill cannot be held here, in one clause. Nothing is changed and nothing lost before its steps act. */
export type Kind = (scene: Scene) => Promise<Play | string>;

/** What people do, as the drill says or, where it says nothing, as the recovery path leaves to them. */
export function people(scene: Scene, lost: Disruption): Pick<Play, 'recover' | 'people' | 'notTaken'> {
  const { ground, path, canaries, onset, spec } = scene;
  const settings = {
    path,
    estate: ground.judgement.estate,
    session: ground.session,
    clock: ground.clock,
    canaries,
    lost,
    onset,
  };
  const { steps, missing } = spec.recover === undefined ? byHand(settings) : byRules(spec.recover, settings);
  return { recover: steps, people: steps.map((s) => s.id), notTaken: missing };
}

/** A step of the registry as the act of a drill: a failover is asked for, and put back at the end. */
export function asked(
  make: StepMaker,
  item: EstateResource,
  role: Role,
  scene: Scene,
  given: Hand['given'] = {},
  into?: string,
): readonly Actuator[] | string {
  const { ground, canaries, onset } = scene;
  const { estate } = ground.judgement;
  return make({
    session: ground.session,
    clock: ground.clock,
    estate,
    item,
    arn: arnOf(item),
    mates: itemsOf(role, estate),
    serving: (scene.path.outcomes.find((o) => o.role.id === role.id)?.serving ?? [])
      .map((urn) => estate.resources.get(urn))
      .filter((found) => found !== undefined),
    matesOf: (other) =>
      itemsOf(scene.path.outcomes.find((o) => o.role.members.includes(other.resource.urn))?.role ?? role, estate),
    successors: successorsTo(item, scene),
    into,
    canary: canaries.find((c) => c.id === role.id),
    lost: undefined,
    onset,
    given,
  });
}

function successorsTo(item: EstateResource, { ground }: Scene): readonly EstateResource[] {
  return [...successorsOf(meaningOf(item)?.protections ?? [])]
    .filter((urn) => urn !== item.resource.urn)
    .map((urn) => ground.judgement.estate.resources.get(urn))
    .filter((found) => found !== undefined);
}

/** Before the first of them, what is written is written at the onset. */
export function struck(scene: Scene, steps: readonly Actuator[]): readonly Actuator[] {
  const [first, ...others] = steps;
  if (first === undefined) return [];
  return [
    {
      id: first.id,
      describe: () => first.describe(),
      act: async (token, signal) => {
        await scene.strike();
        return first.act(token, signal);
      },
      outcome: (token) => first.outcome(token),
      compensate: (token) => first.compensate(token),
      left: (token) => first.left(token),
    },
    ...others,
  ];
}

/** The role that a drill of one part is about; its id is the member's name. */
export function roleOf({ path, member }: Scene): Role | undefined {
  return path.outcomes.find((o) => o.role.id === member.name)?.role;
}

/** Members of a role with one of these mechanisms, and the protection that names it. */
export function protectedBy(
  role: Role,
  mechanisms: ReadonlySet<string>,
  { ground }: Pick<Scene, 'ground'>,
): readonly { readonly item: EstateResource; readonly protection: Protection }[] {
  return itemsOf(role, ground.judgement.estate).flatMap((item) =>
    (meaningOf(item)?.protections ?? [])
      .filter((p) => mechanisms.has(p.mechanism))
      .slice(0, 1)
      .map((protection) => ({ item, protection })),
  );
}
