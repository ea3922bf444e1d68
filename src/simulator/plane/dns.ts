/** DNS as Route 53 answers it, resolvers that cache what they were told, and requests by name. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { dotted, type StoredZone, servedUnder, undotted, ZONES } from '../services/route-53-model.ts';
import type { World } from '../world/world.ts';
import { checkIsHealthy, plainHost, targetIsHealthy } from './health.ts';
import { type Answer, connect, refused } from './network.ts';
import { type Asker, choose } from './routing-policy.ts';

/** What a name server says to one question. */
export type DnsReply =
  | { readonly kind: 'addresses'; readonly values: readonly string[]; readonly ttl: number }
  | { readonly kind: 'alias'; readonly to: string; readonly ttl: number }
  /** No zone of the world, or no record in it, has that name. `ttl`: how long a resolver may believe it. */
  | { readonly kind: 'none'; readonly ttl: number };

/** What a resolver makes of the replies. Values are host names of AWS or addresses, to connect to; none: the name does not exist. */
export interface DnsAnswer {
  readonly values: readonly string[];
  /** Seconds for which the whole answer holds. */
  readonly ttl: number;
  /** Names that were followed, the asked one first. */
  readonly via: readonly string[];
}

/** Aliases of AWS resources are answered with 60 s (developer guide, "Choosing between alias and non-alias records"). */
const ALIAS_TTL = 60;
/** Negative answers: the minimum of the SOA record that Route 53 makes with a zone is 86400, its TTL 900; the smaller counts (RFC 2308). */
const NEGATIVE_TTL = 900;
const MAX_STEPS = 10;

/** One question to the name servers, which answer whatever has become of any control plane. */
export function ask(world: World, name: string, asker: Asker, type = 'A'): DnsReply {
  const zone = zoneFor(world, name, asker);
  if (zone === undefined) return { kind: 'addresses', values: [plainHost(name)], ttl: ALIAS_TTL };
  return answerIn(world, zone, name, asker, type, 0);
}

/** The whole way from a name to what to connect to, with nothing cached. */
export function resolve(world: World, name: string, asker: Asker, type = 'A'): DnsAnswer {
  return follow(name, (next) => ask(world, next, asker, type));
}

export interface Resolver {
  readonly asker: Asker;
  lookup(name: string): DnsAnswer;
}

/** A resolver that believes each reply for its TTL. */
export function resolver(world: World, asker: Asker): Resolver {
  const cache = new Map<string, { readonly reply: DnsReply; readonly until: number }>();
  const cached = (name: string): DnsReply => {
    const now = world.clock.now();
    const kept = cache.get(name);
    if (kept !== undefined && kept.until > now) return kept.reply;
    const reply = ask(world, name, asker);
    cache.set(name, { reply, until: now + reply.ttl * 1000 });
    return reply;
  };
  return { asker, lookup: (name) => follow(name, cached) };
}

/** Regions that records by latency name: users are near each of them, or nobody would have made the record. */
export function latencyRegions(world: World): readonly string[] {
  const records = world.everywhere(ZONES).flatMap(({ item }) => [...item.served.values()]);
  return [...new Set(records.flatMap((r) => r.Region ?? []))];
}

