import * as ec2 from '@pulumi/aws/ec2/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { layOutSubnets } from '../plan/subnets.ts';
import type { Site } from './site.ts';

export interface NetworkArgs {
  /** Region to build in; one public and one private subnet are made in each of its zones. */
  readonly site: Site;
  /** The VPC's /16, different in each Region. */
  readonly cidr: string;
}

/**
 * A VPC whose zones do not depend on one another: each private subnet leaves through the NAT gateway of its own zone, so that
 * the loss of one zone cuts off nobody else.
 */
export class Network extends ComponentResource {
  readonly vpcId: Output<string>;
  readonly cidr: string;
  readonly publicSubnetIds: Input<string>[];
  readonly privateSubnetIds: Input<string>[];

  constructor(name: string, args: NetworkArgs, opts?: ComponentResourceOptions) {
    super('shop:network:Network', name, {}, opts);
    const child = { parent: this, provider: args.site.provider };
    const tags = (part: string) => ({ Name: `${name}-${part}` });

    const vpc = new ec2.Vpc(name, { cidrBlock: args.cidr, enableDnsHostnames: true, tags: tags('vpc') }, child);
    const gateway = new ec2.InternetGateway(name, { vpcId: vpc.id, tags: tags('igw') }, child);
    const publicRoutes = new ec2.RouteTable(
      `${name}-public`,
      { vpcId: vpc.id, routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: gateway.id }], tags: tags('public') },
      child,
    );

    this.vpcId = vpc.id;
    this.cidr = args.cidr;
    this.publicSubnetIds = [];
    this.privateSubnetIds = [];
    for (const plan of layOutSubnets(args.cidr, args.site.zones)) {
      const here = `${name}-${plan.zone.slice(-1)}`;
      const publicSubnet = new ec2.Subnet(
        `${here}-public`,
        { vpcId: vpc.id, cidrBlock: plan.publicCidr, availabilityZone: plan.zone, tags: { Name: `${here}-public` } },
        child,
      );
      const privateSubnet = new ec2.Subnet(
        `${here}-private`,
        { vpcId: vpc.id, cidrBlock: plan.privateCidr, availabilityZone: plan.zone, tags: { Name: `${here}-private` } },
        child,
      );
      const address = new ec2.Eip(here, { domain: 'vpc', tags: { Name: here } }, child);
      const nat = new ec2.NatGateway(
        here,
        { subnetId: publicSubnet.id, allocationId: address.allocationId, tags: { Name: here } },
        { ...child, dependsOn: [gateway] },
      );
      const privateRoutes = new ec2.RouteTable(
        `${here}-private`,
        { vpcId: vpc.id, routes: [{ cidrBlock: '0.0.0.0/0', natGatewayId: nat.id }], tags: { Name: `${here}-private` } },
        child,
      );
      new ec2.RouteTableAssociation(`${here}-public`, { subnetId: publicSubnet.id, routeTableId: publicRoutes.id }, child);
      new ec2.RouteTableAssociation(`${here}-private`, { subnetId: privateSubnet.id, routeTableId: privateRoutes.id }, child);
      this.publicSubnetIds.push(publicSubnet.id);
      this.privateSubnetIds.push(privateSubnet.id);
    }
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }
}
