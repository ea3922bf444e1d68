/** Commands that judge: what the code promises, what AWS shows, and why. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../../src/model/finding.ts';
import type { CheckFlags } from '../commands/check.ts';
import type { ExplainFlags } from '../commands/explain.ts';
import type { IamFlags } from '../commands/iam.ts';
import type { InitFlags } from '../commands/init.ts';
import type { VerifyFlags } from '../commands/verify.ts';
import { FORMATS, type Written } from '../formats.ts';
import { surroundings } from '../surroundings.ts';
import { BASELINE_CODES, collect, EXIT_CODES, whole, withAws, withGivenEvidence, withSources } from './options.ts';

function alsoWritten(value: string, earlier: readonly Written[]): readonly Written[] {
  const at = value.indexOf('=');
  const [format, out] = [FORMATS.find((f) => f === value.slice(0, at)), value.slice(at + 1)];
  if (at < 0 || format === undefined || out === '')
    throw new InvalidArgumentError(`expected FORMAT=FILE with one of ${FORMATS.join(', ')}.`);
  return [...earlier, { format, out }];
}

/** Options of every command whose result is verdicts. */
function withVerdicts(command: Command): Command {
  return withGivenEvidence(withAws(withSources(command)))
    .addOption(new Option('--format <format>', 'output format').choices(FORMATS).default('table'))
    .option('--json', 'short for --format json')
    .option('--also <format=file>', 'write it in another format too; repeatable', alsoWritten, [])
    .option('--no-catalog', 'judge without agreements: what survives, resource by resource')
    .addOption(
      new Option('--fail-on <severity>', 'findings at or above it make the exit code 1')
        .choices([...SEVERITIES, 'never'])
        .default('critical'),
    )
    .option('--allow-unknown', 'exit 0 instead of 3 when nothing is broken but something is unknown')
    .addHelpText('after', EXIT_CODES);
}

export function withJudging(holdfast: Command): void {
  withVerdicts(
    holdfast
      .command('verify')
      .description('designed level: what the code promises; with evidence, what was demonstrated. Findings, verdicts, KPIs')
      .argument('[sources...]', 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -'),
  )
    .option('--with-live', 'show beside it what AWS shows, and where the two differ; the exit code stays that of the code')
    .option('--remedies', 'show what would keep each broken promise: every option is applied to the model and judged again')
    .option('--goal <percent>', 'the fewest changes that make KPI 2 (its lower bound) this high, judged together')
    .option('--baseline <file>', 'what verify --json printed before a change: show what the change does to the agreements')
    .option('--change <reference>', 'reference of the change, shown beside who must approve it (default: HOLDFAST_CHANGE)')
    .option('--fail-on-new', 'with --baseline: exit 1 and 3 only for what the change makes worse, not for what was there before')
    .addHelpText('after', BASELINE_CODES)
    .action(async (sources: string[], options: VerifyFlags) => {
      const { verify } = await import('../commands/verify.ts');
      process.exitCode = await verify(sources, options, surroundings());
    });

  withVerdicts(
    holdfast
      .command('check')
      .description('in-place level: reads AWS, judges what is there by the same rules, and says where it differs from the code')
      .argument('[checks...]', 'names of checks (default: all)'),
  )
    .option(
      '--source <source>',
      'infrastructure code to compare with; repeatable (default: sources: of the catalogue)',
      collect,
      [],
    )
    .option('--since <duration>', 'how far back measurements are looked at', '1h')
    .option('--obligations <file>', 'what a preview with the policy pack left owed: each must be discharged by what AWS shows')
    .option('--publish', 'publish services and agreed policies to AWS Resilience Hub as apps of Holdfast, and assess them')
    .action(async (checks: string[], options: CheckFlags) => {
      const { check } = await import('../commands/check.ts');
      process.exitCode = await check(checks, options, surroundings());
    });

  holdfast
    .command('iam')
    .description('the least-privilege IAM policy of the commands that use AWS')
    .argument('[commands...]', 'check, verify, drill, invoke (default: all that only read AWS)')
    .option('--organization', 'also list the accounts of an organization and assume a role in each')
    .option('--publish', 'also what check --publish changes in Resilience Hub')
    .option('--fis-role', 'instead: who may take the role that FIS acts in during drills, and what it must be allowed')
    .option('--out <file>', 'write to a file instead of standard output')
    .action(async (commands: string[], options: IamFlags) => {
      const { iam } = await import('../commands/iam.ts');
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
      const { init } = await import('../commands/init.ts');
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
      const { explain } = await import('../commands/explain.ts');
      process.exitCode = await explain(what, sources, options, surroundings());
    });
}
