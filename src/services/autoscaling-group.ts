/** EC2 Auto Scaling group: how many instances run in how many AZs, and what replaces a lost one. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, fold, is, known, map, together, unknown } from '../model/known.ts';
import type { ControlCall, Spread } from '../model/protection.ts';
import { fastest, row, sum } from '../model/protection.ts';
import { ignores } from '../model/resource.ts';
import { imageLinks, imageResource, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE } from './launch-template.ts';
import { linkTo, spelling } from './links.ts';
import { poolUnderAz, poolUnderInstance, zonal } from './pool.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import { groupsWith, registration, type TargetGroupFacts, targetDetections } from './target-group.ts';
import type { Props, View } from './view.ts';
import { spreadOf } from './view.ts';

export const GROUP = 'aws:autoscaling/group:Group';

export interface GroupFacts extends Identity {
  readonly spread: Known<Spread>;
  readonly min: Known<number>;
  readonly max: Known<number>;
  /** Undefined: the code leaves it to scaling policies. */
  readonly desired: Known<number | undefined>;
  /** Running at any time, for certain: the desired capacity, or the minimum where something else sets it. */
  readonly running: Known<number>;
  /** EC2, ELB, EBS, VPC_LATTICE; EC2 is always on. */
  readonly healthChecks: Known<readonly string[]>;
  readonly healthCheckGracePeriod: Known<number>;
  readonly suspended: Known<readonly Known<string>[]>;
  /** balanced-best-effort or balanced-only. */
  readonly distribution: Known<string>;
  readonly launchTemplate: Known<string | undefined>;
  readonly launchTemplateProperty: string;
  readonly imageResource: string | undefined;
  /** Share of spot in what runs above the on-demand base, 0 … 100. */
  readonly spotShare: Known<number>;
  readonly onDemandBase: Known<number>;
  readonly deletionProtected: Truth;
  /** Target groups that its instances are registered in. */
  readonly groups: readonly TargetGroupFacts[];
}

function declare(props: Props, view: View): GroupFacts {
  const min = required(props, 'minSize');
  const desired = ignores(props.resource, 'desiredCapacity')
    ? known(undefined, props.origin('desiredCapacity'))
    : props.number('desiredCapacity');
  const template = templateOf(props, view);
  return {
    ...identityOf(props),
    spread: spreadOfGroup(props, view),
    min,
    max: required(props, 'maxSize'),
    desired,
    running: andThen(desired, (n) => (n === undefined ? min : known(n, props.origin('desiredCapacity')))),
    // CreateAutoScalingGroup, HealthCheckType: EC2 when not given; a list with commas.
    healthChecks: map(props.text('healthCheckType', 'EC2'), (t) => ['EC2', ...t.split(',').map((x) => x.trim().toUpperCase())]),
    // aws.autoscaling.Group: 300 s unless given (AWS itself: 0).
    healthCheckGracePeriod: props.number('healthCheckGracePeriod', 300),
    suspended: props.texts('suspendedProcesses'),
    distribution: props.text('availabilityZoneDistribution.capacityDistributionStrategy', 'balanced-best-effort'),
    launchTemplate: template.to,
    launchTemplateProperty: template.property,
    imageResource: fold(
      template.to,
      (urn) => {
        const found = urn === undefined ? undefined : view.get(urn);
        return found === undefined ? undefined : imageResource(found, 'imageId', view);
      },
      () => undefined,
    ),
    // InstancesDistribution: 100 % on demand above a base of 0 when not given.
    spotShare: map(
      props.number('mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity', 100),
      (onDemand) => 100 - onDemand,
    ),
    onDemandBase: props.number('mixedInstancesPolicy.instancesDistribution.onDemandBaseCapacity', 0),
    deletionProtected: is(props.text('deletionProtection'), (v) => v !== undefined && v !== 'none'),
    groups: groupsWith(props.id, view),
  };
}

function required(props: Props, path: string): Known<number> {
  return andThen(props.number(path), (n) =>
    n === undefined ? unknown('not-reported', `the group has no ${path}`, props.origin(path)) : known(n, props.origin(path)),
  );
}

/** Subnets, or AZ names for a group in the default VPC. */
function spreadOfGroup(props: Props, view: View): Known<Spread> {
  const subnets = props.raw('vpcZoneIdentifiers');
  return subnets === undefined || subnets === null
    ? map(props.texts('availabilityZones'), (zones) => spreadOf(zones))
    : spreadOfSubnets(props, 'vpcZoneIdentifiers', view);
}

