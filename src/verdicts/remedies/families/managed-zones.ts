/** Databases, caches and file systems that AWS keeps in several AZs, when asked to. */
import { factsOf } from '../../../estate/estate.ts';
import { fold, is } from '../../../model/known.ts';
import type { Resource } from '../../../model/resource.ts';
import { isList } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import type { ClusterMember, Members } from '../../../services/database-parts.ts';
import { efsFileSystem } from '../../../services/efs-file-system.ts';
import { elasticacheReplicationGroup } from '../../../services/elasticache-replication-group.ts';
import { rdsInstance } from '../../../services/rds-instance.ts';
import type { Identity, ServiceModule } from '../../../services/service.ts';
import type { Candidate, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Site } from '../site.ts';
import { told } from '../site.ts';

const STANDBY = 'the standby instance is billed like the first';

/** Amazon RDS: Multi-AZ, with a subnet of a second AZ where the group has one only. */
export const rdsMultiAz: Family = (spot, site) => {
  const facts = inPlace(spot, rdsInstance);
  if (facts === undefined || holds(is(facts.multiAz, (on) => on))) return [];
  const set: Change = { kind: 'set', resource: facts.id, property: 'multiAz', to: true };
  const group = told(facts.subnetGroup);
  const wider = group === undefined ? [] : moreSubnets(group, 'subnetIds', 2, site);
  return [
    {
      mechanism: 'rds-multi-az',
      says: 'keep a synchronous standby in another AZ',
      changes: [...wider, set],
      cost: { class: 'doubled', rests: STANDBY },
    },
  ];
};

/** Amazon ElastiCache: replicas, automatic failover and Multi-AZ, as far as they are missing. */
export const cacheFailover: Family = (spot, site) => {
  const facts = inPlace(spot, elasticacheReplicationGroup);
  if (facts === undefined) return [];
  const set = (property: string, to: boolean | number): Change => ({ kind: 'set', resource: facts.id, property, to });
  const changes: Change[] = [];
  const alone = holds(is(facts.replicas, (n) => n === 0));
  if (alone) {
    const shards = site.view.get(facts.id)?.raw('numNodeGroups') !== undefined;
    changes.push(shards ? set('replicasPerNodeGroup', 1) : set('numCacheClusters', 2));
  }
  if (!holds(is(facts.automaticFailover, (on) => on))) changes.push(set('automaticFailoverEnabled', true));
  if (spot.scope === 'az' && !holds(is(facts.multiAz, (on) => on))) changes.push(set('multiAzEnabled', true));
  const group = told(facts.subnetGroup);
  if (spot.scope === 'az' && group !== undefined) changes.unshift(...moreSubnets(group, 'subnetIds', 2, site));
  if (changes.length === 0) return [];
  return [
    {
      mechanism: 'elasticache-failover',
      says: spot.scope === 'az' ? 'promote a replica in another AZ by itself' : 'promote a replica by itself',
      changes,
      cost: alone
        ? { class: 'doubled', rests: 'each shard has one node more' }
        : { class: 'none', rests: 'the nodes are there already' },
    },
  ];
};

/** Aurora, DocumentDB and Neptune: one shared volume, and instances over it in several AZs. */
const CLUSTERS: Readonly<Record<string, { readonly instance: string; readonly mechanism: string }>> = {
  'rds-cluster': { instance: 'aws:rds/clusterInstance:ClusterInstance', mechanism: 'aurora-failover' },
  'docdb-cluster': { instance: 'aws:docdb/clusterInstance:ClusterInstance', mechanism: 'docdb-failover' },
  'neptune-cluster': { instance: 'aws:neptune/clusterInstance:ClusterInstance', mechanism: 'neptune-failover' },
};

interface ClusterFacts extends Identity {
  readonly members: Members;
}

