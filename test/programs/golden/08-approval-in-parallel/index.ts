import { globalShop } from '../common/aurora-global.ts';
import { databaseStep, regionSwitch } from '../common/region-switch.ts';
import { mended } from '../common/setting.ts';

const shop = globalShop();
const approval = {
  name: 'duty-manager',
  executionBlockType: 'ManualApproval',
  executionApprovalConfigs: [{ approvalRole: 'arn:aws:iam::111122223333:role/duty-manager', timeoutMinutes: 60 }],
};
const steps = [...(mended ? [] : [approval]), databaseStep(shop, 'failover')];
// The point: the plan has triggers, and one of the blocks that start together waits for a person.
regionSwitch(shop.primary, shop.standby, [{ name: 'together', executionBlockType: 'Parallel', parallelConfigs: [{ steps }] }]);
