/** Networks as Pulumi declares them: each type's inputs as calls of EC2. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { blocksOf, flagOf, need, tagList, textOf, textsOf, without } from './compute-inputs.ts';
import { NAT_GATEWAYS } from './ec2-gateways.ts';
import { NETWORK_ACLS, ROUTE_TABLES, SECURITY_GROUPS, VPCS } from './ec2-network.ts';

/** The reply of an operation, typed as the SDK types it. */
const call = async <O>(deployment: Deployment, operation: string, input: object, region?: string): Promise<O> =>
  (await deployment.call('ec2', operation, input, region)) as O;

const tagged = (type: EC2.ResourceType, given: Given): { TagSpecifications: EC2.TagSpecification[] } => ({
  TagSpecifications: [{ ResourceType: type, Tags: tagList(given.tags) }],
});

const arnOf = (given: Given, resource: string): string => `arn:aws:ec2:${given.region}:${given.account}:${resource}`;

const vpc: Deployer = {
  type: 'aws:ec2/vpc:Vpc',
  async create(given, deployment) {
    const { Vpc } = await call<EC2.CreateVpcCommandOutput>(deployment, 'CreateVpc', {
      CidrBlock: textOf(given.inputs.cidrBlock) ?? '10.0.0.0/16',
      ...tagged('vpc', given),
    });
    const id = Vpc?.VpcId ?? '';
    return {
      id,
      outputs: {
        ...around(deployment, given, id),
        arn: arnOf(given, `vpc/${id}`),
        cidrBlock: Vpc?.CidrBlock ?? '',
        ownerId: given.account,
      },
    };
  },
};

/** Ids of what AWS makes together with a VPC. */
function around(deployment: Deployment, given: Given, vpcId: string): Readonly<Record<string, Plain>> {
  const { world } = deployment;
  const table = world.list(ROUTE_TABLES, given.account, given.region).find((t) => t.VpcId === vpcId);
  const acl = world.list(NETWORK_ACLS, given.account, given.region).find((a) => a.VpcId === vpcId);
  const group = world.list(SECURITY_GROUPS, given.account, given.region).find((g) => g.VpcId === vpcId);
  const tableId = table?.RouteTableId ?? '';
  return {
    mainRouteTableId: tableId,
    defaultRouteTableId: tableId,
    defaultNetworkAclId: acl?.NetworkAclId ?? '',
    defaultSecurityGroupId: group?.GroupId ?? '',
  };
}

const defaultVpc: Deployer = {
  type: 'aws:ec2/defaultVpc:DefaultVpc',
  async create(given, deployment) {
    const { Vpc } = await call<EC2.CreateDefaultVpcCommandOutput>(deployment, 'CreateDefaultVpc', {});
    const id = Vpc?.VpcId ?? '';
    return { id, outputs: { ...around(deployment, given, id), arn: arnOf(given, `vpc/${id}`), cidrBlock: Vpc?.CidrBlock ?? '' } };
  },
};

const subnet: Deployer = {
  type: 'aws:ec2/subnet:Subnet',
  async create(given, deployment) {
    const { Subnet } = await call<EC2.CreateSubnetCommandOutput>(
      deployment,
      'CreateSubnet',
      without({
        VpcId: need(given, 'vpcId'),
        CidrBlock: textOf(given.inputs.cidrBlock),
        AvailabilityZone: textOf(given.inputs.availabilityZone),
        AvailabilityZoneId: textOf(given.inputs.availabilityZoneId),
        ...tagged('subnet', given),
      }),
    );
    return {
      id: Subnet?.SubnetId ?? '',
      outputs: {
        arn: Subnet?.SubnetArn ?? '',
        availabilityZone: Subnet?.AvailabilityZone ?? '',
        availabilityZoneId: Subnet?.AvailabilityZoneId ?? '',
      },
    };
  },
};

/** Next hops by the provider's names and EC2's. */
const HOPS = {
  gatewayId: 'GatewayId',
  natGatewayId: 'NatGatewayId',
  transitGatewayId: 'TransitGatewayId',
  vpcEndpointId: 'VpcEndpointId',
  vpcPeeringConnectionId: 'VpcPeeringConnectionId',
  egressOnlyGatewayId: 'EgressOnlyInternetGatewayId',
  networkInterfaceId: 'NetworkInterfaceId',
  carrierGatewayId: 'CarrierGatewayId',
  localGatewayId: 'LocalGatewayId',
} as const;

