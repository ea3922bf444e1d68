/** Groups of a generated estate: every family of resources that real ones have. */
import { aurora, database } from './estate-databases.ts';
import { ACCOUNT, arn, type Group, hex, made, type Network, role } from './estate-parts.ts';
import { web } from './estate-web.ts';

/** A key and its replica in the standby Region, with aliases. */
const keys: Group = function* ({ name, tags, primary, standby }) {
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
/** A bucket that replicates to the standby Region, and a table with a replica there. */
const storage: Group = function* (site, n) {
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
const events: Group = function* (site) {
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

/** A cache with a standby node, and a file system. */
const caches: Group = function* ({ name, tags, primary }) {
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
