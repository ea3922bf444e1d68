/** Service times of storage, backup and messaging. Figures are seconds; what is assumed says so. */
import type { ServiceTime } from './service-time.ts';
import { assumed, published } from './service-time.ts';

const MINUTE = 60;
const HOUR = 3600;

const CHECKED = '2026-11-22';

export const storageTimes: readonly ServiceTime[] = [
  assumed(
    's3-rtc-lag',
    'S3 replication with Replication Time Control: age of the newest copied object',
    'point',
    { optimistic: [1, 5, 4 * MINUTE], expected: [1, 15, 6 * MINUTE], pessimistic: [1, MINUTE, 8 * MINUTE] },
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html (most objects in seconds, designed for 99.99 % within 15 minutes) and https://aws.amazon.com/s3/sla-rtc/ (99.9 % a month); the medians are ours, and each p99 is what the fit gives when 99.9 % lie within 15 minutes',
    CHECKED,
  ),
  assumed(
    'sns-cross-region-delivery',
    'Delivery of an SNS message to a queue in another Region',
    'point',
    { optimistic: [0.1, 0.5, 5], expected: [0.1, 1, 20], pessimistic: [0.5, 2, 30] },
    'https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html (it is supported; no figure is published): all figures are ours',
    CHECKED,
  ),
  assumed(
    's3-replication-lag',
    'S3 replication without Replication Time Control: age of the newest copied object',
    'point',
    { optimistic: [1, 5, 5 * MINUTE], expected: [1, MINUTE, HOUR], pessimistic: [1, 5 * MINUTE, 24 * HOUR] },
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html (most objects within 15 minutes, large ones up to hours, no limit promised); the percentiles are ours',
    CHECKED,
  ),
  assumed(
    's3-version-restore',
    'S3: finding the last good versions and copying them back',
    'time',
    {
      optimistic: [10, 10 * MINUTE, 4 * HOUR],
      expected: [10, 30 * MINUTE, 12 * HOUR],
      pessimistic: [30 * MINUTE, 6 * HOUR, 48 * HOUR],
    },
    'it depends on how many objects were damaged, which is in no code: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html (3,500 copies a second and prefix at least: a thousand objects take seconds, a hundred million 8 hours); the medians and ends are ours',
    CHECKED,
  ),
  assumed(
    's3-archive-restore',
    'S3: restoring objects out of Glacier Flexible Retrieval or Deep Archive',
    'time',
    {
      optimistic: [MINUTE, 3 * HOUR, 5 * HOUR],
      expected: [3 * HOUR, 5 * HOUR, 12 * HOUR],
      pessimistic: [5 * HOUR, 12 * HOUR, 48 * HOUR],
    },
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html (Flexible Retrieval 3–5 h, bulk 5–12 h; Deep Archive within 12 h, bulk 48 h; expedited 1–5 min); which one is used is assumed',
    CHECKED,
  ),
  assumed(
    'backup-restore',
    'AWS Backup: restoring one resource from a recovery point',
    'time',
    {
      optimistic: [10 * MINUTE, 30 * MINUTE, 2 * HOUR],
      expected: [20 * MINUTE, HOUR, 4 * HOUR],
      pessimistic: [30 * MINUTE, 3 * HOUR, 24 * HOUR],
    },
    'AWS publishes no restore time; it grows with size, and restored volumes load lazily (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-fast-snapshot-restore.html). RDS: "up to a few hours" (https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html)',
    CHECKED,
  ),
  assumed(
    'backup-copy-lag',
    'AWS Backup: copying a recovery point to another Region or account',
    'point',
    {
      optimistic: [MINUTE, 15 * MINUTE, 2 * HOUR],
      expected: [5 * MINUTE, HOUR, 8 * HOUR],
      pessimistic: [10 * MINUTE, 3 * HOUR, 24 * HOUR],
    },
    'no figure is published: a copy starts after the backup ends and grows with the changed data',
    CHECKED,
  ),
  assumed(
    'backup-continuous-lag',
    'AWS Backup, continuous: age of the latest restorable second',
    'point',
    {
      optimistic: [0, 2 * MINUTE, 5 * MINUTE],
      expected: [0, 5 * MINUTE, 15 * MINUTE],
      pessimistic: [0, 5 * MINUTE, 30 * MINUTE],
    },
    'https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html; RDS uploads logs every 5 minutes (Amazon RDS user guide, "Restoring a DB instance to a specified time"); S3 up to 15 minutes; the p99 is ours',
    CHECKED,
  ),
  assumed(
    'efs-replication-lag',
    'EFS replication: age of the newest copied write',
    'point',
    { optimistic: [1, 30, 15 * MINUTE], expected: [1, MINUTE, 15 * MINUTE], pessimistic: [1, 5 * MINUTE, 2 * HOUR] },
    'https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html (15 minutes for most file systems, most changes within a minute); the tail is ours',
    CHECKED,
  ),
  assumed(
    'efs-replication-failover',
    'EFS: deleting the replication so that the destination becomes writable',
    'time',
    {
      optimistic: [MINUTE, 3 * MINUTE, 10 * MINUTE],
      expected: [2 * MINUTE, 5 * MINUTE, 20 * MINUTE],
      pessimistic: [3 * MINUTE, 10 * MINUTE, HOUR],
    },
    'https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html (the replication must be deleted first, which takes several minutes); the figures are ours',
    CHECKED,
  ),
  assumed(
    'efs-mount-elsewhere',
    'EFS One Zone or missing mount target: making a mount target in another AZ and mounting again',
    'time',
    {
      optimistic: [90, 3 * MINUTE, 10 * MINUTE],
      expected: [2 * MINUTE, 10 * MINUTE, HOUR],
      pessimistic: [5 * MINUTE, 30 * MINUTE, 4 * HOUR],
    },
    'no figure is published; a person makes the mount target and mounts',
    CHECKED,
  ),
  assumed(
    'fsx-multi-az-failover',
    'FSx Multi-AZ: failover to the standby file server',
    'time',
    { optimistic: [10, 30, MINUTE], expected: [10, MINUTE, 2 * MINUTE], pessimistic: [20, MINUTE, 5 * MINUTE] },
    'FSx for Windows user guide "Availability and durability" (under 30 s) and FSx for ONTAP user guide (under 60 s), both from detection on, which is not included; the tail for detection is ours',
    CHECKED,
  ),
  assumed(
    'fsx-single-az-repair',
    'FSx Single-AZ: replacing a failed file server in its AZ',
    'time',
    {
      optimistic: [30, 5 * MINUTE, 20 * MINUTE],
      expected: [MINUTE, 10 * MINUTE, 20 * MINUTE],
      pessimistic: [MINUTE, 15 * MINUTE, HOUR],
    },
    'https://docs.aws.amazon.com/fsx/latest/WindowsGuide/high-availability-multiAZ.html (typically under 20 minutes); the lower figures are ours',
    CHECKED,
  ),
  assumed(
    'ebs-snapshot-restore',
    'EBS: making a volume from a snapshot and attaching it',
    'time',
    {
      optimistic: [MINUTE, 5 * MINUTE, 30 * MINUTE],
      expected: [2 * MINUTE, 20 * MINUTE, 4 * HOUR],
      pessimistic: [10 * MINUTE, HOUR, 24 * HOUR],
    },
    'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-fast-snapshot-restore.html (usable at once, blocks load lazily without fast snapshot restore); the figures, and the person, are ours',
    CHECKED,
  ),
  published(
    'eventbridge-endpoint-failover',
    'EventBridge global endpoint: failover of custom events to the secondary Region',
    'time',
    [5 * MINUTE, 6 * MINUTE, 7 * MINUTE],
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html (recovery time and point of 360 s, at most 420 s); the minimum is the health check alarm of 5 one-minute periods it recommends',
    CHECKED,
  ),
];
