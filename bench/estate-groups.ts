/**
 * Building blocks of generated estates: groups of AWS resources as a stack export shows them, two Regions, with the
 * references by ARN and id that AWS would have filled in. In every group a resource refers only to earlier ones, so that
 * a group cut short anywhere still has no reference that leads nowhere.
 */

export interface Made {
  readonly type: string;
  readonly name: string;
  readonly region: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What AWS fills in beyond the inputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a group needs from the estate around it. */
export interface Site {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly primary: Network;
  readonly standby: Network;
}

export interface Network {
  readonly region: string;
  readonly vpc: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  readonly securityGroup: string;
}

export type Group = (site: Site, n: number) => Generator<Made>;

export const PRIMARY = 'eu-west-1';
export const STANDBY = 'eu-central-1';
const ACCOUNT = '123456789012';

const arn = (service: string, region: string, rest: string): string => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
/** Seventeen hexadecimal digits that depend on the name alone, as EC2's ids have. */
function hex(name: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const char of name) {
    a = Math.imul(a ^ char.charCodeAt(0), 0x01000193);
    b = Math.imul(b ^ char.charCodeAt(0), 0x85ebca6b);
  }
  return ((a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(9, '0')).slice(0, 17);
}

function made(
  type: string,
  name: string,
  region: string,
  id: string,
  inputs: Made['inputs'],
  outputs: Made['outputs'] = {},
): Made {
  return { type, name, region, id, inputs, outputs };
}

/** The ids of a network, whether or not all its resources are in the estate yet. */
export function networkOf(name: string, region: string): Network {
  const id = (kind: string, part: string) => `${kind}-${hex(`${name}-${region}-${part}`)}`;
  const zones = ['a', 'b', 'c'];
  return {
    region,
    vpc: id('vpc', 'vpc'),
    publicSubnets: zones.map((z) => id('subnet', `public-${z}`)),
    privateSubnets: zones.map((z) => id('subnet', `private-${z}`)),
    securityGroup: id('sg', 'app'),
  };
}

/** VPC, subnets over three AZs, and what lets them talk. What others refer to comes first. */
export function* network(name: string, region: string): Generator<Made> {
  const net = networkOf(name, region);
  const tags = { Name: name };
  const named = (part: string) => `${name}-${part}-${region}`;
  const vpcArn = { arn: arn('ec2', region, `vpc/${net.vpc}`) };
  yield made(
    'aws:ec2/vpc:Vpc',
    named('vpc'),
    region,
    net.vpc,
    { cidrBlock: '10.0.0.0/16', enableDnsHostnames: true, tags },
    vpcArn,
  );
  for (const [kind, ids] of [
    ['private', net.privateSubnets],
    ['public', net.publicSubnets],
  ] as const) {
    for (const [i, id] of ids.entries()) {
      const inputs = {
        vpcId: net.vpc,
        cidrBlock: `10.0.${(kind === 'public' ? 0 : 16) + i}.0/24`,
        availabilityZone: `${region}${'abc'[i]}`,
        mapPublicIpOnLaunch: kind === 'public',
        tags,
      };
      yield made('aws:ec2/subnet:Subnet', named(`${kind}-${i}`), region, id, inputs, { arn: arn('ec2', region, `subnet/${id}`) });
    }
  }
  const group = { vpcId: net.vpc, description: 'application', tags };
  yield made('aws:ec2/securityGroup:SecurityGroup', named('app'), region, net.securityGroup, group, {
    arn: arn('ec2', region, `security-group/${net.securityGroup}`),
  });
  const gateway = `igw-${hex(named('igw'))}`;
  yield made('aws:ec2/internetGateway:InternetGateway', named('igw'), region, gateway, { vpcId: net.vpc, tags });
  for (const [i, subnetId] of net.publicSubnets.entries()) {
    const table = `rtb-${hex(named(`rtb-${i}`))}`;
    yield made('aws:ec2/routeTable:RouteTable', named(`public-${i}`), region, table, { vpcId: net.vpc, tags });
    const route = { routeTableId: table, destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway };
    yield made('aws:ec2/route:Route', named(`out-${i}`), region, `r-${table}1080289494`, route);
    const association = { routeTableId: table, subnetId };
    yield made(
      'aws:ec2/routeTableAssociation:RouteTableAssociation',
      named(`public-${i}`),
      region,
      `rtbassoc-${hex(subnetId)}`,
      association,
    );
    const address = `eipalloc-${hex(named(`eip-${i}`))}`;
    yield made('aws:ec2/eip:Eip', named(`nat-${i}`), region, address, { domain: 'vpc', tags });
    const nat = `nat-${hex(named(`nat-${i}`))}`;
    yield made('aws:ec2/natGateway:NatGateway', named(`nat-${i}`), region, nat, { allocationId: address, subnetId, tags });
  }
}

const policy = (statement: unknown): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

function* role(site: Site, part: string, service: string): Generator<Made, string> {
  const name = `${site.name}-${part}`;
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const assume = policy({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });
  yield made('aws:iam/role:Role', name, PRIMARY, name, { name, assumeRolePolicy: assume, tags: site.tags }, { arn: roleArn });
  const policyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
  yield made('aws:iam/rolePolicyAttachment:RolePolicyAttachment', name, PRIMARY, `${name}-1`, { role: name, policyArn });
  return roleArn;
}

/** A key and its replica in the standby Region, with aliases. */
export const keys: Group = function* ({ name, tags, primary, standby }) {
  const keyId = `mrk-${hex(name)}${hex(`${name}-key`).slice(0, 15)}`;
  const key = (region: string) => ({ keyId, arn: arn('kms', region, `key/${keyId}`) });
  const first = { description: name, enableKeyRotation: true, multiRegion: true, deletionWindowInDays: 30, tags };
  yield made('aws:kms/key:Key', `${name}-key`, primary.region, keyId, first, key(primary.region));
  yield made('aws:kms/alias:Alias', `${name}-key`, primary.region, `alias/${name}`, {
    name: `alias/${name}`,
    targetKeyId: keyId,
  });
  const replica = { primaryKeyArn: key(primary.region).arn, description: name, tags };
  yield made('aws:kms/replicaKey:ReplicaKey', `${name}-key-standby`, standby.region, keyId, replica, key(standby.region));
};

/** A relational database: every second one Multi-AZ, with a replica in the standby Region. */
export const database: Group = function* ({ name, tags, primary, standby }, n) {
  const region = primary.region;
  for (const net of [primary, standby]) {
    const group = `${name}-${net.region}`;
    const inputs = { name: group, subnetIds: net.privateSubnets, tags };
    yield made('aws:rds/subnetGroup:SubnetGroup', group, net.region, group, inputs, {
      arn: arn('rds', net.region, `subgrp:${group}`),
    });
  }
  const parameters = `${name}-pg16`;
  yield made('aws:rds/parameterGroup:ParameterGroup', `${name}-parameters`, region, parameters, {
    name: parameters,
    family: 'postgres16',
    tags,
  });
  const instance = (place: string, id: string) => ({
    arn: arn('rds', place, `db:${id}`),
    endpoint: `${id}.c${hex(id).slice(0, 11)}.${place}.rds.amazonaws.com:5432`,
    address: `${id}.c${hex(id).slice(0, 11)}.${place}.rds.amazonaws.com`,
    identifier: id,
    resourceId: `db-${hex(id).toUpperCase()}`,
  });
  const inputs = {
    identifier: name,
    engine: 'postgres',
    engineVersion: '16.4',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    storageEncrypted: true,
    multiAz: n % 2 === 0,
    backupRetentionPeriod: n % 3 === 0 ? 0 : 14,
    dbSubnetGroupName: `${name}-${region}`,
    parameterGroupName: parameters,
    vpcSecurityGroupIds: [primary.securityGroup],
    deletionProtection: n % 4 !== 0,
    username: 'app',
    manageMasterUserPassword: true,
    tags,
  };
  yield made('aws:rds/instance:Instance', name, region, `db-${hex(name).toUpperCase()}`, inputs, instance(region, name));
  const copy = `${name}-replica`;
  const replica = {
    identifier: copy,
    replicateSourceDb: instance(region, name).arn,
    instanceClass: 'db.r6g.large',
    dbSubnetGroupName: `${name}-${standby.region}`,
    vpcSecurityGroupIds: [standby.securityGroup],
    skipFinalSnapshot: true,
    tags,
  };
  yield made(
    'aws:rds/instance:Instance',
    copy,
    standby.region,
    `db-${hex(copy).toUpperCase()}`,
    replica,
    instance(standby.region, copy),
  );
};

/** An Aurora global database: a cluster with two instances in each Region. */
export const aurora: Group = function* ({ name, tags, primary, standby }) {
  const globalId = `${name}-global`;
  const globalInputs = {
    globalClusterIdentifier: globalId,
    engine: 'aurora-postgresql',
    engineVersion: '16.4',
    storageEncrypted: true,
  };
  yield made('aws:rds/globalCluster:GlobalCluster', globalId, primary.region, globalId, globalInputs, {
    arn: `arn:aws:rds::${ACCOUNT}:global-cluster:${globalId}`,
  });
  for (const net of [primary, standby]) {
    const cluster = `${name}-${net.region}`;
    const group = `${cluster}-subnets`;
    yield made('aws:rds/subnetGroup:SubnetGroup', group, net.region, group, { name: group, subnetIds: net.privateSubnets, tags });
    const inputs = {
      clusterIdentifier: cluster,
      globalClusterIdentifier: globalId,
      engine: 'aurora-postgresql',
      engineVersion: '16.4',
      dbSubnetGroupName: group,
      backupRetentionPeriod: 7,
      storageEncrypted: true,
      vpcSecurityGroupIds: [net.securityGroup],
      tags,
    };
    const host = `${cluster}.cluster-c${hex(cluster).slice(0, 11)}.${net.region}.rds.amazonaws.com`;
    yield made('aws:rds/cluster:Cluster', cluster, net.region, cluster, inputs, {
      arn: arn('rds', net.region, `cluster:${cluster}`),
      endpoint: host,
    });
    for (const i of [0, 1]) {
      const id = `${cluster}-${i}`;
      const member = {
        clusterIdentifier: cluster,
        identifier: id,
        instanceClass: 'db.r6g.large',
        engine: 'aurora-postgresql',
        tags,
      };
      yield made('aws:rds/clusterInstance:ClusterInstance', id, net.region, id, member, {
        arn: arn('rds', net.region, `db:${id}`),
      });
    }
  }
};

/** A bucket that replicates to the standby Region, and a table with a replica there. */
export const storage: Group = function* (site, n) {
  const { name, tags, primary, standby } = site;
  const tableArn = { arn: arn('dynamodb', primary.region, `table/${name}-carts`) };
  const table = {
    name: `${name}-carts`,
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    pointInTimeRecovery: { enabled: n % 2 === 0 },
    replicas: n % 3 === 0 ? [] : [{ regionName: standby.region }],
    streamEnabled: true,
    tags,
  };
  yield made('aws:dynamodb/table:Table', `${name}-carts`, primary.region, `${name}-carts`, table, tableArn);
  const bucketArn = (net: Network) => `arn:aws:s3:::${name}-media-${net.region}`;
  for (const net of [standby, primary]) {
    const bucket = `${name}-media-${net.region}`;
    yield made(
      'aws:s3/bucket:Bucket',
      bucket,
      net.region,
      bucket,
      { bucket, tags },
      {
        arn: bucketArn(net),
        bucketDomainName: `${bucket}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${bucket}.s3.${net.region}.amazonaws.com`,
      },
    );
    const versioning = { bucket, versioningConfiguration: { status: 'Enabled' } };
    yield made('aws:s3/bucketVersioning:BucketVersioning', bucket, net.region, bucket, versioning);
    const block = { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
    yield made('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', bucket, net.region, bucket, block);
  }
  const replicator = yield* role(site, 'replication', 's3.amazonaws.com');
  const source = `${name}-media-${primary.region}`;
  yield made('aws:s3/bucketReplicationConfig:BucketReplicationConfig', source, primary.region, source, {
    bucket: source,
    role: replicator,
    rules: [{ id: 'all', status: 'Enabled', destination: { bucket: bucketArn(standby), storageClass: 'STANDARD' } }],
  });
};

/** A queue with its dead letters, a topic, a secret, and a function that works them off. */
export const events: Group = function* (site) {
  const { name, tags, primary, standby } = site;
  const { region } = primary;
  const dead = `${name}-dead`;
  const queueArn = (queue: string) => arn('sqs', region, queue);
  const url = (queue: string) => `https://sqs.${region}.amazonaws.com/${ACCOUNT}/${queue}`;
  yield made('aws:sqs/queue:Queue', dead, region, url(dead), { name: dead, tags }, { arn: queueArn(dead), url: url(dead) });
  const orders = `${name}-orders`;
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(dead), maxReceiveCount: 5 });
  const queue = { name: orders, redrivePolicy, messageRetentionSeconds: 1_209_600, tags };
  yield made('aws:sqs/queue:Queue', orders, region, url(orders), queue, { arn: queueArn(orders), url: url(orders) });
  const topic = arn('sns', region, `${name}-events`);
  yield made('aws:sns/topic:Topic', `${name}-events`, region, topic, { name: `${name}-events`, tags }, { arn: topic });
  const subscription = { topic, protocol: 'sqs', endpoint: queueArn(orders) };
  yield made('aws:sns/topicSubscription:TopicSubscription', `${name}-orders`, region, `${topic}:${hex(orders)}`, subscription);
  const secret = arn('secretsmanager', region, `secret:${name}-${hex(name).slice(0, 6)}`);
  const replicated = { name: `${name}-token`, replicas: [{ region: standby.region }], tags };
  yield made('aws:secretsmanager/secret:Secret', `${name}-token`, region, secret, replicated, { arn: secret });
  const log = `/aws/lambda/${name}-worker`;
  yield made('aws:cloudwatch/logGroup:LogGroup', `${name}-worker`, region, log, { name: log, retentionInDays: 30, tags });
  const worker = yield* role(site, 'worker', 'lambda.amazonaws.com');
  const lambda = {
    name: `${name}-worker`,
    role: worker,
    runtime: 'nodejs20.x',
    handler: 'index.handler',
    memorySize: 512,
    timeout: 30,
    environment: { variables: { QUEUE_URL: url(orders), TOPIC: topic, SECRET: secret, LOG_LEVEL: 'info' } },
    tags,
  };
  const workerArn = arn('lambda', region, `function:${name}-worker`);
  yield made('aws:lambda/function:Function', `${name}-worker`, region, `${name}-worker`, lambda, { arn: workerArn });
  const mapping = { eventSourceArn: queueArn(orders), functionName: workerArn, batchSize: 10 };
  yield made('aws:lambda/eventSourceMapping:EventSourceMapping', `${name}-worker`, region, hex(`${name}-mapping`), mapping);
};

