/** Scenarios of other packs, told again: what they say, what we say, and why where the two differ. */
import { expect, it } from 'vitest';
import { type Registration, served } from '../served.ts';

/** `owed`: nobody can tell before the update. */
export type Answer = 'violation' | 'passes' | 'owed';

export interface Scenario {
  readonly says: string;
  readonly stack: readonly Registration[];
  readonly theirs: 'violation' | 'passes';
  /** Ours that are about the same. None: it is not about continuity. */
  readonly rules: readonly string[];
  readonly ours: Answer;
  /** Why ours is right; only where the two differ. */
  readonly because?: string;
}

export const resource = (type: string, inputs: Registration['inputs'], name = 'it'): Registration => ({
  type,
  name,
  inputs,
  providerInputs: { region: 'us-west-2' },
});

export function tell(scenarios: readonly Scenario[]): void {
  it.each(scenarios)('$says: $ours', async ({ stack, rules, theirs, ours, because }) => {
    const { said } = await served().preview(stack);
    const about = (text: string): boolean => rules.includes(text);
    const fires = said.some((s) => about(s.policy));
    const owed = said.some(
      (s) => s.policy === 'obligations' && s.message.split('\n').some((l) => about(/^[\w-]+/.exec(l)?.[0] ?? '')),
    );
    expect(fires ? 'violation' : owed ? 'owed' : 'passes').toBe(ours);
    expect(because !== undefined, 'a reason where the answers differ, and only there').toBe(ours !== theirs);
  });
}
