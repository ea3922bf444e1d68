/** The command lines that come after a dry run: as it was asked for, with what was given. */
import type { DrillRunFlags } from './drill.ts';
import { type DryRun, mayBeHeld } from './drill-dry-run.ts';

const AGAIN = [
  ['catalog', '--catalog'],
  ['store', '--store'],
  ['region', '--region'],
  ['date', '--date'],
  ['service', '--service'],
  ['member', '--member'],
  ['profile', '--profile'],
  ['role', '--role'],
  ['regions', '--regions'],
  ['accounts', '--accounts'],
  ['killSwitch', '--kill-switch'],
  ['controllerRegion', '--controller-region'],
  ['fisRole', '--fis-role'],
  ['servedBy', '--served-by'],
  ['budget', '--budget'],
  ['state', '--state'],
  ['config', '--config'],
  ['fisApiRole', '--fis-api-role'],
  ['drillRole', '--drill-role'],
  ['canary', '--canary'],
  ['resolver', '--resolver'],
] as const satisfies readonly (readonly [keyof DrillRunFlags, string])[];

/** Of approving it, where that is missing, and of holding it. None where nothing is to be held on real AWS. */
export function nextOf(
  wanted: string,
  named: readonly string[],
  runs: readonly DryRun[],
  flags: DrillRunFlags,
): readonly string[] {
  if (flags.aws !== 'live' || runs.length === 0) return [];
  const given = (command: string): readonly string[] =>
    // An id has one service, and approving takes no other.
    AGAIN.filter(([name]) => command === 'run' || name !== 'service').flatMap(([name, option]) => {
      const value = flags[name];
      const values = typeof value === 'object' ? value : value === undefined ? [] : [String(value)];
      return values.flatMap((one) => [option, one]);
    });
  const line = (command: string, ...more: readonly string[]): string =>
    ['holdfast', 'drill', command, wanted, ...named, '--aws', 'live', ...given(command), ...more].map(quoted).join(' ');
  const isApproved = runs.every((r) => r.gates?.every((g) => g.id !== 'approvals' || g.holds === 'yes') === true);
  const run = line(
    'run',
    ...(flags.requester === undefined ? [] : ['--requester', flags.requester]),
    '--allow-disruption',
    '--change',
    flags.change ?? 'CHG-123',
  );
  if (runs.every(mayBeHeld)) return [run];
  return [...(isApproved ? [] : [`${line('approve', '--by', 'NAME')}   # by somebody else than the requester`]), run];
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
