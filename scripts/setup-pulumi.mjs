/**
 * Finds the real Pulumi CLI, or builds it, as `rehearse --engine` would, and says which it is: `npm test` begins with it,
 * so that no test pays for the build. Without a CLI and without Go: exit code 2 and what is missing; tests of the engine are
 * then skipped, except where CI=true.
 */
import { register } from 'tsx/esm/api';

register();
const { findPulumi } = await import('../src/engine/cli.ts');
try {
  const cli = await findPulumi(process.env, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`${cli.says}\n`);
} catch (e) {
  process.stderr.write(`${e instanceof Error ? e.message : e}\n`);
  process.exitCode = 2;
}
