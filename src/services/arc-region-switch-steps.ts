/** The execution blocks of an ARC Region switch plan: what each starts, and whether it can do so without the lost Region. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, equals, fold, known, map, no, unknown, yes } from '../model/known.ts';
import { isRecord } from '../model/value.ts';
import { fullName, RECORD } from './route53-targets.ts';
import type { Props, View } from './view.ts';

export interface Step {
  readonly name: string;
  readonly action: string;
  readonly targets: readonly Known<string>[];
  /** Configured to work when the Region that is left does not answer. */
  readonly ungraceful: Truth;
  /** Share of the other Region's capacity at which its targets end; undefined: it scales nothing. */
  readonly grows: Known<number> | undefined;
}

/** What an execution block is, apart from the steps that it may hold. */
export type Block =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'approval' }
  | { readonly kind: 'parallel'; readonly steps: Known<readonly Props[]> }
  | { readonly kind: 'plan'; readonly plan: Known<string> };

interface Form {
  readonly type: string;
  readonly config: string;
  readonly action: string;
  readonly targets: (config: Props, view: View) => readonly Known<string>[];
  readonly ungraceful?: (config: Props) => Truth;
  readonly grows?: (config: Props) => Known<number>;
}

const FORMS: readonly Form[] = [
  {
    type: 'AuroraGlobalDatabase',
    config: 'globalAuroraConfigs',
    action: 'aurora-global-failover',
    targets: (c, view) => [...one(c, 'globalClusterIdentifier', view), ...many(c, 'databaseClusterArns', view)],
    ungraceful: failsOver,
  },
  {
    type: 'DocumentDb',
    config: 'documentDbConfigs',
    action: 'docdb-global-failover',
    targets: (c, view) => [...one(c, 'globalClusterIdentifier', view), ...many(c, 'databaseClusterArns', view)],
    ungraceful: failsOver,
  },
  {
    type: 'NeptuneGlobalDatabase',
    config: 'neptuneGlobalDatabaseConfigs',
    action: 'neptune-global-failover',
    targets: (c, view) => [...one(c, 'globalClusterIdentifier', view), ...mapped(c, 'regionDatabaseClusterArns', view)],
    ungraceful: failsOver,
  },
  {
    type: 'RdsPromoteReadReplica',
    config: 'rdsPromoteReadReplicaConfigs',
    action: 'rds-promote-read-replica',
    targets: (c, view) => mapped(c, 'dbInstanceArnMap', view),
  },
  {
    type: 'RdsCreateCrossRegionReplica',
    config: 'rdsCreateCrossRegionReadReplicaConfigs',
    action: 'rds-create-read-replica',
    targets: (c, view) => mapped(c, 'dbInstanceArnMap', view),
  },
  {
    type: 'AuroraServerlessScaling',
    config: 'auroraServerlessScalingConfigs',
    action: 'aurora-scale',
    targets: (c, view) => mapped(c, 'regionDatabaseClusterArns', view),
  },
  {
    type: 'AuroraProvisionedScaling',
    config: 'auroraProvisionedScalingConfigs',
    action: 'aurora-scale',
    targets: (c, view) => mapped(c, 'regionDatabaseClusterArns', view),
  },
  {
    type: 'EC2AutoScaling',
    config: 'ec2AsgCapacityIncreaseConfigs',
    action: 'asg-scale',
    targets: (c, view) => inside(c, 'asgs', 'arn', view),
    grows: percent,
  },
  {
    type: 'ECSServiceScaling',
    config: 'ecsCapacityIncreaseConfigs',
    action: 'ecs-scale',
    targets: (c, view) => inside(c, 'services', 'serviceArn', view),
    grows: percent,
  },
  {
    type: 'EKSResourceScaling',
    config: 'eksResourceScalingConfigs',
    action: 'eks-scale',
    targets: (c, view) => inside(c, 'eksClusters', 'clusterArn', view),
    grows: percent,
  },
  {
    type: 'CustomActionLambda',
    config: 'customActionLambdaConfigs',
    action: 'custom-lambda',
    targets: (c, view) => inside(c, 'lambdas', 'arn', view),
  },
  {
    type: 'LambdaEventSourceMapping',
    config: 'lambdaEventSourceMappingConfigs',
    action: 'lambda-event-source',
    targets: (c, view) => inside(c, 'regionEventSourceMappings', 'arn', view),
  },
  {
    type: 'ARCRoutingControl',
    config: 'arcRoutingControlConfigs',
    action: 'routing-control',
    targets: (c, view) =>
      fold(
        c.blocks('regionAndRoutingControls'),
        (regions) => regions.flatMap((region) => inside(region, 'routingControls', 'routingControlArn', view)),
        (why): readonly Known<string>[] => [why],
      ),
  },
  { type: 'Route53HealthCheck', config: 'route53HealthCheckConfigs', action: 'route53-switch', targets: recordsOf },
];

