/** Events that take their time: how long, drawn from the world's seed, and one after another. */
import type { World } from './world.ts';

/** Milliseconds, evenly spread between two numbers of seconds. */
export function between(world: World, low: number, high: number): number {
  return Math.round((low + (high - low) * world.random.next()) * 1000);
}

/** Things that happen one after another, each after its time, unless something else happens to the store in between. */
export function procedure(
  world: World,
  on: { epoch: number },
  steps: readonly { readonly after: number; readonly what: () => void }[],
): void {
  on.epoch += 1;
  const { epoch } = on;
  const run = (at: number): void => {
    const step = steps[at];
    if (step === undefined) return;
    world.clock.after(step.after, () => {
      if (on.epoch !== epoch) return;
      step.what();
      run(at + 1);
    });
  };
  run(0);
}
