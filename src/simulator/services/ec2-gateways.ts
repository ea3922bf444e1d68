/** NAT gateways, Elastic IP addresses, VPC endpoints, peering, and the small things around a VPC. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { type CallContext, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf } from '../world/world.ts';
import { DHCP_OPTIONS, NETWORK_ACLS, PEERINGS, SECURITY_GROUPS, subnetOf, VPCS } from './ec2-network.ts';
import { describe, found, type Op, tagsFor } from './ec2-shared.ts';

export const NAT_GATEWAYS = shelf<EC2.NatGateway & { AvailabilityMode?: EC2.AvailabilityMode }>('ec2:nat-gateway');
export const ADDRESSES = shelf<EC2.Address>('ec2:address');
export const ENDPOINTS = shelf<EC2.VpcEndpoint>('ec2:vpc-endpoint');

/** Seconds from creation to available; the user guide says that it takes a few minutes. */
const NAT_CREATION = [60, 180] as const;

/** Milliseconds for which a deleted gateway is still shown. */
const REMEMBERED = 3_600_000;

const publicIp = (context: CallContext): string => {
  const byte = (): number => Math.floor(context.world.random.next() * 256);
  return `52.${byte()}.${byte()}.${byte()}`;
};

const privateIp = (context: CallContext): string => {
  const byte = (): number => Math.floor(context.world.random.next() * 256);
  return `10.${byte()}.${byte()}.${byte()}`;
};

const addressOf = (context: CallContext, id: string | undefined): EC2.Address =>
  found(context.get(ADDRESSES, id ?? ''), id, 'InvalidAllocationID.NotFound');

const createNatGateway: Op<EC2.CreateNatGatewayCommandInput, EC2.CreateNatGatewayCommandOutput> = (input, context) => {
  const id = context.id('nat');
  const regional = input.AvailabilityMode === 'regional';
  if (!regional && input.SubnetId === undefined)
    throw new ServiceFault('MissingParameter', 'The request must contain the parameter subnetId');
  const subnet = input.SubnetId === undefined ? undefined : subnetOf(context, input.SubnetId);
  const address = input.AllocationId === undefined ? undefined : addressOf(context, input.AllocationId);
  const gateway: EC2.NatGateway & { AvailabilityMode?: EC2.AvailabilityMode } = {
    NatGatewayId: id,
    State: 'pending',
    ConnectivityType: input.ConnectivityType ?? 'public',
    AvailabilityMode: regional ? 'regional' : 'zonal',
    CreateTime: context.now,
    NatGatewayAddresses: [
      {
        IsPrimary: true,
        PrivateIp: privateIp(context),
        Status: 'succeeded',
        ...(address?.PublicIp === undefined ? {} : { AllocationId: address.AllocationId ?? '', PublicIp: address.PublicIp }),
      },
    ],
    Tags: tagsFor(input.TagSpecifications),
  };
  const vpc = subnet?.VpcId ?? input.VpcId;
  if (vpc !== undefined) gateway.VpcId = vpc;
  if (!regional && input.SubnetId !== undefined) gateway.SubnetId = input.SubnetId;
  if (address !== undefined) address.AssociationId = `eipassoc-${context.world.random.hex(17)}`;
  context.put(NAT_GATEWAYS, id, gateway);
  context.world.clock.after(between(context.world, ...NAT_CREATION), () => {
    if (gateway.State === 'pending') gateway.State = 'available';
  });
  return { NatGateway: gateway };
};

