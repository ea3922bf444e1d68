/** Repositories and the registry's replication from the inputs of the Pulumi provider. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, putAgain, removedBy } from '../deploy/lifecycle.ts';
import { blockOf, blocksOf, flagOf, need, tagList, textOf, without } from './compute-inputs.ts';

async function repository(given: Given, deployment: Deployment): Promise<Created> {
  const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given).toLowerCase();
  const encryption = blockOf(given.inputs.encryptionConfigurations);
  const made = (await deployment.call(
    'ecr',
    'CreateRepository',
    without({
      repositoryName: name,
      imageTagMutability: textOf(given.inputs.imageTagMutability),
      encryptionConfiguration:
        encryption === undefined
          ? undefined
          : without({ encryptionType: textOf(encryption.encryptionType) ?? 'AES256', kmsKey: textOf(encryption.kmsKey) }),
      tags: tagList(given.tags),
    }),
  )) as ECR.CreateRepositoryCommandOutput;
  const { repositoryArn: arn = '', repositoryUri: repositoryUrl = '' } = made.repository ?? {};
  return { id: name, outputs: { arn, name, repositoryUrl, registryId: given.account } };
}

async function replication(given: Given, deployment: Deployment): Promise<Created> {
  const rules = blocksOf(blockOf(given.inputs.replicationConfiguration)?.rules).map((rule) => {
    const filters = blocksOf(rule.repositoryFilters).map((f) => ({
      filter: textOf(f.filter) ?? '',
      filterType: textOf(f.filterType) ?? 'PREFIX_MATCH',
    }));
    return without({
      destinations: blocksOf(rule.destinations).map((d) => ({
        region: textOf(d.region) ?? '',
        registryId: textOf(d.registryId) ?? given.account,
      })),
      repositoryFilters: filters.length === 0 ? undefined : filters,
    });
  });
  await deployment.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration: { rules } });
  return { id: given.account, outputs: { registryId: given.account } };
}

export const ecrDeployers: readonly Deployer[] = [
  {
    type: 'aws:ecr/repository:Repository',
    create: repository,
    update: changedBy((given, before, deployment) => {
      const says = ({ inputs }: Given) => ({ imageTagMutability: textOf(inputs.imageTagMutability) ?? 'MUTABLE' });
      return modify(deployment, ['ecr', 'PutImageTagMutability'], { repositoryName: given.id }, says(given), says(before));
    }),
    remove: removedBy('ecr', 'DeleteRepository', ({ id, inputs }) => ({
      repositoryName: id,
      force: flagOf(inputs.forceDelete) === true,
    })),
  },
  {
    type: 'aws:ecr/replicationConfiguration:ReplicationConfiguration',
    ...putAgain(replication),
    remove: removedBy('ecr', 'PutReplicationConfiguration', () => ({ replicationConfiguration: { rules: [] } })),
  },
  {
    type: 'aws:ecr/lifecyclePolicy:LifecyclePolicy',
    ...putAgain(async (given, deployment) => {
      const name = need(given, 'repository');
      const input = { repositoryName: name, lifecyclePolicyText: textOf(given.inputs.policy) ?? '{}' };
      await deployment.call('ecr', 'PutLifecyclePolicy', input);
      return { id: name, outputs: { repository: name } };
    }),
    remove: removedBy('ecr', 'DeleteLifecyclePolicy', ({ id }) => ({ repositoryName: id })),
  },
];
