/**
 * AWS Backup: plans with what they select, vaults with their locks, and which types the Region backs up by tags. Five calls for a
 * Region without plans; two for each plan and one for each selection more.
 */
import type {
  BackupRule,
  BackupVaultListMember,
  Conditions,
  DescribeRegionSettingsCommandInput,
  DescribeRegionSettingsCommandOutput,
  GetBackupPlanCommandInput,
  GetBackupPlanCommandOutput,
  GetBackupSelectionCommandInput,
  GetBackupSelectionCommandOutput,
  Lifecycle,
  ListBackupPlansCommandInput,
  ListBackupPlansCommandOutput,
  ListBackupSelectionsCommandInput,
  ListBackupSelectionsCommandOutput,
  ListBackupVaultsCommandInput,
  ListBackupVaultsCommandOutput,
  ListTagsCommandInput,
  ListTagsCommandOutput,
} from '@aws-sdk/client-backup';
import { call } from '../../aws/call.ts';
import { Hole, type Value, type Values } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const PLAN = 'aws:backup/plan:Plan';
const SELECTION = 'aws:backup/selection:Selection';
const VAULT = 'aws:backup/vault:Vault';
const AIR_GAPPED = 'aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault';
const LOCK = 'aws:backup/vaultLockConfiguration:VaultLockConfiguration';
const REGION_SETTINGS = 'aws:backup/regionSettings:RegionSettings';

const TOKEN = { input: 'NextToken', output: 'NextToken' };
const DAY = 24 * 3600 * 1000;

const listPlans = call<ListBackupPlansCommandInput, ListBackupPlansCommandOutput>({
  client: 'backup',
  operation: 'ListBackupPlans',
  action: 'backup:ListBackupPlans',
  pages: TOKEN,
});
const getPlan = call<GetBackupPlanCommandInput, GetBackupPlanCommandOutput>({
  client: 'backup',
  operation: 'GetBackupPlan',
  action: 'backup:GetBackupPlan',
});
const listSelections = call<ListBackupSelectionsCommandInput, ListBackupSelectionsCommandOutput>({
  client: 'backup',
  operation: 'ListBackupSelections',
  action: 'backup:ListBackupSelections',
  pages: TOKEN,
});
const getSelection = call<GetBackupSelectionCommandInput, GetBackupSelectionCommandOutput>({
  client: 'backup',
  operation: 'GetBackupSelection',
  action: 'backup:GetBackupSelection',
});
const listVaults = call<ListBackupVaultsCommandInput, ListBackupVaultsCommandOutput>({
  client: 'backup',
  operation: 'ListBackupVaults',
  action: 'backup:ListBackupVaults',
  pages: TOKEN,
});
const regionSettings = call<DescribeRegionSettingsCommandInput, DescribeRegionSettingsCommandOutput>({
  client: 'backup',
  operation: 'DescribeRegionSettings',
  action: 'backup:DescribeRegionSettings',
});
const listTags = call<ListTagsCommandInput, ListTagsCommandOutput>({
  client: 'backup',
  operation: 'ListTags',
  action: 'backup:ListTags',
});

export const backupPlans: Scan = {
  id: 'backup-plans',
  types: [PLAN, SELECTION],
  where: 'region',
  calls: [listPlans, getPlan, listSelections, getSelection, listTags],
  async *run(aws) {
    for await (const { BackupPlansList = [] } of aws.pages(listPlans, {})) {
      const listed = BackupPlansList.filter((p) => p.DeletionDate === undefined);
      const plans = await aws.each(listed, (p) => observePlan(aws, p.BackupPlanId ?? '', p.BackupPlanArn, p.BackupPlanName));
      for (const plan of plans) {
        if (plan === undefined) continue;
        yield plan;
        for await (const { BackupSelectionsList = [] } of aws.pages(listSelections, { BackupPlanId: plan.id })) {
          const ids = BackupSelectionsList.flatMap((s) => (s.SelectionId === undefined ? [] : [s.SelectionId]));
          for (const selection of await aws.each(ids, (id) => observeSelection(aws, plan.id, id)))
            if (selection !== undefined) yield selection;
        }
      }
    }
  },
};

