import { describe, it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { elasticacheScans } from '../../src/services/observed/elasticache.ts';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { elasticache } from '../../src/simulator/services/elasticache.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { clusters, datastores, exceptions, groups, serverless } from './elasticache.ts';
import { lawOfTwoSources } from './law.ts';

const services = [ec2, kms, elasticache];
const scans = [...ec2Scans, kmsKeys, ...elasticacheScans];

describe('ElastiCache means the same, declared and observed', () => {
  it('replication groups', () => lawOfTwoSources(groups, services, scans, exceptions), 30_000);
  it('clusters without replication', () => lawOfTwoSources(clusters, services, scans, exceptions), 30_000);
  it('Global Datastores', () => lawOfTwoSources(datastores, services, scans, exceptions), 30_000);
  it('serverless caches', () => lawOfTwoSources(serverless, services, scans, exceptions), 30_000);
});