function templateOf(props: Props, view: View): { readonly to: Known<string | undefined>; readonly property: string } {
  const mixed = 'mixedInstancesPolicy.launchTemplate.launchTemplateSpecification';
  const path = spelling(
    props,
    'launchTemplate.id',
    'launchTemplate.name',
    `${mixed}.launchTemplateId`,
    `${mixed}.launchTemplateName`,
    'launchConfiguration',
  );
  return { to: view.target(props, path, [LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION]), property: path };
}

/** Processes without which no lost instance comes back (Auto Scaling user guide, "Suspend and resume processes"). */
const REPLACING = ['Launch', 'Terminate', 'HealthCheck', 'ReplaceUnhealthy', 'AddToLoadBalancer'];

function replaces(facts: GroupFacts): Truth {
  return andThen(facts.suspended, (list) =>
    list.length === 0
      ? known(true)
      : all(list.map((process) => is(process, (p) => !REPLACING.includes(p), 'a process that replacing needs is suspended'))),
  );
}

const LAUNCH: ControlCall = { action: 'ec2:RunInstances', region: undefined, plane: 'control' };

export const autoscalingGroup = service<GroupFacts>({
  id: 'autoscaling-group',
  title: 'Auto Scaling group',
  kind: 'compute',
  types: [GROUP],
  parts: [
    { type: 'aws:autoscaling/attachment:Attachment', of: 'autoscalingGroupName' },
    { type: 'aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment', of: 'autoscalingGroupName' },
    { type: 'aws:autoscaling/policy:Policy', of: 'autoscalingGroupName' },
    { type: 'aws:autoscaling/schedule:Schedule', of: 'autoscalingGroupName' },
    { type: 'aws:autoscaling/lifecycleHook:LifecycleHook', of: 'autoscalingGroupName' },
    { type: 'aws:autoscaling/notification:Notification', of: 'groupNames' },
    { type: 'aws:autoscaling/tag:Tag', of: 'autoscalingGroupName' },
  ],
  declare,
  mean(facts) {
    const self = known([facts.id]);
    const anyLeft = andThen(
      facts.spread,
      ({ zones, doubtful }): Truth =>
        zones.length >= 2
          ? known(true)
          : doubtful > 0 || zones.length === 0
            ? unknown('not-reported', 'whether the group has another AZ is not known')
            : known(false, [], 'the group has one AZ: there is nowhere else to launch'),
    );
    const bestEffort = is(facts.distribution, (d) => d !== 'balanced-only', 'balanced-only keeps trying the lost AZ');
    const asksBalancer = fold(
      facts.healthChecks,
      (types) => types.includes('ELB'),
      () => false,
    );
    const noticed = fastest(row('ec2-status-check'), ...(asksBalancer ? targetDetections(facts.groups) : []));
    const joins = registration(facts.groups);
    const replace = {
      mechanism: 'asg-replace',
      automation: 'service-native',
      successors: self,
      into: undefined,
      time: sum(noticed, row('asg-replace'), joins),
      point: undefined,
      calls: [LAUNCH],
      action: undefined,
      says: 'the group launches instances in place of the lost ones',
    } as const;
    const room = is(
      together({ max: facts.max, running: facts.running }),
      ({ max, running }) => max > running,
      'it already runs at its maximum',
    );
    return meaning({
      kind: 'compute',
      placement: zonal(facts.spread),
      under: {
        instance: poolUnderInstance(facts.running, 'instances'),
        az: poolUnderAz(facts.spread, facts.running, 'instances'),
        region: lost('its instances run in one Region'),
        data: unaffected('its instances are replaceable'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('running instances go on; none can be launched'),
        supplier: unaffected('AWS runs it'),
      },
      protections: [
        { ...replace, scopes: ['instance'], armed: replaces(facts) },
        { ...replace, scopes: ['az'], armed: all([replaces(facts), anyLeft, bestEffort]) },
        {
          ...replace,
          mechanism: 'asg-scale',
          scopes: ['region'],
          automation: 'human-execution',
          armed: room,
          into: facts.region,
          time: sum(row('asg-scale-out'), joins),
          calls: [{ action: 'autoscaling:UpdateAutoScalingGroup', region: undefined, plane: 'control' }, LAUNCH],
          action: 'asg-scale',
          says: 'as a standby it can be scaled out to its maximum',
        },
      ],
      links: [
        ...imageLinks(facts.imageResource, 'imageId'),
        ...linkTo(
          // A template outside the sources is no dependency that anybody could judge; the group holds its id.
          fold(
            facts.launchTemplate,
            (urn): Known<string | undefined> => known(urn),
            () => known(undefined),
          ),
          'image',
          facts.launchTemplateProperty,
        ),
      ],
      capacity: { unit: 'instances', running: facts.running, max: facts.max },
      detection: noticed,
    });
  },
});
