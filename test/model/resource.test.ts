import { describe, expect, it } from 'vitest';
import { ignores } from '../../src/model/resource.ts';
import { Hole } from '../../src/model/value.ts';

const inputs = {
  multiAz: true,
  scalingConfig: { minSize: 1, desiredSize: 2 },
  rules: [{ schedule: 'daily' }],
  ingress: [{ cidrBlocks: ['10.0.0.0/8'] }, { cidrBlocks: [] }],
  egress: new Hole('unresolved-at-preview', 'egress'),
};

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
    // The one block of a list, asked for as a block.
    [['rules[0].schedule'], 'rules.schedule', true],
    [['rules[*].schedule'], 'rules.schedule', true],
    [['rules[0]'], 'rules.schedule', true],
    [['rules'], 'rules.schedule', true],
    [['rules[0].target'], 'rules.schedule', false],
    // The engine follows no name into a list, and no index into a block.
    [['rules.schedule'], 'rules.schedule', false],
    [['scalingConfig[0].desiredSize'], 'scalingConfig.desiredSize', false],
    [['scalingConfig.desiredSize'], 'scalingConfig[0].desiredSize', true],
    [['ingress[0].cidrBlocks'], 'ingress[0].cidrBlocks[0]', true],
    [['ingress[1].cidrBlocks'], 'ingress.cidrBlocks', false],
    // What is added to a list is nothing that was there.
    [['ingress[*].cidrBlocks'], 'ingress[2].cidrBlocks', false],
    [['ingress[*]'], 'ingress[2]', false],
    [['ingress'], 'ingress[2].cidrBlocks', true],
    [['rule[0].schedule'], 'rule[0].schedule', false],
    [['tags.tier'], 'tags.tier', true],
    // Nobody knows what is in it.
    [['egress[0].cidrBlocks'], 'egress[0].cidrBlocks', true],
  ])('%j: %s %s', (ignoreChanges, property, expected) => {
    expect(ignores({ ignoreChanges, inputs }, property)).toBe(expected);
  });
});
