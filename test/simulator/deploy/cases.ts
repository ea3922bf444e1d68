/** Generated configurations of every deployer: those of the law of two sources, and what that law does not read. */
import type fc from 'fast-check';
import * as apis from '../../parity/api-gateway.ts';
import * as plans from '../../parity/arc-region-switch.ts';
import * as autoScaling from '../../parity/auto-scaling.ts';
import * as backup from '../../parity/backup.ts';
import * as cloudfront from '../../parity/cloudfront.ts';
import * as dynamodb from '../../parity/dynamodb.ts';
import * as ec2 from '../../parity/ec2.ts';
import * as ecr from '../../parity/ecr.ts';
import * as ecs from '../../parity/ecs.ts';
import * as efs from '../../parity/efs.ts';
import * as eks from '../../parity/eks.ts';
import * as classic from '../../parity/elastic-load-balancing.ts';
import * as balancing from '../../parity/elastic-load-balancing-v2.ts';
import * as caches from '../../parity/elasticache.ts';
import * as events from '../../parity/eventbridge.ts';
import * as kms from '../../parity/kms.ts';
import * as lambda from '../../parity/lambda.ts';
import type { Declaration, Exception } from '../../parity/law.ts';
import * as rds from '../../parity/rds.ts';
import * as route53 from '../../parity/route-53.ts';
import * as controls from '../../parity/route53-recovery-control-config.ts';
import * as s3 from '../../parity/s3.ts';
import * as secrets from '../../parity/secrets-manager.ts';
import * as sfn from '../../parity/sfn.ts';
import * as sqs from '../../parity/sqs.ts';
import * as ssm from '../../parity/ssm.ts';
import { samples } from './samples.ts';

export interface Case {
  readonly cases: fc.Arbitrary<readonly Declaration[]>;
  readonly exceptions?: readonly Exception[];
  /** What AWS refuses to change step by step, in its words. */
  readonly refused?: RegExp;
}

/** What nobody says stays as the group has it: a desired capacity that is not said is not moved by an update of the bounds. */
const sized = (declaration: Declaration): Declaration => {
  const { inputs, type } = declaration;
  return type === 'aws:autoscaling/group:Group' && inputs.desiredCapacity === undefined && inputs.minSize !== undefined
    ? { ...declaration, inputs: { ...inputs, desiredCapacity: inputs.minSize } }
    : declaration;
};

export const CASES: Readonly<Record<string, Case>> = {
  'RDS instances': { cases: rds.instances },
  'RDS clusters': { cases: rds.clusters },
  'RDS global clusters': { cases: rds.globals },
  'DocumentDB and Neptune': { cases: rds.volumes },
  'RDS proxies': { cases: rds.proxies },
  'Route 53 health checks': { cases: route53.healthChecks },
  // Records that share a name have one routing policy: it cannot change one record at a time.
  'Route 53 records': { cases: route53.recordSets, refused: /cannot be created as other RRSets exist/ },
  'load balancers': { cases: balancing.balancers, exceptions: balancing.exceptions },
  'Classic Load Balancers': { cases: classic.classics },
  'Auto Scaling groups': { cases: autoScaling.groups.map((all) => all.map(sized)) },
  'ECS services': { cases: ecs.services },
  // A global table needs its stream, and is made strongly consistent at once or never.
  'DynamoDB tables': {
    cases: dynamodb.cases,
    refused: /currently protected|Streams cannot be disabled|A strongly consistent global table is made/,
  },
  'S3 buckets': { cases: s3.cases },
  'cache groups': { cases: caches.groups, exceptions: caches.exceptions },
  'cache clusters': { cases: caches.clusters, exceptions: caches.exceptions },
  'Global Datastores': { cases: caches.datastores, exceptions: caches.exceptions },
  'serverless caches': { cases: caches.serverless, exceptions: caches.exceptions },
  'EFS file systems': { cases: efs.cases },
  'replicated EFS file systems': { cases: efs.replicated },
  'KMS keys': { cases: kms.cases },
  'backup plans and vaults': { cases: backup.withoutSettings },
  'Lambda functions': { cases: lambda.functions },
  secrets: { cases: secrets.cases },
  'queues and topics': { cases: sqs.queueSets },
  'state machines': { cases: sfn.machines },
  parameters: { cases: ssm.cases },
  'rules and buses': { cases: events.events },
  'REST APIs': { cases: apis.restApis },
  'HTTP APIs': { cases: apis.httpApis },
  'Region switch plans': { cases: plans.plans },
  distributions: { cases: cloudfront.distributions },
  certificates: { cases: cloudfront.certificates },
  repositories: { cases: ecr.cases },
  'EKS clusters': { cases: eks.clusters },
  'routing controls': { cases: controls.routingControlSets },
  ...Object.fromEntries(Object.entries(samples).map(([name, cases]) => [name, { cases }])),
  'EC2 networks': { cases: ec2.networks },
  'EC2 machines': { cases: ec2.machines },
};
