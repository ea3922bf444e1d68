/** Simulated ARC routing control, configuration: clusters, control panels, routing controls, safety rules. Its API is in us-west-2. */
import type * as Arc from '@aws-sdk/client-route53-recovery-control-config';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { GLOBAL, type Shelf } from '../world/world.ts';
import { arcDeployers } from './route53-recovery-control-config-deployers.ts';
import {
  ARC_TAGS,
  CLUSTERS,
  CONTROLS,
  ENDPOINT_REGIONS,
  PANELS,
  RULES,
  type StoredRule,
} from './route53-recovery-control-config-model.ts';

const SERVICE = 'route53-recovery-control';
/** A cluster is PENDING for some minutes, the rest for seconds; AWS gives no figures. */
const DEPLOY_MS = { cluster: 5 * 60_000, other: 5_000 };
const DEFAULT_PANEL = 'DefaultControlPanel';

const missing = (what: string, arn: string | undefined): ServiceFault =>
  new ServiceFault('ResourceNotFoundException', `${what} ${arn} does not exist`, 404);

function found<T>(context: CallContext, on: Shelf<T>, what: string, arn: string | undefined): T {
  const item = context.get(on, arn ?? '');
  if (item === undefined) throw missing(what, arn);
  return item;
}

/** PENDING until it is DEPLOYED. */
function settle(context: CallContext, item: { Status?: string | undefined }, milliseconds: number): void {
  context.world.clock.after(milliseconds, () => {
    item.Status = 'DEPLOYED';
  });
}

function deployed(item: { readonly Status?: string | undefined; readonly Name?: string | undefined }): void {
  if (item.Status !== 'DEPLOYED') throw new ServiceFault('ConflictException', `${item.Name} is not DEPLOYED yet`, 409);
}

const createCluster: Operation<Arc.CreateClusterCommandInput, Reply<Arc.CreateClusterCommandOutput>> = (input, context) => {
  const id = context.world.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const ClusterArn = context.arn(SERVICE, `cluster/${id}`);
  const cluster: Arc.Cluster = {
    ClusterArn,
    Name: input.ClusterName ?? '',
    Status: 'PENDING',
    ClusterEndpoints: ENDPOINT_REGIONS.map((Region) => ({
      Region,
      Endpoint: `https://host-${id.slice(0, 6)}.${Region}.r53rc.cluster.example.com/v1`,
    })),
  };
  context.put(CLUSTERS, ClusterArn, cluster);
  context.put(ARC_TAGS, ClusterArn, input.Tags ?? {});
  panel(context, ClusterArn, DEFAULT_PANEL, true);
  settle(context, cluster, DEPLOY_MS.cluster);
  return { Cluster: cluster };
};

function panel(context: CallContext, ClusterArn: string, Name: string, DefaultControlPanel: boolean): Arc.ControlPanel {
  const made: Arc.ControlPanel = {
    ClusterArn,
    ControlPanelArn: context.arn(SERVICE, `controlpanel/${context.world.random.hex(32)}`),
    DefaultControlPanel,
    Name,
    RoutingControlCount: 0,
    Status: 'PENDING',
  };
  context.put(PANELS, made.ControlPanelArn ?? '', made);
  settle(context, made, DEPLOY_MS.other);
  return made;
}

const createPanel: Operation<Arc.CreateControlPanelCommandInput, Reply<Arc.CreateControlPanelCommandOutput>> = (
  input,
  context,
) => {
  deployed(found(context, CLUSTERS, 'cluster', input.ClusterArn));
  const made = panel(context, input.ClusterArn ?? '', input.ControlPanelName ?? '', false);
  context.put(ARC_TAGS, made.ControlPanelArn ?? '', input.Tags ?? {});
  return { ControlPanel: made };
};

