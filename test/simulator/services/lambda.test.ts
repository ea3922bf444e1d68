/** Simulated functions and the APIs in front of them: what each disruption does to an answer. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/simulator/plane/network.ts';
import { apiGateway } from '../../../src/simulator/services/api-gateway.ts';
import { apigatewayv2 } from '../../../src/simulator/services/apigatewayv2.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { lambda } from '../../../src/simulator/services/lambda.ts';
import type { Fault } from '../../../src/simulator/world/faults.ts';
import { ACCOUNT, computeWorld, REGION } from './support-compute.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`;

/** One function, with a URL of its own and both kinds of API in front of it. */
async function shop(inSubnets: number) {
  const services = [ec2, lambda, apiGateway, apigatewayv2];
  const { world, call, subnets } = await computeWorld(services, ['us-east-1a', 'us-east-1b']);
  const SubnetIds = subnets.slice(0, inSubnets);
  const FunctionName = 'orders';
  const VpcConfig = inSubnets === 0 ? undefined : { SubnetIds, SecurityGroupIds: [] };
  await call('lambda', 'CreateFunction', { FunctionName, Code: {}, Role: 'r', ...(VpcConfig && { VpcConfig }) });
  const { FunctionUrl } = await call('lambda', 'CreateFunctionUrlConfig', { FunctionName, AuthType: 'NONE' });
  const rest = await call('api-gateway', 'CreateRestApi', { name: 'orders' });
  const at = { restApiId: rest.id, resourceId: rest.rootResourceId, httpMethod: 'ANY' };
  await call('api-gateway', 'PutMethod', { ...at, authorizationType: 'NONE' });
  const uri = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${ARN}/invocations`;
  await call('api-gateway', 'PutIntegration', { ...at, type: 'AWS_PROXY', uri });
  await call('api-gateway', 'CreateDeployment', { restApiId: rest.id, stageName: 'prod' });
  const http = await call('apigatewayv2', 'CreateApi', { Name: 'orders', ProtocolType: 'HTTP', Target: ARN });
  world.clock.advance(60_000);
  const hosts = {
    url: new URL(FunctionUrl).host,
    rest: `${rest.id}.execute-api.${REGION}.amazonaws.com`,
    http: new URL(http.ApiEndpoint).host,
  };
  const served = () => Object.values(hosts).map((host) => connect(world, host).kind === 'served');
  return { world, call, served, hosts, rest: rest.id as string, http: http.ApiId as string };
}

describe('a function and its APIs', () => {
  it.each<readonly [string, number, Fault, boolean]>([
    ['outlives an AZ when it is in no VPC', 0, { kind: 'az-loss', zone: 'us-east-1a' }, true],
    ['outlives an AZ with subnets in two', 2, { kind: 'az-loss', zone: 'us-east-1a' }, true],
    ['is lost with the only AZ of its subnets', 1, { kind: 'az-loss', zone: 'us-east-1a' }, false],
    ['is lost with its Region', 0, { kind: 'region-loss', region: REGION }, false],
    ['keeps answering without a control plane', 0, { kind: 'control-plane-loss', region: REGION }, true],
  ])('%s', async (_, subnets, fault, survives) => {
    const { world, served } = await shop(subnets);
    expect(served()).toEqual([true, true, true]);
    const id = world.inject(fault);
    expect(served()).toEqual([survives, survives, survives]);
    world.lift(id);
    expect(served()).toEqual([true, true, true]);
  });

  it.each<readonly [string, (made: Awaited<ReturnType<typeof shop>>) => Fault, readonly boolean[]]>([
    ['the function', () => ({ kind: 'deleted', arn: ARN }), [false, false, false]],
    [
      'the REST API',
      ({ rest }) => ({ kind: 'deleted', arn: `arn:aws:apigateway:${REGION}::/restapis/${rest}` }),
      [true, false, true],
    ],
    [
      'the HTTP API',
      ({ http }) => ({ kind: 'deleted', arn: `arn:aws:apigateway:${REGION}::/apis/${http}` }),
      [true, true, false],
    ],
    ['all of it by an intruder', () => ({ kind: 'account-compromised', account: ACCOUNT }), [false, false, false]],
  ])('deletion of %s is not undone by the end of the fault', async (_, fault, expected) => {
    const made = await shop(0);
    const id = made.world.inject(fault(made));
    expect(made.served()).toEqual(expected);
    made.world.lift(id);
    expect(made.served()).toEqual(expected);
  });

  it('answers nobody while its concurrency is 0', async () => {
    const { call, served } = await shop(0);
    await call('lambda', 'PutFunctionConcurrency', { FunctionName: 'orders', ReservedConcurrentExecutions: 0 });
    expect(served()).toEqual([false, false, false]);
    await call('lambda', 'DeleteFunctionConcurrency', { FunctionName: 'orders' });
    expect(served()).toEqual([true, true, true]);
  });
});
