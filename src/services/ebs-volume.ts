/** EBS volumes and their snapshots, with the Data Lifecycle Manager policies that take them. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, fold, known, map, unknown } from '../model/known.ts';
import type { Impact, Meaning, Placement, Protection, Timing } from '../model/protection.ts';
import { row, span, timeUnknown } from '../model/protection.ts';
import { differ } from './apart.ts';
import type { DlmSchedule } from './dlm-policy.ts';
import { DLM_POLICY, policiesFor } from './dlm-policy.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';
import { zoneAt } from './subnets.ts';

export const EBS_VOLUME = 'aws:ebs/volume:Volume';
const ATTACHMENT = 'aws:ec2/volumeAttachment:VolumeAttachment';

export interface VolumeFacts extends Identity {
  readonly zone: Known<string>;
  readonly key: Known<string | undefined>;
  /** Schedules of the policies that may take its snapshots, each with whether they do. */
  readonly schedules: readonly { readonly covers: Truth; readonly schedule: DlmSchedule }[];
  /** The sources may lack policies. */
  readonly partial: Known<undefined>;
}

export const ebsVolume = service<VolumeFacts>({
  id: 'ebs-volume',
  title: 'EBS volume',
  kind: 'store',
  types: [EBS_VOLUME],
  parts: [{ type: ATTACHMENT, of: 'volumeId' }],
  declare(props, view) {
    return {
      ...identityOf(props),
      zone: andThen(zoneAt(props, 'availabilityZone'), (zone) =>
        zone === undefined ? unknown('not-reported', 'the volume names no AZ', props.origin('availabilityZone')) : known(zone),
      ),
      key: keyReference(props, 'kmsKeyId', view),
      schedules: policiesFor(props, view.attached(props.id, ATTACHMENT, 'volumeId'), view),
      partial: view.missing(DLM_POLICY) ?? known(undefined),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      placement: map(facts.zone, (zone): Placement => ({ kind: 'zonal', spread: { zones: [zone], doubtful: 0 } })),
      under: { ...regionalImpacts(true), az: zonal },
      protections: [
        ...facts.schedules.flatMap(({ covers, schedule }) => snapshots(facts, covers, schedule)),
        ...fold<undefined, readonly Protection[]>(
          facts.partial,
          () => [],
          (why) => [restore(facts, ['az', 'data'], why, undefined, timeUnknown(why))],
        ),
      ],
      links: linkTo(facts.key, 'key', 'kmsKeyId'),
    });
  },
});

/** A volume is kept on several servers of one AZ (EBS user guide): it outlives an instance, not its AZ. */
const zonal: Known<Impact> = lost('it is stored in one AZ');

/** A run starts within an hour of its time (provider docs; Amazon EBS user guide, "Data Lifecycle Manager"). */
const START = 3600;

function snapshots(facts: VolumeFacts, covers: Truth, schedule: DlmSchedule): readonly Protection[] {
  const point = fold<number, Timing>(
    schedule.gap,
    (gap) => span(0, gap + START, 'the longest gap of the schedule, and an hour to start'),
    timeUnknown,
  );
  return [
    restore(facts, ['az', 'data'], covers, undefined, point),
    ...fold(
      schedule.copyRegions,
      (regions) =>
        regions.map((region) => restore(facts, ['region'], all([covers, differ(facts.region, region)]), region, point)),
      (why) => [restore(facts, ['region'], all([covers, why]), why, point)],
    ),
  ];
}

function restore(
  facts: VolumeFacts,
  scopes: Protection['scopes'],
  armed: Truth,
  into: Known<string> | undefined,
  point: Timing,
): Protection {
  return {
    mechanism: into === undefined ? 'ebs-snapshot-restore' : 'ebs-snapshot-copy-restore',
    scopes,
    automation: 'human-execution',
    armed,
    successors: known([facts.id]),
    into,
    time: row('ebs-snapshot-restore'),
    point,
    calls: [{ action: 'ec2:CreateVolume', region: into ?? facts.region, plane: 'control' }],
    action: undefined,
    says: 'snapshots are kept for the whole Region; a person makes a volume from one and attaches it',
  };
}
