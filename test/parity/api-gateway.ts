/** REST and HTTP APIs with integrations, domain names and VPC links, as Pulumi inputs. */
import fc from 'fast-check';
import { maybe, picks, someSubnets, subnets, zone } from './ec2.ts';
import { type Declaration, inputs, ref } from './law.ts';

const FUNCTION = 'aws:lambda/function:Function';
const REST = 'aws:apigateway/restApi:RestApi';
const RESOURCE = 'aws:apigateway/resource:Resource';
const HTTP = 'aws:apigatewayv2/api:Api';
const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';

const fn: Declaration = {
  type: FUNCTION,
  name: 'function',
  inputs: { role: 'arn:aws:iam::111122223333:role/function', runtime: 'nodejs22.x' },
};

export const restApis: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    types: maybe(fc.constantFrom('EDGE', 'REGIONAL', 'PRIVATE')),
    methods: fc.uniqueArray(fc.constantFrom('GET', 'POST', 'ANY'), { maxLength: 2 }),
    uri: fc.constantFrom('function', 'http', 'mock'),
    domain: maybe(fc.constantFrom('EDGE', 'REGIONAL')),
    mapped: fc.boolean(),
    link: fc.boolean(),
  })
  .map((a) => {
    const all: Declaration[] = [fn];
    const restApi = ref(REST, 'api');
    all.push({
      type: REST,
      name: 'api',
      inputs: inputs({ endpointConfiguration: a.types === undefined ? undefined : { types: a.types } }),
    });
    all.push({
      type: RESOURCE,
      name: 'orders',
      inputs: { restApi, parentId: ref(REST, 'api', 'rootResourceId'), pathPart: 'orders' },
    });
    for (const httpMethod of a.methods) {
      const resourceId = ref(RESOURCE, 'orders');
      const method = `method-${httpMethod}`;
      all.push({
        type: 'aws:apigateway/method:Method',
        name: method,
        inputs: { restApi, resourceId, httpMethod, authorization: 'NONE' },
      });
      all.push({
        type: 'aws:apigateway/integration:Integration',
        name: `integration-${httpMethod}`,
        inputs: inputs({
          restApi,
          resourceId,
          httpMethod: ref('aws:apigateway/method:Method', method, 'httpMethod'),
          type: a.uri === 'function' ? 'AWS_PROXY' : a.uri === 'http' ? 'HTTP_PROXY' : 'MOCK',
          integrationHttpMethod: a.uri === 'mock' ? undefined : 'POST',
          uri:
            a.uri === 'function'
              ? ref(FUNCTION, 'function', 'invokeArn')
              : a.uri === 'http'
                ? 'https://orders.example.com/'
                : undefined,
        }),
      });
    }
    if (a.domain !== undefined) {
      const certificate = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
      all.push({
        type: 'aws:apigateway/domainName:DomainName',
        name: 'domain',
        inputs: inputs({
          domainName: 'api.example.com',
          certificateArn: a.domain === 'EDGE' ? certificate : undefined,
          regionalCertificateArn: a.domain === 'REGIONAL' ? certificate : undefined,
          endpointConfiguration: { types: a.domain },
        }),
      });
      if (a.mapped)
        all.push({
          type: 'aws:apigateway/basePathMapping:BasePathMapping',
          name: 'mapping',
          inputs: { domainName: ref('aws:apigateway/domainName:DomainName', 'domain', 'domainName'), restApi },
        });
    }
    if (a.link) {
      const vpcId = ref('aws:ec2/vpc:Vpc', 'vpc');
      all.push({ type: 'aws:ec2/vpc:Vpc', name: 'vpc', inputs: { cidrBlock: '10.0.0.0/16' } });
      all.push({
        type: 'aws:ec2/subnet:Subnet',
        name: 'subnet',
        inputs: { vpcId, cidrBlock: '10.0.0.0/24', availabilityZone: 'us-east-1a' },
      });
      all.push({
        type: BALANCER,
        name: 'balancer',
        inputs: { loadBalancerType: 'network', subnets: [ref('aws:ec2/subnet:Subnet', 'subnet')] },
      });
      all.push({ type: 'aws:apigateway/vpcLink:VpcLink', name: 'link', inputs: { targetArn: ref(BALANCER, 'balancer', 'arn') } });
    }
    return all;
  });

export const httpApis: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    in: picks,
    quick: fc.boolean(),
    protocolType: fc.constantFrom('HTTP', 'WEBSOCKET'),
    uri: maybe(fc.constantFrom('arn', 'invokeArn')),
    domain: fc.boolean(),
    link: fc.boolean(),
  })
  .map((a) => {
    const all: Declaration[] = [...a.base, fn];
    const quick = a.quick && a.protocolType === 'HTTP';
    all.push({
      type: HTTP,
      name: 'api',
      inputs: inputs({ protocolType: a.protocolType, target: quick ? ref(FUNCTION, 'function', 'arn') : undefined }),
    });
    if (a.uri !== undefined && !quick)
      all.push({
        type: 'aws:apigatewayv2/integration:Integration',
        name: 'integration',
        inputs: { apiId: ref(HTTP, 'api'), integrationType: 'AWS_PROXY', integrationUri: ref(FUNCTION, 'function', a.uri) },
      });
    if (a.domain) {
      const domain = 'aws:apigatewayv2/domainName:DomainName';
      all.push({
        type: domain,
        name: 'domain',
        inputs: {
          domainName: 'http.example.com',
          domainNameConfiguration: {
            certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1',
            endpointType: 'REGIONAL',
            securityPolicy: 'TLS_1_2',
          },
        },
      });
      all.push({
        type: 'aws:apigatewayv2/apiMapping:ApiMapping',
        name: 'mapping',
        inputs: { apiId: ref(HTTP, 'api'), domainName: ref(domain, 'domain'), stage: '$default' },
      });
    }
    if (a.link)
      all.push({
        type: 'aws:apigatewayv2/vpcLink:VpcLink',
        name: 'link',
        inputs: { securityGroupIds: ['sg-0123456789abcdef0'], subnetIds: someSubnets(a.base, a.in) },
      });
    return all;
  });
