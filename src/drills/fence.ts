/** Keeps what a controller sends to the world inside its lease: its steps may take many calls, and the lease may end between two. */
import type { Session } from '../aws/call.ts';
import type { Transport } from '../aws/transport.ts';
import type { Logbook } from './logbook.ts';
import type { Injector } from './ports.ts';

export interface Fence {
  /** From now on calls pass while the logbook's lease holds. */
  open(log: Pick<Logbook, 'check'>): void;
  close(): void;
  /** Throws when nothing may be sent. */
  check(): void;
}

/** What is sent outside of a drill passes: preparing one changes nothing. */
export function fence(): Fence {
  let log: Pick<Logbook, 'check'> | undefined;
  return {
    open: (opened) => {
      log = opened;
    },
    close: () => {
      log = undefined;
    },
    check: () => log?.check(),
  };
}

/** Every attempt passes the fence, retries too. */
export const fencedTransport = (transport: Transport, { check }: Fence): Transport => ({
  send: async (client, operation, input, at, signal) => {
    check();
    return transport.send(client, operation, input, at, signal);
  },
});

export const fencedSession = (session: Session, { check }: Fence): Session => ({
  ...session,
  send: async (call, input, at) => {
    check();
    return session.send(call, input, at);
  },
});

export const fencedInjector = (injector: Injector, { check }: Fence): Injector => ({
  ...injector,
  begin: async (token, what) => {
    check();
    return injector.begin(token, what);
  },
  end: async (token) => {
    check();
    return injector.end(token);
  },
});
