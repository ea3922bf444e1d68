import { afterEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/simulator/world/clock.ts';

afterEach(() => vi.restoreAllMocks());

/** Real time, milliseconds. */
const real = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe('real work', () => {
  it('lets time stand still, and keeps no processor busy', async () => {
    const clock = new VirtualClock(0);
    const turns = vi.spyOn(globalThis, 'setImmediate');
    const happened: number[] = [];
    await clock.drive(
      (async () => {
        clock.after(10, () => happened.push(clock.now()));
        await clock.real(real(100));
        expect(happened).toEqual([]);
        await clock.sleep(20);
      })(),
    );
    expect(happened).toEqual([10]);
    expect(clock.now()).toBe(20);
    expect(turns.mock.calls.length).toBeLessThan(20);
  });

  it('is awaited to the last of several, and need not be when the work is done without it', async () => {
    const clock = new VirtualClock(0);
    await clock.drive(Promise.all([clock.real(real(5)), clock.real(real(30)), clock.sleep(1)]).then(() => undefined));
    expect(clock.now()).toBe(1);
    let ended = false;
    const slow = clock.real(real(60)).then(() => {
      ended = true;
    });
    await clock.drive(real(5));
    expect(ended).toBe(false);
    await slow;
  });
});
