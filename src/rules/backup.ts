/**
 * Pitfalls of AWS Backup. Those about what is kept of a store point at the store: it is what a service rests on, and the
 * plan may be shared. Stores that bring themselves back for a scope do not need AWS Backup for it.
 */

import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, atLeast, because, decide, is, known, no, not, unknown, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import { backupable, coveredBy } from '../services/backup-coverage.ts';
import type { BackupCopy, BackupRule } from '../services/backup-plan.ts';
import { backupPlan } from '../services/backup-plan.ts';
import { backupVault, immutable } from '../services/backup-vault.ts';
import { ruledOut } from '../services/database-parts.ts';
import { docdbCluster } from '../services/docdb-cluster.ts';
import { neptuneCluster } from '../services/neptune-cluster.ts';
import { rdsCluster } from '../services/rds-cluster.ts';
import { rdsInstance } from '../services/rds-instance.ts';
import type { Backed } from './backed.ts';
import { covered, onBacked, someCopy, someRule, worstAge } from './backed.ts';
import {
  agreedDays,
  anyAgreed,
  awsBackupDays,
  comesBack,
  days,
  ownProtection,
  strictest,
  textOr,
  when,
  whenAny,
} from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

const GUIDE = 'https://docs.aws.amazon.com/aws-backup/latest/devguide';
const HOUR = 3600;
const KEY_POLICY = 'aws:kms/keyPolicy:KeyPolicy';

