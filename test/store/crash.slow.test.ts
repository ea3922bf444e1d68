/** Controllers killed with -9 at random moments, one after another, on one run of one store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtChild, moments, ROOT } from './killed.ts';
import { hasPostgres, type Server, startPostgres } from './postgres.ts';

const ROUNDS = 50;
/** The most that a controller acknowledges before it is killed, how long it lives on at most, and how long after its start, in milliseconds. */
const LINES = 10;
const MOMENT = 15;
const STARTING = 900;

const childPath = builtChild('test/store/crash-child.ts');

type Written = readonly [sequence: number, epoch: number, token: string];
interface Opened {
  readonly epoch: number;
  readonly refused: boolean;
  readonly broken: unknown;
  readonly evidence: { readonly sequence: number; readonly hash: string };
  readonly entries: readonly Written[];
}
type Line = { open: Opened } | { entry: Written } | { record: { sequence: number; hash: string } };

interface Life {
  readonly lines: readonly Line[];
  readonly code: number | null;
  readonly complaint: string;
}

async function live(
  args: readonly string[],
  killWhen: (child: ChildProcess, said: (lines: number) => Promise<void>) => void,
): Promise<Life> {
  const child = spawn(process.execPath, [childPath(), ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  let complaint = '';
  const waiting: { readonly lines: number; readonly go: () => void }[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Line);
    for (const w of waiting) if (lines.length >= w.lines) w.go();
  });
  killWhen(child, (wanted) => new Promise((go) => waiting.push({ lines: wanted, go })));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { lines, code, complaint };
}

async function ordeal(place: string): Promise<{ readonly kills: number; readonly written: number; readonly early: number }> {
  const chance = moments(7);
  let epoch = 0;
  let entries: readonly Written[] = [];
  let record = { sequence: 0, hash: '0'.repeat(64) };
  let early = 0;

  const learn = ({ lines, complaint }: Life): void => {
    for (const line of lines) {
      if ('open' in line) {
        const { open } = line;
        expect(open.broken, complaint).toBeUndefined();
        expect(open.refused).toBe(true);
        expect(open.epoch).toBeGreaterThan(epoch);
        // What was acknowledged is there; what was on its way when its writer died may be there too, once.
        expect(open.entries.slice(0, entries.length)).toEqual(entries);
        expect(open.entries.length - entries.length).toBeLessThanOrEqual(1);
        expect(open.evidence.sequence).toBeGreaterThanOrEqual(record.sequence);
        if (open.evidence.sequence === record.sequence) expect(open.evidence).toEqual(record);
        ({ epoch, entries, evidence: record } = open);
      } else if ('entry' in line) entries = [...entries, line.entry];
      else record = line.record;
    }
  };

  for (let round = 1; round <= ROUNDS; round += 1) {
    const duringStart = round % 5 === 1;
    const life = await live([place, String(round), String(epoch)], (child, said) => {
      const die = () => child.kill('SIGKILL');
      if (duringStart) setTimeout(die, chance() * STARTING);
      else void said(1 + Math.floor(chance() * LINES)).then(() => setTimeout(die, chance() * MOMENT));
    });
    expect(life.code, life.complaint).toBeNull();
    if (life.lines.length === 0) early += 1;
    learn(life);
  }
  const end = await live([place, String(ROUNDS + 1), String(epoch), 'last'], () => undefined);
  expect(end.code, end.complaint).toBe(0);
  learn(end);
  expect(entries.map(([sequence]) => sequence)).toEqual(entries.map((_, i) => i + 1));
  return { kills: ROUNDS, written: entries.length, early };
}

it('embedded: acknowledged work survives, the chain holds, leases move on', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
  try {
    const { written, early } = await ordeal(join(scratch, 'store'));
    expect(written).toBeGreaterThan(ROUNDS);
    expect(early).toBeGreaterThan(0);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}, 1_200_000);

describe.skipIf(!hasPostgres())('on a Postgres server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('acknowledged work survives, the chain holds, leases move on', async () => {
    const { written, early } = await ordeal(await server.database());
    expect(written).toBeGreaterThan(ROUNDS);
    expect(early).toBeGreaterThan(0);
  }, 1_200_000);
});
