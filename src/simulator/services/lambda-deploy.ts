/** Lambda functions and what hangs on them, as Pulumi declares them. */
import type * as LAMBDA from '@aws-sdk/client-lambda';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, removedBy } from '../deploy/lifecycle.ts';
import { blockOf, flagOf, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('lambda', operation, input)) as O;

const invokeArn = (given: Given, arn: string): string =>
  `arn:aws:apigateway:${given.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;

const lambdaFunction: Deployer = {
  type: 'aws:lambda/function:Function',
  async create(given, deployment) {
    const { inputs } = given;
    const name = textOf(inputs.name) ?? deployment.physicalName(given);
    const subnets = textsOf(blockOf(inputs.vpcConfig)?.subnetIds);
    const image = textOf(inputs.imageUri);
    const reply = await call<LAMBDA.CreateFunctionCommandOutput>(
      deployment,
      'CreateFunction',
      without({
        FunctionName: name,
        Role: textOf(inputs.role) ?? `arn:aws:iam::${given.account}:role/unknown`,
        Runtime: textOf(inputs.runtime),
        ...sizeOf(given),
        PackageType: image === undefined ? 'Zip' : 'Image',
        Code: image === undefined ? {} : { ImageUri: image },
        VpcConfig: subnets.length === 0 ? undefined : { SubnetIds: subnets },
        Tags: given.tags,
      }),
    );
    const reserved = numberOf(inputs.reservedConcurrentExecutions);
    // -1 is the provider's word for no reservation.
    if (reserved !== undefined && reserved >= 0)
      await call(deployment, 'PutFunctionConcurrency', { FunctionName: name, ReservedConcurrentExecutions: reserved });
    const arn = reply.FunctionArn ?? '';
    return { id: name, outputs: { arn, name, invokeArn: invokeArn(given, arn), qualifiedArn: `${arn}:$LATEST` } };
  },
  update: changedBy(async (given, before, deployment) => {
    const named = { FunctionName: given.id };
    await modify(deployment, ['lambda', 'UpdateFunctionConfiguration'], named, settingsOf(given), settingsOf(before));
    const code = ({ inputs }: Given) => ({ ImageUri: textOf(inputs.imageUri) });
    await modify(deployment, ['lambda', 'UpdateFunctionCode'], named, code(given), code(before));
    // -1 is the provider's word for no reservation.
    const reserved = ({ inputs }: Given): number => numberOf(inputs.reservedConcurrentExecutions) ?? -1;
    if (reserved(given) === reserved(before)) return;
    if (reserved(given) < 0) await call(deployment, 'DeleteFunctionConcurrency', named);
    else await call(deployment, 'PutFunctionConcurrency', { ...named, ReservedConcurrentExecutions: reserved(given) });
  }),
  remove: removedBy('lambda', 'DeleteFunction', ({ id }) => ({ FunctionName: id })),
};

/** Functions on instances of the account's own have other limits. */
const sizeOf = ({ inputs }: Given) =>
  blockOf(inputs.capacityProviderConfig) === undefined
    ? { Timeout: numberOf(inputs.timeout), MemorySize: numberOf(inputs.memorySize) }
    : {};

const settingsOf = (given: Given) => ({
  Role: textOf(given.inputs.role),
  Runtime: textOf(given.inputs.runtime),
  ...sizeOf(given),
  VpcConfig: { SubnetIds: textsOf(blockOf(given.inputs.vpcConfig)?.subnetIds) },
});

const mapping: Deployer = {
  type: 'aws:lambda/eventSourceMapping:EventSourceMapping',
  async create(given, deployment) {
    const reply = await call<LAMBDA.CreateEventSourceMappingCommandOutput>(
      deployment,
      'CreateEventSourceMapping',
      without({
        FunctionName: need(given, 'functionName'),
        EventSourceArn: textOf(given.inputs.eventSourceArn),
        Enabled: flagOf(given.inputs.enabled),
        BatchSize: numberOf(given.inputs.batchSize),
      }),
    );
    const id = reply.UUID ?? '';
    return { id, outputs: { uuid: id, arn: reply.EventSourceMappingArn ?? '' } };
  },
  update: changedBy((given, before, deployment) => {
    const says = ({ inputs }: Given) => ({ Enabled: flagOf(inputs.enabled) ?? true, BatchSize: numberOf(inputs.batchSize) });
    return modify(deployment, ['lambda', 'UpdateEventSourceMapping'], { UUID: given.id }, says(given), says(before));
  }),
  remove: removedBy('lambda', 'DeleteEventSourceMapping', ({ id }) => ({ UUID: id })),
};

const alias: Deployer = {
  type: 'aws:lambda/alias:Alias',
  async create(given, deployment) {
    const reply = await call<LAMBDA.CreateAliasCommandOutput>(deployment, 'CreateAlias', {
      FunctionName: need(given, 'functionName'),
      Name: textOf(given.inputs.name) ?? deployment.physicalName(given),
      FunctionVersion: textOf(given.inputs.functionVersion) ?? '$LATEST',
    });
    const arn = reply.AliasArn ?? '';
    return { id: arn, outputs: { arn, invokeArn: invokeArn(given, arn), name: reply.Name ?? '' } };
  },
  update: changedBy((given, before, deployment) => {
    const says = ({ inputs }: Given) => ({ FunctionVersion: textOf(inputs.functionVersion) });
    return modify(deployment, ['lambda', 'UpdateAlias'], aliasOf(given), says(given), says(before));
  }),
  remove: removedBy('lambda', 'DeleteAlias', (given) => aliasOf(given)),
};

/** Its ARN is that of the function with the name behind it. */
const aliasOf = ({ id = '' }: Given) => ({
  FunctionName: id.slice(0, id.lastIndexOf(':')),
  Name: id.slice(id.lastIndexOf(':') + 1),
});

const url: Deployer = {
  type: 'aws:lambda/functionUrl:FunctionUrl',
  async create(given, deployment) {
    const name = need(given, 'functionName');
    const reply = await call<LAMBDA.CreateFunctionUrlConfigCommandOutput>(deployment, 'CreateFunctionUrlConfig', {
      FunctionName: name,
      AuthType: textOf(given.inputs.authorizationType) ?? 'NONE',
    });
    const functionUrl = reply.FunctionUrl ?? '';
    return {
      id: given.id ?? reply.FunctionArn?.split(':').at(-1) ?? name,
      outputs: { functionUrl, urlId: functionUrl.slice(8).split('.')[0] ?? '', functionArn: reply.FunctionArn ?? '' },
    };
  },
  update: changedBy((given, _before, deployment) =>
    call(deployment, 'UpdateFunctionUrlConfig', {
      FunctionName: need(given, 'functionName'),
      AuthType: textOf(given.inputs.authorizationType) ?? 'NONE',
    }),
  ),
  remove: removedBy('lambda', 'DeleteFunctionUrlConfig', (given) => ({ FunctionName: need(given, 'functionName') })),
};

export const lambdaDeployers: readonly Deployer[] = [lambdaFunction, mapping, alias, url];
