import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../src/store/lock.ts';

let folder = '';
const file = (): string => join(folder, 'lock');
const write = (holder: unknown): void => writeFileSync(file(), typeof holder === 'string' ? holder : JSON.stringify(holder));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (): unknown => {
  try {
    takeLock(folder);
    return 'taken';
  } catch (error) {
    return error;
  }
};

/** A process that lives until it is told not to. */
function living(): { readonly pid: number; readonly end: () => Promise<void> } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    pid: child.pid ?? 0,
    end: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

describe('the lock of a folder', () => {
  it('is one process’s until it is given back, and leaves nothing else behind', () => {
    const lock = takeLock(folder);
    expect(refusal()).toMatchObject({ code: 'store-locked' });
    expect(String(refusal())).toContain(String(process.pid));
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
    expect(existsSync(file())).toBe(false);
    takeLock(folder).release();
  });

  it('is another process’s while it lives, and free when it is dead', async () => {
    const other = living();
    write({ pid: other.pid, started: '', host: hostname() });
    expect(refusal()).toMatchObject({ code: 'store-locked' });
    await other.end();
    takeLock(folder).release();
  });

  it('is not held by a process that has the id of its dead holder', () => {
    const mine = takeLock(folder);
    const held = JSON.parse(readFileSync(file(), 'utf8'));
    mine.release();
    write({ ...held, started: `${held.started} earlier` });
    takeLock(folder).release();
  });

  it.each([
    ['another machine’s', { pid: 1, started: 'x', host: 'elsewhere.example' }, 'elsewhere.example'],
    ['one that cannot be read', '{"pid":', 'cannot be read'],
  ])('is not taken from %s holder', (_, holder, says) => {
    write(holder);
    expect(refusal()).toMatchObject({ code: 'store-locked' });
    expect(String(refusal())).toContain(says);
    expect(String(refusal())).toContain(file());
  });

  it('is not removed by one who lost it', () => {
    const lock = takeLock(folder);
    write({ pid: 1, started: 'x', host: 'elsewhere.example' });
    lock.release();
    expect(existsSync(file())).toBe(true);
  });
});
