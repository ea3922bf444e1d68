/** Options that several commands share. */
import { type Command, InvalidArgumentError } from 'commander';

export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number, 0 or more.');
  return value;
}

function day(text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) {
    throw new InvalidArgumentError('expected a day that exists, as YYYY-MM-DD.');
  }
  return text;
}

export const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/** Options of every command that reads sources. */
export function withSources(command: Command): Command {
  return command
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml beside the source, in its program’s folder, then upwards)')
    .option('--state <export>', 'stack export over which a preview or plan is read; repeatable', collect, [])
    .option('--config <key=value>', 'configuration of a program, over its stack file; repeatable', collect, [])
    .option('--region <region>', 'Region of resources that nothing else places')
    .option('--timeout <seconds>', 'time limit of a program run', whole, 60)
    .option('--memory <mib>', 'memory limit of a program run', whole, 2048)
    .option('--date <day>', 'day on which agreements and waivers are looked at (default: today)', day)
    .option('--quiet', 'print nothing but the result')
    .option('--no-color', 'no colours')
    .option('--out <file>', 'write to a file instead of standard output');
}

/** Options of every command that reads AWS. */
export function withAws(command: Command): Command {
  return command
    .option('--aws <world>', 'live, simulator (filled with the sources first), or the URL of an endpoint', 'live')
    .option('--profile <name>', 'profile of the shared AWS configuration')
    .option('--role <arn>', 'role to assume in each account: arn:aws:iam::{account}:role/NAME')
    .option('--regions <names>', 'Regions to read, with commas between (default: those of the sources, else all enabled ones)')
    .option(
      '--accounts <ids>',
      'accounts to read, with commas between (default: those of the sources with --role, else your own)',
    )
    .option('--organization', 'every active account of the organization')
    .option('--budget <calls>', 'stop before this many calls of AWS are exceeded', whole)
    .option('--seed <number>', 'seed of the simulation', whole, 1);
}

export const EXIT_CODES =
  '\nExit codes: 0 all met, 1 something not met or a finding at --fail-on, 2 bad usage or unreadable input, 3 nothing broken but something unknown.';

export const BASELINE_CODES =
  'With --baseline, 1 also when an agreed metric is lost, or is weakened or taken away without a new version of its agreement.';

export const STORE = 'folder or postgres:// URL (default: DATABASE_URL, HOLDFAST_STORE, .holdfast beside the catalogue)';

/** Options of every command that opens the store. */
export function withStore(command: Command): Command {
  return command
    .option('--store <place>', STORE)
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml in this folder, then upwards)');
}

/** Options of every command that shows beside its own level what evidence shows. */
export function withGivenEvidence(command: Command): Command {
  return command
    .option('--evidence <pack>', 'show what the drills and real events of this pack showed; repeatable', collect, [])
    .option('--signer <fingerprint>', 'accept only packs signed by this key; repeatable', collect, [])
    .option('--store <place>', 'show what the evidence of this store showed: folder or postgres:// URL');
}
