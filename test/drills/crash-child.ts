/**
 * A controller in a process of its own, which is killed. Arguments: URL and token of the world, the store, the run, the request as
 * JSON, the entry after which it kills itself with -9 (0: it is killed from outside, if at all).
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/store.ts';
import { controller } from './crash-controller.ts';

const [url = '', token = '', place = '', run = '', asked = '', deathAt = '0'] = process.argv.slice(2);

const store = await openStore(place.startsWith('postgres:') ? { url: place } : { folder: place });
const held = await controller({
  url,
  token,
  store,
  run,
  asked,
  appended: (n) => {
    if (n === 1) writeSync(1, 'begun\n');
    if (n === Number(deathAt)) process.kill(process.pid, 'SIGKILL');
  },
});
writeSync(1, `ended ${held.result.status}\n`);
await store.close();
process.exit(0);
