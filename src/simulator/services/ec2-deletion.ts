/** How the parts of a network go: nothing goes while something in it still stands (EC2's DependencyViolation). */
import type * as EC2 from '@aws-sdk/client-ec2';
import { type CallContext, ServiceFault } from '../service.ts';
import type { Shelf } from '../world/world.ts';
import { ENDPOINTS, NAT_GATEWAYS } from './ec2-gateways.ts';
import { INSTANCES } from './ec2-instances.ts';
import * as network from './ec2-network.ts';
import { found, type Op } from './ec2-shared.ts';

const GONE: ReadonlySet<string | undefined> = new Set(['terminated', 'deleted']);

function mustBeFree(what: string, id: string, isUsed: boolean): void {
  if (isUsed) throw new ServiceFault('DependencyViolation', `The ${what} '${id}' has dependencies and cannot be deleted.`);
}

/** What every VPC comes with goes with it; everything else must be gone. */
const deleteVpc: Op<EC2.DeleteVpcCommandInput, EC2.DeleteVpcCommandOutput> = (input, context) => {
  const id = input.VpcId ?? '';
  found(context.get(network.VPCS, id), id, 'InvalidVpcID.NotFound');
  const inside = <T extends { readonly VpcId?: string | undefined }>(on: Shelf<T>): readonly T[] =>
    context.list(on).filter((item) => item.VpcId === id);
  const tables = inside(network.ROUTE_TABLES);
  const acls = inside(network.NETWORK_ACLS);
  const groups = inside(network.SECURITY_GROUPS);
  mustBeFree(
    'vpc',
    id,
    [network.SUBNETS, ENDPOINTS].some((on) => inside<{ readonly VpcId?: string | undefined }>(on).length > 0) ||
      tables.some((t) => !isMain(t)) ||
      acls.some((a) => a.IsDefault !== true) ||
      groups.some((g) => g.GroupName !== 'default') ||
      [network.INTERNET_GATEWAYS, network.EGRESS_ONLY_GATEWAYS].some((on) =>
        context.list<EC2.InternetGateway>(on).some((g) => g.Attachments?.some((a) => a.VpcId === id)),
      ),
  );
  for (const { RouteTableId } of tables) context.remove(network.ROUTE_TABLES, RouteTableId ?? '');
  for (const { NetworkAclId } of acls) context.remove(network.NETWORK_ACLS, NetworkAclId ?? '');
  for (const { GroupId } of groups) context.remove(network.SECURITY_GROUPS, GroupId ?? '');
  context.remove(network.VPCS, id);
  return {};
};

const isMain = (table: EC2.RouteTable): boolean => table.Associations?.some((a) => a.Main === true) === true;

const deleteSubnet: Op<EC2.DeleteSubnetCommandInput, EC2.DeleteSubnetCommandOutput> = (input, context) => {
  const id = network.subnetOf(context, input.SubnetId).SubnetId ?? '';
  mustBeFree(
    'subnet',
    id,
    context.list(INSTANCES).some((i) => i.SubnetId === id && !GONE.has(i.State?.Name)) ||
      context.list(NAT_GATEWAYS).some((g) => g.SubnetId === id && !GONE.has(g.State)) ||
      context.list(ENDPOINTS).some((e) => e.SubnetIds?.includes(id)),
  );
  for (const table of context.list(network.ROUTE_TABLES))
    table.Associations = (table.Associations ?? []).filter((a) => a.SubnetId !== id);
  context.remove(network.SUBNETS, id);
  return {};
};

const deleteRouteTable: Op<EC2.DeleteRouteTableCommandInput, EC2.DeleteRouteTableCommandOutput> = (input, context) => {
  const id = input.RouteTableId ?? '';
  const table = found(context.get(network.ROUTE_TABLES, id), id, 'InvalidRouteTableID.NotFound');
  mustBeFree('routeTable', id, (table.Associations ?? []).length > 0);
  context.remove(network.ROUTE_TABLES, id);
  return {};
};

