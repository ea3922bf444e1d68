/** Runs the benchmarks named on the command line, or all, and says which bounds hold. Started by run.mjs. */
import { cpus } from 'node:os';
import { benchDrills } from './drills.ts';
import { benchEvidence } from './evidence.ts';
import { type Check, holds } from './measure.ts';
import { benchMonteCarlo } from './monte-carlo.ts';
import { benchOrganisation } from './organisation.ts';
import { benchPolicies } from './policies.ts';
import { benchProgram } from './program.ts';
import { benchProwler } from './prowler.ts';
import { benchRemedies } from './remedies.ts';
import { benchSimulator } from './simulator.ts';
import { benchTruth } from './truth.ts';
import { benchVerify } from './verify.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Check[]>>> = {
  'monte-carlo': async () => benchMonteCarlo(),
  verify: benchVerify,
  program: benchProgram,
  policies: benchPolicies,
  simulator: benchSimulator,
  evidence: benchEvidence,
  drills: benchDrills,
  truth: benchTruth,
  organisation: benchOrganisation,
  prowler: benchProwler,
  remedies: benchRemedies,
};

const named = process.argv.slice(2);
const wrong = named.find((name) => BENCHMARKS[name] === undefined);
if (wrong !== undefined) {
  console.error(`there is no benchmark ${wrong}: expected ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
const checks: Check[] = [];
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n${name}`);
  checks.push(...(await bench()));
}

console.log('\nbounds');
for (const check of checks) {
  const bound = check.limit === undefined ? `at least ${check.least}` : `at most ${check.limit}`;
  const digits = check.value < 20 ? 2 : 0;
  const value = `${check.value.toFixed(digits)} ${check.unit}`;
  console.log(
    `  ${holds(check) ? 'holds ' : 'BROKEN'}  ${check.what.padEnd(44)} ${value.padStart(10)}   (${bound} ${check.unit})`,
  );
}
process.exitCode = checks.every(holds) ? 0 : 1;
