/** Networks as EC2 shows them: VPCs, subnets, routes, network ACLs and DHCP options. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import { listed, listing, set } from './compute-listing.ts';
import { gatewayScans } from './ec2-gateways.ts';
import { arnOf, one } from './ec2-listing.ts';
import type { Observed, Scan } from './scan.ts';

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

export const networkScans: readonly Scan[] = [vpcs, subnets, routeTables, ...gatewayScans, networkAcls, dhcpOptions];
