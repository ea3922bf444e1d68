/** Instances, volumes and launch templates as EC2 shows them; with the networks, all that is read from EC2. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { Hole, type Value } from '../../model/value.ts';
import { listed, listing, set, some } from './compute-listing.ts';
import { one } from './ec2-listing.ts';
import { networkScans } from './ec2-network.ts';
import { type Observed, present, type Scan } from './scan.ts';

/** Instances that a group launches are the group's, and come and go with it. */
const GROUP_TAG = 'aws:autoscaling:groupName';

const instances = listing({
  id: 'ec2-instances',
  types: ['aws:ec2/instance:Instance'],
  call: listed<EC2.DescribeInstancesCommandInput, EC2.DescribeInstancesCommandOutput>('ec2', 'ec2:DescribeInstances'),
  input: {},
  items: (page) => page.Reservations?.flatMap((r) => r.Instances ?? []),
  read: (instance, aws) => {
    if (['terminated', 'shutting-down'].includes(instance.State?.Name ?? '')) return [];
    if (instance.Tags?.some((t) => t.Key === GROUP_TAG) === true) return [];
    const id = instance.InstanceId ?? '';
    const recovery = instance.MaintenanceOptions?.AutoRecovery;
    return [
      one({
        type: 'aws:ec2/instance:Instance',
        id,
        arn: `arn:aws:ec2:${aws.region}:${aws.account}:instance/${id}`,
        tags: instance.Tags,
        properties: {
          ami: instance.ImageId,
          instanceType: instance.InstanceType,
          subnetId: set(instance.SubnetId),
          availabilityZone: set(instance.Placement?.AvailabilityZone),
          maintenanceOptions: recovery === undefined ? undefined : { autoRecovery: recovery },
          ebsBlockDevices: some(volumesOf(instance)),
        },
        outputs: {
          privateIp: set(instance.PrivateIpAddress),
          privateDns: set(instance.PrivateDnsName),
          publicIp: set(instance.PublicIpAddress),
          publicDns: set(instance.PublicDnsName),
          instanceState: instance.State?.Name,
        },
      }),
    ];
  },
});

/** The volumes that came with the instance; what was attached later is a resource of its own. */
function volumesOf(instance: EC2.Instance): readonly Value[] {
  return (instance.BlockDeviceMappings ?? [])
    .filter((d) => d.DeviceName !== instance.RootDeviceName && d.Ebs?.DeleteOnTermination === true)
    .map((d) => present({ deviceName: d.DeviceName, volumeId: d.Ebs?.VolumeId, deleteOnTermination: true }));
}

const volumes = listing({
  id: 'ec2-volumes',
  types: ['aws:ebs/volume:Volume', 'aws:ec2/volumeAttachment:VolumeAttachment'],
  call: listed<EC2.DescribeVolumesCommandInput, EC2.DescribeVolumesCommandOutput>('ec2', 'ec2:DescribeVolumes'),
  input: {},
  items: (page) => page.Volumes,
  read: (volume, aws) => {
    const attachments = volume.Attachments ?? [];
    // What goes with its instance is a part of that.
    if (attachments.some((a) => a.DeleteOnTermination === true) || volume.State === 'deleting') return [];
    const id = volume.VolumeId ?? '';
    return [
      one({
        type: 'aws:ebs/volume:Volume',
        id,
        arn: `arn:aws:ec2:${aws.region}:${aws.account}:volume/${id}`,
        tags: volume.Tags,
        properties: {
          availabilityZone: volume.AvailabilityZone,
          size: volume.Size,
          type: volume.VolumeType,
          encrypted: volume.Encrypted,
          kmsKeyId: set(volume.KmsKeyId),
          snapshotId: set(volume.SnapshotId),
        },
      }),
      ...attachments.map((a) =>
        one({
          type: 'aws:ec2/volumeAttachment:VolumeAttachment',
          id: `${id}:${a.InstanceId}`,
          properties: { volumeId: id, instanceId: a.InstanceId, deviceName: a.Device },
        }),
      ),
    ];
  },
});

const describeTemplates = listed<EC2.DescribeLaunchTemplatesCommandInput, EC2.DescribeLaunchTemplatesCommandOutput>(
  'ec2',
  'ec2:DescribeLaunchTemplates',
);
const describeVersions = listed<EC2.DescribeLaunchTemplateVersionsCommandInput, EC2.DescribeLaunchTemplateVersionsCommandOutput>(
  'ec2',
  'ec2:DescribeLaunchTemplateVersions',
);

/** The newest version is what the provider has in state; one listing brings that of every template. */
const launchTemplates: Scan = {
  id: 'ec2-launch-templates',
  types: ['aws:ec2/launchTemplate:LaunchTemplate'],
  where: 'region',
  calls: [describeTemplates, describeVersions],
  async *run(aws) {
    const heads = new Map<string, EC2.LaunchTemplate>();
    for await (const page of aws.pages(describeTemplates, {}))
      for (const template of page.LaunchTemplates ?? []) heads.set(template.LaunchTemplateId ?? '', template);
    for await (const page of aws.pages(describeVersions, { Versions: ['$Latest'] }))
      for (const version of page.LaunchTemplateVersions ?? [])
        yield template(version, heads.get(version.LaunchTemplateId ?? ''), aws);
  },
};

function template(
  version: EC2.LaunchTemplateVersion,
  head: EC2.LaunchTemplate | undefined,
  aws: { readonly account: string; readonly region: string },
): Observed {
  const { LaunchTemplateId: id = '', LaunchTemplateName: name = '', LaunchTemplateData: data } = version;
  const market = data?.InstanceMarketOptions?.MarketType;
  const read = one({
    type: 'aws:ec2/launchTemplate:LaunchTemplate',
    id,
    arn: `arn:aws:ec2:${aws.region}:${aws.account}:launch-template/${id}`,
    tags: head?.Tags,
    properties: {
      name,
      imageId: set(data?.ImageId),
      instanceType: data?.InstanceType,
      instanceMarketOptions: market === undefined ? undefined : { marketType: market },
    },
    outputs: { latestVersion: version.VersionNumber, defaultVersion: head?.DefaultVersionNumber },
  });
  const tags = head === undefined ? new Hole('error', 'the listing of launch templates did not show this one') : read.tags;
  return { ...read, name, tags };
}

export const ec2Scans: readonly Scan[] = [...networkScans, instances, volumes, launchTemplates];
