/** Networks, instances and volumes as Pulumi inputs. */
import fc from 'fast-check';
import type { Value } from '../../src/model/value.ts';
import { type Declaration, type Exception, inputs, ref } from './law.ts';

export const VPC = 'aws:ec2/vpc:Vpc';
export const SUBNET = 'aws:ec2/subnet:Subnet';
const TABLE = 'aws:ec2/routeTable:RouteTable';
const NAT = 'aws:ec2/natGateway:NatGateway';
const INSTANCE = 'aws:ec2/instance:Instance';

export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
export const zone = fc.constantFrom('us-east-1a', 'us-east-1b', 'us-east-1c');

export const vpc: Declaration = { type: VPC, name: 'vpc', inputs: { cidrBlock: '10.0.0.0/16' } };

/** A VPC with one to four subnets; a subnet may leave its AZ to AWS. */
export function subnets(zones: fc.Arbitrary<string | undefined> = zone): fc.Arbitrary<readonly Declaration[]> {
  return fc.array(zones, { minLength: 1, maxLength: 4 }).map((list) => [
    vpc,
    ...list.map((availabilityZone, i) => ({
      type: SUBNET,
      name: `subnet-${i}`,
      inputs: inputs({ vpcId: ref(VPC, 'vpc'), cidrBlock: `10.0.${i}.0/24`, availabilityZone }),
    })),
  ]);
}

/** References to some of the subnets among the declarations, one at least. */
export function someSubnets(all: readonly Declaration[], picks: readonly number[]): readonly Value[] {
  const names = all.filter((d) => d.type === SUBNET).map((d) => d.name);
  const chosen = [...new Set(picks.map((p) => names[p % names.length] ?? ''))];
  return chosen.map((name) => ref(SUBNET, name));
}

export const picks = fc.array(fc.nat(7), { minLength: 1, maxLength: 4 });

export const networks: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    natIn: fc.nat(3),
    mode: maybe(fc.constantFrom('zonal', 'regional')),
    served: picks,
    inline: fc.boolean(),
    main: fc.boolean(),
    endpoint: maybe(fc.constantFrom('Gateway', 'Interface')),
    endpointIn: picks,
    apart: fc.boolean(),
    eip: fc.boolean(),
  })
  .map(({ base, natIn, mode, served, inline, main, endpoint, endpointIn, apart, eip }) => {
    const all: Declaration[] = [...base];
    const vpcId = ref(VPC, 'vpc');
    const [home] = someSubnets(base, [natIn]);
    all.push({ type: 'aws:ec2/internetGateway:InternetGateway', name: 'igw', inputs: { vpcId } });
    if (eip) all.push({ type: 'aws:ec2/eip:Eip', name: 'eip', inputs: { domain: 'vpc' } });
    all.push({
      type: NAT,
      name: 'nat',
      inputs: inputs({
        subnetId: mode === 'regional' ? undefined : home,
        vpcId: mode === 'regional' ? vpcId : undefined,
        availabilityMode: mode,
        allocationId: eip ? ref('aws:ec2/eip:Eip', 'eip') : undefined,
      }),
    });
    const route = { cidrBlock: '0.0.0.0/0', natGatewayId: ref(NAT, 'nat') };
    all.push({ type: TABLE, name: 'table', inputs: inputs({ vpcId, routes: inline ? [route] : undefined }) });
    if (!inline)
      all.push({
        type: 'aws:ec2/route:Route',
        name: 'route',
        inputs: { routeTableId: ref(TABLE, 'table'), destinationCidrBlock: '0.0.0.0/0', natGatewayId: ref(NAT, 'nat') },
      });
    if (main)
      all.push({
        type: 'aws:ec2/defaultRouteTable:DefaultRouteTable',
        name: 'main',
        inputs: {
          defaultRouteTableId: ref(VPC, 'vpc', 'defaultRouteTableId'),
          routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: ref('aws:ec2/internetGateway:InternetGateway', 'igw') }],
        },
      });
    for (const [i, subnetId] of someSubnets(base, served).entries())
      all.push({
        type: 'aws:ec2/routeTableAssociation:RouteTableAssociation',
        name: `association-${i}`,
        inputs: { routeTableId: ref(TABLE, 'table'), subnetId },
      });
    const subnetIds = someSubnets(base, endpointIn);
    all.push({
      type: 'aws:ec2/vpcEndpoint:VpcEndpoint',
      name: 'endpoint',
      inputs: inputs({
        vpcId,
        serviceName: endpoint === 'Interface' ? 'com.amazonaws.us-east-1.sqs' : 'com.amazonaws.us-east-1.s3',
        vpcEndpointType: endpoint,
        subnetIds: endpoint === 'Interface' && !apart ? subnetIds : undefined,
      }),
    });
    if (endpoint === 'Interface' && apart)
      for (const [i, subnetId] of subnetIds.entries())
        all.push({
          type: 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation',
          name: `endpoint-subnet-${i}`,
          inputs: { vpcEndpointId: ref('aws:ec2/vpcEndpoint:VpcEndpoint', 'endpoint'), subnetId },
        });
    return all;
  });

export const machines: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    subnet: maybe(fc.nat(3)),
    zone: maybe(zone),
    recovery: maybe(fc.constantFrom('default', 'disabled')),
    devices: maybe(fc.constant([{ deviceName: '/dev/sdf', volumeSize: 10 }])),
    volume: zone,
    attached: fc.boolean(),
    encrypted: maybe(fc.boolean()),
    market: maybe(fc.constant('spot')),
    image: fc.boolean(),
  })
  .map((m) => {
    const all: Declaration[] = [...m.base];
    const ami = m.image ? ref('aws:ec2/amiCopy:AmiCopy', 'image') : 'ami-0123456789abcdef0';
    if (m.image)
      all.push({
        type: 'aws:ec2/amiCopy:AmiCopy',
        name: 'image',
        inputs: { sourceAmiId: 'ami-0fedcba9876543210', sourceAmiRegion: 'eu-west-1' },
      });
    all.push({
      type: INSTANCE,
      name: 'instance',
      inputs: inputs({
        ami,
        instanceType: 'm7g.large',
        subnetId: m.subnet === undefined ? undefined : someSubnets(m.base, [m.subnet])[0],
        availabilityZone: m.subnet === undefined ? m.zone : undefined,
        maintenanceOptions: m.recovery === undefined ? undefined : { autoRecovery: m.recovery },
        ebsBlockDevices: m.devices,
      }),
    });
    all.push({
      type: 'aws:ebs/volume:Volume',
      name: 'volume',
      inputs: inputs({ availabilityZone: m.volume, size: 20, encrypted: m.encrypted }),
    });
    if (m.attached)
      all.push({
        type: 'aws:ec2/volumeAttachment:VolumeAttachment',
        name: 'attachment',
        inputs: {
          volumeId: ref('aws:ebs/volume:Volume', 'volume'),
          instanceId: ref(INSTANCE, 'instance'),
          deviceName: '/dev/sdg',
        },
      });
    all.push({
      type: 'aws:ec2/launchTemplate:LaunchTemplate',
      name: 'template',
      inputs: inputs({
        imageId: ami,
        instanceType: 'm7g.large',
        instanceMarketOptions: m.market === undefined ? undefined : { marketType: m.market },
      }),
    });
    return all;
  });

export const exceptions: readonly Exception[] = [];
