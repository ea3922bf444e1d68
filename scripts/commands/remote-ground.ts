/** Simulated AWS in another process as a drill sees it: through the control door of its endpoint. */
import type { Transport } from '../../src/aws/transport.ts';
import type { Injector, Outside } from '../../src/drills/ports.ts';
import type { Json } from '../../src/model/journal.ts';
import { connectWorld, type RemoteClock } from './remote-clock.ts';
import type { CallInput, Standing } from './world-answers.ts';

export interface RemoteGround extends Standing {
  readonly clock: RemoteClock;
  readonly injector: Injector;
  readonly outside: Outside;
  /** Calls at operation level: what a drill's steps say to AWS, without bytes. */
  readonly transport: Transport;
  close(): void;
}

/** `by`: how this controller names itself to the world. Throws `UsageError` (`no-control`). */
export async function remoteGround(url: string, token: string, by: () => string): Promise<RemoteGround> {
  const { clock, ask, close } = await connectWorld(url, token, by);
  const standing = await ask<Standing>('there', null);
  return {
    ...standing,
    clock,
    close,
    injector: {
      refuses: (what) => ask<string | undefined>('refuses', what),
      begin: (id, what) => ask<Json>('begin', [id, what]),
      state: (id) => ask<Awaited<ReturnType<Injector['state']>>>('state', id),
      end: (id) => ask<Json>('end', id),
    },
    outside: {
      resolvers: standing.resolvers,
      request: (host, resolver) => ask('request', [host, resolver]),
      resolve: (name, resolver) => ask('resolve', [name, resolver]),
      write: (endpoint, sequence) => ask('write', [endpoint, sequence]),
      contents: (log) => ask('contents', log),
      lag: (store) => ask('lag', store),
    },
    transport: {
      send: (client, operation, input, at) => ask('call', { client, operation, input, at } satisfies CallInput),
    },
  };
}
