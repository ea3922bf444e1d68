/** DB clusters (Aurora, Multi-AZ, DocumentDB, Neptune): failed over, restored, given an instance. */
import type * as Rds from '@aws-sdk/client-rds';
import type { Place } from '../../aws/call.ts';
import type { Actuator } from '../contract.ts';
import { changing } from './changing.ts';
import { arnOf, type Hand, type Named, named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { type Made, making } from './making.ts';
import { newName } from './memo.ts';
import { momentOf } from './moment.ts';
import { BUSY, clusterNamed, instanceNamed, rds, rdsTags, TAKEN } from './rds-calls.ts';
import { LONGEST_NAME, madeInstance } from './rds-instances.ts';
import { unless } from './waiting.ts';

export const writerOf = (cluster: Rds.DBCluster | undefined): string | undefined =>
  cluster?.DBClusterMembers?.find((m) => m.IsClusterWriter === true)?.DBInstanceIdentifier;

/** Another instance writes, and at the end the one that wrote before. */
export const failClusterOver: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  const { session } = hand;
  const { name, at } = source;
  const find = (): Promise<Rds.DBCluster | undefined> => clusterNamed(session, name, at);
  const writesIn = async (instance: string | undefined): Promise<boolean> => {
    const cluster = await find();
    return cluster?.Status === 'available' && writerOf(cluster) === instance;
  };
  const to = (instance: string | undefined): Promise<unknown> =>
    session.send(rds.failoverCluster, { DBClusterIdentifier: name, TargetDBInstanceIdentifier: instance }, at);
  return [
    changing({
      id: `fail cluster ${name} over`,
      describes: { failsOver: source.arn },
      clock: hand.clock,
      subject: source.arn,
      tags: rdsTags(session, source.arn, at),
      before: async () => {
        const cluster = await find();
        const writer = writerOf(cluster);
        const readers = cluster?.DBClusterMembers?.filter((m) => m.IsClusterWriter !== true) ?? [];
        // As Aurora itself would choose: the lowest tier first.
        const [target] = readers.toSorted((a, b) => (a.PromotionTier ?? 1) - (b.PromotionTier ?? 1));
        if (writer === undefined || target?.DBInstanceIdentifier === undefined)
          throw new StepFailure(`${name} has no other instance that could write`);
        return { writer, target: target.DBInstanceIdentifier };
      },
      changed: ({ target }) => writesIn(target),
      change: ({ target }) => to(target),
      isBack: ({ writer }) => writesIn(writer),
      back: ({ writer }) => to(writer),
      busy: BUSY,
    }),
  ];
};

const CLUSTER = 'aws:rds/cluster:Cluster';
const OF_CLUSTER: Readonly<Record<string, string>> = {
  [CLUSTER]: 'aws:rds/clusterInstance:ClusterInstance',
  'aws:docdb/cluster:Cluster': 'aws:docdb/clusterInstance:ClusterInstance',
  'aws:neptune/cluster:Cluster': 'aws:neptune/clusterInstance:ClusterInstance',
};

/** The cluster itself; of a global database, its primary. */
function clusterOf(hand: Hand): Named | string {
  const members = hand.item === undefined ? [] : [hand.item, ...hand.successors, ...hand.mates];
  const arn =
    members
      .filter((m) => m.resource.type in OF_CLUSTER)
      .map(arnOf)
      .find((a) => a !== undefined) ?? hand.arn;
  return arn === undefined ? subjectOf(hand) : named(arn);
}

/** A volume serves nobody without an instance: one like the writer is made in the new cluster. */
export const restoreCluster: StepMaker = (hand) => {
  const source = clusterOf(hand);
  if (typeof source === 'string') return source;
  if (!source.arn.includes(':cluster:')) return `${source.arn} is no DB cluster`;
  const { session } = hand;
  const { at } = source;
  const begin = async (name: string, signal: AbortSignal): Promise<void> => {
    const described = await clusterNamed(session, source.name, at);
    const time = await momentOf(hand, signal, async () => {
      const cluster = await clusterNamed(session, source.name, at);
      return { earliest: cluster?.EarliestRestorableTime, latest: cluster?.LatestRestorableTime };
    });
    await session.send(rds.restoreCluster, restoreInput(hand, source.name, name, time, described), at);
  };
  return [
    making({
      ...clusterMaking(hand, source, at),
      id: `restore cluster ${source.name} to a point in time`,
      describes: { from: source.arn, into: `a new DB cluster in ${at.region}, with one instance` },
      name: (token) => newName(source.name, token, LONGEST_NAME - '-1'.length),
      begin,
      begun: TAKEN,
    }),
  ];
};

function restoreInput(
  { given }: Hand,
  source: string,
  name: string,
  time: Date | undefined,
  like: Rds.DBCluster | undefined,
): Rds.RestoreDBClusterToPointInTimeCommandInput {
  const groups =
    given.securityGroups?.split(/[ ,]+/) ?? like?.VpcSecurityGroups?.flatMap((g) => g.VpcSecurityGroupId ?? []) ?? [];
  return {
    SourceDBClusterIdentifier: source,
    DBClusterIdentifier: name,
    ...(time === undefined ? { UseLatestRestorableTime: true } : { RestoreToTime: time }),
    DBSubnetGroupName: given.subnetGroup ?? like?.DBSubnetGroup,
    DBClusterParameterGroupName: like?.DBClusterParameterGroup,
    VpcSecurityGroupIds: groups.length === 0 ? undefined : groups,
    ServerlessV2ScalingConfiguration: like?.ServerlessV2ScalingConfiguration,
    // A Multi-AZ DB cluster has its instances by itself.
    DBClusterInstanceClass: like?.DBClusterInstanceClass,
    DeletionProtection: false,
  };
}

