/** How a DB instance comes into being in simulated RDS, whichever call asks for it. */
import type { Tag } from '@aws-sdk/client-rds';
import { type CallContext, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { awsManagedKey, findKey } from './kms-model.ts';
import { listenInstance, settleReplication } from './rds-endpoints.ts';
import { DEFAULT_GROUP, subnetGroupOr404, zonesOfGroup } from './rds-groups.ts';
import { PARAMETER_GROUPS } from './rds-parameters.ts';
import { INSTANCES, type Instance, instanceHost, portOf, record, tagsOf } from './rds-state.ts';

/** Seconds until a new instance is available; our assumption of what is usual. */
export const CREATION = { single: [240, 480], multiAz: [420, 780] } as const;
/** Usual replication lag in seconds, within a Region and between Regions; our assumption. */
export const LAG = { near: [0.02, 0.5], far: [0.3, 3] } as const;

export interface InstanceRequest {
  readonly id: string | undefined;
  readonly engine: string;
  readonly engineVersion: string | undefined;
  readonly instanceClass: string | undefined;
  readonly multiAz: boolean | undefined;
  readonly zone: string | undefined;
  readonly subnetGroup: string | undefined;
  readonly parameterGroup: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly retentionDays: number;
  readonly source: string | undefined;
  readonly lag: number;
  readonly port: number | undefined;
  readonly cluster: string | undefined;
  readonly tier: number | undefined;
  readonly allocatedStorage: number | undefined;
  readonly autoMinorVersionUpgrade?: boolean | undefined;
  readonly tags: readonly Tag[] | undefined;
  /** Seconds until it is available. */
  readonly takes: readonly [number, number];
}

export function makeInstance(request: InstanceRequest, context: CallContext, ready?: (made: Instance) => void): Instance {
  const { world, account, region } = context;
  const id = (request.id ?? '').toLowerCase();
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id))
    throw new ServiceFault('InvalidParameterValue', `The parameter DBInstanceIdentifier is not a valid identifier: ${id}`);
  if (context.get(INSTANCES, id) !== undefined) throw new ServiceFault('DBInstanceAlreadyExists', 'DB instance already exists');
  if (request.retentionDays < 0 || request.retentionDays > 35)
    throw new ServiceFault('InvalidParameterValue', `Invalid backup retention period: ${request.retentionDays}`);
  const subnetGroup =
    request.subnetGroup === undefined || request.subnetGroup === DEFAULT_GROUP
      ? DEFAULT_GROUP
      : subnetGroupOr404(request.subnetGroup, context).name;
  const multiAz = request.multiAz === true;
  const place = { account, region, subnetGroup };
  const [zone, secondaryZone] = zonesFor(world, zonesOfGroup(world, place), request.zone, multiAz);
  const now = world.clock.now();
  const instance: Instance = {
    account,
    region,
    id,
    arn: context.arn('rds', `db:${id}`),
    resourceId: context.id('db', 26),
    engine: request.engine,
    engineVersion: request.engineVersion,
    createdAt: now,
    status: 'creating',
    subnetGroup,
    parameterGroup: parameterGroupOf(request, context),
    encrypted: request.encrypted,
    kmsKey: request.kmsKey,
    secretKey: request.secretKey,
    deletionProtection: request.deletionProtection ?? false,
    retentionDays: request.retentionDays,
    backupsFrom: undefined,
    lostAt: undefined,
    source: request.source,
    lag: request.lag,
    port: request.port ?? portOf(request.engine),
    outage: undefined,
    epoch: 0,
    tags: tagsOf(request.tags),
    instanceClass: request.instanceClass ?? 'db.t3.medium',
    multiAz,
    zone,
    secondaryZone,
    cluster: request.cluster,
    tier: request.tier ?? 1,
    host: instanceHost(account, region, id, request.engine),
    // API CreateDBInstance, AutoMinorVersionUpgrade: applied unless it is switched off.
    autoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? true,
    allocatedStorage: request.allocatedStorage ?? (request.cluster === undefined ? 20 : 1),
  };
  context.put(INSTANCES, id, instance);
  listenInstance(world, instance);
  world.clock.after(between(world, request.takes[0], request.takes[1]), () => {
    if (instance.status !== 'creating') return;
    instance.status = 'available';
    if (instance.retentionDays > 0 && instance.cluster === undefined) instance.backupsFrom = world.clock.now();
    record(world, instance, 'creation', 'DB instance created');
    ready?.(instance);
    settleReplication(world, instance.account);
  });
  return instance;
}

function zonesFor(
  world: World,
  choice: readonly string[],
  asked: string | undefined,
  multiAz: boolean,
): readonly [string, string | undefined] {
  if (asked !== undefined) {
    if (multiAz)
      throw new ServiceFault(
        'InvalidParameterCombination',
        'Requesting a specific availability zone is not valid for Multi-AZ instances.',
      );
    if (!choice.includes(asked))
      throw new ServiceFault(
        'InvalidVPCNetworkStateFault',
        `The requested Availability Zone ${asked} is not covered by the DB subnet group.`,
      );
    return [asked, undefined];
  }
  const alive = choice.filter((z) => !world.zoneIsLost(z));
  const open = alive.length > 0 ? alive : choice;
  const first = Math.floor(world.random.next() * open.length);
  const zone = open[first] ?? '';
  if (!multiAz) return [zone, undefined];
  const second = open[(first + 1) % open.length];
  if (second === undefined || second === zone)
    throw new ServiceFault('InsufficientDBInstanceCapacity', 'No second Availability Zone has capacity for the standby.');
  return [zone, second];
}

function parameterGroupOf(request: InstanceRequest, context: CallContext): string {
  const { parameterGroup: name, engine, engineVersion = '' } = request;
  if (name === undefined) return `default.${engine}${/^\d+(\.\d+)?/.exec(engineVersion)?.[0] ?? ''}`;
  if (!name.startsWith('default.') && context.get(PARAMETER_GROUPS, name.toLowerCase()) === undefined)
    throw new ServiceFault('DBParameterGroupNotFound', `DBParameterGroup not found: ${name}`, 404);
  return name.toLowerCase();
}

/** ARN of a key that a call names by ARN, id or alias; without a name, of the key that AWS keeps for the service. */
export function keyOf(name: string | undefined, service: 'rds' | 'secretsmanager', context: CallContext): string {
  if (name === undefined) return awsManagedKey(context, service);
  if (name.startsWith('arn:') && name.includes(':key/')) return name;
  const key = findKey(context, name);
  if (key !== undefined) return key.arn;
  throw new ServiceFault('KMSKeyNotAccessibleFault', `The specified KMS key [${name}] does not exist or is not enabled.`);
}

/** RDS begins to manage the password of the master user, or ceases to, or keeps the secret under another key. */
export function setSecret(
  store: { secretKey: string | undefined },
  asked: { readonly ManageMasterUserPassword?: boolean | undefined; readonly MasterUserSecretKmsKeyId?: string | undefined },
  context: CallContext,
): void {
  const { ManageMasterUserPassword: managed, MasterUserSecretKmsKeyId: key } = asked;
  if (managed === false) store.secretKey = undefined;
  else if (managed === true || (key !== undefined && store.secretKey !== undefined))
    store.secretKey = keyOf(key, 'secretsmanager', context);
}

/** Replication lag in milliseconds between two Regions, drawn once for each replica. */
export function usualLag(world: World, from: string, to: string): number {
  const [low, high] = from === to ? LAG.near : LAG.far;
  return between(world, low, high);
}
