/** `holdfast invoke`. */
import { type Command, Option } from 'commander';
import type { InvokeFlags } from '../commands/invoke.ts';
import type { DecideFlags } from '../commands/invoke-deciding.ts';
import { surroundings } from '../surroundings.ts';
import { collect, STORE, whole, withSources } from './options.ts';

const EXIT_CODES = `
Exit codes: 0 it has ended, or nothing was to be invoked; 1 it ended and was not seen to recover; 2 bad usage; 3 it waits for somebody.
With --assess: 0 the criteria do not hold, 1 they hold, 2 bad usage, 3 it cannot be told.`;

function decision(invoke: Command, name: 'approve' | 'skip' | 'deactivate' | 'stand-down', description: string): Command {
  return invoke
    .command(name)
    .description(description)
    .argument('<run>')
    .requiredOption('--by <name>', 'who decides')
    .option('--reason <text>', 'why')
    .option('--store <place>', STORE)
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml in this folder, then upwards)');
}

/** Options of what goes to real AWS. */
function withLive(command: Command): Command {
  return command
    .option('--kill-switch <place>', 'on real AWS: file or ssm:/parameter that says off while changes are not forbidden')
    .option('--controller-region <region>', 'on real AWS: where this runs, or elsewhere')
    .option('--invoke-role <name>', 'on real AWS: role that may carry it out; repeatable (default: holdfast-invoke*)', collect)
    .option('--profile <name>', 'profile of the shared AWS configuration')
    .option('--role <arn>', 'role to assume in each account: arn:aws:iam::{account}:role/NAME')
    .option('--regions <names>', 'Regions of the services, with commas between (default: those of the sources)')
    .option('--accounts <ids>', 'accounts of the services, with commas between');
}

export function withInvocations(invoke: Command): void {
  withLive(withSources(invoke))
    .argument('<plan>', 'id of a plan of the catalogue that says when it is invoked')
    .argument('[sources...]', 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -')
    .option('--assess', 'read the signals, say whether the criteria hold and what would be done, and do nothing')
    .option('--watch', 'with --assess: go on reading until it can be told')
    .option('--declare', 'declare it now')
    .option('--by <name>', 'who declares it; in simulated AWS, who is there to decide; repeatable', collect, [])
    .option('--reason <text>', 'why it is declared')
    .option('--onset <time>', 'when it began, where somebody knows (ISO 8601)')
    .option('--change <reference>', 'change under which it is carried out (default: the standing change of the plan)')
    .option('--allow-disruption', 'on real AWS: take its steps when every gate is open; without it nothing is changed')
    .option('--requester <name>', 'who asks for it (default: the user of this machine)')
    .option('--store <place>', STORE)
    .addOption(
      new Option('--aws <world>', 'simulator (a world of its own), live, or the URL of holdfast simulator --control').default(
        'simulator',
      ),
    )
    .option('--control <token>', 'token of the control door, with a URL')
    .option('--lose <name>', 'in a simulated world of its own: lose this Region or AZ for two hours')
    .option('--seed <number>', 'seed of the simulated world', whole, 1)
    .option('--json', 'as JSON')
    .addHelpText('after', EXIT_CODES)
    .action(async (plan: string, sources: string[], options: InvokeFlags) => {
      const command = await import('../commands/invoke.ts');
      process.exitCode = await command.invoke(plan, sources, options, surroundings());
    });

  invoke
    .command('status')
    .description('where an invocation stands')
    .argument('[run]', 'default: all that are open')
    .option('--store <place>', STORE)
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml in this folder, then upwards)')
    .action(async (run: string | undefined, options: { readonly store?: string; readonly catalog?: string }) => {
      const { invokeStatus } = await import('../commands/invoke-deciding.ts');
      process.exitCode = await invokeStatus(run, options, surroundings());
    });

  decision(invoke, 'approve', 'approve a step, or refuse it')
    .argument('<step>', 'as invoke status shows it')
    .option('--refuse', 'refuse it: this takes an approval back')
    .action(async (run: string, step: string, options: DecideFlags) => decide('approve', run, step, options));
  decision(invoke, 'skip', 'leave a step out: somebody has done it by hand')
    .argument('<step>', 'as invoke status shows it')
    .action(async (run: string, step: string, options: DecideFlags) => decide('skip', run, step, options));
  decision(invoke, 'deactivate', 'return to normal, once what the plan asks for holds')
    .option('--as-it-is', 'what was done stays as it is: that is normal from now on')
    .action(async (run: string, options: DecideFlags) => decide('deactivate', run, '', options));
  decision(invoke, 'stand-down', 'do nothing: it was a false alarm').action(async (run: string, options: DecideFlags) =>
    decide('stand-down', run, '', options),
  );

  withLive(withSources(invoke.command('resume').description('take up an invocation where its journal ends')))
    .argument('<run>')
    .option('--store <place>', STORE)
    .option('--control <token>', 'token of the control door, where its world is behind one')
    .option('--allow-disruption', 'on real AWS: take its steps when every gate is open')
    .option('--change <reference>', 'change under which it is carried out')
    .option('--json', 'as JSON')
    .action(async (run: string, options: InvokeFlags) => {
      const { invokeResume } = await import('../commands/invoke-resume.ts');
      process.exitCode = await invokeResume(run, options, surroundings());
    });
}

async function decide(
  kind: 'approve' | 'skip' | 'deactivate' | 'stand-down',
  run: string,
  step: string,
  options: DecideFlags,
): Promise<void> {
  const { invokeDecide } = await import('../commands/invoke-deciding.ts');
  process.exitCode = await invokeDecide(kind, run, step, options, surroundings());
}
