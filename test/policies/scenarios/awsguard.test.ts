/** The database scenarios of awsguard's own integration tests (pulumi/pulumi-policy-aws, integration-tests/database), at its defaults. */
import { describe } from 'vitest';
import { resource, type Scenario, tell } from './scenario.ts';

const ENCRYPTION = 'encryption, logging and public access are no matter of continuity: nothing is lost by them when a Region is';
const redshift = (inputs: object) => [
  resource('aws:redshift/cluster:Cluster', { clusterIdentifier: 'test', nodeType: 'dc1.large', ...inputs }),
];
const table = (enabled: boolean) => [
  resource('aws:dynamodb/table:Table', {
    hashKey: 'test',
    attributes: [{ name: 'test', type: 'S' }],
    serverSideEncryption: { enabled },
    readCapacity: 1,
    writeCapacity: 1,
  }),
];
const instance = (inputs: object) => [resource('aws:rds/instance:Instance', { instanceClass: 'db.m5.large', ...inputs })];

const SCENARIOS: readonly Scenario[] = [
  {
    says: '1: a Redshift cluster with encryption and logging',
    stack: redshift({
      allowVersionUpgrade: true,
      logging: { enable: true, bucketName: 'random bucket' },
      encrypted: true,
      publiclyAccessible: false,
    }),
    theirs: 'passes',
    rules: [],
    ours: 'passes',
  },
  {
    says: '2: a Redshift cluster without them',
    stack: redshift({ allowVersionUpgrade: false }),
    theirs: 'violation',
    rules: [],
    ours: 'passes',
    because: ENCRYPTION,
  },
  { says: '3: an encrypted DynamoDB table', stack: table(true), theirs: 'passes', rules: [], ours: 'passes' },
  {
    says: '4: a DynamoDB table that is not encrypted',
    stack: table(false),
    theirs: 'violation',
    rules: [],
    ours: 'passes',
    because: ENCRYPTION,
  },
  {
    says: '5: an RDS instance in two AZs',
    stack: instance({ storageEncrypted: true, multiAz: true }),
    theirs: 'passes',
    rules: ['rds-not-multi-az'],
    ours: 'passes',
  },
  {
    says: '5: its backups, of which nothing is said',
    stack: instance({ storageEncrypted: true, multiAz: true }),
    theirs: 'passes',
    rules: ['rds-backup-retention-zero'],
    ours: 'violation',
    because: 'unset, the provider sends 0 days to an RDS instance, which turns automated backups off; awsguard takes it for 7',
  },
  {
    says: '6: an RDS instance without backups',
    stack: instance({ backupRetentionPeriod: 0, publiclyAccessible: true }),
    theirs: 'violation',
    rules: ['rds-backup-retention-zero'],
    ours: 'violation',
  },
  {
    says: '6: an RDS instance in one AZ, without an engine',
    stack: instance({ backupRetentionPeriod: 0, publiclyAccessible: true }),
    theirs: 'violation',
    rules: ['rds-not-multi-az'],
    ours: 'owed',
    because:
      'without an engine it comes from a snapshot, and `multiAz` means nothing to an instance of Aurora: only AWS can tell which it is',
  },
  {
    says: '6 with its engine',
    stack: instance({ backupRetentionPeriod: 0, publiclyAccessible: true, engine: 'mysql' }),
    theirs: 'violation',
    rules: ['rds-not-multi-az'],
    ours: 'violation',
  },
];

describe('databases of awsguard', () => tell(SCENARIOS));
