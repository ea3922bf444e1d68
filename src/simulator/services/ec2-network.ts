/** VPCs, subnets, route tables and the gateways that belong to a whole VPC. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { type CallContext, ServiceFault } from '../service.ts';
import { shelf } from '../world/world.ts';
import { fitting, sized } from './ec2-cidr.ts';
import { describe, found, type Op, type Place, tagsFor, zoneId } from './ec2-shared.ts';

export interface VpcItem extends EC2.Vpc {
  EnableDnsSupport?: boolean;
  EnableDnsHostnames?: boolean;
  /** Nobody gave its range: what its subnets state fits into it. */
  isRangeUnstated?: true;
}

interface SubnetItem extends EC2.Subnet {
  isRangeUnstated?: true;
}

export const VPCS = shelf<VpcItem>('ec2:vpc');
export const SUBNETS = shelf<SubnetItem>('ec2:subnet');
export const ROUTE_TABLES = shelf<EC2.RouteTable>('ec2:route-table');
export const INTERNET_GATEWAYS = shelf<EC2.InternetGateway>('ec2:internet-gateway');
export const EGRESS_ONLY_GATEWAYS = shelf<EC2.EgressOnlyInternetGateway>('ec2:egress-only-internet-gateway');
export const NETWORK_ACLS = shelf<EC2.NetworkAcl>('ec2:network-acl');
export const DHCP_OPTIONS = shelf<EC2.DhcpOptions>('ec2:dhcp-options');
export const SECURITY_GROUPS = shelf<EC2.SecurityGroup>('ec2:security-group');
export const PEERINGS = shelf<EC2.VpcPeeringConnection>('ec2:vpc-peering-connection');

const vpcOf = (context: CallContext, id: string | undefined): VpcItem =>
  found(context.get(VPCS, id ?? ''), id, 'InvalidVpcID.NotFound');

export const subnetOf = (context: CallContext, id: string | undefined): EC2.Subnet =>
  found(context.get(SUBNETS, id ?? ''), id, 'InvalidSubnetID.NotFound');

/** AZ of a subnet, anywhere in the world of an account and Region; undefined when there is no such subnet. */
export const zoneOf = (place: Place, subnetId: string): string | undefined =>
  place.world.get(SUBNETS, place.account, place.region, subnetId)?.AvailabilityZone;

const createVpc: Op<EC2.CreateVpcCommandInput, EC2.CreateVpcCommandOutput> = (input, context) => {
  if (input.CidrBlock === undefined && input.Ipv4IpamPoolId === undefined)
    throw new ServiceFault('MissingParameter', 'The request must contain the parameter cidrBlock');
  const tags = tagsFor(input.TagSpecifications, 'vpc');
  if (input.CidrBlock !== undefined) return { Vpc: makeVpc(context, sized(input.CidrBlock, 'Vpc'), false, tags) };
  const vpc = makeVpc(context, '10.0.0.0/16', false, tags);
  vpc.isRangeUnstated = true;
  return { Vpc: vpc };
};

const associated = (id: string, CidrBlock: string): EC2.VpcCidrBlockAssociation => ({
  AssociationId: id.replace(/^vpc-/, 'vpc-cidr-assoc-'),
  CidrBlock,
  CidrBlockState: { State: 'associated' },
});

/** Every VPC comes with a main route table, a default network ACL and a default security group (VPC user guide). */
function makeVpc(context: CallContext, cidr: string, isDefault: boolean, tags: EC2.Tag[]): VpcItem {
  const id = context.id('vpc');
  const vpc: VpcItem = {
    VpcId: id,
    CidrBlock: cidr,
    CidrBlockAssociationSet: [associated(id, cidr)],
    DhcpOptionsId: 'default',
    InstanceTenancy: 'default',
    IsDefault: isDefault,
    OwnerId: context.account,
    State: 'available',
    EnableDnsSupport: true,
    EnableDnsHostnames: isDefault,
    Tags: tags,
  };
  context.put(VPCS, id, vpc);
  const table = makeTable(context, vpc, []);
  table.Associations = [{ Main: true, RouteTableId: table.RouteTableId ?? '', AssociationState: { State: 'associated' } }];
  const acl = context.id('acl');
  context.put(NETWORK_ACLS, acl, { NetworkAclId: acl, VpcId: id, IsDefault: true, OwnerId: context.account });
  const group = context.id('sg');
  context.put(SECURITY_GROUPS, group, { GroupId: group, GroupName: 'default', VpcId: id, OwnerId: context.account });
  return vpc;
}