/** Resolves the host of a URL, or a bare host name, and connects to the first of its addresses that answers. */
export function request(world: World, url: string, by: Resolver): Answer {
  const host = url.replace(/^[a-z]+:\/\//i, '').replace(/[/:?#].*$/, '');
  const { values } = by.lookup(host);
  let last = refused(`no such name: ${host}`);
  for (const value of values) {
    const answer = connect(world, value);
    if (answer.kind === 'served') return answer;
    last = answer;
  }
  return last;
}

function follow(name: string, reply: (name: string) => DnsReply): DnsAnswer {
  const via: string[] = [];
  let ttl = Number.POSITIVE_INFINITY;
  let next = undotted(name);
  while (via.length < MAX_STEPS) {
    via.push(next);
    const said = reply(next);
    ttl = Math.min(ttl, said.ttl);
    if (said.kind === 'none') return { values: [], ttl, via };
    if (said.kind === 'addresses') return { values: said.values, ttl, via };
    next = undotted(said.to);
  }
  return { values: [], ttl, via };
}

/** The zone with the longest name that the asked name ends in; private zones of the asker's VPC before public ones. */
function zoneFor(world: World, name: string, asker: Asker): StoredZone | undefined {
  const wanted = dotted(name);
  let best: StoredZone | undefined;
  for (const { item: zone } of world.everywhere(ZONES)) {
    if (!isUnder(wanted, zone)) continue;
    if (zone.private && !zone.vpcs.some((v) => v.VPCId === asker.vpc)) continue;
    if (best === undefined || rank(zone) > rank(best)) best = zone;
  }
  return best;
}

const rank = (zone: StoredZone): number => zone.name.length * 2 + (zone.private ? 1 : 0);

function answerIn(world: World, zone: StoredZone, name: string, asker: Asker, type: string, depth: number): DnsReply {
  const set = recordsFor(zone, name, type);
  if (set.length === 0 || depth > MAX_STEPS) return { kind: 'none', ttl: NEGATIVE_TTL };
  const chosen = choose(set, asker, (record) => recordIsHealthy(world, zone, record, depth), world.random);
  const first = chosen[0];
  if (first === undefined) return { kind: 'none', ttl: NEGATIVE_TTL };
  const alias = first.AliasTarget;
  if (alias !== undefined) {
    const to = alias.DNSName ?? '';
    return isIn(zone, to) && recordsFor(zone, to, type).length > 0
      ? answerIn(world, zone, to, asker, type, depth + 1)
      : { kind: 'addresses', values: [plainHost(to)], ttl: ALIAS_TTL };
  }
  const values = chosen.flatMap((record) => (record.ResourceRecords ?? []).map((r) => r.Value ?? ''));
  const ttl = first.TTL ?? 0;
  return first.Type === 'CNAME' ? { kind: 'alias', to: values[0] ?? '', ttl } : { kind: 'addresses', values, ttl };
}

const isIn = (zone: StoredZone, name: string): boolean => isUnder(dotted(name), zone);

/** The zone's own name, with its final dot, or one below it. */
function isUnder(dottedName: string, { name }: StoredZone): boolean {
  if (!dottedName.endsWith(name)) return false;
  const before = dottedName.length - name.length;
  return before === 0 || dottedName[before - 1] === '.';
}

/** Records of the name itself, else of the nearest wildcard; a CNAME answers for every type. */
function recordsFor(zone: StoredZone, name: string, type: string): readonly ResourceRecordSet[] {
  const exact = servedUnder(zone, dotted(name));
  if (exact.length > 0) return answering(exact, type);
  const labels = dotted(name).split('.');
  for (let at = 1; at < labels.length - 2; at += 1) {
    const wild = servedUnder(zone, `*.${labels.slice(at).join('.')}`);
    if (wild.length > 0) return answering(wild, type);
  }
  return [];
}

function answering(named: readonly ResourceRecordSet[], type: string): readonly ResourceRecordSet[] {
  const typed = named.filter((r) => r.Type === type);
  return typed.length > 0 ? typed : named.filter((r) => r.Type === 'CNAME');
}

/** Both signals must be good; a record without any is always healthy. */
function recordIsHealthy(world: World, zone: StoredZone, record: ResourceRecordSet, depth: number): boolean {
  if (record.HealthCheckId !== undefined && !checkIsHealthy(world, record.HealthCheckId)) return false;
  const alias = record.AliasTarget;
  if (alias?.EvaluateTargetHealth !== true || depth > MAX_STEPS) return true;
  const to = alias.DNSName ?? '';
  const branches = isIn(zone, to) ? recordsFor(zone, to, record.Type ?? 'A') : [];
  return branches.length > 0
    ? branches.some((branch) => recordIsHealthy(world, zone, branch, depth + 1))
    : targetIsHealthy(world, to);
}
