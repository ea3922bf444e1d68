/**
 * The unit scenarios of pulumi/compliance-policies on continuity (vendor-aws: RDS, EFS, ELB, S3), each from its happy path with one
 * change. Scenarios about names that a policy is told to pass over are left out: levels of ours are set by rule, severity and tier.
 */
import { describe } from 'vitest';
import { resource, type Scenario, tell } from './scenario.ts';

type Inputs = Readonly<Record<string, unknown>>;
const without = (inputs: Inputs, property: string): Inputs =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== property));

const INSTANCE = {
  instanceClass: 'db.m1.large',
  backupRetentionPeriod: 5,
  vpcSecurityGroupIds: ['sg-12345678'],
  performanceInsightsEnabled: true,
  publiclyAccessible: false,
  storageEncrypted: true,
  kmsKeyId: 'arn:aws:kms:us-east-1:123456781234:key/12345678-1234-1234-1234-123456781234',
};
const instance = (inputs: Inputs) => [resource('aws:rds/instance:Instance', inputs)];

const CLUSTER = {
  availabilityZones: ['us-west-2a', 'us-west-2b'],
  backupRetentionPeriod: 5,
  storageEncrypted: true,
  engine: 'mysql',
};
const cluster = (inputs: Inputs) => [resource('aws:rds/cluster:Cluster', inputs)];

const FILES = { encrypted: true, kmsKeyId: INSTANCE.kmsKeyId };
const files = (inputs: Inputs) => [resource('aws:efs/fileSystem:FileSystem', inputs)];

const BALANCER = {
  availabilityZones: ['us-west-2a', 'us-west-2b'],
  listeners: [{ instancePort: 8000, instanceProtocol: 'http', lbPort: 443, lbProtocol: 'https' }],
  healthCheck: { healthyThreshold: 2, unhealthyThreshold: 2, timeout: 3, target: 'HTTP:8000/', interval: 30 },
};
const balancer = (inputs: Inputs) => [resource('aws:elb/loadBalancer:LoadBalancer', inputs)];

const replicated = (...rules: readonly object[]) => ({
  acl: 'private',
  replicationConfiguration: { role: 'arn:aws:iam::123456781234:role/r', rules },
});
const bucket = (inputs: Inputs) => [resource('aws:s3/bucket:Bucket', inputs)];
const TO = { destination: { bucket: 'arn:aws:s3:::elsewhere' } };
const UNSEEN = 'the bucket that it replicates to is in no source, so nobody can tell whether that is in another Region';
const NO_TARGET = 'how long is enough is for an agreement to say (RETENTION): without one, any backups are backups';
const ONE_DAY = 'unset, a cluster keeps its automated backups for one day: they cannot be off';

const SCENARIOS: readonly Scenario[] = [
  {
    says: 'RDS instance: 5 days of backups',
    stack: instance(INSTANCE),
    theirs: 'passes',
    rules: ['rds-backup-retention-zero'],
    ours: 'passes',
  },
  {
    says: 'RDS instance: 2 days of backups',
    stack: instance({ ...INSTANCE, backupRetentionPeriod: 2 }),
    theirs: 'violation',
    rules: ['rds-backup-retention-zero'],
    ours: 'passes',
    because: NO_TARGET,
  },
  {
    says: 'RDS instance: backups of which nothing is said',
    stack: instance(without(INSTANCE, 'backupRetentionPeriod')),
    theirs: 'violation',
    rules: ['rds-backup-retention-zero'],
    ours: 'violation',
  },
  {
    says: 'RDS cluster: 5 days of backups',
    stack: cluster(CLUSTER),
    theirs: 'passes',
    rules: ['rds-backup-retention-zero'],
    ours: 'passes',
  },
  {
    says: 'RDS cluster: 2 days of backups',
    stack: cluster({ ...CLUSTER, backupRetentionPeriod: 2 }),
    theirs: 'violation',
    rules: ['rds-backup-retention-zero'],
    ours: 'passes',
    because: NO_TARGET,
  },
  {
    says: 'RDS cluster: backups of which nothing is said',
    stack: cluster(without(CLUSTER, 'backupRetentionPeriod')),
    theirs: 'violation',
    rules: ['rds-backup-retention-zero'],
    ours: 'passes',
    because: ONE_DAY,
  },
  {
    says: 'RDS cluster: two AZs for its storage',
    stack: cluster(CLUSTER),
    theirs: 'passes',
    rules: ['aurora-no-reader', 'aurora-readers-same-az', 'rds-not-multi-az'],
    ours: 'passes',
  },
  {
    says: 'RDS cluster: one AZ for its storage',
    stack: cluster({ ...CLUSTER, availabilityZones: ['us-west-2a'] }),
    theirs: 'violation',
    rules: ['aurora-no-reader', 'aurora-readers-same-az', 'rds-not-multi-az'],
    ours: 'passes',
    because:
      'a cluster of engine mysql is a Multi-AZ DB cluster, whose writer and two readers AWS keeps in three AZs whatever is named; of Aurora the instances count, and `availabilityZones` places storage that is always in three',
  },
  { says: 'EFS: Regional', stack: files(FILES), theirs: 'passes', rules: ['efs-one-zone'], ours: 'passes' },
  {
    says: 'EFS: One Zone',
    stack: files({ ...FILES, availabilityZoneName: 'us-west-2a' }),
    theirs: 'violation',
    rules: ['efs-one-zone'],
    ours: 'violation',
  },
  {
    says: 'Classic Load Balancer: two AZs',
    stack: balancer(BALANCER),
    theirs: 'passes',
    rules: ['lb-single-az'],
    ours: 'passes',
  },
  {
    says: 'Classic Load Balancer: one AZ',
    stack: balancer({ ...BALANCER, availabilityZones: ['us-west-2a'] }),
    theirs: 'violation',
    rules: ['lb-single-az'],
    ours: 'violation',
  },
  { says: 'Classic Load Balancer: with a health check', stack: balancer(BALANCER), theirs: 'passes', rules: [], ours: 'passes' },
  {
    says: 'Classic Load Balancer: a health check of which nothing is said',
    stack: balancer(without(BALANCER, 'healthCheck')),
    theirs: 'violation',
    rules: [],
    ours: 'passes',
    because:
      'unset, a Classic Load Balancer opens a TCP connection every 30 s: it has a health check, and none can be turned off',
  },
  {
    says: 'S3: a replication rule, enabled',
    stack: bucket(replicated({ ...TO, status: 'Enabled' })),
    theirs: 'passes',
    rules: ['s3-no-crr'],
    ours: 'owed',
    because: UNSEEN,
  },
  {
    says: 'S3: a replication rule, disabled',
    stack: bucket(replicated({ ...TO, status: 'Disabled' })),
    theirs: 'violation',
    rules: ['s3-no-crr'],
    ours: 'violation',
  },
  { says: 'S3: no replication', stack: bucket({ acl: 'private' }), theirs: 'violation', rules: ['s3-no-crr'], ours: 'violation' },
  {
    says: 'S3: replication without rules',
    stack: bucket(replicated()),
    theirs: 'violation',
    rules: ['s3-no-crr'],
    ours: 'violation',
  },
];

describe('pulumi/compliance-policies', () => tell(SCENARIOS));
