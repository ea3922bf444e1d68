/** AWS Systems Manager: its parameters, and what is beside them. https://docs.aws.amazon.com/systems-manager/latest/APIReference/ */
import type * as SSM from '@aws-sdk/client-ssm';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { removedBy } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { tagList, textOf, without } from './compute-inputs.ts';
import { findKey, keyUsable } from './kms-model.ts';
import { documentDeployer, documentOperations } from './ssm-documents.ts';

type Op<I, O> = Operation<I, Reply<O>>;

export interface Parameter {
  readonly name: string;
  readonly arn: string;
  type: SSM.ParameterType;
  key: string | undefined;
  tier: SSM.ParameterTier;
  value: string;
  version: number;
  changed: Date;
  readonly tags: Map<string, string>;
}

export const PARAMETERS = shelf<Parameter>('ssm:parameter');

/** By name, or by ARN, which has exactly one slash before the name. */
function parameterNamed(context: CallContext, text: string | undefined): Parameter {
  const id = text ?? '';
  const found = context.get(PARAMETERS, id) ?? context.list(PARAMETERS).find((p) => p.arn === id);
  if (found === undefined) throw new ServiceFault('ParameterNotFound', `Parameter ${id} not found.`);
  return found;
}

const put: Op<SSM.PutParameterCommandInput, SSM.PutParameterCommandOutput> = (input, context) => {
  const name = input.Name ?? '';
  const there = context.get(PARAMETERS, name);
  if (there !== undefined && input.Overwrite !== true)
    throw new ServiceFault(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite it, set the overwrite option to true.',
    );
  const type = input.Type ?? there?.type;
  if (type === undefined)
    throw new ServiceFault('ValidationException', 'A parameter type is required when you create a parameter.');
  // "If you don't specify a key ID, the system uses the default key associated with your AWS account" (PutParameter, KeyId).
  const key = type === 'SecureString' ? (input.KeyId ?? there?.key ?? 'alias/aws/ssm') : undefined;
  const parameter: Parameter = {
    name,
    arn: context.arn('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`),
    type,
    key,
    tier: input.Tier ?? there?.tier ?? 'Standard',
    value: input.Value ?? '',
    version: (there?.version ?? 0) + 1,
    changed: context.now,
    tags: there?.tags ?? new Map((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
  context.put(PARAMETERS, name, parameter);
  return { Version: parameter.version, Tier: parameter.tier };
};

function value(context: CallContext, name: string | undefined): SSM.Parameter {
  const parameter = parameterNamed(context, name);
  const key = parameter.key === undefined ? undefined : findKey(context, parameter.key)?.arn;
  if (!keyUsable(context.world, key)) throw new ServiceFault('InvalidKeyId', `The key of ${parameter.name} cannot be used.`);
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: parameter.type,
    Value: parameter.value,
    Version: parameter.version,
    LastModifiedDate: parameter.changed,
  };
}

const operations = {
  ...documentOperations,
  PutParameter: put,
  GetParameter: ((input, context) => ({ Parameter: value(context, input.Name) })) satisfies Op<
    SSM.GetParameterCommandInput,
    SSM.GetParameterCommandOutput
  >,
  DeleteParameter: ((input, context) => {
    context.remove(PARAMETERS, parameterNamed(context, input.Name).name);
    return {};
  }) satisfies Op<SSM.DeleteParameterCommandInput, SSM.DeleteParameterCommandOutput>,
  DescribeParameters: ((input, context) => {
    const { items, next } = page(context.list(PARAMETERS), input.NextToken, input.MaxResults ?? 50);
    return {
      Parameters: items.map((p) =>
        without({
          Name: p.name,
          ARN: p.arn,
          Type: p.type,
          KeyId: p.key,
          Tier: p.tier,
          Version: p.version,
          LastModifiedDate: p.changed,
          DataType: 'text',
        }),
      ),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  }) satisfies Op<SSM.DescribeParametersCommandInput, SSM.DescribeParametersCommandOutput>,
  AddTagsToResource: ((input, context) => {
    const parameter = parameterNamed(context, input.ResourceId);
    for (const t of input.Tags ?? []) parameter.tags.set(t.Key ?? '', t.Value ?? '');
    return {};
  }) satisfies Op<SSM.AddTagsToResourceCommandInput, SSM.AddTagsToResourceCommandOutput>,
  RemoveTagsFromResource: ((input, context) => {
    const parameter = parameterNamed(context, input.ResourceId);
    for (const key of input.TagKeys ?? []) parameter.tags.delete(key);
    return {};
  }) satisfies Op<SSM.RemoveTagsFromResourceCommandInput, SSM.RemoveTagsFromResourceCommandOutput>,
  ListTagsForResource: ((input, context) => {
    const { tags } = parameterNamed(context, input.ResourceId);
    return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
  }) satisfies Op<SSM.ListTagsForResourceCommandInput, SSM.ListTagsForResourceCommandOutput>,
};

function begin(world: World): void {
  world.onFault((fault, _, how) => {
    if (how !== 'begins' || (fault.kind !== 'deleted' && fault.kind !== 'account-compromised')) return;
    for (const { account, region, key, item } of world.everywhere(PARAMETERS))
      if (fault.kind === 'deleted' ? item.arn === fault.arn : account === fault.account)
        world.remove(PARAMETERS, account, region, key);
  });
}

/** Tags are taken when a parameter is made, and refused when one is overwritten. */
async function parameter(given: Given, deployment: Deployment, overwrites: boolean): Promise<Created> {
  const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given);
  await deployment.call(
    'ssm',
    'PutParameter',
    without({
      Name: name,
      Type: textOf(given.inputs.type) ?? 'String',
      KeyId: textOf(given.inputs.keyId),
      Tier: textOf(given.inputs.tier),
      // What is in it does not matter to the world: a stand-in keeps real values out of it.
      Value: 'simulated',
      ...(overwrites ? { Overwrite: true } : { Tags: tagList(given.tags) }),
    }),
  );
  const slash = name.startsWith('/') ? '' : '/';
  return { id: name, outputs: { name, arn: `arn:aws:ssm:${given.region}:${given.account}:parameter${slash}${name}` } };
}

const deployers: readonly Deployer[] = [
  documentDeployer,
  {
    type: 'aws:ssm/parameter:Parameter',
    create: (given, deployment) => parameter(given, deployment, false),
    update: (given, _before, deployment) => parameter(given, deployment, true),
    remove: removedBy('ssm', 'DeleteParameter', ({ id }) => ({ Name: id })),
  },
];

export const ssm: SimulatedService = { client: 'ssm', prefix: 'ssm', operations, begin, deployers };
