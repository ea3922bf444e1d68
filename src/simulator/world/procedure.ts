/** Events that take their time: how long, drawn from the world's seed, and one after another. */
import type { World } from './world.ts';

/** Milliseconds that AWS takes, between two numbers of seconds: the world's pace says where. */
export function between(world: World, low: number, high: number): number {
  return Math.round(world.pace(low * 1000, high * 1000, world.random));
}

/** Milliseconds until a timer of that many seconds comes round: it stands anywhere, whatever pace AWS has. */
export function phase(world: World, seconds: number): number {
  return Math.round(seconds * 1000 * world.random.next());
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
