import { describe, expect, it } from 'vitest';
import { diffSetting, settingOf } from '../../src/provider/configure.ts';

const HOME = { account: '111122223333', region: 'eu-west-1' };

describe('settingOf', () => {
  it.each([
    [{}, HOME],
    [{ region: 'us-east-1' }, { ...HOME, region: 'us-east-1' }],
    [{ assumeRoles: '[{"roleArn":"arn:aws:iam::444455556666:role/deploy"}]' }, { ...HOME, account: '444455556666' }],
    [{ assumeRole: { roleArn: 'arn:aws:iam::444455556666:role/deploy' } }, { ...HOME, account: '444455556666' }],
    [{ allowedAccountIds: '["444455556666"]' }, { ...HOME, account: '444455556666' }],
    [{ allowedAccountIds: ['444455556666', '111122223333'] }, HOME],
  ])('%j', (configuration, expected) => {
    expect(settingOf(configuration, HOME)).toEqual({ ...expected, defaultTags: {} });
  });

  it.each([
    [{ defaultTags: '{"tags":{"a":"b"}}' }],
    [{ defaultTags: { tags: { a: 'b' } } }],
    [{ defaultTags: { tags: '{"a":"b"}' } }],
  ])('reads default tags: %j', (configuration) => {
    expect(settingOf(configuration, HOME).defaultTags).toEqual({ a: 'b' });
  });

  it.each([
    [{ region: 'nowhere' }, /invalid AWS Region: nowhere/],
    [{ forbiddenAccountIds: ['111122223333'] }, /AWS account ID not allowed: 111122223333/],
    [{ allowedAccountIds: ['444455556666', '777788889999'] }, /AWS account ID not allowed: 111122223333/],
  ])('refuses %j', (configuration, message) => {
    expect(() => settingOf(configuration, HOME)).toThrow(message);
  });
});

describe('diffSetting', () => {
  it('makes everything anew in another Region', () => {
    expect(diffSetting({ region: 'eu-west-1' }, { region: 'eu-west-2' })).toEqual(['region']);
    expect(diffSetting({ region: 'eu-west-1', profile: 'a' }, { region: 'eu-west-1', profile: 'b' })).toEqual([]);
  });
});
