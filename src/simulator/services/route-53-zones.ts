/** Route 53 hosted zones, and the tags of zones and health checks. */
import type {
  AssociateVPCWithHostedZoneCommandInput,
  AssociateVPCWithHostedZoneCommandOutput,
  ChangeTagsForResourceCommandInput,
  ChangeTagsForResourceCommandOutput,
  CreateHostedZoneCommandInput,
  CreateHostedZoneCommandOutput,
  DeleteHostedZoneCommandInput,
  DeleteHostedZoneCommandOutput,
  DisassociateVPCFromHostedZoneCommandInput,
  DisassociateVPCFromHostedZoneCommandOutput,
  GetHostedZoneCommandInput,
  GetHostedZoneCommandOutput,
  HostedZone,
  ListHostedZonesCommandInput,
  ListHostedZonesCommandOutput,
  ListQueryLoggingConfigsCommandInput,
  ListQueryLoggingConfigsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTagsForResourcesCommandInput,
  ListTagsForResourcesCommandOutput,
  ResourceTagSet,
  TagResourceType,
  UpdateHostedZoneCommentCommandInput,
  UpdateHostedZoneCommentCommandOutput,
  UpdateHostedZoneFeaturesCommandInput,
  UpdateHostedZoneFeaturesCommandOutput,
} from '@aws-sdk/client-route-53';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { dotted, healthCheckOf, keyOf, type StoredZone, TAGS, ZONES } from './route-53-model.ts';
import { plainId, submit, zoneOf } from './route-53-records.ts';

