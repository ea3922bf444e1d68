import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnder, pathSteps, writtenPath } from '../../src/model/property-path.ts';

describe('pathSteps', () => {
  it.each([
    ['multiAz', ['multiAz']],
    ['scalingConfig.desiredSize', ['scalingConfig', 'desiredSize']],
    ['ingress[0].cidrBlocks[12]', ['ingress', 0, 'cidrBlocks', 12]],
    ['rules[*].schedule', ['rules', '*', 'schedule']],
    ['tags["a.b"].c', ['tags', 'a.b', 'c']],
    ['tags["say \\"no\\""]', ['tags', 'say "no"']],
    ['["a [1]"][1]', ['a [1]', 1]],
  ])('%s', (path, steps) => {
    expect(pathSteps(path)).toEqual(steps);
  });

  it('reads what writtenPath writes', () => {
    const step = fc.oneof(
      fc.nat(20),
      fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('a', 'b', '.', '-', '/', '"', '\\', '[', ']', '7') }),
    );
    fc.assert(
      fc.property(fc.tuple(fc.constantFrom('tags', 'rules'), fc.array(step, { maxLength: 4 })), ([first, rest]) => {
        expect(pathSteps(writtenPath([first, ...rest]))).toEqual([first, ...rest]);
      }),
    );
  });
});

describe('isUnder', () => {
  it.each([
    ['a', 'a', true],
    ['a.b', 'a', true],
    ['a[0].b', 'a', true],
    ['a[0].b', 'a[0]', true],
    ['a[0].b', 'a[*].b', true],
    ['a.b', 'a.*', true],
    ['a', '*', true],
    ['a', 'a.b', false],
    ['ab', 'a', false],
    ['a[10]', 'a[1]', false],
    ['a[0]', 'a["0"]', false],
  ])('%s under %s: %s', (path, under, expected) => {
    expect(isUnder(pathSteps(path), pathSteps(under))).toBe(expected);
  });
});
