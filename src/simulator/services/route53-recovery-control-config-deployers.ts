/** ARC routing control from the inputs of the Pulumi provider. */
import type * as Arc from '@aws-sdk/client-route53-recovery-control-config';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, onlyTags, removedBy } from '../deploy/lifecycle.ts';
import { GLOBAL, type Shelf } from '../world/world.ts';
import { blockOf, flagOf, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';
import { CLUSTERS, CONTROLS, PANELS, RULES } from './route53-recovery-control-config-model.ts';

const CLIENT = 'route53-recovery-control-config';

const nameOf = (given: Given, deployment: Deployment): string => textOf(given.inputs.name) ?? deployment.physicalName(given);

/** Later calls are refused with a conflict until it is there. */
async function deployed<T>(
  on: Shelf<T>,
  status: (item: T) => string | undefined,
  arn: string,
  given: Given,
  deployment: Deployment,
) {
  const item = () => deployment.world.get(on, given.account, GLOBAL, arn);
  await deployment.until(() => {
    const now = item();
    return now !== undefined && status(now) === 'DEPLOYED';
  }, `${given.urn} is deployed`);
}

async function cluster(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const { Cluster } = (await deployment.call(CLIENT, 'CreateCluster', {
    ClusterName: name,
    Tags: given.tags,
  })) as Arc.CreateClusterCommandOutput;
  const arn = Cluster?.ClusterArn ?? '';
  await deployed(CLUSTERS, (c) => c.Status, arn, given, deployment);
  const clusterEndpoints = (Cluster?.ClusterEndpoints ?? []).map((e) => ({ endpoint: e.Endpoint ?? '', region: e.Region ?? '' }));
  return { id: arn, outputs: { arn, name, clusterEndpoints, status: 'DEPLOYED' } };
}

async function panel(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const { ControlPanel } = (await deployment.call(CLIENT, 'CreateControlPanel', {
    ClusterArn: need(given, 'clusterArn'),
    ControlPanelName: name,
    Tags: given.tags,
  })) as Arc.CreateControlPanelCommandOutput;
  const arn = ControlPanel?.ControlPanelArn ?? '';
  await deployed(PANELS, (p) => p.Status, arn, given, deployment);
  return { id: arn, outputs: { arn, name, defaultControlPanel: false, routingControlCount: 0, status: 'DEPLOYED' } };
}

async function control(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, deployment);
  const { RoutingControl } = (await deployment.call(
    CLIENT,
    'CreateRoutingControl',
    without({
      ClusterArn: need(given, 'clusterArn'),
      ControlPanelArn: textOf(given.inputs.controlPanelArn),
      RoutingControlName: name,
    }),
  )) as Arc.CreateRoutingControlCommandOutput;
  const arn = RoutingControl?.RoutingControlArn ?? '';
  await deployed(CONTROLS, (c) => c.Status, arn, given, deployment);
  return { id: arn, outputs: { arn, name, controlPanelArn: RoutingControl?.ControlPanelArn ?? '', status: 'DEPLOYED' } };
}

async function safetyRule(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = nameOf(given, deployment);
  const config = blockOf(inputs.ruleConfig);
  const asserted = textsOf(inputs.assertedControls);
  const common = {
    ControlPanelArn: need(given, 'controlPanelArn'),
    Name: name,
    WaitPeriodMs: numberOf(inputs.waitPeriodMs) ?? 0,
    RuleConfig: {
      Type: textOf(config?.type) ?? 'ATLEAST',
      Threshold: numberOf(config?.threshold) ?? 0,
      Inverted: flagOf(config?.inverted) ?? false,
    },
  };
  const made = (await deployment.call(CLIENT, 'CreateSafetyRule', {
    ...(asserted.length > 0
      ? { AssertionRule: { ...common, AssertedControls: asserted } }
      : {
          GatingRule: {
            ...common,
            GatingControls: textsOf(inputs.gatingControls),
            TargetControls: textsOf(inputs.targetControls),
          },
        }),
    Tags: given.tags,
  })) as Arc.CreateSafetyRuleCommandOutput;
  const arn = (made.AssertionRule ?? made.GatingRule)?.SafetyRuleArn ?? '';
  await deployed(RULES, (r) => r.rule.Status, arn, given, deployment);
  return { id: arn, outputs: { arn, name, status: 'DEPLOYED' } };
}

const renamed = (operation: string, what: 'ControlPanel' | 'RoutingControl') =>
  changedBy((given, before, deployment) => {
    const says = ({ inputs }: Given) => ({ [`${what}Name`]: textOf(inputs.name) });
    return modify(deployment, [CLIENT, operation], { [`${what}Arn`]: given.id }, says(given), says(before));
  });

export const arcDeployers: readonly Deployer[] = [
  {
    type: 'aws:route53recoverycontrol/cluster:Cluster',
    create: cluster,
    update: onlyTags,
    remove: removedBy(CLIENT, 'DeleteCluster', ({ id }) => ({ ClusterArn: id })),
  },
  {
    type: 'aws:route53recoverycontrol/controlPanel:ControlPanel',
    create: panel,
    update: renamed('UpdateControlPanel', 'ControlPanel'),
    remove: removedBy(CLIENT, 'DeleteControlPanel', ({ id }) => ({ ControlPanelArn: id })),
  },
  {
    type: 'aws:route53recoverycontrol/routingControl:RoutingControl',
    create: control,
    update: renamed('UpdateRoutingControl', 'RoutingControl'),
    remove: removedBy(CLIENT, 'DeleteRoutingControl', ({ id }) => ({ RoutingControlArn: id })),
  },
  {
    type: 'aws:route53recoverycontrol/safetyRule:SafetyRule',
    create: safetyRule,
    update: changedBy((given, _before, deployment) => {
      const kind = textsOf(given.inputs.assertedControls).length > 0 ? 'AssertionRuleUpdate' : 'GatingRuleUpdate';
      const WaitPeriodMs = numberOf(given.inputs.waitPeriodMs) ?? 0;
      const Name = textOf(given.inputs.name) ?? textOf(given.outputs.name);
      return deployment.call(CLIENT, 'UpdateSafetyRule', { [kind]: { SafetyRuleArn: given.id, Name, WaitPeriodMs } });
    }),
    remove: removedBy(CLIENT, 'DeleteSafetyRule', ({ id }) => ({ SafetyRuleArn: id })),
  },
];
