/** Traffic moved on purpose: the signal that a record follows is turned, and turned back at the end. */
import { type EstateResource, meaningOf } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import { fold } from '../../model/known.ts';
import type { RecordFacts } from '../../services/route53-record.ts';
import { invertHealthCheck } from '../by-hand/route53.ts';
import { switchRoutingControl } from '../by-hand/routing-control.ts';
import type { Actuator } from '../contract.ts';
import { answersOf, dnsProbe, type Said } from '../probes.ts';
import { arnOf } from './places.ts';
import { asked, type Kind, roleOf, struck } from './play.ts';
import { itemsOf, type Scene } from './scene.ts';

const RECORD = 'aws:route53/record:Record';
const HEALTH_CHECK = 'aws:route53/healthCheck:HealthCheck';

/** A branch of a record set that a signal of its own leads traffic away from. */
interface Branch {
  readonly record: EstateResource;
  readonly signal: EstateResource;
  readonly isPrimary: boolean;
}

function branchesOf(role: Role, { ground }: Scene): readonly Branch[] {
  const { estate } = ground.judgement;
  return itemsOf(role, estate)
    .filter((item) => item.resource.type === RECORD && item.standing.kind === 'modelled')
    .flatMap((record) => {
      const signals = (meaningOf(record)?.links ?? [])
        .filter((l) => l.carries === 'health')
        .map((l) =>
          fold(
            l.to,
            (to) => estate.resources.get(to),
            () => undefined,
          ),
        )
        .filter((item) => item?.resource.type === HEALTH_CHECK)
        .filter((item) => item !== undefined);
      const [signal] = signals;
      return signal === undefined ? [] : [{ record, signal, isPrimary: isPrimary(record) }];
    });
}

function isPrimary({ standing }: EstateResource): boolean {
  if (standing.kind !== 'modelled') return false;
  // Facts of a record were made by the record's own module.
  const { own } = standing.facts as RecordFacts;
  return fold(
    own.role,
    (role) => role === 'PRIMARY',
    () => false,
  );
}

/** The Region that a branch leads to; undefined: not known, or none. */
export function regionOfBranch({ standing }: EstateResource): string | undefined {
  if (standing.kind !== 'modelled') return undefined;
  const { own } = standing.facts as RecordFacts;
  return fold(
    own.region,
    (region) => region,
    () => undefined,
  );
}

/** Turns away the branches that are wanted. Empty: no signal stands behind any of them. */
export function turnedAway(role: Role, scene: Scene, wanted: (branch: EstateResource) => boolean): readonly Actuator[] {
  return branchesOf(role, scene)
    .filter((b) => wanted(b.record))
    .flatMap((b) => {
      const steps = turned(b, role, scene);
      return typeof steps === 'string' ? [] : steps;
    });
}

/** A routing control is switched, any other signal counts for its opposite. */
function turned({ record, signal }: Branch, role: Role, scene: Scene): readonly Actuator[] | string {
  const { routingControlArn, id } = signal.resource.outputs;
  if (typeof routingControlArn === 'string' && routingControlArn !== '') return asked(switchRoutingControl, record, role, scene);
  const healthCheck = typeof id === 'string' ? id : arnOf(signal)?.split('/').at(-1);
  return healthCheck === undefined
    ? `which health check ${signal.title} is, is not known`
    : asked(invertHealthCheck, signal, role, scene, { healthCheck });
}

/** One branch counts as unhealthy, and every resolver must come to another answer. */
export const dnsFailover: Kind = async (scene) => {
  const role = roleOf(scene);
  if (role === undefined) return 'it is not among what the service needs';
  const branches = branchesOf(role, scene);
  const branch = branches.find((b) => b.isPrimary) ?? branches[0];
  if (branch === undefined)
    return `${role.title}: no health check of its own stands behind it, so nothing can be turned; a loss of what it leads to shows its failover`;
  const { fqdn, name } = branch.record.resource.outputs;
  const host = typeof fqdn === 'string' ? fqdn : typeof name === 'string' ? name : undefined;
  if (host === undefined) return `${role.title}: its name is not known`;
  const { outside } = scene.ground;
  const resolvers = outside.resolvers.map((_, n) => n);
  let before: readonly Said[] | undefined;
  const steps = turned(branch, role, scene);
  if (typeof steps === 'string') return `${role.title}: ${steps}`;
  const [step, ...more] = steps;
  if (step === undefined) return `${role.title}: nothing can be turned`;
  const remembering: Actuator = {
    ...step,
    id: step.id,
    act: async (token, signal) => {
      before ??= await answersOf(host, outside, resolvers);
      return step.act(token, signal);
    },
  };
  return {
    scope: 'region',
    member: scene.member.name,
    disrupt: struck(scene, [remembering, ...more]),
    recover: [],
    people: [],
    notTaken: [],
    probes: [dnsProbe(host, outside, scene.every, resolvers)],
    validated: async () => {
      if (before === undefined) return false;
      const after = await answersOf(host, outside, resolvers);
      // Some resolvers may never have been led there: what one of them was led away from, nobody may still be told.
      const left = new Set(before.filter((said, n) => said.answer !== after[n]?.answer).map((said) => said.answer));
      return left.size > 0 && after.every((said) => said.answer !== undefined && !left.has(said.answer));
    },
  };
};
