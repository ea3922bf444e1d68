/** Instances, volumes and launch templates as Pulumi declares them: each type's inputs as calls of EC2. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, onlyTags, removedBy, same, unlessGone } from '../deploy/lifecycle.ts';
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

const stateOf = ({ account, region }: Given, id: string, deployment: Deployment): string | undefined =>
  deployment.world.get(INSTANCES, account, region, id)?.State?.Name;

const becomes = (given: Given, id: string, state: string, deployment: Deployment): Promise<void> =>
  deployment.until(() => stateOf(given, id, deployment) === state, `instance ${id} ${state}`);

/** Changing its type stops an instance and starts it again. */
async function resize(given: Given, id: string, type: string, deployment: Deployment): Promise<void> {
  const isRunning = stateOf(given, id, deployment) === 'running';
  if (isRunning) {
    await call(deployment, 'StopInstances', { InstanceIds: [id] });
    await becomes(given, id, 'stopped', deployment);
  }
  await call(deployment, 'ModifyInstanceAttribute', { InstanceId: id, InstanceType: { Value: type } });
  if (!isRunning) return;
  await call(deployment, 'StartInstances', { InstanceIds: [id] });
  await becomes(given, id, 'running', deployment);
}

const hold = (id: string, held: boolean, deployment: Deployment): Promise<unknown> =>
  call(deployment, 'ModifyInstanceAttribute', { InstanceId: id, DisableApiTermination: { Value: held } });

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
    await becomes(given, id, 'running', deployment);
    if (flagOf(inputs.disableApiTermination) === true) await hold(id, true, deployment);
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
  update: changedBy(async (given, { inputs: old }, deployment) => {
    const { id = '', inputs } = given;
    const recovery = textOf(blockOf(inputs.maintenanceOptions)?.autoRecovery);
    if (recovery !== undefined && recovery !== textOf(blockOf(old.maintenanceOptions)?.autoRecovery))
      await call(deployment, 'ModifyInstanceMaintenanceOptions', { InstanceId: id, AutoRecovery: recovery });
    const held = flagOf(inputs.disableApiTermination) ?? false;
    if (held !== (flagOf(old.disableApiTermination) ?? false)) await hold(id, held, deployment);
    const type = textOf(inputs.instanceType);
    if (type !== undefined && type !== textOf(old.instanceType)) await resize(given, id, type, deployment);
  }),
  async remove(given, deployment) {
    const { id = '' } = given;
    const isGone = (): boolean => [undefined, 'terminated'].includes(stateOf(given, id, deployment));
    if (isGone()) return;
    // `forceDestroy` overrules the protection.
    if (flagOf(given.inputs.forceDestroy) === true) await hold(id, false, deployment);
    await call(deployment, 'TerminateInstances', { InstanceIds: [id] });
    await deployment.until(isGone, `instance ${id} terminated`);
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
  update: changedBy((given, before, deployment) => {
    const says = ({ inputs }: Given) => ({ Size: numberOf(inputs.size), VolumeType: textOf(inputs.type) });
    return modify(deployment, ['ec2', 'ModifyVolume'], { VolumeId: given.id }, says(given), says(before));
  }),
  async remove({ id, inputs }, deployment) {
    if (flagOf(inputs.finalSnapshot) === true) await unlessGone(call(deployment, 'CreateSnapshot', { VolumeId: id }));
    await unlessGone(call(deployment, 'DeleteVolume', { VolumeId: id }));
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
  update: onlyTags,
  remove: removedBy('ec2', 'DeleteSnapshot', ({ id }) => ({ SnapshotId: id })),
};

const attachment: Deployer = {
  type: 'aws:ec2/volumeAttachment:VolumeAttachment',
  async create(given, deployment) {
    const VolumeId = need(given, 'volumeId');
    const InstanceId = need(given, 'instanceId');
    await call(deployment, 'AttachVolume', { VolumeId, InstanceId, Device: textOf(given.inputs.deviceName) ?? '/dev/sdf' });
    return { id: given.id ?? `${VolumeId}:${InstanceId}`, outputs: {} };
  },
  async remove(given, deployment) {
    if (flagOf(given.inputs.skipDestroy) === true) return;
    await unlessGone(
      call(deployment, 'DetachVolume', { VolumeId: need(given, 'volumeId'), InstanceId: need(given, 'instanceId') }),
    );
  },
};

function templateData({ inputs }: Given): EC2.RequestLaunchTemplateData {
  const market = textOf(blockOf(inputs.instanceMarketOptions)?.marketType);
  return without({
    ImageId: textOf(inputs.imageId),
    InstanceType: textOf(inputs.instanceType) as EC2._InstanceType | undefined,
    InstanceMarketOptions: market === undefined ? undefined : { MarketType: market as EC2.MarketType },
  });
}

const launchTemplate: Deployer = {
  type: 'aws:ec2/launchTemplate:LaunchTemplate',
  async create(given, deployment) {
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    const { LaunchTemplate } = await call<EC2.CreateLaunchTemplateCommandOutput>(deployment, 'CreateLaunchTemplate', {
      LaunchTemplateName: name,
      LaunchTemplateData: templateData(given),
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
  /** A change is a new version. The default stays at what it was unless the code moves it. */
  async update(given, before, deployment) {
    const { id = '', inputs } = given;
    let latest = numberOf(given.outputs.latestVersion) ?? 1;
    if (!same(templateData(given), templateData(before))) {
      const { LaunchTemplateVersion } = await call<EC2.CreateLaunchTemplateVersionCommandOutput>(
        deployment,
        'CreateLaunchTemplateVersion',
        { LaunchTemplateId: id, LaunchTemplateData: templateData(given) },
      );
      latest = LaunchTemplateVersion?.VersionNumber ?? latest;
    }
    const old = numberOf(given.outputs.defaultVersion) ?? 1;
    const standard = flagOf(inputs.updateDefaultVersion) === true ? latest : (numberOf(inputs.defaultVersion) ?? old);
    if (standard !== old)
      await call(deployment, 'ModifyLaunchTemplate', { LaunchTemplateId: id, DefaultVersion: String(standard) });
    return { id, outputs: { latestVersion: latest, defaultVersion: standard } };
  },
  remove: removedBy('ec2', 'DeleteLaunchTemplate', ({ id }) => ({ LaunchTemplateId: id })),
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
    update: onlyTags,
    remove: removedBy('ec2', 'DeregisterImage', ({ id }) => ({ ImageId: id })),
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
