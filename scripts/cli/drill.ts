/** `holdfast drill`. */
import { type Command, Option } from 'commander';
import type { DrillRunFlags } from '../commands/drill.ts';
import type { DrillAbortFlags, DrillApproveFlags, KillSwitchFlags } from '../commands/drill-deciding.ts';
import type { DrillListFlags } from '../commands/drill-list.ts';
import type { DrillResumeFlags } from '../commands/drill-resume.ts';
import type { DrillShowFlags } from '../commands/drill-show.ts';
import { surroundings } from '../surroundings.ts';
import { collect, STORE, whole, withSources } from './options.ts';

/** Repeatable, without a default of its own. */
const more = (value: string, earlier: readonly string[] | undefined): readonly string[] => collect(value, earlier ?? []);

const SOURCES = 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -';
const EXIT_CODES =
  '\nExit codes: 0 recovered within all targets, 1 a promise broken or not recovered, 2 bad usage or refused, 3 nothing can be said.';

/** Options of what goes to where a drill is held. */
function withGround(command: Command, aws: 'simulator' | undefined): Command {
  return withSources(command)
    .option('--store <place>', STORE)
    .option('--aws <world>', 'simulator (a world of its own), live, or the URL of holdfast simulator --control', aws)
    .option('--control <token>', 'token of the control door, with a URL')
    .option('--seed <number>', 'seed of the simulated world', whole, 1)
    .option('--profile <name>', 'on real AWS: profile of the shared configuration')
    .option('--role <arn>', 'on real AWS: role to assume in each account: arn:aws:iam::{account}:role/NAME')
    .option('--regions <names>', 'on real AWS: Regions to read, with commas between')
    .option('--accounts <ids>', 'on real AWS: accounts to read, with commas between')
    .option('--budget <calls>', 'on real AWS: stop before this many calls are exceeded', whole)
    .option(
      '--kill-switch <place>',
      'on real AWS: file or ssm:/parameter that says off while disruption is not forbidden, or store',
    )
    .option('--controller-region <region>', 'on real AWS: where this runs, or elsewhere')
    .option('--fis-role <arn>', 'on real AWS: role that FIS acts in')
    .option('--fis-api-role <arn>', 'on real AWS: role whose calls fail when a control plane is lost; repeatable', collect, [])
    .option('--drill-role <name>', 'on real AWS: role that may hold drills; repeatable (default: holdfast-drill*)', more)
    .option(
      '--canary <store=url>',
      'on real AWS: the service’s own endpoint for canary writes to a store; repeatable',
      collect,
      [],
    )
    .option(
      '--resolver <address>',
      'on real AWS: resolver that is asked, or system; repeatable (default: system and public ones)',
      more,
    )
    .option('--served-by <header>', 'on real AWS: response header that says who served');
}

function withResult(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .option('--json', 'short for --format json')
    .addHelpText('after', EXIT_CODES);
}

/** Options of what only reads. */
function withReading(command: Command): Command {
  return withSources(command)
    .option('--store <place>', STORE)
    .option('--seed <number>', 'seed of the simulation', whole, 1)
    .option('--json', 'short for --format json');
}

export function withDrills(drill: Command): void {
  withReading(drill.command('list').description('the drills that are written, when each was held, and when it is due'))
    .argument('[sources...]', SOURCES)
    .option('--suggest', 'those that the agreements and the recovery graph ask for and nobody has written')
    .addOption(
      new Option('--format <format>', 'output format (default: text; with --suggest yaml, a drill file)').choices([
        'text',
        'json',
        'yaml',
      ]),
    )
    .action(async (sources: string[], options: DrillListFlags) => {
      const { drillList } = await import('../commands/drill-list.ts');
      process.exitCode = await drillList(sources, options, surroundings());
    });

  withReading(drill.command('show').description('a whole drill as it would be held; nothing is done or asked'))
    .argument('<drill>', 'id of a drill')
    .argument('[sources...]', SOURCES)
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .action(async (id: string, sources: string[], options: DrillShowFlags) => {
      const { drillShow } = await import('../commands/drill-show.ts');
      process.exitCode = await drillShow(id, sources, options, surroundings());
    });

  withResult(
    withGround(
      drill
        .command('run')
        .description(
          'hold a drill, roll everything back, and keep what it showed as evidence; on real AWS a dry run until --allow-disruption',
        ),
      'simulator',
    ),
  )
    .argument('<drill>', 'id of a drill of the catalogue or of drill list --suggest, or a drill file')
    .argument('[sources...]', SOURCES)
    .option('--service <id>', 'only if it is of this service')
    .option('--member <name>', 'take away this AZ, Region or part only')
    .option('--requester <name>', 'who asks for it (default: the user of this machine)')
    .option('--picture <file>', 'write the timelines as an SVG picture')
    .option('--table', 'a table-top is held here: each question is asked, and answers are lines of standard input, NAME: words')
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('--allow-disruption', 'on real AWS: hold the drill when every gate is open')
    .option('--change <reference>', 'on real AWS: change under which it is held')
    .action(async (wanted: string, sources: string[], options: DrillRunFlags) => {
      const { drillRun } = await import('../commands/drill.ts');
      process.exitCode = await drillRun(wanted, sources, options, surroundings());
    });

  const resume = drill
    .command('resume')
    .description('take up the runs that have not ended, where each was begun: go on, or roll back');
  // No place is the default but that one.
  withResult(withGround(resume, undefined))
    .argument('[run]', 'default: all that are open')
    .option('--table', 'a table-top is held here: each question is asked, and answers are lines of standard input, NAME: words')
    .option('--allow-disruption', 'on real AWS: go on when every gate is open; rolling back needs no gate')
    .option('--change <reference>', 'on real AWS: change under which it is held')
    .action(async (run: string | undefined, options: DrillResumeFlags) => {
      const { drillResume } = await import('../commands/drill-resume.ts');
      process.exitCode = await drillResume(run, options, surroundings());
    });

  drill
    .command('abort')
    .description('call a run off: whoever holds it, or takes it up, rolls it back')
    .argument('<run>')
    .requiredOption('--by <name>', 'who decides')
    .option('--reason <text>', 'why')
    .option('--store <place>', STORE)
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml in this folder, then upwards)')
    .action(async (run: string, options: DrillAbortFlags) => {
      const { drillAbort } = await import('../commands/drill-deciding.ts');
      process.exitCode = await drillAbort(run, options, surroundings());
    });

  drill
    .command('kill-switch')
    .description('forbid disruption of real AWS to all drills that ask this store (--kill-switch store), or no longer')
    .argument('<on|off>')
    .requiredOption('--by <name>', 'who decides')
    .option('--store <place>', STORE)
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml in this folder, then upwards)')
    .action(async (to: string, options: KillSwitchFlags) => {
      const { drillKillSwitch } = await import('../commands/drill-deciding.ts');
      process.exitCode = await drillKillSwitch(to, options, surroundings());
    });

  withGround(drill.command('approve').description('approve a drill as it would be held now, or refuse it'), 'simulator')
    .argument('<drill>', 'id of a drill or of a run, or a drill file')
    .argument('[sources...]', SOURCES)
    .requiredOption('--by <name>', 'who decides; not who asks for the drill')
    .option('--refuse', 'refuse it: this takes an approval back')
    .option('--member <name>', 'only when this AZ, Region or part is taken away')
    .action(async (wanted: string, sources: string[], options: DrillApproveFlags) => {
      const { drillApprove } = await import('../commands/drill-deciding.ts');
      process.exitCode = await drillApprove(wanted, sources, options, surroundings());
    });
}
