/** Where a drill is held: one world, with all that may be done and seen there. */
import type { Session } from '../aws/call.ts';
import type { Clock } from '../model/clock.ts';
import type { World } from '../model/resource.ts';
import type { Judgement } from '../verdicts/judge.ts';
import type { Injector, Outside } from './ports.ts';

/** What somebody at the table of a table-top said. */
export interface Said {
  readonly who: string;
  readonly says: string;
  /** Milliseconds since the epoch at which it was decided. */
  readonly at: number;
}

export interface Ground {
  readonly judgement: Judgement;
  readonly outside: Outside;
  readonly injector: Injector;
  readonly clock: Clock;
  readonly world: World;
  /** Declared, and not there to be drilled: why, by URN. See unsimulated.ts for what that means to a drill. */
  readonly notThere: ReadonlyMap<string, string>;
  /** For the steps of people: the only session with AWS that may disrupt. */
  readonly session: Session;
  /** Other drills that are under way in the store, by run. Rejects when nobody can tell. */
  readonly others: () => Promise<readonly string[]>;
  /** Why the live checks of a service are not green; undefined: no finding at or above high. Rejects when nobody can tell. */
  readonly checks: (service: string) => Promise<string | undefined>;
  /** Where people answer a table-top; undefined: nobody is there. `ask` resolves with undefined when a role does not answer. */
  readonly table?: { ask(role: string, question: string, signal: AbortSignal): Promise<Said | undefined> };
}