const create: Operation<CreateHostedZoneCommandInput, Reply<CreateHostedZoneCommandOutput>> = (input, context) => {
  if (context.list(ZONES).some((z) => z.callerReference === input.CallerReference))
    throw new ServiceFault(
      'HostedZoneAlreadyExists',
      'A hosted zone has already been created with the specified caller reference',
      409,
    );
  const id = `Z${context.world.random.hex(20).toUpperCase()}`;
  const name = dotted(input.Name ?? '');
  const nameServers = [1, 2, 3, 4].map((n) => `ns-${n}.awsdns-0${n}.example`);
  const own = [
    { Name: name, Type: 'NS' as const, TTL: 172_800, ResourceRecords: nameServers.map((Value) => ({ Value })) },
    {
      Name: name,
      Type: 'SOA' as const,
      TTL: 900,
      ResourceRecords: [{ Value: `${nameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }],
    },
  ];
  const records = own.map((r) => [keyOf(r), r] as const);
  const zone: StoredZone = {
    id,
    name,
    callerReference: input.CallerReference ?? '',
    comment: input.HostedZoneConfig?.Comment,
    private: input.VPC !== undefined,
    vpcs: input.VPC === undefined ? [] : [input.VPC],
    accelerated: false,
    nameServers,
    records: new Map(records),
    served: new Map(records),
  };
  context.put(ZONES, id, zone);
  return {
    HostedZone: shown(zone),
    ChangeInfo: submit(context, () => undefined),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
    ...(input.VPC === undefined ? {} : { VPC: input.VPC }),
    DelegationSet: { NameServers: nameServers },
  };
};

function shown(zone: StoredZone): HostedZone {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name.replaceAll('*', '\\052'),
    CallerReference: zone.callerReference,
    Config: { PrivateZone: zone.private, ...(zone.comment === undefined ? {} : { Comment: zone.comment }) },
    ResourceRecordSetCount: zone.records.size,
    ...(zone.accelerated ? { Features: { AcceleratedRecoveryStatus: 'ENABLED' } } : {}),
  };
}

const get: Operation<GetHostedZoneCommandInput, Reply<GetHostedZoneCommandOutput>> = (input, context) => {
  const zone = zoneOf(context, input.Id);
  return {
    HostedZone: shown(zone),
    ...(zone.private ? { VPCs: [...zone.vpcs] } : { DelegationSet: { NameServers: [...zone.nameServers] } }),
  };
};

const PAGE = 100;

const list: Operation<ListHostedZonesCommandInput, Reply<ListHostedZonesCommandOutput>> = (input, context) => {
  const size = Math.min(Number(input.MaxItems ?? PAGE), PAGE);
  const { items, next } = page(context.list(ZONES), input.Marker, size);
  return {
    HostedZones: items.map(shown),
    Marker: input.Marker,
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(next === undefined ? {} : { NextMarker: next }),
  };
};

const remove: Operation<DeleteHostedZoneCommandInput, Reply<DeleteHostedZoneCommandOutput>> = (input, context) => {
  const zone = zoneOf(context, input.Id);
  const own = [...zone.records.values()].filter((r) => r.Name === zone.name && (r.Type === 'NS' || r.Type === 'SOA'));
  if (zone.records.size > own.length)
    throw new ServiceFault('HostedZoneNotEmpty', 'The specified hosted zone contains non-required resource record sets');
  context.remove(ZONES, zone.id);
  context.remove(TAGS, `hostedzone/${zone.id}`);
  return { ChangeInfo: submit(context, () => undefined) };
};

const associate: Operation<AssociateVPCWithHostedZoneCommandInput, Reply<AssociateVPCWithHostedZoneCommandOutput>> = (
  input,
  context,
) => {
  const zone = zoneOf(context, input.HostedZoneId);
  if (!zone.private) throw new ServiceFault('PublicZoneVPCAssociation', 'a public hosted zone takes no VPC');
  context.put(ZONES, zone.id, { ...zone, vpcs: [...zone.vpcs, ...(input.VPC === undefined ? [] : [input.VPC])] });
  return { ChangeInfo: submit(context, () => undefined) };
};

const disassociate: Operation<DisassociateVPCFromHostedZoneCommandInput, Reply<DisassociateVPCFromHostedZoneCommandOutput>> = (
  input,
  context,
) => {
  const zone = zoneOf(context, input.HostedZoneId);
  const kept = zone.vpcs.filter((v) => v.VPCId !== input.VPC?.VPCId);
  if (kept.length === zone.vpcs.length)
    throw new ServiceFault('VPCAssociationNotFound', `The VPC: ${input.VPC?.VPCId} is not associated with zone ${zone.id}`, 404);
  if (kept.length === 0)
    throw new ServiceFault('LastVPCAssociation', 'The VPC is the last one that is associated with the private hosted zone');
  context.put(ZONES, zone.id, { ...zone, vpcs: kept });
  return { ChangeInfo: submit(context, () => undefined) };
};

const comment: Operation<UpdateHostedZoneCommentCommandInput, Reply<UpdateHostedZoneCommentCommandOutput>> = (input, context) => {
  const zone = { ...zoneOf(context, input.Id), comment: input.Comment };
  context.put(ZONES, zone.id, zone);
  return { HostedZone: shown(zone) };
};

const features: Operation<UpdateHostedZoneFeaturesCommandInput, Reply<UpdateHostedZoneFeaturesCommandOutput>> = (
  input,
  context,
) => {
  const zone = zoneOf(context, input.HostedZoneId);
  if (zone.private) throw new ServiceFault('InvalidInput', 'accelerated recovery exists for public hosted zones only');
  context.put(ZONES, zone.id, { ...zone, accelerated: input.EnableAcceleratedRecovery ?? zone.accelerated });
  return {};
};

function tagsOf(context: CallContext, type: TagResourceType | undefined, id: string): ResourceTagSet {
  const exists =
    type === 'healthcheck'
      ? healthCheckOf(context.world, context.account, id) !== undefined
      : context.get(ZONES, id) !== undefined;
  if (!exists)
    throw type === 'healthcheck'
      ? new ServiceFault('NoSuchHealthCheck', `No health check exists with the specified ID: ${id}`, 404)
      : new ServiceFault('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
  const tags = Object.entries(context.get(TAGS, `${type}/${id}`) ?? {});
  return { ResourceType: type, ResourceId: id, Tags: tags.map(([Key, Value]) => ({ Key, Value })) };
}

const changeTags: Operation<ChangeTagsForResourceCommandInput, Reply<ChangeTagsForResourceCommandOutput>> = (input, context) => {
  const id = plainId(input.ResourceId ?? '');
  tagsOf(context, input.ResourceType, id);
  const key = `${input.ResourceType}/${id}`;
  const kept = Object.entries(context.get(TAGS, key) ?? {}).filter(([k]) => input.RemoveTagKeys?.includes(k) !== true);
  const added = (input.AddTags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''] as const);
  context.put(TAGS, key, Object.fromEntries([...kept, ...added]));
  return {};
};

const listTags: Operation<ListTagsForResourceCommandInput, Reply<ListTagsForResourceCommandOutput>> = (input, context) => ({
  ResourceTagSet: tagsOf(context, input.ResourceType, plainId(input.ResourceId ?? '')),
});

/** At most ten at a time (API reference, ListTagsForResources). */
const MOST_TAGGED = 10;

const listTagsOfMany: Operation<ListTagsForResourcesCommandInput, Reply<ListTagsForResourcesCommandOutput>> = (
  input,
  context,
) => {
  const ids = input.ResourceIds ?? [];
  if (ids.length > MOST_TAGGED) throw new ServiceFault('InvalidInput', `at most ${MOST_TAGGED} resources at a time`);
  return { ResourceTagSets: ids.map((id) => tagsOf(context, input.ResourceType, plainId(id))) };
};

export const zoneOperations = {
  CreateHostedZone: create,
  GetHostedZone: get,
  ListHostedZones: list,
  DeleteHostedZone: remove,
  AssociateVPCWithHostedZone: associate,
  DisassociateVPCFromHostedZone: disassociate,
  UpdateHostedZoneComment: comment,
  UpdateHostedZoneFeatures: features,
  ChangeTagsForResource: changeTags,
  ListTagsForResource: listTags,
  ListTagsForResources: listTagsOfMany,
  // Nobody creates any: queries are not logged.
  ListQueryLoggingConfigs: (() => ({ QueryLoggingConfigs: [] })) satisfies Operation<
    ListQueryLoggingConfigsCommandInput,
    Reply<ListQueryLoggingConfigsCommandOutput>
  >,
};
