/** What verify takes from outside, fixed. */
import type { Surroundings } from '../../scripts/surroundings.ts';
import { noPaint } from '../../src/reports/text.ts';

export const flags = {
  state: [],
  config: [] as readonly string[],
  timeout: 120,
  memory: 2048,
  quiet: true,
  color: false,
  seed: 1,
};

export const around: Surroundings = {
  today: '2026-11-23',
  width: 140,
  cwd: process.cwd(),
  stdin: async () => new Uint8Array(),
  async *lines() {},
  ask: () => undefined,
  write: () => undefined,
  progress: () => undefined,
  paint: () => noPaint,
};
