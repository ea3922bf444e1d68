/** AWS Backup from the inputs of the Pulumi provider. */
import type * as Backup from '@aws-sdk/client-backup';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, onlyTags, putAgain, removedBy, stays, unlessGone } from '../deploy/lifecycle.ts';
import { type Block, blockOf, blocksOf, flagOf, isBlock, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';

/** What the provider sends when a rule says nothing (provider docs, Plan, `startWindow` and `completionWindow`). */
const START_WINDOW = 60;
const COMPLETION_WINDOW = 180;

const nameOf = (given: Given, deployment: Deployment): string => textOf(given.inputs.name) ?? deployment.physicalName(given);

function record<T>(value: Plain | undefined, read: (v: Plain) => T | undefined): Record<string, T> {
  const entries = Object.entries(isBlock(value) ? value : {}).map(([key, v]) => [key, read(v)] as const);
  return Object.fromEntries(entries.filter((e): e is readonly [string, T] & typeof e => e[1] !== undefined)) as Record<string, T>;
}

function lifecycleOf(block: Block): Backup.Lifecycle | undefined {
  const lifecycle = blockOf(block.lifecycle);
  if (lifecycle === undefined) return undefined;
  // 0 is sent as not set.
  return without({
    MoveToColdStorageAfterDays: numberOf(lifecycle.coldStorageAfter) || undefined,
    DeleteAfterDays: numberOf(lifecycle.deleteAfter) || undefined,
    OptInToArchiveForSupportedResources: flagOf(lifecycle.optInToArchiveForSupportedResources),
  });
}

function ruleOf(block: Block): Backup.BackupRuleInput {
  const copies = blocksOf(block.copyActions).map(
    (c) => without({ DestinationBackupVaultArn: textOf(c.destinationVaultArn), Lifecycle: lifecycleOf(c) }) as Backup.CopyAction,
  );
  return without({
    RuleName: textOf(block.ruleName),
    TargetBackupVaultName: textOf(block.targetVaultName),
    TargetLogicallyAirGappedBackupVaultArn: textOf(block.targetLogicallyAirGappedBackupVaultArn),
    ScheduleExpression: textOf(block.schedule),
    ScheduleExpressionTimezone: textOf(block.scheduleExpressionTimezone),
    StartWindowMinutes: numberOf(block.startWindow) ?? START_WINDOW,
    CompletionWindowMinutes: numberOf(block.completionWindow) ?? COMPLETION_WINDOW,
    EnableContinuousBackup: flagOf(block.enableContinuousBackup),
    Lifecycle: lifecycleOf(block),
    RecoveryPointTags: record(block.recoveryPointTags, textOf),
    CopyActions: copies.length === 0 ? undefined : copies,
  });
}

const planOf = ({ inputs }: Given, name: string): Backup.BackupPlanInput => ({
  BackupPlanName: name,
  Rules: blocksOf(inputs.rules).map(ruleOf),
});

async function changePlan(given: Given, _before: Given, deployment: Deployment): Promise<Created> {
  const { id = '', outputs } = given;
  const BackupPlan = planOf(given, textOf(given.inputs.name) ?? textOf(outputs.name) ?? '');
  const made = (await deployment.call('backup', 'UpdateBackupPlan', {
    BackupPlanId: id,
    BackupPlan,
  })) as Backup.UpdateBackupPlanCommandOutput;
  return { id, outputs: { version: made.VersionId ?? '' } };
}

/** With `forceDestroy` the provider deletes the recovery points first; without it, a vault that has some stays. */
async function removeVault({ id, inputs }: Given, deployment: Deployment): Promise<void> {
  const BackupVaultName = id;
  if (flagOf(inputs.forceDestroy) === true) {
    const found = (await unlessGone(deployment.call('backup', 'ListRecoveryPointsByBackupVault', { BackupVaultName }))) as
      | Backup.ListRecoveryPointsByBackupVaultCommandOutput
      | undefined;
    for (const { RecoveryPointArn } of found?.RecoveryPoints ?? [])
      await deployment.call('backup', 'DeleteRecoveryPoint', { BackupVaultName, RecoveryPointArn });
  }
  await unlessGone(deployment.call('backup', 'DeleteBackupVault', { BackupVaultName }));
}

async function plan(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const input: Backup.CreateBackupPlanCommandInput = { BackupPlan: planOf(given, name), BackupPlanTags: { ...given.tags } };
  const made = (await deployment.call('backup', 'CreateBackupPlan', input)) as Backup.CreateBackupPlanCommandOutput;
  const id = made.BackupPlanId ?? '';
  return { id, outputs: { id, arn: made.BackupPlanArn ?? '', name, version: made.VersionId ?? '' } };
}

const CONDITIONS = [
  ['stringEquals', 'StringEquals'],
  ['stringNotEquals', 'StringNotEquals'],
  ['stringLikes', 'StringLike'],
  ['stringNotLikes', 'StringNotLike'],
] as const;

function conditionsOf(value: Plain | undefined): Backup.Conditions | undefined {
  const blocks = blocksOf(value);
  if (blocks.length === 0) return undefined;
  return Object.fromEntries(
    CONDITIONS.map(([property, member]) => [
      member,
      blocks.flatMap((b) => blocksOf(b[property])).map((c) => ({ ConditionKey: textOf(c.key), ConditionValue: textOf(c.value) })),
    ]),
  );
}

async function selection(given: Given, deployment: Deployment): Promise<Created> {
  const tags = blocksOf(given.inputs.selectionTags).map((t) => ({
    ConditionType: 'STRINGEQUALS' as const,
    ConditionKey: textOf(t.key),
    ConditionValue: textOf(t.value),
  }));
  const input: Backup.CreateBackupSelectionCommandInput = {
    BackupPlanId: need(given, 'planId'),
    BackupSelection: without({
      SelectionName: nameOf(given, deployment),
      IamRoleArn: textOf(given.inputs.iamRoleArn) ?? `arn:aws:iam::${given.account}:role/backup`,
      Resources: textsOf(given.inputs.resources),
      NotResources: given.inputs.notResources === undefined ? undefined : textsOf(given.inputs.notResources),
      ListOfTags: tags,
      Conditions: conditionsOf(given.inputs.conditions),
    }),
  };
  const made = (await deployment.call('backup', 'CreateBackupSelection', input)) as Backup.CreateBackupSelectionCommandOutput;
  return { id: made.SelectionId ?? '', outputs: {} };
}

async function vault(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const input = without({
    BackupVaultName: name,
    EncryptionKeyArn: textOf(given.inputs.kmsKeyArn),
    BackupVaultTags: { ...given.tags },
  });
  const made = (await deployment.call('backup', 'CreateBackupVault', input)) as Backup.CreateBackupVaultCommandOutput;
  return { id: name, outputs: { arn: made.BackupVaultArn ?? '', name, recoveryPoints: 0 } };
}

async function airGapped(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const input = without({
    BackupVaultName: name,
    MinRetentionDays: numberOf(given.inputs.minRetentionDays),
    MaxRetentionDays: numberOf(given.inputs.maxRetentionDays),
    EncryptionKeyArn: textOf(given.inputs.encryptionKeyArn),
    BackupVaultTags: { ...given.tags },
  });
  const made = (await deployment.call(
    'backup',
    'CreateLogicallyAirGappedBackupVault',
    input,
  )) as Backup.CreateLogicallyAirGappedBackupVaultCommandOutput;
  return { id: name, outputs: { arn: made.BackupVaultArn ?? '', name } };
}

/** Types that only set something on a vault: their id is its name. */
function onVault(type: string, what: string, inputOf: (given: Given) => object): Deployer {
  return {
    type,
    ...putAgain(async (given, deployment) => {
      const name = need(given, 'backupVaultName');
      await deployment.call('backup', `PutBackupVault${what}`, without({ BackupVaultName: name, ...inputOf(given) }));
      return { id: name, outputs: { backupVaultArn: `arn:aws:backup:${given.region}:${given.account}:backup-vault:${name}` } };
    }),
    remove: removedBy('backup', `DeleteBackupVault${what}`, ({ id }) => ({ BackupVaultName: id })),
  };
}

function testingOf(given: Given) {
  const from = blockOf(given.inputs.recoveryPointSelection) ?? {};
  return without({
    ScheduleExpression: need(given, 'scheduleExpression'),
    ScheduleExpressionTimezone: textOf(given.inputs.scheduleExpressionTimezone),
    StartWindowHours: numberOf(given.inputs.startWindowHours),
    RecoveryPointSelection: without({
      Algorithm: textOf(from.algorithm),
      IncludeVaults: textsOf(from.includeVaults),
      ExcludeVaults: textsOf(from.excludeVaults),
      RecoveryPointTypes: textsOf(from.recoveryPointTypes),
      SelectionWindowDays: numberOf(from.selectionWindowDays),
    }),
  });
}

async function testingPlan(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const input = { RestoreTestingPlan: { RestoreTestingPlanName: name, ...testingOf(given) }, Tags: { ...given.tags } };
  const made = (await deployment.call(
    'backup',
    'CreateRestoreTestingPlan',
    input,
  )) as Backup.CreateRestoreTestingPlanCommandOutput;
  return { id: name, outputs: { name, arn: made.RestoreTestingPlanArn ?? '' } };
}

async function testingSelection(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const planName = need(given, 'restoreTestingPlanName');
  const conditions = blockOf(given.inputs.protectedResourceConditions);
  const pairs = (value: Plain | undefined): Backup.KeyValue[] =>
    blocksOf(value).map((c) => ({ Key: textOf(c.key), Value: textOf(c.value) }));
  await deployment.call('backup', 'CreateRestoreTestingSelection', {
    RestoreTestingPlanName: planName,
    RestoreTestingSelection: without({
      RestoreTestingSelectionName: name,
      IamRoleArn: textOf(given.inputs.iamRoleArn),
      ProtectedResourceType: need(given, 'protectedResourceType'),
      ProtectedResourceArns:
        given.inputs.protectedResourceArns === undefined ? undefined : textsOf(given.inputs.protectedResourceArns),
      ProtectedResourceConditions:
        conditions === undefined
          ? undefined
          : { StringEquals: pairs(conditions.stringEquals), StringNotEquals: pairs(conditions.stringNotEquals) },
      RestoreMetadataOverrides: record(given.inputs.restoreMetadataOverrides, textOf),
      ValidationWindowHours: numberOf(given.inputs.validationWindowHours),
    }),
  });
  return { id: `${name}:${planName}`, outputs: { name } };
}

export const backupDeployers: readonly Deployer[] = [
  { type: 'aws:backup/vault:Vault', create: vault, update: onlyTags, remove: removeVault },
  {
    type: 'aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault',
    create: airGapped,
    update: onlyTags,
    remove: removeVault,
  },
  onVault('aws:backup/vaultLockConfiguration:VaultLockConfiguration', 'LockConfiguration', ({ inputs }) => ({
    ChangeableForDays: numberOf(inputs.changeableForDays),
    MinRetentionDays: numberOf(inputs.minRetentionDays),
    MaxRetentionDays: numberOf(inputs.maxRetentionDays),
  })),
  onVault('aws:backup/vaultPolicy:VaultPolicy', 'AccessPolicy', ({ inputs }) => ({ Policy: textOf(inputs.policy) })),
  onVault('aws:backup/vaultNotifications:VaultNotifications', 'Notifications', ({ inputs }) => ({
    SNSTopicArn: textOf(inputs.snsTopicArn),
    BackupVaultEvents: textsOf(inputs.backupVaultEvents),
  })),
  {
    type: 'aws:backup/plan:Plan',
    create: plan,
    update: changePlan,
    remove: removedBy('backup', 'DeleteBackupPlan', ({ id }) => ({ BackupPlanId: id })),
  },
  {
    type: 'aws:backup/selection:Selection',
    create: selection,
    remove: removedBy('backup', 'DeleteBackupSelection', (given) => ({
      BackupPlanId: need(given, 'planId'),
      SelectionId: given.id,
    })),
  },
  {
    type: 'aws:backup/regionSettings:RegionSettings',
    ...putAgain(async (given, deployment) => {
      await deployment.call('backup', 'UpdateRegionSettings', {
        ResourceTypeOptInPreference: record(given.inputs.resourceTypeOptInPreference, flagOf),
        ResourceTypeManagementPreference: record(given.inputs.resourceTypeManagementPreference, flagOf),
      });
      return { id: given.region, outputs: {} };
    }),
    // Settings of a Region and of an account stay as they were put: the provider forgets them.
    remove: stays,
  },
  {
    type: 'aws:backup/globalSettings:GlobalSettings',
    ...putAgain(async (given, deployment) => {
      const settings = record(given.inputs.globalSettings, textOf);
      await deployment.call('backup', 'UpdateGlobalSettings', { GlobalSettings: settings });
      return { id: given.account, outputs: {} };
    }),
    remove: stays,
  },
  {
    type: 'aws:backup/restoreTestingPlan:RestoreTestingPlan',
    create: testingPlan,
    update: changedBy((given, _before, deployment) =>
      deployment.call('backup', 'UpdateRestoreTestingPlan', {
        RestoreTestingPlanName: given.id,
        RestoreTestingPlan: testingOf(given),
      }),
    ),
    remove: removedBy('backup', 'DeleteRestoreTestingPlan', ({ id }) => ({ RestoreTestingPlanName: id })),
  },
  {
    type: 'aws:backup/restoreTestingSelection:RestoreTestingSelection',
    create: testingSelection,
    remove: removedBy('backup', 'DeleteRestoreTestingSelection', ({ id }) => ({
      RestoreTestingSelectionName: id?.split(':')[0],
      RestoreTestingPlanName: id?.split(':')[1],
    })),
  },
];
