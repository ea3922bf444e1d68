/** Settings of EC2 for a whole account and Region, and network interfaces: what auditors ask before anything else. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { INSTANCES } from './ec2-instances.ts';
import { describe, type Op } from './ec2-shared.ts';

/** The primary interface of an instance; it goes with it. */
function interfaceOf(instance: EC2.Instance, account: string): EC2.NetworkInterface {
  const hex = (instance.InstanceId ?? '').slice(2);
  return {
    NetworkInterfaceId: `eni-${hex}`,
    InterfaceType: 'interface',
    Status: 'in-use',
    OwnerId: account,
    SubnetId: instance.SubnetId,
    VpcId: instance.VpcId,
    AvailabilityZone: instance.Placement?.AvailabilityZone,
    PrivateIpAddress: instance.PrivateIpAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: instance.PrivateIpAddress }],
    Attachment: {
      AttachmentId: `eni-attach-${hex}`,
      DeviceIndex: 0,
      InstanceId: instance.InstanceId,
      InstanceOwnerId: account,
      Status: 'attached',
      DeleteOnTermination: true,
    },
    Groups: [],
    TagSet: [],
  };
}

export const accountOperations = {
  DescribeNetworkInterfaces: ((input, context) => {
    const { items, next } = describe(
      context
        .list(INSTANCES)
        .filter((i) => i.State?.Name !== 'terminated')
        .map((i) => interfaceOf(i, context.account)),
      { missing: 'InvalidNetworkInterfaceID.NotFound', idOf: (i) => i.NetworkInterfaceId },
      input.NetworkInterfaceIds,
      input,
    );
    return { NetworkInterfaces: items, ...next };
  }) satisfies Op<EC2.DescribeNetworkInterfacesCommandInput, EC2.DescribeNetworkInterfacesCommandOutput>,
  // Off unless somebody switches it on (EBS user guide, "Enable EBS encryption by default").
  GetEbsEncryptionByDefault: (() => ({ EbsEncryptionByDefault: false })) satisfies Op<
    EC2.GetEbsEncryptionByDefaultCommandInput,
    EC2.GetEbsEncryptionByDefaultCommandOutput
  >,
  // "By default, block public access for snapshots is not enabled" (EBS user guide).
  GetSnapshotBlockPublicAccessState: (() => ({ State: 'unblocked' as const })) satisfies Op<
    EC2.GetSnapshotBlockPublicAccessStateCommandInput,
    EC2.GetSnapshotBlockPublicAccessStateCommandOutput
  >,
  // On for accounts without public images since October 2023 (EC2 user guide, "Block public access to your AMIs").
  GetImageBlockPublicAccessState: (() => ({ ImageBlockPublicAccessState: 'block-new-sharing' })) satisfies Op<
    EC2.GetImageBlockPublicAccessStateCommandInput,
    EC2.GetImageBlockPublicAccessStateCommandOutput
  >,
  GetInstanceMetadataDefaults: (() => ({ AccountLevel: {} })) satisfies Op<
    EC2.GetInstanceMetadataDefaultsCommandInput,
    EC2.GetInstanceMetadataDefaultsCommandOutput
  >,
  // VPNs, transit gateways and endpoint services of one's own are not simulated: nobody has any.
  DescribeClientVpnEndpoints: (() => ({ ClientVpnEndpoints: [] })) satisfies Op<
    EC2.DescribeClientVpnEndpointsCommandInput,
    EC2.DescribeClientVpnEndpointsCommandOutput
  >,
  DescribeVpnConnections: (() => ({ VpnConnections: [] })) satisfies Op<
    EC2.DescribeVpnConnectionsCommandInput,
    EC2.DescribeVpnConnectionsCommandOutput
  >,
  DescribeTransitGateways: (() => ({ TransitGateways: [] })) satisfies Op<
    EC2.DescribeTransitGatewaysCommandInput,
    EC2.DescribeTransitGatewaysCommandOutput
  >,
  DescribeVpcEndpointServices: (() => ({ ServiceNames: [], ServiceDetails: [] })) satisfies Op<
    EC2.DescribeVpcEndpointServicesCommandInput,
    EC2.DescribeVpcEndpointServicesCommandOutput
  >,
};
