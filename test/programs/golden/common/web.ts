import * as ecs from '@pulumi/aws/ecs/index.js';
import * as lb from '@pulumi/aws/lb/index.js';
import { type Input, jsonStringify, type Output, output } from '@pulumi/pulumi';
import type { Place } from './place.ts';

export interface Door {
  readonly dnsName: Output<string>;
  readonly zoneId: Output<string>;
  readonly targetGroupArn: Output<string>;
}

/** A load balancer over the three AZs, with a group that takes lost targets out in 20 seconds. */
export function door(name: string, place: Place, targetType: 'ip' | 'instance'): Door {
  const { provider } = place;
  const balancer = new lb.LoadBalancer(
    name,
    { loadBalancerType: 'application', subnets: [...place.subnetIds], enableDeletionProtection: true },
    { provider },
  );
  const targets = new lb.TargetGroup(
    name,
    {
      vpcId: place.vpcId,
      targetType,
      protocol: 'HTTP',
      port: 8080,
      healthCheck: { path: '/ready', interval: 10, timeout: 5, unhealthyThreshold: 2 },
    },
    { provider },
  );
  new lb.Listener(
    name,
    {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: 'HTTP',
      defaultActions: [{ type: 'forward', targetGroupArn: targets.arn }],
    },
    { provider },
  );
  return { dnsName: balancer.dnsName, zoneId: balancer.zoneId, targetGroupArn: targets.arn };
}

export interface Web extends Door {
  readonly serviceArn: Output<string>;
}

export interface WebNeeds {
  /** Environment of the container: what it calls. */
  readonly calls?: Readonly<Record<string, Input<string>>>;
  /** ARNs of secrets that the container starts with. */
  readonly secrets?: Readonly<Record<string, Input<string>>>;
}

/** Three tasks over three AZs behind a load balancer: after the loss of an AZ two of three go on. */
export function web(name: string, place: Place, needs: WebNeeds = {}): Web {
  const { provider } = place;
  const front = door(name, place, 'ip');
  const cluster = new ecs.Cluster(name, {}, { provider });
  const entries = (values: Readonly<Record<string, Input<string>>> | undefined, key: 'value' | 'valueFrom') =>
    output(values ?? {}).apply((known) => Object.entries(known).map(([variable, value]) => ({ name: variable, [key]: value })));
  const definition = new ecs.TaskDefinition(
    name,
    {
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: jsonStringify([
        {
          name: 'shop',
          image: 'public.ecr.aws/nginx/nginx:1.27',
          portMappings: [{ containerPort: 8080 }],
          environment: entries(needs.calls, 'value'),
          secrets: entries(needs.secrets, 'valueFrom'),
        },
      ]),
    },
    { provider },
  );
  const service = new ecs.Service(
    name,
    {
      cluster: cluster.arn,
      taskDefinition: definition.arn,
      launchType: 'FARGATE',
      desiredCount: 3,
      availabilityZoneRebalancing: 'ENABLED',
      deploymentCircuitBreaker: { enable: true, rollback: true },
      networkConfiguration: { subnets: [...place.subnetIds] },
      loadBalancers: [{ targetGroupArn: front.targetGroupArn, containerName: 'shop', containerPort: 8080 }],
    },
    { provider },
  );
  return { ...front, serviceArn: service.id };
}
