import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/model/resource.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { DLM_POLICY } from '../../src/services/dlm-policy.ts';
import { EBS_VOLUME, ebsVolume } from '../../src/services/ebs-volume.ts';
import type { Extra } from './support-storage.ts';
import { armed, declared, estate, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

const volume = declared(EBS_VOLUME, 'v', { availabilityZone: 'us-east-1a' }, { tags: { backup: 'yes' } });
const instance = declared('aws:ec2/instance:Instance', 'i', {}, { tags: { role: 'db' } });
const attachment = declared('aws:ec2/volumeAttachment:VolumeAttachment', 'a', {
  volumeId: ref(volume),
  instanceId: ref(instance),
});
const hourly: Values = { name: 'hourly', createRule: { interval: 1 }, retainRule: { count: 24 } };

function policy(details: Values, inputs: Values = {}, extra: Extra = {}): Resource {
  return declared(
    DLM_POLICY,
    'p',
    { policyDetails: { resourceTypes: ['VOLUME'], targetTags: { backup: 'yes' }, schedules: [hourly], ...details }, ...inputs },
    extra,
  );
}

const meaning = (...more: readonly Resource[]) => meaningOf(ebsVolume, estate(volume, instance, attachment, ...more), volume);

describe('snapshots', () => {
  it.each<[string, Resource | undefined, string]>([
    ['no policy', undefined, 'absent'],
    ['by tag of the volume', policy({}), 'yes'],
    ['by another tag', policy({ targetTags: { backup: 'no' } }), 'absent'],
    ['disabled', policy({}, { state: 'DISABLED' }), 'absent'],
    ['state unknown', policy({}, { state: hole }), 'unknown'],
    ['tags unknown', policy({ targetTags: hole }), 'unknown'],
    ['by tag of the instance', policy({ resourceTypes: ['INSTANCE'], targetTags: { role: 'db' } }), 'yes'],
    ['tag of the instance, volumes only', policy({ targetTags: { role: 'db' } }), 'absent'],
    ['of another Region', policy({}, {}, { region: 'eu-west-1' }), 'absent'],
    ['default policy', policy({ policyLanguage: 'SIMPLIFIED', resourceType: 'VOLUME' }), 'yes'],
    [
      'default policy with exclusions',
      policy({ policyLanguage: 'SIMPLIFIED', resourceType: 'VOLUME', exclusions: { excludeBootVolumes: true } }),
      'unknown',
    ],
    ['copies shared snapshots only', policy({ policyType: 'EVENT_BASED_POLICY' }), 'absent'],
    ['schedules unknown', policy({ schedules: hole }), 'unknown'],
  ])('%s', (_, p, expected) => {
    const m = meaning(...(p === undefined ? [] : [p]));
    expect(armed(m, 'ebs-snapshot-restore', 'data')).toBe(expected);
    expect([impact(m, 'az'), impact(m, 'instance')]).toEqual(['lost', 'unaffected']);
  });

  it.each<[string, Values, unknown]>([
    ['interval', { interval: 12 }, { kind: 'span', max: 13 * 3600 }],
    ['cron', { cronExpression: 'cron(0 5 ? * SUN *)' }, { kind: 'span', max: 7 * 86_400 + 3600 }],
    ['unknown', { interval: hole }, { kind: 'unknown' }],
    ['neither', {}, { kind: 'unknown' }],
  ])('are at worst as old as the schedule: %s', (_, createRule, point) => {
    const m = meaning(policy({ schedules: [{ ...hourly, createRule }] }));
    expect(protection(m, 'ebs-snapshot-restore', 'data')?.point).toMatchObject(point as object);
  });

  it.each<[string, Value, string]>([
    ['to another Region', [{ target: 'us-west-2', encrypted: true }], 'yes'],
    ['newer spelling', [{ targetRegion: 'us-west-2', encrypted: true }], 'yes'],
    ['to the same Region', [{ target: 'us-east-1' }], 'no'],
    ['to an unknown Region', [{ target: hole }], 'unknown'],
    ['unknown', hole, 'unknown'],
  ])('copied %s', (_, crossRegionCopyRules, expected) => {
    const m = meaning(policy({ schedules: [{ ...hourly, crossRegionCopyRules }] }));
    expect(armed(m, 'ebs-snapshot-copy-restore', 'region')).toBe(expected);
  });
});
