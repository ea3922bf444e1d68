/** S3 replication: whether a copy in another Region exists, is complete, and is as fresh as agreed. */

import type { Truth } from '../model/known.ts';
import { all, andThen, any, because, is, no, not } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import type { BucketFacts } from '../services/s3-bucket.ts';
import { s3Bucket } from '../services/s3-bucket.ts';
import type { ReplicationRule } from '../services/s3-replication.ts';
import { awsBackup, strictest, textOr, when, whenAny } from './questions.ts';
import type { Rule } from './rule.ts';
import { on } from './rule.ts';

const GUIDE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';

/** Seconds: what Replication Time Control is designed for, for 99.9 % of objects in a month (https://aws.amazon.com/s3/sla-rtc/). */
const TIME_CONTROL = 900;

/** Some enabled rule passes. */
function someRule(facts: BucketFacts, test: (rule: ReplicationRule) => Truth): Truth {
  return andThen(facts.replication, (rules) =>
    any([...rules.map((rule) => all([rule.enabled, test(rule)])), no('no such rule')]),
  );
}

const copiesElsewhere = (facts: BucketFacts): Truth => someRule(facts, (rule) => rule.otherRegion);

export const replicationRules: readonly Rule[] = [
  {
    id: 's3-no-crr',
    family: 'storage',
    title: 'The bucket has no copy in another Region',
    severity: 'critical',
    scopes: ['region'],
    why: 'S3 keeps objects in several AZs of one Region. When the Region is lost they are out of reach, and nothing elsewhere holds them.',
    fix: 'Add an aws.s3.BucketReplicationConfig with an enabled rule to a bucket in another Region (both with versioning), or have AWS Backup copy its backups there.',
    source: `${GUIDE}/replication.html`,
    checks: [
      on(s3Bucket, (facts, item, context) =>
        context.agreed(facts.id, 'region') && !context.isStandby(facts.id)
          ? when(
              [not(copiesElsewhere(facts)), not(awsBackup(item, 'region'))],
              `${facts.name} is in ${textOr(facts.region, 'one Region')} only: no enabled replication rule leads to another Region`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 's3-replication-versioning-off',
    family: 'storage',
    title: 'Replication fails because a bucket is not versioned',
    severity: 'critical',
    scopes: ['region'],
    why: 'S3 replicates versions. Once versioning of the source or the destination is suspended, each object is marked FAILED and nothing is copied, without an error for whoever writes.',
    fix: 'Give both buckets an aws.s3.BucketVersioning with `versioningConfiguration.status: "Enabled"`.',
    source: `${GUIDE}/replication-and-other-bucket-configs.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [],
              [
                because(
                  someRule(facts, () => not(facts.versioned)),
                  `${facts.name} replicates and is not versioned itself`,
                ),
                because(
                  someRule(facts, (rule) => not(rule.destinationVersioned)),
                  `${facts.name} replicates to a bucket that is not versioned`,
                ),
              ],
              'versioning',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 's3-replication-no-rtc',
    family: 'storage',
    title: 'The agreed recovery point needs Replication Time Control',
    severity: 'high',
    scopes: ['region'],
    why: 'Plain replication copies most objects within minutes and promises nothing; a backlog can take hours. Replication Time Control promises 15 minutes for 99.9 % of objects and reports what is late.',
    fix: 'Set `destination.replicationTime` (`status: "Enabled"`, `time: { minutes: 15 }`) and `destination.metrics` with the same threshold on the rule.',
    source: `${GUIDE}/replication-time-control.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) => {
        const rpo = strictest(context, facts.id, 'RPO', 'region');
        return rpo === undefined || rpo > TIME_CONTROL
          ? undefined
          : when(
              [someRule(facts, (rule) => all([rule.otherRegion, not(all([rule.timeControl, rule.metrics]))]))],
              `${facts.name} replicates without Replication Time Control and its metrics; the agreement needs ${formatDuration(rpo)}`,
              'replication',
            );
      }),
    ],
  },
  {
    id: 's3-rpo-below-rtc',
    family: 'storage',
    title: 'The agreed recovery point is shorter than S3 replication promises',
    severity: 'high',
    scopes: ['region'],
    why: 'The best that S3 replication promises is 15 minutes for 99.9 % of objects. A shorter recovery point cannot be configured; it can only be observed, or reached by writing to both Regions.',
    fix: 'Write objects to both Regions in the application, or agree on 15m, or bring evidence from drills that the lag stays below.',
    source: 'https://aws.amazon.com/s3/sla-rtc/',
    checks: [
      on(s3Bucket, (facts, _item, context) => {
        const rpo = strictest(context, facts.id, 'RPO', 'region');
        return rpo === undefined || rpo >= TIME_CONTROL
          ? undefined
          : when(
              [copiesElsewhere(facts)],
              `${facts.name} rests on S3 replication, which promises 15m at best; the agreement needs ${formatDuration(rpo)}`,
              'replication',
            );
      }),
    ],
  },
  {
    id: 's3-kms-objects-not-replicated',
    family: 'storage',
    title: 'Replication leaves objects under KMS keys behind',
    severity: 'critical',
    scopes: ['region'],
    why: 'The bucket encrypts new objects with KMS, and S3 replicates such objects only when the rule selects them and names a key in the destination Region. Everything written by default is missing from the copy.',
    fix: 'Set `sourceSelectionCriteria.sseKmsEncryptedObjects.status: "Enabled"` and `destination.encryptionConfiguration.replicaKmsKeyId` to a key of the destination Region.',
    source: `${GUIDE}/replication-config-for-kms-objects.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [is(facts.encryption, (algorithm) => algorithm !== 'AES256'), someRule(facts, (rule) => not(rule.kmsObjects))],
              `${facts.name} encrypts with ${textOr(facts.encryption, 'KMS')}, and a replication rule does not select such objects with a key for the copies`,
              'replication',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 's3-delete-marker-divergence',
    family: 'storage',
    title: 'Deleted objects stay visible in the copy',
    severity: 'medium',
    scopes: ['region', 'data'],
    why: 'Without delete marker replication an object that users deleted is still there after the failover. That may be wanted, as a guard against wrong deletes, and should then be a decision.',
    fix: 'Set `deleteMarkerReplication: { status: "Enabled" }` on the rule, or waive this finding with the reason for keeping the copies.',
    source: `${GUIDE}/delete-marker-replication.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [someRule(facts, (rule) => all([rule.otherRegion, not(rule.deleteMarkers)]))],
              `${facts.name} replicates without its delete markers: what was deleted comes back after a failover`,
              'replication',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 's3-failback-one-way',
    family: 'storage',
    title: 'Nothing copies objects back after a failover',
    severity: 'medium',
    scopes: ['region'],
    why: 'What is written to the standby bucket during the outage is not in the primary when it returns. Going back loses it, unless a rule leads the other way too.',
    fix: 'Add an aws.s3.BucketReplicationConfig to the standby bucket with a rule back to the primary, and `replicaModifications` on both rules.',
    source: `${GUIDE}/replication-what-is-isnot-replicated.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [
                someRule(facts, (rule) => all([rule.otherRegion, not(rule.reverse)])),
                not(someRule(facts, (rule) => all([rule.otherRegion, rule.reverse]))),
              ],
              `${facts.name} replicates one way: no rule leads back from the standby bucket`,
              'replication',
            )
          : undefined,
      ),
    ],
  },
];
