/** RDS DB instances: restored, failed over, promoted. */
import type * as Rds from '@aws-sdk/client-rds';
import type { Place } from '../../aws/call.ts';
import { changing } from './changing.ts';
import { type Hand, type Named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { type Made, making } from './making.ts';
import { newName } from './memo.ts';
import { momentOf, pointOf } from './moment.ts';
import { BUSY, FAILED, instanceNamed, rds, rdsTags, TAKEN } from './rds-calls.ts';

/** API CreateDBInstance: 63 characters. */
export const LONGEST_NAME = 63;

export function madeInstance(instance: Rds.DBInstance | undefined): Made {
  if (instance === undefined) return { kind: 'absent' };
  const status = instance.DBInstanceStatus ?? '';
  if (FAILED.includes(status)) return { kind: 'failed', why: `${instance.DBInstanceIdentifier ?? 'it'} is ${status}` };
  const endpoint = instance.Endpoint?.Address;
  return status === 'available' && endpoint !== undefined ? { kind: 'ready', endpoints: [endpoint] } : { kind: 'pending' };
}

type Begin = (name: string, signal: AbortSignal) => Promise<unknown>;

function restored(hand: Hand, id: string, from: string, source: Named, at: Place, begin: Begin) {
  const { session } = hand;
  return making({
    id,
    describes: { from, into: `a new DB instance in ${at.region}` },
    clock: hand.clock,
    canary: hand.canary,
    name: (token) => newName(source.name, token, LONGEST_NAME),
    begin,
    begun: TAKEN,
    look: async (name) => madeInstance(await instanceNamed(session, name, at)),
    remove: (name) =>
      session.send(rds.deleteInstance, { DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }, at),
    calls: (name) => source.like(at.region, `db:${name}`),
  });
}

/**
 * What a restore does not take over from its source unless it is asked for: a default subnet group, security group and parameter
 * group stand in their places, and one AZ (RDS User Guide, USER_PIT and USER_RestoreFromSnapshot).
 */
function likeSource(hand: Hand, source: Rds.DBInstance | undefined) {
  const { subnetGroup, securityGroups, instanceClass } = hand.given;
  const groups = securityGroups?.split(/[ ,]+/) ?? source?.VpcSecurityGroups?.flatMap((g) => g.VpcSecurityGroupId ?? []) ?? [];
  const option = source?.OptionGroupMemberships?.[0]?.OptionGroupName;
  return {
    DBSubnetGroupName: subnetGroup ?? source?.DBSubnetGroup?.DBSubnetGroupName,
    DBInstanceClass: instanceClass ?? source?.DBInstanceClass,
    DBParameterGroupName: source?.DBParameterGroups?.[0]?.DBParameterGroupName,
    OptionGroupName: option?.startsWith('default:') === true ? undefined : option,
    MultiAZ: source?.MultiAZ,
    VpcSecurityGroupIds: groups.length === 0 ? undefined : groups,
    DeletionProtection: false,
  };
}

export const restoreInstance: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  const { session } = hand;
  return [
    restored(hand, `restore ${source.name} to a point in time`, source.arn, source, source.at, async (name, signal) => {
      const described = await instanceNamed(session, source.name, source.at);
      const time = await momentOf(hand, signal, async () => ({
        earliest: await earliest(hand, source, source.at),
        latest: (await instanceNamed(session, source.name, source.at))?.LatestRestorableTime,
      }));
      await session.send(
        rds.restoreInstance,
        {
          SourceDBInstanceIdentifier: source.name,
          TargetDBInstanceIdentifier: name,
          ...(time === undefined ? { UseLatestRestorableTime: true } : { RestoreTime: time }),
          ...likeSource(hand, described),
        },
        source.at,
      );
    }),
  ];
};

async function backupsOf(hand: Hand, source: Named, at: Place): Promise<readonly Rds.DBInstanceAutomatedBackup[]> {
  const found: Rds.DBInstanceAutomatedBackup[] = [];
  let Marker: string | undefined;
  do {
    const page = await hand.session.send(rds.describeBackups, { Marker }, at);
    found.push(...(page.DBInstanceAutomatedBackups ?? []).filter((b) => b.DBInstanceArn === source.arn));
    Marker = page.Marker;
  } while (Marker !== undefined);
  return found;
}

