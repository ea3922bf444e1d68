/** Auto Scaling groups with their templates and target groups, as Pulumi inputs. */
import fc from 'fast-check';
import { maybe, picks, someSubnets, subnets, zone } from './ec2.ts';
import { type Declaration, inputs, ref } from './law.ts';

const GROUP = 'aws:autoscaling/group:Group';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const CONFIGURATION = 'aws:ec2/launchConfiguration:LaunchConfiguration';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';

export const groups: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    in: picks,
    // In AWS's order: which of them is named first means nothing.
    byZone: maybe(fc.uniqueArray(zone, { minLength: 1, maxLength: 3 }).map((zones) => zones.toSorted())),
    sizes: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
    desired: fc.boolean(),
    healthCheckType: maybe(fc.constantFrom('EC2', 'ELB')),
    grace: maybe(fc.nat(600)),
    suspended: maybe(
      fc.uniqueArray(
        fc.constantFrom('Launch', 'Terminate', 'HealthCheck', 'ReplaceUnhealthy', 'AZRebalance', 'ScheduledActions'),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    ),
    strategy: maybe(fc.constantFrom('balanced-best-effort', 'balanced-only')),
    source: fc.constantFrom('template', 'named', 'configuration', 'mixed'),
    spot: maybe(fc.constantFrom(0, 50, 100)),
    attached: fc.constantFrom('inline', 'attachment', 'none'),
  })
  .map((g) => {
    const [a, b, c] = g.sizes;
    const [minSize, desiredCapacity, maxSize] = [a, a + b, a + b + c];
    const all: Declaration[] = [
      ...g.base,
      {
        type: TEMPLATE,
        name: 'template',
        inputs: { name: 'workers', imageId: 'ami-0123456789abcdef0', instanceType: 't3.small' },
      },
      { type: CONFIGURATION, name: 'configuration', inputs: { imageId: 'ami-0123456789abcdef0', instanceType: 't3.small' } },
      {
        type: TARGETS,
        name: 'targets',
        inputs: { port: 80, protocol: 'HTTP', vpcId: ref('aws:ec2/vpc:Vpc', 'vpc'), healthCheck: { timeout: 5 } },
      },
    ];
    const launchTemplateId = ref(TEMPLATE, 'template');
    all.push({
      type: GROUP,
      name: 'group',
      inputs: inputs({
        minSize,
        maxSize,
        desiredCapacity: g.desired ? desiredCapacity : undefined,
        vpcZoneIdentifiers: g.byZone === undefined ? someSubnets(g.base, g.in) : undefined,
        availabilityZones: g.byZone,
        healthCheckType: g.healthCheckType,
        healthCheckGracePeriod: g.grace,
        suspendedProcesses: g.suspended,
        availabilityZoneDistribution: g.strategy === undefined ? undefined : { capacityDistributionStrategy: g.strategy },
        launchTemplate:
          g.source === 'template'
            ? { id: launchTemplateId, version: '$Latest' }
            : g.source === 'named'
              ? { name: ref(TEMPLATE, 'template', 'name') }
              : undefined,
        launchConfiguration: g.source === 'configuration' ? ref(CONFIGURATION, 'configuration', 'name') : undefined,
        mixedInstancesPolicy:
          g.source === 'mixed'
            ? inputs({
                launchTemplate: { launchTemplateSpecification: { launchTemplateId } },
                instancesDistribution: g.spot === undefined ? undefined : { onDemandPercentageAboveBaseCapacity: g.spot },
              })
            : undefined,
        targetGroupArns: g.attached === 'inline' ? [ref(TARGETS, 'targets', 'arn')] : undefined,
      }),
    });
    if (g.attached === 'attachment')
      all.push({
        type: 'aws:autoscaling/attachment:Attachment',
        name: 'attachment',
        inputs: { autoscalingGroupName: ref(GROUP, 'group', 'name'), lbTargetGroupArn: ref(TARGETS, 'targets', 'arn') },
      });
    return all;
  });