export const backupVaults: Scan = {
  id: 'backup-vaults',
  types: [VAULT, AIR_GAPPED, LOCK],
  where: 'region',
  calls: [listVaults, listTags, listAliases],
  async *run(aws) {
    for await (const { BackupVaultList = [] } of aws.pages(listVaults, {}))
      for (const seen of await aws.each(BackupVaultList, (vault) => observeVault(aws, vault))) yield* seen;
  },
};

export const backupRegionSettings: Scan = {
  id: 'backup-region-settings',
  types: [REGION_SETTINGS],
  where: 'region',
  calls: [regionSettings],
  async *run(aws) {
    for await (const reply of aws.pages(regionSettings, {}))
      yield {
        type: REGION_SETTINGS,
        id: aws.region,
        arn: undefined,
        name: aws.region,
        properties: { resourceTypeOptInPreference: reply.ResourceTypeOptInPreference ?? {} },
        outputs: {},
        tags: {},
      };
  },
};

export const backupScans: readonly Scan[] = [backupPlans, backupVaults, backupRegionSettings];

/** A plan that went away after it was listed is not shown. */
async function observePlan(
  aws: Reader,
  id: string,
  listedArn: string | undefined,
  listedName: string | undefined,
): Promise<Observed | undefined> {
  const arn = listedArn ?? `arn:aws:backup:${aws.region}:${aws.account}:backup-plan:${id}`;
  const [reply, tags] = await Promise.all([
    aws.ask(getPlan, { BackupPlanId: id }, ['ResourceNotFoundException']),
    tagsOf(aws, arn),
  ]);
  if (reply === undefined) return undefined;
  const plan = reply instanceof Hole ? reply : (reply.BackupPlan ?? new Hole('error', 'GetBackupPlan describes no plan'));
  const name = (plan instanceof Hole ? undefined : plan.BackupPlanName) ?? listedName ?? id;
  const rules = plan instanceof Hole ? plan : rulesOf(plan.Rules);
  return { type: PLAN, id, arn, name, properties: { name, rules }, outputs: { arn }, tags };
}

/** Every plan has rules, each with a name and a vault (API reference, BackupRule). */
function rulesOf(rules: readonly BackupRule[] | undefined): Value {
  const said = sent(rules, 'Rules');
  if (said instanceof Hole) return said;
  const lost = new Hole('not-reported', 'GetBackupPlan gave a rule without its name or vault');
  return said.map((rule) => (rule.RuleName === undefined || rule.TargetBackupVaultName === undefined ? lost : ruleOf(rule)));
}

function ruleOf(rule: BackupRule): Values {
  const copies = (rule.CopyActions ?? []).map((c) =>
    present({ destinationVaultArn: c.DestinationBackupVaultArn, lifecycle: lifecycleOf(c.Lifecycle) }),
  );
  return present({
    ruleName: rule.RuleName,
    targetVaultName: rule.TargetBackupVaultName,
    targetLogicallyAirGappedBackupVaultArn: rule.TargetLogicallyAirGappedBackupVaultArn,
    schedule: rule.ScheduleExpression,
    scheduleExpressionTimezone: rule.ScheduleExpressionTimezone,
    // Not what the provider would send: AWS's own windows are longer, and hold when it shows none (BackupRuleInput).
    startWindow: rule.StartWindowMinutes ?? 480,
    completionWindow: rule.CompletionWindowMinutes ?? 10_080,
    enableContinuousBackup: rule.EnableContinuousBackup,
    lifecycle: lifecycleOf(rule.Lifecycle),
    copyActions: copies.length === 0 ? undefined : copies,
  });
}

function lifecycleOf(lifecycle: Lifecycle | undefined): Values | undefined {
  if (lifecycle === undefined) return undefined;
  return present({ coldStorageAfter: lifecycle.MoveToColdStorageAfterDays, deleteAfter: lifecycle.DeleteAfterDays });
}