const earliest = async (hand: Hand, source: Named, at: Place): Promise<Date | undefined> =>
  (await backupsOf(hand, source, at)).map((b) => b.RestoreWindow?.EarliestTime).find((time) => time !== undefined);

/** From automated backups that RDS replicates into another Region (USER_ReplicateBackups). */
export const restoreElsewhere: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  if (hand.into === undefined) return `it is not known into which Region the backups of ${source.name} are replicated`;
  const at = { account: source.at.account, region: hand.into };
  const backup = async (): Promise<Rds.DBInstanceAutomatedBackup | undefined> => (await backupsOf(hand, source, at))[0];
  return [
    restored(hand, `restore ${source.name} into ${at.region}`, source.arn, source, at, async (name, signal) => {
      const found = await backup();
      if (found?.DBInstanceAutomatedBackupsArn === undefined)
        throw new StepFailure(`${at.region} holds no automated backup of ${source.name}`);
      const time = await momentOf(hand, signal, async () => {
        const window = (await backup())?.RestoreWindow;
        return { earliest: window?.EarliestTime, latest: window?.LatestTime };
      });
      await hand.session.send(
        rds.restoreInstance,
        {
          SourceDBInstanceAutomatedBackupsArn: found.DBInstanceAutomatedBackupsArn,
          TargetDBInstanceIdentifier: name,
          ...(time === undefined ? { UseLatestRestorableTime: true } : { RestoreTime: time }),
          // Groups of the source are of its own Region.
          ...likeSource(hand, undefined),
        },
        at,
      );
    }),
  ];
};

/** The newest DB snapshot, or a copy of one in the Region that it is restored into. */
export const restoreSnapshot: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  const { session } = hand;
  const region = hand.into ?? source.at.region;
  const at = { account: source.at.account, region };
  return [
    restored(hand, `restore a snapshot of ${source.name} in ${region}`, source.arn, source, at, async (name) => {
      const listed = await session.send(rds.describeSnapshots, { DBInstanceIdentifier: source.name }, at);
      const points = (listed.DBSnapshots ?? []).flatMap((s) =>
        s.Status === 'available' && s.SnapshotCreateTime !== undefined ? [{ at: s.SnapshotCreateTime, id: s.DBSnapshotArn }] : [],
      );
      const point = pointOf(hand, points);
      if (point?.id === undefined) throw new StepFailure(`${region} holds no snapshot of ${source.name} that could be restored`);
      const described = region === source.at.region ? await instanceNamed(session, source.name, at) : undefined;
      await session.send(
        rds.restoreSnapshot,
        { DBInstanceIdentifier: name, DBSnapshotIdentifier: point.id, ...likeSource(hand, described) },
        at,
      );
    }),
  ];
};

/** A Multi-AZ DB instance moves to its standby, and at the end back to the AZ in which it was. */
export const rebootWithFailover: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  const { session } = hand;
  const { name, at } = source;
  const zoneOf = async (): Promise<string | undefined> => {
    const found = await instanceNamed(session, name, at);
    return found?.DBInstanceStatus === 'available' ? found.AvailabilityZone : undefined;
  };
  const reboot = (): Promise<unknown> => session.send(rds.reboot, { DBInstanceIdentifier: name, ForceFailover: true }, at);
  return [
    changing({
      id: `fail ${name} over to its standby`,
      describes: { reboot: source.arn, forceFailover: true },
      clock: hand.clock,
      subject: source.arn,
      tags: rdsTags(session, source.arn, at),
      before: async () => {
        const found = await instanceNamed(session, name, at);
        if (found?.MultiAZ !== true) throw new StepFailure(`${name} has no standby to fail over to: it is not Multi-AZ`);
        if (found.AvailabilityZone === undefined) throw new StepFailure(`AWS does not say in which AZ ${name} is`);
        return { zone: found.AvailabilityZone };
      },
      changed: async ({ zone }) => {
        const now = await zoneOf();
        return now !== undefined && now !== zone;
      },
      change: reboot,
      isBack: async ({ zone }) => (await zoneOf()) === zone,
      back: reboot,
      busy: BUSY,
    }),
  ];
};
