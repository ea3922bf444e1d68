/** REST APIs with their integrations, custom domain names and VPC links, as API Gateway shows them. */
import type * as API from '@aws-sdk/client-api-gateway';
import { type Call, call } from '../../aws/call.ts';
import type { Value } from '../../model/value.ts';
import { listing, set, some } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

/** API Gateway's IAM actions are the methods of HTTP. */
const paged = <I, O>(operation: string): Call<I, O> =>
  call<I, O>({ client: 'api-gateway', operation, action: 'apigateway:GET', pages: { input: 'position', output: 'position' } });

const getApis = paged<API.GetRestApisCommandInput, API.GetRestApisCommandOutput>('GetRestApis');
const getResources = paged<API.GetResourcesCommandInput, API.GetResourcesCommandOutput>('GetResources');
const getDomains = paged<API.GetDomainNamesCommandInput, API.GetDomainNamesCommandOutput>('GetDomainNames');
const getMappings = paged<API.GetBasePathMappingsCommandInput, API.GetBasePathMappingsCommandOutput>('GetBasePathMappings');
const getLinks = paged<API.GetVpcLinksCommandInput, API.GetVpcLinksCommandOutput>('GetVpcLinks');

interface Parts {
  readonly type: string;
  readonly id: string;
  readonly arn?: string;
  readonly name?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly properties: Readonly<Record<string, Value | undefined>>;
  readonly outputs?: Readonly<Record<string, Value | undefined>>;
}

export function shown({ type, id, arn, name, tags, properties, outputs = {} }: Parts): Observed {
  return {
    type,
    id,
    arn,
    name: name ?? id,
    properties: present(properties),
    outputs: present({ arn, ...outputs }),
    tags: tags ?? {},
  };
}

export const arnOf = (aws: Reader, path: string): string => `arn:aws:apigateway:${aws.region}::/${path}`;

const apis: Scan = {
  id: 'api-gateway-rest-apis',
  types: ['aws:apigateway/restApi:RestApi', 'aws:apigateway/integration:Integration'],
  where: 'region',
  calls: [getApis, getResources],
  async *run(aws) {
    for await (const page of aws.pages(getApis, { limit: 500 }))
      for (const found of await aws.each(page.items ?? [], (api) => restApi(api, aws))) yield* found;
  },
};

async function restApi(api: API.RestApi, aws: Reader): Promise<readonly Observed[]> {
  const id = api.id ?? '';
  const types = some(api.endpointConfiguration?.types);
  const found = [
    shown({
      type: 'aws:apigateway/restApi:RestApi',
      id,
      arn: arnOf(aws, `restapis/${id}`),
      name: api.name,
      tags: api.tags,
      properties: { name: api.name, endpointConfiguration: types === undefined ? undefined : { types } },
      outputs: { rootResourceId: api.rootResourceId, executionArn: `arn:aws:execute-api:${aws.region}:${aws.account}:${id}` },
    }),
  ];
  for await (const page of aws.pages(getResources, { restApiId: id, embed: ['methods'], limit: 500 }))
    for (const resource of page.items ?? [])
      for (const [httpMethod, method] of Object.entries(resource.resourceMethods ?? {})) {
        const integration = method.methodIntegration;
        if (integration === undefined) continue;
        found.push(
          shown({
            type: 'aws:apigateway/integration:Integration',
            id: `agi-${id}-${resource.id}-${httpMethod}`,
            properties: {
              restApi: id,
              resourceId: resource.id,
              httpMethod,
              type: integration.type,
              uri: set(integration.uri),
              connectionId: set(integration.connectionId),
            },
          }),
        );
      }
  return found;
}

/** The two APIs of API Gateway show each other's domain names: one that leads to no REST API is left to the other. */
const domains: Scan = {
  id: 'api-gateway-domain-names',
  types: ['aws:apigateway/domainName:DomainName', 'aws:apigateway/basePathMapping:BasePathMapping'],
  where: 'region',
  calls: [getApis, getDomains, getMappings],
  async *run(aws) {
    const rest = new Set<string>();
    for await (const page of aws.pages(getApis, { limit: 500 })) for (const api of page.items ?? []) rest.add(api.id ?? '');
    for await (const page of aws.pages(getDomains, { limit: 500 }))
      for (const domain of page.items ?? []) {
        const mappings: API.BasePathMapping[] = [];
        for await (const some of aws.pages(getMappings, { domainName: domain.domainName, limit: 500 }))
          mappings.push(...(some.items ?? []));
        if (mappings.length === 0 || mappings.some((m) => rest.has(m.restApiId ?? ''))) yield* domainName(domain, mappings, aws);
      }
  },
};

function domainName(domain: API.DomainName, mappings: readonly API.BasePathMapping[], aws: Reader): readonly Observed[] {
  const name = domain.domainName ?? '';
  const types = some(domain.endpointConfiguration?.types);
  return [
    shown({
      type: 'aws:apigateway/domainName:DomainName',
      id: name,
      arn: domain.domainNameArn ?? arnOf(aws, `domainnames/${name}`),
      tags: domain.tags,
      properties: {
        domainName: name,
        certificateArn: set(domain.certificateArn),
        regionalCertificateArn: set(domain.regionalCertificateArn),
        endpointConfiguration: types === undefined ? undefined : { types },
      },
      outputs: {
        regionalDomainName: set(domain.regionalDomainName),
        regionalZoneId: set(domain.regionalHostedZoneId),
        cloudfrontDomainName: set(domain.distributionDomainName),
        cloudfrontZoneId: set(domain.distributionHostedZoneId),
      },
    }),
    ...mappings.map((mapping) => {
      const basePath = mapping.basePath === '(none)' ? undefined : mapping.basePath;
      return shown({
        type: 'aws:apigateway/basePathMapping:BasePathMapping',
        id: `${name}/${basePath ?? ''}`,
        properties: { domainName: name, restApi: mapping.restApiId, basePath, stageName: set(mapping.stage) },
      });
    }),
  ];
}

const links = listing({
  id: 'api-gateway-vpc-links',
  types: ['aws:apigateway/vpcLink:VpcLink'],
  call: getLinks,
  input: { limit: 500 },
  items: (page) => page.items,
  read: (link, aws) =>
    link.status === 'DELETING'
      ? []
      : [
          shown({
            type: 'aws:apigateway/vpcLink:VpcLink',
            id: link.id ?? '',
            arn: arnOf(aws, `vpclinks/${link.id}`),
            name: link.name,
            tags: link.tags,
            properties: { name: link.name, targetArn: link.targetArns?.[0] },
          }),
        ],
});

export const restApiScans: readonly Scan[] = [apis, domains, links];
