import { mended } from '../common/setting.ts';
import { tableShop } from '../common/table.ts';

// The point: a branch without a signal counts as healthy for ever.
tableShop({ consistencyMode: 'EVENTUAL', evaluateTargetHealth: mended });