const gatewayOf = (context: CallContext, id: string | undefined): EC2.InternetGateway =>
  found(context.get(network.INTERNET_GATEWAYS, id ?? ''), id, 'InvalidInternetGatewayID.NotFound');

export const deletionOperations = {
  DeleteVpc: deleteVpc,
  DeleteSubnet: deleteSubnet,
  DeleteRouteTable: deleteRouteTable,
  DetachInternetGateway: ((input, context) => {
    const gateway = gatewayOf(context, input.InternetGatewayId);
    if (!gateway.Attachments?.some((a) => a.VpcId === input.VpcId))
      throw new ServiceFault(
        'Gateway.NotAttached',
        `resource ${input.InternetGatewayId} is not attached to network ${input.VpcId}`,
      );
    gateway.Attachments = [];
    return {};
  }) satisfies Op<EC2.DetachInternetGatewayCommandInput, EC2.DetachInternetGatewayCommandOutput>,
  DeleteInternetGateway: ((input, context) => {
    const { Attachments = [], InternetGatewayId: id = '' } = gatewayOf(context, input.InternetGatewayId);
    mustBeFree('internetGateway', id, Attachments.length > 0);
    context.remove(network.INTERNET_GATEWAYS, id);
    return {};
  }) satisfies Op<EC2.DeleteInternetGatewayCommandInput, EC2.DeleteInternetGatewayCommandOutput>,
  DeleteEgressOnlyInternetGateway: ((input, context) => {
    const id = input.EgressOnlyInternetGatewayId ?? '';
    found(context.get(network.EGRESS_ONLY_GATEWAYS, id), id, 'InvalidGatewayID.NotFound');
    context.remove(network.EGRESS_ONLY_GATEWAYS, id);
    return { ReturnCode: true };
  }) satisfies Op<EC2.DeleteEgressOnlyInternetGatewayCommandInput, EC2.DeleteEgressOnlyInternetGatewayCommandOutput>,
  DeleteVpcPeeringConnection: ((input, context) => {
    const id = input.VpcPeeringConnectionId ?? '';
    found(context.get(network.PEERINGS, id), id, 'InvalidVpcPeeringConnectionID.NotFound');
    context.remove(network.PEERINGS, id);
    return { Return: true };
  }) satisfies Op<EC2.DeleteVpcPeeringConnectionCommandInput, EC2.DeleteVpcPeeringConnectionCommandOutput>,
  DeleteNetworkAcl: ((input, context) => {
    const id = input.NetworkAclId ?? '';
    const acl = found(context.get(network.NETWORK_ACLS, id), id, 'InvalidNetworkAclID.NotFound');
    if (acl.IsDefault === true) throw new ServiceFault('InvalidParameterValue', `cannot delete default network ACL ${id}`);
    context.remove(network.NETWORK_ACLS, id);
    return {};
  }) satisfies Op<EC2.DeleteNetworkAclCommandInput, EC2.DeleteNetworkAclCommandOutput>,
  DeleteDhcpOptions: ((input, context) => {
    const id = input.DhcpOptionsId ?? '';
    found(context.get(network.DHCP_OPTIONS, id), id, 'InvalidDhcpOptionID.NotFound');
    context.remove(network.DHCP_OPTIONS, id);
    return {};
  }) satisfies Op<EC2.DeleteDhcpOptionsCommandInput, EC2.DeleteDhcpOptionsCommandOutput>,
  DeleteSecurityGroup: ((input, context) => {
    const id = input.GroupId ?? '';
    const group = found(context.get(network.SECURITY_GROUPS, id), id, 'InvalidGroup.NotFound');
    if (group.GroupName === 'default')
      throw new ServiceFault('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
    context.remove(network.SECURITY_GROUPS, id);
    return { Return: true };
  }) satisfies Op<EC2.DeleteSecurityGroupCommandInput, Omit<EC2.DeleteSecurityGroupCommandOutput, '$metadata'>>,
};