/** A reader in an AZ in which none is: a new one, or one of several that share an AZ. */
export const clusterReaders: Family = (spot, site) => {
  const { standing, resource } = spot.item;
  const kind = standing.kind === 'modelled' ? CLUSTERS[standing.module.id] : undefined;
  if (kind === undefined || standing.kind !== 'modelled' || (spot.scope !== 'az' && spot.scope !== 'instance')) return [];
  // Facts of a cluster were made by its own module; all three have members.
  const { members, region } = standing.facts as ClusterFacts;
  const here = told(region);
  const [first] = members.found;
  if (here === undefined || first === undefined) return [];
  const taken = members.found.map((m) => told(m.zone)).filter((z) => z !== undefined);
  const [free] = site.zonesOf(here, taken);
  const zone = free ?? (spot.scope === 'instance' ? taken[0] : undefined);
  if (zone === undefined) return [];
  const moved = spot.scope === 'az' ? sharing(members.found) : undefined;
  const move: readonly Candidate[] =
    moved === undefined
      ? []
      : [
          {
            mechanism: kind.mechanism,
            says: `put one of its instances in ${zone}`,
            changes: [{ kind: 'set', resource: moved.id, property: 'availabilityZone', to: zone }],
            cost: { class: 'none', rests: 'as many instances run as before' },
            caution: 'the instance is replaced',
          },
        ];
  const like = site.item(first.id)?.resource;
  if (like === undefined) return move;
  const more: Candidate = {
    mechanism: kind.mechanism,
    says: `add an instance in ${zone} that is promoted by itself`,
    changes: [
      site.add(like, {
        type: kind.instance,
        name: `${resource.name}-${zone.slice(-1)}`,
        inputs: { ...instanceInputs(like), availabilityZone: zone },
      }),
    ],
    cost: { class: members.found.length === 1 ? 'doubled' : 'standby', rests: 'one more instance of the same class' },
  };
  return [...move, more];
};

const NAMING = new Set(['identifier', 'identifierPrefix', 'availabilityZone', 'tags']);

const instanceInputs = (like: Resource): Resource['inputs'] =>
  Object.fromEntries(Object.entries(like.inputs).filter(([property]) => !NAMING.has(property)));

/** The last instance in an AZ that holds another. */
function sharing(members: readonly ClusterMember[]): ClusterMember | undefined {
  const zones = members.map((m) => told(m.zone));
  return members.findLast((_, i) => zones[i] !== undefined && zones.indexOf(zones[i]) < i);
}

const MOUNT_TARGET = 'aws:efs/mountTarget:MountTarget';

/** Amazon EFS: a mount target in another AZ; storage in several AZs. */
export const fileSystemZones: Family = (spot, site) => {
  const facts = inPlace(spot, efsFileSystem);
  if (facts === undefined || spot.scope !== 'az') return [];
  const attached = site.view.attached(facts.id, MOUNT_TARGET, 'fileSystemId').found;
  const [first] = attached;
  const present = attached
    .map((target) => site.subnet(told(site.view.target(target, 'subnetId'))))
    .filter((s) => s !== undefined);
  const mounts = site.siblings(present).map((subnet): Change | undefined => {
    if (first === undefined) return undefined;
    const { tags: _none, ...inputs } = first.resource.inputs;
    return site.add(first.resource, {
      type: MOUNT_TARGET,
      name: `${first.name}-${subnet.zone.slice(-1)}`,
      inputs: { ...inputs, subnetId: reference(subnet.urn, 'id') },
    });
  });
  const single = holds(is(facts.zone, (zone) => zone !== undefined));
  const regional: Change[] = single ? [{ kind: 'set', resource: facts.id, property: 'availabilityZoneName', to: undefined }] : [];
  const few = fold(
    facts.mountTargets,
    ({ count }) => count < 2,
    () => false,
  );
  const mount = few || single ? mounts.slice(0, 1).filter((m) => m !== undefined) : [];
  if (regional.length + mount.length === 0) return [];
  return [
    {
      mechanism: 'efs-regional',
      says: single ? 'store in several AZs, with a mount target in two' : 'add a mount target in another AZ',
      changes: [...regional, ...mount],
      cost: {
        class: single ? 'low' : 'none',
        rests: single ? 'Regional storage costs more a gigabyte' : 'mount targets are free',
      },
      ...(single ? { caution: 'this makes a new file system: copy the data' } : {}),
    },
  ];
};

/** Facts of the store, where it is one of this service and an AZ or an instance is lost. */
function inPlace<F extends Identity>(spot: Spot, module: ServiceModule<F>): F | undefined {
  return spot.scope === 'az' || spot.scope === 'instance' ? factsOf(module, spot.item) : undefined;
}

/** A subnet of another AZ in the list, until it spans `wanted` AZs. */
export function moreSubnets(owner: string, path: string, wanted: number, site: Site): readonly Change[] {
  const props = site.view.get(owner);
  const present = props === undefined ? undefined : site.subnetsAt(props, path);
  if (props === undefined || present === undefined) return [];
  const missing = wanted - new Set(present.map((s) => s.zone)).size;
  const list = props.raw(path);
  // A list that is not written out is made elsewhere: nobody can add to it here.
  if (!isList(list)) return [];
  return site
    .siblings(present)
    .slice(0, Math.max(0, missing))
    .map((subnet, i) => ({
      kind: 'set',
      resource: owner,
      property: `${path}[${list.length + i}]`,
      to: reference(subnet.urn, 'id'),
    }));
}
