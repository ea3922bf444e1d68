/** Rows of the families that change what computes, and what leads to it. */
import { secondInstance, severalInstances, severalZones } from '../../../src/verdicts/remedies/families/compute-zones.ts';
import { regionalGateway } from '../../../src/verdicts/remedies/families/egress.ts';
import { standbyCapacity } from '../../../src/verdicts/remedies/families/standby-capacity.ts';
import {
  branchSignal,
  failoverPair,
  quickCheck,
  shortTtl,
  workingCheck,
} from '../../../src/verdicts/remedies/families/traffic.ts';
import { hole, type Spec } from '../../services/support-traffic.ts';
import { A, AT_ONCE, az, B, having, type Inputs, id, type Row, type Rows, region, spec, subnet, WEST } from './rows-support.ts';

const GROUP = spec('aws:autoscaling/group:Group', 'web', { minSize: 4, maxSize: 8, vpcZoneIdentifiers: [id(A)] });
/** Half of the capacity must be left, at once. */
const half = (estate: readonly Spec[], effect: Row['effect']): Row => ({
  estate,
  metrics: '{ RTO: { instance: 1m }, MBCO: { instance: 50% } }',
  of: 'RTO instance',
  effect,
});
/** A load balancer before a group of instances, in the place of these subnets. */
function site(name: string, where: readonly [Spec, Spec], minSize: Inputs[string]) {
  const [{ region }] = where;
  const subnets = where.map((s) => id(s));
  const balancer = spec('aws:lb/loadBalancer:LoadBalancer', `front-${name}`, { subnets }, region);
  const targets = spec(
    'aws:lb/targetGroup:TargetGroup',
    `front-${name}`,
    { targetType: 'instance', port: 443, protocol: 'HTTPS' },
    region,
  );
  const listener = spec(
    'aws:lb/listener:Listener',
    `front-${name}`,
    {
      loadBalancerArn: id(balancer, 'arn'),
      port: 443,
      protocol: 'HTTPS',
      defaultActions: [{ type: 'forward', targetGroupArn: id(targets, 'arn') }],
    },
    region,
  );
  const group = spec(
    'aws:autoscaling/group:Group',
    `web-${name}`,
    { minSize, maxSize: 8, vpcZoneIdentifiers: subnets, targetGroupArns: [id(targets, 'arn')], healthCheckType: 'ELB' },
    region,
  );
  return { balancer, targets, group, all: [...where, balancer, targets, listener, group] };
}

const C = subnet('west-a', 'us-west-2a', WEST);
const D = subnet('west-b', 'us-west-2b', WEST);
const EAST_SITE = site('east', [A, B], 4);
const WEST_SITE = site('west', [C, D], 4);
const { balancer: BALANCER, targets: TARGETS } = EAST_SITE;
const { balancer: BALANCER_WEST } = WEST_SITE;
const ZONE = spec('aws:route53/zone:Zone', 'shop', { name: 'shop.example' });
const leading = (to: Spec, evaluateTargetHealth: Inputs[string] = true): Inputs => ({
  zoneId: id(ZONE, 'zoneId'),
  name: 'www',
  type: 'A',
  aliases: [{ name: id(to, 'dnsName'), zoneId: id(to, 'zoneId'), evaluateTargetHealth }],
});
const record = (name: string, inputs: Inputs): Spec => spec('aws:route53/record:Record', name, inputs);
const branch = (name: 'primary' | 'secondary', inputs: Inputs): Spec =>
  record(name, { ...inputs, setIdentifier: name, failoverRoutingPolicies: [{ type: name.toUpperCase() }] });
const FRONTS = [ZONE, ...EAST_SITE.all, ...WEST_SITE.all];
const behind = (...records: readonly Spec[]): readonly Spec[] => [...records, ...FRONTS];
const CHECK = spec('aws:route53/healthCheck:HealthCheck', 'front', {
  type: 'HTTPS',
  fqdn: id(BALANCER, 'dnsName'),
  port: 443,
  resourcePath: '/',
  requestInterval: 30,
  failureThreshold: 3,
});
const pointing = (to: Spec, ttl: Inputs[string]): Inputs => ({
  zoneId: id(ZONE, 'zoneId'),
  name: 'www',
  type: 'CNAME',
  ttl,
  records: [id(to, 'dnsName')],
});
const checked = (ttl: Inputs[string], check: Spec = CHECK): readonly Spec[] =>
  behind(
    branch('primary', { ...pointing(BALANCER, ttl), healthCheckId: id(check) }),
    branch('secondary', pointing(BALANCER_WEST, ttl)),
    check,
  );
const doors = (estate: readonly Spec[], effect: Row['effect'], rto: string): Row => ({
  ...region(estate, effect, `{ RTO: { region: ${rto} } }`),
  entry: '**Record::*',
});

const MACHINE = spec('aws:ec2/instance:Instance', 'web', { instanceType: 'm6g.large', subnetId: id(A) });
const ATTACHED = spec('aws:lb/targetGroupAttachment:TargetGroupAttachment', 'web', {
  targetGroupArn: id(TARGETS, 'arn'),
  targetId: id(MACHINE),
});
const alone = (machine: Spec, ...more: readonly Spec[]): readonly Spec[] => [
  machine,
  ...more,
  ...EAST_SITE.all.filter((s) => s !== EAST_SITE.group),
];
const HALF_AZ = '{ RTO: { az: 1h }, MBCO: { az: 50% } }';

