import { globalShop } from '../common/aurora-global.ts';
import { databaseStep, regionSwitch } from '../common/region-switch.ts';
import { mended } from '../common/setting.ts';

const shop = globalShop();
// The point: a switchover needs the Region that is lost.
regionSwitch(shop.primary, shop.standby, [databaseStep(shop, mended ? 'failover' : 'switchoverOnly')]);
