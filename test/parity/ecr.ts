/** Generated repositories, and the replication of the registry. */
import fc from 'fast-check';
import type { Values } from '../../src/model/value.ts';
import { type Declaration, inputs, ref } from './law.ts';

const KEY = 'aws:kms/key:Key';

const repository = fc.record({
  name: fc.constantFrom('shop/api', 'shop/web', 'tools'),
  region: fc.constantFrom('us-east-1', 'eu-west-1'),
  encryption: fc.constantFrom('none', 'AES256', 'aws', 'own'),
  tags: fc.boolean(),
});

const rule = fc.record({
  filters: fc.subarray(['shop/', 'tools', 'other']),
  destinations: fc.uniqueArray(fc.constantFrom('eu-west-1', 'us-west-2'), { minLength: 1, maxLength: 2 }),
  registry: fc.constantFrom('111122223333', '444455556666'),
});

function encryptionOf(kind: string): readonly Values[] | undefined {
  if (kind === 'none') return undefined;
  if (kind === 'AES256') return [{ encryptionType: 'AES256' }];
  return [inputs({ encryptionType: 'KMS', kmsKey: kind === 'own' ? ref(KEY, 'key', 'arn') : undefined })];
}

export const cases: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    repositories: fc.uniqueArray(repository, { minLength: 1, maxLength: 3, selector: (r) => `${r.name} ${r.region}` }),
    rules: fc.option(fc.array(rule, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  })
  .map(({ repositories, rules }) => [
    { type: KEY, name: 'key', inputs: {} },
    ...repositories.map(
      (r): Declaration => ({
        type: 'aws:ecr/repository:Repository',
        name: `${r.name}-${r.region}`,
        region: r.region,
        inputs: inputs({
          name: r.name,
          encryptionConfigurations: encryptionOf(r.encryption === 'own' && r.region !== 'us-east-1' ? 'aws' : r.encryption),
          tags: r.tags ? { team: 'shop' } : undefined,
        }),
      }),
    ),
    ...(rules === undefined
      ? []
      : [
          {
            type: 'aws:ecr/replicationConfiguration:ReplicationConfiguration',
            name: 'registry',
            inputs: {
              replicationConfiguration: {
                rules: rules.map((r) =>
                  inputs({
                    destinations: r.destinations.map((region) => ({ region, registryId: r.registry })),
                    repositoryFilters:
                      r.filters.length === 0 ? undefined : r.filters.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
                  }),
                ),
              },
            },
          },
        ]),
  ]);
