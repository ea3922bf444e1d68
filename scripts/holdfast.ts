#!/usr/bin/env node
/** The command line. Commands are loaded when they are called: `--help` needs none of them. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../src/model/errors.ts';
import { SEVERITIES } from '../src/model/finding.ts';
import type { CheckFlags } from './commands/check.ts';
import type { ExportEvidenceFlags, ImportEvidenceFlags, VerifyEvidenceFlags } from './commands/evidence.ts';
import type { ExplainFlags } from './commands/explain.ts';
import type { IamFlags } from './commands/iam.ts';
import type { InitFlags } from './commands/init.ts';
import type { RehearseFlags } from './commands/rehearse.ts';
import type { SimulatorFlags } from './commands/simulator.ts';
import type { VerifyFlags } from './commands/verify.ts';
import { surroundings } from './surroundings.ts';

/** Bad usage or unreadable input (design: exit codes). */
const USAGE = 2;

function whole(text: string): number {
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

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/** Options of every command that reads sources. */
function withSources(command: Command): Command {
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
function withAws(command: Command): Command {
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

const EXIT_CODES =
  '\nExit codes: 0 all met, 1 something not met or a finding at --fail-on, 2 bad usage or unreadable input, 3 nothing broken but something unknown.';

function program(): Command {
  const { version } = JSON.parse(
    readFileSync(new URL(import.meta.url.includes('/dist/') ? '../../package.json' : '../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const holdfast = new Command('holdfast')
    .description('Do the continuity promises in your agreements hold, automatically, and how do we know?')
    .version(version)
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false });

  withAws(
    withSources(
      holdfast
        .command('verify')
        .description('designed level: what the code promises. Findings, verdicts, KPIs')
        .argument('[sources...]', 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -'),
    ),
  )
    .option('--with-live', 'show beside it what AWS shows, and where the two differ; the exit code stays that of the code')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json', 'markdown']).default('table'))
    .option('--json', 'short for --format json')
    .option('--no-catalog', 'judge without agreements: what survives, resource by resource')
    .addOption(
      new Option('--fail-on <severity>', 'findings at or above it make the exit code 1')
        .choices([...SEVERITIES, 'never'])
        .default('critical'),
    )
    .option('--allow-unknown', 'exit 0 instead of 3 when nothing is broken but something is unknown')
    .addHelpText('after', EXIT_CODES)
    .action(async (sources: string[], options: VerifyFlags) => {
      const { verify } = await import('./commands/verify.ts');
      process.exitCode = await verify(sources, options, surroundings());
    });

  withAws(
    withSources(
      holdfast
        .command('check')
        .description('in-place level: reads AWS, judges what is there by the same rules, and says where it differs from the code')
        .argument('[checks...]', 'names of checks (default: all)'),
    ),
  )
    .option(
      '--source <source>',
      'infrastructure code to compare with; repeatable (default: sources: of the catalogue)',
      collect,
      [],
    )
    .option('--since <duration>', 'how far back measurements are looked at', '1h')
    .option('--publish', 'publish services and agreed policies to AWS Resilience Hub as apps of Holdfast, and assess them')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json', 'markdown']).default('table'))
    .option('--json', 'short for --format json')
    .option('--no-catalog', 'judge without agreements: what survives, resource by resource')
    .addOption(
      new Option('--fail-on <severity>', 'findings at or above it make the exit code 1')
        .choices([...SEVERITIES, 'never'])
        .default('critical'),
    )
    .option('--allow-unknown', 'exit 0 instead of 3 when nothing is broken but something is unknown')
    .addHelpText('after', EXIT_CODES)
    .action(async (checks: string[], options: CheckFlags) => {
      const { check } = await import('./commands/check.ts');
      process.exitCode = await check(checks, options, surroundings());
    });

  holdfast
    .command('iam')
    .description('the least-privilege IAM policy of the commands that read AWS')
    .argument('[commands...]', 'check, verify (default: all that read AWS)')
    .option('--organization', 'also list the accounts of an organization and assume a role in each')
    .option('--publish', 'also what check --publish changes in Resilience Hub')
    .option('--out <file>', 'write to a file instead of standard output')
    .action(async (commands: string[], options: IamFlags) => {
      const { iam } = await import('./commands/iam.ts');
      process.exitCode = iam(commands, options, surroundings());
    });

  withSources(
    holdfast
      .command('init')
      .description('draft a catalogue from a stack: services from tags, components and stacks; metrics left to fill in')
      .argument('<sources...>'),
  )
    .option('--force', 'replace the file that --out names')
    .action(async (sources: string[], options: InitFlags) => {
      const { init } = await import('./commands/init.ts');
      process.exitCode = await init(sources, options, surroundings());
    });

  withSources(
    holdfast
      .command('explain')
      .description('why a rule or a metric is as it is, on your own resources: what was looked at, what was found, how to fix it')
      .argument('<what>', 'rule, metric id, or service time')
      .argument('[sources...]'),
  )
    .option('--no-catalog', 'judge without agreements')
    .option('--seed <number>', 'seed of the simulation', whole, 1)
    .action(async (what: string, sources: string[], options: ExplainFlags) => {
      const { explain } = await import('./commands/explain.ts');
      process.exitCode = await explain(what, sources, options, surroundings());
    });

  withSources(
    holdfast
      .command('rehearse')
      .description('deploys the sources into simulated AWS, takes away what the agreements speak of, and tells what happened')
      .argument('[sources...]', 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -'),
  )
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .option('--json', 'short for --format json')
    .option('--service <id>', 'drill this service only')
    .option('--scope <scope>', 'drill this scope only: az, region or data')
    .option('--member <name>', 'take away this AZ or Region only')
    .option('--seed <number>', 'seed of the simulated world', whole, 1)
    .addHelpText(
      'after',
      '\nExit codes: 0 all kept without a person, 1 something not, 2 bad usage or unreadable input, 3 something unknown.',
    )
    .action(async (sources: string[], options: RehearseFlags) => {
      const { rehearse } = await import('./commands/rehearse.ts');
      process.exitCode = await rehearse(sources, options, surroundings());
    });

  holdfast
    .command('simulator')
    .description(
      'simulated AWS as an HTTP endpoint of this machine, with the sources’ resources in it; any AWS client can use it',
    )
    .argument('[sources...]', 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -')
    .option('--port <number>', 'port; 0: any that is free', whole, 4599)
    .option('--host <address>', 'loopback address', '127.0.0.1')
    .option(
      '--key <access:secret:account>',
      'access key of an account; repeatable (default: test:test:123456789012)',
      collect,
      [],
    )
    .option('--seed <number>', 'seed of ids and of what happens by chance', whole, 1)
    .option('--state <export>', 'stack export over which a preview or plan is read; repeatable', collect, [])
    .option('--config <key=value>', 'configuration of a program, over its stack file; repeatable', collect, [])
    .option('--region <region>', 'Region of resources that nothing else places (default: us-east-1)')
    .option('--timeout <seconds>', 'time limit of a program run', whole, 60)
    .option('--memory <mib>', 'memory limit of a program run', whole, 2048)
    .option('--quiet', 'print nothing but the result')
    .action(async (sources: string[], options: SimulatorFlags) => {
      const { simulator } = await import('./commands/simulator.ts');
      process.exitCode = await simulator(sources, options, surroundings());
    });

  withEvidence(holdfast.command('evidence').description('the chain of evidence: what was judged, drilled and decided'));
  return holdfast;
}

function withStore(command: Command): Command {
  return command
    .option(
      '--store <place>',
      'folder or postgres:// URL (default: DATABASE_URL, HOLDFAST_STORE, .holdfast beside the catalogue)',
    )
    .option('--catalog <file>', 'catalogue (default: holdfast.yaml in this folder, then upwards)');
}

function withEvidence(evidence: Command): void {
  withStore(
    evidence
      .command('verify')
      .description('recompute the chain and name the first break: of the store, or of a pack without any database')
      .argument('[pack]', 'folder that evidence export wrote'),
  )
    .option('--signer <fingerprint>', 'accept only packs signed by this key')
    .option('--against <pack>', 'the store must hold what this pack holds; repeatable', collect, [])
    .addHelpText('after', '\nExit codes: 0 sound, 1 broken, 2 bad usage or unreadable input, 3 no evidence.')
    .action(async (pack: string | undefined, options: VerifyEvidenceFlags) => {
      const { verifyEvidence } = await import('./commands/evidence.ts');
      process.exitCode = await verifyEvidence(pack, options, surroundings());
    });

  withStore(evidence.command('export').description('write the chain as a signed pack that can be read without a database'))
    .requiredOption('--out <folder>', 'new or empty folder')
    .option('--key <file>', 'Ed25519 private key in PEM (default: signing-key.pem beside the store, made when there is none)')
    .action(async (options: ExportEvidenceFlags) => {
      const { exportEvidence } = await import('./commands/evidence.ts');
      process.exitCode = await exportEvidence(options, surroundings());
    });

  withStore(
    evidence
      .command('import')
      .description('take the records of a pack into the store, marked as foreign')
      .argument('<pack>', 'folder that evidence export wrote'),
  )
    .option('--signer <fingerprint>', 'accept only a pack signed by this key')
    .action(async (pack: string, options: ImportEvidenceFlags) => {
      const { importEvidence } = await import('./commands/evidence.ts');
      process.exitCode = await importEvidence(pack, options, surroundings());
    });
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