const createVpcEndpoint: Op<EC2.CreateVpcEndpointCommandInput, EC2.CreateVpcEndpointCommandOutput> = (input, context) => {
  found(context.get(VPCS, input.VpcId ?? ''), input.VpcId, 'InvalidVpcId.NotFound');
  const id = context.id('vpce');
  // CreateVpcEndpoint, VpcEndpointType: Gateway when not given.
  const type = input.VpcEndpointType ?? 'Gateway';
  const endpoint: EC2.VpcEndpoint = {
    VpcEndpointId: id,
    VpcEndpointType: type,
    VpcId: input.VpcId ?? '',
    State: 'Available',
    CreationTimestamp: context.now,
    RouteTableIds: input.RouteTableIds ?? [],
    SubnetIds: (input.SubnetIds ?? []).map((s) => subnetOf(context, s).SubnetId ?? ''),
    NetworkInterfaceIds: (input.SubnetIds ?? []).map(() => `eni-${context.world.random.hex(17)}`),
    OwnerId: context.account,
    PrivateDnsEnabled: input.PrivateDnsEnabled ?? type === 'Interface',
    Tags: tagsFor(input.TagSpecifications),
  };
  if (input.ServiceName !== undefined) endpoint.ServiceName = input.ServiceName;
  if (type === 'Interface' && input.ServiceName !== undefined)
    endpoint.DnsEntries = [
      { DnsName: `${id}.${input.ServiceName.split('.').at(-1) ?? ''}.${context.region}.vpce.amazonaws.com` },
    ];
  context.put(ENDPOINTS, id, endpoint);
  return { VpcEndpoint: endpoint };
};

const modifyVpcEndpoint: Op<EC2.ModifyVpcEndpointCommandInput, EC2.ModifyVpcEndpointCommandOutput> = (input, context) => {
  const endpoint = found(context.get(ENDPOINTS, input.VpcEndpointId ?? ''), input.VpcEndpointId, 'InvalidVpcEndpointId.NotFound');
  const changed = (now: readonly string[] | undefined, more: readonly string[] = [], less: readonly string[] = []): string[] => [
    ...new Set([...(now ?? []).filter((id) => !less.includes(id)), ...more]),
  ];
  endpoint.SubnetIds = changed(endpoint.SubnetIds, input.AddSubnetIds, input.RemoveSubnetIds);
  endpoint.RouteTableIds = changed(endpoint.RouteTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds);
  if (input.PrivateDnsEnabled !== undefined) endpoint.PrivateDnsEnabled = input.PrivateDnsEnabled;
  return { Return: true };
};

