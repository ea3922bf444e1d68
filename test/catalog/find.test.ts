import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCatalogue, readCatalogue } from '../../src/catalog/find.ts';
import { UsageError } from '../../src/model/errors.ts';
import { SERVICE } from './support.ts';

let root = '';
const put = (path: string, content: string | Buffer = SERVICE): string => {
  const full = join(root, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, content);
  return full;
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-find-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('finding the catalogue', () => {
  it("takes the source's folder before the program's, both before any folder above, and the nearest above", () => {
    const source = join(root, 'a/exports/deep');
    const program = join(root, 'a/infra/deep');
    mkdirSync(source, { recursive: true });
    mkdirSync(program, { recursive: true });
    expect(findCatalogue([source, program])).toBeUndefined();
    const above = put('a/holdfast.yaml');
    expect(findCatalogue([source, program])).toBe(above);
    const nearer = put('a/exports/holdfast.yaml');
    expect(findCatalogue([source, program])).toBe(nearer);
    const inProgram = put('a/infra/deep/holdfast.yaml');
    expect(findCatalogue([source, program])).toBe(inProgram);
    const inSource = put('a/exports/deep/holdfast.yaml');
    expect(findCatalogue([source, program])).toBe(inSource);
  });

  it('does not take a folder of that name', () => {
    mkdirSync(join(root, 'b/holdfast.yaml'), { recursive: true });
    expect(findCatalogue([join(root, 'b')])).toBeUndefined();
  });
});

describe('reading the catalogue', () => {
  const codeOf = (path: string): string => {
    try {
      readCatalogue(path);
    } catch (error) {
      if (error instanceof UsageError) return error.code;
      throw error;
    }
    return 'read';
  };
  it('reads a file and keeps its path in the places', () => {
    const path = put('c/holdfast.yaml');
    expect(readCatalogue(path).services[0]?.place).toEqual({ file: path, line: 2, column: 3 });
  });
  it('refuses what it cannot read', () => {
    expect(codeOf(join(root, 'none.yaml'))).toBe('catalogue-unreadable');
    expect(codeOf(root)).toBe('catalogue-unreadable');
    expect(codeOf(put('d/latin1.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9])))).toBe('catalogue-unreadable');
    expect(codeOf(put('d/huge.yaml', Buffer.alloc(5_000_000, 0x20)))).toBe('catalogue-unreadable');
  });
});
