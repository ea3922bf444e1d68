/** The network of a generated estate, in one Region. */
import { arn, hex, type Made, made, type Network } from './estate-parts.ts';

/** The ids of a network, whether or not all its resources are in the estate yet. */
export function networkOf(name: string, region: string): Network {
  const id = (kind: string, part: string) => `${kind}-${hex(`${name}-${region}-${part}`)}`;
  const zones = ['a', 'b', 'c'];
  return {
    region,
    vpc: id('vpc', 'vpc'),
    publicSubnets: zones.map((z) => id('subnet', `public-${z}`)),
    privateSubnets: zones.map((z) => id('subnet', `private-${z}`)),
    securityGroup: id('sg', 'app'),
  };
}

/** VPC, subnets over three AZs, and what lets them talk. What others refer to comes first. */
export function* network(name: string, region: string): Generator<Made> {
  const net = networkOf(name, region);
  const tags = { Name: name };
  const named = (part: string) => `${name}-${part}-${region}`;
  const vpcArn = { arn: arn('ec2', region, `vpc/${net.vpc}`) };
  yield made(
    'aws:ec2/vpc:Vpc',
    named('vpc'),
    region,
    net.vpc,
    { cidrBlock: '10.0.0.0/16', enableDnsHostnames: true, tags },
    vpcArn,
  );
  for (const [kind, ids] of [
    ['private', net.privateSubnets],
    ['public', net.publicSubnets],
  ] as const) {
    for (const [i, id] of ids.entries()) {
      const inputs = {
        vpcId: net.vpc,
        cidrBlock: `10.0.${(kind === 'public' ? 0 : 16) + i}.0/24`,
        availabilityZone: `${region}${'abc'[i]}`,
        mapPublicIpOnLaunch: kind === 'public',
        tags,
      };
      yield made('aws:ec2/subnet:Subnet', named(`${kind}-${i}`), region, id, inputs, { arn: arn('ec2', region, `subnet/${id}`) });
    }
  }
  const group = { vpcId: net.vpc, description: 'application', tags };
  yield made('aws:ec2/securityGroup:SecurityGroup', named('app'), region, net.securityGroup, group, {
    arn: arn('ec2', region, `security-group/${net.securityGroup}`),
  });
  const gateway = `igw-${hex(named('igw'))}`;
  yield made('aws:ec2/internetGateway:InternetGateway', named('igw'), region, gateway, { vpcId: net.vpc, tags });
  for (const [i, subnetId] of net.publicSubnets.entries()) {
    const table = `rtb-${hex(named(`rtb-${i}`))}`;
    yield made('aws:ec2/routeTable:RouteTable', named(`public-${i}`), region, table, { vpcId: net.vpc, tags });
    const route = { routeTableId: table, destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway };
    yield made('aws:ec2/route:Route', named(`out-${i}`), region, `r-${table}1080289494`, route);
    const association = { routeTableId: table, subnetId };
    yield made(
      'aws:ec2/routeTableAssociation:RouteTableAssociation',
      named(`public-${i}`),
      region,
      `rtbassoc-${hex(subnetId)}`,
      association,
    );
    const address = `eipalloc-${hex(named(`eip-${i}`))}`;
    yield made('aws:ec2/eip:Eip', named(`nat-${i}`), region, address, { domain: 'vpc', tags });
    const nat = `nat-${hex(named(`nat-${i}`))}`;
    yield made('aws:ec2/natGateway:NatGateway', named(`nat-${i}`), region, nat, { allocationId: address, subnetId, tags });
  }
}
