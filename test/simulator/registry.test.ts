/** The registries hold everything that their folders define: what is not listed would silently not be simulated or read. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCANS } from '../../src/services/observed/registry.ts';
import type { Scan } from '../../src/services/observed/scan.ts';
import { SIMULATED } from '../../src/simulator/registry.ts';
import type { SimulatedService } from '../../src/simulator/service.ts';

const root = join(import.meta.dirname, '../..');

async function exportsOf(folder: string): Promise<readonly unknown[]> {
  const files = readdirSync(join(root, folder)).filter((f) => f.endsWith('.ts') && f !== 'registry.ts');
  const modules = await Promise.all(files.map((file) => import(join(root, folder, file)) as Promise<Record<string, unknown>>));
  return modules.flatMap((m) => Object.values(m));
}

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === 'object' && v !== null;

describe('registries', () => {
  it('list every simulated service once', async () => {
    const found = (await exportsOf('src/simulator/services')).filter(
      (v): v is SimulatedService => isRecord(v) && 'client' in v && 'prefix' in v && 'operations' in v,
    );
    expect(found.filter((s) => !SIMULATED.includes(s)).map((s) => s.client)).toEqual([]);
    expect(new Set(SIMULATED.map((s) => s.client)).size).toBe(SIMULATED.length);
  });

  it('list every scan once', async () => {
    const found = (await exportsOf('src/services/observed')).filter(
      (v): v is Scan => isRecord(v) && 'run' in v && 'types' in v && 'calls' in v,
    );
    expect(found.filter((s) => !SCANS.includes(s)).map((s) => s.id)).toEqual([]);
    expect(new Set(SCANS.map((s) => s.id)).size).toBe(SCANS.length);
  });

  it('simulate every call that a scan makes, under the IAM action that the scan declares', () => {
    const services = new Map(SIMULATED.map((s) => [s.client, s]));
    const wrong = SCANS.flatMap((s) => s.calls)
      .map((call) => {
        const service = services.get(call.client);
        const action =
          service?.operations[call.operation] && (service.actions?.[call.operation] ?? `${service.prefix}:${call.operation}`);
        return action === call.action
          ? undefined
          : `${call.client} ${call.operation}: ${call.action}, simulated as ${String(action)}`;
      })
      .filter((line) => line !== undefined);
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('deploy no type twice', () => {
    const types = SIMULATED.flatMap((s) => (s.deployers ?? []).map((d) => d.type));
    expect(types.filter((t, i) => types.indexOf(t) !== i)).toEqual([]);
  });
});
