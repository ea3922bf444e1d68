import { globalShop } from '../common/aurora-global.ts';
import { databaseStep, regionSwitch } from '../common/region-switch.ts';

const shop = globalShop();
// The point: an alarm starts the plan, and no step of it waits for anybody.
regionSwitch(shop.primary, shop.standby, [databaseStep(shop, 'failover')]);