const PUBLIC = subnet('public-a', 'us-east-1a');
const GATEWAY = spec('aws:ec2/natGateway:NatGateway', 'nat', { subnetId: id(PUBLIC), allocationId: 'eipalloc-1' });
const ROUTES = spec('aws:ec2/routeTable:RouteTable', 'private', {
  vpcId: 'vpc-us-east-1',
  routes: [{ cidrBlock: '0.0.0.0/0', natGatewayId: id(GATEWAY) }],
});
const routed = (to: Spec): Spec =>
  spec('aws:ec2/routeTableAssociation:RouteTableAssociation', to.name, { subnetId: id(to), routeTableId: id(ROUTES) });
const goingOut = (gateway: Spec): readonly Spec[] => [
  gateway,
  having(GROUP, { vpcZoneIdentifiers: [id(A), id(B)] }),
  A,
  B,
  PUBLIC,
  ROUTES,
  routed(A),
  routed(B),
];

/** A pair of doors, with so many behind the one in the west. */
const standing = (minSize: Inputs[string], effect: Row['effect']): Row => ({
  estate: [
    having(WEST_SITE.group, { minSize }),
    ...behind(branch('primary', leading(BALANCER)), branch('secondary', leading(BALANCER_WEST))).filter(
      (s) => s !== WEST_SITE.group,
    ),
  ],
  metrics: '{ RTO: { region: 1h }, MBCO: { region: 60% } }',
  of: 'MBCO region',
  effect,
  entry: '**Record::*',
});

export const DOORS: Readonly<Record<string, Rows>> = {
  severalZones: {
    family: severalZones,
    offered: az([GROUP, A, B], 'keeps'),
    not: az([having(GROUP, { vpcZoneIdentifiers: [id(A), id(B)] }), A, B], 'none', AT_ONCE),
    unknown: az([having(GROUP, { vpcZoneIdentifiers: hole }), A, B], 'none'),
  },
  severalInstances: {
    family: severalInstances,
    offered: half([having(GROUP, { minSize: 1 }), A], 'keeps'),
    not: { ...half([GROUP, A], 'none'), metrics: '{ RTO: { instance: 1s } }' },
    unknown: half([having(GROUP, { minSize: hole }), A], 'none'),
  },
  secondInstance: {
    family: secondInstance,
    offered: az(alone(MACHINE, ATTACHED), 'keeps', HALF_AZ),
    not: az(alone(MACHINE), 'none'),
    unknown: az(alone(having(MACHINE, { subnetId: hole }), ATTACHED), 'none'),
  },
  regionalGateway: {
    family: regionalGateway,
    offered: az(goingOut(GATEWAY), 'keeps'),
    not: az(goingOut(having(GATEWAY, { connectivityType: 'private' })), 'none'),
    unknown: az(goingOut(having(GATEWAY, { subnetId: hole })), 'none'),
  },
  standbyCapacity: {
    family: standbyCapacity,
    offered: standing(1, 'keeps'),
    not: {
      ...standing(1, 'none'),
      estate: [EAST_SITE.group, record('www', leading(BALANCER)), ZONE, ...EAST_SITE.all.filter((s) => s !== EAST_SITE.group)],
    },
    unknown: standing(hole, 'none'),
  },
  branchSignal: {
    family: branchSignal,
    offered: doors(
      behind(branch('primary', leading(BALANCER, false)), branch('secondary', leading(BALANCER_WEST))),
      'keeps',
      '1h',
    ),
    not: doors(behind(branch('primary', leading(BALANCER)), branch('secondary', leading(BALANCER_WEST))), 'none', '1s'),
    unknown: doors(
      behind(branch('primary', leading(BALANCER, hole)), branch('secondary', leading(BALANCER_WEST))),
      'keeps',
      '1h',
    ),
  },
  workingCheck: {
    family: workingCheck,
    offered: doors(checked(60, having(CHECK, { disabled: true })), 'keeps', '1h'),
    not: doors(checked(60), 'none', '1s'),
    unknown: doors(checked(60, having(CHECK, { disabled: hole })), 'none', '1h'),
  },
  shortTtl: {
    family: shortTtl,
    offered: doors(checked(3600), 'keeps', '20m'),
    not: doors(checked(60), 'none', '1s'),
    unknown: doors(checked(hole), 'none', '20m'),
  },
  quickCheck: {
    family: quickCheck,
    offered: doors(checked(60, having(CHECK, { failureThreshold: 10 })), 'keeps', '8m'),
    not: doors(checked(60, having(CHECK, { requestInterval: 10, failureThreshold: 2 })), 'none', '1s'),
    unknown: doors(checked(60, having(CHECK, { requestInterval: hole })), 'none', '6m'),
  },
  failoverPair: {
    family: failoverPair,
    offered: doors(behind(record('www', leading(BALANCER))), 'keeps', '1h'),
    not: doors([record('www', leading(BALANCER)), ZONE, ...EAST_SITE.all], 'none', '1h'),
    unknown: doors(behind(record('www', { ...leading(BALANCER), aliases: hole })), 'none', '1h'),
  },
};
