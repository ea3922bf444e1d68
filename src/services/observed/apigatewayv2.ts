/** HTTP and WebSocket APIs with their integrations, custom domain names and VPC links, as API Gateway shows them. */
import type * as API from '@aws-sdk/client-apigatewayv2';
import { type Call, call } from '../../aws/call.ts';
import { arnOf, shown } from './api-gateway.ts';
import { listing, set, some } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

const paged = <I, O>(operation: string): Call<I, O> =>
  call<I, O>({ client: 'apigatewayv2', operation, action: 'apigateway:GET', pages: { input: 'NextToken', output: 'NextToken' } });

const getApis = paged<API.GetApisCommandInput, API.GetApisCommandOutput>('GetApis');
const getIntegrations = paged<API.GetIntegrationsCommandInput, API.GetIntegrationsCommandOutput>('GetIntegrations');
const getDomains = paged<API.GetDomainNamesCommandInput, API.GetDomainNamesCommandOutput>('GetDomainNames');
const getMappings = paged<API.GetApiMappingsCommandInput, API.GetApiMappingsCommandOutput>('GetApiMappings');
const getLinks = paged<API.GetVpcLinksCommandInput, API.GetVpcLinksCommandOutput>('GetVpcLinks');

const apis: Scan = {
  id: 'apigatewayv2-apis',
  types: ['aws:apigatewayv2/api:Api', 'aws:apigatewayv2/integration:Integration'],
  where: 'region',
  calls: [getApis, getIntegrations],
  async *run(aws) {
    for await (const page of aws.pages(getApis, {}))
      for (const found of await aws.each(page.Items ?? [], (api) => httpApi(api, aws))) yield* found;
  },
};

async function httpApi(api: API.Api, aws: Reader): Promise<readonly Observed[]> {
  const id = api.ApiId ?? '';
  const found = [
    shown({
      type: 'aws:apigatewayv2/api:Api',
      id,
      arn: arnOf(aws, `apis/${id}`),
      name: api.Name,
      tags: api.Tags,
      properties: { name: api.Name, protocolType: api.ProtocolType },
      outputs: { apiEndpoint: api.ApiEndpoint, executionArn: `arn:aws:execute-api:${aws.region}:${aws.account}:${id}` },
    }),
  ];
  for await (const page of aws.pages(getIntegrations, { ApiId: id }))
    for (const integration of page.Items ?? [])
      found.push(
        shown({
          type: 'aws:apigatewayv2/integration:Integration',
          id: integration.IntegrationId ?? '',
          properties: {
            apiId: id,
            integrationType: integration.IntegrationType,
            integrationUri: set(integration.IntegrationUri),
            connectionType: integration.ConnectionType,
            connectionId: set(integration.ConnectionId),
          },
        }),
      );
  return found;
}

/** The two APIs of API Gateway show each other's domain names: one that leads to REST APIs alone is left to the other. */
const domains: Scan = {
  id: 'apigatewayv2-domain-names',
  types: ['aws:apigatewayv2/domainName:DomainName', 'aws:apigatewayv2/apiMapping:ApiMapping'],
  where: 'region',
  calls: [getApis, getDomains, getMappings],
  async *run(aws) {
    const http = new Set<string>();
    for await (const page of aws.pages(getApis, {})) for (const api of page.Items ?? []) http.add(api.ApiId ?? '');
    for await (const page of aws.pages(getDomains, {}))
      for (const domain of page.Items ?? []) {
        const mappings: API.ApiMapping[] = [];
        for await (const some of aws.pages(getMappings, { DomainName: domain.DomainName })) mappings.push(...(some.Items ?? []));
        if (mappings.some((m) => http.has(m.ApiId ?? ''))) yield* domainName(domain, mappings, aws);
      }
  },
};

function domainName(domain: API.DomainName, mappings: readonly API.ApiMapping[], aws: Reader): readonly Observed[] {
  const name = domain.DomainName ?? '';
  const configuration = domain.DomainNameConfigurations?.[0];
  const said = { certificateArn: set(configuration?.CertificateArn), endpointType: configuration?.EndpointType };
  return [
    shown({
      type: 'aws:apigatewayv2/domainName:DomainName',
      id: name,
      arn: arnOf(aws, `domainnames/${name}`),
      tags: domain.Tags,
      properties: { domainName: name, domainNameConfiguration: configuration === undefined ? undefined : present(said) },
      outputs: {
        domainNameConfiguration: present({
          ...said,
          targetDomainName: set(configuration?.ApiGatewayDomainName),
          hostedZoneId: set(configuration?.HostedZoneId),
        }),
      },
    }),
    ...mappings.map((mapping) =>
      shown({
        type: 'aws:apigatewayv2/apiMapping:ApiMapping',
        id: mapping.ApiMappingId ?? '',
        properties: { domainName: name, apiId: mapping.ApiId, stage: mapping.Stage, apiMappingKey: set(mapping.ApiMappingKey) },
      }),
    ),
  ];
}

const links = listing({
  id: 'apigatewayv2-vpc-links',
  types: ['aws:apigatewayv2/vpcLink:VpcLink'],
  call: getLinks,
  input: {},
  items: (page) => page.Items,
  read: (link, aws) =>
    link.VpcLinkStatus === 'DELETING'
      ? []
      : [
          shown({
            type: 'aws:apigatewayv2/vpcLink:VpcLink',
            id: link.VpcLinkId ?? '',
            arn: arnOf(aws, `vpclinks/${link.VpcLinkId}`),
            name: link.Name,
            tags: link.Tags,
            properties: { name: link.Name, subnetIds: some(link.SubnetIds) },
          }),
        ],
});

export const httpApiScans: readonly Scan[] = [apis, domains, links];
