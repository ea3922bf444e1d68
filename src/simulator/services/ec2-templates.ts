/** Launch templates with their versions, and the images that instances are made from. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { type CallContext, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf } from '../world/world.ts';
import { describe, found, type Op, type Place, tagsFor } from './ec2-shared.ts';

export const TEMPLATES = shelf<EC2.LaunchTemplate>('ec2:launch-template');
export const TEMPLATE_VERSIONS = shelf<EC2.LaunchTemplateVersion[]>('ec2:launch-template-versions');
export const IMAGES = shelf<EC2.Image>('ec2:image');

/** What a version of the template says; `$Default` when no version is named (RunInstances, LaunchTemplateSpecification). */
export function templateData(
  _place: Place,
  versions: readonly EC2.LaunchTemplateVersion[],
  template: EC2.LaunchTemplate | undefined,
  asked = '$Default',
): EC2.ResponseLaunchTemplateData {
  const number =
    asked === '$Latest' ? template?.LatestVersionNumber : asked === '$Default' ? template?.DefaultVersionNumber : Number(asked);
  return (
    found(
      versions.find((v) => v.VersionNumber === number),
      asked,
      'InvalidLaunchTemplateId.VersionNotFound',
    ).LaunchTemplateData ?? {}
  );
}

const templateOf = (context: CallContext, id: string | undefined, name: string | undefined): EC2.LaunchTemplate =>
  found(
    context.list(TEMPLATES).find((t) => (id === undefined ? t.LaunchTemplateName === name : t.LaunchTemplateId === id)),
    id ?? name,
    id === undefined ? 'InvalidLaunchTemplateName.NotFoundException' : 'InvalidLaunchTemplateId.NotFound',
  );

function addVersion(
  context: CallContext,
  template: EC2.LaunchTemplate,
  data: EC2.RequestLaunchTemplateData,
): EC2.LaunchTemplateVersion {
  const versions = context.get(TEMPLATE_VERSIONS, template.LaunchTemplateId ?? '') ?? [];
  const number = versions.length + 1;
  const version: EC2.LaunchTemplateVersion = {
    LaunchTemplateId: template.LaunchTemplateId ?? '',
    LaunchTemplateName: template.LaunchTemplateName ?? '',
    VersionNumber: number,
    DefaultVersion: number === 1,
    CreateTime: context.now,
    LaunchTemplateData: data,
  };
  template.LatestVersionNumber = number;
  context.put(TEMPLATE_VERSIONS, template.LaunchTemplateId ?? '', [...versions, version]);
  return version;
}

