/** The table of a table-top: each question is put to whoever sits here, and each answer is a line. */
import type { Ground, Said } from '../../src/drills/ground.ts';
import type { Surroundings } from '../surroundings.ts';
import type { WorldClock } from './drill-journal.ts';

export type Table = NonNullable<Ground['table']>;

/** For looking at a drill that is not held: it would be asked, and nobody answers. */
export const EMPTY_TABLE: Table = { ask: async () => undefined };

/**
 * Answers are lines `NAME: what they say`; an empty line, or no more lines, is no answer. People take their time in every world: a
 * virtual clock goes on by as much as they took of the `real` one (milliseconds).
 */
export function tableOf(lines: AsyncIterator<string>, say: (text: string) => void, clock: WorldClock, real: () => number): Table {
  return {
    ask: async (role, question, signal) => {
      say(`\n${role}: ${question}\nNAME: answer (empty: nobody answers) > `);
      const [asked, seen] = [real(), clock.now()];
      const said = await clock.real(spoken(lines, say, signal));
      const passed = clock.now() - seen;
      await clock.sleep(Math.max(0, real() - asked - passed), signal);
      return said === undefined ? undefined : { ...said, at: clock.now() };
    },
  };
}

async function spoken(
  lines: AsyncIterator<string>,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Omit<Said, 'at'> | undefined> {
  const calledOff = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (;;) {
    const next = await Promise.race([lines.next(), calledOff]);
    const line = next?.done === false ? next.value.trim() : '';
    if (line === '') return undefined;
    const [, who, says] = /^([^:]+):\s*(.+)$/.exec(line) ?? [];
    if (who !== undefined && says !== undefined) return { who: who.trim(), says };
    say(`expected NAME: answer, as in Ana Ruiz: yes, found ${JSON.stringify(line)} > `);
  }
}

/** The table of a command, when it was asked for. */
export const tableAsked = (
  { table }: { readonly table?: boolean },
  around: Surroundings,
): ((clock: WorldClock) => Table) | undefined => {
  if (table !== true) return undefined;
  const lines = around.lines();
  return (clock) => tableOf(lines, around.ask, clock, Date.now);
};
