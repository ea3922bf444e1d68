/** Looks at one resource in the world, through the same scans that read live AWS. */

import type { DescribeRegionsCommandOutput } from '@aws-sdk/client-ec2';
import type { Call, Place as CallPlace, Session } from '../aws/call.ts';
import { failureOf } from '../aws/failure.ts';
import { fold } from '../model/known.ts';
import type { Resource } from '../model/resource.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../model/value.ts';
import { observe } from '../services/observed/observe.ts';
import { SCANS } from '../services/observed/registry.ts';
import type { Plain } from '../simulator/deploy/deployer.ts';
import { administrator } from '../simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../simulator/world/invoke.ts';
import { isAsGoodAsGone, isShownByChance, unreadOf, wanders } from './facts/shown.ts';
import type { Props } from './values.ts';

/** A resource as AWS shows it, without what could not be read. */
export interface Shown {
  /** By the provider's input names. */
  readonly properties: Props;
  /** What only AWS fills in. */
  readonly outputs: Props;
  /** Undefined when they could not be read. */
  readonly tags: Readonly<Record<string, string>> | undefined;
}

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Observations of a moment: asked for several resources of a type, the world is looked at once. */
export type Looks = Map<string, Promise<readonly Resource[]>>;

/** Whether AWS shows resources of this type at all, and all of them. */
export const isShown = (type: string): boolean => SCANS.some((scan) => scan.types.includes(type)) && !isShownByChance(type);

/** Undefined: AWS shows no such resource. Throws when AWS does not answer: nothing may be concluded from that. */
export async function look(
  aws: SimulatedAws,
  type: string,
  id: string,
  place: Place,
  looks: Looks = new Map(),
): Promise<Shown | undefined> {
  for (const region of wanders(type) ? await everyRegion(aws, place) : [place.region]) {
    const key = `${type} ${place.account} ${region}`;
    let resources = looks.get(key);
    if (resources === undefined) {
      resources = seenOf(aws, type, { ...place, region });
      looks.set(key, resources);
    }
    const found = (await resources).find((resource) => resource.type === type && resource.id === id);
    if (found !== undefined) return shownOf(found);
  }
  return undefined;
}

export interface Found extends Shown {
  readonly id: string;
}

/** Every resource of a type that is there. */
export async function everyOne(aws: SimulatedAws, type: string, place: Place): Promise<readonly Found[]> {
  const resources = await seenOf(aws, type, place);
  return resources.filter((r) => r.type === type).map((r) => ({ id: r.id ?? '', ...shownOf(r) }));
}

const shownOf = ({ type, inputs, outputs, tags }: Resource): Shown => ({
  properties: plainOf(inputs, unreadOf(type)),
  outputs: plainOf(outputs),
  tags: fold<Readonly<Record<string, string>>, Readonly<Record<string, string>> | undefined>(
    tags,
    (known) => known,
    () => undefined,
  ),
});

/** The place's own first. */
async function everyRegion(aws: SimulatedAws, { account, region }: Place): Promise<ReadonlySet<string>> {
  const caller = { account, region, principal: administrator(account) };
  const { Regions = [] } = (await invoke(aws, 'ec2', 'DescribeRegions', {}, caller)) as DescribeRegionsCommandOutput;
  return new Set([region, ...Regions.map((r) => r.RegionName ?? '')]);
}

async function seenOf(aws: SimulatedAws, type: string, place: Place): Promise<readonly Resource[]> {
  const { resources, gaps } = await observe({
    session: sessionOf(aws),
    clock: aws.world.clock,
    targets: [{ account: place.account, regions: [place.region] }],
    scans: SCANS.filter((scan) => scan.types.includes(type)),
  });
  const [gap] = gaps;
  if (gap !== undefined) throw new Error(gap.why.detail);
  return resources.filter((r) => !isAsGoodAsGone(r.type, r.outputs));
}

function sessionOf(aws: SimulatedAws): Session {
  return {
    world: 'simulated',
    grade: 'read',
    async send<I, O>(call: Call<I, O>, input: I, at: CallPlace): Promise<O> {
      const caller = { account: at.account, region: call.only ?? at.region, principal: administrator(at.account) };
      try {
        return (await invoke(aws, call.client, call.operation, input as object, caller)) as O;
      } catch (error) {
        throw failureOf(error, call, at);
      }
    },
  };
}

function plainOf(values: Values, without: readonly string[] = []): Props {
  const entries = Object.entries(values).filter(([name, value]) => !hasHole(value) && !without.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value as Plain]));
}

function hasHole(value: Value): boolean {
  if (value instanceof Hole) return true;
  if (isList(value)) return value.some(hasHole);
  return isRecord(value) && Object.values(value).some(hasHole);
}
