/** Takes seeds and gives back what their estates came to, until there are no more. */
import { parentPort } from 'node:worker_threads';
import { truthOf } from './truth-run.ts';

parentPort?.on('message', (seed: number) => {
  truthOf(seed).then(
    (truth) => parentPort?.postMessage({ truth }),
    (error: unknown) =>
      parentPort?.postMessage({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