/** The default VPC of the Region with a default subnet in every AZ; made when first used. */
export function defaultSubnets(context: CallContext): readonly EC2.Subnet[] {
  const existing = context.list(VPCS).find((v) => v.IsDefault === true);
  if (existing !== undefined) return context.list(SUBNETS).filter((s) => s.DefaultForAz === true);
  const vpc = makeVpc(context, '172.31.0.0/16', true, []);
  return context.world
    .zones(context.region)
    .map((zone, i) => makeSubnet(context, vpc, zone, `172.31.${16 * i}.0/20`, { DefaultForAz: true, MapPublicIpOnLaunch: true }));
}

function makeSubnet(context: CallContext, vpc: VpcItem, zone: string, cidr: string, more: Partial<EC2.Subnet>): EC2.Subnet {
  const id = context.id('subnet');
  const subnet: EC2.Subnet = {
    SubnetId: id,
    SubnetArn: context.arn('ec2', `subnet/${id}`),
    VpcId: vpc.VpcId ?? '',
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone),
    CidrBlock: cidr,
    AvailableIpAddressCount: 2 ** Math.max(0, 32 - Number(cidr.split('/')[1] ?? 24)) - 5,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    OwnerId: context.account,
    State: 'available',
    ...more,
  };
  context.put(SUBNETS, id, subnet);
  return subnet;
}

const createSubnet: Op<EC2.CreateSubnetCommandInput, EC2.CreateSubnetCommandOutput> = (input, context) => {
  const vpc = vpcOf(context, input.VpcId);
  const zones = context.world.zones(context.region);
  const asked = input.AvailabilityZone ?? zones.find((z) => zoneId(z) === input.AvailabilityZoneId);
  if (asked === undefined && input.AvailabilityZoneId !== undefined)
    throw new ServiceFault(
      'InvalidParameterValue',
      `Value (${input.AvailabilityZoneId}) for parameter availabilityZoneId is invalid.`,
    );
  // Without an AZ "Amazon Web Services selects one for you" (CreateSubnet).
  const zone = asked ?? zones[Math.floor(context.world.random.next() * zones.length)] ?? '';
  if (!zones.includes(zone))
    throw new ServiceFault(
      'InvalidParameterValue',
      `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`,
    );
  const Tags = tagsFor(input.TagSpecifications, 'subnet');
  if (input.CidrBlock !== undefined)
    return { Subnet: makeSubnet(context, vpc, zone, fitting(input.CidrBlock, ...rangesAround(context, vpc)), { Tags }) };
  const subnet: SubnetItem = makeSubnet(context, vpc, zone, '10.0.0.0/24', { Tags });
  subnet.isRangeUnstated = true;
  return { Subnet: subnet };
};

/** The ranges of the VPC, as far as anybody knows them, and those that its subnets have taken. */
function rangesAround(
  context: CallContext,
  vpc: VpcItem,
): readonly [around: readonly string[] | undefined, taken: readonly string[]] {
  const others = context.list(SUBNETS).filter((s) => s.VpcId === vpc.VpcId && s.isRangeUnstated !== true);
  const around = (vpc.CidrBlockAssociationSet ?? []).map((a) => a.CidrBlock ?? '');
  return [vpc.isRangeUnstated === true ? undefined : around, others.map((s) => s.CidrBlock ?? '')];
}

