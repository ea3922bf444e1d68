/** What a person would do to bring a service back, as the recovery path of its estate says, through the calls of AWS. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type * as ElastiCache from '@aws-sdk/client-elasticache';
import type * as Rds from '@aws-sdk/client-rds';
import { type Call, call, type Place, type Session } from '../../aws/call.ts';
import type { Estate, EstateResource } from '../../estate/estate.ts';
import type { Clock } from '../../model/clock.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
import type { Canary } from '../canary.ts';
import type { Actuator } from '../contract.ts';
import type { Disruption } from '../ports.ts';

export interface HandSettings {
  readonly path: RecoveryPath;
  readonly estate: Estate;
  readonly session: Session;
  readonly clock: Clock;
  readonly canaries: readonly Canary[];
  readonly lost: Disruption;
  /** Milliseconds since the epoch at which the disruption began. */
  readonly onset: () => number;
}

export interface ByHand {
  readonly steps: readonly Actuator[];
  /** Ways back by hand that no step here stands for: without them a service that stays away says nothing. */
  readonly missing: readonly string[];
}

/** Until somebody has noticed, understood and decided (docs/model.md, T_decide: prior median). Assumed. */
const DECISION = 15 * 60_000;
const POLL = 15_000;

interface Hand extends HandSettings {
  readonly item: EstateResource;
  readonly canary: Canary | undefined;
}

type Way = (hand: Hand) => Actuator | undefined;

const WAYS: Readonly<Record<string, Way>> = {
  'rds-point-in-time-restore': restoredInstance,
  'dynamodb-point-in-time-restore': restoredTable,
  'elasticache-global-failover': movedDatastore,
};

export function byHand(settings: HandSettings): ByHand {
  const steps: Actuator[] = [];
  const missing: string[] = [];
  for (const outcome of settings.path.outcomes) {
    if (outcome.kind !== 'recovered' || !['human-execution', 'human-decision'].includes(outcome.automation)) continue;
    const item = settings.estate.resources.get(outcome.decidedBy);
    const canary = settings.canaries.find((c) => c.id === outcome.role.id);
    const way = WAYS[outcome.mechanism ?? ''];
    const step = item === undefined || way === undefined ? undefined : way({ ...settings, item, canary });
    if (step === undefined) missing.push(`${outcome.mechanism ?? 'a way back'} of ${outcome.role.title}`);
    else steps.push(step);
  }
  return { steps: steps.length === 0 ? [] : [decision(settings.clock), ...steps], missing };
}

function decision(clock: Clock): Actuator {
  return {
    id: 'somebody decides to act',
    describe: () => ({ assumedSeconds: DECISION / 1000 }),
    act: async (_, signal) => {
      await clock.sleep(DECISION, signal);
      return null;
    },
    outcome: async () => 'not-done',
    compensate: async () => null,
    left: async () => [],
  };
}

const disrupting = <I, O>(client: string, operation: string): Call<I, O> =>
  call<I, O>({ client, operation, action: `${client}:${operation}`, grade: 'disrupt' });
const reading = <I, O>(client: string, operation: string): Call<I, O> =>
  call<I, O>({ client, operation, action: `${client}:${operation}` });

const restoreInstance = disrupting<
  Rds.RestoreDBInstanceToPointInTimeCommandInput,
  Rds.RestoreDBInstanceToPointInTimeCommandOutput
>('rds', 'RestoreDBInstanceToPointInTime');
const deleteInstance = disrupting<Rds.DeleteDBInstanceCommandInput, Rds.DeleteDBInstanceCommandOutput>('rds', 'DeleteDBInstance');
const describeInstances = reading<Rds.DescribeDBInstancesCommandInput, Rds.DescribeDBInstancesCommandOutput>(
  'rds',
  'DescribeDBInstances',
);
const restoreTable = disrupting<DynamoDB.RestoreTableToPointInTimeCommandInput, DynamoDB.RestoreTableToPointInTimeCommandOutput>(
  'dynamodb',
  'RestoreTableToPointInTime',
);
const deleteTable = disrupting<DynamoDB.DeleteTableCommandInput, DynamoDB.DeleteTableCommandOutput>('dynamodb', 'DeleteTable');
const describeTable = reading<DynamoDB.DescribeTableCommandInput, DynamoDB.DescribeTableCommandOutput>(
  'dynamodb',
  'DescribeTable',
);
const failDatastoreOver = disrupting<
  ElastiCache.FailoverGlobalReplicationGroupCommandInput,
  ElastiCache.FailoverGlobalReplicationGroupCommandOutput
