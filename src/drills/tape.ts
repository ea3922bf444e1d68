/**
 * What a drill was prepared from. Whoever takes up a run prepares it from the same: what a service answers while it is disrupted is
 * no ground for a drill of it.
 */
import type { Json } from '../model/journal.ts';
import { pack, unpack } from '../model/packed.ts';
import type { Ground } from './ground.ts';
import { asJson } from './logbook.ts';

export interface Tape {
  /** The ground, which while the tape runs answers as it did before, and tells of the rest. */
  readonly ground: Ground;
  /** What was asked, with its answers. Failures are not kept: they are asked for again. */
  readonly seen: () => Json;
  /** From now on the ground is as it is. */
  stop(): void;
}

/** `before`: what `seen` gave when the run was created; null: it is created now. */
export function tape(ground: Ground, before: Json): Tape {
  const kept = new Map<string, string>(Object.entries(record(before)));
  let runs = true;
  const asked =
    <A extends readonly unknown[], R>(name: string, ask: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (!runs) return ask(...args);
      const key = `${name} ${pack(args)}`;
      const known = kept.get(key);
      // Written below from an answer to this very question.
      if (known !== undefined) return (unpack(known) as { readonly answer: R }).answer;
      const answer = await ask(...args);
      if (runs) kept.set(key, pack({ answer }));
      return answer;
    };
  const { outside, session, injector } = ground;
  return {
    ground: {
      ...ground,
      outside: {
        ...outside,
        request: asked('request', outside.request),
        resolve: asked('resolve', outside.resolve),
        contents: asked('contents', outside.contents),
        lag: asked('lag', outside.lag),
      },
      injector: { ...injector, refuses: asked('refuses', injector.refuses) },
      session: {
        ...session,
        send: (call, input, at) =>
          asked(`${call.client} ${call.operation}`, (_: typeof input, __: typeof at) => session.send(call, input, at))(input, at),
      },
    },
    seen: () => asJson(Object.fromEntries(kept)),
    stop: () => {
      runs = false;
    },
  };
}

function record(json: Json): Readonly<Record<string, string>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return {};
  return Object.fromEntries(Object.entries(json).filter((e): e is [string, string] => typeof e[1] === 'string'));
}
