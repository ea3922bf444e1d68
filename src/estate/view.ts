/** References between declared resources: by mention, ARN, id, endpoint or physical name. */
import type { Known, Unknown } from '../model/known.ts';
import { fold, known, map, unknown } from '../model/known.ts';
import type { Gap, Resource } from '../model/resource.ts';
import type { Mention, Value } from '../model/value.ts';
import { Hole, isList, isRecord } from '../model/value.ts';
import type { Attached, Props, View } from '../services/view.ts';
import { holeAsUnknown, propsOf } from '../services/view.ts';

/** Properties that hold their resource's own name, ARN or address, whatever the type. */
const NAMING = [
  'arn',
  'id',
  'name',
  'identifier',
  'dbProxyName',
  'repositoryUrl',
  'url',
  'dnsName',
  'fqdn',
  'address',
  'readerEndpoint',
  'primaryEndpointAddress',
  'readerEndpointAddress',
  'configurationEndpoint',
  'configurationEndpointAddress',
  'bucketDomainName',
  'bucketRegionalDomainName',
  'regionalDomainName',
  'cloudfrontDomainName',
  'websiteEndpoint',
  'invokeArn',
  'qualifiedArn',
  'apiEndpoint',
  'executionArn',
  'invokeUrl',
  'publicIp',
  'privateIp',
  'publicDns',
  'privateDns',
] as const;

/** Properties that name the resource in these types only; in any other type they refer to one of these. */
const NAMING_IN: Readonly<Record<string, readonly string[]>> = {
  bucket: ['aws:s3/bucket:Bucket'],
  clusterIdentifier: [
    'aws:rds/cluster:Cluster',
    'aws:docdb/cluster:Cluster',
    'aws:neptune/cluster:Cluster',
    'aws:redshift/cluster:Cluster',
  ],
  globalClusterIdentifier: ['aws:rds/globalCluster:GlobalCluster', 'aws:docdb/globalCluster:GlobalCluster'],
  replicationGroupId: ['aws:elasticache/replicationGroup:ReplicationGroup'],
  globalReplicationGroupId: ['aws:elasticache/globalReplicationGroup:GlobalReplicationGroup'],
  keyId: ['aws:kms/key:Key', 'aws:kms/replicaKey:ReplicaKey', 'aws:kms/externalKey:ExternalKey'],
  endpoint: [
    'aws:rds/instance:Instance',
    'aws:rds/cluster:Cluster',
    'aws:rds/clusterInstance:ClusterInstance',
    'aws:rds/proxy:Proxy',
    'aws:docdb/cluster:Cluster',
    'aws:neptune/cluster:Cluster',
    'aws:redshift/cluster:Cluster',
    'aws:opensearch/domain:Domain',
    'aws:eks/cluster:Cluster',
  ],
  domainName: [
    'aws:acm/certificate:Certificate',
    'aws:apigateway/domainName:DomainName',
    'aws:apigatewayv2/domainName:DomainName',
    'aws:cloudfront/distribution:Distribution',
  ],
};

/** Properties that name another resource in these types, though they name their own in every other. */
const REFERRING_IN: Readonly<Record<string, readonly string[]>> = {
  'aws:cloudwatch/eventTarget:EventTarget': ['arn'],
  'aws:route53/healthCheck:HealthCheck': ['fqdn'],
  'aws:secretsmanager/secretVersion:SecretVersion': ['arn'],
  'aws:sns/dataProtectionPolicy:DataProtectionPolicy': ['arn'],
  'aws:sns/topicPolicy:TopicPolicy': ['arn'],
};

/** Asked for every resource, and there are far fewer types than resources. */
const namingByType = new Map<string, ReadonlySet<string>>();

function namingOf(type: string): ReadonlySet<string> {
  const kept = namingByType.get(type);
  if (kept !== undefined) return kept;
  const own = Object.keys(NAMING_IN).filter((property) => NAMING_IN[property]?.includes(type) === true);
  const naming = new Set([...NAMING, ...own]);
  for (const property of REFERRING_IN[type] ?? []) naming.delete(property);
  namingByType.set(type, naming);
  return naming;
}

/** A reference passed on by one resource to the next (`group.subnetIds`) is followed this far. */
const MAX_HOPS = 4;

