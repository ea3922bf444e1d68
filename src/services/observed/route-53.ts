/** Route 53 hosted zones with their records, and health checks. The NS and SOA records that come with a zone are left out. */
import type {
  GetHealthCheckStatusCommandInput,
  GetHealthCheckStatusCommandOutput,
  GetHostedZoneCommandInput,
  GetHostedZoneCommandOutput,
  HealthCheck,
  HostedZone,
  ListHealthChecksCommandInput,
  ListHealthChecksCommandOutput,
  ListHostedZonesCommandInput,
  ListHostedZonesCommandOutput,
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput,
  ListTagsForResourcesCommandInput,
  ListTagsForResourcesCommandOutput,
  ResourceRecordSet,
  TagResourceType,
} from '@aws-sdk/client-route-53';
import { call } from '../../aws/call.ts';
import { Hole, type Value, type Values } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

/** Region of Route 53's one control plane (AWS Fault Isolation Boundaries, appendix B). */
const HOME = 'us-east-1';

const listZones = call<ListHostedZonesCommandInput, ListHostedZonesCommandOutput>({
  client: 'route-53',
  operation: 'ListHostedZones',
  action: 'route53:ListHostedZones',
  pages: { input: 'Marker', output: 'NextMarker' },
  only: HOME,
});
const getZone = call<GetHostedZoneCommandInput, GetHostedZoneCommandOutput>({
  client: 'route-53',
  operation: 'GetHostedZone',
  action: 'route53:GetHostedZone',
  only: HOME,
});
/** The token of its next page has three parts, so the pages are asked for one by one below. */
const listRecords = call<ListResourceRecordSetsCommandInput, ListResourceRecordSetsCommandOutput>({
  client: 'route-53',
  operation: 'ListResourceRecordSets',
  action: 'route53:ListResourceRecordSets',
  only: HOME,
});
const listHealthChecks = call<ListHealthChecksCommandInput, ListHealthChecksCommandOutput>({
  client: 'route-53',
  operation: 'ListHealthChecks',
  action: 'route53:ListHealthChecks',
  pages: { input: 'Marker', output: 'NextMarker' },
  only: HOME,
});
const getStatus = call<GetHealthCheckStatusCommandInput, GetHealthCheckStatusCommandOutput>({
  client: 'route-53',
  operation: 'GetHealthCheckStatus',
  action: 'route53:GetHealthCheckStatus',
  only: HOME,
});
const listTags = call<ListTagsForResourcesCommandInput, ListTagsForResourcesCommandOutput>({
  client: 'route-53',
  operation: 'ListTagsForResources',
  action: 'route53:ListTagsForResources',
  only: HOME,
});

export const route53Zones: Scan = {
  id: 'route-53',
  types: ['aws:route53/zone:Zone', 'aws:route53/record:Record', 'aws:route53/healthCheck:HealthCheck'],
  where: 'global',
  calls: [listZones, getZone, listRecords, listHealthChecks, getStatus, listTags],
  async *run(aws) {
    const used = new Set<string>();
    for await (const { HostedZones = [] } of aws.pages(listZones, {})) {
      const tags = await tagsOf(
        aws,
        'hostedzone',
        HostedZones.map((z) => plainId(z.Id)),
      );
      for (const zone of HostedZones) {
        yield await observeZone(aws, zone, tags.get(plainId(zone.Id)) ?? {});
        for await (const record of recordsOf(aws, zone)) {
          if (record.HealthCheckId !== undefined) used.add(record.HealthCheckId);
          yield observeRecord(zone, record);
        }
      }
    }
    for await (const { HealthChecks = [] } of aws.pages(listHealthChecks, {})) {
      const tags = await tagsOf(
        aws,
        'healthcheck',
        HealthChecks.map((h) => h.Id ?? ''),
      );
      yield* await aws.each(HealthChecks, (check) => observeHealthCheck(aws, check, used, tags.get(check.Id ?? '') ?? {}));
    }
  },
};

const plainId = (id: string | undefined): string => (id ?? '').replace('/hostedzone/', '');

/** `\052` is the API's spelling of `*`; names end in a dot, which the provider leaves out. */
const plainName = (name: string | undefined): string => (name ?? '').replaceAll('\\052', '*').replace(/\.$/, '');

/** At most ten resources at a time (API reference, ListTagsForResources). */
const BATCH = 10;

