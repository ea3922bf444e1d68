import { describe, expect, it } from 'vitest';
import { ignores } from '../../src/model/resource.ts';

describe('ignores', () => {
  it.each([
    [[], 'multiAz', false],
    [['multiAz'], 'multiAz', true],
    [['multi'], 'multiAz', false],
    [['engine', 'multiAz'], 'multiAz', true],
    [['*'], 'scalingConfig.desiredSize', true],
    [['scalingConfig'], 'scalingConfig.desiredSize', true],
    [['scalingConfig["desiredSize"]'], 'scalingConfig.desiredSize', true],
    [['scalingConfig.*'], 'scalingConfig.desiredSize', true],
    [['scalingConfig.minSize'], 'scalingConfig.desiredSize', false],
    [['rules'], 'rules[0].schedule', true],
    [['rules[*].schedule'], 'rules[0].schedule', true],
    [['rules[1].schedule'], 'rules[0].schedule', false],
    // A part is left alone, the rest is not.
    [['rules[0].schedule'], 'rules', false],
  ])('%j: %s %s', (ignoreChanges, property, expected) => {
    expect(ignores({ ignoreChanges }, property)).toBe(expected);
  });
});
