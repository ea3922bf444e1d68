/** One experiment as it is put together: targets by ARN, as AWS shows them now, and the actions that take them. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as FIS from '@aws-sdk/client-fis';
import type { Place, Session } from '../../aws/call.ts';
import { pagesOf } from '../../aws/pages.ts';
import { known } from '../../model/known.ts';
import { describeClusters } from '../kinds/calls.ts';
import { describeDatabases, describeInstances, describeVolumes } from './calls.ts';
import { type LiveSubnet, type Standing, tagsIn } from './footprint.ts';
import type { Touched } from './gates.ts';

export interface Part {
  readonly at: Place;
  readonly targets: Readonly<Record<string, FIS.CreateExperimentTemplateTargetInput>>;
  readonly actions: Readonly<Record<string, FIS.CreateExperimentTemplateActionInput>>;
}

/** ARNs of a target (API reference, CreateExperimentTemplateTargetInput). */
const MOST_ARNS = 5;
const MINUTE = 60_000;

export const touchedOf = ({ arn, item }: Standing): Touched => ({ arn, tags: item.resource.tags });
export const ofSubnet = ({ arn, tags }: LiveSubnet): Touched => ({ arn, tags: known(tags) });

export interface Draft {
  readonly touched: Touched[];
  add(
    action: string,
    target: string,
    type: string,
    what: readonly Touched[],
    parameters: Record<string, string>,
    ofTarget?: Record<string, string>,
  ): void;
  network(subnets: readonly LiveSubnet[]): void;
  /** Instances stop, and none takes their place there. */
  power(standing: readonly Standing[], zones: readonly string[]): Promise<void>;
  /** Databases and caches whose primary is in the AZ. */
  failovers(standing: readonly Standing[], zone: string): Promise<void>;
  part(): Part;
}

/** Actions that end when they have begun, or that take another name for their duration. */
const TIMELESS = new Set(['aws:rds:failover-db-cluster', 'aws:rds:reboot-db-instances', 'aws:ec2:stop-instances']);

/** An experiment in one place, put together action by action. `lasts`: milliseconds after which it ends by itself. */
export function drafted(at: Place, { session, lasts }: { readonly session: Session; readonly lasts: number }): Draft {
  const targets: Record<string, FIS.CreateExperimentTemplateTargetInput> = {};
  const actions: Record<string, FIS.CreateExperimentTemplateActionInput> = {};
  const touched: Touched[] = [];
  const duration = `PT${Math.max(1, Math.ceil(lasts / MINUTE))}M`;
  const add: Draft['add'] = (action, target, type, what, parameters, ofTarget = {}) => {
    for (let i = 0; i < what.length; i += MOST_ARNS) {
      const some = what.slice(i, i + MOST_ARNS);
      const name = `${action.split(':').slice(1).join('-')}-${Object.keys(actions).length + 1}`;
      targets[name] = {
        resourceType: type,
        resourceArns: some.map((t) => t.arn),
        selectionMode: 'ALL',
        ...(Object.keys(ofTarget).length === 0 ? {} : { parameters: ofTarget }),
      };
      actions[name] = {
        actionId: action,
        targets: { [target]: name },
        parameters: { ...parameters, ...(TIMELESS.has(action) ? {} : { duration }) },
      };
      touched.push(...some);
    }
  };
  const here = (standing: readonly Standing[], type: string): readonly Standing[] =>
    standing.filter((s) => s.region === at.region && s.account === at.account && s.item.resource.type === type);

  return {
    touched,
    add,
    network: (subnets) =>
      add('aws:network:disrupt-connectivity', 'Subnets', 'aws:ec2:subnet', subnets.map(ofSubnet), { scope: 'all' }),
    async power(standing, zones) {
      const groups = here(standing, 'aws:autoscaling/group:Group');
      const names = new Set(groups.map((g) => g.arn.split('/').at(-1) ?? ''));
      const own = new Set(here(standing, 'aws:ec2/instance:Instance').map((s) => s.arn.split('/').at(-1) ?? ''));
      const running = (await instancesIn(session, at, zones)).filter(
        (i) => own.has(i.InstanceId ?? '') || names.has(tagsIn(i.Tags)['aws:autoscaling:groupName'] ?? ''),
      );
      const instances = running.map(
        (i): Touched => ({
          arn: `arn:aws:ec2:${at.region}:${at.account}:instance/${i.InstanceId ?? ''}`,
          tags: known(tagsIn(i.Tags)),
        }),
      );
      add('aws:ec2:stop-instances', 'Instances', 'aws:ec2:instance', instances, {
        startInstancesAfterDuration: duration,
        completeIfInstancesTerminated: 'true',
      });
      // What is stopped reads and writes nothing; volumes of the service may be attached elsewhere.
      const stopped = new Set(running.map((i) => i.InstanceId));
      const volumes = await volumesIn(
        session,
        at,
        zones,
        new Set(here(standing, 'aws:ebs/volume:Volume').map((s) => s.arn.split('/').at(-1) ?? '')),
      );
      const written = volumes.filter((v) => v.Attachments?.some((a) => !stopped.has(a.InstanceId)) === true);
      add(
        'aws:ebs:pause-volume-io',
        'Volumes',
        'aws:ec2:ebs-volume',
        written.map(
          (v): Touched => ({
            arn: `arn:aws:ec2:${at.region}:${at.account}:volume/${v.VolumeId ?? ''}`,
            tags: known(tagsIn(v.Tags)),
          }),
        ),
        {},
      );
      add(
        'aws:ec2:asg-insufficient-instance-capacity-error',
        'AutoScalingGroups',
        'aws:ec2:autoscaling-group',
        groups.map(touchedOf),
        {
          availabilityZoneIdentifiers: zones.join(','),
          percentage: '100',
        },
      );
    },
    async failovers(standing, zone) {
      const clusters = here(standing, 'aws:rds/cluster:Cluster');
      const databases = here(standing, 'aws:rds/instance:Instance');
      if (clusters.length > 0 || databases.length > 0) {
        const there = await databasesIn(session, at, zone);
        add(
          'aws:rds:failover-db-cluster',
          'Clusters',
          'aws:rds:cluster',
          clusters.filter((c) => there.clusters.has(c.arn)).map(touchedOf),
          {},
        );
        add(
          'aws:rds:reboot-db-instances',
          'DBInstances',
          'aws:rds:db',
          databases.filter((d) => there.multiAz.has(d.arn)).map(touchedOf),
          { forceFailover: 'true' },
        );
      }
      const caches = here(standing, 'aws:elasticache/replicationGroup:ReplicationGroup').filter(
        (c) => c.item.resource.inputs.multiAzEnabled === true,
      );
      add(
        'aws:elasticache:replicationgroup-interrupt-az-power',
        'ReplicationGroups',
        'aws:elasticache:replicationgroup',
        caches.map(touchedOf),
        {},
        { availabilityZoneIdentifier: zone },
      );
    },
    part: () => ({ at, targets, actions }),
  };
}

