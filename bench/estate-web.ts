/** Groups that answer requests. */
import { ACCOUNT, arn, type Group, hex, made, PRIMARY, role } from './estate-parts.ts';

/** A web tier in one Region or two: load balancer, containers on an Auto Scaling group, alarms, and the record before it. */
export const web: Group = function* (site, n) {
  const { name, tags } = site;
  const execution = yield* role(site, 'web', 'ecs-tasks.amazonaws.com');
  const zone = `Z${hex(name).toUpperCase().slice(0, 13)}`;
  const domain = `${name}.example.com`;
  yield made('aws:route53/zone:Zone', name, PRIMARY, zone, { name: domain, tags }, { zoneId: zone });
  const regions = n % 3 === 0 ? [site.primary] : [site.primary, site.standby];
  for (const net of regions) {
    const { region } = net;
    const here = `${name}-${region}`;
    const host = `${here}-${hex(here).slice(0, 9)}.${region}.elb.amazonaws.com`;
    const balancer = arn('elasticloadbalancing', region, `loadbalancer/app/${here}/${hex(here)}`);
    const door = {
      name: here,
      loadBalancerType: 'application',
      subnets: net.publicSubnets,
      securityGroups: [net.securityGroup],
      tags,
    };
    yield made('aws:lb/loadBalancer:LoadBalancer', here, region, balancer, door, {
      arn: balancer,
      dnsName: host,
      zoneId: 'Z32O12XQLNTSW2',
    });
    const target = arn('elasticloadbalancing', region, `targetgroup/${here}/${hex(`${here}-tg`)}`);
    const healthCheck = { path: '/health', interval: 10, healthyThreshold: 2, unhealthyThreshold: 2 };
    const targets = { name: here, port: 8080, protocol: 'HTTP', targetType: 'ip', vpcId: net.vpc, healthCheck, tags };
    yield made('aws:lb/targetGroup:TargetGroup', here, region, target, targets, { arn: target });
    const listener = arn('elasticloadbalancing', region, `listener/app/${here}/${hex(here)}/${hex(`${here}-l`)}`);
    const defaultActions = [{ type: 'forward', targetGroupArn: target }];
    const listening = { loadBalancerArn: balancer, port: 443, protocol: 'HTTPS', defaultActions };
    yield made('aws:lb/listener:Listener', here, region, listener, listening, { arn: listener });
    const log = `/ecs/${here}`;
    yield made('aws:cloudwatch/logGroup:LogGroup', here, region, log, { name: log, retentionInDays: 30, tags });
    const cluster = arn('ecs', region, `cluster/${here}`);
    yield made('aws:ecs/cluster:Cluster', here, region, cluster, { name: here, tags }, { arn: cluster });
    const container = {
      name: 'web',
      image: `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/shop:1.4.2`,
      cpu: 512,
      memory: 1024,
      essential: true,
      portMappings: [{ containerPort: 8080 }],
      environment: [
        { name: 'TABLE', value: `${name}-carts` },
        { name: 'REGION', value: region },
        { name: 'LOG_LEVEL', value: 'info' },
      ],
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': log, 'awslogs-region': region } },
    };
    const task = arn('ecs', region, `task-definition/${here}:1`);
    const definition = {
      family: here,
      executionRoleArn: execution,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: JSON.stringify([container]),
      tags,
    };
    yield made('aws:ecs/taskDefinition:TaskDefinition', here, region, here, definition, { arn: task });
    const service = arn('ecs', region, `service/${here}/${here}`);
    const running = {
      name: here,
      cluster,
      taskDefinition: task,
      desiredCount: 4,
      launchType: 'FARGATE',
      loadBalancers: [{ targetGroupArn: target, containerName: 'web', containerPort: 8080 }],
      networkConfiguration: { subnets: net.privateSubnets, securityGroups: [net.securityGroup] },
      tags,
    };
    yield made('aws:ecs/service:Service', here, region, service, running);
    const template = `lt-${hex(here)}`;
    const launch = { name: here, imageId: `ami-${hex(region)}`, instanceType: 'm6g.large', tags };
    yield made('aws:ec2/launchTemplate:LaunchTemplate', here, region, template, launch, {
      arn: arn('ec2', region, `launch-template/${template}`),
    });
    const group = {
      name: `${here}-batch`,
      minSize: 2,
      maxSize: 6,
      desiredCapacity: 3,
      launchTemplate: { id: template, version: '$Latest' },
      vpcZoneIdentifiers: net.privateSubnets,
      healthCheckType: 'ELB',
    };
    yield made('aws:autoscaling/group:Group', `${here}-batch`, region, `${here}-batch`, group);
    const check = hex(`${here}-check`);
    const checking = {
      type: 'HTTPS',
      fqdn: host,
      port: 443,
      resourcePath: '/health',
      requestInterval: 10,
      failureThreshold: 3,
      tags,
    };
    yield made('aws:route53/healthCheck:HealthCheck', here, PRIMARY, check, checking, {
      arn: `arn:aws:route53:::healthcheck/${check}`,
    });
    const record = {
      name: domain,
      zoneId: zone,
      type: 'A',
      setIdentifier: region,
      healthCheckId: check,
      aliases: [{ name: host, zoneId: 'Z32O12XQLNTSW2', evaluateTargetHealth: true }],
      failoverRoutingPolicies: [{ type: region === PRIMARY ? 'PRIMARY' : 'SECONDARY' }],
    };
    yield made('aws:route53/record:Record', here, PRIMARY, `${zone}_${domain}_A_${region}`, record, { fqdn: domain });
    const alarm = {
      name: here,
      comparisonOperator: 'GreaterThanThreshold',
      evaluationPeriods: 2,
      period: 60,
      metricName: 'HTTPCode_ELB_5XX_Count',
      namespace: 'AWS/ApplicationELB',
      statistic: 'Sum',
      threshold: 10,
      dimensions: { LoadBalancer: balancer.split('loadbalancer/')[1] ?? '' },
      tags,
    };
    yield made('aws:cloudwatch/metricAlarm:MetricAlarm', here, region, here, alarm, {
      arn: arn('cloudwatch', region, `alarm:${here}`),
    });
  }
};
