/** Scalable targets of Application Auto Scaling: capacity of DynamoDB tables and ECS services, among others. */
import type {
  DescribeScalableTargetsCommandInput,
  DescribeScalableTargetsCommandOutput,
  ServiceNamespace,
} from '@aws-sdk/client-application-auto-scaling';
import { call } from '../../aws/call.ts';
import type { Scan } from './scan.ts';
import { present } from './scan.ts';

const describeTargets = call<DescribeScalableTargetsCommandInput, DescribeScalableTargetsCommandOutput>({
  client: 'application-auto-scaling',
  operation: 'DescribeScalableTargets',
  action: 'application-autoscaling:DescribeScalableTargets',
  pages: { input: 'NextToken', output: 'NextToken' },
});

/** A listing is of one namespace, and the type is shown completely only when none is left out. */
const NAMESPACES: readonly ServiceNamespace[] = [
  'dynamodb',
  'ecs',
  'rds',
  'lambda',
  'elasticache',
  'kafka',
  'neptune',
  'ec2',
  'sagemaker',
  'appstream',
  'cassandra',
  'comprehend',
  'elasticmapreduce',
  'workspaces',
  'custom-resource',
];

export const scalableTargets: Scan = {
  id: 'scalable-targets',
  types: ['aws:appautoscaling/target:Target'],
  where: 'region',
  calls: [describeTargets],
  async *run(aws) {
    for (const namespace of NAMESPACES) {
      for await (const { ScalableTargets = [] } of aws.pages(describeTargets, { ServiceNamespace: namespace })) {
        for (const target of ScalableTargets) {
          const id = target.ResourceId ?? '';
          const dimension = target.ScalableDimension;
          yield {
            type: 'aws:appautoscaling/target:Target',
            id,
            // One resource may have a target for each of several dimensions: the ARN tells them apart, and so does this name.
            arn: target.ScalableTargetARN,
            name: dimension === undefined ? id : `${id} ${dimension}`,
            properties: present({
              serviceNamespace: namespace,
              resourceId: id,
              scalableDimension: dimension,
              minCapacity: target.MinCapacity,
              maxCapacity: target.MaxCapacity,
            }),
            outputs: present({ arn: target.ScalableTargetARN }),
            tags: {},
          };
        }
      }
    }
  },
};