async function tagsOf(
  aws: Reader,
  ResourceType: TagResourceType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>> | Hole>> {
  const found = new Map<string, Readonly<Record<string, string>> | Hole>();
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, i) => ids.slice(i * BATCH, (i + 1) * BATCH));
  await aws.each(batches, async (batch) => {
    const reply = await aws.ask(listTags, { ResourceType, ResourceIds: [...batch] });
    // Every id that is asked for is answered, with an empty set where there are no tags.
    const unsaid = reply instanceof Hole ? reply : new Hole('not-reported', 'Route 53 gave no tags');
    for (const id of batch) found.set(id, unsaid);
    for (const set of reply instanceof Hole ? [] : (reply?.ResourceTagSets ?? [])) {
      const tags = (set.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''] as const);
      found.set(set.ResourceId ?? '', Object.fromEntries(tags));
    }
  });
  return found;
}

async function observeZone(aws: Reader, zone: HostedZone, tags: Observed['tags']): Promise<Observed> {
  const id = plainId(zone.Id);
  const name = plainName(zone.Name);
  const recovery = zone.Features?.AcceleratedRecoveryStatus;
  return {
    type: 'aws:route53/zone:Zone',
    id,
    arn: `arn:aws:route53:::hostedzone/${id}`,
    name,
    properties: present({
      name,
      vpcs: await vpcsOf(aws, zone),
      enableAcceleratedRecovery: recovery === undefined ? undefined : recovery === 'ENABLED' || recovery === 'ENABLING',
    }),
    outputs: { zoneId: id },
    tags,
  };
}

/** Only the zone itself says which VPCs it answers in. */
async function vpcsOf(aws: Reader, zone: HostedZone): Promise<Value | undefined> {
  if (zone.Config === undefined) return new Hole('not-reported', 'Route 53 does not say whether the zone is private');
  if (zone.Config.PrivateZone !== true) return undefined;
  const reply = await aws.ask(getZone, { Id: plainId(zone.Id) });
  if (reply === undefined || reply instanceof Hole)
    return reply ?? new Hole('error', 'Route 53 listed a hosted zone and then knew nothing of it');
  return (reply.VPCs ?? []).map((v) => present({ vpcId: v.VPCId, vpcRegion: v.VPCRegion }));
}

async function* recordsOf(aws: Reader, zone: HostedZone): AsyncIterable<ResourceRecordSet> {
  const HostedZoneId = plainId(zone.Id);
  let from: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
  while (from !== undefined) {
    const asked: ListResourceRecordSetsCommandInput = { HostedZoneId, ...from };
    from = undefined;
    for await (const page of aws.pages(listRecords, asked)) {
      for (const record of page.ResourceRecordSets ?? []) if (!comesWith(zone, record)) yield record;
      if (page.IsTruncated !== true) continue;
      const { NextRecordName, NextRecordType, NextRecordIdentifier } = page;
      if (NextRecordName === undefined) throw new Error('Route 53 has more records and does not say from where on');
      from = {
        StartRecordName: NextRecordName,
        ...(NextRecordType === undefined ? {} : { StartRecordType: NextRecordType }),
        ...(NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: NextRecordIdentifier }),
      };
    }
  }
}

/** Route 53 makes these two with the zone; nobody declares them. */
const comesWith = (zone: HostedZone, record: ResourceRecordSet): boolean =>
  (record.Type === 'NS' || record.Type === 'SOA') && plainName(record.Name) === plainName(zone.Name);

function observeRecord(zone: HostedZone, record: ResourceRecordSet): Observed {
  const zoneId = plainId(zone.Id);
  const name = plainName(record.Name);
  const { AliasTarget: alias, SetIdentifier: set, Type: type } = record;
  return {
    type: 'aws:route53/record:Record',
    id: [zoneId, name, type, ...(set === undefined ? [] : [set])].join('_'),
    arn: undefined,
    name: set === undefined ? `${name} ${type}` : `${name} ${type} ${set}`,
    properties: present({
      zoneId,
      name,
      type,
      ttl: record.TTL,
      records: alias === undefined ? valuesOf(record) : undefined,
      aliases:
        alias === undefined
          ? undefined
          : [
              present({
                name: plainName(alias.DNSName),
                zoneId: alias.HostedZoneId,
                evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
              }),
            ],
      setIdentifier: set,
      healthCheckId: record.HealthCheckId,
      ...policyOf(record),
    }),
    outputs: { fqdn: name },
    tags: {},
  };
}

