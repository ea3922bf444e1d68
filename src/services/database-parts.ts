/** What the database services share: members in AZs, subnet and parameter groups, and the shape of a protection. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, collect, decide, fold, is, known, map, no, unknown, yes } from '../model/known.ts';
import type { ControlCall, Placement, Protection, Spread, Timing } from '../model/protection.ts';
import { fixed, row, span, sum, timeUnknown } from '../model/protection.ts';
import { spreadOfSubnets, zoneAt } from './subnets.ts';
import type { Attached, Props, View } from './view.ts';
import { spreadOf } from './view.ts';

/** A protection with everything empty that a mechanism need not say. */
export function protection(
  parts: Pick<Protection, 'mechanism' | 'scopes' | 'automation' | 'armed' | 'successors' | 'time' | 'says'> & Partial<Protection>,
): Protection {
  return { into: undefined, point: undefined, calls: [], action: undefined, ...parts };
}

/** A call to the control plane of `region`; undefined: of the resource's own. */
export function controlCall(action: string, region?: Known<string>): ControlCall {
  return { action, region, plane: 'control' };
}

/** Seconds between uploads of transaction logs, which RDS, Aurora, DocumentDB and Neptune share (RDS user guide, USER_PIT). */
const UPLOADS = 300;

/** Age of the newest moment that can be restored in the same Region: what is not uploaded yet is lost with the store. */
export const restorableAge: Timing = sum(
  span(0, UPLOADS, 'transaction logs are uploaded every 5 minutes'),
  row('rds-log-upload'),
);

/** AWS publishes no figure: never a pass. */
export function noFigure(what: string, id: string): Timing {
  return timeUnknown(
    unknown('not-modelled', `no published figure for ${what}: replace it by a drill or in the catalogue`, { resource: id }),
  );
}

/** Certainly no: a protection that would only clutter the list. */
export function ruledOut(t: Truth): boolean {
  return decide(t, { yes: () => false, no: () => true, unknown: () => false });
}

export function holds(t: Truth): boolean {
  return decide(t, { yes: () => true, no: () => false, unknown: () => false });
}

/** One DB instance of a cluster. */
export interface ClusterMember {
  readonly id: string;
  readonly name: string;
  readonly zone: Known<string>;
  readonly instanceClass: Known<string | undefined>;
  /** 0 is promoted first, 15 last. */
  readonly promotionTier: Known<number>;
}

export interface Members {
  readonly found: readonly ClusterMember[];
  /** Yes: these are all. Unknown: there may be more. */
  readonly complete: Truth;
}

export function completeness(attached: Attached): Truth {
  return attached.doubts[0] ?? yes();
}

/** DB instances of a cluster whose `clusterIdentifier` refers to it. `promotionTier` defaults to 0 in all three providers' docs. */
export function membersOf(urn: string, instanceType: string, view: View): Members {
  const attached = view.attached(urn, instanceType, 'clusterIdentifier');
  return {
    found: attached.found.map((instance) => ({
      id: instance.id,
      name: instance.name,
      zone: zoneOf(instance),
      instanceClass: instance.text('instanceClass'),
      promotionTier: instance.number('promotionTier', 0),
    })),
    complete: completeness(attached),
  };
}

/** An instance always has an AZ: left unset, AWS picks one that only the state can tell. */
export function zoneOf(instance: Props): Known<string> {
  return andThen(zoneAt(instance, 'availabilityZone'), (zone) =>
    zone === undefined
      ? unknown('not-reported', 'it names no AZ, so AWS picks one', instance.origin('availabilityZone'))
      : known(zone, instance.origin('availabilityZone')),
  );
}

export function spreadOfMembers(members: Members): Spread {
  return spreadOf(members.found.map((m) => m.zone));
}

/** Are there at least `wanted`? */
export function countAtLeast(found: number, wanted: number, complete: Truth, detail: string): Truth {
  return found >= wanted ? yes(detail) : decide(complete, { yes: () => no(detail), no: () => no(detail), unknown: (why) => why });
}

/** Are they certainly in two AZs? Places whose AZ is not known may be any. */
export function inTwoZones(spread: Spread, complete: Truth, id: string): Truth {
  if (spread.zones.length >= 2) return yes(`in ${spread.zones.join(', ')}`, { resource: id });
  if (spread.zones.length + spread.doubtful >= 2)
    return unknown('not-reported', `${spread.doubtful} of its places name no AZ: they may share one`, { resource: id });
  return decide(complete, {
    yes: () => no('all in one AZ', { resource: id }),
    no: () => no('all in one AZ'),
    unknown: (why) => why,
  });
}

