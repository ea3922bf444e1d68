import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TAGGABLE } from '../../src/stacks/aws-taggable.ts';
import { canonicalType, isGlobalType, RENAMED } from '../../src/stacks/aws-types.ts';

interface AwsClass {
  readonly type: string;
  readonly aliases: readonly string[];
  readonly regional: boolean;
  readonly taggable: boolean;
}

/** Reads the classes of @pulumi/aws from its files: importing the package takes seconds. */
function classes(): AwsClass[] {
  const root = dirname(createRequire(import.meta.url).resolve('@pulumi/aws/package.json'));
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'types' && entry.name !== 'node_modules')
    .flatMap((entry) => readdirSync(join(root, entry.name)).map((file) => join(root, entry.name, file)))
    .filter((file) => file.endsWith('.js') && existsSync(file.replace(/js$/, 'd.ts')))
    .flatMap((file): AwsClass[] => {
      const code = readFileSync(file, 'utf8');
      const type = /static __pulumiType = '([^']+)'/.exec(code)?.[1];
      if (type === undefined) return [];
      const declarations = readFileSync(file.replace(/js$/, 'd.ts'), 'utf8');
      const aliasOptions = /const aliasOpts = (\{[^;]*\});/.exec(code)?.[1] ?? '';
      return [
        {
          type,
          aliases: [...aliasOptions.matchAll(/type: "([^"]+)"/g)].map((m) => m[1] ?? ''),
          regional: /^\s+region\?: /m.test(declarations.slice(declarations.indexOf('Args {'))),
          taggable: declarations.includes('readonly tagsAll: '),
        },
      ];
    });
}

describe('tables of AWS types agree with @pulumi/aws', () => {
  const all = classes();
  it('reads the package', () => expect(all.length).toBeGreaterThan(1500));

  it('aliases', () => {
    const canonical = all.filter((c) => canonicalType(c.type) === c.type);
    const wrong = canonical.flatMap((c) => c.aliases.filter((alias) => canonicalType(alias) !== c.type));
    expect(wrong).toEqual([]);
    const types = new Set(all.map((c) => c.type));
    expect([...RENAMED.values()].filter((type) => !types.has(type))).toEqual([]);
    expect(all.map((c) => canonicalType(c.type)).filter((type) => !types.has(type))).toEqual([]);
  });

  it('global types take no Region', () => {
    expect(all.filter((c) => c.regional && isGlobalType(c.type)).map((c) => c.type)).toEqual([]);
  });

  it('taggable types', () => {
    const found: Record<string, string> = {};
    for (const module of new Set(all.map((c) => c.type.slice(4, c.type.indexOf('/'))))) {
      const names = all.filter((c) => c.taggable && c.type.startsWith(`aws:${module}/`)).map((c) => c.type.split(':')[2] ?? '');
      if (names.length > 0) found[module] = names.sort().join(' ');
    }
    expect(found).toEqual(TAGGABLE);
  });
});
