/** A connection to the control door of a simulated AWS in another process, and the clock that comes with it. */
import { request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../src/model/clock.ts';
import { UsageError } from '../../src/model/errors.ts';
import { pack, unpack } from '../../src/model/packed.ts';
import { AWAKE, PROTOCOL, type Reply, WAIT } from '../../src/simulator/control.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

export interface RemoteWorld {
  readonly clock: RemoteClock;
  /** Asks the world. Throws what the world threw, by name and members. */
  ask<T>(what: string, input: unknown): Promise<T>;
  close(): void;
}

export interface RemoteClock extends Clock {
  /**
   * Work outside of the world (a database): the world's time stands still until it is done, `PATIENCE` at most. What comes later
   * finds the time as it is then.
   */
  real<T>(work: Promise<T>): Promise<T>;
}

/** Milliseconds of real time. A store that answers later is taken for one that does not answer: time goes on, and leases end. */
const PATIENCE = 500;

/** `by`: how this controller names itself to the world. Throws `UsageError` when there is no such door, or the token is not its own. */
export async function connectWorld(url: string, token: string, by: () => string): Promise<RemoteWorld> {
  const { socket, now } = await upgraded(url, token);
  const local = new VirtualClock(now);
  const open = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  /** What must be done before this controller can wait. */
  let busy = 0;
  let waiting: Promise<void> | undefined;
  let settling = false;

  const lines = createInterface({ input: socket });
  lines.on('error', () => socket.destroy());
  lines.on('line', (line) => {
    const reply = unpack(line) as Reply;
    open.get(reply.n)?.(reply);
    open.delete(reply.n);
  });
  const gone = new Promise<never>((_, reject) => {
    socket.on('close', () => reject(new Error(`simulated AWS at ${url} is gone`)));
  });
  gone.catch(() => undefined);

  const send = (what: string, input: unknown): Promise<Reply> => {
    asked += 1;
    const n = asked;
    const replied = new Promise<Reply>((resolve) => open.set(n, resolve));
    socket.write(`${pack({ n, by: by(), what, input })}\n`);
    return Promise.race([replied, gone]);
  };

  const settle = async (): Promise<void> => {
    settling = true;
    try {
      for (;;) {
        // Whatever is runnable runs first.
        await macrotask();
        await macrotask();
        if (busy > 0 || local.next === undefined) return;
        const wait = send(WAIT, local.next);
        waiting = wait.then(
          () => undefined,
          () => undefined,
        );
        const reply = await wait;
        waiting = undefined;
        local.advance(reply.now - local.now());
      }
    } finally {
      waiting = undefined;
      settling = false;
    }
  };
  const kick = (): void => {
    // A world that is gone is told to whoever asks it next.
    if (!settling) settle().catch(() => undefined);
  };
  /** A controller that is waiting is so no longer. */
  const awake = async (): Promise<void> => {
    if (waiting === undefined) return;
    await send(AWAKE, null);
    await waiting;
  };
  const working = async <T>(work: () => Promise<T>): Promise<T> => {
    busy += 1;
    try {
      await awake();
      return await work();
    } finally {
      busy -= 1;
      kick();
    }
  };

  const clock: RemoteClock = {
    now: () => local.now(),
    sleep: (milliseconds, signal) => {
      const asleep = local.sleep(milliseconds, signal);
      if (waiting === undefined) kick();
      else void working(async () => undefined).catch(() => undefined);
      return asleep;
    },
    real: async (work) => {
      busy += 1;
      let counted = true;
      const release = (): void => {
        if (counted) busy -= 1;
        counted = false;
        kick();
      };
      const timer = setTimeout(release, PATIENCE);
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        if (!counted) {
          busy += 1;
          counted = true;
          await awake().catch(() => undefined);
        }
        release();
      }
    },
  };

  return {
    clock,
    ask: <T>(what: string, input: unknown): Promise<T> =>
      working(async () => {
        const { error, output } = await send(what, input);
        if (error !== undefined) throw Object.assign(new Error(String(error.message)), error);
        return output as T;
      }),
    close: () => socket.destroy(),
  };
}

async function upgraded(url: string, token: string): Promise<{ readonly socket: Duplex; readonly now: number }> {
  const refused = (found: string): UsageError =>
    new UsageError(
      'no-control',
      `${url}: expected the control door of a simulated AWS, found ${found}. Start holdfast simulator with --control, and give its URL to --aws and its token to --control.`,
    );
  return new Promise((resolve, reject) => {
    const asking = httpRequest(url, { headers: { connection: 'Upgrade', upgrade: PROTOCOL, authorization: `Bearer ${token}` } });
    asking.once('upgrade', ({ headers }, socket, head) => {
      socket.unshift(head);
      socket.on('error', () => socket.destroy());
      resolve({ socket, now: Number(headers['x-now']) });
    });
    asking.once('response', (response) => {
      response.resume();
      reject(refused(response.statusCode === 401 ? 'that it does not take this token' : `HTTP status ${response.statusCode}`));
    });
    asking.once('error', (error) => reject(refused(error.message)));
    asking.end();
  });
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
