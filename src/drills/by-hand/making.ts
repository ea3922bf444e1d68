/** Steps that make a new resource beside the old one, lead its clients there, and remove it at the end. */
import type { Clock } from '../../model/clock.ts';
import type { Json } from '../../model/journal.ts';
import type { Canary } from '../canary.ts';
import type { Actuator } from '../contract.ts';
import { StepFailure } from './hand.ts';
import { unless, until, worded } from './waiting.ts';

export type Made =
  | { readonly kind: 'absent' }
  /** Being made, or being removed. */
  | { readonly kind: 'pending' }
  /** There, and something is still to be added: AWS makes it in parts, or whoever was at it died. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'failed'; readonly why: string }
  /** Where its clients connect, the best first; empty where they need not be told. */
  | { readonly kind: 'ready'; readonly endpoints: readonly string[] };

export interface Making {
  readonly id: string;
  readonly describes: Json;
  readonly clock: Clock;
  readonly canary: Canary | undefined;
  /** Of the new resource; the same for the same token. */
  readonly name: (token: string) => string;
  /** Asked for once by a controller that finds nothing: what another one began must be taken as it is. */
  readonly begin: (name: string, signal: AbortSignal) => Promise<unknown>;
  /** Adds to a part. */
  readonly complete?: (name: string, signal: AbortSignal) => Promise<unknown>;
  /** Codes by which AWS says that it has begun already. */
  readonly begun: readonly string[];
  readonly look: (name: string) => Promise<Made>;
  /** Asked for whenever it is there and not pending, until it is gone. */
  readonly remove: (name: string) => Promise<unknown>;
  /** What is left when it cannot be removed. */
  readonly calls: (name: string) => string;
}

/** AWS shows what it has begun after a moment; longer than this it has not begun. Milliseconds, assumed. */
const SHOWN = 10 * 60_000;

export function making(how: Making): Actuator {
  const { clock, canary } = how;
  const tell = (made: Made): void => {
    if (made.kind === 'ready' && made.endpoints.length > 0) canary?.move(made.endpoints);
  };
  const act: Actuator['act'] = async (token, signal) => {
    const name = how.name(token);
    if ((await how.look(name)).kind === 'absent') {
      signal.throwIfAborted();
      await unless(how.begun, how.begin(name, signal));
    }
    const since = clock.now();
    await until(clock, signal, `${how.calls(name)} to be ready`, async () => {
      const made = await how.look(name);
      if (made.kind === 'partial') await how.complete?.(name, signal);
      if (made.kind === 'failed') throw new StepFailure(`${how.id}: ${made.why}`);
      if (made.kind === 'absent' && clock.now() - since > SHOWN)
        throw new StepFailure(`${how.id}: AWS took the call and does not show ${how.calls(name)}`);
      tell(made);
      return made.kind === 'ready';
    });
    return { made: how.calls(name) };
  };
  return worded({
    id: how.id,
    describe: () => how.describes,
    act,
    outcome: async (token) => {
      const made = await how.look(how.name(token));
      tell(made);
      return made.kind === 'ready' ? 'done' : 'not-done';
    },
    compensate: async (token) => {
      canary?.back();
      const name = how.name(token);
      if ((await how.look(name)).kind === 'absent') return null;
      await until(clock, undefined, `${how.calls(name)} to be gone`, async () => {
        const made = await how.look(name);
        // What is still being made cannot be removed yet.
        if (made.kind !== 'absent' && made.kind !== 'pending') await how.remove(name);
        return made.kind === 'absent';
      });
      return { removed: how.calls(name) };
    },
    left: async (token) => {
      const name = how.name(token);
      return (await how.look(name)).kind === 'absent' ? [] : [how.calls(name)];
    },
  });
}
