import { mended } from '../common/setting.ts';
import { tableShop } from '../common/table.ts';

// The point: two Regions are no majority; AWS asks for a third replica or a witness.
tableShop(mended ? { consistencyMode: 'STRONG', witness: 'eu-west-3' } : { consistencyMode: 'STRONG' });
