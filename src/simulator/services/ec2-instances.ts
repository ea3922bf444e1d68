/** EC2 instances: launch, stop, loss with their AZ, and who is told of it. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { listen, refused } from '../plane/network.ts';
import { ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { regionOf } from '../world/regions.ts';
import { shelf, type World } from '../world/world.ts';
import { SUBNETS } from './ec2-network.ts';
import { found, type Place } from './ec2-shared.ts';
import { deleteVolumesOf, makeRootVolumes } from './ec2-volumes.ts';

export interface InstanceItem extends EC2.Instance {
  /** Virtual milliseconds at which its AZ went; undefined: it is there. */
  gone?: number;
  /** Set until it has started up: it runs, and nothing on it answers yet. */
  booting?: true;
  /** Nobody may terminate it (`DisableApiTermination`). */
  held?: boolean;
}

export const INSTANCES = shelf<InstanceItem>('ec2:instance');
/** How many instances an AZ still starts for one account: `us-east-1a` → number. Without an entry there is room. */
const ZONE_LIMITS = shelf<{ readonly most: number }>('ec2:zone-limit');

/**
 * Seconds that the states take. The user guide names the states without durations; what is here is what launches of Amazon
 * Linux take: an assumption, with its spread by the world's seed.
 */
const PENDING = [15, 45] as const;
/**
 * From running until what is installed answers. AWS: Linux boots within five minutes, on average (AWS DRS user guide, "Recovery
 * overview"); 40 s and two minutes are an assumption.
 */
const BOOTING = [40, 120] as const;
const STOPPING = [20, 60] as const;
const TERMINATING = [20, 60] as const;
/** A terminated instance stays visible "for a short while": an hour (EC2 user guide, "Instance lifecycle"). */
const REMEMBERED = 3600 * 1000;
export type Told = (instance: InstanceItem, place: Place, how: 'answers' | 'silent' | 'terminated') => void;
const listeners = new WeakMap<World, Told[]>();

/** Load balancers and Auto Scaling groups are told when an instance begins or ceases to answer. */
export function watchInstances(world: World, told: Told): void {
  listeners.set(world, [...(listeners.get(world) ?? []), told]);
}

function tell(instance: InstanceItem, place: Place, how: 'answers' | 'silent' | 'terminated'): void {
  for (const told of listeners.get(place.world) ?? []) told(instance, place, how);
}

export const instanceAnswers = (instance: InstanceItem): boolean =>
  instance.State?.Name === 'running' && instance.booting === undefined && instance.gone === undefined;

export const instanceArn = (place: Place, id: string): string => `arn:aws:ec2:${place.region}:${place.account}:instance/${id}`;

/** From now on the AZ starts no more instances of the account than that many. */
export function limitZone(world: World, account: string, zone: string, most: number): void {
  world.put(ZONE_LIMITS, account, regionOf(zone), zone, { most });
}

/** Is there room in the AZ for one more instance of this account? */
export function zoneHasRoom(place: Place, zone: string): boolean {
  if (place.world.zoneIsLost(zone)) return false;
  const limit = place.world.get(ZONE_LIMITS, place.account, place.region, zone);
  if (limit === undefined) return true;
  const running = place.world
    .everywhere(INSTANCES)
    .filter(
      (i) => i.account === place.account && i.item.Placement?.AvailabilityZone === zone && i.item.State?.Name !== 'terminated',
    );
  return running.length < limit.most;
}

export interface LaunchSpec {
  readonly id: string;
  readonly subnet: EC2.Subnet;
  readonly type: string;
  readonly image: string | undefined;
  readonly tags: readonly EC2.Tag[];
  readonly more: Partial<EC2.Instance>;
  readonly devices: readonly EC2.BlockDeviceMapping[];
}