async function instancesIn(session: Session, at: Place, zones: readonly string[]): Promise<readonly EC2.Instance[]> {
  if (zones.length === 0) return [];
  const found: EC2.Instance[] = [];
  const Filters = [
    { Name: 'availability-zone', Values: [...zones] },
    { Name: 'instance-state-name', Values: ['running'] },
  ];
  for await (const page of pagesOf(describeInstances, { Filters }, at, (input) => session.send(describeInstances, input, at)))
    found.push(...(page.Reservations ?? []).flatMap((r) => r.Instances ?? []));
  return found;
}

async function volumesIn(
  session: Session,
  at: Place,
  zones: readonly string[],
  own: ReadonlySet<string>,
): Promise<readonly EC2.Volume[]> {
  if (own.size === 0 || zones.length === 0) return [];
  const found: EC2.Volume[] = [];
  const Filters = [{ Name: 'availability-zone', Values: [...zones] }];
  for await (const page of pagesOf(describeVolumes, { Filters }, at, (input) => session.send(describeVolumes, input, at)))
    found.push(...(page.Volumes ?? []).filter((v) => own.has(v.VolumeId ?? '')));
  return found;
}

/** ARNs of clusters whose writer is in the AZ, and of Multi-AZ instances whose primary is. */
async function databasesIn(session: Session, at: Place, zone: string) {
  const clusters = new Set<string>();
  const multiAz = new Set<string>();
  const here = new Set<string>();
  for await (const page of pagesOf(describeDatabases, {}, at, (input) => session.send(describeDatabases, input, at)))
    for (const one of page.DBInstances ?? []) {
      if (one.AvailabilityZone !== zone) continue;
      here.add(one.DBInstanceIdentifier ?? '');
      if (one.MultiAZ === true && one.DBClusterIdentifier === undefined) multiAz.add(one.DBInstanceArn ?? '');
    }
  for await (const page of pagesOf(describeClusters, {}, at, (input) => session.send(describeClusters, input, at)))
    for (const one of page.DBClusters ?? [])
      if (one.DBClusterMembers?.some((m) => m.IsClusterWriter === true && here.has(m.DBInstanceIdentifier ?? '')) === true)
        clusters.add(one.DBClusterArn ?? '');
  return { clusters, multiAz };
}
