/** ECS service: how many tasks run in how many AZs, on whose hosts, and what replaces a lost one. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, any, equals, fold, is, known, unknown } from '../model/known.ts';
import type { Link, Spread } from '../model/protection.ts';
import { fastest, row, sum } from '../model/protection.ts';
import { ignores } from '../model/resource.ts';
import { TASK_DEFINITION, taskNeeds } from './ecs-task-definition.ts';
import { linkTo } from './links.ts';
import { poolUnderAz, poolUnderInstance, zonal } from './pool.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import { groupsWith, registration, type TargetGroupFacts, targetDetections } from './target-group.ts';
import type { Props, View } from './view.ts';

export const ECS_SERVICE = 'aws:ecs/service:Service';
const CLUSTER = 'aws:ecs/cluster:Cluster';
const SCALING_TARGET = 'aws:appautoscaling/target:Target';

export interface EcsServiceFacts extends Identity {
  readonly spread: Known<Spread>;
  /** Tasks that run for certain. */
  readonly running: Known<number>;
  /** Most tasks that Application Auto Scaling allows; Infinity: nothing limits what the service may be asked for. */
  readonly max: Known<number>;
  readonly daemon: Truth;
  /** Tasks run on AWS's own hosts. */
  readonly fargate: Truth;
  readonly rebalancing: Known<string | undefined>;
  /** A failed deployment goes back by itself. */
  readonly rollsBack: Truth;
  readonly cluster: Known<string | undefined>;
  readonly taskDefinition: Known<string | undefined>;
  readonly needs: readonly Link[];
  /** Target groups that its tasks are registered in. */
  readonly groups: readonly TargetGroupFacts[];
}

function declare(props: Props, view: View): EcsServiceFacts {
  const daemon = equals(props.text('schedulingStrategy', 'REPLICA'), 'DAEMON');
  const taskDefinition = view.target(props, 'taskDefinition', [TASK_DEFINITION]);
  const scaling = scalingOf(props, view);
  // aws.ecs.Service: desiredCount 0 when unset.
  const desired = ignores(props.resource, 'desiredCount')
    ? (scaling?.number('minCapacity', 0) ??
      unknown('not-reported', 'the code leaves the number of tasks to something else', props.origin('desiredCount')))
    : props.number('desiredCount', 0);
  const ofDaemon = unknown(
    'not-modelled',
    'a daemon runs one task on each host of its cluster',
    props.origin('schedulingStrategy'),
  );
  return {
    ...identityOf(props),
    spread: spreadOf(props, view),
    running: andThen(daemon, (d) => (d ? ofDaemon : desired)),
    max: andThen(daemon, (d) =>
      d ? ofDaemon : scaling === undefined ? known(Number.POSITIVE_INFINITY) : scaling.number('maxCapacity', 0),
    ),
    daemon,
    fargate: onFargate(props),
    rebalancing: props.text('availabilityZoneRebalancing'),
    rollsBack: any([flags(props, 'deploymentCircuitBreaker'), flags(props, 'alarms')]),
    cluster: view.target(props, 'cluster', [CLUSTER]),
    taskDefinition,
    groups: groupsWith(props.id, view),
    needs: fold(
      taskDefinition,
      (urn) => {
        const definition = urn === undefined ? undefined : view.get(urn);
        return definition === undefined ? [] : taskNeeds(definition, view);
      },
      // What its tasks call is written there.
      (why) => [{ to: why, carries: 'endpoint', property: 'taskDefinition' }],
    ),
  };
}

function flags(props: Props, block: string): Truth {
  return andThen(props.flag(`${block}.enable`, false), (on) => (on ? props.flag(`${block}.rollback`, false) : known(false)));
}

/** The scaling target says `service/<cluster>/<service>`; its last part is the name of the service. */
function scalingOf(props: Props, view: View): Props | undefined {
  return view.all(SCALING_TARGET).find((target) =>
    fold(
      target.text('resourceId', ''),
      (id) =>
        fold(
          props.text('name'),
          (name) => name !== undefined && id.endsWith(`/${name}`),
          () => false,
        ),
      () =>
        fold(
          view.target(target, 'resourceId', [ECS_SERVICE]),
          (urn) => urn === props.id,
          () => false,
        ),
    ),
  );
}

