#!/usr/bin/env node
/** The command line. Commands are loaded when they are called: `--help` needs none of them. */
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { UsageError } from '../src/model/errors.ts';
import { withDrills } from './cli/drill.ts';
import { withEvidence } from './cli/evidence.ts';
import { withInvocations } from './cli/invoke.ts';
import { withJudging } from './cli/judging.ts';
import { withSimulating } from './cli/simulating.ts';
import { version } from './version.ts';

/**
 * How much bytecode a function of Node 20 runs before V8 optimises it; V8's own default is 67,584 (`node --v8-options`). A run lasts
 * a few seconds and is spread over hundreds of functions: at the default a third of its processor time goes into optimising what is
 * hardly used again (docs/benchmarks.md). Later Nodes have a cheaper compiler in between (Maglev), and no such flag. Set before the
 * commands are loaded: functions take the budget when they are made.
 */
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=400000');

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

try {
  await exitTwoOnMisuse(program()).parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else if (error instanceof UsageError) {
    process.stderr.write(`holdfast: ${error.message}\n`);
    process.exitCode = USAGE;
  } else {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `holdfast: a fault in Holdfast itself; nothing was judged. Please report it with this text:\n${detail}\n`,
    );
    process.exitCode = USAGE;
  }
}
