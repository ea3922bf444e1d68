/** Networks as EC2 shows them: VPCs, subnets, routes, gateways, addresses and endpoints. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Value } from '../../model/value.ts';
import { listed, listing, nameOf, set, some, tagsOf } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

const arnOf = (aws: Reader, resource: string): string => `arn:aws:ec2:${aws.region}:${aws.account}:${resource}`;

interface Parts {
  readonly type: string;
  readonly id: string;
  readonly arn?: string;
  readonly tags?: readonly EC2.Tag[] | undefined;
  readonly properties: Readonly<Record<string, Value | undefined>>;
  readonly outputs?: Readonly<Record<string, Value | undefined>>;
}

export function one({ type, id, arn, tags, properties, outputs = {} }: Parts): Observed {
  return {
    type,
    id,
    arn,
    name: nameOf(tags, id),
    properties: present(properties),
    outputs: present({ arn, ...outputs }),
    tags: tagsOf(tags),
  };
}

const vpcs = listing({
  id: 'ec2-vpcs',
  types: ['aws:ec2/vpc:Vpc', 'aws:ec2/defaultVpc:DefaultVpc'],
  call: listed<EC2.DescribeVpcsCommandInput, EC2.DescribeVpcsCommandOutput>('ec2', 'ec2:DescribeVpcs'),
  input: {},
  items: (page) => page.Vpcs,
  read: ({ VpcId: id = '', IsDefault, CidrBlock, Tags }, aws) => [
    one({
      type: IsDefault === true ? 'aws:ec2/defaultVpc:DefaultVpc' : 'aws:ec2/vpc:Vpc',
      id,
      arn: arnOf(aws, `vpc/${id}`),
      tags: Tags,
      properties: IsDefault === true ? {} : { cidrBlock: CidrBlock },
      outputs: { cidrBlock: CidrBlock },
    }),
  ],
});

const subnets = listing({
  id: 'ec2-subnets',
  types: ['aws:ec2/subnet:Subnet'],
  call: listed<EC2.DescribeSubnetsCommandInput, EC2.DescribeSubnetsCommandOutput>('ec2', 'ec2:DescribeSubnets'),
  input: {},
  items: (page) => page.Subnets,
  read: (subnet, aws) => [
    one({
      type: 'aws:ec2/subnet:Subnet',
      id: subnet.SubnetId ?? '',
      arn: subnet.SubnetArn ?? arnOf(aws, `subnet/${subnet.SubnetId}`),
      tags: subnet.Tags,
      properties: {
        vpcId: subnet.VpcId,
        cidrBlock: set(subnet.CidrBlock),
        availabilityZone: subnet.AvailabilityZone,
        mapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch,
      },
      outputs: { availabilityZoneId: subnet.AvailabilityZoneId },
    }),
  ],
});

/** As the provider reads them: neither the local route, nor what a VPN gateway or a gateway endpoint put there. */
function routesOf(table: EC2.RouteTable): readonly Observed[] {
  const routeTableId = table.RouteTableId ?? '';
  return (table.Routes ?? [])
    .filter(
      (r) =>
        r.GatewayId !== 'local' &&
        r.Origin !== 'EnableVgwRoutePropagation' &&
        !(r.DestinationPrefixListId !== undefined && r.GatewayId?.startsWith('vpce-') === true),
    )
    .map((r) => {
      const endpoint = r.GatewayId?.startsWith('vpce-') === true;
      const cidr = set(r.DestinationCidrBlock);
      const ipv6 = set(r.DestinationIpv6CidrBlock);
      const properties = {
        routeTableId,
        destinationCidrBlock: cidr,
        destinationIpv6CidrBlock: ipv6,
        destinationPrefixListId: r.DestinationPrefixListId,
        gatewayId: endpoint ? undefined : r.GatewayId,
        vpcEndpointId: endpoint ? r.GatewayId : undefined,
        natGatewayId: r.NatGatewayId,
        transitGatewayId: r.TransitGatewayId,
        vpcPeeringConnectionId: r.VpcPeeringConnectionId,
        egressOnlyGatewayId: r.EgressOnlyInternetGatewayId,
        networkInterfaceId: r.NetworkInterfaceId,
        carrierGatewayId: r.CarrierGatewayId,
        localGatewayId: r.LocalGatewayId,
      };
      // The provider's id of a route: its table and the CRC-32 of where it leads.
      const id = `r-${routeTableId}${crc32(ipv6 ?? r.DestinationPrefixListId ?? cidr ?? '')}`;
      return one({ type: 'aws:ec2/route:Route', id, properties });
    });
}