/** A block of a route table says `cidrBlock` where a route of its own says `destinationCidrBlock`. */
async function addRoute(table: string, route: Readonly<Record<string, Plain>>, deployment: Deployment): Promise<void> {
  const input: Record<string, unknown> = {
    RouteTableId: table,
    DestinationCidrBlock: textOf(route.destinationCidrBlock) ?? textOf(route.cidrBlock),
    DestinationIpv6CidrBlock: textOf(route.destinationIpv6CidrBlock) ?? textOf(route.ipv6CidrBlock),
    DestinationPrefixListId: textOf(route.destinationPrefixListId),
  };
  for (const [name, member] of Object.entries(HOPS)) input[member] = textOf(route[name]);
  if (input.GatewayId === 'local') return;
  await call(deployment, 'CreateRoute', without(input));
}

const routeTable: Deployer = {
  type: 'aws:ec2/routeTable:RouteTable',
  async create(given, deployment) {
    const { RouteTable } = await call<EC2.CreateRouteTableCommandOutput>(deployment, 'CreateRouteTable', {
      VpcId: need(given, 'vpcId'),
      ...tagged('route-table', given),
    });
    const id = RouteTable?.RouteTableId ?? '';
    for (const route of blocksOf(given.inputs.routes)) await addRoute(id, route, deployment);
    return { id, outputs: { arn: arnOf(given, `route-table/${id}`) } };
  },
};

const defaultRouteTable: Deployer = {
  type: 'aws:ec2/defaultRouteTable:DefaultRouteTable',
  async create(given, deployment) {
    const id = need(given, 'defaultRouteTableId');
    // The provider takes over the table that the VPC came with, and removes every route that it does not know.
    const table = deployment.world.get(ROUTE_TABLES, given.account, given.region, id);
    if (table !== undefined) table.Routes = (table.Routes ?? []).filter((r) => r.GatewayId === 'local');
    for (const route of blocksOf(given.inputs.routes)) await addRoute(id, route, deployment);
    return { id, outputs: { arn: arnOf(given, `route-table/${id}`), vpcId: table?.VpcId ?? '' } };
  },
};

const route: Deployer = {
  type: 'aws:ec2/route:Route',
  async create(given, deployment) {
    const table = need(given, 'routeTableId');
    await addRoute(table, given.inputs, deployment);
    const { destinationIpv6CidrBlock, destinationPrefixListId, destinationCidrBlock } = given.inputs;
    const to = textOf(destinationIpv6CidrBlock) ?? textOf(destinationPrefixListId) ?? textOf(destinationCidrBlock) ?? '';
    return { id: given.id ?? `r-${table}${crc32(to)}`, outputs: {} };
  },
};

const routeTableAssociation: Deployer = {
  type: 'aws:ec2/routeTableAssociation:RouteTableAssociation',
  async create(given, deployment) {
    const reply = await call<EC2.AssociateRouteTableCommandOutput>(
      deployment,
      'AssociateRouteTable',
      without({
        RouteTableId: need(given, 'routeTableId'),
        SubnetId: textOf(given.inputs.subnetId),
        GatewayId: textOf(given.inputs.gatewayId),
      }),
    );
    return { id: reply.AssociationId ?? '', outputs: {} };
  },
};

const mainRouteTableAssociation: Deployer = {
  type: 'aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation',
  async create(given, deployment) {
    const id = `main-${need(given, 'vpcId')}`;
    await call(deployment, 'ReplaceRouteTableAssociation', { AssociationId: id, RouteTableId: need(given, 'routeTableId') });
    return { id: given.id ?? id, outputs: {} };
  },
};

const internetGateway: Deployer = {
  type: 'aws:ec2/internetGateway:InternetGateway',
  async create(given, deployment) {
    const { InternetGateway } = await call<EC2.CreateInternetGatewayCommandOutput>(
      deployment,
      'CreateInternetGateway',
      tagged('internet-gateway', given),
    );
    const id = InternetGateway?.InternetGatewayId ?? '';
    const to = textOf(given.inputs.vpcId);
    if (to !== undefined) await call(deployment, 'AttachInternetGateway', { InternetGatewayId: id, VpcId: to });
    return { id, outputs: { arn: arnOf(given, `internet-gateway/${id}`) } };
  },
};

