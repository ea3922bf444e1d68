/** ARC routing control: clusters, control panels, routing controls and safety rules. A cluster's default panel comes with it and is left out. */
import type {
  Cluster,
  ControlPanel,
  ListClustersCommandInput,
  ListClustersCommandOutput,
  ListControlPanelsCommandInput,
  ListControlPanelsCommandOutput,
  ListRoutingControlsCommandInput,
  ListRoutingControlsCommandOutput,
  ListSafetyRulesCommandInput,
  ListSafetyRulesCommandOutput,
  RoutingControl,
  Rule,
} from '@aws-sdk/client-route53-recovery-control-config';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

/** Region of ARC's one control plane (AWS Fault Isolation Boundaries, appendix B). */
const common = {
  client: 'route53-recovery-control-config',
  pages: { input: 'NextToken', output: 'NextToken' },
  only: 'us-west-2',
};
const listClusters = call<ListClustersCommandInput, ListClustersCommandOutput>({
  ...common,
  operation: 'ListClusters',
  action: 'route53-recovery-control-config:ListClusters',
});
const listPanels = call<ListControlPanelsCommandInput, ListControlPanelsCommandOutput>({
  ...common,
  operation: 'ListControlPanels',
  action: 'route53-recovery-control-config:ListControlPanels',
});
const listControls = call<ListRoutingControlsCommandInput, ListRoutingControlsCommandOutput>({
  ...common,
  operation: 'ListRoutingControls',
  action: 'route53-recovery-control-config:ListRoutingControls',
});
const listRules = call<ListSafetyRulesCommandInput, ListSafetyRulesCommandOutput>({
  ...common,
  operation: 'ListSafetyRules',
  action: 'route53-recovery-control-config:ListSafetyRules',
});

/** Nothing is chosen by the tags of these. */
const NOT_READ = new Hole('not-modelled', 'tags of ARC clusters, control panels and safety rules are not read');

export const routingControls: Scan = {
  id: 'arc-routing-controls',
  types: [
    'aws:route53recoverycontrol/cluster:Cluster',
    'aws:route53recoverycontrol/controlPanel:ControlPanel',
    'aws:route53recoverycontrol/routingControl:RoutingControl',
    'aws:route53recoverycontrol/safetyRule:SafetyRule',
  ],
  where: 'global',
  calls: [listClusters, listPanels, listControls, listRules],
  async *run(aws) {
    for await (const { Clusters = [] } of aws.pages(listClusters, {})) {
      for (const cluster of Clusters) {
        yield observeCluster(cluster);
        for await (const { ControlPanels = [] } of aws.pages(listPanels, { ClusterArn: cluster.ClusterArn ?? '' }))
          for (const panel of ControlPanels) yield* panelWithContents(aws, cluster, panel);
      }
    }
  },
};

function observeCluster(cluster: Cluster): Observed {
  const arn = cluster.ClusterArn ?? '';
  const endpoints = (cluster.ClusterEndpoints ?? []).map((e) => present({ endpoint: e.Endpoint, region: e.Region }));
  return {
    type: 'aws:route53recoverycontrol/cluster:Cluster',
    id: arn,
    arn,
    name: cluster.Name ?? arn,
    properties: present({ name: cluster.Name }),
    outputs: present({ arn, clusterEndpoints: endpoints, status: cluster.Status }),
    tags: NOT_READ,
  };
}

async function* panelWithContents(aws: Reader, cluster: Cluster, panel: ControlPanel): AsyncIterable<Observed> {
  const arn = panel.ControlPanelArn ?? '';
  if (panel.DefaultControlPanel !== true)
    yield {
      type: 'aws:route53recoverycontrol/controlPanel:ControlPanel',
      id: arn,
      arn,
      name: panel.Name ?? arn,
      properties: present({ name: panel.Name, clusterArn: panel.ClusterArn ?? cluster.ClusterArn }),
      outputs: present({ arn, status: panel.Status }),
      tags: NOT_READ,
    };
  for await (const { RoutingControls = [] } of aws.pages(listControls, { ControlPanelArn: arn }))
    for (const control of RoutingControls) yield observeControl(cluster, panel, control);
  for await (const { SafetyRules = [] } of aws.pages(listRules, { ControlPanelArn: arn }))
    for (const rule of SafetyRules) yield observeRule(rule);
}

function observeControl(cluster: Cluster, panel: ControlPanel, control: RoutingControl): Observed {
  const arn = control.RoutingControlArn ?? '';
  return {
    type: 'aws:route53recoverycontrol/routingControl:RoutingControl',
    id: arn,
    arn,
    name: control.Name ?? arn,
    properties: present({
      name: control.Name,
      clusterArn: cluster.ClusterArn,
      controlPanelArn: panel.DefaultControlPanel === true ? undefined : control.ControlPanelArn,
    }),
    outputs: present({ arn, status: control.Status }),
    tags: {},
  };
}

function observeRule({ ASSERTION: assertion, GATING: gating }: Rule): Observed {
  const rule = assertion ?? gating;
  const arn = rule?.SafetyRuleArn ?? '';
  const config = rule?.RuleConfig;
  return {
    type: 'aws:route53recoverycontrol/safetyRule:SafetyRule',
    id: arn,
    arn,
    name: rule?.Name ?? arn,
    properties: present({
      name: rule?.Name,
      controlPanelArn: rule?.ControlPanelArn,
      waitPeriodMs: rule?.WaitPeriodMs,
      assertedControls: assertion?.AssertedControls,
      gatingControls: gating?.GatingControls,
      targetControls: gating?.TargetControls,
      ruleConfig:
        config === undefined ? undefined : present({ inverted: config.Inverted, threshold: config.Threshold, type: config.Type }),
    }),
    outputs: present({ arn, status: rule?.Status }),
    tags: NOT_READ,
  };
}
