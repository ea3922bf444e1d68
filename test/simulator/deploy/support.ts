/** Deployed resources on their way: changed to other inputs, and taken away, as the engine asks a provider to. */
import { fold, known } from '../../../src/model/known.ts';
import type { Resource, SourceReading } from '../../../src/model/resource.ts';
import { Hole, isList, isRecord, type Value } from '../../../src/model/value.ts';
import { deploy } from '../../../src/simulator/deploy/deploy.ts';
import type { Created, Given } from '../../../src/simulator/deploy/deployer.ts';
import { changeOne, removeOne } from '../../../src/simulator/deploy/one.ts';
import { plainRecord, propertyAt } from '../../../src/simulator/deploy/values.ts';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import type { SimulatedService } from '../../../src/simulator/service.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { type Declaration, readingOf, resourceOf, urnOf } from '../../parity/law.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

export interface Made {
  readonly given: Given;
  readonly created: Created;
}

export interface Estate {
  readonly aws: SimulatedAws;
  /** In the order in which they were made. */
  readonly made: Map<string, Made>;
  readonly readings: readonly SourceReading[];
  readonly notes: readonly string[];
  /** Everything on the world's shelves by shelf, place and key, and what was there before. */
  readonly shelves: ReadonlySet<string>;
  readonly before: ReadonlySet<string>;
}

export async function deployed(declarations: readonly Declaration[]): Promise<Estate> {
  const made = new Map<string, Made>();
  const aws = freshAws(SIMULATED.map((service) => recording(service, made)));
  // Every account has a default VPC in every Region.
  for (const region of new Set(declarations.map((d) => d.region ?? REGION)))
    await invoke(aws, 'ec2', 'CreateDefaultVpc', {}, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });
  const shelves = watched(aws);
  const before = new Set(shelves);
  const reading = readingOf(declarations.map(resourceOf));
  const { readings, notes } = await deploy(aws, [reading], { region: REGION, account: ACCOUNT });
  return { aws, made, readings, notes, shelves, before };
}

const recording = (service: SimulatedService, made: Map<string, Made>): SimulatedService => ({
  ...service,
  deployers: (service.deployers ?? []).map((deployer) => ({
    ...deployer,
    create: async (given, deployment) => {
      const created = await deployer.create(given, deployment);
      made.set(given.urn, { given, created });
      return created;
    },
  })),
});

/** Follows every item that is put on a shelf or taken off. */
function watched({ world }: SimulatedAws): ReadonlySet<string> {
  const shelves = new Set<string>();
  const put = world.put.bind(world);
  const remove = world.remove.bind(world);
  world.put = (on, account, region, key, item) => {
    shelves.add(`${on.id} ${account}/${region} ${key}`);
    put(on, account, region, key, item);
  };
  world.remove = (on, account, region, key) => {
    shelves.delete(`${on.id} ${account}/${region} ${key}`);
    remove(on, account, region, key);
  };
  return shelves;
}

/** As its state has it after `up`. */
export const inState = ({ given, created }: Made): Given => ({ ...given, id: created.id, outputs: created.outputs });

/** Switches off what holds a thing, then takes it away; in the order in which `destroy` does. */
export async function destroy(
  { aws, made }: Estate,
  free: (given: Given) => Given['inputs'],
  what: (given: Given) => Promise<void> = (given) => removeOne(aws, given),
): Promise<void> {
  for (const [urn, one] of [...made].reverse()) {
    const given = inState(one);
    const inputs = { ...given.inputs, ...free(given) };
    if (JSON.stringify(inputs) !== JSON.stringify(given.inputs)) {
      const created = await changeOne(aws, { ...given, inputs }, given);
      made.set(urn, { given: { ...given, inputs }, created });
    }
    await what({ ...given, inputs });
  }
}

/**
 * The declarations with what the other ones say: of the resources that both have, every property that can change in place and
 * that refers to nothing that is missing.
 */
export function changedTo(
  from: readonly Declaration[],
  to: readonly Declaration[],
  replaces: (declaration: Declaration) => readonly string[],
): readonly Declaration[] {
  const urns = new Set(from.map((d) => urnOf(d.type, d.name)));
  return from.map((declaration) => {
    const other = to.find((d) => d.type === declaration.type && d.name === declaration.name && d.region === declaration.region);
    if (other === undefined) return declaration;
    const fixed = replaces(declaration);
    const changed = Object.entries(other.inputs).filter(
      ([property, value]) => !fixed.includes(property) && mentions(value).every((urn) => urns.has(urn)),
    );
    return { ...declaration, inputs: { ...declaration.inputs, ...Object.fromEntries(changed) } };
  });
}

function mentions(value: Value): readonly string[] {
  if (value instanceof Hole) return value.mentions.map((m) => m.urn);
  if (isList(value)) return value.flatMap(mentions);
  return isRecord(value) ? Object.values(value).flatMap(mentions) : [];
}

/** Brings every resource to new declarations, and returns them as state would have them. */
export async function update({ aws, made }: Estate, declarations: readonly Declaration[]): Promise<readonly Resource[]> {
  const resources = new Map(declarations.map((d) => [urnOf(d.type, d.name), resourceOf(d)]));
  const state = new Map<string, Resource>();
  for (const [urn, one] of made) {
    const resource = resources.get(urn);
    if (resource === undefined) continue;
    const before = inState(one);
    const inputs = plainRecord(resource.inputs, {
      region: before.region,
      property: (mention) => {
        const other = made.get(mention.urn);
        if (other === undefined) return undefined;
        if (mention.property === 'id') return other.created.id;
        return propertyAt(other.created.outputs, mention.property) ?? propertyAt(other.given.inputs, mention.property);
      },
      renamed: (text) => text,
      unresolved: () => undefined,
    });
    const tags = fold(
      resource.tags,
      (known) => known,
      () => ({}),
    );
    const given = { ...before, inputs, tags };
    const isSame = JSON.stringify([inputs, tags]) === JSON.stringify([before.inputs, before.tags]);
    const created = isSame ? one.created : await changeOne(aws, given, before);
    made.set(urn, { given, created });
    state.set(urn, { ...resource, id: created.id, inputs, outputs: created.outputs, account: known(ACCOUNT) });
  }
  return [...state.values()];
}
