import { bucketShop } from '../common/bucket.ts';
import { mended } from '../common/setting.ts';

// The point: a destination without versioning takes no copies.
bucketShop({ copiesEncrypted: true, destinationVersioning: mended ? 'Enabled' : 'Suspended' });
