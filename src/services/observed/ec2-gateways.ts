/** Gateways, addresses, endpoints and peerings as EC2 shows them. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import { listed, listing, set, some } from './compute-listing.ts';
import { arnOf, one } from './ec2-listing.ts';
import { present, type Scan } from './scan.ts';

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

export const gatewayScans: readonly Scan[] = [internetGateways, egressOnlyGateways, natGateways, addresses, endpoints, peerings];
