/** Zonal autoshift as Pulumi declares it: the practice runs that it needs, and its status. */
import type { Deployer, Plain } from '../deploy/deployer.ts';
import { unlessGone } from '../deploy/lifecycle.ts';
import { ServiceFault } from '../service.ts';
import { blocksOf, need, textOf, textsOf } from './compute-inputs.ts';

const conditions = (value: Plain | undefined) =>
  blocksOf(value).map((c) => ({ type: textOf(c.type) ?? 'CLOUDWATCH', alarmIdentifier: textOf(c.alarmIdentifier) ?? '' }));

export const arcZonalShiftDeployers: readonly Deployer[] = [
  {
    type: 'aws:arczonalshift/zonalAutoshiftConfiguration:ZonalAutoshiftConfiguration',
    async create(given, deployment) {
      const { inputs } = given;
      const resourceIdentifier = need(given, 'resourceArn');
      await deployment.call('arc-zonal-shift', 'CreatePracticeRunConfiguration', {
        resourceIdentifier,
        outcomeAlarms: conditions(inputs.outcomeAlarms),
        blockingAlarms: conditions(inputs.blockingAlarms),
        blockedWindows: textsOf(inputs.blockedWindows),
        allowedWindows: textsOf(inputs.allowedWindows),
        blockedDates: textsOf(inputs.blockedDates),
      });
      const zonalAutoshiftStatus = need(given, 'zonalAutoshiftStatus');
      await deployment.call('arc-zonal-shift', 'UpdateZonalAutoshiftConfiguration', { resourceIdentifier, zonalAutoshiftStatus });
      return { id: resourceIdentifier, outputs: { resourceArn: resourceIdentifier } };
    },
    // Practice runs cannot go while autoshift is on.
    async remove({ id: resourceIdentifier }, deployment) {
      const off = { resourceIdentifier, zonalAutoshiftStatus: 'DISABLED' };
      try {
        await unlessGone(deployment.call('arc-zonal-shift', 'UpdateZonalAutoshiftConfiguration', off));
        await unlessGone(deployment.call('arc-zonal-shift', 'DeletePracticeRunConfiguration', { resourceIdentifier }));
      } catch (error) {
        if (!(error instanceof ServiceFault && error.members.reason === 'PracticeConfigurationDoesNotExist')) throw error;
      }
    },
  },
];