>('elasticache', 'FailoverGlobalReplicationGroup');
const describeGroups = reading<
  ElastiCache.DescribeReplicationGroupsCommandInput,
  ElastiCache.DescribeReplicationGroupsCommandOutput
>('elasticache', 'DescribeReplicationGroups');

/** Every call that the steps of people make. */
export const HAND_CALLS: readonly Call<never, unknown>[] = [
  restoreInstance,
  deleteInstance,
  describeInstances,
  restoreTable,
  deleteTable,
  describeTable,
  failDatastoreOver,
  describeGroups,
];

const arnOf = (item: EstateResource): string | undefined => {
  const arn = item.resource.outputs.arn;
  return typeof arn === 'string' ? arn : undefined;
};

/** `arn:aws:rds:us-east-1:123456789012:db:orders` → where its API is, and its name. */
function partsOf(arn: string): { readonly at: Place; readonly name: string } {
  const [, , , region = '', account = '', ...rest] = arn.split(':');
  const name = rest.at(-1)?.split('/').at(-1) ?? '';
  return { at: { account, region }, name };
}

/** A stem of the run, so that no two drills restore into one name and each finds its own again after a crash. */
const restoredName = (name: string, token: string): string => `${name}-hf-${hash(token)}`.slice(0, 60);
function hash(text: string): string {
  let value = 0;
  for (const char of text) value = (Math.imul(value, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return value.toString(36);
}

/** No host name. */
const GONE = '(gone)';

interface Restore {
  readonly id: string;
  readonly begin: (name: string) => Promise<unknown>;
  /** Where its writers connect, once it is ready; undefined: not yet; `GONE`: it is not there. */
  readonly ready: (name: string) => Promise<string | undefined>;
  readonly remove: (name: string) => Promise<unknown>;
}

function restoring(hand: Hand, source: string, way: Restore): Actuator {
  const { clock, canary } = hand;
  const gone = async (name: string): Promise<boolean> => (await way.ready(name)) === GONE;
  return {
    id: way.id,
    describe: () => ({ from: source, into: 'a new resource beside it' }),
    act: async (token, signal) => {
      const name = restoredName(source, token);
      if (await gone(name)) await way.begin(name);
      for (;;) {
        const endpoint = await way.ready(name);
        if (endpoint !== undefined && endpoint !== GONE) {
          canary?.move([endpoint]);
          return { restored: name };
        }
        await clock.sleep(POLL, signal);
      }
    },
    outcome: async () => 'not-done',
    compensate: async (token) => {
      const name = restoredName(source, token);
      canary?.back();
      if (await gone(name)) return null;
      // What is still being made cannot be removed yet.
      while ((await way.ready(name)) === undefined) await clock.sleep(POLL);
      if (!(await gone(name))) await way.remove(name);
      while (!(await gone(name))) await clock.sleep(POLL);
      return { removed: name };
    },
    left: async (token) => {
      const name = restoredName(source, token);
      return (await gone(name)) ? [] : [name];
    },
  };
}

/** An answer that a thing is not there, and nothing else, is taken for its absence. */
async function unlessAbsent<T>(asked: Promise<T>, codes: readonly string[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (typeof code === 'string' && codes.includes(code)) return undefined;
    throw error;
  }
}

function restoredInstance(hand: Hand): Actuator | undefined {
  const { item, session, lost, onset } = hand;
  const arn = arnOf(item);
  if (arn === undefined || item.resource.type !== 'aws:rds/instance:Instance') return undefined;
  const { at, name } = partsOf(arn);
  return restoring(hand, name, {
    id: `restore ${item.title} to a point in time`,
    begin: (target) =>
      session.send(
        restoreInstance,
        {
          SourceDBInstanceIdentifier: name,
          TargetDBInstanceIdentifier: target,
          ...(lost.kind === 'corruption' ? { RestoreTime: new Date(onset() - 1) } : { UseLatestRestorableTime: true }),
        },
        at,
      ),
    ready: async (target) => {
      const asked = session.send(describeInstances, { DBInstanceIdentifier: target }, at);
      const found = await unlessAbsent(asked, ['DBInstanceNotFound', 'DBInstanceNotFoundFault']);
      const instance = found?.DBInstances?.[0];
      if (instance === undefined) return GONE;
      return instance.DBInstanceStatus === 'available' ? instance.Endpoint?.Address : undefined;
    },
    remove: (target) =>
      session.send(deleteInstance, { DBInstanceIdentifier: target, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }, at),
  });
}

function restoredTable(hand: Hand): Actuator | undefined {
  const { item, session, onset } = hand;
  const arn = arnOf(item);
  if (arn === undefined) return undefined;
  const { at, name } = partsOf(arn);
  return restoring(hand, name, {
    id: `restore ${item.title} to a point in time`,
    begin: (target) =>
      session.send(restoreTable, { SourceTableName: name, TargetTableName: target, RestoreDateTime: new Date(onset() - 1) }, at),
    ready: async (target) => {
      const found = await unlessAbsent(session.send(describeTable, { TableName: target }, at), ['ResourceNotFoundException']);
      if (found?.Table === undefined) return GONE;
      const isReady = found.Table.TableStatus === 'ACTIVE' && found.Table.RestoreSummary?.RestoreInProgress !== true;
      return isReady ? found.Table.TableArn : undefined;
    },
    remove: (target) => session.send(deleteTable, { TableName: target }, at),
  });
}

/** Promotes the member of another Region; goes back when its own is there again. */
function movedDatastore(hand: Hand): Actuator | undefined {
  const { item, session, path, estate, lost, clock } = hand;
  const role = path.outcomes.find((o) => o.decidedBy === item.resource.urn)?.role;
  const members = (role?.members ?? []).map((urn) => estate.resources.get(urn)).filter((m) => m !== undefined);
  const datastore = members.find((m) => m.resource.type === 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup');
  const groups = members
    .filter((m) => m.resource.type === 'aws:elasticache/replicationGroup:ReplicationGroup')
    .map(arnOf)
    .filter((arn) => arn !== undefined)
    .map(partsOf);
  const region = lost.kind === 'region-loss' ? lost.region : undefined;
  const home = groups.find((g) => g.at.region === region);
  const target = groups.find((g) => g.at.region !== region);
  const arn = datastore === undefined ? undefined : arnOf(datastore);
  if (arn === undefined || home === undefined || target === undefined) return undefined;
  const { name } = partsOf(arn);
  const isPrimary = async (group: typeof target): Promise<boolean> => {
    const { ReplicationGroups } = await session.send(describeGroups, { ReplicationGroupId: group.name }, group.at);
    return ReplicationGroups?.[0]?.GlobalReplicationGroupInfo?.GlobalReplicationGroupMemberRole === 'PRIMARY';
  };
  const move = async (to: typeof target, signal?: AbortSignal): Promise<void> => {
    if (await isPrimary(to)) return;
    await session.send(
      failDatastoreOver,
      { GlobalReplicationGroupId: name, PrimaryRegion: to.at.region, PrimaryReplicationGroupId: to.name },
      to.at,
    );
    while (!(await isPrimary(to))) await clock.sleep(POLL, signal);
  };
  return {
    id: `promote ${target.name} in ${target.at.region}`,
    describe: () => ({ globalDatastore: name, into: target.at.region }),
    act: async (_, signal) => {
      await move(target, signal);
      return null;
    },
    outcome: async () => ((await isPrimary(target)) ? 'done' : 'not-done'),
    compensate: async () => {
      await move(home);
      return null;
    },
    left: async () => ((await isPrimary(home)) ? [] : [arn]),
  };
}
