/** Commands that make a simulated AWS. */
import { type Command, Option } from 'commander';
import type { RehearseFlags } from '../commands/rehearse.ts';
import type { SimulatorFlags } from '../commands/simulator.ts';
import { surroundings } from '../surroundings.ts';
import { collect, whole, withSources } from './options.ts';

export function withSimulating(holdfast: Command): void {
  withSources(
    holdfast
      .command('rehearse')
      .description('deploys the sources into simulated AWS, takes away what the agreements speak of, and tells what happened')
      .argument('[sources...]', 'Pulumi project folder (FOLDER@STACK), JSON file (export, checkpoint, preview, plan), or -'),
  )
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .option('--json', 'short for --format json')
    .option('--service <id>', 'drill this service only')
    .option('--scope <scope>', 'drill this scope only: instance, az, region, data, account, control-plane or supplier')
    .option('--member <name>', 'take away this only: an AZ, a Region, an account, a dependency, or a part by its URN')
    .option('--picture <file>', 'write the timelines as an SVG picture')
    .option('--kind <kind>', 'hold drills of this kind only (by default those that speak for what is agreed)')
    .option('--seed <number>', 'seed of the simulated world', whole, 1)
    .option('--engine', 'deploy with the real Pulumi engine, and ask it what the next update would do after each failover')
    .addHelpText(
      'after',
      '\nExit codes: 0 all kept without a person, 1 something not, or the program fights a failover, 2 bad usage or unreadable input, 3 something unknown.',
    )
    .action(async (sources: string[], options: RehearseFlags) => {
      const { rehearse } = await import('../commands/rehearse.ts');
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
    .option(
      '--control',
      'open the control door beside it: drills from other processes, and virtual time that goes on while they wait',
    )
    .option('--seed <number>', 'seed of ids and of what happens by chance', whole, 1)
    .option('--state <export>', 'stack export over which a preview or plan is read; repeatable', collect, [])
    .option('--config <key=value>', 'configuration of a program, over its stack file; repeatable', collect, [])
    .option('--region <region>', 'Region of resources that nothing else places (default: us-east-1)')
    .option('--timeout <seconds>', 'time limit of a program run', whole, 60)
    .option('--memory <mib>', 'memory limit of a program run', whole, 2048)
    .option('--quiet', 'print nothing but the result')
    .action(async (sources: string[], options: SimulatorFlags) => {
      const { simulator } = await import('../commands/simulator.ts');
      process.exitCode = await simulator(sources, options, surroundings());
    });
}
