/** Pitfalls of object and file storage. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, is, map, no, not, together, unknown, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import { sameZone } from '../model/scope.ts';
import type { EfsFacts } from '../services/efs-file-system.ts';
import { efsFileSystem } from '../services/efs-file-system.ts';
import type { BucketFacts, LifecycleRule } from '../services/s3-bucket.ts';
import { s3Bucket } from '../services/s3-bucket.ts';
import { agreedDays, awsBackup, days, readersOf, startedByItself, strictest, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';
import { replicationRules } from './storage-replication.ts';

const S3_GUIDE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const EFS_GUIDE = 'https://docs.aws.amazon.com/efs/latest/ug';
const HOUR = 3600;

/** Seconds until an archived object can be read, at the Standard tier: restoring-objects-retrieval-options.html. */
const RETRIEVAL: Readonly<Record<string, number>> = { DEEP_ARCHIVE: 12 * HOUR, GLACIER: 5 * HOUR };

/** Seconds: what EFS replication is designed for, for most file systems (efs-replication.html). */
const EFS_LAG = 900;

export const storageRules: readonly Rule[] = [
  ...replicationRules,
  {
    id: 's3-no-immutability',
    family: 'storage',
    title: 'Objects can be deleted for good before their time',
    severity: 'high',
    scopes: ['data', 'account'],
    why: 'Whoever holds the right permissions, an attacker or a script, can delete objects and their versions. Only Object Lock with a retention keeps them; enabling it without a default retention protects nothing by itself.',
    fix: 'Enable versioning and Object Lock and give an aws.s3.BucketObjectLockConfiguration a `rule.defaultRetention` of the agreed days, mode COMPLIANCE.',
    source: `${S3_GUIDE}/object-lock-managing.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) => {
        const agreed = agreedDays(context, facts.id);
        return agreed !== undefined || context.agreed(facts.id, 'account')
          ? answer(deletable(facts, agreed), 'objectLock')
          : undefined;
      }),
    ],
  },
  {
    id: 's3-lifecycle-expires-before-retention',
    family: 'storage',
    title: 'A lifecycle rule removes or archives objects too early',
    severity: 'high',
    scopes: ['data'],
    why: 'An expired version is gone for good, before the agreed retention ends. An archived object must first be restored: typically 3 to 5 hours from Glacier Flexible Retrieval, up to 12 from Deep Archive, longer at the Bulk tier.',
    fix: 'Raise `expiration.days` and `noncurrentVersionExpiration.noncurrentDays` to the agreed retention, and choose a storage class such as GLACIER_IR for what must be back within the RTO.',
    source: `${S3_GUIDE}/lifecycle-expire-general-considerations.html`,
    checks: [
      on(s3Bucket, (facts, _item, context) => {
        const agreed = agreedDays(context, facts.id);
        const rto = strictest(context, facts.id, 'RTO', 'data');
        const tests = [
          ...(agreed === undefined ? [] : [(rule: LifecycleRule) => expiresEarly(rule, facts, agreed)]),
          ...(rto === undefined ? [] : [(rule: LifecycleRule) => archives(rule, facts, rto)]),
        ];
        return tests.length === 0
          ? undefined
          : answer(
              andThen(facts.lifecycle, (rules) => any([...rules.flatMap((rule) => tests.map((test) => test(rule))), no()])),
              'lifecycleRules',
            );
      }),
    ],
  },
  {
    id: 'efs-one-zone',
    family: 'storage',
    title: 'The file system is stored in one AZ',
    severity: 'critical',
    scopes: ['az'],
    why: 'One Zone storage is unavailable while its AZ is, and its data can be lost with it.',
    fix: 'Leave `availabilityZoneName` out (this makes a new file system: copy the data), or agree on a restore from its daily backup.',
    source: `${EFS_GUIDE}/availability-durability.html`,
    checks: [
      on(efsFileSystem, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? answer(
              andThen(facts.zone, (zone) =>
                zone === undefined ? no('Regional') : yes(`${facts.name} is stored in ${zone} only`),
              ),
              'availabilityZoneName',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'efs-mount-target-missing-az',
    family: 'storage',
    title: 'An AZ that mounts the file system has no mount target',
    severity: 'high',
    scopes: ['az'],
    why: 'Clients of an AZ without a mount target go through another AZ, and lose the file system when that one fails although their own is up.',
    fix: 'Add an aws.efs.MountTarget with a subnet of each AZ in which the file system is mounted.',
    source: `${EFS_GUIDE}/manage-fs-access-create-delete-mount-targets.html`,
    checks: [
      on(efsFileSystem, (facts, _item, context) =>
        context.agreed(facts.id, 'az')
          ? whenAny(
              [is(facts.zone, (zone) => zone === undefined)],
              [
                ...readersOf(facts.id, context).map((reader) => crossesZones(facts, reader)),
                no('nothing in the sources mounts it'),
              ],
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'efs-no-replication',
    family: 'storage',
    title: 'The file system is not usable in another Region without a person, or not fresh enough',
    severity: 'critical',
    scopes: ['region'],
    why: 'EFS stays in its Region unless it is replicated. The replica is read-only until somebody deletes the replication, and lags by up to 15 minutes for most file systems.',
    fix: 'Add an aws.efs.ReplicationConfiguration to another Region and let an automation that runs there delete it at the failover, or agree on a recovery by people.',
    source: `${EFS_GUIDE}/efs-replication.html`,
    checks: [
      on(efsFileSystem, (facts, item, context) =>
        context.agreed(facts.id, 'region') && !context.isStandby(facts.id)
          ? answer(notReplicated(facts, item, context), 'replicationConfiguration')
          : undefined,
      ),
    ],
  },
];

function deletable(facts: BucketFacts, agreed: number | undefined): Truth {
  return andThen(facts.objectLock, (lock) => {
    if (!lock.enabled || lock.retention === undefined) {
      return any([
        because(not(facts.versioned), `${facts.name} is not versioned: an overwritten or deleted object is gone`),
        yes(
          lock.enabled
            ? `${facts.name} has Object Lock without a default retention: an object without a lock of its own can be deleted`
            : `${facts.name} has no Object Lock: any of its objects and versions can be deleted`,
        ),
      ]);
    }
    return andThen(lock.retention.days, (kept) =>
      agreed !== undefined && kept < agreed
        ? yes(`${facts.name} locks objects for ${days(kept)}; the agreement needs ${days(agreed)}`)
        : no(`locked for ${days(kept)}`),
    );
  });
}

/** Versions of a versioned bucket go only by a rule for noncurrent ones, and never while they are locked. */
function expiresEarly(rule: LifecycleRule, facts: BucketFacts, agreed: number): Truth {
  const lived: Known<number | undefined> = andThen(facts.versioned, (versioned) =>
    versioned
      ? map(together({ current: rule.expirationDays, noncurrent: rule.noncurrentDays }), ({ current, noncurrent }) =>
          noncurrent === undefined ? undefined : (current ?? 0) + noncurrent,
        )
      : rule.expirationDays,
  );
  const locked: Truth = andThen(facts.objectLock, (lock) =>
    lock.enabled && lock.retention !== undefined ? is(lock.retention.days, (n) => n >= agreed) : no('not locked'),
  );
  return andThen(lived, (n) =>
    n === undefined || n >= agreed
      ? no()
      : because(
          all([rule.enabled, not(locked)]),
          `${facts.name} removes objects for good after ${days(n)}; the agreement needs ${days(agreed)}`,
        ),
  );
}

function archives(rule: LifecycleRule, facts: BucketFacts, rto: number): Truth {
  return andThen(rule.storageClasses, (classes) => {
    const slow = classes.find((c) => (RETRIEVAL[c] ?? 0) > rto);
    return slow === undefined
      ? no()
      : because(
          rule.enabled,
          `${facts.name} moves objects to ${slow}, from which reading takes up to ${formatDuration(RETRIEVAL[slow] ?? 0)}; the agreement needs ${formatDuration(rto)}`,
        );
  });
}

function crossesZones(facts: EfsFacts, reader: EstateResource): Truth {
  const place = meaningOf(reader)?.placement ?? unknown('not-modelled', `${reader.title} is not modelled`);
  return andThen(together({ place, targets: facts.mountTargets }), ({ place: at, targets }): Truth => {
    if (at.kind !== 'zonal') return no('it is in no AZ of its own');
    const without = at.spread.zones.filter((zone) => !targets.spread.zones.includes(zone));
    const bare = without.filter((zone) => targets.spread.zones.every((target) => sameZone(zone, target) === false));
    if (bare.length > targets.spread.doubtful)
      return yes(`${reader.resource.name} runs in ${bare.join(', ')}, where ${facts.name} has no mount target`);
    return without.length + at.spread.doubtful > 0
      ? unknown('not-reported', 'the AZ of a mount target, or of what mounts it, is not known', { resource: facts.id })
      : no();
  });
}

function notReplicated(facts: EfsFacts, item: EstateResource, context: RuleContext): Truth {
  const rpo = strictest(context, facts.id, 'RPO', 'region');
  return andThen(facts.replication, (replication): Truth => {
    if (replication === undefined)
      return because(
        not(awsBackup(item, 'region')),
        `${facts.name} is in ${textOr(facts.region, 'one Region')} only: no replication and no backup copy elsewhere`,
      );
    return any([
      because(not(replication.otherRegion), `${facts.name} is replicated within its own Region only`),
      rpo !== undefined && rpo < EFS_LAG
        ? yes(`${facts.name} is replicated with a lag of up to 15m; the agreement needs ${formatDuration(rpo)}`)
        : no(),
      because(
        not(startedByItself(facts.id, 'efs-replication-failover', context)),
        `the replica of ${facts.name} stays read-only until a person deletes the replication`,
      ),
    ]);
  });
}