const createLaunchTemplate: Op<EC2.CreateLaunchTemplateCommandInput, EC2.CreateLaunchTemplateCommandOutput> = (
  input,
  context,
) => {
  const name = input.LaunchTemplateName ?? '';
  if (context.list(TEMPLATES).some((t) => t.LaunchTemplateName === name))
    throw new ServiceFault('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  const id = context.id('lt');
  const template: EC2.LaunchTemplate = {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    CreateTime: context.now,
    DefaultVersionNumber: 1,
    LatestVersionNumber: 1,
    Tags: tagsFor(input.TagSpecifications, 'launch-template'),
  };
  context.put(TEMPLATES, id, template);
  addVersion(context, template, input.LaunchTemplateData ?? {});
  return { LaunchTemplate: template };
};

const describeVersions: Op<EC2.DescribeLaunchTemplateVersionsCommandInput, EC2.DescribeLaunchTemplateVersionsCommandOutput> = (
  input,
  context,
) => {
  const asked = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
  const templates = asked ? [templateOf(context, input.LaunchTemplateId, input.LaunchTemplateName)] : context.list(TEMPLATES);
  if (!asked && (input.Versions ?? []).some((v) => !v.startsWith('$')))
    throw new ServiceFault('MissingParameter', 'A launch template ID or name must be specified for version numbers.');
  const versions = templates.flatMap((t) => {
    const numbers = (input.Versions ?? []).map((v) =>
      v === '$Latest' ? t.LatestVersionNumber : v === '$Default' ? t.DefaultVersionNumber : Number(v),
    );
    return (context.get(TEMPLATE_VERSIONS, t.LaunchTemplateId ?? '') ?? []).filter(
      (v) => numbers.length === 0 || numbers.includes(v.VersionNumber),
    );
  });
  const { items, next } = describe(
    versions,
    { missing: 'InvalidLaunchTemplateId.NotFound', idOf: (v) => v.LaunchTemplateId },
    undefined,
    input,
  );
  return { LaunchTemplateVersions: items, ...next };
};

/** Minutes that a copied or newly made image takes: an assumption. */
const IMAGE_CREATION = [180, 900] as const;

function makeImage(context: CallContext, name: string, more: Partial<EC2.Image>): string {
  const id = context.id('ami');
  const image: EC2.Image = {
    ImageId: id,
    Name: name,
    OwnerId: context.account,
    State: 'pending',
    Public: false,
    CreationDate: context.now.toISOString(),
    ...more,
  };
  context.put(IMAGES, id, image);
  context.world.clock.after(between(context.world, ...IMAGE_CREATION), () => {
    image.State = 'available';
  });
  return id;
}

export const templateOperations = {
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: ((input, context) => ({
    LaunchTemplateVersion: addVersion(
      context,
      templateOf(context, input.LaunchTemplateId, input.LaunchTemplateName),
      input.LaunchTemplateData ?? {},
    ),
  })) satisfies Op<EC2.CreateLaunchTemplateVersionCommandInput, EC2.CreateLaunchTemplateVersionCommandOutput>,
  ModifyLaunchTemplate: ((input, context) => {
    const template = templateOf(context, input.LaunchTemplateId, input.LaunchTemplateName);
    template.DefaultVersionNumber = Number(input.DefaultVersion ?? template.DefaultVersionNumber);
    for (const version of context.get(TEMPLATE_VERSIONS, template.LaunchTemplateId ?? '') ?? [])
      version.DefaultVersion = version.VersionNumber === template.DefaultVersionNumber;
    return { LaunchTemplate: template };
  }) satisfies Op<EC2.ModifyLaunchTemplateCommandInput, EC2.ModifyLaunchTemplateCommandOutput>,
  DescribeLaunchTemplates: ((input, context) => {
    const { items, next } = describe(
      context.list(TEMPLATES),
      { missing: 'InvalidLaunchTemplateId.NotFound', idOf: (t) => t.LaunchTemplateId },
      input.LaunchTemplateIds,
      input,
    );
    return { LaunchTemplates: items, ...next };
  }) satisfies Op<EC2.DescribeLaunchTemplatesCommandInput, EC2.DescribeLaunchTemplatesCommandOutput>,
  DescribeLaunchTemplateVersions: describeVersions,
  DeleteLaunchTemplate: ((input, context) => {
    const template = templateOf(context, input.LaunchTemplateId, input.LaunchTemplateName);
    context.remove(TEMPLATES, template.LaunchTemplateId ?? '');
    context.remove(TEMPLATE_VERSIONS, template.LaunchTemplateId ?? '');
    return { LaunchTemplate: template };
  }) satisfies Op<EC2.DeleteLaunchTemplateCommandInput, EC2.DeleteLaunchTemplateCommandOutput>,
  RegisterImage: ((input, context) => ({
    ImageId: makeImage(context, input.Name ?? '', {
      BlockDeviceMappings: input.BlockDeviceMappings ?? [],
      Tags: tagsFor(input.TagSpecifications),
    }),
  })) satisfies Op<EC2.RegisterImageCommandInput, EC2.RegisterImageCommandOutput>,
  CreateImage: ((input, context) => ({
    ImageId: makeImage(context, input.Name ?? '', { Tags: tagsFor(input.TagSpecifications) }),
  })) satisfies Op<EC2.CreateImageCommandInput, EC2.CreateImageCommandOutput>,
  CopyImage: ((input, context) => ({
    ImageId: makeImage(context, input.Name ?? '', {
      SourceImageId: input.SourceImageId ?? '',
      SourceImageRegion: input.SourceRegion ?? '',
      Tags: tagsFor(input.TagSpecifications),
    }),
  })) satisfies Op<EC2.CopyImageCommandInput, EC2.CopyImageCommandOutput>,
  DeregisterImage: ((input, context) => {
    found(context.get(IMAGES, input.ImageId ?? ''), input.ImageId, 'InvalidAMIID.NotFound');
    context.remove(IMAGES, input.ImageId ?? '');
    return { Return: true };
  }) satisfies Op<EC2.DeregisterImageCommandInput, EC2.DeregisterImageCommandOutput>,
  DescribeImages: ((input, context) => {
    const { items, next } = describe(
      context.list(IMAGES),
      { missing: 'InvalidAMIID.NotFound', idOf: (i) => i.ImageId },
      input.ImageIds,
      input,
    );
    return { Images: items, ...next };
  }) satisfies Op<EC2.DescribeImagesCommandInput, EC2.DescribeImagesCommandOutput>,
};
