/** Load balancers with listeners, rules, target groups and targets, as Pulumi inputs. */
import fc from 'fast-check';
import { maybe, someSubnets, subnets } from './ec2.ts';
import { type Declaration, type Exception, inputs, ref } from './law.ts';

const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const GROUP = 'aws:lb/targetGroup:TargetGroup';
const LISTENER = 'aws:lb/listener:Listener';
const INSTANCE = 'aws:ec2/instance:Instance';

const check = fc.record({
  enabled: maybe(fc.constant(true)),
  interval: maybe(fc.integer({ min: 31, max: 60 })),
  timeout: maybe(fc.integer({ min: 2, max: 10 })),
  unhealthyThreshold: maybe(fc.integer({ min: 2, max: 10 })),
  protocol: maybe(fc.constantFrom('HTTP', 'HTTPS')),
});

const group = fc.record({
  targetType: maybe(fc.constantFrom('instance', 'ip', 'lambda')),
  healthCheck: maybe(check),
  cross: maybe(fc.constantFrom('true', 'false', 'use_load_balancer_configuration', 'useLoadBalancerConfiguration')),
  delay: maybe(fc.nat(3600)),
});

/** Subnets in AZs that all differ: a load balancer takes one of each. */
const distinct = fc.uniqueArray(fc.constantFrom('us-east-1a', 'us-east-1b', 'us-east-1c'), { minLength: 2, maxLength: 3 });

export const balancers: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zones: distinct,
    type: maybe(fc.constantFrom('application', 'network')),
    one: fc.boolean(),
    mapped: fc.boolean(),
    internal: maybe(fc.boolean()),
    crossZone: maybe(fc.boolean()),
    protection: maybe(fc.boolean()),
    groups: fc.array(group, { minLength: 1, maxLength: 2 }),
    forward: fc.boolean(),
    rule: fc.boolean(),
    listening: fc.boolean(),
    targets: fc.nat(2),
  })
  .chain((given) => subnets(fc.constant('us-east-1a')).map((one) => ({ ...given, vpc: one.slice(0, 1) })))
  .map((b) => {
    const all: Declaration[] = [...b.vpc];
    for (const [i, availabilityZone] of b.zones.entries())
      all.push({
        type: 'aws:ec2/subnet:Subnet',
        name: `subnet-${i}`,
        inputs: inputs({ vpcId: ref('aws:ec2/vpc:Vpc', 'vpc'), cidrBlock: `10.0.${i}.0/24`, availabilityZone }),
      });
    const network = b.type === 'network';
    const ids = someSubnets(all, network && b.one ? [0] : [0, 1, 2]);
    all.push({
      type: BALANCER,
      name: 'balancer',
      inputs: inputs({
        loadBalancerType: b.type,
        internal: b.internal,
        subnets: b.mapped ? undefined : ids,
        subnetMappings: b.mapped ? ids.map((subnetId) => ({ subnetId })) : undefined,
        enableCrossZoneLoadBalancing: b.crossZone,
        enableDeletionProtection: b.protection,
      }),
    });
    for (const [i, g] of b.groups.entries()) {
      const lambda = g.targetType === 'lambda' && !network;
      all.push({
        type: GROUP,
        name: `group-${i}`,
        inputs: inputs({
          targetType: g.targetType === 'lambda' && network ? undefined : g.targetType,
          protocol: lambda ? undefined : network ? 'TCP' : 'HTTP',
          port: lambda ? undefined : 80,
          vpcId: lambda ? undefined : ref('aws:ec2/vpc:Vpc', 'vpc'),
          healthCheck: g.healthCheck === undefined ? undefined : inputs(g.healthCheck),
          loadBalancingCrossZoneEnabled: g.cross,
          deregistrationDelay: g.delay,
        }),
      });
      if (g.targetType === undefined || g.targetType === 'instance')
        for (let n = 0; n < b.targets; n++) {
          const name = `instance-${i}-${n}`;
          all.push({
            type: INSTANCE,
            name,
            inputs: {
              ami: 'ami-0123456789abcdef0',
              instanceType: 't3.micro',
              subnetId: ref('aws:ec2/subnet:Subnet', 'subnet-0'),
            },
          });
          all.push({
            type: 'aws:lb/targetGroupAttachment:TargetGroupAttachment',
            name: `attachment-${i}-${n}`,
            inputs: { targetGroupArn: ref(GROUP, `group-${i}`, 'arn'), targetId: ref(INSTANCE, name) },
          });
        }
    }
    if (!b.listening) return all;
    const to = (i: number) => ref(GROUP, `group-${i % b.groups.length}`, 'arn');
    const many = b.forward && b.groups.length > 1;
    all.push({
      type: LISTENER,
      name: 'listener',
      inputs: {
        loadBalancerArn: ref(BALANCER, 'balancer', 'arn'),
        port: 80,
        protocol: network ? 'TCP' : 'HTTP',
        defaultActions: [
          many
            ? {
                type: 'forward',
                forward: {
                  targetGroups: [
                    { arn: to(0), weight: 1 },
                    { arn: to(1), weight: 0 },
                  ],
                },
              }
            : { type: 'forward', targetGroupArn: to(0) },
        ],
      },
    });
    if (b.rule && !network)
      all.push({
        type: 'aws:lb/listenerRule:ListenerRule',
        name: 'rule',
        inputs: {
          listenerArn: ref(LISTENER, 'listener', 'arn'),
          priority: 10,
          conditions: [{ pathPattern: { values: ['/api/*'] } }],
          actions: [{ type: 'forward', targetGroupArn: to(1) }],
        },
      });
    return all;
  });

const TIMEOUT =
  'code that leaves the time-out of a health check to AWS gets 5 to 10 s by protocol: the declared side takes the longest, AWS shows which';

export const exceptions: readonly Exception[] = [
  { type: GROUP, at: /^detection\.max$/, why: TIMEOUT },
  { type: BALANCER, at: /^(detection|protections\.0\.time)\.(parts\.\d+\.)*max$/, why: TIMEOUT },
];
