/** What one wrong command, or one wrong preview, can destroy. These rules speak whatever was agreed. */

import type { EstateResource } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, atLeast, because, equals, is, no, not, unknown, yes } from '../model/known.ts';
import { BACKUP_VAULT, backupVault } from '../services/backup-vault.ts';
import { docdbCluster } from '../services/docdb-cluster.ts';
import { DYNAMODB_TABLE, dynamodbTable } from '../services/dynamodb-table.ts';
import { ecrRepository } from '../services/ecr-repository.ts';
import { EFS_FILE_SYSTEM } from '../services/efs-file-system.ts';
import { KMS_KEY } from '../services/kms-key.ts';
import { neptuneCluster } from '../services/neptune-cluster.ts';
import { rdsCluster } from '../services/rds-cluster.ts';
import { rdsGlobalCluster } from '../services/rds-global-cluster.ts';
import { RDS_CLUSTER } from '../services/rds-global-members.ts';
import { RDS_INSTANCE, rdsInstance } from '../services/rds-instance.ts';
import { redshiftCluster } from '../services/redshift-cluster.ts';
import { s3Bucket } from '../services/s3-bucket.ts';
import { S3_BUCKET } from '../services/s3-inputs.ts';
import type { Identity } from '../services/service.ts';
import { when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on, onEvery } from './rule.ts';

/** Types whose deletion deletes data, or what data cannot be read without. */
const HOLDERS: ReadonlySet<string> = new Set([
  RDS_INSTANCE,
  RDS_CLUSTER,
  DYNAMODB_TABLE,
  S3_BUCKET,
  KMS_KEY,
  BACKUP_VAULT,
  EFS_FILE_SYSTEM,
]);

type Deletable = Identity & { readonly deletionProtection: Known<boolean> };
type Snapshotted = Identity & { readonly skipFinalSnapshot: Known<boolean> };

const unprotected = (name: string, deletionProtection: Known<boolean>): Truth =>
  because(not(deletionProtection), `${name} can be deleted by one API call: deletion protection is off`);
const unsaved = (facts: Snapshotted): Truth =>
  because(facts.skipFinalSnapshot, `deleting ${facts.name} leaves no final snapshot: \`skipFinalSnapshot\` is true`);

