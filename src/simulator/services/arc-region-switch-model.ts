/** ARC Region switch: shapes of its API (botocore's model arc-region-switch 2022-07-26), and what it keeps. No SDK package has them. */
import type { CallContext } from '../service.ts';
import { shelf } from '../world/world.ts';

export type PlanAction = 'activate' | 'deactivate' | 'postRecovery';
export type PlanMode = 'graceful' | 'ungraceful';

interface Ungraceful {
  readonly ungraceful?: string;
}

interface GlobalDatabase {
  readonly behavior: string;
  readonly globalClusterIdentifier: string;
  readonly databaseClusterArns: readonly string[];
  readonly timeoutMinutes?: number;
  readonly ungraceful?: Ungraceful;
}

/** One of the members is given, by the type of the step. */
export interface BlockConfiguration {
  readonly globalAuroraConfig?: GlobalDatabase;
  readonly documentDbConfig?: GlobalDatabase;
  readonly rdsPromoteReadReplicaConfig?: { readonly dbInstanceArnMap: Readonly<Record<string, string>> };
  readonly ec2AsgCapacityIncreaseConfig?: {
    readonly asgs: readonly { readonly arn?: string }[];
    readonly targetPercent?: number;
  };
  readonly ecsCapacityIncreaseConfig?: {
    readonly services: readonly { readonly clusterArn?: string; readonly serviceArn?: string }[];
    readonly targetPercent?: number;
  };
  readonly arcRoutingControlConfig?: {
    readonly regionAndRoutingControls: Readonly<
      Record<string, readonly { readonly routingControlArn: string; readonly state: 'On' | 'Off' }[]>
    >;
  };
  readonly route53HealthCheckConfig?: {
    readonly hostedZoneId: string;
    readonly recordName: string;
    readonly recordSets?: readonly { readonly recordSetIdentifier?: string; readonly region?: string }[];
  };
  readonly customActionLambdaConfig?: { readonly lambdas: readonly { readonly arn?: string }[]; readonly regionToRun: string };
  readonly executionApprovalConfig?: { readonly approvalRole: string; readonly timeoutMinutes?: number };
  readonly regionSwitchPlanConfig?: { readonly arn: string };
  readonly parallelConfig?: { readonly steps: readonly PlanStep[] };
}

export interface PlanStep {
  readonly name: string;
  readonly description?: string;
  readonly executionBlockType: string;
  readonly executionBlockConfiguration: BlockConfiguration;
}

export interface PlanWorkflow {
  readonly workflowTargetAction: PlanAction;
  readonly workflowTargetRegion?: string;
  readonly workflowDescription?: string;
  readonly steps?: readonly PlanStep[];
}

export interface PlanTrigger {
  readonly action: PlanAction;
  readonly targetRegion: string;
  readonly conditions: readonly { readonly associatedAlarmName: string; readonly condition: 'red' | 'green' }[];
  readonly minDelayMinutesBetweenExecutions: number;
}

export interface PlanInput {
  readonly name: string;
  readonly description?: string;
  readonly executionRole: string;
  readonly regions: readonly string[];
  readonly recoveryApproach: string;
  readonly primaryRegion?: string;
  readonly recoveryTimeObjectiveMinutes?: number;
  readonly associatedAlarms?: Readonly<Record<string, { readonly resourceIdentifier: string; readonly alarmType: string }>>;
  readonly triggers?: readonly PlanTrigger[];
  readonly workflows: readonly PlanWorkflow[];
  readonly tags?: Readonly<Record<string, string>>;
}

export interface StepState {
  readonly name: string;
  status: 'notStarted' | 'running' | 'failed' | 'completed' | 'canceled' | 'pendingApproval';
  startTime?: Date;
  endTime?: Date;
}

export interface Execution {
  readonly executionId: string;
  readonly planArn: string;
  readonly mode: PlanMode;
  readonly executionAction: PlanAction;
  readonly executionRegion: string;
  readonly comment?: string;
  readonly startTime: Date;
  endTime?: Date;
  executionState: 'inProgress' | 'pendingManualApproval' | 'completed' | 'completedWithExceptions' | 'canceled' | 'failed';
  readonly stepStates: StepState[];
  /** Steps that wait for a person, by name. */
  readonly approvals: Map<string, (approved: boolean) => void>;
}

export interface StoredPlan {
  readonly arn: string;
  readonly account: string;
  input: PlanInput;
  updatedAt: Date;
  readonly executions: Execution[];
  /** Highest capacity seen of each group and service, by ARN: what a switch asks for when the Region that is left does not answer. */
  readonly samples: Map<string, number>;
  stopped: boolean;
  readonly call: CallContext['call'];
}

/** Plans by ARN. */
export const PLANS = shelf<StoredPlan>('arc-region-switch:plan');

export interface ManagedHealthCheck {
  readonly plan: string;
  readonly hostedZoneId: string;
  readonly recordName: string;
  readonly region: string;
  readonly healthCheckId: string;
  /** The switch that the health check follows. */
  readonly controlArn: string;
}

/** Health checks that a plan owns, by id. */
export const MANAGED_CHECKS = shelf<ManagedHealthCheck>('arc-region-switch:health-check');
