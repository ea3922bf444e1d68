/** Makes a Pulumi project in a temporary folder, with this repository's own SDK as its node_modules. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import type { UsageError } from '../../../src/model/errors.ts';
import { type ProgramOptions, readProgram } from '../../../src/stacks/program/read-program.ts';
import type { RawReading, RawResource } from '../../../src/stacks/raw.ts';

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));

export type Files = Readonly<Record<string, string>>;

export const PULUMI_YAML = 'name: shop\nruntime: nodejs\n';
export const OPTIONS: ProgramOptions = { region: undefined, config: [] };

/** `installed: false` leaves node_modules out. */
export async function project(files: Files, installed = true): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  made.push(folder);
  for (const [name, text] of Object.entries({ 'Pulumi.yaml': PULUMI_YAML, ...files })) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (installed) await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

export async function read(files: Files, options: Partial<ProgramOptions> = {}): Promise<RawReading> {
  return readProgram(await project(files), { ...OPTIONS, ...options });
}

/** The code of the UsageError that a promise rejects with; fails on any other outcome. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await errorOf(promise)).code;
}

export async function errorOf(promise: Promise<unknown>): Promise<UsageError> {
  try {
    await promise;
  } catch (e) {
    if (e instanceof Error && e.name === 'UsageError') return e as UsageError;
    throw e;
  }
  throw new Error('expected a UsageError');
}

export function named(reading: RawReading, name: string): RawResource {
  const found = reading.resources.find((r) => r.urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`no resource ${name} among ${reading.resources.map((r) => r.urn).join(', ')}`);
  return found;
}