/** AZs of a subnet group; known undefined: none is named, so the default VPC's is used. */
export function subnetGroupSpread(props: Props, path: string, groupType: string, view: View): Known<Spread | undefined> {
  return andThen(view.target(props, path, [groupType]), (urn) => {
    const group = urn === undefined ? undefined : view.get(urn);
    return group === undefined ? known<Spread | undefined>(undefined) : spreadOfSubnets(group, 'subnetIds', view);
  });
}

/** True only when every subnet is known to lie in one and the same AZ. */
export function certainlyOneZone(spread: Known<Spread | undefined>): boolean {
  return fold(
    spread,
    (s) => s !== undefined && s.zones.length === 1 && s.doubtful === 0,
    () => false,
  );
}

/**
 * Placement of something that AWS itself keeps in `places` different AZs of the subnet group. Which ones is AWS's
 * choice, so each AZ of the group is taken as one that it runs in.
 */
export function spreadByService(spread: Known<Spread | undefined>, places: number): Known<Placement> {
  const group = fold(
    spread,
    (s) => s,
    () => undefined,
  );
  const zones = group !== undefined && group.zones.length >= places ? group.zones : [];
  return zonal({ zones, doubtful: zones.length === 0 ? places : 0 });
}

export function zonal(spread: Spread): Known<Placement> {
  return known({ kind: 'zonal', spread });
}

/** Parameters that a group sets, by name; what it leaves out has the engine's default. */
export type Parameters = Known<Readonly<Record<string, Known<string>>>>;

/** A name that starts with `default` is AWS's own group, which nobody can change. */
export function parametersOf(props: Props, path: string, groupType: string, view: View): Parameters {
  const isDefault = fold(
    props.text(path),
    (name) => name === undefined || /^default[.:]/.test(name),
    () => false,
  );
  if (isDefault) return known({}, props.origin(path));
  return andThen(view.target(props, path, [groupType]), (urn) => {
    const group = urn === undefined ? undefined : view.get(urn);
    if (group === undefined) return known({});
    return andThen(group.blocks('parameters'), (blocks) =>
      map(collect(blocks.map((b) => map(b.text('name', ''), (name) => [name, b.text('value', '')] as const))), (entries) =>
        Object.fromEntries(entries),
      ),
    );
  });
}

export function parameter(parameters: Parameters, name: string, unset: string): Known<string> {
  return andThen(parameters, (set) => set[name] ?? known(unset));
}

/**
 * Is a commit on disk before it is acknowledged? With `innodb_flush_log_at_trx_commit` or `sync_binlog` other than 1
 * (MySQL manual, innodb_flush_log_at_trx_commit), or `synchronous_commit` off (PostgreSQL manual, 20.5.1), a failover
 * loses acknowledged commits although the standby is synchronous. The RDS default groups set 1, 1 and on.
 */
export function commitsDurable(engine: Known<string>, parameters: Parameters): Truth {
  return andThen(engine, (name) => {
    if (/^(aurora-)?postgres/.test(name))
      return is(parameter(parameters, 'synchronous_commit', 'on'), (v) => !/^(off|0|false|no)$/i.test(v), 'synchronous_commit');
    if (!/^(mysql|mariadb|aurora$|aurora-mysql)/.test(name)) return yes('the engine writes its log at every commit');
    const flushed = is(
      parameter(parameters, 'innodb_flush_log_at_trx_commit', '1'),
      (v) => v === '1',
      'innodb_flush_log_at_trx_commit',
    );
    // Aurora keeps its log in the shared volume; its binlog is only for replicas outside.
    if (name.startsWith('aurora')) return flushed;
    return all([flushed, is(parameter(parameters, 'sync_binlog', '1'), (v) => v === '1', 'sync_binlog')]);
  });
}

/** Nothing acknowledged is lost, provided that commits are on disk when they are acknowledged. */
export function zeroLoss(durable: Truth, why: string, id: string): Timing {
  return decide(durable, {
    yes: () => fixed(0, why),
    no: (fact) =>
      timeUnknown(
        unknown('not-modelled', `commits are acknowledged before they are on disk (${fact.detail ?? 'parameter group'})`, {
          resource: id,
        }),
      ),
    unknown: timeUnknown,
  });
}
