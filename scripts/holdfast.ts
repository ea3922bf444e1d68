/** The command line. Commands are loaded when they are called: `--help` needs none of them. */
import { Command, CommanderError } from 'commander';
import { UsageError } from '../src/model/errors.ts';
import { withDrills } from './cli/drill.ts';
import { withEvidence } from './cli/evidence.ts';
import { withInvocations } from './cli/invoke.ts';
import { withJudging } from './cli/judging.ts';
import { withSimulating } from './cli/simulating.ts';
import { version } from './version.ts';

/** Bad usage or unreadable input (design: exit codes). */
const USAGE = 2;

function program(): Command {
  const holdfast = new Command('holdfast')
    .description('Do the continuity promises in your agreements hold, automatically, and how do we know?')
    .version(version())
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false });

  withJudging(holdfast);
  withSimulating(holdfast);
  withDrills(
    holdfast.command('drill').description('disrupts a service on purpose, watches it recover, and rolls everything back'),
  );
  withInvocations(
    holdfast
      .command('invoke')
      .description(
        'the real event: a plan’s criteria against live signals, its declaration, its steps, and the return to normal',
      ),
  );
  withEvidence(holdfast.command('evidence').description('the chain of evidence: what was judged, drilled and decided'));
  return holdfast;
}

/** Commands inherit nothing by themselves: each must end in 2, not in commander's 1, when it is used wrongly. */
function exitTwoOnMisuse(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) exitTwoOnMisuse(child);
  return command;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has seen enough.
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

async function main(): Promise<void> {
  try {
    await exitTwoOnMisuse(program()).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof CommanderError) return;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      error instanceof UsageError
        ? `holdfast: ${error.message}\n`
        : `holdfast: a fault in Holdfast itself; nothing was judged. Please report it with this text:\n${detail}\n`,
    );
  }
}

void main();
