/** ECS services with their clusters and task definitions, as Pulumi inputs. */
import fc from 'fast-check';
import type { Value } from '../../src/model/value.ts';
import { maybe, picks, someSubnets, subnets, zone } from './ec2.ts';
import { type Declaration, inputs, ref } from './law.ts';

const CLUSTER = 'aws:ecs/cluster:Cluster';
const DEFINITION = 'aws:ecs/taskDefinition:TaskDefinition';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const QUEUE = 'aws:sqs/queue:Queue';

const definition = (calls: boolean): Value =>
  JSON.stringify([
    {
      name: 'app',
      image: 'registry.example.com/app:1',
      environment: [
        { name: 'MODE', value: 'production' },
        ...(calls ? [{ name: 'QUEUE_ARN', value: 'arn:aws:sqs:us-east-1:111122223333:orders' }] : []),
      ],
    },
  ]);

export const services: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    in: picks,
    network: fc.boolean(),
    desiredCount: maybe(fc.nat(6)),
    launch: fc.constantFrom('FARGATE', 'EC2', 'strategy', 'spot', undefined),
    daemon: fc.boolean(),
    breaker: maybe(fc.record({ enable: fc.boolean(), rollback: fc.boolean() })),
    rebalancing: maybe(fc.constantFrom('ENABLED', 'DISABLED')),
    balanced: fc.boolean(),
    calls: fc.boolean(),
  })
  .map((s) => {
    const fargate = s.launch === 'FARGATE' || s.launch === 'strategy' || s.launch === 'spot';
    const network = s.network || fargate;
    const daemon = s.daemon && !fargate;
    const all: Declaration[] = [
      ...s.base,
      { type: QUEUE, name: 'orders', inputs: { name: 'orders' } },
      { type: CLUSTER, name: 'cluster', inputs: {} },
      {
        type: TARGETS,
        name: 'targets',
        inputs: {
          port: 80,
          protocol: 'HTTP',
          targetType: 'ip',
          vpcId: ref('aws:ec2/vpc:Vpc', 'vpc'),
          healthCheck: { timeout: 5 },
        },
      },
      {
        type: DEFINITION,
        name: 'definition',
        inputs: inputs({
          family: 'app',
          networkMode: network ? 'awsvpc' : undefined,
          requiresCompatibilities: fargate ? ['FARGATE'] : undefined,
          containerDefinitions: definition(s.calls),
        }),
      },
    ];
    all.push({
      type: 'aws:ecs/service:Service',
      name: 'service',
      inputs: inputs({
        cluster: ref(CLUSTER, 'cluster', 'arn'),
        taskDefinition: ref(DEFINITION, 'definition', 'arn'),
        desiredCount: daemon ? undefined : s.desiredCount,
        launchType: s.launch === 'FARGATE' || s.launch === 'EC2' ? s.launch : undefined,
        capacityProviderStrategies:
          s.launch === 'strategy' || s.launch === 'spot'
            ? [{ capacityProvider: s.launch === 'spot' ? 'FARGATE_SPOT' : 'FARGATE', weight: 1 }]
            : undefined,
        schedulingStrategy: daemon ? 'DAEMON' : undefined,
        networkConfiguration: network ? { subnets: someSubnets(s.base, s.in) } : undefined,
        deploymentCircuitBreaker: s.breaker,
        availabilityZoneRebalancing: daemon ? undefined : s.rebalancing,
        loadBalancers:
          s.balanced && network
            ? [{ targetGroupArn: ref(TARGETS, 'targets', 'arn'), containerName: 'app', containerPort: 80 }]
            : undefined,
      }),
    });
    return all;
  });
