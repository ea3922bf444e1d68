import { instancesShop } from '../common/instances.ts';
import { mended, variant } from '../common/setting.ts';

// The point: 2 of 4 is what the standby can ever run, and 60 % was promised. A larger maximum alone is only a hope:
// nobody holds the instances ready that the group would ask for while everybody else does.
const size = mended ? { min: 3, max: 4 } : variant === 'larger-maximum' ? { min: 1, max: 4 } : { min: 1, max: 2 };
instancesShop(size);
