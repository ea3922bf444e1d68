/** The policy pack: `pulumi preview --policy-pack node_modules/holdfast/dist/policies`. Nothing else constructs a PolicyPack. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { PolicyPack } from '@pulumi/policy';
import { packPolicies } from './pack.ts';
import { wrapDecoder } from './sdk.ts';

// As for the command line (scripts/launch.mjs): V8 in Node 20 optimises for seconds what is hardly used again, on the processors that
// the engine and its providers need.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=400000');
wrapDecoder();
const here = process.cwd();
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { version: string };

new PolicyPack('holdfast', {
  displayName: 'Holdfast',
  description: 'Do the promises in your agreements hold, automatically, by what this change would deploy?',
  provider: 'aws',
  tags: ['continuity', 'resilience', 'disaster-recovery'],
  policies: packPolicies({
    today: new Date().toISOString().slice(0, 10),
    base: process.env.HOLDFAST_ROOT ?? projectAbove(here),
    region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
    version,
    read: (file) => readFile(file),
    write: writeWhole,
    exportStack,
  }),
});

/** The engine runs a pack in the pack's own folder: the project is the one whose node_modules it is in. */
function projectAbove(folder: string): string {
  const at = folder.indexOf(`${sep}node_modules${sep}`);
  return at < 0 ? folder : folder.slice(0, at);
}

function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** Largest export that is read, in bytes. */
const LARGEST = 128 * 1024 * 1024;

async function exportStack(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)('pulumi', ['stack', 'export', '--stack', name], { maxBuffer: LARGEST });
  return stdout;
}
