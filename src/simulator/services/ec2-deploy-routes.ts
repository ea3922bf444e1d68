/** Route tables, their routes and associations as Pulumi declares them: each type's inputs as calls of EC2. */
import { crc32 } from 'node:zlib';
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, moved, removedBy, stays, unlessGone } from '../deploy/lifecycle.ts';
import { type Block, blocksOf, need, textOf, without } from './compute-inputs.ts';
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
const destinationOf = (route: Block) =>
  without({
    DestinationCidrBlock: textOf(route.destinationCidrBlock) ?? textOf(route.cidrBlock),
    DestinationIpv6CidrBlock: textOf(route.destinationIpv6CidrBlock) ?? textOf(route.ipv6CidrBlock),
    DestinationPrefixListId: textOf(route.destinationPrefixListId),
  });

async function putRoute(how: 'Create' | 'Replace', table: string, route: Block, deployment: Deployment): Promise<void> {
  const input: Record<string, unknown> = { RouteTableId: table, ...destinationOf(route) };
  for (const [name, member] of Object.entries(HOPS)) input[member] = textOf(route[name]);
  if (input.GatewayId === 'local') return;
  await call(deployment, `${how}Route`, without(input));
}

const changeRoutes = changedBy(async (given, before, deployment) => {
  const table = given.id ?? '';
  const { added, gone } = moved(blocksOf(given.inputs.routes), blocksOf(before.inputs.routes));
  const goesTo = (routes: readonly Block[], route: Block): boolean =>
    routes.some((other) => JSON.stringify(destinationOf(other)) === JSON.stringify(destinationOf(route)));
  for (const route of gone)
    if (!goesTo(added, route)) await call(deployment, 'DeleteRoute', { RouteTableId: table, ...destinationOf(route) });
  for (const route of added) await putRoute(goesTo(gone, route) ? 'Replace' : 'Create', table, route, deployment);
});

const routeTable: Deployer = {
  type: 'aws:ec2/routeTable:RouteTable',
  async create(given, deployment) {
    const { RouteTable } = await call<EC2.CreateRouteTableCommandOutput>(deployment, 'CreateRouteTable', {
      VpcId: need(given, 'vpcId'),
      ...tagged('route-table', given),
    });
    const id = RouteTable?.RouteTableId ?? '';
    for (const route of blocksOf(given.inputs.routes)) await putRoute('Create', id, route, deployment);
    return { id, outputs: { arn: arnOf(given, `route-table/${id}`) } };
  },
  update: changeRoutes,
  remove: removedBy('ec2', 'DeleteRouteTable', ({ id }) => ({ RouteTableId: id })),
};

const defaultRouteTable: Deployer = {
  type: 'aws:ec2/defaultRouteTable:DefaultRouteTable',
  async create(given, deployment) {
    const id = need(given, 'defaultRouteTableId');
    // The provider takes over the table that the VPC came with, and removes every route that it does not know.
    const table = deployment.world.get(ROUTE_TABLES, given.account, given.region, id);
    if (table !== undefined) table.Routes = (table.Routes ?? []).filter((r) => r.GatewayId === 'local');
    for (const route of blocksOf(given.inputs.routes)) await putRoute('Create', id, route, deployment);
    return { id, outputs: { arn: arnOf(given, `route-table/${id}`), vpcId: table?.VpcId ?? '' } };
  },
  update: changeRoutes,
  // It goes with its VPC.
  remove: stays,
};

const route: Deployer = {
  type: 'aws:ec2/route:Route',
  async create(given, deployment) {
    const table = need(given, 'routeTableId');
    await putRoute('Create', table, given.inputs, deployment);
    const { destinationIpv6CidrBlock, destinationPrefixListId, destinationCidrBlock } = given.inputs;
    const to = textOf(destinationIpv6CidrBlock) ?? textOf(destinationPrefixListId) ?? textOf(destinationCidrBlock) ?? '';
    return { id: given.id ?? `r-${table}${crc32(to)}`, outputs: {} };
  },
  update: changedBy((given, _before, deployment) => putRoute('Replace', need(given, 'routeTableId'), given.inputs, deployment)),
  remove: removedBy('ec2', 'DeleteRoute', (given) => ({
    RouteTableId: need(given, 'routeTableId'),
    ...destinationOf(given.inputs),
  })),
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
  update: changedBy((given, _before, deployment) =>
    call(deployment, 'ReplaceRouteTableAssociation', {
      AssociationId: given.id,
      RouteTableId: need(given, 'routeTableId'),
    }),
  ),
  remove: removedBy('ec2', 'DisassociateRouteTable', ({ id }) => ({ AssociationId: id })),
};

const mainRouteTableAssociation: Deployer = {
  type: 'aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation',
  async create(given, deployment) {
    const vpc = need(given, 'vpcId');
    const tables = deployment.world.list(ROUTE_TABLES, given.account, given.region);
    const was = tables.find((t) => t.VpcId === vpc && t.Associations?.some((a) => a.Main === true));
    await makeMain(given, need(given, 'routeTableId'), deployment);
    return { id: given.id ?? mainOf(given), outputs: { originalRouteTableId: was?.RouteTableId ?? '' } };
  },
  update: changedBy((given, _before, deployment) => makeMain(given, need(given, 'routeTableId'), deployment)),
  /** The table that the VPC came with is its main one again. */
  async remove(given, deployment) {
    await unlessGone(makeMain(given, textOf(given.outputs.originalRouteTableId) ?? '', deployment));
  },
};

const mainOf = (given: Given): string => `main-${need(given, 'vpcId')}`;

const makeMain = (given: Given, table: string, deployment: Deployment): Promise<unknown> =>
  call(deployment, 'ReplaceRouteTableAssociation', { AssociationId: mainOf(given), RouteTableId: table });

export const routeDeployers: readonly Deployer[] = [
  routeTable,
  defaultRouteTable,
  route,
  routeTableAssociation,
  mainRouteTableAssociation,
];
