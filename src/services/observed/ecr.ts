/** ECR repositories, and the replication of the Region's registry. */
import type {
  DescribeRegistryCommandInput,
  DescribeRegistryCommandOutput,
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ReplicationRule,
  Repository,
} from '@aws-sdk/client-ecr';
import { call } from '../../aws/call.ts';
import { Hole, type Values } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const REPOSITORY = 'aws:ecr/repository:Repository';
const REPLICATION = 'aws:ecr/replicationConfiguration:ReplicationConfiguration';

const describeRepositories = call<DescribeRepositoriesCommandInput, DescribeRepositoriesCommandOutput>({
  client: 'ecr',
  operation: 'DescribeRepositories',
  action: 'ecr:DescribeRepositories',
  pages: { input: 'nextToken', output: 'nextToken' },
});
const listTags = call<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
  client: 'ecr',
  operation: 'ListTagsForResource',
  action: 'ecr:ListTagsForResource',
});
const describeRegistry = call<DescribeRegistryCommandInput, DescribeRegistryCommandOutput>({
  client: 'ecr',
  operation: 'DescribeRegistry',
  action: 'ecr:DescribeRegistry',
});

export const ecrRepositories: Scan = {
  id: 'ecr-repositories',
  types: [REPOSITORY],
  where: 'region',
  calls: [describeRepositories, listTags, listAliases],
  async *run(aws) {
    for await (const { repositories = [] } of aws.pages(describeRepositories, { maxResults: 1000 }))
      yield* await aws.each(repositories, (repository) => observeRepository(aws, repository));
  },
};

async function observeRepository(aws: Reader, repository: Repository): Promise<Observed> {
  const name = repository.repositoryName ?? '';
  const arn = repository.repositoryArn ?? `arn:aws:ecr:${aws.region}:${aws.account}:repository/${name}`;
  const encryption = repository.encryptionConfiguration;
  const reply = await aws.ask(listTags, { resourceArn: arn });
  const tags = reply instanceof Hole ? reply : sent(reply?.tags, 'tags');
  return {
    type: REPOSITORY,
    id: name,
    arn,
    name,
    properties: present({
      name,
      imageTagMutability: repository.imageTagMutability,
      encryptionConfigurations:
        encryption === undefined
          ? undefined
          : [present({ encryptionType: encryption.encryptionType, kmsKey: await ownKey(aws, encryption.kmsKey) })],
    }),
    outputs: present({ arn, name, repositoryUrl: repository.repositoryUri, registryId: repository.registryId }),
    tags: tags instanceof Hole ? tags : Object.fromEntries(tags.map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
}

/** A registry always has a configuration; one without rules is none to the provider. */
export const ecrReplication: Scan = {
  id: 'ecr-replication',
  types: [REPLICATION],
  where: 'region',
  calls: [describeRegistry],
  async *run(aws) {
    for await (const reply of aws.pages(describeRegistry, {})) {
      const rules = reply.replicationConfiguration?.rules ?? [];
      if (rules.length === 0) continue;
      const id = reply.registryId ?? aws.account;
      yield {
        type: REPLICATION,
        id,
        arn: undefined,
        name: id,
        properties: { replicationConfiguration: { rules: rules.map(ruleOf) } },
        outputs: { registryId: id },
        tags: {},
      };
    }
  },
};

const ruleOf = (rule: ReplicationRule): Values =>
  present({
    destinations: (rule.destinations ?? []).map((d) => present({ region: d.region, registryId: d.registryId })),
    repositoryFilters:
      (rule.repositoryFilters ?? []).length === 0
        ? undefined
        : (rule.repositoryFilters ?? []).map((f) => present({ filter: f.filter, filterType: f.filterType })),
  });
