import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as pulumi from '@pulumi/pulumi';
import { beforeAll, describe, expect, it } from 'vitest';
import { AUDITOR_ACTIONS } from '../../infra/components/auditor-role.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { type Registered, runProgram } from './run-program.ts';

let resources: readonly Registered[];
let outputs: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  ({ resources, outputs } = await runProgram());
}, 60_000);

const ofType = (type: string) => resources.filter((r) => r.type === type);

/** The one resource of that type and name. */
function one(type: string, name: string): Registered {
  const found = resources.filter((r) => r.type === type && r.name === name);
  if (found[0] === undefined || found.length > 1) throw new Error(`expected one ${type} ${name}, found ${found.length}`);
  return found[0];
}

describe('the reference workload', () => {
  it('is about as large as a real stack', () => {
    const custom = resources.filter((r) => r.type.startsWith('aws:'));
    expect(custom.length).toBeGreaterThanOrEqual(120);
    expect(custom.length).toBeLessThanOrEqual(240);
  });

  it('chooses a provider for every AWS resource: none falls back to the environment', () => {
    const known = new Set(['primary', 'standby', 'backup-account']);
    expect(resources.filter((r) => r.type.startsWith('aws:') && !known.has(r.provider)).map((r) => r.name)).toEqual([]);
  });

  it.each([
    ['aws:rds/cluster:Cluster', 'orders'],
    ['aws:elasticache/replicationGroup:ReplicationGroup', 'catalogue-cache'],
    ['aws:s3/bucket:Bucket', 'media'],
    ['aws:sqs/queue:Queue', 'order-events'],
    ['aws:lb/loadBalancer:LoadBalancer', 'storefront'],
    ['aws:ecs/service:Service', 'checkout'],
    ['aws:acm/certificate:Certificate', 'shop'],
    ['aws:backup/vault:Vault', 'vaults'],
    ['aws:lambda/function:Function', 'cache-promotion'],
  ])('has a %s %s in each Region', (type, name) => {
    expect(one(type, `${name}-primary`).provider).toBe('primary');
    expect(one(type, `${name}-standby`).provider).toBe('standby');
  });

  it('puts the providers in different Regions, and the second copy of the backups in another account', () => {
    const provider = (name: string) => one('pulumi:providers:aws', name).inputs;
    expect(provider('primary').region).toBe('eu-west-1');
    expect(provider('standby').region).toBe('eu-central-1');
    expect(JSON.parse(provider('backup-account').allowedAccountIds)).toEqual(['444455556666']);
    expect(one('aws:backup/vault:Vault', 'vaults-account').provider).toBe('backup-account');
  });

  it('spreads each network over three zones of its own Region, with a NAT gateway in each', () => {
    for (const [provider, region] of [
      ['primary', 'eu-west-1'],
      ['standby', 'eu-central-1'],
    ]) {
      const subnets = ofType('aws:ec2/subnet:Subnet').filter((r) => r.provider === provider);
      const zones = new Set(subnets.map((r) => r.inputs.availabilityZone));
      expect([...zones].sort()).toEqual(['a', 'b', 'c'].map((letter) => `${region}${letter}`));
      const gateways = ofType('aws:ec2/natGateway:NatGateway').filter((r) => r.provider === provider);
      expect(new Set(gateways.map((r) => r.inputs.subnetId)).size).toBe(3);
    }
  });

  it('keeps writer and reader of the orders database in different zones, in the standby as well', () => {
    const instances = ofType('aws:rds/clusterInstance:ClusterInstance');
    for (const provider of ['primary', 'standby']) {
      const zones = instances.filter((r) => r.provider === provider).map((r) => r.inputs.availabilityZone);
      expect(new Set(zones).size).toBe(2);
    }
    expect(new Set(instances.map((r) => r.inputs.instanceClass)).size).toBe(1);
    for (const name of ['orders-primary', 'orders-standby']) {
      expect(one('aws:rds/cluster:Cluster', name).inputs.globalClusterIdentifier).toBe('orders-id');
    }
  });

  it('encrypts each Region with the key of that Region', () => {
    const key = one('aws:kms/key:Key', 'data');
    expect(key.inputs.multiRegion).toBe(true);
    const primary = `arn:aws:${key.type}:primary:111122223333:data`;
    const standby = 'arn:aws:aws:kms/replicaKey:ReplicaKey:standby:111122223333:data-standby';
    expect(one('aws:kms/replicaKey:ReplicaKey', 'data-standby').inputs.primaryKeyArn).toBe(primary);
    const used = resources.flatMap((r) =>
      [r.inputs.kmsKeyId, r.inputs.kmsKeyArn].filter((k) => typeof k === 'string').map((k) => [r.provider, k]),
    );
    expect(used.length).toBeGreaterThanOrEqual(9);
    const right: Record<string, string> = { primary, standby };
    expect(used.filter(([provider = '', k]) => provider in right && right[provider] !== k)).toEqual([]);
  });

  it('lets the backup account read with the keys of both Regions, as a copy into it must', () => {
    for (const [type, name] of [
      ['aws:kms/key:Key', 'data'],
      ['aws:kms/replicaKey:ReplicaKey', 'data-standby'],
    ] as const) {
      const { Statement } = JSON.parse(one(type, name).inputs.policy);
      const others = Statement.filter((s: { Principal: { AWS: string } }) => s.Principal.AWS.includes('444455556666'));
      expect(others).toHaveLength(1);
      expect(others[0].Action).toContain('kms:Decrypt');
    }
  });

  it.each(['carts', 'sessions'])('replicates the table %s with point-in-time recovery on both sides', (name) => {
    const { inputs } = one('aws:dynamodb/table:Table', name);
    expect(inputs.replicas).toHaveLength(1);
    expect(inputs.replicas[0]).toMatchObject({ regionName: 'eu-central-1', pointInTimeRecovery: true });
    expect(inputs.pointInTimeRecovery.enabled).toBe(true);
  });

  it('replicates objects under KMS and under replication time control to a locked bucket', () => {
    const [rule] = one('aws:s3/bucketReplicationConfig:BucketReplicationConfig', 'media').inputs.rules;
    expect(rule.sourceSelectionCriteria.sseKmsEncryptedObjects.status).toBe('Enabled');
    expect(rule.destination.replicationTime).toEqual({ status: 'Enabled', time: { minutes: 15 } });
    expect(rule.destination.bucket).toContain(':standby:');
    expect(one('aws:s3/bucket:Bucket', 'media-standby').inputs.objectLockEnabled).toBe(true);
    const lock = one('aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration', 'media-standby');
    expect(lock.inputs.rule.defaultRetention).toEqual({ mode: 'COMPLIANCE', days: 35 });
    expect(ofType('aws:s3/bucketVersioning:BucketVersioning').map((r) => r.inputs.versioningConfiguration.status)).toEqual([
      'Enabled',
      'Enabled',
    ]);
  });

  it('replicates images and secrets to the Region that tasks read them from', () => {
    const [rule] = one('aws:ecr/replicationConfiguration:ReplicationConfiguration', 'images').inputs.replicationConfiguration
      .rules;
    expect(rule.destinations).toEqual([{ region: 'eu-central-1', registryId: '111122223333' }]);
    for (const secret of ofType('aws:secretsmanager/secret:Secret')) {
      expect(secret.inputs.replicas.map((r: { region: string }) => r.region)).toEqual(['eu-central-1']);
    }
    const [container] = JSON.parse(one('aws:ecs/taskDefinition:TaskDefinition', 'checkout-standby').inputs.containerDefinitions);
    expect(container.image).toContain('.ecr.eu-central-1.');
    for (const secret of container.secrets) expect(secret.valueFrom).toContain(':eu-central-1:');
  });

  it('runs in the standby at least what an MBCO of 60 % asks for', () => {
    for (const service of ['storefront', 'checkout']) {
      const tasks = (here: string) => one('aws:ecs/service:Service', `${service}-${here}`).inputs.desiredCount;
      expect(tasks('standby') / tasks('primary')).toBeGreaterThanOrEqual(0.6);
    }
  });

  it.each(['storefront', 'checkout'])('has a record pair for %s that a health check switches', (service) => {
    const primary = one('aws:route53/record:Record', `${service}-primary`).inputs;
    const secondary = one('aws:route53/record:Record', `${service}-secondary`).inputs;
    expect(primary.failoverRoutingPolicies).toEqual([{ type: 'PRIMARY' }]);
    expect(secondary.failoverRoutingPolicies).toEqual([{ type: 'SECONDARY' }]);
    expect([primary.name, primary.type]).toEqual([secondary.name, secondary.type]);
    expect(primary.setIdentifier).not.toBe(secondary.setIdentifier);
    expect(primary.healthCheckId).toBe(`${service}-primary-id`);
    expect(JSON.stringify(primary)).toContain(`${service}-primary.elb.example`);
    expect(JSON.stringify(secondary)).toContain(`${service}-standby.elb.example`);
    const check = one('aws:route53/healthCheck:HealthCheck', `${service}-primary`).inputs;
    expect(check).toMatchObject({ requestInterval: 10, failureThreshold: 3, fqdn: `${service}-primary.elb.example` });
    expect(check.regions.length).toBeGreaterThanOrEqual(3);
  });

  it('fails the orders database over without a person, on an alarm outside both Regions', () => {
    const plan = one('aws:arcregionswitch/plan:Plan', 'checkout').inputs;
    const [activate] = plan.workflows;
    expect(activate.workflowTargetRegion).toBe('eu-central-1');
    const blocks = plan.workflows.flatMap((w: { steps: { executionBlockType: string }[] }) =>
      w.steps.map((s) => s.executionBlockType),
    );
    expect([...new Set(blocks)]).toEqual(['AuroraGlobalDatabase', 'ECSServiceScaling']);
    expect(activate.steps[0].globalAuroraConfigs[0].behavior).toBe('failover');
    expect(plan.triggers).toHaveLength(1);
    expect(plan.triggers[0]).toMatchObject({ action: 'activate', targetRegion: 'eu-central-1' });
    expect(plan.triggers[0].conditions[0].associatedAlarmName).toBe(plan.associatedAlarms[0].mapBlockKey);
    expect(plan.associatedAlarms[0].resourceIdentifier).toContain('checkout-unreachable');
    expect(one('aws:cloudwatch/metricAlarm:MetricAlarm', 'checkout-unreachable').inputs.region).toBe('us-east-1');
  });

  it('leaves time to spare: the slowest failover of checkout that the settings allow fits its SLA', () => {
    const file = fileURLToPath(new URL('../../infra/holdfast.yaml', import.meta.url));
    const metrics = parseCatalogue(readFileSync(file, 'utf8'), file).agreements.flatMap((a) => a.metrics);
    const rto = metrics.find((m) => m.serviceId === 'checkout' && m.type === 'RTO' && m.scope === 'region');
    const slowest = one('aws:arcregionswitch/plan:Plan', 'checkout').inputs.recoveryTimeObjectiveMinutes * 60;
    expect(slowest).toBeLessThan(rto?.target ?? 0);
  });

  it('copies every backup to the standby Region and to the other account, into locked vaults', () => {
    for (const plan of ofType('aws:backup/plan:Plan')) {
      const [rule] = plan.inputs.rules;
      const targets = rule.copyActions.map((c: { destinationVaultArn: string }) => c.destinationVaultArn.split(':').slice(-3)[0]);
      expect(targets).toEqual(['standby', 'backup-account']);
    }
    expect(ofType('aws:backup/vaultLockConfiguration:VaultLockConfiguration')).toHaveLength(3);
    const picked = ofType('aws:backup/selection:Selection').map((r) => r.inputs.selectionTags[0].value);
    const tagged = new Set(resources.map((r) => r.inputs.tags?.backup).filter((v) => v !== undefined));
    expect([...tagged].sort()).toEqual(picked.sort());
  });

  it('opts in what is tagged for AWS Backup, in the Region of the plans', () => {
    const [settings, ...others] = ofType('aws:backup/regionSettings:RegionSettings');
    expect([others, settings?.provider]).toEqual([[], 'primary']);
    expect(new Set(ofType('aws:backup/plan:Plan').map((r) => r.provider))).toEqual(new Set(['primary']));
    const kinds: Record<string, string> = {
      'aws:rds/cluster:Cluster': 'Aurora',
      'aws:rds/instance:Instance': 'RDS',
      'aws:dynamodb/table:Table': 'DynamoDB',
    };
    const tagged = resources.filter((r) => r.inputs.tags?.backup !== undefined).map((r) => kinds[r.type] ?? r.type);
    const optedIn = Object.entries(settings?.inputs.resourceTypeOptInPreference ?? {}).filter(([, on]) => on === true);
    expect(optedIn.map(([kind]) => kind).sort()).toEqual([...new Set(tagged)].sort());
    expect(settings?.inputs.resourceTypeManagementPreference.DynamoDB).toBe(true);
  });

  it('keeps passwords out of every ordinary input', () => {
    const writeOnly = new Set(['masterPasswordWo', 'secretStringWo']);
    const leaks = resources.flatMap((r) =>
      Object.entries(r.inputs)
        .filter(([key, value]) => !writeOnly.has(key) && JSON.stringify(value)?.includes('made-by-the-mock'))
        .map(([key]) => `${r.name}.${key}`),
    );
    expect(leaks).toEqual([]);
  });

  it('exports the entry points', async () => {
    const value = (exported: unknown) => new Promise((resolve) => pulumi.all([exported]).apply(([o]) => resolve(o)));
    expect(await value(outputs.checkoutUrl)).toBe('https://checkout.shop.example');
    expect(await value(outputs.ordersDatabaseEndpoints)).toEqual({
      primary: 'orders-primary.db.example',
      standby: 'orders-standby.db.example',
    });
  });
});

describe('the role of Holdfast', () => {
  it('may look and nothing else: no contents, no changes, no wildcards', () => {
    for (const action of AUDITOR_ACTIONS) expect(action).toMatch(/^[a-z0-9-]+:(Describe|List|Get)[A-Za-z0-9]+$/);
    const contents = /:(GetObject|GetItem|BatchGet|GetSecretValue|GetParameter|GetRecords|Decrypt|GetAuthorizationToken)/;
    expect(AUDITOR_ACTIONS.filter((action) => contents.test(action))).toEqual([]);
    const policy = JSON.parse(one('aws:iam/rolePolicy:RolePolicy', 'auditor').inputs.policy);
    expect(policy.Statement).toHaveLength(1);
    expect(policy.Statement[0].Action).toEqual([...AUDITOR_ACTIONS]);
  });
});
