/** From an agreement to a drill: what is taken away, how the service is watched, and when it counts as recovered. */
import type { Estate, EstateResource } from '../estate/estate.ts';
import type { DrillKind } from '../model/drill.ts';
import type { Member, Scope } from '../model/scope.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import type { Judgement } from '../verdicts/judge.ts';
import { disruption } from './actuators.ts';
import { byHand } from './by-hand/by-hand.ts';
import { type Canary, canary, together } from './canary.ts';
import type { PreparedDrill } from './contract.ts';
import type { Ground } from './ground.ts';
import type { Disruption, Outside } from './ports.ts';
import { entryProbe } from './probes.ts';

/** One service, one scope, one thing of it that is lost. */
export interface Target {
  readonly service: string;
  readonly scope: Scope;
  readonly member: string;
}

export interface Prepared {
  readonly drill: PreparedDrill;
  readonly canaries: readonly Canary[];
  /** One line each: what the drill cannot see. */
  readonly blind: readonly string[];
  /** Ways back by hand that the drill does not take: a service that stays away may yet have come back by them. */
  readonly notTaken: readonly string[];
}

/** Scopes that a drill can take away, and what it is then called. */
const KINDS: Readonly<Partial<Record<Scope, DrillKind>>> = { az: 'az-loss', region: 'region-loss', data: 'backup-restore' };

/** Every (service, scope) with a promise about recovery that a drill can test, with every member of the scope. */
export function targetsOf(judgement: Judgement): readonly (Target & { readonly of: Member })[] {
  const found = new Map<string, Target & { readonly of: Member }>();
  for (const verdict of judgement.verdicts) {
    const { serviceId: service, scope, type } = verdict.metric;
    if (KINDS[scope] === undefined || !['RTO', 'RPO', 'MTPD', 'MBCO'].includes(type)) continue;
    for (const of of judgement.membersOf(verdict))
      found.set(`${service} ${scope} ${of.name}`, { service, scope, member: of.name, of });
  }
  return [...found.values()];
}

/** A drill goes on a while after the promise is broken: how late recovery is matters too. */
const GRACE = 600;
/** Seconds for a service with a promise about data and none about time. */
const NO_TARGET = 3600;

/** Undefined: nothing of the service can be taken away so. */
export async function prepare(
  target: Target & { readonly of: Member },
  run: string,
  ground: Ground,
): Promise<Prepared | undefined> {
  const { judgement, outside, injector, clock, world } = ground;
  const kind = KINDS[target.scope];
  const verdicts = judgement.verdicts.filter((v) => v.metric.serviceId === target.service && v.metric.scope === target.scope);
  const first = verdicts.find((v) => v.metric.type === 'RTO') ?? verdicts[0];
  if (kind === undefined || first === undefined) return undefined;
  const path = judgement.pathOf({ ...first, member: target.of });
  const limit = limitOf(verdicts);
  const every = Math.min(60_000, Math.max(1_000, Math.round(limit / 600 / 1000) * 1000));
  // A sixtieth of what may be lost is seen to be lost.
  const point = Math.min(...verdicts.filter((v) => v.metric.type === 'RPO').map((v) => v.metric.target));
  const between = Math.min(every, Math.max(1_000, Math.round(point / 60) * 1000));
  const { estate } = judgement;
  const blind: string[] = [...new Set(path.unknowns.map((u) => u.detail))];

  const canaries: Canary[] = [];
  const regions = regionsOf(estate);
  for (const { role } of path.outcomes) {
    if (role.kind === 'queue') blind.push(`${role.title}: messages that wait are not followed`);
    if (role.kind !== 'store') continue;
    const endpoints: string[] = [];
    for (const urn of role.members) {
      const item = estate.resources.get(urn);
      if (item !== undefined) endpoints.push(...(await storeEndpoints(item, regions, outside)));
    }
    if (endpoints.length === 0) blind.push(`${role.title}: nothing there takes canary writes`);
    else canaries.push(canary({ id: role.id, title: role.title, endpoints }, outside, clock, between, target.scope === 'data'));
  }

  const hosts = new Set<string>();
  for (const role of path.entries) {
    if (role.kind === 'store') continue;
    const named: string[] = [];
    for (const urn of role.members) {
      const item = estate.resources.get(urn);
      if (item !== undefined) named.push(...(await answering(textsOf(item, ENTRY_OUTPUTS), outside)));
    }
    if (named.length === 0) blind.push(`${role.title}: nobody answers there`);
    for (const host of named) hosts.add(host);
  }
  const needed = (verdicts.find((v) => v.metric.type === 'MBCO')?.metric.target ?? 100) / 100;
  const probes = [...[...hosts].map((host) => entryProbe(host, outside, every, needed)), ...canaries.map((c) => c.probe)];
  const lost = disruptionOf(target, storesOf(path, estate));
  if (lost === undefined) return undefined;
  const absent = absentOf(target.service, path, ground);
  let onset = clock.now();
  const people = byHand({ path, estate, session: ground.session, clock, canaries, lost, onset: () => onset });
  return {
    canaries,
    blind,
    notTaken: people.missing,
    drill: {
      run,
      kind,
      service: target.service,
      scope: target.scope,
      member: target.member,
      world,
      preconditions: [
        {
          id: 'something-to-watch',
          check: async () =>
            probes.length === 0 ? (blind[0] ?? 'no entry and no store of the service can be reached') : undefined,
        },
        { id: 'all-there', check: async () => absent },
        {
          id: 'way-back',
          // Wrong data never becomes right by itself.
          check: async () =>
            target.scope === 'data' && people.missing.length > 0
              ? `no step here takes ${people.missing.join(' or ')}`
              : undefined,
        },
      ],
      disrupt: [
        disruption(injector, lost, async () => {
          // The last write before the onset is written at the onset: what it loses is not hidden between two writes.
          for (const one of canaries) await one.write();
          onset = clock.now();
        }),
      ],
      recover: people.steps,
      probes,
      stops: [],
      validated: async () => true,
      measure: async (t0) => {
        const stores = await Promise.all(canaries.map((c) => c.measure(t0)));
        return together(stores);
      },
      limit,
      clock,
    },
  };
}

