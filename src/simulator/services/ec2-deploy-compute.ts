/** Instances, volumes and launch templates as Pulumi declares them: each type's inputs as calls of EC2. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { INSTANCES, instanceArn } from './ec2-instances.ts';
import { volumeArn } from './ec2-volumes.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('ec2', operation, input)) as O;

const place = (given: Given, deployment: Deployment) => ({
  world: deployment.world,
  account: given.account,
  region: given.region,
});

function devices(blocks: readonly Block[]): EC2.BlockDeviceMapping[] {
  return blocks.map((block) => {
    const name = textOf(block.deviceName) ?? '/dev/xvda';
    const virtual = textOf(block.virtualName);
    if (virtual !== undefined) return { DeviceName: name, VirtualName: virtual };
    return {
      DeviceName: name,
      // aws.ec2.Instance and LaunchTemplate: volumes of the instance go with it unless the code keeps them.
      Ebs: without({ DeleteOnTermination: flagOf(block.deleteOnTermination) ?? true, KmsKeyId: textOf(block.kmsKeyId) }),
    };
  });
}

const instance: Deployer = {
  type: 'aws:ec2/instance:Instance',
  async create(given, deployment) {
    const { inputs } = given;
    const recovery = textOf(blockOf(inputs.maintenanceOptions)?.autoRecovery);
    const template = blockOf(inputs.launchTemplate);
    const reply = await call<EC2.RunInstancesCommandOutput>(
      deployment,
      'RunInstances',
      without({
        MinCount: 1,
        MaxCount: 1,
        // An image id that the source could not show matters to nobody here.
        ImageId: textOf(inputs.ami) ?? (template === undefined ? 'ami-00000000000000000' : undefined),
        InstanceType: textOf(inputs.instanceType),
        SubnetId: textOf(inputs.subnetId),
        Placement:
          textOf(inputs.availabilityZone) === undefined ? undefined : { AvailabilityZone: textOf(inputs.availabilityZone) },
        MaintenanceOptions: recovery === undefined ? undefined : { AutoRecovery: recovery },
        InstanceMarketOptions:
          textOf(blockOf(inputs.instanceMarketOptions)?.marketType) === 'spot' ? { MarketType: 'spot' } : undefined,
        LaunchTemplate:
          template === undefined
            ? undefined
            : without({
                LaunchTemplateId: textOf(template.id),
                LaunchTemplateName: textOf(template.name),
                Version: textOf(template.version),
              }),
        BlockDeviceMappings: devices([...blocksOf(inputs.ebsBlockDevices), ...blocksOf(inputs.ephemeralBlockDevices)]),
        TagSpecifications: [{ ResourceType: 'instance', Tags: tagList(given.tags) }],
      }),
    );
    const made = reply.Instances?.[0];
    const id = made?.InstanceId ?? '';
    await deployment.until(
      () => deployment.world.get(INSTANCES, given.account, given.region, id)?.State?.Name === 'running',
      `instance ${id} running`,
    );
    return {
      id,
      outputs: {
        arn: instanceArn(place(given, deployment), id),
        availabilityZone: made?.Placement?.AvailabilityZone ?? '',
        subnetId: made?.SubnetId ?? '',
        privateIp: made?.PrivateIpAddress ?? '',
        privateDns: made?.PrivateDnsName ?? '',
        publicIp: made?.PublicIpAddress ?? '',
        publicDns: made?.PublicDnsName ?? '',
      },
    };
  },
};

const volume: Deployer = {
  type: 'aws:ebs/volume:Volume',
  async create(given, deployment) {
    const reply = await call<EC2.CreateVolumeCommandOutput>(
      deployment,
      'CreateVolume',
      without({
        AvailabilityZone: need(given, 'availabilityZone'),
        Size: numberOf(given.inputs.size) ?? 8,
        VolumeType: textOf(given.inputs.type),
        Encrypted: flagOf(given.inputs.encrypted),
        KmsKeyId: textOf(given.inputs.kmsKeyId),
        SnapshotId: textOf(given.inputs.snapshotId),
        TagSpecifications: [{ ResourceType: 'volume', Tags: tagList(given.tags) }],
      }),
    );
    const id = reply.VolumeId ?? '';
    return { id, outputs: { arn: volumeArn(place(given, deployment), id) } };
  },
};

const snapshot: Deployer = {
  type: 'aws:ebs/snapshot:Snapshot',
  async create(given, deployment) {
    const reply = await call<EC2.CreateSnapshotCommandOutput>(deployment, 'CreateSnapshot', {
      VolumeId: need(given, 'volumeId'),
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: tagList(given.tags) }],
    });
    const id = reply.SnapshotId ?? '';
    return { id, outputs: { arn: `arn:aws:ec2:${given.region}::snapshot/${id}` } };
  },
};

const attachment: Deployer = {
  type: 'aws:ec2/volumeAttachment:VolumeAttachment',
  async create(given, deployment) {
    const VolumeId = need(given, 'volumeId');
    const InstanceId = need(given, 'instanceId');
    await call(deployment, 'AttachVolume', { VolumeId, InstanceId, Device: textOf(given.inputs.deviceName) ?? '/dev/sdf' });
    return { id: given.id ?? `${VolumeId}:${InstanceId}`, outputs: {} };
  },
};

const launchTemplate: Deployer = {
  type: 'aws:ec2/launchTemplate:LaunchTemplate',
  async create(given, deployment) {
    const { inputs } = given;
    const name = textOf(inputs.name) ?? deployment.physicalName(given);
    const market = textOf(blockOf(inputs.instanceMarketOptions)?.marketType);
    const { LaunchTemplate } = await call<EC2.CreateLaunchTemplateCommandOutput>(deployment, 'CreateLaunchTemplate', {
      LaunchTemplateName: name,
      LaunchTemplateData: without({
        ImageId: textOf(inputs.imageId),
        InstanceType: textOf(inputs.instanceType),
        InstanceMarketOptions: market === undefined ? undefined : { MarketType: market },
      }),
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: tagList(given.tags) }],
    });
    const id = LaunchTemplate?.LaunchTemplateId ?? '';
    return {
      id,
      outputs: {
        arn: `arn:aws:ec2:${given.region}:${given.account}:launch-template/${id}`,
        name,
        latestVersion: LaunchTemplate?.LatestVersionNumber ?? 1,
        defaultVersion: LaunchTemplate?.DefaultVersionNumber ?? 1,
      },
    };
  },
};

/** The three ways in which the provider makes an image. */
function image(type: string, operation: string, input: (given: Given) => object): Deployer {
  return {
    type,
    async create(given, deployment) {
      const { ImageId = '' } = await call<EC2.CopyImageCommandOutput>(deployment, operation, {
        Name: textOf(given.inputs.name) ?? deployment.physicalName(given),
        TagSpecifications: [{ ResourceType: 'image', Tags: tagList(given.tags) }],
        ...input(given),
      });
      return { id: ImageId, outputs: { arn: `arn:aws:ec2:${given.region}::image/${ImageId}` } };
    },
  };
}

export const computeDeployers: readonly Deployer[] = [
  instance,
  volume,
  snapshot,
  attachment,
  launchTemplate,
  image('aws:ec2/ami:Ami', 'RegisterImage', () => ({})),
  image('aws:ec2/amiFromInstance:AmiFromInstance', 'CreateImage', (given) => ({ InstanceId: need(given, 'sourceInstanceId') })),
  image('aws:ec2/amiCopy:AmiCopy', 'CopyImage', (given) => ({
    SourceImageId: need(given, 'sourceAmiId'),
    SourceRegion: need(given, 'sourceAmiRegion'),
  })),
];
