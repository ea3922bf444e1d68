/** SSM parameters. Values are never asked for. */
import type {
  DescribeParametersCommandInput,
  DescribeParametersCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ParameterMetadata,
} from '@aws-sdk/client-ssm';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const describeParameters = call<DescribeParametersCommandInput, DescribeParametersCommandOutput>({
  client: 'ssm',
  operation: 'DescribeParameters',
  action: 'ssm:DescribeParameters',
  pages: { input: 'NextToken', output: 'NextToken' },
});
const listTags = call<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
  client: 'ssm',
  operation: 'ListTagsForResource',
  action: 'ssm:ListTagsForResource',
});

export const ssmParameters: Scan = {
  id: 'ssm-parameters',
  types: ['aws:ssm/parameter:Parameter'],
  where: 'region',
  calls: [describeParameters, listTags, listAliases],
  async *run(aws) {
    for await (const { Parameters = [] } of aws.pages(describeParameters, { MaxResults: 50 }))
      yield* await aws.each(Parameters, (parameter) => observeParameter(aws, parameter));
  },
};

async function observeParameter(aws: Reader, parameter: ParameterMetadata): Promise<Observed> {
  const name = parameter.Name ?? '';
  const arn = parameter.ARN ?? `arn:aws:ssm:${aws.region}:${aws.account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
  const reply = await aws.ask(listTags, { ResourceType: 'Parameter', ResourceId: name });
  const tags = reply instanceof Hole ? reply : sent(reply?.TagList, 'TagList');
  return {
    type: 'aws:ssm/parameter:Parameter',
    id: name,
    arn,
    name,
    properties: present({
      name,
      type: parameter.Type,
      tier: parameter.Tier,
      keyId: await ownKey(aws, parameter.KeyId),
    }),
    outputs: { arn, name },
    tags: tags instanceof Hole ? tags : Object.fromEntries(tags.map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
}