async function observeSelection(aws: Reader, planId: string, id: string): Promise<Observed | undefined> {
  const reply = await aws.ask(getSelection, { BackupPlanId: planId, SelectionId: id }, ['ResourceNotFoundException']);
  if (reply === undefined) return undefined;
  const selection =
    reply instanceof Hole ? reply : (reply.BackupSelection ?? new Hole('error', 'GetBackupSelection describes no selection'));
  const of = { type: SELECTION, id, arn: undefined, outputs: {}, tags: {} };
  if (selection instanceof Hole) {
    const unread = { resources: selection, notResources: selection, selectionTags: selection, conditions: selection };
    return { ...of, name: id, properties: { name: selection, planId, iamRoleArn: selection, ...unread } };
  }
  const name = sent(selection.SelectionName, 'SelectionName');
  const tags = (selection.ListOfTags ?? []).map((t) =>
    present({ type: t.ConditionType, key: t.ConditionKey, value: t.ConditionValue }),
  );
  const properties = present({
    name,
    planId,
    iamRoleArn: sent(selection.IamRoleArn, 'IamRoleArn'),
    resources: filled(selection.Resources),
    notResources: filled(selection.NotResources),
    selectionTags: filled(tags),
    conditions: conditionsOf(selection.Conditions),
  });
  return { ...of, name: name instanceof Hole ? id : name, properties };
}

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined => (list?.length ? list : undefined);

function conditionsOf(conditions: Conditions | undefined): readonly Values[] | undefined {
  const pairs = (list: Conditions['StringEquals']) =>
    filled((list ?? []).map((c) => present({ key: c.ConditionKey, value: c.ConditionValue })));
  const block = present({
    stringEquals: pairs(conditions?.StringEquals),
    stringNotEquals: pairs(conditions?.StringNotEquals),
    stringLikes: pairs(conditions?.StringLike),
    stringNotLikes: pairs(conditions?.StringNotLike),
  });
  return Object.keys(block).length === 0 ? undefined : [block];
}

async function observeVault(aws: Reader, vault: BackupVaultListMember): Promise<readonly Observed[]> {
  const { BackupVaultName: name, VaultType: type } = vault;
  // Vaults that only give access to another account's air-gapped vault hold nothing of their own.
  if (name === undefined || type === 'RESTORE_ACCESS_BACKUP_VAULT') return [];
  const arn = vault.BackupVaultArn ?? `arn:aws:backup:${aws.region}:${aws.account}:backup-vault:${name}`;
  const [key, tags] = await Promise.all([ownKey(aws, vault.EncryptionKeyArn), tagsOf(aws, arn)]);
  const of = { id: name, arn, name, outputs: { arn, name }, tags };
  const retention = { minRetentionDays: vault.MinRetentionDays, maxRetentionDays: vault.MaxRetentionDays };
  if (type === 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT')
    return [{ ...of, type: AIR_GAPPED, properties: present({ name, encryptionKeyArn: key, ...retention }) }];
  const shown: Observed = { ...of, type: VAULT, properties: present({ name, kmsKeyArn: key }) };
  if (vault.Locked !== true) return [shown];
  const properties = present({ backupVaultName: name, changeableForDays: graceDays(vault), ...retention });
  return [shown, { type: LOCK, id: name, arn: undefined, name, properties, outputs: { backupVaultArn: arn }, tags: {} }];
}

/**
 * AWS shows when the lock becomes final, not how long it could be changed: the days since the vault was made are the most that it
 * can have been, and exact where the lock came with the vault. No date: it stays changeable (governance mode).
 */
function graceDays({ LockDate: final, CreationDate: created }: BackupVaultListMember): number | Hole | undefined {
  if (final === undefined) return undefined;
  if (created === undefined) return new Hole('not-reported', 'ListBackupVaults does not say when the vault was made');
  return Math.max(3, Math.round((final.getTime() - created.getTime()) / DAY));
}

async function tagsOf(aws: Reader, arn: string): Promise<Observed['tags']> {
  const reply = await aws.ask(listTags, { ResourceArn: arn }, ['ResourceNotFoundException']);
  return reply instanceof Hole ? reply : (reply?.Tags ?? {});
}
