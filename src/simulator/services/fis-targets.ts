/**
 * What an experiment takes: resources by ARN, or by tags and filters, some or all of them.
 * https://docs.aws.amazon.com/fis/latest/userguide/targets.html
 */
import type * as FIS from '@aws-sdk/client-fis';
import { type CallContext, ServiceFault } from '../service.ts';

/** A resource as its own API describes it. */
export interface Found {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Member paths of filters go through it, spelt as the API spells them. */
  readonly shown: object;
}

type Record_ = Readonly<Record<string, unknown>>;
type Reader = (context: CallContext) => Promise<readonly Found[]>;

const listOf = (value: unknown): readonly Record_[] => (Array.isArray(value) ? (value as readonly Record_[]) : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const tagsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(listOf(value).map((t) => [textOf(t.Key), textOf(t.Value)]));

async function all(context: CallContext, client: string, operation: string, member: string, token: readonly [string, string]) {
  const found: Record_[] = [];
  let next: unknown;
  do {
    const reply = (await context.call(client, operation, next === undefined ? {} : { [token[0]]: next })) as Record_;
    found.push(...listOf(reply[member]));
    next = reply[token[1]];
  } while (next !== undefined);
  return found;
}

const ec2 =
  (operation: string, member: string, kind: string, id: string): Reader =>
  async (context) => {
    const items = await all(context, 'ec2', operation, member, ['NextToken', 'NextToken']);
    const whole = member === 'Reservations' ? items.flatMap((r) => listOf(r.Instances)) : items;
    return whole.map((shown) => ({ arn: context.arn('ec2', `${kind}/${textOf(shown[id])}`), tags: tagsOf(shown.Tags), shown }));
  };

const rds =
  (operation: string, member: string, arn: string): Reader =>
  async (context) => {
    const items = await all(context, 'rds', operation, member, ['Marker', 'Marker']);
    return items.map((shown) => ({ arn: textOf(shown[arn]), tags: tagsOf(shown.TagList), shown }));
  };

async function replicationGroups(context: CallContext): Promise<readonly Found[]> {
  const items = await all(context, 'elasticache', 'DescribeReplicationGroups', 'ReplicationGroups', ['Marker', 'Marker']);
  return Promise.all(
    items.map(async (shown) => {
      const arn = textOf(shown.ARN);
      const tags = (await context.call('elasticache', 'ListTagsForResource', { ResourceName: arn })) as Record_;
      return { arn, tags: tagsOf(tags.TagList), shown };
    }),
  );
}

async function groups(context: CallContext): Promise<readonly Found[]> {
  const items = await all(context, 'auto-scaling', 'DescribeAutoScalingGroups', 'AutoScalingGroups', ['NextToken', 'NextToken']);
  return items.map((shown) => ({ arn: textOf(shown.AutoScalingGroupARN), tags: tagsOf(shown.Tags), shown }));
}

async function tables(context: CallContext): Promise<readonly Found[]> {
  const { TableNames } = (await context.call('dynamodb', 'ListTables', {})) as Record_;
  const names = Array.isArray(TableNames) ? TableNames.map(textOf) : [];
  return Promise.all(
    names.map(async (name) => {
      const arn = context.arn('dynamodb', `table/${name}`);
      const { Tags } = (await context.call('dynamodb', 'ListTagsOfResource', { ResourceArn: arn })) as Record_;
      return { arn, tags: tagsOf(Tags), shown: { TableName: name } };
    }),
  );
}

/** By type of resource. Types that are not here are taken by ARN alone, and whether they are there is not looked at. */
const READERS: Readonly<Record<string, Reader>> = {
  'aws:ec2:instance': ec2('DescribeInstances', 'Reservations', 'instance', 'InstanceId'),
  'aws:ec2:subnet': ec2('DescribeSubnets', 'Subnets', 'subnet', 'SubnetId'),
  'aws:ec2:ebs-volume': ec2('DescribeVolumes', 'Volumes', 'volume', 'VolumeId'),
  'aws:ec2:autoscaling-group': groups,
  'aws:rds:db': rds('DescribeDBInstances', 'DBInstances', 'DBInstanceArn'),
  'aws:rds:cluster': rds('DescribeDBClusters', 'DBClusters', 'DBClusterArn'),
  'aws:elasticache:replicationgroup': replicationGroups,
  'aws:dynamodb:global-table': tables,
};

/** ARNs in a target (API CreateExperimentTemplateTargetInput). */
const MOST_ARNS = 5;

export function checkTarget(name: string, target: FIS.CreateExperimentTemplateTargetInput): void {
  const invalid = (why: string): ServiceFault => new ServiceFault('ValidationException', `Target ${name}: ${why}`);
  const { resourceArns = [], resourceTags = {}, filters = [], selectionMode = 'ALL', resourceType = '' } = target;
  if (resourceArns.length > MOST_ARNS) throw invalid(`at most ${MOST_ARNS} resourceArns.`);
  if (resourceArns.length > 0 && (Object.keys(resourceTags).length > 0 || filters.length > 0))
    throw invalid('resourceArns cannot be given with resourceTags or filters.');
  if (!/^(?:ALL|COUNT\(\d+\)|PERCENT\(\d+\))$/.test(selectionMode)) throw invalid(`no selection mode ${selectionMode}.`);
  if (Object.keys(resourceTags).length > 0 && READERS[resourceType] === undefined)
    throw invalid(`simulated AWS finds no ${resourceType} by tags.`);
}

/** The resources that a target stands for now. Throws `ServiceFault` for an ARN that is not there. */
export async function resolve(context: CallContext, target: FIS.CreateExperimentTemplateTargetInput): Promise<readonly Found[]> {
  const { resourceType = '', resourceArns = [], resourceTags = {}, filters = [], parameters = {} } = target;
  const reader = READERS[resourceType];
  const there = reader === undefined ? resourceArns.map((arn): Found => ({ arn, tags: {}, shown: {} })) : await reader(context);
  const missing = resourceArns.find((arn) => !there.some((f) => f.arn === arn));
  if (missing !== undefined) throw new ServiceFault('ResourceNotFoundException', `${missing} does not exist.`, 404);
  const wanted = there.filter(
    (f) =>
      (resourceArns.length === 0 || resourceArns.includes(f.arn)) &&
      Object.entries(resourceTags).every(([key, value]) => f.tags[key] === value) &&
      filters.every(({ path, values }) => valuesAt(f.shown, (path ?? '').split('.')).some((v) => values?.includes(v) === true)),
  );
  const inPlace: Found[] = [];
  for (const one of wanted) if (await fitsParameters(context, resourceType, one, parameters)) inPlace.push(one);
  return chosen(inPlace, target.selectionMode ?? 'ALL', context);
}

/** Parameters of resource types, of which each narrows a target to AZs or to a VPC. */
async function fitsParameters(
  context: CallContext,
  type: string,
  { shown }: Found,
  parameters: Readonly<Record<string, string>>,
): Promise<boolean> {
  const resource = shown as Record_;
  const isIn = (zones: string | undefined, zone: unknown): boolean =>
    zones === undefined || zones === 'all' || zones.split(',').some((z) => z.trim() === zone);
  if (type === 'aws:ec2:subnet')
    return (
      isIn(parameters.availabilityZoneIdentifier, resource.AvailabilityZone) &&
      (parameters.vpc === undefined || parameters.vpc === resource.VpcId)
    );
  if (type === 'aws:ec2:ebs-volume') return isIn(parameters.availabilityZoneIdentifier, resource.AvailabilityZone);
  if (type === 'aws:rds:db') return isIn(parameters.availabilityZoneIdentifiers, resource.AvailabilityZone);
  if (type === 'aws:rds:cluster' && parameters.writerAvailabilityZoneIdentifiers !== undefined)
    return isIn(parameters.writerAvailabilityZoneIdentifiers, await writerZone(context, resource));
  if (type === 'aws:elasticache:replicationgroup') {
    const nodes = listOf(resource.NodeGroups).flatMap((g) => listOf(g.NodeGroupMembers));
    return nodes.some((n) => isIn(parameters.availabilityZoneIdentifier, n.PreferredAvailabilityZone));
  }
  return true;
}

async function writerZone(context: CallContext, cluster: Record_): Promise<unknown> {
  const writer = listOf(cluster.DBClusterMembers).find((m) => m.IsClusterWriter === true);
  if (writer === undefined) return undefined;
  const { DBInstances } = (await context.call('rds', 'DescribeDBInstances', {
    DBInstanceIdentifier: writer.DBInstanceIdentifier,
  })) as Record_;
  return listOf(DBInstances)[0]?.AvailabilityZone;
}

function valuesAt(value: unknown, path: readonly string[]): readonly string[] {
  const [first, ...rest] = path;
  if (Array.isArray(value)) return value.flatMap((v) => valuesAt(v, path));
  if (first === undefined) return ['string', 'number', 'boolean'].includes(typeof value) ? [String(value)] : [];
  return typeof value === 'object' && value !== null ? valuesAt((value as Record_)[first], rest) : [];
}

/** `COUNT(n)` and `PERCENT(n)` are chosen at random; a percentage is rounded down, and is at least one. */
function chosen(found: readonly Found[], mode: string, { world }: CallContext): readonly Found[] {
  const [, how, number] = /^(COUNT|PERCENT)\((\d+)\)$/.exec(mode) ?? [];
  if (how === undefined) return found;
  const n = how === 'COUNT' ? Number(number) : Math.max(1, Math.floor((found.length * Number(number)) / 100));
  const left = [...found];
  const taken: Found[] = [];
  while (taken.length < n && left.length > 0) taken.push(...left.splice(Math.floor(world.random.next() * left.length), 1));
  return taken;
}
