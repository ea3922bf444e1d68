import { mended } from '../common/setting.ts';
import { tableShop } from '../common/table.ts';

// The point: replicas that follow within a second or so are behind by a second or so.
tableShop(mended ? { consistencyMode: 'STRONG', witness: 'eu-west-3' } : { consistencyMode: 'EVENTUAL' });