/** A new routing control is Off. Without a panel it goes to the default one of its cluster. */
const createControl: Operation<Arc.CreateRoutingControlCommandInput, Reply<Arc.CreateRoutingControlCommandOutput>> = (
  input,
  context,
) => {
  deployed(found(context, CLUSTERS, 'cluster', input.ClusterArn));
  const own = context.list(PANELS).filter((p) => p.ClusterArn === input.ClusterArn);
  const into = own.find((p) =>
    input.ControlPanelArn === undefined ? p.DefaultControlPanel : p.ControlPanelArn === input.ControlPanelArn,
  );
  if (into === undefined) throw missing('control panel', input.ControlPanelArn);
  const named = context
    .list(CONTROLS)
    .some((c) => c.ControlPanelArn === into.ControlPanelArn && c.Name === input.RoutingControlName);
  if (named)
    throw new ServiceFault('ConflictException', `the control panel has a routing control ${input.RoutingControlName}`, 409);
  const RoutingControlArn = `${into.ControlPanelArn}/routingcontrol/${context.world.random.hex(16)}`;
  const control = {
    ControlPanelArn: into.ControlPanelArn ?? '',
    Name: input.RoutingControlName ?? '',
    RoutingControlArn,
    Status: 'PENDING',
    state: 'Off' as const,
  };
  context.put(CONTROLS, RoutingControlArn, control);
  into.RoutingControlCount = (into.RoutingControlCount ?? 0) + 1;
  settle(context, control, DEPLOY_MS.other);
  const { state, ...shown } = control;
  return { RoutingControl: shown };
};

const createRule: Operation<Arc.CreateSafetyRuleCommandInput, Reply<Arc.CreateSafetyRuleCommandOutput>> = (input, context) => {
  const { AssertionRule: assertion, GatingRule: gating } = input;
  if ((assertion === undefined) === (gating === undefined))
    throw new ServiceFault('ValidationException', 'exactly one of AssertionRule and GatingRule must be given');
  const panelArn = (assertion ?? gating)?.ControlPanelArn;
  found(context, PANELS, 'control panel', panelArn);
  const named = assertion?.AssertedControls ?? [...(gating?.GatingControls ?? []), ...(gating?.TargetControls ?? [])];
  for (const arn of named) found(context, CONTROLS, 'routing control', arn);
  const SafetyRuleArn = `${panelArn}/safetyrule/${context.world.random.hex(16)}`;
  const common = { SafetyRuleArn, Status: 'PENDING' };
  const stored: StoredRule | undefined =
    assertion !== undefined
      ? { kind: 'assertion', rule: { ...assertion, ...common } }
      : gating === undefined
        ? undefined
        : { kind: 'gating', rule: { ...gating, ...common } };
  if (stored === undefined) throw missing('safety rule', undefined);
  context.put(RULES, SafetyRuleArn, stored);
  context.put(ARC_TAGS, SafetyRuleArn, input.Tags ?? {});
  settle(context, stored.rule, DEPLOY_MS.other);
  return stored.kind === 'assertion' ? { AssertionRule: stored.rule } : { GatingRule: stored.rule };
};

const PAGE = 1000;

function pageOf<T>(items: readonly T[], input: { readonly NextToken?: string; readonly MaxResults?: number }) {
  const { items: some, next } = page(items, input.NextToken, Math.min(input.MaxResults ?? PAGE, PAGE));
  return { some: [...some], rest: next === undefined ? {} : { NextToken: next } };
}

const listClusters: Operation<Arc.ListClustersCommandInput, Reply<Arc.ListClustersCommandOutput>> = (input, context) => {
  const { some, rest } = pageOf(context.list(CLUSTERS), input);
  return { Clusters: some, ...rest };
};

const listPanels: Operation<Arc.ListControlPanelsCommandInput, Reply<Arc.ListControlPanelsCommandOutput>> = (input, context) => {
  const own = context.list(PANELS).filter((p) => input.ClusterArn === undefined || p.ClusterArn === input.ClusterArn);
  const { some, rest } = pageOf(own, input);
  return { ControlPanels: some, ...rest };
};

