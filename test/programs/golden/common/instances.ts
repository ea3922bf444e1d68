import * as autoscaling from '@pulumi/aws/autoscaling/index.js';
import * as dynamodb from '@pulumi/aws/dynamodb/index.js';
import * as ec2 from '@pulumi/aws/ec2/index.js';
import { twoRegions } from './dns.ts';
import { type Place, primaryPlace, standbyPlace } from './place.ts';
import { regionSwitch } from './region-switch.ts';
import { door } from './web.ts';

/** The shop on four instances, with a standby of the given size that a triggered Region switch plan scales out. */
export function instancesShop(size: { readonly min: number; readonly max: number }): void {
  const primary = primaryPlace();
  const standby = standbyPlace();
  new dynamodb.Table(
    'orders',
    {
      attributes: [{ name: 'id', type: 'S' }],
      hashKey: 'id',
      billingMode: 'PAY_PER_REQUEST',
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
      replicas: [{ regionName: standby.region, pointInTimeRecovery: true, deletionProtectionEnabled: true }],
    },
    { provider: primary.provider, protect: true },
  );
  const group = (place: Place, minSize: number, maxSize: number) => {
    const { provider } = place;
    const front = door(place.name, place, 'instance');
    const template = new ec2.LaunchTemplate(
      place.name,
      { imageId: place === primary ? 'ami-0a1b2c3d4e5f60001' : 'ami-0a1b2c3d4e5f60002', instanceType: 'm6g.large' },
      { provider },
    );
    const instances = new autoscaling.Group(
      place.name,
      {
        minSize,
        maxSize,
        vpcZoneIdentifiers: [...place.subnetIds],
        launchTemplate: { id: template.id, version: '$Latest' },
        targetGroupArns: [front.targetGroupArn],
        healthCheckType: 'ELB',
      },
      { provider },
    );
    return { front, arn: instances.arn };
  };
  const first = group(primary, 4, 4);
  const second = group(standby, size.min, size.max);
  twoRegions(primary, first.front, second.front);
  regionSwitch(primary, standby, [
    {
      name: 'instances',
      executionBlockType: 'EC2AutoScaling',
      ec2AsgCapacityIncreaseConfigs: [
        {
          asgs: [{ arn: first.arn }, { arn: second.arn }],
          capacityMonitoringApproach: 'sampledMaxInLast24Hours',
          targetPercent: 100,
          timeoutMinutes: 30,
        },
      ],
    },
  ]);
}
