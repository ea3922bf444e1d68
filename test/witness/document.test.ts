import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXPLAINED } from './differences.ts';
import { PATH, witnessesDocument } from './document.ts';

it('docs/witnesses.md is current: npx tsx test/witness/document.ts', () => {
  expect(readFileSync(PATH, 'utf8')).toBe(witnessesDocument());
});

it('every explanation names a page of AWS', () => {
  for (const { source, why } of EXPLAINED) {
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
    expect(why).toMatch(/\.$/);
  }
});