const routeTables = listing({
  id: 'ec2-route-tables',
  types: [
    'aws:ec2/routeTable:RouteTable',
    'aws:ec2/defaultRouteTable:DefaultRouteTable',
    'aws:ec2/route:Route',
    'aws:ec2/routeTableAssociation:RouteTableAssociation',
  ],
  call: listed<EC2.DescribeRouteTablesCommandInput, EC2.DescribeRouteTablesCommandOutput>('ec2', 'ec2:DescribeRouteTables'),
  input: {},
  items: (page) => page.RouteTables,
  read: (table, aws) => {
    const id = table.RouteTableId ?? '';
    const main = table.Associations?.some((a) => a.Main === true) === true;
    return [
      one({
        type: main ? 'aws:ec2/defaultRouteTable:DefaultRouteTable' : 'aws:ec2/routeTable:RouteTable',
        id,
        arn: arnOf(aws, `route-table/${id}`),
        tags: table.Tags,
        properties: {
          ...(main ? { defaultRouteTableId: id } : { vpcId: table.VpcId }),
        },
        outputs: { vpcId: table.VpcId },
      }),
      ...routesOf(table),
      ...(table.Associations ?? [])
        .filter((a) => a.Main !== true)
        .map((a) =>
          one({
            type: 'aws:ec2/routeTableAssociation:RouteTableAssociation',
            id: a.RouteTableAssociationId ?? '',
            properties: { routeTableId: id, subnetId: a.SubnetId, gatewayId: a.GatewayId },
          }),
        ),
    ];
  },
});

const internetGateways = listing({
  id: 'ec2-internet-gateways',
  types: ['aws:ec2/internetGateway:InternetGateway'],
  call: listed<EC2.DescribeInternetGatewaysCommandInput, EC2.DescribeInternetGatewaysCommandOutput>(
    'ec2',
    'ec2:DescribeInternetGateways',
  ),
  input: {},
  items: (page) => page.InternetGateways,
  read: ({ InternetGatewayId: id = '', Attachments, Tags }, aws) => [
    one({
      type: 'aws:ec2/internetGateway:InternetGateway',
      id,
      arn: arnOf(aws, `internet-gateway/${id}`),
      tags: Tags,
      properties: { vpcId: Attachments?.[0]?.VpcId },
    }),
  ],
});

const egressOnlyGateways = listing({
  id: 'ec2-egress-only-gateways',
  types: ['aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway'],
  call: listed<EC2.DescribeEgressOnlyInternetGatewaysCommandInput, EC2.DescribeEgressOnlyInternetGatewaysCommandOutput>(
    'ec2',
    'ec2:DescribeEgressOnlyInternetGateways',
  ),
  input: {},
  items: (page) => page.EgressOnlyInternetGateways,
  read: ({ EgressOnlyInternetGatewayId: id = '', Attachments, Tags }) => [
    one({
      type: 'aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway',
      id,
      tags: Tags,
      properties: { vpcId: Attachments?.[0]?.VpcId },
    }),
  ],
});

/** States of a gateway that is no more; EC2 shows it for about an hour (NAT gateways, "Delete a NAT gateway"). */
const GONE = ['deleting', 'deleted', 'failed'];

const natGateways = listing({
  id: 'ec2-nat-gateways',
  types: ['aws:ec2/natGateway:NatGateway'],
  call: listed<EC2.DescribeNatGatewaysCommandInput, EC2.DescribeNatGatewaysCommandOutput>('ec2', 'ec2:DescribeNatGateways'),
  input: {},
  items: (page) => page.NatGateways,
  read: (gateway, aws) => {
    if (GONE.includes(gateway.State ?? '')) return [];
    const id = gateway.NatGatewayId ?? '';
    const address = gateway.NatGatewayAddresses?.[0];
    return [
      one({
        type: 'aws:ec2/natGateway:NatGateway',
        id,
        arn: arnOf(aws, `natgateway/${id}`),
        tags: gateway.Tags,
        properties: {
          subnetId: set(gateway.SubnetId),
          connectivityType: gateway.ConnectivityType,
          availabilityMode: gateway.AvailabilityMode,
          allocationId: address?.AllocationId,
        },
        outputs: { publicIp: address?.PublicIp, privateIp: address?.PrivateIp },
      }),
    ];
  },
});

const addresses = listing({
  id: 'ec2-addresses',
  types: ['aws:ec2/eip:Eip'],
  call: listed<EC2.DescribeAddressesCommandInput, EC2.DescribeAddressesCommandOutput>('ec2', 'ec2:DescribeAddresses'),
  input: {},
  items: (page) => page.Addresses,
  read: (address, aws) => [
    one({
      type: 'aws:ec2/eip:Eip',
      id: address.AllocationId ?? address.PublicIp ?? '',
      arn: arnOf(aws, `elastic-ip/${address.AllocationId}`),
      tags: address.Tags,
      properties: { instance: set(address.InstanceId), networkInterface: address.NetworkInterfaceId, domain: address.Domain },
      outputs: { allocationId: address.AllocationId, publicIp: address.PublicIp, associationId: address.AssociationId },
    }),
  ],
});

