/**
 * Which FIS experiments a disruption is, resource by resource. The sets of actions are those of the scenarios "AZ Availability:
 * Power Interruption" and "Cross-Region: Connectivity" (AWS FIS user guide, scenario library), over exactly what the service stands
 * on; a Region is lost when all of its subnets are, and the others are cut off from it.
 */
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as FIS from '@aws-sdk/client-fis';
import type { Place, Session } from '../../aws/call.ts';
import { pagesOf } from '../../aws/pages.ts';
import { known } from '../../model/known.ts';
import type { ResourceKind } from '../../model/protection.ts';
import { regionOfZone } from '../../model/scope.ts';
import type { Judgement } from '../../verdicts/judge.ts';
import type { Disruption } from '../ports.ts';
import { describeClusters, describeDatabases, describeInstances } from './calls.ts';
import { footprintOf, type LiveSubnet, type Standing, subnetsOf, tagsIn } from './footprint.ts';
import type { Touched } from './gates.ts';

export interface PlanSettings {
  readonly session: Session;
  readonly judgement: Judgement;
  readonly service: string;
  /** ARNs of the roles whose calls of an API fail, for the loss of a control plane. */
  readonly apiRoles: readonly string[];
  /** Milliseconds after which experiments end by themselves. */
  readonly lasts: number;
}

export interface Part {
  readonly at: Place;
  readonly targets: Readonly<Record<string, FIS.CreateExperimentTemplateTargetInput>>;
  readonly actions: Readonly<Record<string, FIS.CreateExperimentTemplateActionInput>>;
}

/** A string: why FIS cannot do that here, and what can be done instead. */
export type Plan = { readonly parts: readonly Part[]; readonly touched: readonly Touched[] } | string;

/** Of a template (AWS FIS user guide, "Quotas and limitations"). */
const MOST_ACTIONS = 20;
/** ARNs of a target (API reference, CreateExperimentTemplateTargetInput). */
const MOST_ARNS = 5;
const MINUTE = 60_000;
/** Of an action (actions reference): from one minute to twelve hours. */
const LONGEST = 12 * 60 * MINUTE;

const NO_FIS: Readonly<Partial<Record<Disruption['kind'], string>>> = {
  corruption:
    'no data is corrupted on real AWS: a drill of a restore validates the restored copy there, and leaves its source alone',
  'key-loss': 'FIS takes no keys away: hold this drill in simulated AWS (--aws simulator)',
  unreachable: 'FIS cuts no single resource off: hold this drill in simulated AWS (--aws simulator)',
  'account-compromised':
    'nobody is let into a real account: drill the restore from the locked vault (backup-restore), and the intruder in simulated AWS',
};

export async function planOf(what: Disruption, settings: PlanSettings): Promise<Plan> {
  if (settings.lasts > LONGEST) return 'an experiment lasts at most 12 hours: give the drill a shorter limit';
  switch (what.kind) {
    case 'az-loss':
      return zoneLoss(what.zone, settings);
    case 'region-loss':
      return regionLoss(what.region, settings);
    case 'control-plane-loss':
      return planeLoss(what, settings);
    default:
      return NO_FIS[what.kind] ?? `FIS has no experiment for ${what.kind}`;
  }
}

async function zoneLoss(zone: string, settings: PlanSettings): Promise<Plan> {
  const region = regionOfZone(zone);
  if (region === undefined) return `${zone} is no name of an AZ, such as us-east-1a`;
  const standing = footprintOf(settings.judgement, settings.service);
  return together(settings, standing, async (at) => {
    if (at.region !== region) return undefined;
    const draft = drafted(at, settings);
    const subnets = (await subnetsOf(settings.session, standing, at)).filter((s) => s.zone === zone);
    if (subnets.length === 0) return `no subnet of ${settings.service} in ${zone} is known: nothing of it could be cut off`;
    draft.network(subnets);
    await draft.power(standing, [zone]);
    await draft.failovers(standing, zone);
    return draft;
  });
}

/** What is in no network of the Region cannot be taken down there. */
const REPLICATED: Readonly<Record<string, readonly [target: string, type: string, action: string]>> = {
  'aws:s3/bucket:Bucket': ['Buckets', 'aws:s3:bucket', 'aws:s3:bucket-pause-replication'],
  'aws:dynamodb/table:Table': ['Tables', 'aws:dynamodb:global-table', 'aws:dynamodb:global-table-pause-replication'],
};

const SERVES: ReadonlySet<ResourceKind> = new Set(['store', 'compute', 'traffic', 'queue', 'proxy']);

