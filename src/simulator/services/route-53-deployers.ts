/** Route 53 from the inputs of the Pulumi provider. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, modify, moved, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { GLOBAL } from '../world/world.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, textsOf, without } from './compute-inputs.ts';
import { dotted, undotted, ZONES } from './route-53-model.ts';

const vpcsOf = ({ inputs, region }: Given) =>
  blocksOf(inputs.vpcs).map((v) => ({ VPCId: textOf(v.vpcId), VPCRegion: textOf(v.vpcRegion) ?? region }));

/** The provider's default comment is "Managed by Pulumi". */
const commentOf = ({ inputs }: Given): string => textOf(inputs.comment) ?? 'Managed by Pulumi';

const accelerate = (id: string, on: boolean, deployment: Deployment): Promise<unknown> =>
  deployment.call('route-53', 'UpdateHostedZoneFeatures', { HostedZoneId: id, EnableAcceleratedRecovery: on });

async function zone(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = textOf(inputs.name) ?? need(given, 'name');
  const vpcs = vpcsOf(given);
  const made = (await deployment.call('route-53', 'CreateHostedZone', {
    Name: name,
    CallerReference: deployment.world.random.hex(16),
    HostedZoneConfig: { Comment: commentOf(given) },
    ...(vpcs[0] === undefined ? {} : { VPC: vpcs[0] }),
  })) as Route53.CreateHostedZoneCommandOutput;
  const id = (made.HostedZone?.Id ?? '').replace('/hostedzone/', '');
  for (const VPC of vpcs.slice(1)) await deployment.call('route-53', 'AssociateVPCWithHostedZone', { HostedZoneId: id, VPC });
  if (flagOf(inputs.enableAcceleratedRecovery) === true && vpcs.length === 0) await accelerate(id, true, deployment);
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

const changeZone = changedBy(async (given, before, deployment) => {
  const { id = '', inputs } = given;
  const { added, gone } = moved(vpcsOf(given), vpcsOf(before));
  for (const VPC of added) await deployment.call('route-53', 'AssociateVPCWithHostedZone', { HostedZoneId: id, VPC });
  for (const VPC of gone) await deployment.call('route-53', 'DisassociateVPCFromHostedZone', { HostedZoneId: id, VPC });
  if (commentOf(given) !== commentOf(before))
    await deployment.call('route-53', 'UpdateHostedZoneComment', { Id: id, Comment: commentOf(given) });
  const [on, was] = [inputs, before.inputs].map((i) => flagOf(i.enableAcceleratedRecovery) === true);
  if (on !== undefined && on !== was && vpcsOf(given).length === 0) await accelerate(id, on, deployment);
});

/** With `forceDestroy` the provider deletes the records first; without it, a zone that has some stays. */
async function removeZone(given: Given, deployment: Deployment): Promise<void> {
  const { id = '', inputs, account } = given;
  const found = deployment.world.get(ZONES, account, GLOBAL, id);
  if (found !== undefined && flagOf(inputs.forceDestroy) === true) {
    const others = [...found.records.values()].filter((r) => r.Name !== found.name || (r.Type !== 'NS' && r.Type !== 'SOA'));
    const Changes = others.map((ResourceRecordSet) => ({ Action: 'DELETE', ResourceRecordSet }));
    if (Changes.length > 0)
      await deployment.call('route-53', 'ChangeResourceRecordSets', { HostedZoneId: id, ChangeBatch: { Changes } });
  }
  await unlessGone(deployment.call('route-53', 'DeleteHostedZone', { Id: id }));
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

const associationOf = (given: Given) => ({
  HostedZoneId: need(given, 'zoneId'),
  VPC: { VPCId: need(given, 'vpcId'), VPCRegion: textOf(given.inputs.vpcRegion) ?? given.region },
});

async function association(given: Given, deployment: Deployment): Promise<Created> {
  const { HostedZoneId, VPC } = associationOf(given);
  const { VPCId, VPCRegion } = VPC;
  await deployment.call('route-53', 'AssociateVPCWithHostedZone', { HostedZoneId, VPC });
  return { id: `${HostedZoneId}:${VPCId}`, outputs: { zoneId: HostedZoneId, vpcId: VPCId, vpcRegion: VPCRegion } };
}

/** The provider appends the zone's name where the record's name lacks it. */
function fullName(name: string, zoneName: string): string {
  const short = undotted(name);
  const suffix = undotted(zoneName);
  if (short === suffix || short.endsWith(`.${suffix}`)) return short;
  return short === '' ? suffix : `${short}.${suffix}`;
}

async function nameOf({ inputs }: Given, zoneId: string, deployment: Deployment): Promise<string> {
  const { HostedZone } = (await deployment.call('route-53', 'GetHostedZone', {
    Id: zoneId,
  })) as Route53.GetHostedZoneCommandOutput;
  return fullName(textOf(inputs.name) ?? '', HostedZone?.Name ?? '');
}

function recordSet(given: Given, name: string) {
  const { inputs } = given;
  const alias = blockOf(inputs.aliases);
  return without({
    Name: dotted(name),
    Type: need(given, 'type').toUpperCase(),
    ...policyOf(inputs),
    SetIdentifier: textOf(inputs.setIdentifier),
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
}

type Action = 'CREATE' | 'UPSERT' | 'DELETE';

async function change(
  given: Given,
  changes: readonly (readonly [action: Action, of: Given])[],
  deployment: Deployment,
): Promise<Created> {
  const HostedZoneId = need(given, 'zoneId');
  const name = await nameOf(given, HostedZoneId, deployment);
  const Changes = changes.map(([Action, of]) => ({ Action, ResourceRecordSet: recordSet(of, name) }));
  await deployment.call('route-53', 'ChangeResourceRecordSets', { HostedZoneId, ChangeBatch: { Changes } });
  const { Type, SetIdentifier } = recordSet(given, name);
  return {
    id: [HostedZoneId, name, Type, ...(SetIdentifier === undefined ? [] : [SetIdentifier])].join('_'),
    outputs: { name: textOf(given.inputs.name) ?? '', fqdn: name },
  };
}

const record = (given: Given, deployment: Deployment): Promise<Created> =>
  change(given, [[flagOf(given.inputs.allowOverwrite) === true ? 'UPSERT' : 'CREATE', given]], deployment);

/** Of another type or with another set identifier it is another record: the old one goes in the same batch. */
const changeRecord = (given: Given, before: Given, deployment: Deployment): Promise<Created> =>
  change(
    given,
    ['type', 'setIdentifier'].some((property) => textOf(given.inputs[property]) !== textOf(before.inputs[property]))
      ? [
          ['DELETE', before],
          ['CREATE', given],
        ]
      : [['UPSERT', given]],
    deployment,
  );

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

/** What an update of a health check takes. */
function checkSettings({ inputs }: Given) {
  const regions = textsOf(inputs.regions);
  const children = textsOf(inputs.childHealthchecks);
  const alarm = textOf(inputs.cloudwatchAlarmName);
  return {
    FullyQualifiedDomainName: textOf(inputs.fqdn),
    IPAddress: textOf(inputs.ipAddress),
    Port: numberOf(inputs.port),
    ResourcePath: textOf(inputs.resourcePath),
    SearchString: textOf(inputs.searchString),
    FailureThreshold: numberOf(inputs.failureThreshold),
    Inverted: flagOf(inputs.invertHealthcheck),
    Disabled: flagOf(inputs.disabled),
    EnableSNI: flagOf(inputs.enableSni),
    Regions: regions.length === 0 ? undefined : regions,
    ChildHealthChecks: children.length === 0 ? undefined : children,
    HealthThreshold: numberOf(inputs.childHealthThreshold),
    AlarmIdentifier: alarm === undefined ? undefined : { Name: alarm, Region: textOf(inputs.cloudwatchAlarmRegion) },
    InsufficientDataHealthStatus: textOf(inputs.insufficientDataHealthStatus),
  };
}

async function healthCheck(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const HealthCheckConfig = without({
    ...checkSettings(given),
    Type: need(given, 'type').toUpperCase(),
    RequestInterval: numberOf(inputs.requestInterval),
    MeasureLatency: flagOf(inputs.measureLatency),
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
  { type: 'aws:route53/zone:Zone', create: zone, update: changeZone, remove: removeZone },
  {
    type: 'aws:route53/zoneAssociation:ZoneAssociation',
    create: association,
    remove: removedBy('route-53', 'DisassociateVPCFromHostedZone', associationOf),
  },
  {
    type: 'aws:route53/record:Record',
    create: record,
    update: changeRecord,
    remove: async (given, deployment) => {
      await unlessGone(change(given, [['DELETE', given]], deployment));
    },
  },
  {
    type: 'aws:route53/healthCheck:HealthCheck',
    create: healthCheck,
    update: changedBy((given, before, deployment) => {
      const named = { HealthCheckId: given.id };
      return modify(deployment, ['route-53', 'UpdateHealthCheck'], named, checkSettings(given), checkSettings(before));
    }),
    remove: removedBy('route-53', 'DeleteHealthCheck', ({ id }) => ({ HealthCheckId: id })),
  },
];
