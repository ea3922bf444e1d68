/** Is the failover path armed right now? What configuration alone says about it is judged by the rules, as of the code. */
import type { Check, CheckInput, CheckResult } from './check.ts';
import {
  capacityCalls,
  NO_HEALTHY_TARGET,
  NO_SECOND_ZONE,
  ONE_ZONE,
  TOO_LITTLE,
  targets,
  zonesOfDatabases,
  zonesOfGroups,
} from './failover-capacity.ts';
import {
  ALARM_BLIND,
  ALL_OFF,
  alarms,
  CHECK_UNATTACHED,
  CHECK_UNHEALTHY,
  healthChecks,
  routingControls,
  signalCalls,
} from './failover-signals.ts';
import { getMetricData } from './measurements.ts';
import { Promises, Report } from './questions.ts';

async function run(input: CheckInput): Promise<CheckResult> {
  const promises = new Promises(input.judgement);
  const parts = [
    (report: Report) => healthChecks(input, promises, report),
    (report: Report) => alarms(input, promises, report),
    (report: Report) => routingControls(input, report),
    (report: Report) => targets(input, promises, report),
    (report: Report) => zonesOfGroups(input, promises, report),
    (report: Report) => zonesOfDatabases(input, promises, report),
  ];
  // Each has its own report, so that the order of what is said does not depend on which AWS answers first.
  const results = await Promise.all(
    parts.map(async (part) => {
      const report = new Report();
      await part(report);
      return report.result();
    }),
  );
  return {
    facts: results.flatMap((r) => r.facts),
    findings: results.flatMap((r) => r.findings),
    objections: results.flatMap((r) => r.objections),
  };
}

export const automaticFailover: Check = {
  id: 'automatic-failover',
  title: 'Is everything that failover hangs on working now?',
  rules: [CHECK_UNHEALTHY, CHECK_UNATTACHED, ALARM_BLIND, ALL_OFF, NO_HEALTHY_TARGET, TOO_LITTLE, ONE_ZONE, NO_SECOND_ZONE],
  calls: [getMetricData, ...signalCalls, ...capacityCalls],
  run,
};
