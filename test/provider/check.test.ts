import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckAsked, check } from '../../src/provider/check.ts';
import { knownTypes, shapeOf } from '../../src/provider/facts/shape.ts';
import type { Props } from '../../src/provider/values.ts';
import { UNKNOWN } from '../../src/stacks/signatures.ts';

const SETTING = { account: '111122223333', region: 'eu-west-1', defaultTags: { application: 'shop', tier: '1' } };
const asked = (type: string, inputs: Props, more: Partial<CheckAsked> = {}): CheckAsked => ({
  type,
  name: 'Orders',
  before: {},
  inputs,
  autonaming: null,
  ...more,
});
const checked = (type: string, inputs: Props, more: Partial<CheckAsked> = {}) =>
  check(asked(type, inputs, more), SETTING, () => '0a1b2c3');

describe('check', () => {
  it.each<[string, Props, string | undefined]>([
    ['aws:sns/topic:Topic', {}, 'Orders-0a1b2c3'],
    ['aws:sqs/queue:Queue', { fifoQueue: true }, 'Orders-0a1b2c3.fifo'],
    ['aws:ecr/repository:Repository', {}, 'orders-0a1b2c3'],
    ['aws:kms/alias:Alias', { targetKeyId: 'k' }, 'alias/Orders-0a1b2c3'],
    ['aws:kms/alias:Alias', { targetKeyId: 'k', name: 'alias/mine' }, 'alias/mine'],
    ['aws:sns/topic:Topic', { name: 'mine' }, 'mine'],
    ['aws:sns/topic:Topic', { namePrefix: 'mine' }, undefined],
  ])('names %s %j', (type, inputs, name) => {
    expect(checked(type, inputs).inputs.name).toBe(name);
  });

  it('keeps the name that it made, not one that the program took back', () => {
    const type = 'aws:s3/bucket:Bucket';
    const before = { bucket: 'orders-7777777', __defaults: ['bucket'] };
    expect(checked(type, {}, { before }).inputs.bucket).toBe('orders-7777777');
    expect(checked(type, {}, { before: { bucket: 'mine', __defaults: [] } }).inputs.bucket).toBe('orders-0a1b2c3');
  });

  it('repeats no beginning that the logical name has', () => {
    const { inputs } = checked('aws:kms/alias:Alias', { targetKeyId: 'k' }, { name: 'alias/orders' });
    expect(inputs.name).toBe('alias/orders-0a1b2c3');
  });

  it('shortens names to what AWS takes', () => {
    const { inputs } = checked('aws:lb/loadBalancer:LoadBalancer', { subnets: ['a'] }, { name: 'a'.repeat(60) });
    expect(inputs.name).toBe(`${'a'.repeat(24)}-0a1b2c3`);
  });

  it.each([
    ['propose', 'theirs'],
    ['enforce', 'theirs'],
    ['disable', undefined],
  ] as const)('does as the stack says: %s', (mode, name) => {
    expect(checked('aws:sns/topic:Topic', {}, { autonaming: { mode, proposed: 'theirs' } }).inputs.name).toBe(name);
  });

  it('adds the default tags below the own ones, where tags are taken', () => {
    expect(checked('aws:sns/topic:Topic', { tags: { tier: '2' } }).inputs.tags).toEqual({ application: 'shop', tier: '2' });
    expect(checked('aws:sns/topic:Topic', { tags: UNKNOWN }).inputs.tags).toBe(UNKNOWN);
    expect(checked('aws:s3/bucketPolicy:BucketPolicy', { bucket: 'a', policy: '{}' }).inputs.tags).toBeUndefined();
  });

  it('writes down the defaults that the provider decides', () => {
    const { inputs } = checked('aws:ec2/vpc:Vpc', { cidrBlock: '10.0.0.0/16', enableDnsSupport: false });
    expect(inputs).toMatchObject({ instanceTenancy: 'default', enableDnsSupport: false, __defaults: ['instanceTenancy'] });
  });

  it.each<[string, Props, readonly string[]]>([
    ['aws:ec2/subnet:Subnet', {}, ['vpcId']],
    ['aws:ec2/subnet:Subnet', { vpcId: UNKNOWN }, []],
    ['aws:s3/bucketPolicy:BucketPolicy', { bucket: 'a', policy: '{' }, ['policy']],
    ['aws:s3/bucketPolicy:BucketPolicy', { bucket: 'a', policy: `{"a":"${UNKNOWN}"}` }, []],
    ['aws:s3/bucket:Bucket', { bucket: 'a', bucketPrefix: 'b' }, ['bucket']],
  ])('refuses %s %j', (type, inputs, properties) => {
    expect(checked(type, inputs).failures.map((f) => f.property)).toEqual(properties);
  });

  it('leaves alone what it does not know', () => {
    expect(checked('aws:nowhere/thing:Thing', { a: 1 })).toEqual({ inputs: { a: 1 }, failures: [] });
  });

  it('changes nothing that it has checked already', () => {
    const value = fc.constantFrom<Props[string]>('a', 1, true, UNKNOWN, { a: 'b' }, ['a']);
    const of = fc
      .constantFrom(...knownTypes())
      .chain((type) =>
        fc.tuple(fc.constant(type), fc.dictionary(fc.constantFrom(...(shapeOf(type)?.inputs ?? [])), value, { maxKeys: 6 })),
      );
    fc.assert(
      fc.property(of, ([type, inputs]) => {
        const first = checked(type, inputs);
        const again = check(asked(type, first.inputs, { before: first.inputs }), SETTING, () => 'fffffff');
        expect(again).toEqual(first);
        // Nor does the same program, checked against what it was checked to.
        expect(check(asked(type, inputs, { before: first.inputs }), SETTING, () => 'fffffff')).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });
});
