/** DB instances and their replicated backups from the inputs of the Pulumi provider. */
import type { CreateDBInstanceCommandOutput, DBInstance, DescribeDBInstancesCommandOutput } from '@aws-sdk/client-rds';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changesOf, onlyTags, removedBy } from '../deploy/lifecycle.ts';
import { ServiceFault } from '../service.ts';
import { blockOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { clusterAt, INSTANCES, instanceAt, instanceHost } from './rds-state.ts';

/** The name it has in state, else the one in the code, else one made of its prefix or logical name. */
export function identifierOf(given: Given, property: string, deployment: Deployment): string {
  const kept = textOf(given.outputs[property]) ?? textOf(given.inputs[property]);
  const prefix = textOf(given.inputs[`${property}Prefix`]);
  const name = kept ?? (prefix === undefined ? undefined : `${prefix}${deployment.world.random.hex(8)}`);
  return (name ?? deployment.physicalName({ ...given, id: undefined, outputs: {} })).toLowerCase();
}

/** What every way of making an instance takes. */
function common(given: Given, id: string): Record<string, unknown> {
  const { inputs } = given;
  return {
    DBInstanceIdentifier: id,
    DBInstanceClass: textOf(inputs.instanceClass),
    MultiAZ: flagOf(inputs.multiAz),
    AvailabilityZone: textOf(inputs.availabilityZone),
    DBSubnetGroupName: textOf(inputs.dbSubnetGroupName),
    DBParameterGroupName: textOf(inputs.parameterGroupName),
    DeletionProtection: flagOf(inputs.deletionProtection),
    Port: numberOf(inputs.port),
    Tags: tagList(given.tags),
  };
}

async function make(given: Given, id: string, deployment: Deployment): Promise<DBInstance | undefined> {
  const { inputs } = given;
  const days = numberOf(inputs.backupRetentionPeriod);
  const ask = async (operation: string, input: Record<string, unknown>): Promise<DBInstance | undefined> =>
    ((await deployment.call('rds', operation, without(input))) as CreateDBInstanceCommandOutput).DBInstance;
  const source = textOf(inputs.replicateSourceDb);
  const snapshot = await known('DescribeDBSnapshots', 'DBSnapshotIdentifier', textOf(inputs.snapshotIdentifier), deployment);
  const restore = blockOf(inputs.restoreToPointInTime);
  if (source !== undefined) {
    const kept = await ready(source, given, deployment);
    const made = await ask('CreateDBInstanceReadReplica', {
      ...common(given, id),
      ...(kept.isCluster ? { SourceDBClusterIdentifier: kept.name } : { SourceDBInstanceIdentifier: kept.name }),
      KmsKeyId: textOf(inputs.kmsKeyId),
    });
    // The provider sets it by a modification, since the call that makes a replica does not take it.
    if (days !== undefined && days > 0) await modify(id, { BackupRetentionPeriod: days }, deployment);
    return made;
  }
  if (snapshot !== undefined || restore !== undefined) {
    const made =
      snapshot === undefined
        ? await ask('RestoreDBInstanceToPointInTime', {
            ...common(given, id),
            TargetDBInstanceIdentifier: id,
            SourceDBInstanceIdentifier: textOf(restore?.sourceDbInstanceIdentifier),
            SourceDBInstanceAutomatedBackupsArn: textOf(restore?.sourceDbInstanceAutomatedBackupsArn),
            SourceDbiResourceId: textOf(restore?.sourceDbiResourceId),
            UseLatestRestorableTime: flagOf(restore?.useLatestRestorableTime),
            RestoreTime: date(restore?.restoreTime),
          })
        : await ask('RestoreDBInstanceFromDBSnapshot', { ...common(given, id), DBSnapshotIdentifier: snapshot });
    if (days !== undefined) await modify(id, { BackupRetentionPeriod: days }, deployment);
    return made;
  }
  return ask('CreateDBInstance', {
    ...common(given, id),
    Engine: need(given, 'engine'),
    EngineVersion: textOf(inputs.engineVersion),
    AllocatedStorage: numberOf(inputs.allocatedStorage),
    // The provider sends 0 where the code says nothing, and nothing when it restores.
    BackupRetentionPeriod: days ?? (textOf(inputs.snapshotIdentifier) === undefined ? 0 : undefined),
    StorageEncrypted: flagOf(inputs.storageEncrypted),
    KmsKeyId: textOf(inputs.kmsKeyId),
    ManageMasterUserPassword: flagOf(inputs.manageMasterUserPassword),
    MasterUserSecretKmsKeyId: textOf(inputs.masterUserSecretKmsKeyId),
  });
}

/**
 * The snapshot, when the world has it. What was taken before the world began is not in it: the database is then made empty, which
 * is the same for continuity.
 */
export async function known(
  operation: string,
  member: string,
  snapshot: string | undefined,
  deployment: Deployment,
): Promise<string | undefined> {
  if (snapshot === undefined) return undefined;
  try {
    await deployment.call('rds', operation, { [member]: snapshot });
    return snapshot;
  } catch (error) {
    if (error instanceof ServiceFault && error.status === 404) return undefined;
    throw error;
  }
}

const date = (value: Plain | undefined): Date | undefined => {
  const text = textOf(value);
  return text === undefined ? undefined : new Date(text);
};

async function modify(id: string, change: object, deployment: Deployment): Promise<void> {
  await deployment.call('rds', 'ModifyDBInstance', { DBInstanceIdentifier: id, ApplyImmediately: true, ...change });
}

/** The provider waits until what it has made is available; so the source of a replica is. */
async function ready(
  name: string,
  given: Given,
  deployment: Deployment,
): Promise<{ readonly name: string; readonly isCluster: boolean }> {
  const { world } = deployment;
  const { account, region } = given;
  const find = () => instanceAt(world, account, region, name) ?? clusterAt(world, account, region, name);
  const source = find();
  if (source === undefined) return { name, isCluster: false };
  await deployment.until(() => find()?.status === 'available', `${name} available`);
  return { name: source.region === region ? source.id : source.arn, isCluster: 'members' in source };
}

const INSTANCE: Deployer = {
  type: 'aws:rds/instance:Instance',
  async create(given, deployment): Promise<Created> {
    const id = identifierOf(given, 'identifier', deployment);
    const made = await make(given, id, deployment);
    return { id: made?.DbiResourceId ?? id, outputs: outputsOf(given, id, made, deployment) };
  },
  async update(given, before, deployment): Promise<Created> {
    const id = await updateInstance(given, before, settings, deployment);
    const shown = (await deployment.call('rds', 'DescribeDBInstances', {
      DBInstanceIdentifier: id,
    })) as DescribeDBInstancesCommandOutput;
    return { id: given.id ?? id, outputs: outputsOf(given, id, shown.DBInstances?.[0], deployment) };
  },
  remove: (given, deployment) =>
    removeInstance(
      given,
      // The provider lets the automated backups go unless the code keeps them.
      { ...farewell(given), DeleteAutomatedBackups: flagOf(given.inputs.deleteAutomatedBackups) ?? true },
      deployment,
    ),
};

const nameIn = ({ outputs, id }: Given): string => textOf(outputs.identifier) ?? id ?? '';

/** What a modification of an instance takes, as the provider says it. */
const settings = ({ inputs }: Given): object => ({
  DBInstanceClass: textOf(inputs.instanceClass),
  MultiAZ: flagOf(inputs.multiAz),
  DBSubnetGroupName: textOf(inputs.dbSubnetGroupName),
  DBParameterGroupName: textOf(inputs.parameterGroupName),
  DeletionProtection: flagOf(inputs.deletionProtection) ?? false,
  DBPortNumber: numberOf(inputs.port),
  EngineVersion: textOf(inputs.engineVersion),
  AllocatedStorage: numberOf(inputs.allocatedStorage),
  BackupRetentionPeriod: numberOf(inputs.backupRetentionPeriod),
  ManageMasterUserPassword: flagOf(inputs.manageMasterUserPassword) ?? false,
  MasterUserSecretKmsKeyId: textOf(inputs.masterUserSecretKmsKeyId),
});

/** Promotes, modifies and renames, one after the other. Returns the identifier that it has from then on. */
export async function updateInstance(
  given: Given,
  before: Given,
  says: (of: Given) => object,
  deployment: Deployment,
): Promise<string> {
  const { world } = deployment;
  const { account, region, inputs } = given;
  const id = nameIn(given);
  const name = textOf(inputs.identifier)?.toLowerCase() ?? id;
  const settled = (of: string): Promise<void> =>
    deployment.until(
      () => !CHANGING.has(instanceAt(world, account, region, of)?.status ?? (of === id ? '' : 'renaming')),
      `${of} being modified`,
    );
  await settled(id);
  const source = textOf(inputs.replicateSourceDb);
  if (source === undefined && textOf(before.inputs.replicateSourceDb) !== undefined) {
    const days = numberOf(inputs.backupRetentionPeriod);
    await deployment.call('rds', 'PromoteReadReplica', without({ DBInstanceIdentifier: id, BackupRetentionPeriod: days }));
    await settled(id);
  }
  const change = changesOf(says(given), says(before));
  if (Object.keys(change).length > 0) await modify(id, change, deployment);
  await settled(id);
  if (name !== id) await modify(id, { NewDBInstanceIdentifier: name }, deployment);
  await settled(name);
  return name;
}

/** States from which an instance or a cluster comes by itself. */
export const CHANGING: ReadonlySet<string> = new Set(['creating', 'modifying', 'promoting', 'renaming', 'rebooting', 'starting']);

export function removeInstance(given: Given, how: object, deployment: Deployment): Promise<void> {
  return removedBy('rds', 'DeleteDBInstance', (gone) => ({ DBInstanceIdentifier: nameIn(gone), ...how }))(given, deployment);
}

/** The provider asks for the name of a final snapshot before it deletes, unless none is wanted. */
export function farewell({ inputs }: Given): object {
  if (flagOf(inputs.skipFinalSnapshot) === true) return { SkipFinalSnapshot: true };
  const name = textOf(inputs.finalSnapshotIdentifier);
  if (name === undefined) throw new Error('finalSnapshotIdentifier is required when skipFinalSnapshot is false');
  return { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: name };
}

function outputsOf(given: Given, id: string, made: DBInstance | undefined, deployment: Deployment): Record<string, Plain> {
  const instance = deployment.world.get(INSTANCES, given.account, given.region, id);
  const address = instanceHost(given.account, given.region, id, made?.Engine ?? '');
  const port = instance?.port ?? 0;
  return {
    arn: made?.DBInstanceArn ?? '',
    identifier: id,
    resourceId: made?.DbiResourceId ?? '',
    address,
    endpoint: `${address}:${port}`,
    port,
    engine: made?.Engine ?? '',
    instanceClass: made?.DBInstanceClass ?? '',
    availabilityZone: made?.AvailabilityZone ?? '',
    backupRetentionPeriod: instance?.retentionDays ?? 0,
    multiAz: made?.MultiAZ === true,
  };
}

const BACKUP_REPLICATION: Deployer = {
  type: 'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication',
  async create(given, deployment): Promise<Created> {
    const source = need(given, 'sourceDbInstanceArn');
    await ready(source, given, deployment);
    const reply = (await deployment.call(
      'rds',
      'StartDBInstanceAutomatedBackupsReplication',
      without({
        SourceDBInstanceArn: source,
        BackupRetentionPeriod: numberOf(given.inputs.retentionPeriod),
        KmsKeyId: textOf(given.inputs.kmsKeyId),
      }),
    )) as { readonly DBInstanceAutomatedBackup?: { readonly DBInstanceAutomatedBackupsArn?: string } };
    return { id: reply.DBInstanceAutomatedBackup?.DBInstanceAutomatedBackupsArn ?? '', outputs: {} };
  },
  // What has been copied so far stays until it expires.
  remove: removedBy('rds', 'StopDBInstanceAutomatedBackupsReplication', (given) => ({
    SourceDBInstanceArn: need(given, 'sourceDbInstanceArn'),
  })),
};

const SNAPSHOT: Deployer = {
  type: 'aws:rds/snapshot:Snapshot',
  async create(given, deployment): Promise<Created> {
    const source = await ready(need(given, 'dbInstanceIdentifier'), given, deployment);
    const id = need(given, 'dbSnapshotIdentifier');
    await deployment.call('rds', 'CreateDBSnapshot', {
      DBInstanceIdentifier: source.name,
      DBSnapshotIdentifier: id,
      Tags: tagList(given.tags),
    });
    return { id, outputs: { dbSnapshotArn: `arn:aws:rds:${given.region}:${given.account}:snapshot:${id}` } };
  },
  update: onlyTags,
  remove: removedBy('rds', 'DeleteDBSnapshot', ({ id }) => ({ DBSnapshotIdentifier: id })),
};

export const instanceDeployers: readonly Deployer[] = [INSTANCE, BACKUP_REPLICATION, SNAPSHOT];