const listControls: Operation<Arc.ListRoutingControlsCommandInput, Reply<Arc.ListRoutingControlsCommandOutput>> = (
  input,
  context,
) => {
  found(context, PANELS, 'control panel', input.ControlPanelArn);
  const own = context.list(CONTROLS).filter((c) => c.ControlPanelArn === input.ControlPanelArn);
  const { some, rest } = pageOf(own, input);
  return { RoutingControls: some.map(({ state, ...shown }) => shown), ...rest };
};

const listRules: Operation<Arc.ListSafetyRulesCommandInput, Reply<Arc.ListSafetyRulesCommandOutput>> = (input, context) => {
  found(context, PANELS, 'control panel', input.ControlPanelArn);
  const own = context.list(RULES).filter((r) => r.rule.ControlPanelArn === input.ControlPanelArn);
  const { some, rest } = pageOf(own, input);
  return {
    SafetyRules: some.map((r): Arc.Rule => (r.kind === 'assertion' ? { ASSERTION: r.rule } : { GATING: r.rule })),
    ...rest,
  };
};

const describeCluster: Operation<Arc.DescribeClusterCommandInput, Reply<Arc.DescribeClusterCommandOutput>> = (
  input,
  context,
) => ({
  Cluster: found(context, CLUSTERS, 'cluster', input.ClusterArn),
});

const describePanel: Operation<Arc.DescribeControlPanelCommandInput, Reply<Arc.DescribeControlPanelCommandOutput>> = (
  input,
  context,
) => ({ ControlPanel: found(context, PANELS, 'control panel', input.ControlPanelArn) });

const describeControl: Operation<Arc.DescribeRoutingControlCommandInput, Reply<Arc.DescribeRoutingControlCommandOutput>> = (
  input,
  context,
) => {
  const { state, ...shown } = found(context, CONTROLS, 'routing control', input.RoutingControlArn);
  return { RoutingControl: shown };
};

const deleteRule: Operation<Arc.DeleteSafetyRuleCommandInput, Reply<Arc.DeleteSafetyRuleCommandOutput>> = (input, context) => {
  found(context, RULES, 'safety rule', input.SafetyRuleArn);
  context.remove(RULES, input.SafetyRuleArn ?? '');
  context.remove(ARC_TAGS, input.SafetyRuleArn ?? '');
  return {};
};

const inUse = (what: string): ServiceFault => new ServiceFault('ConflictException', `the ${what} is not empty`, 409);

const deleteCluster: Operation<Arc.DeleteClusterCommandInput, Reply<Arc.DeleteClusterCommandOutput>> = (input, context) => {
  const { ClusterArn: arn = '' } = found(context, CLUSTERS, 'cluster', input.ClusterArn);
  const own = context.list(PANELS).filter((p) => p.ClusterArn === arn);
  const panels = own.map((p) => p.ControlPanelArn ?? '');
  const isUsed =
    own.some((p) => p.DefaultControlPanel !== true) ||
    context.list(CONTROLS).some((c) => panels.includes(c.ControlPanelArn ?? ''));
  if (isUsed) throw inUse('cluster');
  // Its default control panel goes with it.
  for (const panelArn of panels) {
    context.remove(PANELS, panelArn);
    context.remove(ARC_TAGS, panelArn);
  }
  context.remove(CLUSTERS, arn);
  context.remove(ARC_TAGS, arn);
  return {};
};

const deletePanel: Operation<Arc.DeleteControlPanelCommandInput, Reply<Arc.DeleteControlPanelCommandOutput>> = (
  input,
  context,
) => {
  const { ControlPanelArn: arn = '' } = found(context, PANELS, 'control panel', input.ControlPanelArn);
  if (context.list(CONTROLS).some((c) => c.ControlPanelArn === arn)) throw inUse('control panel');
  context.remove(PANELS, arn);
  context.remove(ARC_TAGS, arn);
  return {};
};

const updatePanel: Operation<Arc.UpdateControlPanelCommandInput, Reply<Arc.UpdateControlPanelCommandOutput>> = (
  input,
  context,
) => {
  const panel = found(context, PANELS, 'control panel', input.ControlPanelArn);
  if (input.ControlPanelName !== undefined) panel.Name = input.ControlPanelName;
  return { ControlPanel: panel };
};

