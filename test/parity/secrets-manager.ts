/** Generated secrets with replicas and rotation. */
import fc from 'fast-check';
import type { Declaration } from './law.ts';
import { inputs, ref } from './law.ts';

const SECRET = 'aws:secretsmanager/secret:Secret';
const KEY = 'aws:kms/key:Key';

export const cases: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    region: fc.constantFrom('us-east-1', 'eu-west-1'),
    key: fc.boolean(),
    window: fc.option(fc.integer({ min: 7, max: 30 }), { nil: undefined }),
    replicas: fc.uniqueArray(fc.constantFrom('us-west-2', 'eu-central-1', 'eu-west-2'), { maxLength: 3 }),
    rotated: fc.boolean(),
    tags: fc.boolean(),
  })
  .map((c) => [
    { type: KEY, name: 'key', region: c.region, inputs: {} },
    {
      type: SECRET,
      name: 'secret',
      region: c.region,
      inputs: inputs({
        name: 'orders/db',
        kmsKeyId: c.key ? ref(KEY, 'key', 'arn') : undefined,
        recoveryWindowInDays: c.window,
        replicas: c.replicas.length === 0 ? undefined : c.replicas.map((region) => ({ region })),
        tags: c.tags ? { team: 'shop' } : undefined,
      }),
    },
    ...(c.rotated
      ? [
          {
            type: 'aws:secretsmanager/secretRotation:SecretRotation',
            name: 'rotation',
            region: c.region,
            inputs: { secretId: ref(SECRET, 'secret'), rotationRules: { automaticallyAfterDays: 30 } },
          },
        ]
      : []),
  ]);
