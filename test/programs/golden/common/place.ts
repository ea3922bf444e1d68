import * as ec2 from '@pulumi/aws/ec2/index.js';
import { Provider } from '@pulumi/aws/provider.js';
import type { Output } from '@pulumi/pulumi';

/** A Region with a VPC and one subnet in each of three AZs. */
export interface Place {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly provider: Provider;
  readonly vpcId: Output<string>;
  readonly subnetIds: readonly Output<string>[];
}

function place(name: string, region: string, network: number): Place {
  const provider = new Provider(name, { region, allowedAccountIds: ['111122223333'] });
  const vpc = new ec2.Vpc(name, { cidrBlock: `10.${network}.0.0/16` }, { provider });
  const gateway = new ec2.InternetGateway(name, { vpcId: vpc.id }, { provider });
  const routes = new ec2.RouteTable(
    name,
    { vpcId: vpc.id, routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: gateway.id }] },
    { provider },
  );
  const zones = ['a', 'b', 'c'].map((letter) => region + letter);
  const subnetIds = zones.map((zone, i) => {
    const subnet = new ec2.Subnet(
      `${name}-${zone.slice(-1)}`,
      { vpcId: vpc.id, cidrBlock: `10.${network}.${i}.0/24`, availabilityZone: zone },
      { provider },
    );
    new ec2.RouteTableAssociation(`${name}-${zone.slice(-1)}`, { subnetId: subnet.id, routeTableId: routes.id }, { provider });
    return subnet.id;
  });
  return { name, region, zones, provider, vpcId: vpc.id, subnetIds };
}

export const STANDBY_REGION = 'eu-central-1';

export const primaryPlace = () => place('primary', 'eu-west-1', 1);
export const standbyPlace = () => place('standby', STANDBY_REGION, 2);
