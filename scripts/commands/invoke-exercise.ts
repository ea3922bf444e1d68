/** A plan exercised in simulated AWS: something is lost and comes back, and those who are named act at once. */

import type { People, Saying, SayingKind } from '../../src/drills/invocation/people.ts';
import type { Disruption } from '../../src/drills/ports.ts';
import { UsageError } from '../../src/model/errors.ts';
import { memberOf } from '../../src/model/journal.ts';
import { isRegionName, regionOfZone } from '../../src/model/scope.ts';
import type { Stage, Theatre } from './drill-theatre.ts';

/** Milliseconds: the world is well first, then something is away for a while. */
const WELL = 10 * 60_000;
const AWAY = 2 * 3_600_000;

export interface Lost {
  /** Begins the story. */
  play(stage: Stage, run: string): Story;
}

export interface Story {
  /** Milliseconds since the epoch after which nobody assesses any more. */
  readonly until: number;
  /** Milliseconds until it has been lost for some time. */
  readonly shows: number;
  over(): void;
}

/** `name`: a Region or an AZ of the sources. */
export function losing(name: string, theatre: Theatre): Lost {
  const isRegion = isRegionName(name);
  if (!isRegion && regionOfZone(name) === undefined)
    throw new UsageError(
      'lose-unknown',
      `--lose: expected a Region such as eu-west-1 or an AZ such as eu-west-1a, found ${name}.`,
    );
  if (theatre.world !== 'simulated') throw new UsageError('nothing-is-lost', '--lose: only simulated AWS plays a loss.');
  const what: Disruption = isRegion ? { kind: 'region-loss', region: name } : { kind: 'az-loss', zone: name };
  return {
    play: ({ clock, ground }, run) => {
      const over = new AbortController();
      const token = `${run}/exercise`;
      const story = async (): Promise<void> => {
        await clock.sleep(WELL, over.signal);
        await ground.injector.begin(token, what);
        await clock.sleep(AWAY, over.signal);
        await ground.injector.end(token);
      };
      // It ends early with the invocation.
      story().catch(() => undefined);
      return { until: clock.now() + WELL + AWAY, shows: WELL + AWAY / 2, over: () => over.abort() };
    },
  };
}

const APPROVAL = /^approval \d+ of (.*)$/s;

/** They declare once the criteria hold, approve what they are asked, and let everything return to normal. */
export function actors(names: readonly string[], reason: string | undefined, run: string, { journal, clock }: Stage): People {
  const heard: Saying[] = [];
  const speak = (kind: SayingKind, about: string): void => {
    if (heard.some((s) => s.kind === kind && s.about === about)) return;
    const at = clock.now();
    for (const by of names) heard.push({ kind, about, by, at, reason: reason ?? 'exercise', onset: undefined, stays: false });
  };
  return {
    said: async () => {
      const entries = names.length === 0 ? [] : await journal.read(run);
      const criteria = entries.findLast((e) => e.about === 'criteria');
      const holds = criteria === undefined ? undefined : memberOf(criteria.data, 'holds');
      if (holds === 'yes') speak('declare', '');
      for (const { kind, about } of entries) {
        const [, step] = APPROVAL.exec(about) ?? [];
        if (kind === 'observation' && step !== undefined) speak('approve', step);
        if (kind === 'phase' && about === 'deactivate') speak('deactivate', '');
      }
      return heard;
    },
  };
}
