/** `npm run build`. */
import { bundle } from './bundle.mjs';
import { root } from './setup.mjs';

await bundle(root);