function makeTable(context: CallContext, vpc: VpcItem, tags: EC2.Tag[]): EC2.RouteTable {
  const id = context.id('rtb');
  const local: EC2.Route = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
  if (vpc.CidrBlock !== undefined) local.DestinationCidrBlock = vpc.CidrBlock;
  const table: EC2.RouteTable = {
    RouteTableId: id,
    VpcId: vpc.VpcId ?? '',
    Associations: [],
    Routes: [local],
    OwnerId: context.account,
    Tags: tags,
  };
  context.put(ROUTE_TABLES, id, table);
  return table;
}

const tableOf = (context: CallContext, id: string | undefined): EC2.RouteTable =>
  found(context.get(ROUTE_TABLES, id ?? ''), id, 'InvalidRouteTableID.NotFound');

const destinationOf = (route: EC2.Route | EC2.CreateRouteCommandInput): string | undefined =>
  route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;

const createRoute: Op<EC2.CreateRouteCommandInput, EC2.CreateRouteCommandOutput> = (input, context) => {
  const { RouteTableId, VpcEndpointId, DryRun: _dry, ...route } = input;
  const table = tableOf(context, RouteTableId);
  const destination = destinationOf(input);
  if (destination === undefined) throw new ServiceFault('MissingParameter', 'The request must contain a destination');
  const others = (table.Routes ?? []).filter((r) => destinationOf(r) !== destination);
  if (others.length < (table.Routes ?? []).length)
    throw new ServiceFault('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
  // A Gateway Load Balancer endpoint is shown as a gateway.
  const gateway = route.GatewayId ?? VpcEndpointId;
  table.Routes = [
    ...others,
    { ...route, ...(gateway === undefined ? {} : { GatewayId: gateway }), Origin: 'CreateRoute', State: 'active' },
  ];
  return { Return: true };
};

const deleteRoute: Op<EC2.DeleteRouteCommandInput, EC2.DeleteRouteCommandOutput> = (input, context) => {
  const table = tableOf(context, input.RouteTableId);
  const destination = input.DestinationCidrBlock ?? input.DestinationIpv6CidrBlock ?? input.DestinationPrefixListId;
  table.Routes = (table.Routes ?? []).filter((r) => destinationOf(r) !== destination);
  return {};
};

const associateRouteTable: Op<EC2.AssociateRouteTableCommandInput, EC2.AssociateRouteTableCommandOutput> = (input, context) => {
  const table = tableOf(context, input.RouteTableId);
  const id = context.id('rtbassoc');
  if (input.SubnetId !== undefined) subnetOf(context, input.SubnetId);
  for (const other of context.list(ROUTE_TABLES))
    if (input.SubnetId !== undefined && other.Associations?.some((a) => a.SubnetId === input.SubnetId) === true)
      throw new ServiceFault(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${input.RouteTableId} conflicts with an existing association`,
      );
  const association: EC2.RouteTableAssociation = {
    RouteTableAssociationId: id,
    RouteTableId: table.RouteTableId ?? '',
    Main: false,
    AssociationState: { State: 'associated' },
  };
  if (input.SubnetId !== undefined) association.SubnetId = input.SubnetId;
  if (input.GatewayId !== undefined) association.GatewayId = input.GatewayId;
  table.Associations = [...(table.Associations ?? []), association];
  return { AssociationId: id, AssociationState: { State: 'associated' } };
};

const disassociateRouteTable: Op<EC2.DisassociateRouteTableCommandInput, EC2.DisassociateRouteTableCommandOutput> = (
  input,
  context,
) => {
  for (const table of context.list(ROUTE_TABLES))
    table.Associations = (table.Associations ?? []).filter((a) => a.RouteTableAssociationId !== input.AssociationId);
  return {};
};

export const networkOperations = {
  CreateVpc: createVpc,
  CreateDefaultVpc: ((_input, context) => {
    defaultSubnets(context);
    return {
      Vpc: found(
        context.list(VPCS).find((v) => v.IsDefault === true),
        undefined,
        'InvalidVpcID.NotFound',
      ),
    };
  }) satisfies Op<EC2.CreateDefaultVpcCommandInput, EC2.CreateDefaultVpcCommandOutput>,
  DescribeVpcs: ((input, context) => {
    const { items, next } = describe(
      context.list(VPCS),
      { missing: 'InvalidVpcID.NotFound', idOf: (v) => v.VpcId },
      input.VpcIds,
      input,
    );
    return { Vpcs: items, ...next };
  }) satisfies Op<EC2.DescribeVpcsCommandInput, EC2.DescribeVpcsCommandOutput>,
  AssociateVpcCidrBlock: ((input, context) => {
    const vpc = vpcOf(context, input.VpcId);
    const id = vpc.VpcId ?? '';
    if (input.CidrBlock === undefined) {
      // A pool chooses: nobody can say which range that is.
      vpc.isRangeUnstated = true;
      return { VpcId: id, CidrBlockAssociation: associated(context.id('vpc'), '100.64.0.0/16') };
    }
    const association = associated(context.id('vpc'), sized(input.CidrBlock, 'Vpc'));
    vpc.CidrBlockAssociationSet = [...(vpc.CidrBlockAssociationSet ?? []), association];
    return { VpcId: id, CidrBlockAssociation: association };
  }) satisfies Op<EC2.AssociateVpcCidrBlockCommandInput, EC2.AssociateVpcCidrBlockCommandOutput>,
  DisassociateVpcCidrBlock: ((input, context) => {
    for (const vpc of context.list(VPCS))
      vpc.CidrBlockAssociationSet = (vpc.CidrBlockAssociationSet ?? []).filter((a) => a.AssociationId !== input.AssociationId);
    return {};
  }) satisfies Op<EC2.DisassociateVpcCidrBlockCommandInput, EC2.DisassociateVpcCidrBlockCommandOutput>,
  ModifyVpcAttribute: ((input, context) => {
    const vpc = vpcOf(context, input.VpcId);
    if (input.EnableDnsSupport?.Value !== undefined) vpc.EnableDnsSupport = input.EnableDnsSupport.Value;
    if (input.EnableDnsHostnames?.Value !== undefined) vpc.EnableDnsHostnames = input.EnableDnsHostnames.Value;
    return {};
  }) satisfies Op<EC2.ModifyVpcAttributeCommandInput, EC2.ModifyVpcAttributeCommandOutput>,
  CreateSubnet: createSubnet,
  DescribeSubnets: ((input, context) => {
    const { items, next } = describe(
      context.list(SUBNETS),
      { missing: 'InvalidSubnetID.NotFound', idOf: (s) => s.SubnetId },
      input.SubnetIds,
      input,
    );
    return { Subnets: items, ...next };
  }) satisfies Op<EC2.DescribeSubnetsCommandInput, EC2.DescribeSubnetsCommandOutput>,
  CreateRouteTable: ((input, context) => ({
    RouteTable: makeTable(context, vpcOf(context, input.VpcId), tagsFor(input.TagSpecifications, 'route-table')),
  })) satisfies Op<EC2.CreateRouteTableCommandInput, EC2.CreateRouteTableCommandOutput>,
  DescribeRouteTables: ((input, context) => {
    const { items, next } = describe(
      context.list(ROUTE_TABLES),
      {
        missing: 'InvalidRouteTableID.NotFound',
        idOf: (t) => t.RouteTableId,
        filters: {
          'association.main': (t) => (t.Associations ?? []).map((a) => String(a.Main === true)),
          'association.subnet-id': (t) => (t.Associations ?? []).flatMap((a) => a.SubnetId ?? []),
        },
      },
      input.RouteTableIds,
      input,
    );
    return { RouteTables: items, ...next };
  }) satisfies Op<EC2.DescribeRouteTablesCommandInput, EC2.DescribeRouteTablesCommandOutput>,
  CreateRoute: createRoute,
  DeleteRoute: deleteRoute,
  ReplaceRoute: (async (input, context) => {
    await deleteRoute({ ...input, RouteTableId: input.RouteTableId }, context);
    return createRoute(input, context);
  }) satisfies Op<EC2.ReplaceRouteCommandInput, object>,
  AssociateRouteTable: associateRouteTable,
  DisassociateRouteTable: disassociateRouteTable,
  ReplaceRouteTableAssociation: ((input, context) => {
    for (const table of context.list(ROUTE_TABLES)) {
      const moved = table.Associations?.find(
        (a) =>
          a.RouteTableAssociationId === input.AssociationId || (a.Main === true && input.AssociationId === `main-${table.VpcId}`),
      );
      if (moved === undefined) continue;
      table.Associations = (table.Associations ?? []).filter((a) => a !== moved);
      const to = tableOf(context, input.RouteTableId);
      to.Associations = [...(to.Associations ?? []), { ...moved, RouteTableId: to.RouteTableId ?? '' }];
      return { NewAssociationId: input.AssociationId ?? '' };
    }
    throw new ServiceFault('InvalidAssociationID.NotFound', `The association ID '${input.AssociationId}' does not exist`);
  }) satisfies Op<EC2.ReplaceRouteTableAssociationCommandInput, EC2.ReplaceRouteTableAssociationCommandOutput>,
  CreateInternetGateway: ((input, context) => {
    const id = context.id('igw');
    const gateway = { InternetGatewayId: id, Attachments: [], OwnerId: context.account, Tags: tagsFor(input.TagSpecifications) };
    context.put(INTERNET_GATEWAYS, id, gateway);
    return { InternetGateway: gateway };
  }) satisfies Op<EC2.CreateInternetGatewayCommandInput, EC2.CreateInternetGatewayCommandOutput>,
  AttachInternetGateway: ((input, context) => {
    const gateway = found(
      context.get(INTERNET_GATEWAYS, input.InternetGatewayId ?? ''),
      input.InternetGatewayId,
      'InvalidInternetGatewayID.NotFound',
    );
    vpcOf(context, input.VpcId);
    gateway.Attachments = [{ State: 'attached', VpcId: input.VpcId ?? '' }];
    return {};
  }) satisfies Op<EC2.AttachInternetGatewayCommandInput, EC2.AttachInternetGatewayCommandOutput>,
  DescribeInternetGateways: ((input, context) => {
    const { items, next } = describe(
      context.list(INTERNET_GATEWAYS),
      { missing: 'InvalidInternetGatewayID.NotFound', idOf: (g) => g.InternetGatewayId },
      input.InternetGatewayIds,
      input,
    );
    return { InternetGateways: items, ...next };
  }) satisfies Op<EC2.DescribeInternetGatewaysCommandInput, EC2.DescribeInternetGatewaysCommandOutput>,
  CreateEgressOnlyInternetGateway: ((input, context) => {
    vpcOf(context, input.VpcId);
    const id = context.id('eigw');
    const gateway: EC2.EgressOnlyInternetGateway = {
      EgressOnlyInternetGatewayId: id,
      Attachments: [{ State: 'attached', VpcId: input.VpcId ?? '' }],
      Tags: tagsFor(input.TagSpecifications),
    };
    context.put(EGRESS_ONLY_GATEWAYS, id, gateway);
    return { EgressOnlyInternetGateway: gateway };
  }) satisfies Op<EC2.CreateEgressOnlyInternetGatewayCommandInput, EC2.CreateEgressOnlyInternetGatewayCommandOutput>,
  DescribeEgressOnlyInternetGateways: ((input, context) => {
    const { items, next } = describe(
      context.list(EGRESS_ONLY_GATEWAYS),
      { missing: 'InvalidGatewayID.NotFound', idOf: (g) => g.EgressOnlyInternetGatewayId },
      input.EgressOnlyInternetGatewayIds,
      input,
    );
    return { EgressOnlyInternetGateways: items, ...next };
  }) satisfies Op<EC2.DescribeEgressOnlyInternetGatewaysCommandInput, EC2.DescribeEgressOnlyInternetGatewaysCommandOutput>,
};
