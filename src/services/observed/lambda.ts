/** Lambda functions with their triggers, aliases and URLs, as Lambda shows them. Environment variables are never read. */
import type * as LAMBDA from '@aws-sdk/client-lambda';
import { Hole, type Value } from '../../model/value.ts';
import { asked, listed, listing, set, some } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

const listFunctions = listed<LAMBDA.ListFunctionsCommandInput, LAMBDA.ListFunctionsCommandOutput>(
  'lambda',
  'lambda:ListFunctions',
  'Marker',
  'NextMarker',
);
const listAliases = listed<LAMBDA.ListAliasesCommandInput, LAMBDA.ListAliasesCommandOutput>(
  'lambda',
  'lambda:ListAliases',
  'Marker',
  'NextMarker',
);
/** Unlike the listing it tells reserved concurrency, tags and the image. */
const getFunction = asked<LAMBDA.GetFunctionCommandInput, LAMBDA.GetFunctionCommandOutput>('lambda', 'lambda:GetFunction');
const getUrl = asked<LAMBDA.GetFunctionUrlConfigCommandInput, LAMBDA.GetFunctionUrlConfigCommandOutput>(
  'lambda',
  'lambda:GetFunctionUrlConfig',
);

const functions: Scan = {
  id: 'lambda-functions',
  types: ['aws:lambda/function:Function', 'aws:lambda/alias:Alias', 'aws:lambda/functionUrl:FunctionUrl'],
  where: 'region',
  calls: [listFunctions, getFunction, listAliases, getUrl],
  async *run(aws) {
    for await (const page of aws.pages(listFunctions, {}))
      for (const some of await aws.each(page.Functions ?? [], (f) => withParts(f, aws))) yield* some;
  },
};

const invokeArn = (aws: Reader, arn: string): string =>
  `arn:aws:apigateway:${aws.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;

async function withParts(shown: LAMBDA.FunctionConfiguration, aws: Reader): Promise<readonly Observed[]> {
  const name = shown.FunctionName ?? '';
  const arn = shown.FunctionArn ?? '';
  const more = await aws.ask(getFunction, { FunctionName: name });
  const read = more instanceof Hole ? undefined : more;
  const hole = more instanceof Hole ? more : undefined;
  const subnets = some(shown.VpcConfig?.SubnetIds);
  const own: Observed = {
    type: 'aws:lambda/function:Function',
    id: name,
    arn,
    name,
    properties: present({
      name,
      runtime: shown.Runtime,
      packageType: shown.PackageType,
      vpcConfig: subnets === undefined ? undefined : { subnetIds: subnets },
      reservedConcurrentExecutions: hole ?? read?.Concurrency?.ReservedConcurrentExecutions,
      imageUri: shown.PackageType === 'Image' ? (hole ?? set(read?.Code?.ImageUri)) : undefined,
    }),
    outputs: { arn, invokeArn: invokeArn(aws, arn), qualifiedArn: `${arn}:$LATEST` },
    tags: hole ?? read?.Tags ?? {},
  };
  const aliases: Observed[] = [];
  for await (const page of aws.pages(listAliases, { FunctionName: name }))
    for (const alias of page.Aliases ?? []) {
      const aliasArn = alias.AliasArn ?? '';
      aliases.push({
        ...part('aws:lambda/alias:Alias', aliasArn, {
          functionName: arn,
          name: alias.Name,
          functionVersion: alias.FunctionVersion,
        }),
        arn: aliasArn,
        outputs: { arn: aliasArn, invokeArn: invokeArn(aws, aliasArn) },
      });
    }
  const url = await aws.ask(getUrl, { FunctionName: name }, ['ResourceNotFoundException']);
  if (url === undefined) return [own, ...aliases];
  const shownUrl: Value = url instanceof Hole ? url : (url.FunctionUrl ?? '');
  return [
    own,
    ...aliases,
    { ...part('aws:lambda/functionUrl:FunctionUrl', name, { functionName: arn }), outputs: { functionUrl: shownUrl } },
  ];
}

function part(type: string, id: string, properties: Readonly<Record<string, Value | undefined>>): Observed {
  return { type, id, arn: undefined, name: id, properties: present(properties), outputs: {}, tags: {} };
}

const mappings = listing({
  id: 'lambda-event-source-mappings',
  types: ['aws:lambda/eventSourceMapping:EventSourceMapping'],
  call: listed<LAMBDA.ListEventSourceMappingsCommandInput, LAMBDA.ListEventSourceMappingsCommandOutput>(
    'lambda',
    'lambda:ListEventSourceMappings',
    'Marker',
    'NextMarker',
  ),
  input: {},
  items: (page) => page.EventSourceMappings,
  read: (mapping) =>
    mapping.State === 'Deleting'
      ? []
      : [
          part('aws:lambda/eventSourceMapping:EventSourceMapping', mapping.UUID ?? '', {
            // An alias or version behind the function's ARN is part of the function.
            functionName: mapping.FunctionArn?.split(':').slice(0, 7).join(':'),
            eventSourceArn: mapping.EventSourceArn,
            enabled: mapping.State !== 'Disabled' && mapping.State !== 'Disabling',
          }),
        ],
});

export const lambdaScans: readonly Scan[] = [functions, mappings];