export const deletionRules: readonly Rule[] = [
  {
    id: 'db-deletion-protection-off',
    family: 'databases',
    title: 'The database can be deleted by one API call',
    severity: 'high',
    scopes: ['data', 'software'],
    why: 'A wrong command, script or `pulumi destroy` deletes the database and what hangs on it. With deletion protection AWS refuses until somebody takes it off on purpose. It is off by default, and each replica of a DynamoDB global table has its own.',
    fix: 'Set `deletionProtection: true` (DynamoDB: `deletionProtectionEnabled: true`, in each entry of `replicas` too).',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-bestpractices.html',
    checks: [
      on(rdsInstance, (facts) =>
        whenAny([not(facts.isReplica)], [unprotected(facts.name, facts.deletionProtection)], 'deletionProtection'),
      ),
      ...[rdsCluster, rdsGlobalCluster, docdbCluster, neptuneCluster].map((module) =>
        on<Deletable>(module, (facts) => answer(unprotected(facts.name, facts.deletionProtection), 'deletionProtection')),
      ),
      on(dynamodbTable, (facts) =>
        whenAny(
          [],
          [
            unprotected(facts.name, facts.deletionProtection),
            andThen(facts.replicas, (replicas) =>
              because(
                any([...replicas.map((r) => not(r.deletionProtection)), no()]),
                `a replica of ${facts.name} can be deleted by one API call: its deletion protection is off`,
              ),
            ),
          ],
          'deletionProtectionEnabled',
        ),
      ),
    ],
  },
  {
    id: 'db-skip-final-snapshot',
    ofCode: true,
    family: 'databases',
    title: 'Deleting the database deletes its backups',
    severity: 'high',
    scopes: ['data', 'software'],
    why: 'AWS takes a final snapshot of a deleted database unless told to skip it, and removes its automated backups with it by default. Afterwards there is nothing, or one snapshot without a point in time, to restore.',
    fix: 'Leave `skipFinalSnapshot` false and give a `finalSnapshotIdentifier`; for aws.rds.Instance and aws.rds.Cluster also set `deleteAutomatedBackups: false`.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html',
    checks: [
      on(rdsInstance, (facts) =>
        whenAny(
          // Of a read replica and of RDS Custom no final snapshot can be taken (API DeleteDBInstance, SkipFinalSnapshot).
          [not(facts.isReplica), is(facts.engine, (engine) => !engine.startsWith('custom-'))],
          [unsaved(facts), backupsGo(facts)],
          'skipFinalSnapshot',
        ),
      ),
      on(rdsCluster, (facts) =>
        // The primary of the global database is what must not be lost.
        whenAny([not(equals(facts.globalRole, 'secondary'))], [unsaved(facts), backupsGo(facts)], 'skipFinalSnapshot'),
      ),
      ...[docdbCluster, neptuneCluster, redshiftCluster].map((module) =>
        on<Snapshotted>(module, (facts) => answer(unsaved(facts), 'skipFinalSnapshot')),
      ),
    ],
  },
  {
    id: 'pulumi-unprotected-stateful',
    ofCode: true,
    family: 'databases',
    title: 'Pulumi may delete or replace what holds the data',
    severity: 'critical',
    scopes: ['data', 'software'],
    why: 'A renamed resource, a changed input that forces a replacement, or `pulumi destroy` on the wrong stack deletes it. With `protect` the engine refuses, replacements included. `retainOnDelete` keeps the data but leaves it unmanaged, and a replacement still switches the stack to a new, empty resource.',
    fix: 'Give the resource the option `protect: true` (its component can pass it on); `retainOnDelete: true` is the weaker choice.',
    source: 'https://www.pulumi.com/docs/iac/concepts/resources/options/protect/',
    checks: [onEvery((item, context) => (HOLDERS.has(item.resource.type) ? answer(exposed(item, context)) : undefined))],
  },
  {
    id: 'force-destroy-on-data',
    family: 'databases',
    title: 'Destroying the stack destroys the contents too',
    severity: 'high',
    scopes: ['data', 'software'],
    why: 'Without this flag AWS refuses to delete a bucket, vault or repository that is not empty. With it, one `pulumi destroy` empties it first, versions and recovery points included.',
    fix: 'Remove `forceDestroy` (aws.ecr.Repository: `forceDelete`).',
    source: 'https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/',
    checks: [
      ...[s3Bucket, backupVault, rdsGlobalCluster].map((module) =>
        on<Identity & { readonly forceDestroy: Known<boolean> }>(module, (facts) =>
          when([facts.forceDestroy], `${facts.name} is emptied when it is deleted: \`forceDestroy\` is true`, 'forceDestroy'),
        ),
      ),
      on(ecrRepository, (facts) =>
        when([facts.forceDelete], `${facts.name} is deleted with its images: \`forceDelete\` is true`, 'forceDelete'),
      ),
    ],
  },
];

function backupsGo(
  facts: Snapshotted & { readonly deleteAutomatedBackups: Known<boolean>; readonly backupRetentionDays: Known<number> },
): Truth {
  return because(
    all([facts.deleteAutomatedBackups, atLeast(facts.backupRetentionDays, 1)]),
    `deleting ${facts.name} deletes its automated backups too: \`deleteAutomatedBackups\` is not false`,
  );
}

/** A read replica is a copy: its source is what must not be lost. */
function exposed(item: EstateResource, context: RuleContext): Truth {
  const { name, protect, retainOnDelete, pending } = item.resource;
  const replica = context.facts(rdsInstance, item.resource.urn)?.isReplica ?? no();
  return andThen(replica, (copy): Truth => {
    if (copy) return no('a read replica is a copy');
    if (protect) return no('protected');
    if (pending === 'replace') return yes(`this change replaces ${name} by a new, empty one, and it is not protected`);
    if (retainOnDelete === undefined)
      return unknown('not-reported', `${name} has no \`protect\`, and whether it has \`retainOnDelete\` is not told here`, {
        resource: item.resource.urn,
      });
    if (retainOnDelete) return no('its deletion leaves it in AWS');
    return yes(
      pending === 'delete'
        ? `this change deletes ${name}, which is neither protected nor retained`
        : `${name} has neither \`protect\` nor \`retainOnDelete\``,
    );
  });
}
