/** One resource of simulated AWS made, changed or taken away: what `pulumi up` does for each step of its plan. */
import { administrator } from '../world/access.ts';
import { invoke, type SimulatedAws } from '../world/invoke.ts';
import type { Created, Deployer, Deployment, Given } from './deployer.ts';
import { retag } from './tags.ts';

/** A day of virtual time is more than any AWS resource takes to come into being or to go. */
const PATIENCE = 24 * 3600 * 1000;

/** Whether simulated AWS has a notion of the type. What it has none of is opaque: kept as it is declared. */
export const isSimulated = (aws: SimulatedAws, type: string): boolean => deployersOf(aws).has(type);

/** Throws what AWS answers when it refuses. */
export async function makeOne(aws: SimulatedAws, given: Given): Promise<Created> {
  const deployer = deployersOf(aws).get(given.type)?.deployer;
  return deployer === undefined ? opaqueThing(given) : deployer.create(given, deploymentOf(aws, given));
}

/**
 * Brings what is under `given.id` from the inputs of `before` to those of `given`. Where the deployer knows no update, it is
 * taken away and made anew, with the id and the name that it had.
 */
export async function changeOne(aws: SimulatedAws, given: Given, before: Given): Promise<Created> {
  const { deployer, client } = deployersOf(aws).get(given.type) ?? {};
  const now = { ...given, id: given.id ?? before.id, outputs: { ...before.outputs, ...given.outputs } };
  if (deployer === undefined || client === undefined) return opaqueThing(now);
  const deployment = deploymentOf(aws, now);
  if (deployer.update === undefined) {
    await deployer.remove(before, deployment);
    return deployer.create(now, deployment);
  }
  const { id, outputs } = await deployer.update(now, before, deployment);
  // What AWS filled in stays, and goes over what the inputs had said before.
  const lasting = Object.entries(now.outputs).filter(([name]) => before.inputs[name] === undefined);
  const changed = { id, outputs: { ...Object.fromEntries(lasting), ...outputs } };
  await retag(client, { ...now, ...changed }, before, deployment);
  return changed;
}

/** What is gone already, and what is opaque, is no error. Throws what AWS answers when it refuses. */
export async function removeOne(aws: SimulatedAws, given: Given): Promise<void> {
  await deployersOf(aws).get(given.type)?.deployer.remove(given, deploymentOf(aws, given));
}

/** By type, with the client of its service. */
type Deployers = ReadonlyMap<string, { readonly deployer: Deployer; readonly client: string }>;

const known = new WeakMap<SimulatedAws['services'], Deployers>();

function deployersOf({ services }: SimulatedAws): Deployers {
  let deployers = known.get(services);
  if (deployers === undefined) {
    const all = [...services.values()].flatMap((s) => (s.deployers ?? []).map((deployer) => ({ deployer, client: s.client })));
    deployers = new Map(all.map((one) => [one.deployer.type, one]));
    known.set(services, deployers);
  }
  return deployers;
}

/** What is known of anything that AWS makes: a name and an ARN, by which others refer to it. */
function opaqueThing({ type, name, id, inputs, outputs, account, region }: Given): Created {
  const named = inputs.name ?? inputs.roleName;
  const own = typeof named === 'string' ? named : (id ?? name);
  const [, module = '', kind = ''] = /^aws:([^/:]+)[/:]([^:]+)/.exec(type) ?? [];
  const place = module === 'iam' ? '' : region;
  const arn = `arn:aws:${module}:${place}:${account}:${kind}/${own}`;
  return { id: id ?? own, outputs: { name: own, arn, ...outputs } };
}

function deploymentOf(aws: SimulatedAws, given: Given): Deployment {
  const { world } = aws;
  const principal = administrator(given.account);
  const keep = { id: given.id };
  return {
    world,
    call: (client, operation, input, region) =>
      invoke(aws, client, operation, input, {
        account: given.account,
        region: region ?? given.region,
        principal,
        keep,
      }),
    physicalName: (resource) => {
      const kept = resource.outputs.name ?? resource.id;
      return typeof kept === 'string' && !kept.startsWith('arn:') ? kept : `${resource.name}-${world.random.hex(7)}`;
    },
    until: async (ready, what) => {
      const end = world.clock.now() + PATIENCE;
      while (!(await ready())) {
        const next = world.clock.next;
        if (next === undefined || next > end) throw new Error(`${what} did not happen within a day`);
        world.clock.advance(next - world.clock.now());
      }
    },
  };
}
