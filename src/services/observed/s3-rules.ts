/** Rules of a bucket as the API spells them, in the spelling of the provider's resources for them. */
import type { LifecycleRule, ReplicationRule, ReplicationRuleFilter, Tag } from '@aws-sdk/client-s3';
import type { Values } from '../../model/value.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

export function replicationRule(rule: ReplicationRule): Values {
  const { SourceSelectionCriteria: selection, Destination: destination } = rule;
  const { ReplicationTime: time, Metrics: metrics } = destination ?? {};
  const key = destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
  return present({
    id: rule.ID,
    priority: rule.Priority,
    status: sent(rule.Status, 'Status'),
    prefix: text(rule.Prefix),
    filter: rule.Filter === undefined ? undefined : replicationFilter(rule.Filter),
    deleteMarkerReplication: status(rule.DeleteMarkerReplication?.Status),
    sourceSelectionCriteria:
      selection === undefined
        ? undefined
        : present({
            sseKmsEncryptedObjects: status(selection.SseKmsEncryptedObjects?.Status),
            replicaModifications: status(selection.ReplicaModifications?.Status),
          }),
    destination: present({
      bucket: destination?.Bucket,
      account: destination?.Account,
      storageClass: destination?.StorageClass,
      encryptionConfiguration: key === undefined ? undefined : { replicaKmsKeyId: key },
      replicationTime:
        time === undefined ? undefined : present({ status: time.Status, time: present({ minutes: time.Time?.Minutes }) }),
      metrics:
        metrics === undefined
          ? undefined
          : present({ status: metrics.Status, eventThreshold: present({ minutes: metrics.EventThreshold?.Minutes }) }),
    }),
  });
}

function replicationFilter(filter: ReplicationRuleFilter): Values {
  const { And: and } = filter;
  return present({
    prefix: text(filter.Prefix),
    tag: filter.Tag === undefined ? undefined : tag(filter.Tag),
    and: and === undefined ? undefined : present({ prefix: text(and.Prefix), tags: tags(and.Tags) }),
  });
}

export function lifecycleRule(rule: LifecycleRule): Values {
  const { Filter: filter, Expiration: expiration, NoncurrentVersionExpiration: noncurrent } = rule;
  const and = filter?.And;
  return present({
    id: rule.ID,
    status: sent(rule.Status, 'Status'),
    prefix: text(rule.Prefix),
    filter:
      filter === undefined
        ? undefined
        : present({
            prefix: text(filter.Prefix),
            tag: filter.Tag === undefined ? undefined : tag(filter.Tag),
            objectSizeGreaterThan: filter.ObjectSizeGreaterThan,
            objectSizeLessThan: filter.ObjectSizeLessThan,
            and:
              and === undefined
                ? undefined
                : present({
                    prefix: text(and.Prefix),
                    tags: tags(and.Tags),
                    objectSizeGreaterThan: and.ObjectSizeGreaterThan,
                    objectSizeLessThan: and.ObjectSizeLessThan,
                  }),
          }),
    expiration:
      expiration === undefined
        ? undefined
        : present({
            days: expiration.Days,
            date: expiration.Date?.toISOString(),
            expiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker,
          }),
    noncurrentVersionExpiration:
      noncurrent === undefined
        ? undefined
        : present({
            noncurrentDays: noncurrent.NoncurrentDays,
            newerNoncurrentVersions: noncurrent.NewerNoncurrentVersions,
          }),
    transitions: rule.Transitions?.map((t) => present({ days: t.Days, storageClass: t.StorageClass })),
  });
}

/** An empty prefix says nothing. */
const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
const status = (value: string | undefined): Values | undefined => (value === undefined ? undefined : { status: value });
const tag = (t: Tag): Values => present({ key: t.Key, value: t.Value });
const tags = (list: readonly Tag[] | undefined): Values | undefined =>
  list === undefined ? undefined : Object.fromEntries(list.map((t) => [t.Key ?? '', t.Value ?? '']));
