/** `holdfast evidence`. */
import type { Command } from 'commander';
import type { ExportEvidenceFlags, FixFlags, ImportEvidenceFlags, VerifyEvidenceFlags } from '../commands/evidence.ts';
import { surroundings } from '../surroundings.ts';
import { collect, withStore } from './options.ts';

export function withEvidence(evidence: Command): void {
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
      const { verifyEvidence } = await import('../commands/evidence.ts');
      process.exitCode = await verifyEvidence(pack, options, surroundings());
    });

  withStore(evidence.command('export').description('write the chain as a signed pack that can be read without a database'))
    .requiredOption('--out <folder>', 'new or empty folder')
    .option('--key <file>', 'Ed25519 private key in PEM (default: signing-key.pem beside the store, made when there is none)')
    .action(async (options: ExportEvidenceFlags) => {
      const { exportEvidence } = await import('../commands/evidence.ts');
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
      const { importEvidence } = await import('../commands/evidence.ts');
      process.exitCode = await importEvidence(pack, options, surroundings());
    });

  withStore(
    evidence
      .command('fixed')
      .description(
        'record that what a run showed has been put right, outside of the code; the next test may then mend its verdict',
      )
      .argument('<run>', 'run whose result the store holds'),
  )
    .requiredOption('--by <name>', 'who says so')
    .requiredOption('--says <text>', 'what was put right')
    .option('--change <reference>', 'change under which it was done')
    .action(async (run: string, options: FixFlags) => {
      const { recordFix } = await import('../commands/evidence.ts');
      process.exitCode = await recordFix(run, options, surroundings());
    });
}
