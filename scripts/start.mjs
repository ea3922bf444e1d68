/** `npm start`: the main job on the reference workload, from a fresh clone, with no account and no Pulumi CLI. */
import { build, install, root, run } from './setup.mjs';

install();
await build();
run(process.execPath, [`${root}/dist/scripts/start.js`]);