const endpoints = listing({
  id: 'ec2-vpc-endpoints',
  types: ['aws:ec2/vpcEndpoint:VpcEndpoint', 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation'],
  call: listed<EC2.DescribeVpcEndpointsCommandInput, EC2.DescribeVpcEndpointsCommandOutput>('ec2', 'ec2:DescribeVpcEndpoints'),
  input: {},
  items: (page) => page.VpcEndpoints,
  read: (endpoint, aws) => {
    if (/^(deleting|deleted|rejected|expired|failed)$/i.test(endpoint.State ?? '')) return [];
    const id = endpoint.VpcEndpointId ?? '';
    return [
      one({
        type: 'aws:ec2/vpcEndpoint:VpcEndpoint',
        id,
        arn: arnOf(aws, `vpc-endpoint/${id}`),
        tags: endpoint.Tags,
        properties: {
          vpcId: endpoint.VpcId,
          serviceName: endpoint.ServiceName,
          vpcEndpointType: endpoint.VpcEndpointType,
          routeTableIds: some(endpoint.RouteTableIds),
        },
        outputs: { dnsEntries: some((endpoint.DnsEntries ?? []).map((e) => present({ dnsName: e.DnsName }))) },
      }),
      // Code says it of the endpoint or in associations; both read the same, and no subnet is said twice.
      ...(endpoint.SubnetIds ?? []).map((subnetId) =>
        one({
          type: 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation',
          id: `a-${id}${crc32(subnetId)}`,
          properties: { vpcEndpointId: id, subnetId },
        }),
      ),
    ];
  },
});

/** Seen from the side that asked it is a connection, from the other side its accepter, as the provider has them. */
const peerings = listing({
  id: 'ec2-vpc-peerings',
  types: [
    'aws:ec2/vpcPeeringConnection:VpcPeeringConnection',
    'aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter',
  ],
  call: listed<EC2.DescribeVpcPeeringConnectionsCommandInput, EC2.DescribeVpcPeeringConnectionsCommandOutput>(
    'ec2',
    'ec2:DescribeVpcPeeringConnections',
  ),
  input: {},
  items: (page) => page.VpcPeeringConnections,
  read: ({ VpcPeeringConnectionId: id = '', Status, RequesterVpcInfo: from, AccepterVpcInfo: to, Tags }, aws) => {
    if (['deleted', 'rejected', 'expired', 'failed', 'deleting'].includes(Status?.Code ?? '')) return [];
    const ours = from?.OwnerId === aws.account && (from.Region ?? aws.region) === aws.region;
    return [
      ours
        ? one({
            type: 'aws:ec2/vpcPeeringConnection:VpcPeeringConnection',
            id,
            tags: Tags,
            properties: { vpcId: from?.VpcId, peerVpcId: to?.VpcId, peerOwnerId: to?.OwnerId, peerRegion: to?.Region },
          })
        : one({
            type: 'aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter',
            id,
            tags: Tags,
            properties: { vpcPeeringConnectionId: id },
          }),
    ];
  },
});

const networkAcls = listing({
  id: 'ec2-network-acls',
  types: ['aws:ec2/networkAcl:NetworkAcl', 'aws:ec2/defaultNetworkAcl:DefaultNetworkAcl'],
  call: listed<EC2.DescribeNetworkAclsCommandInput, EC2.DescribeNetworkAclsCommandOutput>('ec2', 'ec2:DescribeNetworkAcls'),
  input: {},
  items: (page) => page.NetworkAcls,
  read: ({ NetworkAclId: id = '', IsDefault, VpcId, Tags }, aws) => [
    one({
      type: IsDefault === true ? 'aws:ec2/defaultNetworkAcl:DefaultNetworkAcl' : 'aws:ec2/networkAcl:NetworkAcl',
      id,
      arn: arnOf(aws, `network-acl/${id}`),
      tags: Tags,
      properties: IsDefault === true ? { defaultNetworkAclId: id } : { vpcId: VpcId },
    }),
  ],
});

const dhcpOptions = listing({
  id: 'ec2-dhcp-options',
  types: ['aws:ec2/vpcDhcpOptions:VpcDhcpOptions'],
  call: listed<EC2.DescribeDhcpOptionsCommandInput, EC2.DescribeDhcpOptionsCommandOutput>('ec2', 'ec2:DescribeDhcpOptions'),
  input: {},
  items: (page) => page.DhcpOptions,
  read: ({ DhcpOptionsId: id = '', Tags }, aws) => [
    one({ type: 'aws:ec2/vpcDhcpOptions:VpcDhcpOptions', id, arn: arnOf(aws, `dhcp-options/${id}`), tags: Tags, properties: {} }),
  ],
});

export const networkScans: readonly Scan[] = [
  vpcs,
  subnets,
  routeTables,
  internetGateways,
  egressOnlyGateways,
  natGateways,
  addresses,
  endpoints,
  peerings,
  networkAcls,
  dhcpOptions,
];
