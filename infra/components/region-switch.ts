import * as arcregionswitch from '@pulumi/aws/arcregionswitch/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import type { arcregionswitch as inputs } from '@pulumi/aws/types/input.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { SitePair } from './site.ts';

const ALARM_KEY = 'primary-unreachable';

export interface RegionSwitchArgs {
  readonly sites: SitePair;
  /** Service that the plan recovers. */
  readonly service: ServiceName;
  /** What the steps together may take, for the plan's own report. */
  readonly recoveryTimeObjectiveMinutes: number;
  /** Steps that activate a Region, in order. The same ones bring the service back. */
  readonly steps: readonly inputs.PlanWorkflowStep[];
  /** IAM actions that the steps need, and on what. */
  readonly statements: readonly { readonly actions: readonly string[]; readonly resources: readonly Input<string>[] }[];
  /** Alarm that means: the primary Region does not answer. It lives outside the primary Region. */
  readonly alarmArn: Input<string>;
  /** True: the alarm starts the plan. False: a person reads the alarm and starts the plan. */
  readonly automatic: boolean;
}

/**
 * An ARC Region switch plan. It runs in the Region that is being activated, so the loss of the other one does not stop it
 * (ARC Developer Guide, "Data and control planes for Region switch"). No step waits for an approval.
 */
export class RegionSwitch extends ComponentResource {
  readonly planArn: Output<string>;

  constructor(name: string, args: RegionSwitchArgs, opts?: ComponentResourceOptions) {
    super('shop:failover:RegionSwitch', name, {}, opts);
    const { primary, standby } = args.sites;
    const tags = serviceTags(args.service);
    const child = { parent: this, provider: standby.provider };
    const role = new iam.Role(
      `${name}-switch`,
      { assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 'arc-region-switch.amazonaws.com' }), tags },
      child,
    );
    const policy = new iam.RolePolicy(
      `${name}-switch`,
      {
        role: role.id,
        policy: jsonStringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' },
            ...args.statements.map((s) => ({ Effect: 'Allow', Action: s.actions, Resource: s.resources })),
          ],
        }),
      },
      child,
    );
    const activate = (region: string) => ({
      workflowTargetAction: 'activate',
      workflowTargetRegion: region,
      workflowDescription: `Serve ${args.service} from ${region}`,
      steps: [...args.steps],
    });
    const plan = new arcregionswitch.Plan(
      name,
      {
        name: `shop-${name}`,
        description: `Region failover of ${args.service}`,
        executionRole: role.arn,
        recoveryApproach: 'activePassive',
        regions: [primary.region, standby.region],
        primaryRegion: primary.region,
        recoveryTimeObjectiveMinutes: args.recoveryTimeObjectiveMinutes,
        associatedAlarms: [{ mapBlockKey: ALARM_KEY, alarmType: 'trigger', resourceIdentifier: args.alarmArn }],
        triggers: args.automatic
          ? [
              {
                description: 'The primary Region does not answer',
                action: 'activate',
                targetRegion: standby.region,
                minDelayMinutesBetweenExecutions: 60,
                conditions: [{ associatedAlarmName: ALARM_KEY, condition: 'red' }],
              },
            ]
          : [],
        workflows: [activate(standby.region), activate(primary.region)],
        tags,
      },
      { ...child, dependsOn: [policy] },
    );
    this.planArn = plan.arn;
    this.registerOutputs({ planArn: this.planArn });
  }
}
