/** ARC routing controls: switches that health checks follow, and the safety rules over them. */
import type { Known, Truth } from '../model/known.ts';
import { any, fold, is, known, together } from '../model/known.ts';
import { pointingAt, referringTo } from './pointing.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';
import type { Attached, Props, View } from './view.ts';

export const ROUTING_CONTROL = 'aws:route53recoverycontrol/routingControl:RoutingControl';
const SAFETY_RULE = 'aws:route53recoverycontrol/safetyRule:SafetyRule';
const PANEL = 'aws:route53recoverycontrol/controlPanel:ControlPanel';
const CLUSTER = 'aws:route53recoverycontrol/cluster:Cluster';
const HEALTH_CHECK = 'aws:route53/healthCheck:HealthCheck';
const RECORD = 'aws:route53/record:Record';

export interface RoutingControlFacts extends Identity {
  readonly cluster: Known<string | undefined>;
  /** Undefined: the default panel of the cluster. */
  readonly panel: Known<string | undefined>;
  /** It only opens or closes the way for others to change. */
  readonly gates: Truth;
  /** A rule forbids that it and its siblings are all off. */
  readonly guarded: Truth;
  /** A health check follows it, and a record follows that health check. */
  readonly steers: Truth;
}

function declare(props: Props, view: View): RoutingControlFacts {
  const asserting = rulesNaming(props, view, 'assertedControls');
  return {
    ...identityOf(props),
    cluster: view.target(props, 'clusterArn', [CLUSTER]),
    panel: view.target(props, 'controlPanelArn', [PANEL]),
    gates: present(rulesNaming(props, view, 'gatingControls')),
    guarded: asserting.found.length === 0 ? present(asserting) : any(asserting.found.map(forbidsAllOff)),
    steers: steers(props, view),
  };
}

function rulesNaming(control: Props, view: View, path: string): Attached {
  return pointingAt(control.id, view, `safety-rule ${path}`, [SAFETY_RULE], (rule) =>
    fold(
      view.targets(rule, path, [ROUTING_CONTROL]),
      (list) => list,
      (why): readonly Known<string>[] => [why],
    ),
  );
}

/** Absence is only certain when no reference was left unresolved. */
function present(attached: Attached): Truth {
  return attached.found.length > 0 ? known(true) : (attached.doubts[0] ?? known(false));
}

/** OR, AND, or ATLEAST with one or more, and not inverted (API reference, RuleConfig). */
function forbidsAllOff(rule: Props): Truth {
  return is(
    together({
      type: rule.text('ruleConfig.type', ''),
      threshold: rule.number('ruleConfig.threshold', 0),
      inverted: rule.flag('ruleConfig.inverted', false),
    }),
    ({ type, threshold, inverted }) => !inverted && (type === 'OR' || type === 'AND' || (type === 'ATLEAST' && threshold >= 1)),
  );
}

function steers(control: Props, view: View): Truth {
  const checks = referringTo(control.id, view, HEALTH_CHECK, 'routingControlArn');
  if (checks.found.length === 0) return present(checks);
  return any(checks.found.map((check) => present(referringTo(check.id, view, RECORD, 'healthCheckId'))));
}

export const arcRoutingControl = service<RoutingControlFacts>({
  id: 'arc-routing-control',
  title: 'ARC routing control',
  kind: 'config',
  types: [ROUTING_CONTROL],
  parts: [
    { type: CLUSTER, of: 'name' },
    { type: PANEL, of: 'clusterArn' },
    { type: SAFETY_RULE, of: 'controlPanelArn' },
  ],
  declare,
  mean(facts) {
    const everywhere = unaffected('the cluster answers on endpoints in five Regions (ARC developer guide, "Routing control")');
    return meaning({
      kind: 'config',
      placement: global,
      under: {
        instance: everywhere,
        az: everywhere,
        region: everywhere,
        data: unaffected('it holds no data'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('states are set through the data plane of the cluster'),
        supplier: unaffected('AWS runs it'),
      },
      protections: [
        {
          mechanism: 'arc-routing-control',
          scopes: ['az', 'region'],
          automation: 'human-execution',
          armed: facts.steers,
          successors: known([facts.id]),
          into: undefined,
          time: { kind: 'row', row: 'arc-routing-control' },
          point: undefined,
          calls: [{ action: 'route53-recovery-cluster:UpdateRoutingControlStates', region: undefined, plane: 'data' }],
          action: 'routing-control',
          says: 'somebody sets the routing control',
        },
      ],
    });
  },
});
