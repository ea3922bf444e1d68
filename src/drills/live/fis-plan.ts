/**
 * Which FIS experiments a disruption is, resource by resource. The sets of actions are those of the scenarios "AZ Availability:
 * Power Interruption" and "Cross-Region: Connectivity" (AWS FIS user guide, scenario library), over exactly what the service stands
 * on; a Region is lost when all of its subnets are, and the others are cut off from it.
 */
import type { Place, Session } from '../../aws/call.ts';
import { known } from '../../model/known.ts';
import type { ResourceKind } from '../../model/protection.ts';
import { regionOfZone } from '../../model/scope.ts';
import type { Judgement } from '../../verdicts/judge.ts';
import type { Disruption } from '../ports.ts';
import { type Draft, drafted, ofSubnet, type Part, touchedOf } from './fis-draft.ts';
import { footprintOf, type Standing, subnetsOf } from './footprint.ts';
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

/** A string: why FIS cannot do that here, and what can be done instead. */
export type Plan = { readonly parts: readonly Part[]; readonly touched: readonly Touched[] } | string;

/** Of a template (AWS FIS user guide, "Quotas and limitations"). */
const MOST_ACTIONS = 20;
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
