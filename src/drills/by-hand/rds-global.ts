/** Global databases: another member becomes the primary, with loss (failover) or without (switchover), and back at the end. */
import type * as Rds from '@aws-sdk/client-rds';
import type { Place } from '../../aws/call.ts';
import { changing } from './changing.ts';
import { arnOf, type Hand, lostRegion, type Named, named, outputOf, StepFailure, type StepMaker } from './hand.ts';
import { BUSY, clusterNamed, rds, rdsTags } from './rds-calls.ts';
import { unless } from './waiting.ts';

const GLOBALS = [
  'aws:rds/globalCluster:GlobalCluster',
  'aws:docdb/globalCluster:GlobalCluster',
  'aws:neptune/globalCluster:GlobalCluster',
];

interface Members {
  readonly global: string;
  readonly target: Named;
}

/** Which global database, and which member takes over: the successor by the path, else any outside what is lost. */
function membersOf(hand: Hand): Members | string {
  const all = hand.item === undefined ? hand.mates : [hand.item, ...hand.mates];
  const record = all.find((m) => GLOBALS.includes(m.resource.type));
  const global =
    hand.given.global ??
    outputOf(record, 'globalClusterIdentifier') ??
    outputOf(record, 'id') ??
    all.map((m) => outputOf(m, 'globalClusterIdentifier')).find((id) => id !== undefined);
  if (global === undefined) return 'no source says to which global database it belongs';
  const lost = lostRegion(hand);
  const clusters = [...hand.successors, ...hand.mates].map(arnOf).filter((arn) => arn?.includes(':cluster:') === true);
  const arn = hand.given.target ?? clusters.find((a) => a !== undefined && named(a).at.region !== lost && a !== hand.arn);
  return arn === undefined ? `no source shows a cluster of ${global} that could take over` : { global, target: named(arn) };
}

const moving =
  (how: 'failover' | 'switchover'): StepMaker =>
  (hand) => {
    const members = membersOf(hand);
    if (typeof members === 'string') return members;
    const { global, target } = members;
    const { session } = hand;
    const find = async (): Promise<Rds.GlobalCluster | undefined> => {
      const asked = session.send(rds.describeGlobal, { GlobalClusterIdentifier: global }, target.at);
      return (await unless(['GlobalClusterNotFound'], asked))?.GlobalClusters?.[0];
    };
    const writes = async (arn: string | undefined): Promise<boolean> => {
      const found = await find();
      const isSettled = found?.Status === 'available' && found.FailoverState?.Status === undefined;
      return isSettled && writerIn(found) === arn;
    };
    const switchTo = (arn: string, at: Place): Promise<unknown> =>
      session.send(rds.switchoverGlobal, { GlobalClusterIdentifier: global, TargetDbClusterIdentifier: arn }, at);
    return [
      changing({
        id: `${how === 'failover' ? 'fail' : 'switch'} ${global} over to ${target.name} in ${target.at.region}`,
        describes: { global, into: target.arn, dataLoss: how === 'failover' },
        clock: hand.clock,
        canary: hand.canary,
        subject: target.arn,
        tags: rdsTags(session, target.arn, target.at),
        before: async () => {
          const writer = writerIn(await find());
          if (writer === undefined) throw new StepFailure(`AWS does not say which cluster of ${global} is the primary`);
          if (writer === target.arn) throw new StepFailure(`${target.name} is the primary of ${global} already`);
          await mustServe(hand, target);
          return { writer };
        },
        changed: () => writes(target.arn),
        // A failover is asked for where it goes, a switchover where it comes from (Aurora User Guide, global database disaster recovery).
        change: ({ writer = '' }) =>
          how === 'switchover'
            ? switchTo(target.arn, named(writer).at)
            : session.send(
                rds.failoverGlobal,
                { GlobalClusterIdentifier: global, TargetDbClusterIdentifier: target.arn, AllowDataLoss: true },
                target.at,
              ),
        isBack: ({ writer }) => writes(writer),
        back: ({ writer = '' }) => switchTo(writer, target.at),
        busy: BUSY,
        endpoints: async () => {
          const endpoint = (await clusterNamed(session, target.name, target.at))?.Endpoint;
          return endpoint === undefined ? [] : [endpoint];
        },
      }),
    ];
  };

const writerIn = (global: Rds.GlobalCluster | undefined): string | undefined =>
  global?.GlobalClusterMembers?.find((m) => m.IsWriter === true)?.DBClusterArn;

/** A secondary without an instance would become a primary that nobody can reach. */
async function mustServe(hand: Hand, target: Named): Promise<void> {
  const cluster = await clusterNamed(hand.session, target.name, target.at);
  if ((cluster?.DBClusterMembers ?? []).length === 0)
    throw new StepFailure(`${target.name} has no instance: one must be made before it can take over`);
}

export const failGlobalOver: StepMaker = moving('failover');
export const switchGlobalOver: StepMaker = moving('switchover');
