import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/registry.ts';
import { RULES } from '../../src/rules/registry.ts';

const FOLDER = join(import.meta.dirname, '../../checks');

describe('the checks', () => {
  it('are those of the folder, each in the file of its name', () => {
    const files = readdirSync(FOLDER).filter((f) => /^export const \w+: Check = /m.test(readFileSync(join(FOLDER, f), 'utf8')));
    expect(CHECKS.map((c) => `${c.id}.ts`).sort()).toEqual(files.sort());
  });

  it('have rules of their own, which no other check and no rule of the code has', () => {
    const ids = [...CHECKS.flatMap((c) => c.rules), ...RULES].map((r) => r.id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('say of each rule why it matters, what to do and where that is from', () => {
    for (const rule of CHECKS.flatMap((c) => c.rules)) {
      expect(rule.id).toMatch(/^[a-z0-9-]+$/);
      expect(rule.why.length, rule.id).toBeGreaterThan(80);
      expect(rule.fix.length, rule.id).toBeGreaterThan(20);
      expect(rule.source, rule.id).toMatch(/^https:\/\//);
      expect(rule.scopes.length, rule.id).toBeGreaterThan(0);
    }
  });

  it('only read', () => {
    expect(CHECKS.flatMap((c) => c.calls).filter((c) => c.grade !== 'read')).toEqual([]);
  });
});