/** Tasks with a network of their own name subnets; others run wherever the hosts of the cluster do. */
function spreadOf(props: Props, view: View): Known<Spread> {
  return andThen(props.blocks('networkConfiguration'), (blocks) => {
    const network = blocks[0];
    return network === undefined
      ? unknown(
          'not-modelled',
          'its tasks run where the container instances of the cluster do',
          props.origin('networkConfiguration'),
        )
      : spreadOfSubnets(network, 'subnets', view);
  });
}

function onFargate(props: Props): Truth {
  return andThen(props.blocks('capacityProviderStrategies'), (strategies): Truth => {
    // CreateService, launchType: EC2 when neither it nor a strategy is given.
    if (strategies.length === 0) return is(props.text('launchType', 'EC2'), (t) => t === 'FARGATE');
    return any(strategies.map((s) => is(s.text('capacityProvider', ''), (p) => p.startsWith('FARGATE'))));
  });
}

export const ecsService = service<EcsServiceFacts>({
  id: 'ecs-service',
  title: 'ECS service',
  kind: 'compute',
  types: [ECS_SERVICE],
  // DynamoDB tables have them too; what they scale is read by both services.
  parts: [
    { type: 'aws:appautoscaling/target:Target', of: 'resourceId' },
    { type: 'aws:appautoscaling/policy:Policy', of: 'resourceId' },
    { type: 'aws:appautoscaling/scheduledAction:ScheduledAction', of: 'resourceId' },
    { type: 'aws:ecs/cluster:Cluster', of: 'name' },
    { type: 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders', of: 'clusterName' },
    { type: 'aws:ecs/capacityProvider:CapacityProvider', of: 'name' },
  ],
  declare,
  mean(facts) {
    const hosts = andThen(
      facts.fargate,
      (aws): Truth =>
        aws
          ? known(true)
          : unknown('not-modelled', 'whether the hosts of the cluster have room for new tasks is not modelled', {
              resource: facts.id,
            }),
    );
    const another = andThen(
      facts.spread,
      ({ zones, doubtful }): Truth =>
        zones.length >= 2
          ? hosts
          : doubtful > 0 || zones.length === 0
            ? unknown('not-reported', 'whether the tasks have another AZ is not known')
            : known(false, [], 'its tasks have one AZ: there is nowhere else to start'),
    );
    /** A task that its load balancer calls unhealthy is replaced too (ECS developer guide, "Amazon ECS service scheduler"). */
    const noticed = fastest(row('ecs-task-missed'), ...targetDetections(facts.groups));
    const joins = registration(facts.groups);
    const replace = {
      mechanism: 'ecs-task-replace',
      automation: 'service-native',
      successors: known([facts.id]),
      into: undefined,
      time: sum(noticed, row('ecs-task-replace'), joins),
      point: undefined,
      calls: [{ action: 'ecs:RunTask', region: undefined, plane: 'control' }],
      action: undefined,
      says: 'the service starts tasks in place of the lost ones',
    } as const;
    return meaning({
      kind: 'compute',
      placement: zonal(facts.spread),
      under: {
        instance: poolUnderInstance(facts.running, 'tasks'),
        az: poolUnderAz(facts.spread, facts.running, 'tasks'),
        region: lost('its tasks run in one Region'),
        data: unaffected('its tasks are replaceable'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('running tasks go on; none can be started'),
        supplier: unaffected('AWS runs it'),
      },
      protections: [
        { ...replace, scopes: ['instance'], armed: hosts },
        { ...replace, scopes: ['az'], armed: another },
        {
          ...replace,
          mechanism: 'ecs-scale',
          scopes: ['region'],
          automation: 'human-execution',
          armed: known(true),
          into: facts.region,
          time: sum(row('ecs-scale-out'), joins),
          calls: [{ action: 'ecs:UpdateService', region: undefined, plane: 'control' }],
          action: 'ecs-scale',
          says: 'as a standby it can be scaled out',
        },
      ],
      links: [...linkTo(facts.taskDefinition, 'image', 'taskDefinition'), ...facts.needs],
      capacity: { unit: 'tasks', running: facts.running, max: facts.max },
      detection: noticed,
    });
  },
});