async function regionLoss(region: string, settings: PlanSettings): Promise<Plan> {
  const standing = footprintOf(settings.judgement, settings.service);
  const here = standing.filter((s) => s.region === region && SERVES.has(s.role?.kind ?? 'config'));
  const left = here.find((s) => s.networks.size === 0 && (s.isEntry || REPLICATED[s.item.resource.type] === undefined));
  if (left !== undefined)
    return `FIS cannot take ${left.item.title} away: it is in no network of ${region} and would go on. Hold this drill in simulated AWS, or move traffic away by a region-evacuation`;
  const plan = await together(settings, standing, async (at) => {
    const draft = drafted(at, settings);
    const subnets = await subnetsOf(settings.session, standing, at);
    if (at.region === region) {
      draft.network(subnets);
      await draft.power(standing, [...new Set(subnets.map((s) => s.zone))].sort());
      for (const one of here) {
        const [name, type, action] = REPLICATED[one.item.resource.type] ?? [];
        if (name === undefined || type === undefined || action === undefined || !isReplicated(one)) continue;
        draft.add(action, name, type, [touchedOf(one)], {});
      }
    } else
      draft.add('aws:network:route-table-disrupt-cross-region-connectivity', 'Subnets', 'aws:ec2:subnet', subnets.map(ofSubnet), {
        region,
      });
    return draft;
  });
  if (typeof plan !== 'string' && !plan.parts.some((p) => p.at.region === region))
    return `nothing of ${settings.service} is known in ${region}`;
  return plan;
}

/** A global table has replicas, a bucket rules; one that has neither has no replication to pause. */
const isReplicated = ({ item }: Standing): boolean =>
  item.standing.kind === 'modelled' && item.standing.meaning.protections.some((p) => p.scopes.includes('region'));

/** FIS makes the calls of roles fail, at EC2 alone (actions reference, "Fault injection actions": service). */
const EC2_CALLS =
  'RunInstances,StartInstances,StopInstances,TerminateInstances,CreateFleet,DescribeInstances,DescribeSubnets,AttachVolume,CreateVolume,AssociateAddress';

async function planeLoss(what: Extract<Disruption, { kind: 'control-plane-loss' }>, settings: PlanSettings): Promise<Plan> {
  const { region, client } = what;
  if (client !== 'ec2')
    return `FIS makes calls of EC2 fail and of no other service: name ec2, or hold this drill of ${client ?? 'every control plane'} in simulated AWS`;
  if (settings.apiRoles.length === 0) return 'FIS makes the calls of roles fail, and none is named: --fis-api-role ARN';
  const touched = settings.apiRoles.map((arn): Touched => {
    const item = [...settings.judgement.estate.resources.values()].find((r) => r.resource.outputs.arn === arn);
    return { arn, tags: item?.resource.tags ?? known({}) };
  });
  const account = settings.apiRoles[0]?.split(':')[4] ?? '';
  const draft = drafted({ account, region }, settings);
  draft.add('aws:fis:inject-api-unavailable-error', 'Roles', 'aws:iam:role', touched, {
    service: 'ec2',
    operations: EC2_CALLS,
    percentage: '100',
  });
  return { parts: [draft.part()], touched: draft.touched };
}

async function together(
  settings: PlanSettings,
  standing: readonly Standing[],
  one: (at: Place) => Promise<Draft | string | undefined>,
): Promise<Plan> {
  const places = new Map(
    standing.filter((s) => s.account !== '').map((s) => [`${s.region} ${s.account}`, { account: s.account, region: s.region }]),
  );
  const drafts: Draft[] = [];
  for (const [, at] of [...places].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const draft = await one(at);
    if (typeof draft === 'string') return draft;
    if (draft !== undefined && draft.touched.length > 0) drafts.push(draft);
  }
  if (drafts.length === 0) return `nothing of ${settings.service} is known there`;
  const parts = drafts.map((d) => d.part());
  const large = parts.find((p) => Object.keys(p.actions).length > MOST_ACTIONS);
  if (large !== undefined)
    return `it would take ${Object.keys(large.actions).length} actions in ${large.at.region}, and an experiment has at most ${MOST_ACTIONS}: drill a smaller service`;
  const seen = new Map(drafts.flatMap((d) => d.touched).map((t) => [t.arn, t]));
  return { parts, touched: [...seen.values()] };
}

const touchedOf = ({ arn, item }: Standing): Touched => ({ arn, tags: item.resource.tags });
const ofSubnet = ({ arn, tags }: LiveSubnet): Touched => ({ arn, tags: known(tags) });

interface Draft {
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

function drafted(at: Place, { session, lasts }: PlanSettings): Draft {
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
