/** What computes or passes traffic on: enough of it, in several AZs. */
import { factsOf } from '../../../estate/estate.ts';
import { ec2Instance } from '../../../services/ec2-instance.ts';
import type { Candidate, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Site } from '../site.ts';
import { told } from '../site.ts';
import { moreSubnets } from './managed-zones.ts';
import { sizing } from './sizing.ts';

/** Where each service names the subnets that it runs in. */
const SUBNETS: Readonly<Record<string, { readonly path: string; readonly mechanism: string }>> = {
  'autoscaling-group': { path: 'vpcZoneIdentifiers', mechanism: 'asg-replace' },
  'ecs-service': { path: 'networkConfiguration.subnets', mechanism: 'ecs-task-replace' },
  'eks-node-group': { path: 'subnetIds', mechanism: 'asg-replace' },
  'lambda-function': { path: 'vpcConfig.subnetIds', mechanism: 'lambda-several-zones' },
  'load-balancer': { path: 'subnets', mechanism: 'load-balancer-zones' },
  'classic-load-balancer': { path: 'subnets', mechanism: 'load-balancer-zones' },
};

/** Subnets of two AZs at least, and as many running as must be left when one of them is lost. */
export const severalZones: Family = (spot, site) => {
  const { item, scope } = spot;
  const named = item.standing.kind === 'modelled' ? SUBNETS[item.standing.module.id] : undefined;
  if (named === undefined || scope !== 'az') return [];
  const wider = moreSubnets(item.resource.urn, named.path, 2, site);
  const zones = zonesOf(item.resource.urn, named.path, site) + wider.length;
  const size = sizing(item, site, (running) => enoughAfterZone(running, zones, shareNeeded(spot, site)));
  const found: Candidate[] = [];
  if (wider.length > 0) {
    found.push({
      mechanism: named.mechanism,
      says: 'run it in a second AZ as well',
      changes: wider,
      cost: { class: 'none', rests: 'as much runs as before, spread wider' },
    });
  }
  if (size !== undefined && zones >= 2) {
    found.push({
      mechanism: named.mechanism,
      says: `run ${size.to} over ${zones} AZs, so that enough is left when one is lost`,
      changes: [...wider, ...size.changes],
      cost: { class: 'standby', rests: `${size.to - size.from} more ${size.to - size.from === 1 ? 'runs' : 'run'} all the time` },
    });
  }
  return found;
};

/** Two of what runs alone. */
export const severalInstances: Family = (spot, site) => {
  if (spot.scope !== 'instance') return [];
  const needed = shareNeeded(spot, site);
  const size = sizing(
    spot.item,
    site,
    (running) => leastWith((n) => (n - 1) / n, Math.max(running, 2), needed) ?? Math.max(running, 2),
  );
  if (size === undefined) return [];
  return [
    {
      mechanism: 'running-twin',
      says: `run ${size.to}, so that enough is left when one is lost`,
      changes: size.changes,
      cost: { class: size.from <= 1 ? 'doubled' : 'standby', rests: `${size.to - size.from} more run all the time` },
    },
  ];
};

/** Share of its capacity that must be left: the MBCO agreed for the service at the scope, else all of it. */
export function shareNeeded(spot: Spot, site: Site): number {
  const agreed = site.judgement.agreements
    .flatMap((a) => a.metrics)
    .filter((m) => m.serviceId === spot.metric.serviceId && m.type === 'MBCO' && m.scope === spot.scope)
    .map((m) => m.target / 100);
  return agreed.length === 0 ? 1 : Math.max(...agreed);
}

/**
 * The least of which a share of `needed` is left when the fullest of the AZs is lost: see src/services/pool.ts. With all of
 * it needed there is no such number: what is lost must be replaced.
 */
function enoughAfterZone(running: number, zones: number, needed: number): number {
  return leastWith((n) => (n - Math.ceil(n / zones)) / n, Math.max(running, zones), needed) ?? running;
}

/** The first number from `from` on, and not beyond three times that, of which the share left is enough. */
function leastWith(left: (n: number) => number, from: number, needed: number): number | undefined {
  for (let n = from; n <= 3 * from; n += 1) if (left(n) + 1e-9 >= needed) return n;
  return undefined;
}

function zonesOf(urn: string, path: string, site: Site): number {
  const props = site.view.get(urn);
  const present = props === undefined ? undefined : site.subnetsAt(props, path);
  return new Set((present ?? []).map((s) => s.zone)).size;
}

const ATTACHMENTS: Readonly<Record<string, string>> = {
  'aws:lb/targetGroupAttachment:TargetGroupAttachment': 'targetId',
  'aws:elb/attachment:Attachment': 'instance',
};

/** A second instance like it, in another AZ, behind whatever leads to the first. */
export const secondInstance: Family = (spot, site) => {
  const facts = factsOf(ec2Instance, spot.item);
  if (facts === undefined || (spot.scope !== 'az' && spot.scope !== 'instance')) return [];
  const { resource } = spot.item;
  const own = site.subnet(told(site.view.target(spot.item.props, 'subnetId')));
  const [other] = own === undefined ? [] : site.siblings([own]);
  const attachments = Object.entries(ATTACHMENTS).flatMap(([type, path]) =>
    site.view.attached(facts.id, type, path).found.map((props) => ({ props, path })),
  );
  if (other === undefined || attachments.length === 0) return [];
  const { availabilityZone: _old, privateIp: _ip, ...inputs } = resource.inputs;
  const twin = site.add(resource, {
    type: resource.type,
    name: `${resource.name}-${other.zone.slice(-1)}`,
    inputs: { ...inputs, subnetId: reference(other.urn, 'id') },
  });
  const joined = attachments.map(({ props, path }): Change => {
    const { tags: _none, ...inputs } = props.resource.inputs;
    return site.add(props.resource, {
      type: props.type,
      name: `${props.name}-${other.zone.slice(-1)}`,
      inputs: { ...inputs, [path]: reference(twin.resource.urn, 'id') },
    });
  });
  return [
    {
      mechanism: 'running-twin',
      says: 'run a second instance in another AZ, behind the same load balancer',
      changes: [twin, ...joined],
      cost: { class: 'doubled', rests: 'a second instance of the same type' },
      caution: 'nothing copies the volumes of one to the other',
    },
  ];
};