export function buildView(resources: readonly Resource[], partial?: Unknown, gaps: readonly Gap[] = []): View {
  const propsByUrn = new Map<string, Props>();
  const byType = new Map<string, Props[]>();
  const byText = new Map<string, Props[]>();
  for (const resource of resources) {
    const props = propsOf(resource);
    propsByUrn.set(resource.urn, props);
    push(byType, resource.type, props);
    for (const text of namesOf(resource)) push(byText, text, props);
  }
  const inverse = new Map<string, { readonly found: Map<string, Props[]>; readonly doubts: Unknown[] }>();

  const view: View = {
    missing: (...types) => partial ?? gaps.find((gap) => gap.types.some((type) => types.includes(type)))?.why,
    get: (urn) => propsByUrn.get(urn),
    all: (...types) => (types.length === 1 ? (byType.get(types[0] as string) ?? []) : types.flatMap((t) => byType.get(t) ?? [])),
    target: (props, path, types) => {
      const value = props.raw(path);
      if (value === undefined || value === null || value === '') return known(undefined, props.origin(path));
      if (isList(value)) {
        const first = value[0];
        return first === undefined ? known(undefined, props.origin(path)) : resolve(first, props, path, types, 0);
      }
      return resolve(value, props, path, types, 0);
    },
    targets: (props, path, types) => resolveList(props.raw(path), props, path, types, 0),
    named: (text, near, types) =>
      fold(
        text,
        (value, fact) => find(value, near, types) ?? unknown('dangling', `${shorten(value)} is not in the sources`, fact.from),
        (why) => why,
      ),
    attached: (urn, type, path) => attachedTo(urn, type, path),
  };
  return view;

  function resolveList(
    value: Value | undefined,
    props: Props,
    path: string,
    types: readonly string[] | undefined,
    hops: number,
  ): Known<readonly Known<string>[]> {
    const from = props.origin(path);
    if (value === undefined || value === null || value === '') return known([], from);
    if (value instanceof Hole) {
      const passedOn = follow(value, hops);
      if (passedOn !== undefined) return resolveList(passedOn.value, passedOn.props, passedOn.path, types, hops + 1);
      // One reference where a list may stand: a property of one value, such as the bucket of a bucket's versioning.
      return map(resolve(value, props, path, types, hops), (urn) => [known(urn, from)]);
    }
    const list = isList(value) ? value : [value];
    const resolved = list.map((item, i) => resolve(item, props, list.length === 1 ? path : `${path}[${i}]`, types, hops));
    return known(byDependencies(list, resolved, props, path, types), from);
  }

  /**
   * A preview shows `[unknown, unknown]` and, apart from it, the two resources that the property depends on.
   * When there are exactly as many resources of the wanted types as unknown elements, each element is one of them.
   */
  function byDependencies(
    list: readonly Value[],
    resolved: readonly Known<string>[],
    props: Props,
    path: string,
    types: readonly string[] | undefined,
  ): readonly Known<string>[] {
    if (
      types === undefined ||
      !list.every((item) => item instanceof Hole && item.template === undefined && item.mentions.length !== 1)
    )
      return resolved;
    const property = rootOf(props.at === '' ? path : props.at);
    const candidates = (props.resource.propertyDependencies[property] ?? []).filter((urn) =>
      types.includes(propsByUrn.get(urn)?.type ?? ''),
    );
    return candidates.length === list.length ? candidates.map((urn) => known(urn, props.origin(path))) : resolved;
  }

  function resolve(value: Value, props: Props, path: string, types: readonly string[] | undefined, hops: number): Known<string> {
    const from = props.origin(path);
    if (typeof value === 'string')
      return find(value, props, types) ?? unknown('dangling', `${shorten(value)} is not in the sources`, from);
    if (!(value instanceof Hole)) return unknown('error', `expected a reference in ${path}`, from);
    const mentioned = distinct(value.mentions.map((m) => m.urn)).filter((urn) => propsByUrn.has(urn));
    const fitting = types === undefined ? mentioned : mentioned.filter((urn) => types.includes(propsByUrn.get(urn)?.type ?? ''));
    if (fitting.length === 1) return known(fitting[0] as string, from);
    if (fitting.length === 0) {
      const passedOn = follow(value, hops);
      if (passedOn !== undefined && !isList(passedOn.value)) {
        return resolve(passedOn.value, passedOn.props, passedOn.path, types, hops + 1);
      }
    }
    return holeAsUnknown(value, from);
  }

  /** The input that another resource was given under the mentioned property, when the value is just that. */
  function follow(hole: Hole, hops: number): { readonly value: Value; readonly props: Props; readonly path: string } | undefined {
    const mention: Mention | undefined = hole.mentions.length === 1 ? hole.mentions[0] : undefined;
    if (mention === undefined || mention.property === '' || hops >= MAX_HOPS) return undefined;
    const props = propsByUrn.get(mention.urn);
    const value = props?.raw(mention.property);
    return props === undefined || value === undefined || value === null ? undefined : { value, props, path: mention.property };
  }

  /** Several resources may share a name (one per Region or stack): the one nearest to the reader is meant. */
  function find(text: string, near: Props, types: readonly string[] | undefined): Known<string> | undefined {
    const hits = (byText.get(text) ?? []).filter((p) => types === undefined || types.includes(p.type));
    if (hits.length === 0) return undefined;
    const from = { resource: near.id };
    if (hits.length === 1) return known((hits[0] as Props).id, from);
    // What configures another resource goes by its id: the policy of a queue, the rotation of a secret.
    const owners = hits.filter((p) => saysOfItself(p.resource, text));
    if (owners.length === 1) return known((owners[0] as Props).id, from);
    const sameRegion = (owners.length > 0 ? owners : hits).filter((p) => sameKnown(p.region, near.region));
    const sameStack = sameRegion.filter(
      (p) => p.resource.stack === near.resource.stack && p.resource.project === near.resource.project,
    );
    const best = sameStack.length > 0 ? sameStack : sameRegion;
    return best.length === 1
      ? known((best[0] as Props).id, from)
      : unknown('dangling', `${shorten(text)} names ${hits.length} resources and nothing tells them apart`, from);
  }

  function attachedTo(urn: string, type: string, path: string): Attached {
    const owner = propsByUrn.get(urn)?.type;
    const key = `${type}\n${path}\n${owner ?? ''}`;
    let index = inverse.get(key);
    if (index === undefined) {
      index = { found: new Map(), doubts: listOf(view.missing(type)) };
      for (const props of byType.get(type) ?? []) {
        const { found, doubts } = index;
        fold(
          resolveList(props.raw(path), props, path, owner === undefined ? undefined : [owner], 0),
          (urns) => {
            for (const target of urns)
              fold(
                target,
                (u) => push(found, u, props),
                (why) => doubt(doubts, why),
              );
          },
          (why) => doubt(doubts, why),
        );
      }
      inverse.set(key, index);
    }
    return { found: index.found.get(urn) ?? [], doubts: index.doubts };
  }
}

