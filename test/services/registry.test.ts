import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inertReason } from '../../src/services/inert.ts';
import { SERVICES } from '../../src/services/registry.ts';

const folder = join(import.meta.dirname, '../../src/services');

function isService(value: unknown): value is { id: string } {
  return (
    typeof value === 'object' && value !== null && 'declare' in value && 'mean' in value && 'types' in value && 'id' in value
  );
}

describe('the registry of services', () => {
  it('holds every service of the folder', async () => {
    const found: string[] = [];
    for (const file of readdirSync(folder).filter((f) => f.endsWith('.ts') && f !== 'registry.ts')) {
      const exported = (await import(join(folder, file))) as Record<string, unknown>;
      for (const value of Object.values(exported)) if (isService(value)) found.push(value.id);
    }
    expect(SERVICES.map((s) => s.id).sort()).toEqual([...new Set(found)].sort());
  });

  it('gives every id and every type to one service', () => {
    const ids = SERVICES.map((s) => s.id);
    expect(new Set(ids).size).toBe(ids.length);
    const types = SERVICES.flatMap((s) => [...s.types]);
    expect(types.filter((t, i) => types.indexOf(t) !== i)).toEqual([]);
  });

  it('reads no type that is declared inert, and no type both by itself and as a part', () => {
    const own = new Set(SERVICES.flatMap((s) => [...s.types]));
    const parts = SERVICES.flatMap((s) => s.parts.map((p) => p.type));
    expect([...own, ...parts].filter((t) => inertReason(t) !== undefined)).toEqual([]);
    expect(parts.filter((t) => own.has(t))).toEqual([]);
  });

  it('names types as Pulumi does', () => {
    for (const type of SERVICES.flatMap((s) => [...s.types, ...s.parts.map((p) => p.type)])) {
      expect(type).toMatch(/^aws:[a-z0-9]+\/[a-zA-Z0-9]+:[A-Z][A-Za-z0-9]*$/);
    }
  });
});