const updateControl: Operation<Arc.UpdateRoutingControlCommandInput, Reply<Arc.UpdateRoutingControlCommandOutput>> = (
  input,
  context,
) => {
  const control = found(context, CONTROLS, 'routing control', input.RoutingControlArn);
  const named = input.RoutingControlName === undefined ? control : { ...control, Name: input.RoutingControlName };
  context.put(CONTROLS, input.RoutingControlArn ?? '', named);
  const { state, ...shown } = named;
  return { RoutingControl: shown };
};

const updateRule: Operation<Arc.UpdateSafetyRuleCommandInput, Reply<Arc.UpdateSafetyRuleCommandOutput>> = (input, context) => {
  const { SafetyRuleArn, Name, WaitPeriodMs } = input.AssertionRuleUpdate ?? input.GatingRuleUpdate ?? {};
  const stored = found(context, RULES, 'safety rule', SafetyRuleArn);
  stored.rule.Name = Name ?? stored.rule.Name;
  stored.rule.WaitPeriodMs = WaitPeriodMs ?? stored.rule.WaitPeriodMs;
  return stored.kind === 'assertion' ? { AssertionRule: stored.rule } : { GatingRule: stored.rule };
};

const deleteControl: Operation<Arc.DeleteRoutingControlCommandInput, Reply<Arc.DeleteRoutingControlCommandOutput>> = (
  input,
  context,
) => {
  found(context, CONTROLS, 'routing control', input.RoutingControlArn);
  context.remove(CONTROLS, input.RoutingControlArn ?? '');
  return {};
};

const listTags: Operation<Arc.ListTagsForResourceCommandInput, Reply<Arc.ListTagsForResourceCommandOutput>> = (
  input,
  context,
) => ({
  Tags: { ...context.get(ARC_TAGS, input.ResourceArn ?? '') },
});

const tag: Operation<Arc.TagResourceCommandInput, Reply<Arc.TagResourceCommandOutput>> = (input, context) => {
  const arn = input.ResourceArn ?? '';
  context.put(ARC_TAGS, arn, { ...context.get(ARC_TAGS, arn), ...input.Tags });
  return {};
};

const untag: Operation<Arc.UntagResourceCommandInput, Reply<Arc.UntagResourceCommandOutput>> = (input, context) => {
  const arn = input.ResourceArn ?? '';
  const kept = Object.entries(context.get(ARC_TAGS, arn) ?? {}).filter(([key]) => input.TagKeys?.includes(key) !== true);
  context.put(ARC_TAGS, arn, Object.fromEntries(kept));
  return {};
};

export const routingControlConfig: SimulatedService = {
  client: 'route53-recovery-control-config',
  prefix: 'route53-recovery-control-config',
  global: true,
  operations: {
    CreateCluster: createCluster,
    DescribeCluster: describeCluster,
    ListClusters: listClusters,
    CreateControlPanel: createPanel,
    DescribeControlPanel: describePanel,
    ListControlPanels: listPanels,
    CreateRoutingControl: createControl,
    DescribeRoutingControl: describeControl,
    ListRoutingControls: listControls,
    DeleteRoutingControl: deleteControl,
    CreateSafetyRule: createRule,
    ListSafetyRules: listRules,
    DeleteSafetyRule: deleteRule,
    UpdateControlPanel: updatePanel,
    UpdateRoutingControl: updateControl,
    UpdateSafetyRule: updateRule,
    DeleteControlPanel: deletePanel,
    DeleteCluster: deleteCluster,
    ListTagsForResource: listTags,
    TagResource: tag,
    UntagResource: untag,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, key } of world.everywhere(CONTROLS)) {
        if (
          (fault.kind === 'deleted' && fault.arn === key) ||
          (fault.kind === 'account-compromised' && fault.account === account)
        )
          world.remove(CONTROLS, account, GLOBAL, key);
      }
    });
  },
  deployers: arcDeployers,
};