/** The first of what the service or its recovery needs that is not there; what cannot affect recovery may be missing. */
function absentOf(service: string, path: ReturnType<Judgement['pathOf']>, { judgement, notThere }: Ground): string | undefined {
  const own = judgement.assignment.services.get(service)?.resources ?? [];
  const needed = new Set([...own, ...path.outcomes.flatMap((o) => o.role.members)]);
  for (const [urn, why] of notThere) {
    const item = judgement.estate.resources.get(urn);
    const matters = item !== undefined && ['modelled', 'part', 'not-modelled'].includes(item.standing.kind);
    if (matters && needed.has(urn)) return `${item.title} is not there: ${why}`;
  }
  return undefined;
}

/** Milliseconds. */
function limitOf(verdicts: readonly MetricVerdict[]): number {
  const targets = verdicts.filter((v) => v.metric.type === 'RTO' || v.metric.type === 'MTPD').map((v) => v.metric.target);
  const longest = targets.length === 0 ? NO_TARGET : Math.max(...targets);
  return (longest + GRACE) * 1000;
}

function disruptionOf({ scope, member }: Target, stores: readonly string[]): Disruption | undefined {
  if (scope === 'az') return { kind: 'az-loss', zone: member };
  if (scope === 'region') return { kind: 'region-loss', region: member };
  return stores.length === 0 ? undefined : { kind: 'corruption', stores };
}

/** Outputs under which users reach a thing, the best first. */
const ENTRY_OUTPUTS = ['fqdn', 'dnsName', 'domainName', 'apiEndpoint', 'invokeUrl', 'functionUrl', 'endpoint', 'address'];
/** Outputs under which writers reach a store. */
const STORE_OUTPUTS = [
  'address',
  'endpoint',
  'primaryEndpointAddress',
  'configurationEndpointAddress',
  'clusterAddress',
  'bucketRegionalDomainName',
  'dnsName',
  'arn',
];

function textsOf(item: EstateResource, names: readonly string[]): readonly string[] {
  return names
    .map((name) => item.resource.outputs[name])
    .filter((value) => typeof value === 'string')
    .map((text) => (text.startsWith('arn:') ? text : text.replace(/^[a-z]+:\/\//i, '').replace(/[/:?#].*$/, '')))
    .filter((text) => text !== '');
}

/** The first that answers: names of one thing all lead to the same. */
async function answering(hosts: readonly string[], outside: Outside): Promise<readonly string[]> {
  for (const host of hosts) if ((await outside.request(host, 0)).kind === 'served') return [host];
  return [];
}

/** A DynamoDB global table has replicas that are no resources of their own: the same name in other Regions. */
async function storeEndpoints(item: EstateResource, regions: readonly string[], outside: Outside): Promise<readonly string[]> {
  const own = await answering(textsOf(item, STORE_OUTPUTS), outside);
  const table = own.find((host) => /^arn:aws[a-z-]*:dynamodb:/.test(host));
  if (table === undefined) return own;
  const replicas: string[] = [];
  for (const region of regions) {
    const there = table.split(':').with(3, region).join(':');
    if (there !== table) replicas.push(...(await answering([there], outside)));
  }
  return [...own, ...replicas];
}

function regionsOf(estate: Estate): readonly string[] {
  const regions = new Set<string>();
  for (const { resource } of estate.resources.values()) {
    const arn = resource.outputs.arn;
    const region = typeof arn === 'string' ? arn.split(':')[3] : undefined;
    if (region !== undefined && region !== '') regions.add(region);
  }
  return [...regions].sort();
}

function storesOf(path: ReturnType<Judgement['pathOf']>, estate: Estate): readonly string[] {
  return path.outcomes
    .filter((o) => o.role.kind === 'store')
    .flatMap((o) => o.role.members)
    .map((urn) => estate.resources.get(urn)?.resource.outputs.arn)
    .filter((arn) => typeof arn === 'string');
}