/** How a cluster that a step has made is looked at, completed with an instance, and removed. */
export function clusterMaking(hand: Hand, source: Named, at: Place) {
  const { session, clock, canary } = hand;
  const instanceOf = (name: string): string => `${name}-1`;
  return {
    clock,
    canary,
    look: async (name: string): Promise<Made> => {
      const cluster = await clusterNamed(session, name, at);
      if (cluster === undefined) return { kind: 'absent' };
      if (cluster.Status !== 'available') return { kind: 'pending' };
      const serves = cluster.DBClusterInstanceClass !== undefined || cluster.EngineMode === 'serverless';
      const ready: Made = { kind: 'ready', endpoints: cluster.Endpoint === undefined ? [] : [cluster.Endpoint] };
      if (serves) return ready;
      const instance = madeInstance(await instanceNamed(session, instanceOf(name), at));
      if (instance.kind === 'absent') return { kind: 'partial' };
      return instance.kind === 'ready' ? ready : instance;
    },
    complete: async (name: string): Promise<void> => {
      const input = {
        DBClusterIdentifier: name,
        DBInstanceIdentifier: instanceOf(name),
        DBInstanceClass: await classOf(hand, source),
        Engine: (await clusterNamed(session, name, at))?.Engine,
      };
      await unless(TAKEN, session.send(rds.createInstance, input, at));
    },
    remove: async (name: string): Promise<void> => {
      const input = { DBInstanceIdentifier: instanceOf(name), SkipFinalSnapshot: true };
      await unless(['DBInstanceNotFound', ...BUSY], session.send(rds.deleteInstance, input, at));
      const gone = { DBClusterIdentifier: name, SkipFinalSnapshot: true };
      // AWS takes it once its last instance is on its way out.
      await unless(BUSY, session.send(rds.deleteCluster, gone, at));
    },
    calls: (name: string): string => source.like(at.region, `cluster:${name}`),
  };
}

/** Of the writer, as AWS shows it or as the sources declare it. */
export async function classOf(hand: Hand, source: Named): Promise<string> {
  const { session, given } = hand;
  if (given.instanceClass !== undefined) return given.instanceClass;
  const writer = writerOf(await clusterNamed(session, source.name, source.at));
  const instance = writer === undefined ? undefined : await instanceNamed(session, writer, source.at);
  if (instance?.DBInstanceClass === undefined)
    throw new StepFailure(`AWS does not say of which class the instances of ${source.name} are: name one (instanceClass)`);
  return instance.DBInstanceClass;
}

/** One instance more, in an AZ that is left, reads and writes the volume that was kept. */
export const addInstance: StepMaker = (hand) => {
  const source = clusterOf(hand);
  if (typeof source === 'string') return source;
  const { session } = hand;
  const { at } = source;
  const lost = hand.lost?.kind === 'az-loss' ? hand.lost.zone : undefined;
  const step: Actuator = making({
    id: `add an instance to ${source.name}`,
    describes: { to: source.arn },
    clock: hand.clock,
    // It is reached under the cluster's own name.
    canary: undefined,
    name: (token) => newName(source.name, token, LONGEST_NAME),
    begin: async (name) => {
      const cluster = await clusterNamed(session, source.name, at);
      const zone = hand.given.zone ?? cluster?.AvailabilityZones?.find((z) => z !== lost);
      const input = {
        DBClusterIdentifier: source.name,
        DBInstanceIdentifier: name,
        DBInstanceClass: await classOf(hand, source),
        Engine: cluster?.Engine,
        AvailabilityZone: zone,
      };
      await session.send(rds.createInstance, input, at);
    },
    begun: TAKEN,
    look: async (name) => {
      const made = madeInstance(await instanceNamed(session, name, at));
      return made.kind === 'ready' ? { kind: 'ready', endpoints: [] } : made;
    },
    remove: (name) => removeMember(hand, source, name),
    calls: (name) => source.like(at.region, `db:${name}`),
  });
  return [step];
};

/** What writes is not taken away: another member writes first, as soon as one is there again. */
async function removeMember({ session }: Hand, { name: cluster, at }: Named, member: string): Promise<void> {
  const found = await clusterNamed(session, cluster, at);
  const others = (found?.DBClusterMembers ?? []).filter((m) => m.DBInstanceIdentifier !== member);
  if (writerOf(found) !== member || others.length === 0) {
    await session.send(rds.deleteInstance, { DBInstanceIdentifier: member, SkipFinalSnapshot: true }, at);
    return;
  }
  const TargetDBInstanceIdentifier = others[0]?.DBInstanceIdentifier;
  await unless(BUSY, session.send(rds.failoverCluster, { DBClusterIdentifier: cluster, TargetDBInstanceIdentifier }, at));
}
