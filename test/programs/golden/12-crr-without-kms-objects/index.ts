import { bucketShop } from '../common/bucket.ts';
import { mended } from '../common/setting.ts';

// The point: objects under SSE-KMS are replicated only by rules that select them.
bucketShop({ copiesEncrypted: mended, destinationVersioning: 'Enabled' });
