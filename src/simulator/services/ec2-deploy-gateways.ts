/** Gateways, addresses, endpoints and peerings as Pulumi declares them: each type's inputs as calls of EC2. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, modify, moved, onlyTags, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { ServiceFault } from '../service.ts';
import { flagOf, need, textOf, textsOf, without } from './compute-inputs.ts';
import { arnOf, call, tagged } from './ec2-deploy-call.ts';
import { ADDRESSES, NAT_GATEWAYS } from './ec2-gateways.ts';

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
  update: changedBy(async (given, before, deployment) => {
    const [to, from] = [textOf(given.inputs.vpcId), textOf(before.inputs.vpcId)];
    if (to === from) return;
    if (from !== undefined) await detach(given.id, from, deployment);
    if (to !== undefined) await call(deployment, 'AttachInternetGateway', { InternetGatewayId: given.id, VpcId: to });
  }),
  async remove(given, deployment) {
    const from = textOf(given.inputs.vpcId);
    if (from !== undefined) await detach(given.id, from, deployment);
    await unlessGone(call(deployment, 'DeleteInternetGateway', { InternetGatewayId: given.id }));
  },
};

/** Not being attached is as good. */
async function detach(gateway: string | undefined, vpc: string, deployment: Deployment): Promise<void> {
  try {
    await unlessGone(call(deployment, 'DetachInternetGateway', { InternetGatewayId: gateway, VpcId: vpc }));
  } catch (error) {
    if (!(error instanceof ServiceFault && error.code === 'Gateway.NotAttached')) throw error;
  }
}

const internetGatewayAttachment: Deployer = {
  type: 'aws:ec2/internetGatewayAttachment:InternetGatewayAttachment',
  async create(given, deployment) {
    const gateway = need(given, 'internetGatewayId');
    const to = need(given, 'vpcId');
    await call(deployment, 'AttachInternetGateway', { InternetGatewayId: gateway, VpcId: to });
    return { id: `${gateway}:${to}`, outputs: {} };
  },
  remove: (given, deployment) => detach(need(given, 'internetGatewayId'), need(given, 'vpcId'), deployment),
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteEgressOnlyInternetGateway', ({ id }) => ({ EgressOnlyInternetGatewayId: id })),
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
  update: changedBy(async (given, before, deployment) => {
    const [to, from] = [textOf(given.inputs.instance), textOf(before.inputs.instance)];
    if (to === from) return;
    if (from !== undefined) await disassociate(given, deployment);
    if (to !== undefined) await call(deployment, 'AssociateAddress', { AllocationId: given.id, InstanceId: to });
  }),
  async remove(given, deployment) {
    await disassociate(given, deployment);
    await unlessGone(call(deployment, 'ReleaseAddress', { AllocationId: given.id }));
  },
};

/** Whatever the address is associated with. */
async function disassociate({ id = '', account, region }: Given, deployment: Deployment): Promise<void> {
  const { AssociationId } = deployment.world.get(ADDRESSES, account, region, id) ?? {};
  if (AssociationId !== undefined) await unlessGone(call(deployment, 'DisassociateAddress', { AssociationId }));
}

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
  remove: removedBy('ec2', 'DisassociateAddress', ({ id }) => ({ AssociationId: id })),
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
  update: onlyTags,
  async remove(given, deployment) {
    const { account, region, id = '' } = given;
    const state = (): string => deployment.world.get(NAT_GATEWAYS, account, region, id)?.State ?? 'deleted';
    if (state() === 'deleted') return;
    await call(deployment, 'DeleteNatGateway', { NatGatewayId: id });
    await deployment.until(() => state() === 'deleted', `NAT gateway ${id} being deleted`);
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
  update: changedBy(async ({ id, inputs }, before, deployment) => {
    const subnets = moved(textsOf(inputs.subnetIds), textsOf(before.inputs.subnetIds));
    const tables = moved(textsOf(inputs.routeTableIds), textsOf(before.inputs.routeTableIds));
    const change = {
      AddSubnetIds: subnets.added,
      RemoveSubnetIds: subnets.gone,
      AddRouteTableIds: tables.added,
      RemoveRouteTableIds: tables.gone,
      PrivateDnsEnabled: flagOf(inputs.privateDnsEnabled),
    };
    const none = { AddSubnetIds: [], RemoveSubnetIds: [], AddRouteTableIds: [], RemoveRouteTableIds: [] };
    const old = { ...none, PrivateDnsEnabled: flagOf(before.inputs.privateDnsEnabled) };
    await modify(deployment, ['ec2', 'ModifyVpcEndpoint'], { VpcEndpointId: id }, change, old);
  }),
  remove: removedBy('ec2', 'DeleteVpcEndpoints', ({ id }) => ({ VpcEndpointIds: [id] })),
};

const endpointSubnet: Deployer = {
  type: 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation',
  async create(given, deployment) {
    const endpoint = need(given, 'vpcEndpointId');
    const subnetId = need(given, 'subnetId');
    await call(deployment, 'ModifyVpcEndpoint', { VpcEndpointId: endpoint, AddSubnetIds: [subnetId] });
    return { id: given.id ?? `a-${endpoint}${crc32(subnetId)}`, outputs: {} };
  },
  remove: removedBy('ec2', 'ModifyVpcEndpoint', (given) => ({
    VpcEndpointId: need(given, 'vpcEndpointId'),
    RemoveSubnetIds: [need(given, 'subnetId')],
  })),
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
  update: changedBy(async ({ id, inputs }, before, deployment) => {
    if (flagOf(inputs.autoAccept) === true && flagOf(before.inputs.autoAccept) !== true)
      await call(deployment, 'AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id });
  }),
  remove: removedBy('ec2', 'DeleteVpcPeeringConnection', ({ id }) => ({ VpcPeeringConnectionId: id })),
};

export const gatewayDeployers: readonly Deployer[] = [
  internetGateway,
  internetGatewayAttachment,
  egressOnly,
  eip,
  eipAssociation,
  natGateway,
  vpcEndpoint,
  endpointSubnet,
  peering,
];
