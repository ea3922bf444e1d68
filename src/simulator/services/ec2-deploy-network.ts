import type * as EC2 from '@aws-sdk/client-ec2';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { onlyTags, removedBy, stays } from '../deploy/lifecycle.ts';
import { need, textOf, textsOf, without } from './compute-inputs.ts';
import { arnOf, call, tagged } from './ec2-deploy-call.ts';
import { gatewayDeployers } from './ec2-deploy-gateways.ts';
import { routeDeployers } from './ec2-deploy-routes.ts';
import { NETWORK_ACLS, ROUTE_TABLES, SECURITY_GROUPS, VPCS } from './ec2-network.ts';

const vpc: Deployer = {
  type: 'aws:ec2/vpc:Vpc',
  async create(given, deployment) {
    const { Vpc } = await call<EC2.CreateVpcCommandOutput>(deployment, 'CreateVpc', {
      ...rangeOf(given),
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteVpc', ({ id }) => ({ VpcId: id })),
};

/** Without a range in the code, or with one that the source cannot show, a pool gives one. */
function rangeOf({ inputs }: Given): { readonly CidrBlock: string } | { readonly Ipv4IpamPoolId: string } {
  const CidrBlock = textOf(inputs.cidrBlock);
  return CidrBlock === undefined ? { Ipv4IpamPoolId: textOf(inputs.ipv4IpamPoolId) ?? 'unknown' } : { CidrBlock };
}

const moreRange: Deployer = {
  type: 'aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation',
  async create(given, deployment) {
    const { CidrBlockAssociation: made } = await call<EC2.AssociateVpcCidrBlockCommandOutput>(
      deployment,
      'AssociateVpcCidrBlock',
      { VpcId: need(given, 'vpcId'), ...rangeOf(given) },
    );
    return { id: made?.AssociationId ?? '', outputs: { cidrBlock: made?.CidrBlock ?? '' } };
  },
  remove: removedBy('ec2', 'DisassociateVpcCidrBlock', ({ id }) => ({ AssociationId: id })),
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
  update: onlyTags,
  // The provider takes it over and leaves it behind.
  remove: stays,
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteSubnet', ({ id }) => ({ SubnetId: id })),
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteNetworkAcl', ({ id }) => ({ NetworkAclId: id })),
};

const defaultNetworkAcl: Deployer = {
  type: 'aws:ec2/defaultNetworkAcl:DefaultNetworkAcl',
  async create(given, deployment): Promise<Created> {
    const id = need(given, 'defaultNetworkAclId');
    const acl = deployment.world.get(NETWORK_ACLS, given.account, given.region, id);
    return { id, outputs: { arn: arnOf(given, `network-acl/${id}`), vpcId: acl?.VpcId ?? '' } };
  },
  update: onlyTags,
  remove: stays,
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteDhcpOptions', ({ id }) => ({ DhcpOptionsId: id })),
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteSecurityGroup', ({ id }) => ({ GroupId: id })),
};

export const networkDeployers: readonly Deployer[] = [
  vpc,
  moreRange,
  defaultVpc,
  subnet,
  ...routeDeployers,
  ...gatewayDeployers,
  networkAcl,
  defaultNetworkAcl,
  dhcpOptions,
  securityGroup,
];
