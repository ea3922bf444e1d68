import * as appautoscaling from '@pulumi/aws/appautoscaling/index.js';
import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as ecs from '@pulumi/aws/ecs/index.js';
import * as lb from '@pulumi/aws/lb/index.js';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  jsonStringify,
  type Output,
} from '@pulumi/pulumi';
import { regionalName } from '../plan/naming.ts';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Network } from './network.ts';
import type { Site } from './site.ts';

const CONTAINER_PORT = 8080;

export interface WebServiceArgs {
  readonly site: Site;
  readonly network: Network;
  readonly service: ServiceName;
  /** ECS cluster of the same Region. */
  readonly clusterArn: Input<string>;
  /** Its name, as Application Auto Scaling writes it. */
  readonly clusterName: Input<string>;
  /** Certificate of the same Region. */
  readonly certificateArn: Input<string>;
  /** Image in the registry of the same Region. */
  readonly image: string;
  /** Role that pulls the image and reads the secrets. */
  readonly executionRoleArn: Input<string>;
  /** Role that the application acts as. */
  readonly taskRoleArn: Input<string>;
  /** Tasks that always run. Autoscaling adds to them and never takes them away. */
  readonly tasks: number;
  /** Most tasks that autoscaling may run; equal to `tasks` switches it off. */
  readonly mostTasks: number;
  /** Share of healthy tasks, in percent, below which the load balancer calls itself unhealthy in DNS. */
  readonly leastHealthyPercent: number;
  /** Environment of the container: endpoints of stores in the same Region. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  /** Secrets of the container, by variable: ARNs in the same Region. */
  readonly secrets: Readonly<Record<string, Input<string>>>;
  /** True for users inside the company only. */
  readonly internal: boolean;
}

/** One service in one Region: a load balancer over three zones and ECS tasks on Fargate behind it. */
export class WebService extends ComponentResource {
  readonly loadBalancerDnsName: Output<string>;
  readonly loadBalancerZoneId: Output<string>;
  readonly loadBalancerArnSuffix: Output<string>;
  readonly targetGroupArnSuffix: Output<string>;
  readonly serviceArn: Output<string>;

  constructor(name: string, args: WebServiceArgs, opts?: ComponentResourceOptions) {
    super('shop:compute:WebService', name, {}, opts);
    const child = { parent: this, provider: args.site.provider };
    const tags = serviceTags(args.service);
    const physical = regionalName('shop', args.service, args.site.region);
    const anywhere = [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }];

    const edge = new ec2.SecurityGroup(
      `${name}-edge`,
      {
        vpcId: args.network.vpcId,
        description: 'HTTPS to the load balancer',
        ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: [args.internal ? '10.0.0.0/8' : '0.0.0.0/0'] }],
        egress: anywhere,
        tags,
      },
      child,
    );
    const firewall = new ec2.SecurityGroup(
      `${name}-tasks`,
      {
        vpcId: args.network.vpcId,
        description: 'From the load balancer to the tasks',
        ingress: [{ protocol: 'tcp', fromPort: CONTAINER_PORT, toPort: CONTAINER_PORT, securityGroups: [edge.id] }],
        egress: anywhere,
        tags,
      },
      child,
    );
    const balancer = new lb.LoadBalancer(
      name,
      {
        name: physical,
        loadBalancerType: 'application',
        internal: args.internal,
        subnets: args.internal ? args.network.privateSubnetIds : args.network.publicSubnetIds,
        securityGroups: [edge.id],
        enableDeletionProtection: true,
        enableZonalShift: true,
        tags,
      },
      child,
    );
    const targets = new lb.TargetGroup(
      name,
      {
        name: physical,
        vpcId: args.network.vpcId,
        targetType: 'ip',
        protocol: 'HTTP',
        port: CONTAINER_PORT,
        deregistrationDelay: 30,
        healthCheck: {
          path: '/ready',
          matcher: '200',
          protocol: 'HTTP',
          interval: 10,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        targetGroupHealth: { dnsFailover: { minimumHealthyTargetsPercentage: String(args.leastHealthyPercent) } },
        tags,
      },
      child,
    );
    const listener = new lb.Listener(
      name,
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        certificateArn: args.certificateArn,
        defaultActions: [{ type: 'forward', targetGroupArn: targets.arn }],
        tags,
      },
      child,
    );

    const log = new cloudwatch.LogGroup(name, { name: `/shop/${args.service}`, retentionInDays: 30, tags }, child);
    const entries = (values: Readonly<Record<string, Input<string>>>, key: 'value' | 'valueFrom') =>
      Object.entries(values).map(([variable, value]) => ({ name: variable, [key]: value }));
    const definition = new ecs.TaskDefinition(
      name,
      {
        family: physical,
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '512',
        memory: '1024',
        executionRoleArn: args.executionRoleArn,
        taskRoleArn: args.taskRoleArn,
        containerDefinitions: jsonStringify([
          {
            name: args.service,
            image: args.image,
            essential: true,
            portMappings: [{ containerPort: CONTAINER_PORT, protocol: 'tcp' }],
            environment: entries({ ...args.environment, AWS_REGION: args.site.region }, 'value'),
            secrets: entries(args.secrets, 'valueFrom'),
            logConfiguration: {
              logDriver: 'awslogs',
              options: {
                'awslogs-group': log.name,
                'awslogs-region': args.site.region,
                'awslogs-stream-prefix': args.service,
              },
            },
          },
        ]),
        tags,
      },
      child,
    );
    const scaled = args.mostTasks > args.tasks;
    const service = new ecs.Service(
      name,
      {
        name: args.service,
        cluster: args.clusterArn,
        taskDefinition: definition.arn,
        launchType: 'FARGATE',
        desiredCount: args.tasks,
        availabilityZoneRebalancing: 'ENABLED',
        deploymentCircuitBreaker: { enable: true, rollback: true },
        networkConfiguration: { subnets: args.network.privateSubnetIds, securityGroups: [firewall.id] },
        loadBalancers: [{ targetGroupArn: targets.arn, containerName: args.service, containerPort: CONTAINER_PORT }],
        healthCheckGracePeriodSeconds: 60,
        tags,
      },
      {
        ...child,
        // ECS refuses a target group that no listener uses yet.
        dependsOn: [listener],
        // Whoever scales it owns the number: after a failover, an update would take tasks away under the load of both Regions.
        ignoreChanges: scaled ? ['desiredCount'] : [],
      },
    );
    if (scaled) {
      const range = new appautoscaling.Target(
        name,
        {
          serviceNamespace: 'ecs',
          scalableDimension: 'ecs:service:DesiredCount',
          resourceId: interpolate`service/${args.clusterName}/${service.name}`,
          minCapacity: args.tasks,
          maxCapacity: args.mostTasks,
          tags,
        },
        child,
      );
      new appautoscaling.Policy(
        name,
        {
          policyType: 'TargetTrackingScaling',
          serviceNamespace: range.serviceNamespace,
          scalableDimension: range.scalableDimension,
          resourceId: range.resourceId,
          targetTrackingScalingPolicyConfiguration: {
            predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
            targetValue: 50,
          },
        },
        child,
      );
    }

    this.loadBalancerDnsName = balancer.dnsName;
    this.loadBalancerZoneId = balancer.zoneId;
    this.loadBalancerArnSuffix = balancer.arnSuffix;
    this.targetGroupArnSuffix = targets.arnSuffix;
    this.serviceArn = service.arn;
    this.registerOutputs({ loadBalancerDnsName: this.loadBalancerDnsName, serviceArn: this.serviceArn });
  }
}
