/** Route 53 from the inputs of the Pulumi provider. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, textsOf, without } from './compute-inputs.ts';
import { dotted, undotted } from './route-53-model.ts';

async function zone(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = textOf(inputs.name) ?? need(given, 'name');
  const vpcs = blocksOf(inputs.vpcs).map((v) => ({ VPCId: textOf(v.vpcId), VPCRegion: textOf(v.vpcRegion) ?? given.region }));
  const made = (await deployment.call('route-53', 'CreateHostedZone', {
    Name: name,
    CallerReference: deployment.world.random.hex(16),
    // The provider's default comment is "Managed by Pulumi".
    HostedZoneConfig: { Comment: textOf(inputs.comment) ?? 'Managed by Pulumi' },
    ...(vpcs[0] === undefined ? {} : { VPC: vpcs[0] }),
  })) as Route53.CreateHostedZoneCommandOutput;
  const id = (made.HostedZone?.Id ?? '').replace('/hostedzone/', '');
  for (const VPC of vpcs.slice(1)) await deployment.call('route-53', 'AssociateVPCWithHostedZone', { HostedZoneId: id, VPC });
  if (flagOf(inputs.enableAcceleratedRecovery) === true && vpcs.length === 0)
    await deployment.call('route-53', 'UpdateHostedZoneFeatures', { HostedZoneId: id, EnableAcceleratedRecovery: true });
  await tag(deployment, 'hostedzone', id, given.tags);
  const nameServers = made.DelegationSet?.NameServers ?? [];
  return {
    id,
    outputs: {
      name: undotted(name),
      zoneId: id,
      arn: `arn:aws:route53:::hostedzone/${id}`,
      nameServers,
      primaryNameServer: nameServers[0] ?? '',
    },
  };
}

async function tag(
  deployment: Deployment,
  ResourceType: Route53.TagResourceType,
  ResourceId: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  if (Object.keys(tags).length === 0) return;
  await deployment.call('route-53', 'ChangeTagsForResource', { ResourceType, ResourceId, AddTags: tagList(tags) });
}

async function association(given: Given, deployment: Deployment): Promise<Created> {
  const HostedZoneId = need(given, 'zoneId');
  const VPCId = need(given, 'vpcId');
  const VPCRegion = textOf(given.inputs.vpcRegion) ?? given.region;
  await deployment.call('route-53', 'AssociateVPCWithHostedZone', { HostedZoneId, VPC: { VPCId, VPCRegion } });
  return { id: `${HostedZoneId}:${VPCId}`, outputs: { zoneId: HostedZoneId, vpcId: VPCId, vpcRegion: VPCRegion } };
}

/** The provider appends the zone's name where the record's name lacks it. */
function fullName(name: string, zoneName: string): string {
  const short = undotted(name);
  const suffix = undotted(zoneName);
  if (short === suffix || short.endsWith(`.${suffix}`)) return short;
  return short === '' ? suffix : `${short}.${suffix}`;
}

async function record(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const HostedZoneId = need(given, 'zoneId');
  const type = need(given, 'type').toUpperCase();
  const { HostedZone } = (await deployment.call('route-53', 'GetHostedZone', {
    Id: HostedZoneId,
  })) as Route53.GetHostedZoneCommandOutput;
  const name = fullName(textOf(inputs.name) ?? '', HostedZone?.Name ?? '');
  const set = textOf(inputs.setIdentifier);
  const alias = blockOf(inputs.aliases);
  const ResourceRecordSet = without({
    Name: dotted(name),
    Type: type,
    ...policyOf(inputs),
    SetIdentifier: set,
    HealthCheckId: textOf(inputs.healthCheckId),
    ...(alias === undefined
      ? { TTL: numberOf(inputs.ttl), ResourceRecords: textsOf(inputs.records).map((Value) => ({ Value })) }
      : {
          AliasTarget: {
            DNSName: dotted(textOf(alias.name) ?? ''),
            HostedZoneId: textOf(alias.zoneId),
            EvaluateTargetHealth: flagOf(alias.evaluateTargetHealth) ?? false,
          },
        }),
  });
  await deployment.call('route-53', 'ChangeResourceRecordSets', {
    HostedZoneId,
    ChangeBatch: { Changes: [{ Action: flagOf(inputs.allowOverwrite) === true ? 'UPSERT' : 'CREATE', ResourceRecordSet }] },
  });
  return {
    id: [HostedZoneId, name, type, ...(set === undefined ? [] : [set])].join('_'),
    outputs: { name: textOf(inputs.name) ?? '', fqdn: name },
  };
}

