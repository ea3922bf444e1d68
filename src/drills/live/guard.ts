/** A session that changes nothing on AWS unless every gate holds at that very moment; undoing always passes, and says so. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call, Place, Session } from '../../aws/call.ts';
import type { AnyCall } from '../../aws/failure.ts';
import { messageOf } from '../../model/errors.ts';
import type { Actuator, PreparedDrill, StopCondition } from '../contract.ts';
import { GATES, type Gate, open } from './gates.ts';

/** A change that was not made, since a gate did not hold. Nothing was sent. */
export class GateClosed extends Error {
  readonly code = 'gate-closed';
  readonly gates: readonly Gate[];
  constructor(what: string, closed: readonly Gate[]) {
    super(`${what} was not sent: ${closed.map((g) => `${g.id}: ${g.says}`).join('; ')}`);
    this.name = 'GateClosed';
    this.gates = closed;
  }
}

interface RefusedChange {
  /** IAM action, or what would have been done where no call of AWS does it. */
  readonly action: string;
  readonly at: Place | undefined;
  readonly closed: readonly Gate[];
}

export interface Guard {
  /** Reads pass; everything else passes while all gates hold, and inside `undoing`. */
  readonly session: Session;
  /** Throws `GateClosed` unless a change may be made now: for changes that no call of AWS makes. */
  permit(what: string): Promise<void>;
  /** Runs work that undoes or tidies up: none of its calls asks the gates, whatever has closed meanwhile. */
  undoing<T>(work: () => Promise<T>): Promise<T>;
  /** The drill with its compensations run as undoing, and with the gates that can close meanwhile among its stop conditions. */
  guarded(drill: PreparedDrill): PreparedDrill;
  /** What was refused so far. */
  readonly refused: readonly RefusedChange[];
}

interface GuardSettings {
  readonly session: Session;
  /** Calls of the session, with their grades: a call cannot be made harmless by saying so. */
  readonly calls: readonly AnyCall[];
  /** Evaluated at each change: time and kill switch move on. */
  readonly gates: () => Promise<readonly Gate[]>;
}

/** Operations that only read, as AWS names them. What is graded as a read and called otherwise is taken for a change. */
const READS = /^(?:Describe|Get|List|Head|Query|Scan|BatchGet)/;

export function guard({ session, calls, gates }: GuardSettings): Guard {
  const graded = new Map(calls.map((c) => [`${c.client} ${c.operation}`, c.grade]));
  const undo = new AsyncLocalStorage<true>();
  const refused: RefusedChange[] = [];
  const changes = ({ client, operation, grade }: AnyCall): boolean =>
    grade !== 'read' || graded.get(`${client} ${operation}`) !== 'read' || !READS.test(operation);

  const closedNow = async (): Promise<readonly Gate[]> => {
    let all: readonly Gate[];
    try {
      all = await gates();
    } catch (error) {
      const says = messageOf(error);
      return GATES.map((id) => ({ id, holds: 'unknown', says }));
    }
    if (open(all)) return [];
    const given = all.filter((g) => g.holds !== 'yes');
    const missing = GATES.filter((id) => !all.some((g) => g.id === id));
    return [...given, ...missing.map((id): Gate => ({ id, holds: 'unknown', says: 'was not evaluated' }))];
  };
  const pass = async (action: string, at: Place | undefined): Promise<void> => {
    if (undo.getStore() === true) return;
    const closed = await closedNow();
    if (closed.length === 0) return;
    refused.push({ action, at, closed });
    throw new GateClosed(action, closed);
  };
  const undoing = <T>(work: () => Promise<T>): Promise<T> => undo.run(true, work);
  const wrapped = (actuator: Actuator): Actuator => ({
    id: actuator.id,
    describe: () => actuator.describe(),
    act: (token, signal) => actuator.act(token, signal),
    outcome: (token) => actuator.outcome(token),
    compensate: (token) => undoing(() => actuator.compensate(token)),
    left: (token) => actuator.left(token),
  });
  const stop: StopCondition = {
    id: 'gates',
    holds: async () => {
      const closed = await closedNow();
      if (closed.some((g) => g.holds === 'no')) return true;
      return closed.length === 0 ? false : undefined;
    },
  };

  return {
    session: {
      world: session.world,
      grade: session.grade,
      async send<I, O>(call: Call<I, O>, input: I, at: Place): Promise<O> {
        if (changes(call)) await pass(call.action, at);
        return session.send(call, input, at);
      },
    },
    permit: (what) => pass(what, undefined),
    undoing,
    guarded: (drill) => ({
      ...drill,
      disrupt: drill.disrupt.map(wrapped),
      recover: drill.recover.map(wrapped),
      preconditions: [
        {
          id: 'gates',
          check: async () => {
            const closed = await closedNow();
            return closed.length === 0 ? undefined : closed.map((g) => `${g.id}: ${g.says}`).join('; ');
          },
        },
        ...drill.preconditions,
      ],
      stops: [...drill.stops, stop],
    }),
    refused,
  };
}
