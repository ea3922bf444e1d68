/** Generated parameters of each type. */
import fc from 'fast-check';
import { type Declaration, inputs, ref } from './law.ts';

const KEY = 'aws:kms/key:Key';

export const cases: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    name: fc.constantFrom('/orders/host', 'orders'),
    type: fc.constantFrom('String', 'StringList', 'SecureString'),
    key: fc.constantFrom('none', 'arn', 'keyId', 'alias'),
    tags: fc.boolean(),
  })
  .map((c) => [
    { type: KEY, name: 'key', inputs: {} },
    { type: 'aws:kms/alias:Alias', name: 'alias', inputs: { name: 'alias/orders', targetKeyId: ref(KEY, 'key', 'keyId') } },
    {
      type: 'aws:ssm/parameter:Parameter',
      name: 'parameter',
      inputs: inputs({
        name: c.name,
        type: c.type,
        keyId:
          c.type !== 'SecureString' || c.key === 'none'
            ? undefined
            : c.key === 'alias'
              ? ref('aws:kms/alias:Alias', 'alias', 'name')
              : ref(KEY, 'key', c.key),
        tags: c.tags ? { team: 'shop' } : undefined,
      }),
    },
  ]);