export const gatewayOperations = {
  CreateNatGateway: createNatGateway,
  DescribeNatGateways: ((input, context) => {
    const { items, next } = describe(
      context.list(NAT_GATEWAYS),
      { missing: 'NatGatewayNotFound', idOf: (g) => g.NatGatewayId },
      input.NatGatewayIds,
      { ...input, Filters: input.Filter },
    );
    return { NatGateways: items, ...next };
  }) satisfies Op<EC2.DescribeNatGatewaysCommandInput, EC2.DescribeNatGatewaysCommandOutput>,
  DeleteNatGateway: ((input, context) => {
    const id = input.NatGatewayId ?? '';
    const gateway = found(context.get(NAT_GATEWAYS, id), id, 'NatGatewayNotFound');
    gateway.State = 'deleting';
    gateway.DeleteTime = context.now;
    context.world.clock.after(between(context.world, 30, 120), () => {
      gateway.State = 'deleted';
      for (const { AllocationId } of gateway.NatGatewayAddresses ?? [])
        if (AllocationId !== undefined) delete context.get(ADDRESSES, AllocationId)?.AssociationId;
      // DeleteNatGateway: it is shown for about an hour.
      context.world.clock.after(REMEMBERED, () => context.remove(NAT_GATEWAYS, id));
    });
    return { NatGatewayId: id };
  }) satisfies Op<EC2.DeleteNatGatewayCommandInput, EC2.DeleteNatGatewayCommandOutput>,
  AllocateAddress: ((input, context) => {
    const id = context.id('eipalloc');
    const address: EC2.Address = {
      AllocationId: id,
      PublicIp: publicIp(context),
      Domain: 'vpc',
      Tags: tagsFor(input.TagSpecifications),
    };
    context.put(ADDRESSES, id, address);
    return { AllocationId: id, PublicIp: address.PublicIp ?? '', Domain: 'vpc' };
  }) satisfies Op<EC2.AllocateAddressCommandInput, EC2.AllocateAddressCommandOutput>,
  AssociateAddress: ((input, context) => {
    const address = addressOf(context, input.AllocationId);
    const id = context.id('eipassoc');
    address.AssociationId = id;
    if (input.InstanceId !== undefined) address.InstanceId = input.InstanceId;
    if (input.NetworkInterfaceId !== undefined) address.NetworkInterfaceId = input.NetworkInterfaceId;
    return { AssociationId: id };
  }) satisfies Op<EC2.AssociateAddressCommandInput, EC2.AssociateAddressCommandOutput>,
  DisassociateAddress: ((input, context) => {
    const address = found(
      context.list(ADDRESSES).find((a) => a.AssociationId === input.AssociationId),
      input.AssociationId,
      'InvalidAssociationID.NotFound',
    );
    delete address.AssociationId;
    delete address.InstanceId;
    delete address.NetworkInterfaceId;
    return {};
  }) satisfies Op<EC2.DisassociateAddressCommandInput, EC2.DisassociateAddressCommandOutput>,
  ReleaseAddress: ((input, context) => {
    const address = addressOf(context, input.AllocationId);
    if (address.AssociationId !== undefined)
      throw new ServiceFault('InvalidIPAddress.InUse', `The address '${address.PublicIp}' is in use.`);
    context.remove(ADDRESSES, input.AllocationId ?? '');
    return {};
  }) satisfies Op<EC2.ReleaseAddressCommandInput, EC2.ReleaseAddressCommandOutput>,
  DescribeAddresses: ((input, context) => ({
    Addresses: describe(
      context.list(ADDRESSES),
      { missing: 'InvalidAllocationID.NotFound', idOf: (a) => a.AllocationId },
      input.AllocationIds,
      { Filters: input.Filters },
    ).items,
  })) satisfies Op<EC2.DescribeAddressesCommandInput, EC2.DescribeAddressesCommandOutput>,
  CreateVpcEndpoint: createVpcEndpoint,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  DescribeVpcEndpoints: ((input, context) => {
    const { items, next } = describe(
      context.list(ENDPOINTS),
      { missing: 'InvalidVpcEndpointId.NotFound', idOf: (e) => e.VpcEndpointId },
      input.VpcEndpointIds,
      input,
    );
    return { VpcEndpoints: items, ...next };
  }) satisfies Op<EC2.DescribeVpcEndpointsCommandInput, EC2.DescribeVpcEndpointsCommandOutput>,
  DeleteVpcEndpoints: ((input, context) => {
    for (const id of input.VpcEndpointIds ?? []) context.remove(ENDPOINTS, id);
    return { Unsuccessful: [] };
  }) satisfies Op<EC2.DeleteVpcEndpointsCommandInput, EC2.DeleteVpcEndpointsCommandOutput>,
  CreateVpcPeeringConnection: ((input, context) => {
    const vpc = found(context.get(VPCS, input.VpcId ?? ''), input.VpcId, 'InvalidVpcID.NotFound');
    const id = context.id('pcx');
    const connection: EC2.VpcPeeringConnection = {
      VpcPeeringConnectionId: id,
      RequesterVpcInfo: { VpcId: vpc.VpcId ?? '', OwnerId: context.account, Region: context.region },
      AccepterVpcInfo: {
        VpcId: input.PeerVpcId ?? '',
        OwnerId: input.PeerOwnerId ?? context.account,
        Region: input.PeerRegion ?? context.region,
      },
      Status: { Code: 'pending-acceptance' },
      Tags: tagsFor(input.TagSpecifications),
    };
    context.put(PEERINGS, id, connection);
    return { VpcPeeringConnection: connection };
  }) satisfies Op<EC2.CreateVpcPeeringConnectionCommandInput, EC2.CreateVpcPeeringConnectionCommandOutput>,
  AcceptVpcPeeringConnection: ((input, context) => {
    const connection = found(
      context.get(PEERINGS, input.VpcPeeringConnectionId ?? ''),
      input.VpcPeeringConnectionId,
      'InvalidVpcPeeringConnectionID.NotFound',
    );
    connection.Status = { Code: 'active' };
    return { VpcPeeringConnection: connection };
  }) satisfies Op<EC2.AcceptVpcPeeringConnectionCommandInput, EC2.AcceptVpcPeeringConnectionCommandOutput>,
  DescribeVpcPeeringConnections: ((input, context) => {
    const { items, next } = describe(
      context.list(PEERINGS),
      { missing: 'InvalidVpcPeeringConnectionID.NotFound', idOf: (p) => p.VpcPeeringConnectionId },
      input.VpcPeeringConnectionIds,
      input,
    );
    return { VpcPeeringConnections: items, ...next };
  }) satisfies Op<EC2.DescribeVpcPeeringConnectionsCommandInput, EC2.DescribeVpcPeeringConnectionsCommandOutput>,
  CreateNetworkAcl: ((input, context) => {
    const id = context.id('acl');
    const acl = {
      NetworkAclId: id,
      VpcId: input.VpcId ?? '',
      IsDefault: false,
      OwnerId: context.account,
      Tags: tagsFor(input.TagSpecifications),
    };
    context.put(NETWORK_ACLS, id, acl);
    return { NetworkAcl: acl };
  }) satisfies Op<EC2.CreateNetworkAclCommandInput, EC2.CreateNetworkAclCommandOutput>,
  DescribeNetworkAcls: ((input, context) => {
    const { items, next } = describe(
      context.list(NETWORK_ACLS),
      { missing: 'InvalidNetworkAclID.NotFound', idOf: (a) => a.NetworkAclId },
      input.NetworkAclIds,
      input,
    );
    return { NetworkAcls: items, ...next };
  }) satisfies Op<EC2.DescribeNetworkAclsCommandInput, EC2.DescribeNetworkAclsCommandOutput>,
  CreateDhcpOptions: ((input, context) => {
    const id = context.id('dopt');
    const options: EC2.DhcpOptions = {
      DhcpOptionsId: id,
      OwnerId: context.account,
      DhcpConfigurations: (input.DhcpConfigurations ?? []).map((c) => ({
        Key: c.Key ?? '',
        Values: (c.Values ?? []).map((Value) => ({ Value })),
      })),
      Tags: tagsFor(input.TagSpecifications),
    };
    context.put(DHCP_OPTIONS, id, options);
    return { DhcpOptions: options };
  }) satisfies Op<EC2.CreateDhcpOptionsCommandInput, EC2.CreateDhcpOptionsCommandOutput>,
  DescribeDhcpOptions: ((input, context) => {
    const { items, next } = describe(
      context.list(DHCP_OPTIONS),
      { missing: 'InvalidDhcpOptionID.NotFound', idOf: (o) => o.DhcpOptionsId },
      input.DhcpOptionsIds,
      input,
    );
    return { DhcpOptions: items, ...next };
  }) satisfies Op<EC2.DescribeDhcpOptionsCommandInput, EC2.DescribeDhcpOptionsCommandOutput>,
  CreateSecurityGroup: ((input, context) => {
    const id = context.id('sg');
    const group = {
      GroupId: id,
      GroupName: input.GroupName ?? '',
      Description: input.Description ?? '',
      VpcId: input.VpcId ?? '',
      OwnerId: context.account,
      Tags: tagsFor(input.TagSpecifications),
    };
    context.put(SECURITY_GROUPS, id, group);
    return { GroupId: id };
  }) satisfies Op<EC2.CreateSecurityGroupCommandInput, EC2.CreateSecurityGroupCommandOutput>,
  DescribeSecurityGroups: ((input, context) => {
    const { items, next } = describe(
      context.list(SECURITY_GROUPS),
      { missing: 'InvalidGroup.NotFound', idOf: (g) => g.GroupId },
      input.GroupIds,
      input,
    );
    return { SecurityGroups: items, ...next };
  }) satisfies Op<EC2.DescribeSecurityGroupsCommandInput, EC2.DescribeSecurityGroupsCommandOutput>,
};
