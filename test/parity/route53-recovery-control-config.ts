/** Routing controls in default and own panels, with health checks and records that follow them, and safety rules. */
import fc from 'fast-check';
import { type Declaration, inputs, ref } from './law.ts';

const CLUSTER = 'aws:route53recoverycontrol/cluster:Cluster';
const PANEL = 'aws:route53recoverycontrol/controlPanel:ControlPanel';
const CONTROL = 'aws:route53recoverycontrol/routingControl:RoutingControl';
const RULE = 'aws:route53recoverycontrol/safetyRule:SafetyRule';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const ZONE = 'aws:route53/zone:Zone';

export const routingControlSets: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    inPanel: fc.boolean(),
    follows: fc.boolean(),
    steers: fc.boolean(),
    rule: fc.constantFrom('none', 'assertion', 'gating'),
    type: fc.constantFrom('OR', 'AND', 'ATLEAST'),
    threshold: fc.integer({ min: 0, max: 2 }),
    inverted: fc.boolean(),
  })
  .map((v) => {
    const control = (name: string): Declaration => ({
      type: CONTROL,
      name,
      inputs: inputs({
        name,
        clusterArn: ref(CLUSTER, 'cluster', 'arn'),
        controlPanelArn: v.inPanel || v.rule !== 'none' ? ref(PANEL, 'panel', 'arn') : undefined,
      }),
    });
    const both = [ref(CONTROL, 'east', 'arn'), ref(CONTROL, 'west', 'arn')];
    const rule: Declaration = {
      type: RULE,
      name: 'rule',
      inputs: inputs({
        name: 'rule',
        controlPanelArn: ref(PANEL, 'panel', 'arn'),
        waitPeriodMs: 5000,
        ruleConfig: { type: v.type, threshold: v.threshold, inverted: v.inverted },
        assertedControls: v.rule === 'assertion' ? both : undefined,
        gatingControls: v.rule === 'gating' ? [ref(CONTROL, 'east', 'arn')] : undefined,
        targetControls: v.rule === 'gating' ? [ref(CONTROL, 'west', 'arn')] : undefined,
      }),
    };
    const record = (name: string, role: string): Declaration => ({
      type: 'aws:route53/record:Record',
      name: `record-${name}`,
      inputs: {
        zoneId: ref(ZONE, 'zone', 'zoneId'),
        name: 'shop',
        type: 'A',
        ttl: 60,
        records: ['203.0.113.1'],
        setIdentifier: name,
        failoverRoutingPolicies: [{ type: role }],
        healthCheckId: ref(CHECK, `check-${name}`),
      },
    });
    const check = (name: string): Declaration => ({
      type: CHECK,
      name: `check-${name}`,
      inputs: { type: 'RECOVERY_CONTROL', routingControlArn: ref(CONTROL, name, 'arn') },
    });
    return [
      { type: ZONE, name: 'zone', inputs: { name: 'example.com' } },
      { type: CLUSTER, name: 'cluster', inputs: { name: 'cluster' } },
      { type: PANEL, name: 'panel', inputs: { name: 'panel', clusterArn: ref(CLUSTER, 'cluster', 'arn') } },
      control('east'),
      control('west'),
      ...(v.follows || v.steers ? [check('east'), check('west')] : []),
      ...(v.steers ? [record('east', 'PRIMARY'), record('west', 'SECONDARY')] : []),
      ...(v.rule === 'none' ? [] : [rule]),
    ];
  });
