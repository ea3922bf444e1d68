/** What generated programs of the truth bench are made of: a seeded chance, resources as a program run leaves them, and two networks. */
import { known } from '../src/model/known.ts';
import type { Resource, SourceReading } from '../src/model/resource.ts';
import { Hole, type Value, type Values } from '../src/model/value.ts';
import { random } from '../src/simulator/world/random.ts';

export const ACCOUNT = '111122223333';

export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** True that often. */
  often(share: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function chance(seed: number): Chance {
  const { next } = random(Math.imul(seed + 1, 0x9e3779b9));
  return {
    next,
    often: (share) => next() < share,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}

/** A declared resource, to refer to. */
export interface Made {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** One of its properties, unknown until it is deployed. */
  readonly of: (property: string) => Hole;
}

export interface Program {
  /** `tags` decide which service owns it. */
  add(type: string, name: string, region: string, inputs: Values, tags?: Readonly<Record<string, string>>): Made;
  reading(): SourceReading;
}

export function program(): Program {
  const resources: Resource[] = [];
  return {
    add: (type, name, region, inputs, tags = {}) => {
      const urn = `urn:pulumi:prod::truth::${type}::${name}`;
      const untagged = /record:|clusterInstance|Policy|Attachment|Versioning|replicationConfig|mountTarget|listener:/i.test(type);
      resources.push({
        urn,
        type,
        sourceType: type,
        name,
        project: 'truth',
        stack: 'prod',
        custom: true,
        remote: false,
        id: undefined,
        inputs: untagged || Object.keys(tags).length === 0 ? inputs : { ...inputs, tags },
        outputs: {},
        parent: undefined,
        dependencies: [],
        propertyDependencies: {},
        provider: undefined,
        region: known(region),
        account: known(ACCOUNT),
        tags: known(tags),
        protect: true,
        retainOnDelete: false,
        ignoreChanges: [],
        position: undefined,
        pending: undefined,
      });
      return {
        urn,
        type,
        name,
        of: (property) =>
          new Hole('unresolved-at-preview', `${property} of ${name} is only known after deployment`, [{ urn, property }]),
      };
    },
    reading: () => ({
      source: 'generated',
      kind: 'program',
      project: 'truth',
      stack: 'prod',
      resources,
      stackOutputs: {},
      partial: false,
      notes: [],
    }),
  };
}

/** Text with properties of other resources in it. */
export function text(parts: readonly (string | Hole)[]): Value {
  const holes = parts.filter((p) => p instanceof Hole);
  if (holes.length === 0) return parts.map(String).join('');
  let n = 0;
  const template = parts.map((p) => (p instanceof Hole ? `\${${n++}}` : p)).join('');
  return new Hole(
    'unresolved-at-preview',
    'only known after deployment',
    holes.flatMap((h) => h.mentions),
    template,
  );
}

export interface Network {
  readonly region: string;
  readonly vpc: Made;
  /** One in each AZ, in order. */
  readonly subnets: readonly Made[];
  readonly zones: readonly string[];
  /** Under which stores may be encrypted. */
  readonly key: Made;
}

/** A VPC with a public subnet in each of three AZs. */
export function network(p: Program, name: string, region: string, octet: number): Network {
  const vpc = p.add('aws:ec2/vpc:Vpc', name, region, { cidrBlock: `10.${octet}.0.0/16`, enableDnsHostnames: true });
  const gateway = p.add('aws:ec2/internetGateway:InternetGateway', name, region, { vpcId: vpc.of('id') });
  const table = p.add('aws:ec2/routeTable:RouteTable', name, region, {
    vpcId: vpc.of('id'),
    routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: gateway.of('id') }],
  });
  const zones = ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
  const subnets = zones.map((availabilityZone, i) => {
    const made = p.add('aws:ec2/subnet:Subnet', `${name}-${i}`, region, {
      vpcId: vpc.of('id'),
      availabilityZone,
      cidrBlock: `10.${octet}.${i}.0/24`,
      mapPublicIpOnLaunch: true,
    });
    p.add('aws:ec2/routeTableAssociation:RouteTableAssociation', `${name}-${i}`, region, {
      subnetId: made.of('id'),
      routeTableId: table.of('id'),
    });
    return made;
  });
  const key = p.add('aws:kms/key:Key', name, region, { deletionWindowInDays: 30, enableKeyRotation: true });
  return { region, vpc, subnets, zones, key };
}

/** What a service of an estate is built in. */
export interface Site {
  readonly p: Program;
  readonly draw: Chance;
  /** Of the service: the stem of its names. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly primary: Network;
  readonly standby: Network;
}