export function launch(place: Place, spec: LaunchSpec): InstanceItem {
  const { world, account, region } = place;
  const zone = spec.subnet.AvailabilityZone ?? '';
  if (!zoneHasRoom(place, zone))
    throw new ServiceFault(
      'InsufficientInstanceCapacity',
      `We currently do not have sufficient ${spec.type} capacity in the Availability Zone you requested (${zone}).`,
      500,
    );
  const octets = [1, 2, 3].map(() => Math.floor(world.random.next() * 256));
  const ip = `10.${octets.join('.')}`;
  const instance: InstanceItem = {
    InstanceId: spec.id,
    InstanceType: spec.type as EC2._InstanceType,
    ImageId: spec.image ?? 'ami-00000000000000000',
    LaunchTime: new Date(world.clock.now()),
    Placement: { AvailabilityZone: zone, Tenancy: 'default' },
    State: { Code: 0, Name: 'pending' },
    SubnetId: spec.subnet.SubnetId ?? '',
    VpcId: spec.subnet.VpcId ?? '',
    PrivateIpAddress: ip,
    PrivateDnsName: `ip-${ip.replaceAll('.', '-')}.${region}.compute.internal`,
    MaintenanceOptions: { AutoRecovery: 'default' },
    RootDeviceType: 'ebs',
    RootDeviceName: '/dev/xvda',
    Tags: [...spec.tags],
    ...spec.more,
  };
  if (spec.subnet.MapPublicIpOnLaunch === true) {
    instance.PublicIpAddress = `54.${octets.join('.')}`;
    instance.PublicDnsName = `ec2-54-${octets.join('-')}.${region}.compute.amazonaws.com`;
  }
  world.put(INSTANCES, account, region, spec.id, instance);
  instance.BlockDeviceMappings = makeRootVolumes(place, instance, spec.devices);
  for (const host of [instance.PrivateDnsName, instance.PublicIpAddress, instance.PublicDnsName])
    if (host !== undefined) listen(world, host, () => answerOf(place, instance));
  start(place, instance);
  return instance;
}

const answerOf = (place: Place, instance: InstanceItem) =>
  instanceAnswers(instance)
    ? ({
        kind: 'served',
        by: instanceArn(place, instance.InstanceId ?? ''),
        region: place.region,
        zone: instance.Placement?.AvailabilityZone,
        writes: undefined,
      } as const)
    : refused('the instance does not answer');

export function start(place: Place, instance: InstanceItem): void {
  instance.booting = true;
  place.world.clock.after(between(place.world, ...PENDING), () => {
    if (instance.State?.Name !== 'pending') return;
    instance.State = { Code: 16, Name: 'running' };
    place.world.clock.after(between(place.world, ...BOOTING), () => {
      delete instance.booting;
      if (instanceAnswers(instance)) tell(instance, place, 'answers');
    });
  });
}

export function stop(place: Place, instance: InstanceItem): void {
  instance.State = { Code: 64, Name: 'stopping' };
  tell(instance, place, 'silent');
  place.world.clock.after(between(place.world, ...STOPPING), () => {
    if (instance.State?.Name === 'stopping') instance.State = { Code: 80, Name: 'stopped' };
  });
}

export function terminate(place: Place, instance: InstanceItem): void {
  if (instance.State?.Name === 'shutting-down' || instance.State?.Name === 'terminated') return;
  instance.State = { Code: 32, Name: 'shutting-down' };
  tell(instance, place, 'terminated');
  place.world.clock.after(between(place.world, ...TERMINATING), () => {
    instance.State = { Code: 48, Name: 'terminated' };
    deleteVolumesOf(place, instance);
    place.world.clock.after(REMEMBERED, () =>
      place.world.remove(INSTANCES, place.account, place.region, instance.InstanceId ?? ''),
    );
  });
}

/** A lost AZ takes its instances; when it is back, they start again where they were. */
export function instancesMeetFaults(world: World): void {
  world.onFault((fault, _world, how) => {
    for (const { account, region, key, item } of world.everywhere(INSTANCES)) {
      const place = { world, account, region };
      const zone = item.Placement?.AvailabilityZone ?? '';
      const hit = fault.kind === 'az-loss' ? fault.zone === zone : fault.kind === 'region-loss' && fault.region === region;
      if (hit && how === 'begins' && item.gone === undefined) {
        item.gone = world.clock.now();
        tell(item, place, 'silent');
      }
      if (hit && how === 'ends' && !world.zoneIsLost(zone)) comesBack(place, item);
      const taken =
        (fault.kind === 'deleted' && fault.arn === instanceArn(place, key)) ||
        (fault.kind === 'account-compromised' && fault.account === account);
      if (taken && how === 'begins') terminate(place, item);
    }
  });
}

function comesBack(place: Place, instance: InstanceItem): void {
  place.world.clock.after(between(place.world, ...PENDING), () => {
    if (place.world.zoneIsLost(instance.Placement?.AvailabilityZone ?? '')) return;
    delete instance.gone;
    if (instanceAnswers(instance)) tell(instance, place, 'answers');
  });
}

/** Subnets by id, for services that launch into a list of them. */
export const subnetItems = (place: Place, ids: readonly string[]): readonly EC2.Subnet[] =>
  ids.map((id) => found(place.world.get(SUBNETS, place.account, place.region, id), id, 'InvalidSubnetID.NotFound'));
