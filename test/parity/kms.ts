/** Generated keys, replicas and aliases. */
import fc from 'fast-check';
import type { Declaration } from './law.ts';
import { inputs, ref } from './law.ts';

const KEY = 'aws:kms/key:Key';
const REPLICA = 'aws:kms/replicaKey:ReplicaKey';
const flag = fc.option(fc.boolean(), { nil: undefined });
const region = fc.constantFrom('us-east-1', 'eu-west-1');

/** A multi-Region key with replicas in some other Regions, in code or not. */
const family = fc
  .record({
    region,
    isEnabled: flag,
    rotation: flag,
    window: fc.option(fc.integer({ min: 7, max: 30 }), { nil: undefined }),
    replicas: fc.uniqueArray(fc.constantFrom('us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1'), { maxLength: 3 }),
    enabled: flag,
  })
  .map((k): readonly Declaration[] => [
    {
      type: KEY,
      name: 'primary',
      region: k.region,
      // A disabled key cannot be replicated.
      inputs: inputs({
        multiRegion: true,
        isEnabled: k.replicas.length === 0 ? k.isEnabled : undefined,
        deletionWindowInDays: k.window,
      }),
    },
    ...k.replicas
      .filter((r) => r !== k.region)
      .map(
        (r): Declaration => ({
          type: REPLICA,
          name: `replica-${r}`,
          region: r,
          inputs: inputs({ primaryKeyArn: ref(KEY, 'primary', 'arn'), enabled: k.enabled }),
        }),
      ),
  ]);

const single = fc
  .record({ isEnabled: flag, multiRegion: fc.constantFrom(undefined, false), enableKeyRotation: flag })
  .map((k): readonly Declaration[] => [{ type: KEY, name: 'single', inputs: inputs(k) }]);

const external = fc
  .record({ multiRegion: flag, enabled: flag, material: fc.option(fc.constant('bWF0ZXJpYWw='), { nil: undefined }) })
  .map((k): readonly Declaration[] => [
    {
      type: 'aws:kms/externalKey:ExternalKey',
      name: 'external',
      inputs: inputs({ multiRegion: k.multiRegion, enabled: k.enabled, keyMaterialBase64: k.material }),
    },
  ]);

export const cases: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    keys: fc.oneof(family, single, external),
    alias: fc.boolean(),
  })
  .map(({ keys, alias }) => {
    const first = keys[0];
    if (!alias || first === undefined) return keys;
    const named: Declaration = {
      type: 'aws:kms/alias:Alias',
      name: 'alias',
      inputs: { name: 'alias/orders', targetKeyId: ref(first.type, first.name, 'keyId') },
      ...(first.region === undefined ? {} : { region: first.region }),
    };
    return [...keys, named];
  });