/** A web tier in one Region or two: load balancer, containers on an Auto Scaling group, alarms, and the record before it. */
export const web: Group = function* (site, n) {
  const { name, tags } = site;
  const execution = yield* role(site, 'web', 'ecs-tasks.amazonaws.com');
  const zone = `Z${hex(name).toUpperCase().slice(0, 13)}`;
  const domain = `${name}.example.com`;
  yield made('aws:route53/zone:Zone', name, PRIMARY, zone, { name: domain, tags }, { zoneId: zone });
  const regions = n % 3 === 0 ? [site.primary] : [site.primary, site.standby];
  for (const net of regions) {
    const { region } = net;
    const here = `${name}-${region}`;
    const host = `${here}-${hex(here).slice(0, 9)}.${region}.elb.amazonaws.com`;
    const balancer = arn('elasticloadbalancing', region, `loadbalancer/app/${here}/${hex(here)}`);
    const door = {
      name: here,
      loadBalancerType: 'application',
      subnets: net.publicSubnets,
      securityGroups: [net.securityGroup],
      tags,
    };
    yield made('aws:lb/loadBalancer:LoadBalancer', here, region, balancer, door, {
      arn: balancer,
      dnsName: host,
      zoneId: 'Z32O12XQLNTSW2',
    });
    const target = arn('elasticloadbalancing', region, `targetgroup/${here}/${hex(`${here}-tg`)}`);
    const healthCheck = { path: '/health', interval: 10, healthyThreshold: 2, unhealthyThreshold: 2 };
    const targets = { name: here, port: 8080, protocol: 'HTTP', targetType: 'ip', vpcId: net.vpc, healthCheck, tags };
    yield made('aws:lb/targetGroup:TargetGroup', here, region, target, targets, { arn: target });
    const listener = arn('elasticloadbalancing', region, `listener/app/${here}/${hex(here)}/${hex(`${here}-l`)}`);
    const defaultActions = [{ type: 'forward', targetGroupArn: target }];
    const listening = { loadBalancerArn: balancer, port: 443, protocol: 'HTTPS', defaultActions };
    yield made('aws:lb/listener:Listener', here, region, listener, listening, { arn: listener });
    const log = `/ecs/${here}`;
    yield made('aws:cloudwatch/logGroup:LogGroup', here, region, log, { name: log, retentionInDays: 30, tags });
    const cluster = arn('ecs', region, `cluster/${here}`);
    yield made('aws:ecs/cluster:Cluster', here, region, cluster, { name: here, tags }, { arn: cluster });
    const container = {
      name: 'web',
      image: `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/shop:1.4.2`,
      cpu: 512,
      memory: 1024,
      essential: true,
      portMappings: [{ containerPort: 8080 }],
      environment: [
        { name: 'TABLE', value: `${name}-carts` },
        { name: 'REGION', value: region },
        { name: 'LOG_LEVEL', value: 'info' },
      ],
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': log, 'awslogs-region': region } },
    };
    const task = arn('ecs', region, `task-definition/${here}:1`);
    const definition = {
      family: here,
      executionRoleArn: execution,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: JSON.stringify([container]),
      tags,
    };
    yield made('aws:ecs/taskDefinition:TaskDefinition', here, region, here, definition, { arn: task });
    const service = arn('ecs', region, `service/${here}/${here}`);
    const running = {
      name: here,
      cluster,
      taskDefinition: task,
      desiredCount: 4,
      launchType: 'FARGATE',
      loadBalancers: [{ targetGroupArn: target, containerName: 'web', containerPort: 8080 }],
      networkConfiguration: { subnets: net.privateSubnets, securityGroups: [net.securityGroup] },
      tags,
    };
    yield made('aws:ecs/service:Service', here, region, service, running);
    const template = `lt-${hex(here)}`;
    const launch = { name: here, imageId: `ami-${hex(region)}`, instanceType: 'm6g.large', tags };
    yield made('aws:ec2/launchTemplate:LaunchTemplate', here, region, template, launch, {
      arn: arn('ec2', region, `launch-template/${template}`),
    });
    const group = {
      name: `${here}-batch`,
      minSize: 2,
      maxSize: 6,
      desiredCapacity: 3,
      launchTemplate: { id: template, version: '$Latest' },
      vpcZoneIdentifiers: net.privateSubnets,
      healthCheckType: 'ELB',
    };
    yield made('aws:autoscaling/group:Group', `${here}-batch`, region, `${here}-batch`, group);
    const check = hex(`${here}-check`);
    const checking = {
      type: 'HTTPS',
      fqdn: host,
      port: 443,
      resourcePath: '/health',
      requestInterval: 10,
      failureThreshold: 3,
      tags,
    };
    yield made('aws:route53/healthCheck:HealthCheck', here, PRIMARY, check, checking, {
      arn: `arn:aws:route53:::healthcheck/${check}`,
    });
    const record = {
      name: domain,
      zoneId: zone,
      type: 'A',
      setIdentifier: region,
      healthCheckId: check,
      aliases: [{ name: host, zoneId: 'Z32O12XQLNTSW2', evaluateTargetHealth: true }],
      failoverRoutingPolicies: [{ type: region === PRIMARY ? 'PRIMARY' : 'SECONDARY' }],
    };
    yield made('aws:route53/record:Record', here, PRIMARY, `${zone}_${domain}_A_${region}`, record, { fqdn: domain });
    const alarm = {
      name: here,
      comparisonOperator: 'GreaterThanThreshold',
      evaluationPeriods: 2,
      period: 60,
      metricName: 'HTTPCode_ELB_5XX_Count',
      namespace: 'AWS/ApplicationELB',
      statistic: 'Sum',
      threshold: 10,
      dimensions: { LoadBalancer: balancer.split('loadbalancer/')[1] ?? '' },
      tags,
    };
    yield made('aws:cloudwatch/metricAlarm:MetricAlarm', here, region, here, alarm, {
      arn: arn('cloudwatch', region, `alarm:${here}`),
    });
  }
};