export function blockOf(step: Props, view: View): Known<Block> {
  return andThen(step.text('executionBlockType', ''), (type): Known<Block> => {
    if (type === 'ManualApproval') return known({ kind: 'approval' });
    if (type === 'Parallel') {
      return known({
        kind: 'parallel',
        steps: andThen(step.blocks('parallelConfigs'), (configs) => configs[0]?.blocks('steps') ?? known([])),
      });
    }
    if (type === 'ARCRegionSwitchPlan') {
      return andThen(step.blocks('regionSwitchPlanConfigs'), (configs): Known<Block> => {
        const plan = configs[0] === undefined ? known(undefined) : view.target(configs[0], 'arn');
        return known({
          kind: 'plan',
          plan: andThen(plan, (urn) =>
            urn === undefined ? unknown('error', 'the step names no plan', step.origin('regionSwitchPlanConfigs')) : known(urn),
          ),
        });
      });
    }
    const form =
      FORMS.find((f) => f.type.toLowerCase() === type.toLowerCase()) ?? FORMS.find((f) => step.raw(f.config) !== undefined);
    if (form === undefined) {
      return unknown('not-modelled', `execution blocks of type ${type} are not modelled`, step.origin('executionBlockType'));
    }
    return andThen(
      step.blocks(form.config),
      (configs): Known<Block> =>
        known({
          kind: 'step',
          step: {
            name: fold(
              step.text('name', form.type),
              (name) => name,
              () => form.type,
            ),
            action: form.action,
            targets: configs.flatMap((config) => form.targets(config, view)),
            ungraceful:
              configs.length === 0 ? no('the step has no configuration') : all(configs.map((c) => form.ungraceful?.(c) ?? yes())),
            grows: configs[0] === undefined ? undefined : form.grows?.(configs[0]),
          },
        }),
    );
  });
}

/**
 * The block asks for ⌈share × capacity of the Region that is left⌉, and for nothing where that much runs already (ARC developer
 * guide, "EC2 Auto Scaling group execution block", How it works). API reference, Ec2AsgCapacityIncreaseConfiguration: 100 % unless
 * given.
 */
function percent(config: Props): Known<number> {
  return map(config.number('targetPercent', 100), (n) => n / 100);
}

/**
 * `switchoverOnly` waits for the Region that is left to take part, so without it the step works only while that Region is
 * healthy, unless its `ungraceful` block says `failover` (ARC developer guide, "Aurora Global Database execution block").
 */
function failsOver(config: Props): Truth {
  const ungraceful = andThen(
    config.blocks('ungracefuls'),
    (blocks): Truth => (blocks.length === 0 ? known(false) : any(blocks.map((b) => equals(b.text('ungraceful'), 'failover')))),
  );
  return andThen(any([equals(config.text('behavior'), 'failover'), ungraceful]), (works) =>
    works ? yes() : no('switchoverOnly works only while the Region that is left is healthy'),
  );
}

function one(props: Props, path: string, view: View): readonly Known<string>[] {
  return fold(
    view.target(props, path),
    (urn) => (urn === undefined ? [] : [known(urn, props.origin(path))]),
    (why): readonly Known<string>[] => [why],
  );
}

function many(props: Props, path: string, view: View): readonly Known<string>[] {
  return fold(
    view.targets(props, path),
    (list) => list,
    (why): readonly Known<string>[] => [why],
  );
}

/** Values of a map from Region to ARN. */
function mapped(props: Props, path: string, view: View): readonly Known<string>[] {
  const value = props.raw(path);
  return isRecord(value) ? Object.keys(value).flatMap((key) => one(props, `${path}.${key}`, view)) : one(props, path, view);
}

function inside(props: Props, list: string, path: string, view: View): readonly Known<string>[] {
  return fold(
    props.blocks(list),
    (blocks) => blocks.flatMap((block) => one(block, path, view)),
    (why): readonly Known<string>[] => [why],
  );
}

/** Records of the name that the block steers. */
function recordsOf(config: Props, view: View): readonly Known<string>[] {
  return fold(
    config.text('recordName', ''),
    (text) => {
      const name = text.toLowerCase().replace(/\.$/, '');
      const named = view.all(RECORD).filter((record) =>
        fold(
          fullName(record, view),
          (full) => full === name,
          () => false,
        ),
      );
      return named.length > 0
        ? named.map((record) => known(record.id))
        : [unknown('dangling', `no record ${name} is in the sources`, config.origin('recordName'))];
    },
    (why): readonly Known<string>[] => [why],
  );
}