const internetGatewayAttachment: Deployer = {
  type: 'aws:ec2/internetGatewayAttachment:InternetGatewayAttachment',
  async create(given, deployment) {
    const gateway = need(given, 'internetGatewayId');
    const to = need(given, 'vpcId');
    await call(deployment, 'AttachInternetGateway', { InternetGatewayId: gateway, VpcId: to });
    return { id: `${gateway}:${to}`, outputs: {} };
  },
};

const egressOnly: Deployer = {
  type: 'aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway',
  async create(given, deployment) {
    const reply = await call<EC2.CreateEgressOnlyInternetGatewayCommandOutput>(deployment, 'CreateEgressOnlyInternetGateway', {
      VpcId: need(given, 'vpcId'),
      ...tagged('egress-only-internet-gateway', given),
    });
    return { id: reply.EgressOnlyInternetGateway?.EgressOnlyInternetGatewayId ?? '', outputs: {} };
  },
};

const eip: Deployer = {
  type: 'aws:ec2/eip:Eip',
  async create(given, deployment) {
    const reply = await call<EC2.AllocateAddressCommandOutput>(deployment, 'AllocateAddress', {
      Domain: 'vpc',
      ...tagged('elastic-ip', given),
    });
    const id = reply.AllocationId ?? '';
    const instance = textOf(given.inputs.instance);
    if (instance !== undefined) await call(deployment, 'AssociateAddress', { AllocationId: id, InstanceId: instance });
    return { id, outputs: { allocationId: id, publicIp: reply.PublicIp ?? '', arn: arnOf(given, `elastic-ip/${id}`) } };
  },
};

const eipAssociation: Deployer = {
  type: 'aws:ec2/eipAssociation:EipAssociation',
  async create(given, deployment) {
    const reply = await call<EC2.AssociateAddressCommandOutput>(
      deployment,
      'AssociateAddress',
      without({
        AllocationId: need(given, 'allocationId'),
        InstanceId: textOf(given.inputs.instanceId),
        NetworkInterfaceId: textOf(given.inputs.networkInterfaceId),
      }),
    );
    return { id: reply.AssociationId ?? '', outputs: {} };
  },
};

const natGateway: Deployer = {
  type: 'aws:ec2/natGateway:NatGateway',
  async create(given, deployment) {
    const { NatGateway } = await call<EC2.CreateNatGatewayCommandOutput>(
      deployment,
      'CreateNatGateway',
      without({
        SubnetId: textOf(given.inputs.subnetId),
        VpcId: textOf(given.inputs.vpcId),
        AllocationId: textOf(given.inputs.allocationId),
        ConnectivityType: textOf(given.inputs.connectivityType),
        AvailabilityMode: textOf(given.inputs.availabilityMode),
        ...tagged('natgateway', given),
      }),
    );
    const id = NatGateway?.NatGatewayId ?? '';
    await deployment.until(
      () => deployment.world.get(NAT_GATEWAYS, given.account, given.region, id)?.State === 'available',
      `NAT gateway ${id} becoming available`,
    );
    const address = NatGateway?.NatGatewayAddresses?.[0];
    return { id, outputs: { publicIp: address?.PublicIp ?? '', privateIp: address?.PrivateIp ?? '' } };
  },
};

const vpcEndpoint: Deployer = {
  type: 'aws:ec2/vpcEndpoint:VpcEndpoint',
  async create(given, deployment) {
    const { VpcEndpoint } = await call<EC2.CreateVpcEndpointCommandOutput>(
      deployment,
      'CreateVpcEndpoint',
      without({
        VpcId: need(given, 'vpcId'),
        ServiceName: textOf(given.inputs.serviceName),
        VpcEndpointType: textOf(given.inputs.vpcEndpointType),
        SubnetIds: textsOf(given.inputs.subnetIds),
        RouteTableIds: textsOf(given.inputs.routeTableIds),
        PrivateDnsEnabled: flagOf(given.inputs.privateDnsEnabled),
        ...tagged('vpc-endpoint', given),
      }),
    );
    const id = VpcEndpoint?.VpcEndpointId ?? '';
    const entries = (VpcEndpoint?.DnsEntries ?? []).map((e): Plain => ({ dnsName: e.DnsName ?? '' }));
    return { id, outputs: { arn: arnOf(given, `vpc-endpoint/${id}`), dnsEntries: entries } };
  },
};