/** A cache with a standby node, and a file system. */
export const caches: Group = function* ({ name, tags, primary }) {
  const { region } = primary;
  const group = `${name}-cache`;
  yield made('aws:elasticache/subnetGroup:SubnetGroup', group, region, group, {
    name: group,
    subnetIds: primary.privateSubnets,
    tags,
  });
  const cache = {
    replicationGroupId: group,
    description: name,
    engine: 'valkey',
    nodeType: 'cache.r7g.large',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    subnetGroupName: group,
    securityGroupIds: [primary.securityGroup],
    snapshotRetentionLimit: 7,
    tags,
  };
  const primaryEndpointAddress = `master.${group}.${hex(group).slice(0, 6)}.euw1.cache.amazonaws.com`;
  yield made('aws:elasticache/replicationGroup:ReplicationGroup', group, region, group, cache, { primaryEndpointAddress });
  const fileSystem = `fs-${hex(`${name}-files`)}`;
  yield made(
    'aws:efs/fileSystem:FileSystem',
    `${name}-files`,
    region,
    fileSystem,
    { creationToken: name, encrypted: true, tags },
    {
      arn: arn('elasticfilesystem', region, `file-system/${fileSystem}`),
    },
  );
  for (const [i, subnetId] of primary.privateSubnets.entries()) {
    const target = { fileSystemId: fileSystem, subnetId, securityGroups: [primary.securityGroup] };
    yield made('aws:efs/mountTarget:MountTarget', `${name}-files-${i}`, region, `fsmt-${hex(`${name}-${i}`)}`, target);
  }
};

export const GROUPS: readonly Group[] = [web, database, storage, events, aurora, caches, keys];