const listOf = <T>(item: T | undefined): T[] => (item === undefined ? [] : [item]);

/** A reference that names something outside the sources is certainly not about a resource inside them. */
function doubt(doubts: Unknown[], why: Unknown): void {
  if (why.reason !== 'dangling') doubts.push(why);
}

function namesOf(resource: Resource): ReadonlySet<string> {
  const names = new Set<string>();
  if (resource.id !== undefined && resource.id !== '') names.add(resource.id);
  const naming = namingOf(resource.type);
  for (const values of [resource.outputs, resource.inputs]) {
    for (const property of Object.keys(values)) if (naming.has(property)) add(names, values[property]);
    // The host behind a custom domain of an HTTP API.
    const domain = values.domainNameConfiguration;
    if (isRecord(domain)) add(names, domain.targetDomainName);
  }
  return names;
}

/** Is it a name of this resource besides its id? */
function saysOfItself(resource: Resource, text: string): boolean {
  const naming = [...namingOf(resource.type)].filter((property) => property !== 'id');
  return naming.some((property) => resource.outputs[property] === text || resource.inputs[property] === text);
}

function add(names: Set<string>, value: Value | undefined): void {
  if (typeof value === 'string' && value !== '') names.add(value);
}

function rootOf(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

function sameKnown(a: Known<string>, b: Known<string>): boolean {
  return fold(
    a,
    (x) =>
      fold(
        b,
        (y) => x === y,
        () => false,
      ),
    () => false,
  );
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}

function push<K>(map: Map<K, Props[]>, key: K, item: Props): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