const endpointSubnet: Deployer = {
  type: 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation',
  async create(given, deployment) {
    const endpoint = need(given, 'vpcEndpointId');
    const subnetId = need(given, 'subnetId');
    await call(deployment, 'ModifyVpcEndpoint', { VpcEndpointId: endpoint, AddSubnetIds: [subnetId] });
    return { id: given.id ?? `a-${endpoint}${crc32(subnetId)}`, outputs: {} };
  },
};

const peering: Deployer = {
  type: 'aws:ec2/vpcPeeringConnection:VpcPeeringConnection',
  async create(given, deployment) {
    const { VpcPeeringConnection } = await call<EC2.CreateVpcPeeringConnectionCommandOutput>(
      deployment,
      'CreateVpcPeeringConnection',
      without({
        VpcId: need(given, 'vpcId'),
        PeerVpcId: need(given, 'peerVpcId'),
        PeerOwnerId: textOf(given.inputs.peerOwnerId),
        PeerRegion: textOf(given.inputs.peerRegion),
        ...tagged('vpc-peering-connection', given),
      }),
    );
    const id = VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
    if (flagOf(given.inputs.autoAccept) === true)
      await call(deployment, 'AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id });
    return { id, outputs: {} };
  },
};

const networkAcl: Deployer = {
  type: 'aws:ec2/networkAcl:NetworkAcl',
  async create(given, deployment) {
    const { NetworkAcl } = await call<EC2.CreateNetworkAclCommandOutput>(deployment, 'CreateNetworkAcl', {
      VpcId: need(given, 'vpcId'),
      ...tagged('network-acl', given),
    });
    const id = NetworkAcl?.NetworkAclId ?? '';
    return { id, outputs: { arn: arnOf(given, `network-acl/${id}`) } };
  },
};

const defaultNetworkAcl: Deployer = {
  type: 'aws:ec2/defaultNetworkAcl:DefaultNetworkAcl',
  async create(given, deployment): Promise<Created> {
    const id = need(given, 'defaultNetworkAclId');
    const acl = deployment.world.get(NETWORK_ACLS, given.account, given.region, id);
    return { id, outputs: { arn: arnOf(given, `network-acl/${id}`), vpcId: acl?.VpcId ?? '' } };
  },
};

const dhcpOptions: Deployer = {
  type: 'aws:ec2/vpcDhcpOptions:VpcDhcpOptions',
  async create(given, deployment) {
    const servers = textsOf(given.inputs.domainNameServers);
    const { DhcpOptions } = await call<EC2.CreateDhcpOptionsCommandOutput>(deployment, 'CreateDhcpOptions', {
      DhcpConfigurations: servers.length === 0 ? [] : [{ Key: 'domain-name-servers', Values: servers }],
      ...tagged('dhcp-options', given),
    });
    const id = DhcpOptions?.DhcpOptionsId ?? '';
    return { id, outputs: { arn: arnOf(given, `dhcp-options/${id}`) } };
  },
};

const securityGroup: Deployer = {
  type: 'aws:ec2/securityGroup:SecurityGroup',
  async create(given, deployment) {
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    const { GroupId = '' } = await call<EC2.CreateSecurityGroupCommandOutput>(
      deployment,
      'CreateSecurityGroup',
      without({
        GroupName: name,
        Description: textOf(given.inputs.description) ?? 'Managed by Pulumi',
        VpcId:
          textOf(given.inputs.vpcId) ??
          deployment.world.list(VPCS, given.account, given.region).find((v) => v.IsDefault === true)?.VpcId,
        ...tagged('security-group', given),
      }),
    );
    return { id: GroupId, outputs: { arn: arnOf(given, `security-group/${GroupId}`), name } };
  },
};

export const networkDeployers: readonly Deployer[] = [
  vpc,
  defaultVpc,
  subnet,
  routeTable,
  defaultRouteTable,
  route,
  routeTableAssociation,
  mainRouteTableAssociation,
  internetGateway,
  internetGatewayAttachment,
  egressOnly,
  eip,
  eipAssociation,
  natGateway,
  vpcEndpoint,
  endpointSubnet,
  peering,
  networkAcl,
  defaultNetworkAcl,
  dhcpOptions,
  securityGroup,
];