function policyOf(inputs: Readonly<Record<string, Plain>>) {
  const geo = blockOf(inputs.geolocationRoutingPolicies);
  const near = blockOf(inputs.geoproximityRoutingPolicy);
  const cidr = blockOf(inputs.cidrRoutingPolicy);
  return {
    Failover: textOf(blockOf(inputs.failoverRoutingPolicies)?.type),
    Weight: numberOf(blockOf(inputs.weightedRoutingPolicies)?.weight),
    Region: textOf(blockOf(inputs.latencyRoutingPolicies)?.region),
    MultiValueAnswer: flagOf(inputs.multivalueAnswerRoutingPolicy) === true ? true : undefined,
    GeoLocation: geo === undefined ? undefined : location(geo),
    GeoProximityLocation: near === undefined ? undefined : proximity(near),
    CidrRoutingConfig:
      cidr === undefined ? undefined : { CollectionId: textOf(cidr.collectionId), LocationName: textOf(cidr.locationName) },
  };
}

const location = (geo: Block) =>
  without({
    ContinentCode: textOf(geo.continent),
    CountryCode: textOf(geo.country),
    SubdivisionCode: textOf(geo.subdivision),
  });

function proximity(near: Block) {
  const at = blockOf(near.coordinates);
  return without({
    AWSRegion: textOf(near.awsRegion),
    Bias: numberOf(near.bias),
    LocalZoneGroup: textOf(near.localZoneGroup),
    Coordinates: at === undefined ? undefined : { Latitude: textOf(at.latitude), Longitude: textOf(at.longitude) },
  });
}

async function healthCheck(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const regions = textsOf(inputs.regions);
  const children = textsOf(inputs.childHealthchecks);
  const alarm = textOf(inputs.cloudwatchAlarmName);
  const HealthCheckConfig = without({
    Type: need(given, 'type').toUpperCase(),
    FullyQualifiedDomainName: textOf(inputs.fqdn),
    IPAddress: textOf(inputs.ipAddress),
    Port: numberOf(inputs.port),
    ResourcePath: textOf(inputs.resourcePath),
    SearchString: textOf(inputs.searchString),
    RequestInterval: numberOf(inputs.requestInterval),
    FailureThreshold: numberOf(inputs.failureThreshold),
    MeasureLatency: flagOf(inputs.measureLatency),
    Inverted: flagOf(inputs.invertHealthcheck),
    Disabled: flagOf(inputs.disabled),
    EnableSNI: flagOf(inputs.enableSni),
    Regions: regions.length === 0 ? undefined : regions,
    ChildHealthChecks: children.length === 0 ? undefined : children,
    HealthThreshold: numberOf(inputs.childHealthThreshold),
    AlarmIdentifier: alarm === undefined ? undefined : { Name: alarm, Region: textOf(inputs.cloudwatchAlarmRegion) },
    InsufficientDataHealthStatus: textOf(inputs.insufficientDataHealthStatus),
    RoutingControlArn: textOf(inputs.routingControlArn),
  });
  const { HealthCheck } = (await deployment.call('route-53', 'CreateHealthCheck', {
    CallerReference: deployment.world.random.hex(16),
    HealthCheckConfig,
  })) as Route53.CreateHealthCheckCommandOutput;
  const id = HealthCheck?.Id ?? '';
  await tag(deployment, 'healthcheck', id, given.tags);
  return { id, outputs: { arn: `arn:aws:route53:::healthcheck/${id}` } };
}

export const route53Deployers: readonly Deployer[] = [
  { type: 'aws:route53/zone:Zone', create: zone },
  { type: 'aws:route53/zoneAssociation:ZoneAssociation', create: association },
  { type: 'aws:route53/record:Record', create: record },
  { type: 'aws:route53/healthCheck:HealthCheck', create: healthCheck },
];
