import { describe, expect, it } from 'vitest';
import { tableOf } from '../../scripts/commands/drill-table.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

const START = Date.parse('2026-06-01T09:00:00Z');
const never = new AbortController().signal;

/** Lines as they are typed, one minute of real time each. */
function seat(typed: readonly string[]) {
  const clock = new VirtualClock(START);
  let real = 0;
  const lines = (async function* () {
    for (const line of typed) {
      real += 60_000;
      yield line;
    }
  })();
  const said: string[] = [];
  const table = tableOf(
    lines,
    (text) => void said.push(text),
    clock,
    () => real,
  );
  const ask = (signal = never) => clock.drive(table.ask('incident lead', 'Was recovery invoked?', signal));
  return { ask, said, clock };
}

describe('the table of a table-top', () => {
  it('keeps who said what, after the time that they took', async () => {
    const { ask, said } = seat(['Ana Ruiz: yes: by the pager']);
    expect(await ask()).toEqual({ who: 'Ana Ruiz', says: 'yes: by the pager', at: START + 60_000 });
    expect(said.join('')).toContain('incident lead: Was recovery invoked?');
  });

  it('asks again for a line that names nobody', async () => {
    const { ask, said } = seat(['yes', 'Ana: yes']);
    expect(await ask()).toEqual({ who: 'Ana', says: 'yes', at: START + 120_000 });
    expect(said.join('')).toContain('found "yes"');
  });

  it.each([
    ['an empty line', ['']],
    ['no more lines', []],
    ['a name without words', ['Ana:', '']],
  ])('takes %s for no answer', async (_, typed) => {
    expect(await seat(typed).ask()).toBeUndefined();
  });

  it('stops asking when the drill is called off', async () => {
    const { ask } = seat(['yes']);
    await expect(ask(AbortSignal.abort())).rejects.toThrow('aborted');
  });
});
