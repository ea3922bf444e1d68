/**
 * The control door of a simulated AWS: what its outside world can do to it, for controllers in other processes. A controller
 * connects to the endpoint with an HTTP upgrade to `holdfast-control` and the token; from then on the connection carries lines of
 * JSON. The world's time is theirs together: it stands still while any controller that is connected is at work, and once all of
 * them wait it jumps to the next thing that happens, or that one of them waits for. A controller that dies closes its connection
 * and holds up nobody.
 */
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { pack, unpack } from '../model/packed.ts';
import type { Cancel, VirtualClock } from './world/clock.ts';

/** `input` is what the caller sent; `by` is how the caller names itself. */
export type Answer = (input: never, by: string) => Promise<unknown>;

export interface ControlSettings {
  readonly clock: VirtualClock;
  readonly token: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

export interface ControlDoor {
  /** Takes over a connection of an HTTP server that asks for an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex): void;
  /** Controllers that are connected now. */
  connected(): number;
  close(): void;
}

export const PROTOCOL = 'holdfast-control';
export const WAIT = 'wait';
export const AWAKE = 'awake';

/** A line to the world. `n` numbers the caller's questions. */
export interface Question {
  readonly n: number;
  readonly by: string;
  readonly what: string;
  readonly input: unknown;
}

/** A line from the world: its time in milliseconds since the epoch, and what came of the question. */
export interface Reply {
  readonly n: number;
  readonly now: number;
  readonly output?: unknown;
  readonly error?: Readonly<Record<string, unknown>>;
}

interface Controller {
  readonly socket: Duplex;
  /** Set while it waits: wakes it. */
  wake: (() => void) | undefined;
}

export function controlDoor({ clock, token, answers }: ControlSettings): ControlDoor {
  const controllers = new Set<Controller>();
  let turning = false;

  /** Time moves only here: one instant after another, as long as everybody waits. */
  const turn = async (): Promise<void> => {
    if (turning) return;
    turning = true;
    while (controllers.size > 0 && [...controllers].every((c) => c.wake !== undefined)) {
      const { next } = clock;
      if (next === undefined) break;
      clock.advance(next - clock.now());
      // What the events woke in this process goes on first.
      await macrotask();
    }
    turning = false;
  };

  const wait = (controller: Controller, until: number): Promise<void> => {
    const waiting = new Promise<void>((resolve) => {
      const wake = (): void => {
        cancel();
        controller.wake = undefined;
        resolve();
      };
      const cancel: Cancel = clock.at(until, wake);
      controller.wake = wake;
    });
    void turn();
    return waiting;
  };

  const answer = async (controller: Controller, { what, input, by }: Question): Promise<unknown> => {
    if (what === WAIT) return wait(controller, Number(input));
    if (what === AWAKE) return controller.wake?.();
    const known = Object.hasOwn(answers, what) ? answers[what] : undefined;
    if (known === undefined) throw new Error(`the control door does not know ${what}`);
    return known(input as never, by);
  };

  const serve = (socket: Duplex): void => {
    const controller: Controller = { socket, wake: undefined };
    controllers.add(controller);
    const lines = createInterface({ input: socket });
    // It tells of the socket's errors too: a controller that is killed is no mistake of the world's.
    lines.on('error', () => socket.destroy());
    lines.on('line', (line) => {
      const question = unpack(line) as Question;
      answer(controller, question)
        .then(
          (output) => ({ output }),
          (error: unknown) => ({ error: shown(error) }),
        )
        .then((came) => socket.writable && socket.write(`${pack({ n: question.n, now: clock.now(), ...came })}\n`))
        .catch(() => socket.destroy());
    });
    socket.on('error', () => socket.destroy());
    // Sockets of an HTTP server stay half open by themselves.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      controllers.delete(controller);
      controller.wake?.();
      void turn();
    });
  };

  return {
    upgrade: (request, socket) => {
      const right = request.headers.authorization === `Bearer ${token}` && request.headers.upgrade === PROTOCOL;
      if (!right) {
        socket.end(
          `HTTP/1.1 ${request.headers.upgrade === PROTOCOL ? '401 Unauthorized' : '400 Bad Request'}\r\nConnection: close\r\n\r\n`,
        );
        return;
      }
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${PROTOCOL}\r\nConnection: Upgrade\r\nX-Now: ${clock.now()}\r\n\r\n`,
      );
      serve(socket);
    },
    connected: () => controllers.size,
    close: () => {
      for (const { socket } of controllers) socket.destroy();
    },
  };
}

/** An error as its members: who asked makes one of the same kind of it. */
function shown(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return { ...error, name: error.name, message: error.message };
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
