/** The clock of simulated AWS: time stands still while anything can still happen now, and then jumps to the next event. */
import { abortError, type Clock } from '../../model/clock.ts';

interface Event {
  readonly at: number;
  /** Events of one instant happen in the order in which they were scheduled. */
  readonly order: number;
  readonly what: () => void;
  /** It only looks: see `look`. */
  readonly looks: boolean;
}

/** Looks in a row before everybody else gets a turn: something outside of the clock may be awaited. */
const LOOKS_IN_A_ROW = 100;

/** Cancels a scheduled event that has not happened yet; afterwards it does nothing. */
export type Cancel = () => void;

export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #outstanding = 0;
  /** Who waits until no real work is outstanding. */
  readonly #waiting: (() => void)[] = [];
  /** A binary heap by time, then order. */
  readonly #events: Event[] = [];
  readonly #cancelled = new Set<Event>();

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** `what` happens once virtual time has reached `at` (now, when that has passed). It must not wait for anything. */
  at(at: number, what: () => void): Cancel {
    const event = this.#schedule(at, what, false);
    return () => this.#cancelled.add(event);
  }

  /** As `after`, for what only looks and notes: it wakes nobody and begins nothing, so that the next event may follow at once. */
  look(milliseconds: number, what: () => void): void {
    this.#schedule(this.#now + milliseconds, what, true);
  }

  after(milliseconds: number, what: () => void): Cancel {
    return this.at(this.#now + milliseconds, what);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortError(signal));
        return;
      }
      const stop = (): void => {
        cancel();
        reject(abortError(signal));
      };
      const cancel = this.after(milliseconds, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Real work (bytes on a wire, a database): time stands still until it is done. */
  async real<T>(work: Promise<T>): Promise<T> {
    this.#outstanding += 1;
    try {
      return await work;
    } finally {
      this.#outstanding -= 1;
      if (this.#outstanding === 0) this.#wake();
    }
  }

  /** Lets everything happen that is due within the next `milliseconds`, and is then that much later. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    while (this.#next(until) !== undefined) {
      // Each event may schedule others.
    }
    this.#now = until;
  }

  /** Runs `work` to its end, in virtual time: time moves only when no task is runnable and no real work is outstanding. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = work.finally(() => {
      settled = true;
      this.#wake();
    });
    // The outcome is taken below; until then a rejection is nobody's.
    done.catch(() => undefined);
    while (!settled) {
      await macrotask();
      if (settled) continue;
      if (this.#outstanding > 0) {
        await this.#quiet();
        continue;
      }
      // Whatever became runnable in that turn may have begun real work or a sleep of its own.
      await macrotask();
      if (settled) continue;
      if (this.#outstanding > 0) {
        await this.#quiet();
        continue;
      }
      let happened = this.#next(Number.POSITIVE_INFINITY);
      if (happened === undefined) await idle();
      for (let n = 1; happened?.looks === true && n < LOOKS_IN_A_ROW; n += 1) happened = this.#next(Number.POSITIVE_INFINITY);
    }
    return done;
  }

  /** Until no real work is outstanding: it may take minutes, in which nothing here keeps the processor busy. */
  #quiet(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The instant of the next event; undefined when nothing is scheduled. */
  get next(): number | undefined {
    this.#dropCancelled();
    return this.#events[0]?.at;
  }

  #schedule(at: number, what: () => void, looks: boolean): Event {
    const event = { at: Math.max(at, this.#now), order: this.#order++, what, looks };
    push(this.#events, event);
    return event;
  }

  /** What happened; undefined: nothing is to happen until then. */
  #next(until: number): Event | undefined {
    this.#dropCancelled();
    const first = this.#events[0];
    if (first === undefined || first.at > until) return undefined;
    pop(this.#events);
    this.#now = first.at;
    first.what();
    return first;
  }

  #dropCancelled(): void {
    while (this.#cancelled.size > 0) {
      const first = this.#events[0];
      if (first === undefined || !this.#cancelled.delete(first)) return;
      pop(this.#events);
    }
  }
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Nothing is scheduled and nothing runs: something outside (a child process) is awaited. */
const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Event;
    if (!before(event, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && before(heap[below + 1] as Event, heap[below] as Event)) below += 1;
    const child = heap[below] as Event;
    if (!before(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
