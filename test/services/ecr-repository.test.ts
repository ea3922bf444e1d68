import { describe, expect, it } from 'vitest';
import type { Value, Values } from '../../src/model/value.ts';
import { ECR_REPLICATION, ECR_REPOSITORY, ecrRepository } from '../../src/services/ecr-repository.ts';
import type { Extra } from './support-storage.ts';
import { armed, declared, estate, hole, impact, meaningOf } from './support-storage.ts';

const ACCOUNT = { account: '111122223333' };
const rule = (region: Value, filters?: Value): Values => ({
  destinations: [{ region, registryId: '111122223333' }],
  ...(filters === undefined ? {} : { repositoryFilters: filters }),
});
const prefix = (filter: string): Values[] => [{ filter, filterType: 'PREFIX_MATCH' }];

describe('registry replication', () => {
  it.each<[string, Value | undefined, Extra, Values, string]>([
    ['none', undefined, ACCOUNT, { name: 'shop/web' }, 'absent'],
    ['to another Region', [rule('us-west-2')], ACCOUNT, { name: 'shop/web' }, 'yes'],
    ['to the same Region', [rule('us-east-1')], ACCOUNT, { name: 'shop/web' }, 'no'],
    ['by prefix', [rule('us-west-2', prefix('shop/'))], ACCOUNT, { name: 'shop/web' }, 'yes'],
    ['by another prefix', [rule('us-west-2', prefix('ops/'))], ACCOUNT, { name: 'shop/web' }, 'no'],
    ['by prefix, name made up', [rule('us-west-2', prefix('shop/'))], ACCOUNT, {}, 'unknown'],
    ['unknown Region', [rule(hole)], ACCOUNT, { name: 'shop/web' }, 'unknown'],
    ['unknown rules', hole, ACCOUNT, { name: 'shop/web' }, 'unknown'],
    [
      'of the registry in another Region',
      [rule('us-west-2')],
      { ...ACCOUNT, region: 'eu-west-1' },
      { name: 'shop/web' },
      'absent',
    ],
    ['of another account', [rule('us-west-2')], { account: '444455556666' }, { name: 'shop/web' }, 'absent'],
    ['of a registry in an unknown Region', [rule('us-west-2')], { ...ACCOUNT, region: '?' }, { name: 'shop/web' }, 'unknown'],
  ])('%s', (_, rules, place, inputs, expected) => {
    const repository = declared(ECR_REPOSITORY, 'web', inputs, ACCOUNT);
    const registry = declared(ECR_REPLICATION, 'registry', { replicationConfiguration: { rules: rules ?? [] } }, place);
    const m = meaningOf(ecrRepository, estate(repository, ...(rules === undefined ? [] : [registry])), repository);
    expect([armed(m, 'ecr-replication', 'region'), impact(m, 'region'), impact(m, 'az')]).toEqual([
      expected,
      'lost',
      'unaffected',
    ]);
  });

  it('a registry of another account outlives this one', () => {
    const repository = declared(ECR_REPOSITORY, 'web', { name: 'web' }, ACCOUNT);
    const to = (registryId: Value) => {
      const registry = declared(
        ECR_REPLICATION,
        'r',
        { replicationConfiguration: { rules: [{ destinations: [{ region: 'us-east-1', registryId }] }] } },
        ACCOUNT,
      );
      return armed(meaningOf(ecrRepository, estate(repository, registry), repository), 'ecr-replication', 'account');
    };
    expect([to('444455556666'), to('111122223333'), to(hole)]).toEqual(['yes', 'absent', 'unknown']);
  });
});
