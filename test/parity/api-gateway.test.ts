import { describe, it } from 'vitest';
import { restApiScans } from '../../src/services/observed/api-gateway.ts';
import { httpApiScans } from '../../src/services/observed/apigatewayv2.ts';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { balancingScans } from '../../src/services/observed/elastic-load-balancing-v2.ts';
import { lambdaScans } from '../../src/services/observed/lambda.ts';
import { apiGateway } from '../../src/simulator/services/api-gateway.ts';
import { apigatewayv2 } from '../../src/simulator/services/apigatewayv2.ts';
import { autoScaling } from '../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { elasticLoadBalancingV2 } from '../../src/simulator/services/elastic-load-balancing-v2.ts';
import { lambda } from '../../src/simulator/services/lambda.ts';
import { httpApis, restApis } from './api-gateway.ts';
import { lawOfTwoSources } from './law.ts';

const services = [ec2, elasticLoadBalancingV2, autoScaling, lambda, apiGateway, apigatewayv2];
const scans = [...ec2Scans, ...balancingScans, ...lambdaScans, ...restApiScans, ...httpApiScans];

describe('API Gateway means the same, declared and observed', () => {
  it('REST APIs', () => lawOfTwoSources(restApis, services, scans), 30_000);
  it('HTTP and WebSocket APIs', () => lawOfTwoSources(httpApis, services, scans), 30_000);
});
