/** Takes seeds and gives back what their estates came to, until nobody is there to ask. */
import { truthOf } from './truth-run.ts';

process.on('message', (seed: number) => {
  truthOf(seed).then(
    (truth) => process.send?.({ truth }),
    (error: unknown) => process.send?.({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
