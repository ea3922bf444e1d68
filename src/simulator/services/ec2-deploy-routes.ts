/** Route tables, their routes and associations as Pulumi declares them: each type's inputs as calls of EC2. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployer, Deployment, Plain } from '../deploy/deployer.ts';
import { blocksOf, need, textOf, without } from './compute-inputs.ts';
import { arnOf, call, tagged } from './ec2-deploy-call.ts';
import { ROUTE_TABLES } from './ec2-network.ts';

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

export const routeDeployers: readonly Deployer[] = [
  routeTable,
  defaultRouteTable,
  route,
  routeTableAssociation,
  mainRouteTableAssociation,
];
