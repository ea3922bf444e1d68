/** A simulated organisation of 50 accounts × 4 Regions × 200 resources, checked within AWS's rate limits. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Check, node, ROOT } from './measure.ts';
import type { Outcome } from './organisation-once.ts';

const ONCE = fileURLToPath(new URL('organisation-once.ts', import.meta.url));
const ACCOUNTS = 50;
/** MiB of heap. A third of it is ever alive; without a bound Node lets garbage lie until the machine is full. */
const HEAP = 400;

export async function benchOrganisation(): Promise<readonly Check[]> {
  const half = await observed(ACCOUNTS / 2);
  const whole = await observed(ACCOUNTS);
  return [
    {
      what: 'organisation: virtual time over what the limits allow',
      value: whole.virtual / whole.allowed,
      unit: '×',
      limit: 1.25,
    },
    { what: 'organisation: calls that AWS throttled', value: whole.throttled, unit: 'calls', limit: 0 },
    { what: 'organisation: what could not be read', value: whole.gaps, unit: 'gaps', limit: 0 },
    { what: 'organisation: resources seen', value: whole.resources, unit: 'resources', least: ACCOUNTS * 4 * 200 },
    { what: 'organisation: real time', value: whole.real, unit: 's', limit: 60 },
    { what: 'organisation: memory, the simulated AWS included', value: whole.memory, unit: 'MiB', limit: 600 },
    // Twice the accounts, and something for the collector, which works harder on a larger heap.
    { what: 'organisation: processor time, twice the accounts', value: whole.processor / half.processor, unit: '×', limit: 2.6 },
    { what: 'organisation: memory, twice the accounts', value: whole.memory / half.memory, unit: '×', limit: 2.2 },
  ];
}

async function observed(accounts: number): Promise<Outcome & { readonly memory: number }> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const file = join(scratch, 'outcome.json');
    const cost = await node([`--max-old-space-size=${HEAP}`, '--import', 'tsx', ONCE, String(accounts), file], ROOT);
    const outcome = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
    const { resources, calls, real, processor, virtual, allowed, narrowest } = outcome;
    console.log(
      `  ${accounts} accounts: ${resources} resources, ${calls} calls, ${real.toFixed(1)} s real (processor ${processor.toFixed(1)}), ${virtual.toFixed(2)} s virtual of ${allowed.toFixed(2)} (${narrowest})`,
    );
    return { ...outcome, memory: cost.memory ?? Number.POSITIVE_INFINITY };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
