import { describe, it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { rdsScans } from '../../src/services/observed/rds.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { rds } from '../../src/simulator/services/rds.ts';
import { lawOfTwoSources } from './law.ts';
import { clusters, exceptions, globals, instances, proxies, volumes } from './rds.ts';

const services = [ec2, kms, rds];
const scans = [...ec2Scans, kmsKeys, ...rdsScans];

describe('RDS means the same, declared and observed', () => {
  it('instances, replicas and replicated backups', () => lawOfTwoSources(instances, services, scans, exceptions), 30_000);
  it('Aurora, Multi-AZ DB clusters and Serverless v1', () => lawOfTwoSources(clusters, services, scans, exceptions), 30_000);
  it('global clusters', () => lawOfTwoSources(globals, services, scans, exceptions), 30_000);
  it('DocumentDB and Neptune', () => lawOfTwoSources(volumes, services, scans, exceptions), 30_000);
  it('proxies', () => lawOfTwoSources(proxies, services, scans, exceptions), 30_000);
});
