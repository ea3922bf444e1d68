/**
 * A read replica becomes a database of its own, and at the end a replica again. Promotion cannot be undone: a new replica is made
 * under a name of its own, the promoted instance is deleted, and the new one takes its name. It is deleted only while it carries
 * the tag of the very step that promoted it.
 */
import type * as Rds from '@aws-sdk/client-rds';
import type { Actuator } from '../contract.ts';
import { arnOf, type Hand, type Named, named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { fromTag, newName, tagKey, toTag } from './memo.ts';
import { BUSY, instanceNamed, rds, rdsTags, TAKEN } from './rds-calls.ts';
import { LONGEST_NAME } from './rds-instances.ts';
import { unless, until, worded } from './waiting.ts';

const REPLICAS = ['aws:rds/instance:Instance', 'aws:rds/cluster:Cluster'];

/** The replica that takes over, of what the path or the drill file names: itself, or its successor elsewhere. */
function replicaOf(hand: Hand): Named | string {
  const [successor] = hand.successors.filter((s) => REPLICAS.includes(s.resource.type) && s !== hand.item);
  const arn = arnOf(successor) ?? hand.arn;
  return arn === undefined ? subjectOf(hand) : named(arn);
}

export const promoteReplica: StepMaker = (hand) => {
  const replica = replicaOf(hand);
  if (typeof replica === 'string') return replica;
  if (!replica.arn.includes(':db:'))
    return `the promotion of the replica cluster ${replica.name} cannot be undone: no call makes it a replica again`;
  return [promotion(hand, replica)];
};

function promotion(hand: Hand, replica: Named): Actuator {
  const { session, clock, canary } = hand;
  const { name, at, arn } = replica;
  const tags = rdsTags(session, arn, at);
  const find = (id: string): Promise<Rds.DBInstance | undefined> => instanceNamed(session, id, at);
  const isAlone = (i: Rds.DBInstance | undefined): boolean => i?.DBInstanceStatus === 'available' && sourceOf(i) === undefined;
  const tell = (i: Rds.DBInstance | undefined): void => {
    if (i?.Endpoint?.Address !== undefined) canary?.move([i.Endpoint.Address]);
  };
  const substitute = (token: string): string => newName(name, token, LONGEST_NAME);

  const act: Actuator['act'] = async (token, signal) => {
    if ((await tags.read(tagKey(token))) === undefined) {
      const source = mustBeUndoable(name, await find(name));
      signal.throwIfAborted();
      await tags.write(tagKey(token), toTag({ source }));
    }
    let asked = false;
    await until(clock, signal, `${name} to be promoted`, async () => {
      const now = await find(name);
      if (isAlone(now)) {
        tell(now);
        return true;
      }
      if (!asked && sourceOf(now) !== undefined) {
        const call = session.send(rds.promoteReplica, { DBInstanceIdentifier: name }, at);
        asked = (await unless(BUSY, call)) !== undefined;
      }
      return false;
    });
    return { promoted: arn };
  };

  const compensate: Actuator['compensate'] = async (token) => {
    canary?.back();
    const memo = await tags.read(tagKey(token));
    const other = substitute(token);
    if (memo !== undefined) await until(clock, undefined, `${name} to be settled`, async () => isSettled(await find(name)));
    const promoted = memo === undefined ? undefined : await find(name);
    if (memo === undefined && (await find(other)) === undefined) return null;
    if (promoted !== undefined && sourceOf(promoted) !== undefined) {
      // It was never promoted.
      await tags.erase(tagKey(token));
      return null;
    }
    if (promoted !== undefined) await makeReplica(fromTag(memo ?? '').source ?? '', promoted, other, tagKey(token));
    await until(clock, undefined, `${other} to replicate`, async () => (await find(other))?.DBInstanceStatus === 'available');
    if (promoted !== undefined) {
      const gone = { DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
      await unless(BUSY, session.send(rds.deleteInstance, gone, at));
      await until(clock, undefined, `${name} to be deleted`, async () => (await find(name)) === undefined);
    }
    const rename = { DBInstanceIdentifier: other, NewDBInstanceIdentifier: name, ApplyImmediately: true };
    await session.send(rds.modifyInstance, rename, at);
    await until(clock, undefined, `${other} to be called ${name}`, async () => {
      const now = await find(name);
      return now?.DBInstanceStatus === 'available' && (await find(other)) === undefined;
    });
    return { replica: name };
  };

  /** Everything that the replica had and that AWS would choose anew. */
  const makeReplica = async (source: string, was: Rds.DBInstance, id: string, memo: string): Promise<void> => {
    const groups = was.VpcSecurityGroups?.flatMap((g) => g.VpcSecurityGroupId ?? []) ?? [];
    const input: Rds.CreateDBInstanceReadReplicaCommandInput = {
      DBInstanceIdentifier: id,
      SourceDBInstanceIdentifier: source,
      DBInstanceClass: was.DBInstanceClass,
      AvailabilityZone: was.MultiAZ === true ? undefined : was.AvailabilityZone,
      MultiAZ: was.MultiAZ,
      DBSubnetGroupName: named(source).at.region === at.region ? undefined : was.DBSubnetGroup?.DBSubnetGroupName,
      DBParameterGroupName: was.DBParameterGroups?.[0]?.DBParameterGroupName,
      VpcSecurityGroupIds: groups.length === 0 ? undefined : groups,
      KmsKeyId: named(source).at.region === at.region ? undefined : was.KmsKeyId,
      Tags: was.TagList?.filter((t) => t.Key !== memo),
    };
    // A source that has only just come back takes no replica yet.
    await until(clock, undefined, `a replica of ${source}`, async () => {
      if ((await find(id)) !== undefined) return true;
      await unless([...BUSY, ...TAKEN, 'DBInstanceNotFound'], session.send(rds.createReplica, input, at));
      return false;
    });
  };

  return worded({
    id: `promote the replica ${name} in ${at.region}`,
    describe: () => ({ promotes: arn, atTheEnd: 'a new replica takes its place' }),
    act,
    outcome: async (token) => {
      if ((await tags.read(tagKey(token))) === undefined) return 'not-done';
      const now = await find(name);
      if (!isAlone(now)) return 'not-done';
      tell(now);
      return 'done';
    },
    compensate,
    left: async (token) => {
      const left = (await tags.read(tagKey(token))) === undefined ? [] : [arn];
      const other = substitute(token);
      return (await find(other)) === undefined ? left : [...left, replica.like(at.region, `db:${other}`)];
    },
  });
}

const isSettled = (i: Rds.DBInstance | undefined): boolean =>
  i === undefined || ['available', 'deleting'].includes(i.DBInstanceStatus ?? '');

const sourceOf = (i: Rds.DBInstance | undefined): string | undefined =>
  i?.ReadReplicaSourceDBInstanceIdentifier ?? i?.ReadReplicaSourceDBClusterIdentifier;

/** ARN of its source; throws where it could not be made a replica again. */
function mustBeUndoable(name: string, replica: Rds.DBInstance | undefined): string {
  const source = replica?.ReadReplicaSourceDBInstanceIdentifier;
  if (replica === undefined || source === undefined) throw new StepFailure(`${name} is not the read replica of a DB instance`);
  if (replica.DeletionProtection === true)
    throw new StepFailure(`${name} is protected from deletion: it could not be made a replica again after the drill`);
  if ((replica.ReadReplicaDBInstanceIdentifiers ?? []).length > 0)
    throw new StepFailure(`${name} has replicas of its own, which would not follow it back`);
  if (source.startsWith('arn:')) return source;
  const { at, like } = named(replica.DBInstanceArn ?? '');
  return like(at.region, `db:${source}`);
}
