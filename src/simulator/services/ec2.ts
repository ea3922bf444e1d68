/** EC2 as an API: what its parts offer together, tags, Regions and AZs. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { type CallContext, ServiceFault, type SimulatedService } from '../service.ts';
import type { Shelf } from '../world/world.ts';
import { accountOperations } from './ec2-account.ts';
import { deletionOperations } from './ec2-deletion.ts';
import { computeDeployers } from './ec2-deploy-compute.ts';
import { networkDeployers } from './ec2-deploy-network.ts';
import { ADDRESSES, ENDPOINTS, gatewayOperations, NAT_GATEWAYS } from './ec2-gateways.ts';
import { instanceOperations } from './ec2-instance-operations.ts';
import { INSTANCES, instancesMeetFaults } from './ec2-instances.ts';
import * as network from './ec2-network.ts';
import { describe, found, type Op, zoneId } from './ec2-shared.ts';
import { IMAGES, TEMPLATES, templateOperations } from './ec2-templates.ts';
import { SNAPSHOTS, VOLUMES, volumeOperations, volumesMeetFaults } from './ec2-volumes.ts';

/** By the prefix of the id. */
const TAGGED: Readonly<Record<string, Shelf<{ Tags?: EC2.Tag[] | undefined }>>> = {
  vpc: network.VPCS,
  subnet: network.SUBNETS,
  rtb: network.ROUTE_TABLES,
  igw: network.INTERNET_GATEWAYS,
  eigw: network.EGRESS_ONLY_GATEWAYS,
  acl: network.NETWORK_ACLS,
  dopt: network.DHCP_OPTIONS,
  sg: network.SECURITY_GROUPS,
  pcx: network.PEERINGS,
  nat: NAT_GATEWAYS,
  eipalloc: ADDRESSES,
  vpce: ENDPOINTS,
  i: INSTANCES,
  vol: VOLUMES,
  snap: SNAPSHOTS,
  lt: TEMPLATES,
  ami: IMAGES,
};

function tagged(context: CallContext, id: string): { Tags?: EC2.Tag[] | undefined } {
  const on = TAGGED[id.split('-')[0] ?? ''];
  return found(on === undefined ? undefined : context.get(on, id), id, 'InvalidID');
}

const createTags: Op<EC2.CreateTagsCommandInput, EC2.CreateTagsCommandOutput> = (input, context) => {
  for (const id of input.Resources ?? []) {
    const item = tagged(context, id);
    const given = input.Tags ?? [];
    item.Tags = [...(item.Tags ?? []).filter((t) => !given.some((g) => g.Key === t.Key)), ...given];
  }
  return {};
};

const deleteTags: Op<EC2.DeleteTagsCommandInput, EC2.DeleteTagsCommandOutput> = (input, context) => {
  for (const id of input.Resources ?? []) {
    const item = tagged(context, id);
    item.Tags = (item.Tags ?? []).filter(
      (t) => !(input.Tags ?? []).some((g) => g.Key === t.Key && (g.Value === undefined || g.Value === t.Value)),
    );
  }
  return {};
};

/** Regions that every account has without opting in, and some that it must opt into (Account Management guide). */
const REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-north-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
] as const;
const OPT_IN = ['af-south-1', 'ap-east-1', 'eu-south-1', 'eu-central-2', 'me-south-1', 'me-central-1'] as const;

const describeRegions: Op<EC2.DescribeRegionsCommandInput, EC2.DescribeRegionsCommandOutput> = (input) => {
  const named = [
    ...REGIONS.map((name) => ({ name, status: 'opt-in-not-required' })),
    ...(input.AllRegions === true ? OPT_IN.map((name) => ({ name, status: 'not-opted-in' })) : []),
  ];
  const all = named.map(({ name, status }) => ({ RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: status }));
  const { items } = describe(all, { missing: 'InvalidParameterValue', idOf: (r) => r.RegionName }, input.RegionNames, {
    Filters: input.Filters,
  });
  return { Regions: items };
};

const describeZones: Op<EC2.DescribeAvailabilityZonesCommandInput, EC2.DescribeAvailabilityZonesCommandOutput> = (
  input,
  context,
) => {
  const all = context.world.zones(context.region).map((zone) => ({
    ZoneName: zone,
    ZoneId: zoneId(zone),
    RegionName: context.region,
    ZoneType: 'availability-zone',
    State: context.world.zoneIsLost(zone) ? ('impaired' as const) : ('available' as const),
    OptInStatus: 'opt-in-not-required' as const,
    GroupName: context.region,
  }));
  const { items } = describe(all, { missing: 'InvalidParameterValue', idOf: (z) => z.ZoneName }, input.ZoneNames, {
    Filters: input.Filters,
  });
  const ids = input.ZoneIds;
  if (ids?.some((id) => !all.some((z) => z.ZoneId === id)) === true)
    throw new ServiceFault('InvalidParameterValue', `Invalid availability zone-id: [${ids.join(', ')}]`);
  return { AvailabilityZones: ids === undefined ? items : items.filter((z) => ids.includes(z.ZoneId)) };
};

export const ec2: SimulatedService = {
  client: 'ec2',
  prefix: 'ec2',
  operations: {
    ...network.networkOperations,
    ...gatewayOperations,
    ...deletionOperations,
    ...instanceOperations,
    ...volumeOperations,
    ...templateOperations,
    ...accountOperations,
    CreateTags: createTags,
    DeleteTags: deleteTags,
    DescribeRegions: describeRegions,
    DescribeAvailabilityZones: describeZones,
  },
  begin(world) {
    instancesMeetFaults(world);
    volumesMeetFaults(world);
  },
  deployers: [...networkDeployers, ...computeDeployers],
};