/** A record is an alias or has values. */
function valuesOf(record: ResourceRecordSet): Value {
  const values = record.ResourceRecords?.map(
    (r) => r.Value ?? new Hole('not-reported', 'Route 53 gave a record without its value'),
  );
  return values ?? new Hole('not-reported', 'Route 53 gave a record without values');
}

function policyOf(record: ResourceRecordSet): Record<string, Value | undefined> {
  const { Failover, Weight, Region, GeoLocation: geo, GeoProximityLocation: near, CidrRoutingConfig: cidr } = record;
  return {
    failoverRoutingPolicies: Failover === undefined ? undefined : [{ type: Failover }],
    weightedRoutingPolicies: Weight === undefined ? undefined : [{ weight: Weight }],
    latencyRoutingPolicies: Region === undefined ? undefined : [{ region: Region }],
    geolocationRoutingPolicies:
      geo === undefined
        ? undefined
        : [present({ continent: geo.ContinentCode, country: geo.CountryCode, subdivision: geo.SubdivisionCode })],
    geoproximityRoutingPolicy:
      near === undefined
        ? undefined
        : present({
            awsRegion: near.AWSRegion,
            bias: near.Bias,
            localZoneGroup: near.LocalZoneGroup,
            coordinates:
              near.Coordinates === undefined
                ? undefined
                : [present({ latitude: near.Coordinates.Latitude, longitude: near.Coordinates.Longitude })],
          }),
    multivalueAnswerRoutingPolicy: record.MultiValueAnswer === true ? true : undefined,
    cidrRoutingPolicy:
      cidr === undefined ? undefined : present({ collectionId: cidr.CollectionId, locationName: cidr.LocationName }),
  };
}

const ENDPOINT = new Set(['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP']);

async function observeHealthCheck(
  aws: Reader,
  check: HealthCheck,
  used: ReadonlySet<string>,
  tags: Observed['tags'],
): Promise<Observed> {
  const id = check.Id ?? '';
  const config = check.HealthCheckConfig;
  const arn = `arn:aws:route53:::healthcheck/${id}`;
  const asksForStatus = used.has(id) && ENDPOINT.has(config?.Type ?? '') && config?.Disabled !== true;
  return {
    type: 'aws:route53/healthCheck:HealthCheck',
    id,
    arn,
    name: typeof tags === 'object' && !(tags instanceof Hole) ? (tags.Name ?? id) : id,
    properties: present({
      type: config?.Type,
      fqdn: config?.FullyQualifiedDomainName,
      ipAddress: config?.IPAddress,
      port: config?.Port,
      resourcePath: config?.ResourcePath,
      searchString: config?.SearchString,
      requestInterval: config?.RequestInterval,
      failureThreshold: config?.FailureThreshold,
      measureLatency: config?.MeasureLatency,
      invertHealthcheck: config?.Inverted,
      disabled: config?.Disabled,
      enableSni: config?.EnableSNI,
      regions: nonEmpty(config?.Regions),
      childHealthchecks: nonEmpty(config?.ChildHealthChecks),
      childHealthThreshold: config?.HealthThreshold,
      cloudwatchAlarmName: config?.AlarmIdentifier?.Name,
      cloudwatchAlarmRegion: config?.AlarmIdentifier?.Region,
      insufficientDataHealthStatus: config?.InsufficientDataHealthStatus,
      routingControlArn: config?.RoutingControlArn,
    }),
    outputs: present({ arn, status: asksForStatus ? await statusOf(aws, id) : undefined }),
    tags,
  };
}

const nonEmpty = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

/** Healthy while more than 18 % of the checkers say so (developer guide, "How Route 53 determines whether a health check is healthy"). */
const HEALTHY_SHARE = 0.18;

async function statusOf(aws: Reader, HealthCheckId: string): Promise<Values[string]> {
  const reply = await aws.ask(getStatus, { HealthCheckId });
  if (reply === undefined || reply instanceof Hole) return reply ?? new Hole('not-reported', 'the health check has no status');
  const seen = reply.HealthCheckObservations ?? [];
  if (seen.length === 0) return new Hole('not-reported', 'no checker has reported yet');
  const well = seen.filter((o) => o.StatusReport?.Status?.startsWith('Success') === true).length;
  return well / seen.length > HEALTHY_SHARE ? 'Healthy' : 'Unhealthy';
}