export const backupRules: readonly Rule[] = [
  {
    id: 'backup-rpo-exceeded',
    family: 'backup',
    title: 'Backups are further apart than the agreed recovery point',
    severity: 'critical',
    scopes: ['data', 'region'],
    why: 'What was written since the newest finished backup is lost. At worst that is the longest gap between two runs, plus the time within which a job may start and finish, and it supposes that every job succeeds.',
    fix: 'Run the rule more often (`schedule`, hourly at most), narrow `startWindow` and `completionWindow`, or use `enableContinuousBackup` or the point-in-time recovery of the service.',
    source: `${GUIDE}/creating-a-backup-plan.html`,
    checks: [
      onBacked((backed, context) => {
        const sentences = (['data', 'region'] as const).flatMap((scope) => {
          const rpo = strictest(context, backed.resource.id, 'RPO', scope);
          return rpo === undefined ? [] : [tooRare(backed, scope, rpo, context)];
        });
        return sentences.length === 0 ? undefined : whenAny([], sentences);
      }),
    ],
  },
  {
    id: 'backup-no-copy-action',
    family: 'backup',
    title: 'Backups stay in the Region that they protect against',
    severity: 'critical',
    scopes: ['region'],
    why: 'A vault lives in one Region of one account, and a rule writes to that vault only. When the Region is lost, the data and its backups are lost together.',
    fix: 'Add a `copyActions` entry with the `destinationVaultArn` of a vault in another Region to the rule.',
    source: `${GUIDE}/recov-point-create-a-copy.html`,
    checks: [
      onBacked((backed, context) =>
        context.agreed(backed.resource.id, 'region') && !context.isStandby(backed.resource.id)
          ? when(
              [not(ownProtection(backed.item, 'region')), ...keptHereOnly(backed, (copy) => copy.otherRegion, context)],
              `${backed.name} is backed up in its own Region only: no rule copies to another one`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'backup-vault-same-account',
    family: 'backup',
    title: 'Backups stay in the account that they protect against',
    severity: 'critical',
    scopes: ['account', 'data'],
    why: 'Whoever takes over the account, or closes it, reaches the data and its backups alike. Only a copy in another account, or in an air-gapped vault that another account can restore from, outlives that.',
    fix: 'Add a `copyActions` entry with the `destinationVaultArn` of a vault in another account of the organization, or of an aws.backup.LogicallyAirGappedVault that is shared with one.',
    source: `${GUIDE}/logicallyairgappedvault.html`,
    checks: [
      onBacked((backed, context) =>
        context.agreed(backed.resource.id, 'account')
          ? when(
              [not(comesBack(backed.item, 'account', context)), ...keptHereOnly(backed, (copy) => copy.otherAccount, context)],
              `${backed.name} is backed up in its own account only: no rule copies to another one`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'backup-copy-kms-unusable',
    family: 'backup',
    title: 'The copy to another account cannot be made, or not be read there',
    severity: 'critical',
    scopes: ['account', 'region'],
    why: 'Recovery points of a database keep its own encryption. One under an AWS managed key such as aws/rds cannot be copied to another account at all; one under a customer managed key only when the policy of that key lets the other account use it.',
    fix: 'Encrypt the database under an aws.kms.Key (`storageEncrypted: true`, `kmsKeyId`) whose `policy` names the destination account with kms:Decrypt and kms:CreateGrant. A new key means a new database: restore a snapshot under it.',
    source: `${GUIDE}/create-cross-account-backup.html`,
    checks: [
      onBacked((backed, context) => {
        const facts = databaseFacts(backed, context);
        return facts !== undefined && anyAgreed(context, backed.resource.id, 'account', 'region')
          ? whenAny(
              [facts.encrypted, someRule(backed, (rule) => someCopy(rule, (copy) => copy.otherAccount), context)],
              [keyUnusable(backed, facts.key, context)],
              'kmsKeyId',
            )
          : undefined;
      }),
    ],
  },
  {
    id: 'backup-vault-unlocked',
    family: 'backup',
    title: 'Recovery points can be deleted before their time',
    severity: 'high',
    scopes: ['account', 'data'],
    why: 'Without a lock anybody with the right permissions can empty the vault. A lock without `changeableForDays` is in governance mode: a privileged principal takes it off first.',
    fix: 'Add an aws.backup.VaultLockConfiguration with `changeableForDays` (3 at least: after that nobody can take it off) and `minRetentionDays`.',
    source: `${GUIDE}/vault-lock.html`,
    checks: [
      on(backupVault, (facts, _item, context) =>
        keepsForAgreement(facts.id, context)
          ? answer(
              andThen(immutable(facts), (locked) =>
                locked
                  ? no('locked')
                  : andThen(facts.lock, (lock) =>
                      yes(
                        lock === undefined
                          ? `${facts.name} has no lock: its recovery points can be deleted`
                          : `${facts.name} has a lock in governance mode, which can be taken off`,
                      ),
                    ),
              ),
              'changeableForDays',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'backup-selection-misses-resource',
    family: 'backup',
    title: 'No backup plan assigns the store, and nothing else keeps its history',
    severity: 'critical',
    scopes: ['data'],
    why: 'There are backup plans, and this store is in none of their selections. After a wrong write or delete nothing from before the damage can be restored. Tags assign a resource only where the Region opts its type in.',
    fix: 'Add the ARN or a tag of the resource to the `resources` or `selectionTags` of an aws.backup.Selection, or turn on the backups of the service itself.',
    source: `${GUIDE}/assigning-resources.html`,
    checks: [
      onBacked((backed, context) =>
        context.agreed(backed.resource.id, 'data') && !context.isStandby(backed.resource.id)
          ? when(
              [not(isReplica(backed, context)), not(covered(backed, context)), not(ownProtection(backed.item, 'data'))],
              `${backed.name} is in no selection of a backup plan, and keeps no history of its own`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'backup-retention-below-contract',
    family: 'backup',
    title: 'Backups are deleted before the agreed retention ends',
    severity: 'high',
    scopes: ['data'],
    why: 'Damage that is found after `deleteAfter` days can no longer be undone. Copies keep the retention of their rule unless they have a lifecycle of their own, and continuous backups keep 35 days at most.',
    fix: 'Raise `lifecycle.deleteAfter` of the rule, and of its `copyActions`, to the agreed days.',
    source: `${GUIDE}/creating-a-backup-plan.html`,
    checks: [
      onBacked((backed, context) => {
        const agreed = agreedDays(context, backed.resource.id);
        return agreed === undefined
          ? undefined
          : whenAny([], [tooBrief(backed, agreed, context), copiesTooBrief(backed, agreed, context)]);
      }),
    ],
  },
  {
    id: 'backup-no-pitr-short-rpo',
    family: 'backup',
    title: 'A recovery point below an hour needs continuous backups',
    severity: 'high',
    scopes: ['data'],
    why: 'Snapshots run hourly at most. For RDS, Aurora and S3 AWS Backup can keep a continuous history, from which any second of up to 35 days is restored; it is off unless asked for.',
    fix: 'Set `enableContinuousBackup: true` on the rule, or turn on the point-in-time recovery of the service.',
    source: `${GUIDE}/point-in-time-recovery.html`,
    checks: [
      onBacked((backed, context) => {
        const rpo = strictest(context, backed.resource.id, 'RPO', 'data');
        return rpo === undefined || rpo >= HOUR || !backed.resource.continuous
          ? undefined
          : when(
              [
                not(ownProtection(backed.item, 'data')),
                someRule(backed, (rule) => not(rule.continuous), context),
                not(someRule(backed, (rule) => rule.continuous, context)),
              ],
              `${backed.name} has snapshots only, hourly at most; the agreement needs ${formatDuration(rpo)}`,
            );
      }),
    ],
  },
];

/** A copy of another database needs no history of its own: its source does. */
function isReplica(backed: Backed, context: RuleContext): Truth {
  return context.facts(rdsInstance, backed.resource.id)?.isReplica ?? no();
}

/** Some rule that covers it makes no such copy, and none that covers it makes one. */
function keptHereOnly(backed: Backed, elsewhere: (copy: BackupCopy) => Truth, context: RuleContext): readonly Truth[] {
  return [
    someRule(backed, (rule) => not(someCopy(rule, elsewhere)), context),
    not(someRule(backed, (rule) => someCopy(rule, elsewhere), context)),
  ];
}

function tooRare(backed: Backed, scope: 'data' | 'region', rpo: number, context: RuleContext): Truth {
  const helps = (rule: BackupRule): Truth => (scope === 'data' ? yes() : someCopy(rule, (copy) => copy.otherRegion));
  const keepsUp = (rule: BackupRule): Truth =>
    any([scope === 'data' && backed.resource.continuous ? rule.continuous : no(), is(worstAge(rule), (age) => age <= rpo)]);
  const ages = backed.rules.flatMap((plan) =>
    textOr(plan.rules, [])
      .filter((rule) => !ruledOut(all([plan.covers, helps(rule)])))
      .map((rule) => textOr(worstAge(rule), Number.POSITIVE_INFINITY)),
  );
  return because(
    all([
      someRule(backed, (rule) => all([helps(rule), not(keepsUp(rule))]), context),
      not(someRule(backed, (rule) => all([helps(rule), keepsUp(rule)]), context)),
      not(ownProtection(backed.item, scope)),
    ]),
    `the newest backup of ${backed.name}${scope === 'region' ? ' in another Region' : ''} may be ${formatDuration(Math.min(...ages))} old or older; the agreement needs ${formatDuration(rpo)}`,
  );
}

/** Neither AWS Backup nor the service itself keeps what was agreed. Automated backups of databases have a rule of their own. */
function tooBrief(backed: Backed, agreed: number, context: RuleContext): Truth {
  const lasting = (rule: BackupRule): Truth => atLeast(rule.lifecycle.deleteAfterDays, agreed);
  const own = meaningOf(backed.item)?.retentionDays ?? known(0);
  const kept = textOr(awsBackupDays(backed.item, context), undefined);
  return because(
    all([
      not(atLeast(own, agreed)),
      someRule(backed, (rule) => not(lasting(rule)), context),
      not(someRule(backed, lasting, context)),
    ]),
    `AWS Backup keeps ${backed.name} for ${kept === undefined ? 'less' : days(kept)}; the agreement needs ${days(agreed)}`,
  );
}

/** Where copies elsewhere were promised, the longest kept one must last as long. */
function copiesTooBrief(backed: Backed, agreed: number, context: RuleContext): Truth {
  if (!anyAgreed(context, backed.resource.id, 'region', 'account')) return no();
  const lasting = (copy: BackupCopy): Truth => atLeast(copy.lifecycle.deleteAfterDays, agreed);
  return because(
    all([
      someRule(backed, (rule) => someCopy(rule, (copy) => not(lasting(copy))), context),
      not(someRule(backed, (rule) => someCopy(rule, lasting), context)),
    ]),
    `copies of ${backed.name} elsewhere are deleted before ${days(agreed)}, which the agreement needs`,
  );
}

/** Does a vault keep anything for which the loss of data or of the account was agreed? Without a catalogue: yes. */
function keepsForAgreement(vault: string, context: RuleContext): boolean {
  if (!context.hasCatalogue || anyAgreed(context, vault, 'data', 'account')) return true;
  return context.allFacts(backupPlan).some(
    (plan) =>
      vaultsOf(textOr(plan.rules, [])).includes(vault) &&
      [...context.estate.resources.values()].some((item) => {
        if (!anyAgreed(context, item.resource.urn, 'data', 'account')) return false;
        const resource = backupable(item.props, context.estate.view);
        return (
          resource !== undefined && decide(coveredBy(plan, resource), { yes: () => true, no: () => false, unknown: () => true })
        );
      }),
  );
}

function vaultsOf(rules: readonly BackupRule[]): readonly (string | undefined)[] {
  return rules.flatMap((rule) => [
    textOr(rule.vault, undefined),
    ...textOr(rule.copies, []).map((copy) => textOr(copy.vault, undefined)),
  ]);
}

interface EncryptedDatabase {
  readonly encrypted: Known<boolean>;
  readonly key: Known<string | undefined>;
}

/** Stores whose recovery points keep the encryption of the source: types that AWS Backup does not manage in full. */
function databaseFacts(backed: Backed, context: RuleContext): EncryptedDatabase | undefined {
  const urn = backed.resource.id;
  return (
    context.facts(rdsInstance, urn) ??
    context.facts(rdsCluster, urn) ??
    context.facts(docdbCluster, urn) ??
    context.facts(neptuneCluster, urn)
  );
}

/** A policy that is not set lets the key's own account in and nobody else (KMS developer guide, "Default key policy"). */
function keyUnusable(backed: Backed, key: Known<string | undefined>, context: RuleContext): Truth {
  return andThen(key, (urn): Truth => {
    if (urn === undefined) return yes(`${backed.name} is encrypted under an AWS managed key, which no other account can use`);
    const props = context.estate.view.get(urn);
    if (props === undefined) return unknown('dangling', 'the key is not in the sources', { resource: urn });
    if (context.estate.view.attached(urn, KEY_POLICY, 'keyId').found.length > 0)
      return unknown('not-modelled', 'whether the policy of the key lets the other account in', { resource: urn });
    return andThen(props.text('policy'), (policy): Truth => {
      if (policy === undefined) return yes(`the key of ${backed.name} has no policy that lets the other account use it`);
      const accounts = accountsCopiedTo(backed, context);
      return accounts.length > 0 && accounts.every((account) => account !== undefined && policy.includes(account))
        ? no('the policy of the key names the other account')
        : unknown('not-modelled', 'whether the policy of the key lets the other account in', props.origin('policy'));
    });
  });
}

/** Accounts of the vaults that rules copy to in another account; undefined: one that the sources do not tell. */
function accountsCopiedTo(backed: Backed, context: RuleContext): readonly (string | undefined)[] {
  return backed.rules
    .flatMap((plan) => textOr(plan.rules, []))
    .flatMap((rule) => textOr(rule.copies, []))
    .filter((copy) => textOr(copy.otherAccount, true))
    .map((copy) => {
      const vault = textOr(copy.vault, undefined);
      const props = vault === undefined ? undefined : context.estate.view.get(vault);
      return props === undefined ? undefined : textOr(props.account, undefined);
    });
}
