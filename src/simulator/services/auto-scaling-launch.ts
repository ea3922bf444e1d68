/** What instances of a group are made from: launch templates, and launch configurations, which Auto Scaling keeps itself. */
import type * as ASG from '@aws-sdk/client-auto-scaling';
import { type CallContext, page, ServiceFault } from '../service.ts';
import { shelf } from '../world/world.ts';
import { GROUPS, type Recipe } from './auto-scaling-groups.ts';
import { invalid } from './auto-scaling-shared.ts';
import type { Op } from './ec2-shared.ts';
import { TEMPLATE_VERSIONS, TEMPLATES, templateData } from './ec2-templates.ts';

const CONFIGURATIONS = shelf<ASG.LaunchConfiguration>('auto-scaling:launch-configuration');

type Source = Pick<ASG.CreateAutoScalingGroupCommandInput, 'LaunchTemplate' | 'LaunchConfigurationName' | 'MixedInstancesPolicy'>;

/** What an instance of the group is made from. */
export function recipeOf(context: CallContext, source: Source): Recipe | undefined {
  const mixed = source.MixedInstancesPolicy?.LaunchTemplate;
  const spec = source.LaunchTemplate ?? mixed?.LaunchTemplateSpecification;
  if (spec !== undefined) {
    const template = context
      .list(TEMPLATES)
      .find((t) => t.LaunchTemplateId === spec.LaunchTemplateId || t.LaunchTemplateName === spec.LaunchTemplateName);
    if (template === undefined)
      throw invalid('You must use a valid fully-formed launch template. The specified launch template does not exist.');
    const data = templateData(
      context,
      context.get(TEMPLATE_VERSIONS, template.LaunchTemplateId ?? '') ?? [],
      template,
      spec.Version,
    );
    return { image: data.ImageId, type: mixed?.Overrides?.[0]?.InstanceType ?? data.InstanceType ?? 't3.micro' };
  }
  if (source.LaunchConfigurationName === undefined) return undefined;
  const configuration = context.get(CONFIGURATIONS, source.LaunchConfigurationName);
  if (configuration === undefined) throw invalid('Launch configuration name not found');
  return { image: configuration.ImageId, type: configuration.InstanceType ?? 't3.micro' };
}

export const configurationOperations = {
  CreateLaunchConfiguration: ((input, context) => {
    const name = input.LaunchConfigurationName ?? '';
    if (context.get(CONFIGURATIONS, name) !== undefined)
      throw new ServiceFault('AlreadyExists', `Launch Configuration by this name already exists - ${name}`);
    const { InstanceId: _id, ...kept } = input;
    const LaunchConfigurationARN = context.arn(
      'autoscaling',
      `launchConfiguration:${context.world.random.hex(32)}:launchConfigurationName/${name}`,
    );
    context.put(CONFIGURATIONS, name, { ...kept, LaunchConfigurationARN, CreatedTime: context.now } as ASG.LaunchConfiguration);
    return {};
  }) satisfies Op<ASG.CreateLaunchConfigurationCommandInput, ASG.CreateLaunchConfigurationCommandOutput>,
  DeleteLaunchConfiguration: ((input, context) => {
    const name = input.LaunchConfigurationName ?? '';
    if (context.get(CONFIGURATIONS, name) === undefined) throw invalid('Launch configuration name not found');
    const user = context.list(GROUPS).find((g) => g.shown.LaunchConfigurationName === name);
    if (user !== undefined)
      throw new ServiceFault(
        'ResourceInUse',
        `Cannot delete launch configuration ${name} because it is attached to AutoScalingGroup ${user.shown.AutoScalingGroupName}`,
      );
    context.remove(CONFIGURATIONS, name);
    return {};
  }) satisfies Op<ASG.DeleteLaunchConfigurationCommandInput, ASG.DeleteLaunchConfigurationCommandOutput>,
  DescribeLaunchConfigurations: ((input, context) => {
    const all = context
      .list(CONFIGURATIONS)
      .filter((c) => input.LaunchConfigurationNames?.includes(c.LaunchConfigurationName ?? '') ?? true);
    const { items, next } = page(all, input.NextToken, input.MaxRecords ?? 50);
    return { LaunchConfigurations: [...items], ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<ASG.DescribeLaunchConfigurationsCommandInput, ASG.DescribeLaunchConfigurationsCommandOutput>,
};
