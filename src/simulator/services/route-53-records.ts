/** Route 53 records: change batches, which reach the name servers a while after the API has taken them, and their listing. */
import type {
  Change,
  ChangeInfo,
  ChangeResourceRecordSetsCommandInput,
  ChangeResourceRecordSetsCommandOutput,
  GetChangeCommandInput,
  GetChangeCommandOutput,
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput,
  ResourceRecordSet,
  TestDNSAnswerCommandInput,
  TestDNSAnswerCommandOutput,
} from '@aws-sdk/client-route-53';
import { ask } from '../plane/dns.ts';
import { watchTarget } from '../plane/health.ts';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { CHANGES, dotted, healthCheckOf, keyOf, type StoredZone, undotted, ZONES } from './route-53-model.ts';

/** "Generally within 60 seconds" (API reference, ChangeResourceRecordSets); how it spreads below that is an assumption. */
const PROPAGATION = [20, 60] as const;

export const plainId = (id: string): string => id.replace(/^\/?(?:hostedzone|healthcheck|change)\//, '');

export function zoneOf(context: CallContext, id: string | undefined): StoredZone {
  const zone = context.get(ZONES, plainId(id ?? ''));
  if (zone === undefined) throw new ServiceFault('NoSuchHostedZone', `No hosted zone found with ID: ${plainId(id ?? '')}`, 404);
  return zone;
}

/** Notes a change; `arrive` happens when every name server has it. */
export function submit(context: CallContext, arrive: () => void): ChangeInfo {
  const { world } = context;
  const id = `C${world.random.hex(20).toUpperCase()}`;
  const insyncAt = world.clock.now() + between(world, ...PROPAGATION);
  context.put(CHANGES, id, { id, submitted: world.clock.now(), insyncAt });
  world.clock.at(insyncAt, arrive);
  return { Id: `/change/${id}`, Status: 'PENDING', SubmittedAt: context.now };
}

const bad = (message: string): ServiceFault => new ServiceFault('InvalidChangeBatch', `[${message}]`);

/** All of a batch or nothing (API reference, ChangeResourceRecordSets). */
const change: Operation<ChangeResourceRecordSetsCommandInput, Reply<ChangeResourceRecordSetsCommandOutput>> = (
  input,
  context,
) => {
  const zone = zoneOf(context, input.HostedZoneId);
  const changes = input.ChangeBatch?.Changes ?? [];
  const next = new Map(zone.records);
  for (const one of changes) apply(one, next, zone, context);
  zone.records.clear();
  for (const [key, record] of next) zone.records.set(key, record);
  return { ChangeInfo: submit(context, () => serve(context.world, zone, changes)) };
};

function apply(
  { Action, ResourceRecordSet: set }: Change,
  records: Map<string, ResourceRecordSet>,
  zone: StoredZone,
  context: CallContext,
) {
  if (set === undefined) throw new ServiceFault('InvalidInput', 'a change needs its ResourceRecordSet');
  const record = { ...set, Name: dotted(set.Name ?? '') };
  const key = keyOf(record);
  const said = `'${record.Name}', type '${record.Type}'${record.SetIdentifier === undefined ? '' : `, set '${record.SetIdentifier}'`}`;
  if (Action === 'DELETE') {
    if (!records.delete(key)) throw bad(`Tried to delete resource record set ${said} but it was not found`);
    return;
  }
  if (Action === 'CREATE' && records.has(key)) throw bad(`Tried to create resource record set ${said} but it already exists`);
  if (record.Name !== zone.name && !record.Name.endsWith(`.${zone.name}`))
    throw bad(`RRSet with DNS name ${record.Name} is not permitted in zone ${zone.name}`);
  valid(record, records, zone, context, said);
  records.set(key, record);
}

function valid(
  record: ResourceRecordSet,
  records: ReadonlyMap<string, ResourceRecordSet>,
  zone: StoredZone,
  context: CallContext,
  said: string,
): void {
  const { AliasTarget: alias, HealthCheckId: check } = record;
  if (alias === undefined && (record.TTL === undefined || (record.ResourceRecords ?? []).length === 0))
    throw bad(`Invalid request: expected an AliasTarget, or a TTL with ResourceRecords, in ${said}`);
  if (alias !== undefined && (record.TTL !== undefined || record.ResourceRecords !== undefined))
    throw bad(`Invalid request: an AliasTarget stands beside no TTL and no ResourceRecords, in ${said}`);
  if (check !== undefined && healthCheckOf(context.world, context.account, check) === undefined)
    throw bad(`HealthCheck ${check} does not exist, in ${said}`);
  if ((policiesOf(record) === 0) !== (record.SetIdentifier === undefined))
    throw bad(`Invalid request: a set identifier and a routing policy belong together, in ${said}`);
  const others = [...records.values()].filter((r) => r.Name === record.Name && keyOf(r) !== keyOf(record));
  if (
    others.some((r) => (r.Type === 'CNAME') !== (record.Type === 'CNAME')) ||
    (record.Type === 'CNAME' && record.Name === zone.name)
  )
    throw bad(`RRSet of type CNAME with DNS name ${record.Name} is not permitted as it conflicts with other records`);
  const siblings = others.filter((r) => r.Type === record.Type);
  if (siblings.some((r) => shapeOf(r) !== shapeOf(record)))
    throw bad(
      `RRSet with DNS name ${record.Name}, type ${record.Type} cannot be created as other RRSets exist with the same name and type`,
    );
  if (record.Failover !== undefined && siblings.some((r) => r.Failover === record.Failover))
    throw bad(`A ${record.Failover} resource record set with the same name and type exists already, in ${said}`);
}

/** All records of a set have one routing policy. */
function shapeOf(record: ResourceRecordSet): string {
  if (record.Failover !== undefined) return 'failover';
  if (record.Weight !== undefined) return 'weighted';
  if (record.Region !== undefined) return 'latency';
  if (record.GeoLocation !== undefined) return 'geolocation';
  if (record.GeoProximityLocation !== undefined) return 'geoproximity';
  if (record.MultiValueAnswer === true) return 'multivalue';
  return record.CidrRoutingConfig === undefined ? 'simple' : 'cidr';
}

const policiesOf = (record: ResourceRecordSet): number => (shapeOf(record) === 'simple' ? 0 : 1);

function serve(world: World, zone: StoredZone, changes: readonly Change[]): void {
  for (const { Action, ResourceRecordSet: set } of changes) {
    if (set === undefined) continue;
    const record = { ...set, Name: dotted(set.Name ?? '') };
    if (Action === 'DELETE') zone.served.delete(keyOf(record));
    else zone.served.set(keyOf(record), record);
    if (Action !== 'DELETE' && record.AliasTarget?.EvaluateTargetHealth === true)
      watchTarget(world, record.AliasTarget.DNSName ?? '');
  }
}

/** By name with its labels reversed, then by type and set identifier (API reference, ListResourceRecordSets). */
function sortKey(record: ResourceRecordSet): string {
  const labels = undotted(record.Name ?? '')
    .split('.')
    .reverse();
  return [labels.join('.'), record.Type ?? '', record.SetIdentifier ?? ''].join('\u0000');
}

const PAGE = 300;

const list: Operation<ListResourceRecordSetsCommandInput, Reply<ListResourceRecordSetsCommandOutput>> = (input, context) => {
  const zone = zoneOf(context, input.HostedZoneId);
  const size = Math.min(Number(input.MaxItems ?? PAGE), PAGE);
  const sorted = [...zone.records.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const from =
    input.StartRecordName === undefined
      ? ''
      : sortKey({
          Name: dotted(input.StartRecordName),
          Type: input.StartRecordType,
          ...(input.StartRecordIdentifier === undefined ? {} : { SetIdentifier: input.StartRecordIdentifier }),
        });
  const rest = sorted.filter((r) => sortKey(r) >= from);
  const next = rest[size];
  return {
    ResourceRecordSets: rest.slice(0, size).map((r) => ({ ...r, Name: (r.Name ?? '').replaceAll('*', '\\052') })),
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(next === undefined
      ? {}
      : {
          NextRecordName: next.Name,
          NextRecordType: next.Type,
          ...(next.SetIdentifier === undefined ? {} : { NextRecordIdentifier: next.SetIdentifier }),
        }),
  };
};

const getChange: Operation<GetChangeCommandInput, Reply<GetChangeCommandOutput>> = (input, context) => {
  const found = context.get(CHANGES, plainId(input.Id ?? ''));
  if (found === undefined) throw new ServiceFault('NoSuchChange', `Could not find resource with ID: ${input.Id}`, 404);
  return {
    ChangeInfo: {
      Id: `/change/${found.id}`,
      Status: context.world.clock.now() >= found.insyncAt ? 'INSYNC' : 'PENDING',
      SubmittedAt: new Date(found.submitted),
    },
  };
};

const testAnswer: Operation<TestDNSAnswerCommandInput, Reply<TestDNSAnswerCommandOutput>> = (input, context) => {
  const zone = zoneOf(context, input.HostedZoneId);
  const vpc = zone.vpcs[0]?.VPCId;
  const asker = { region: 'us-east-1', ...(vpc === undefined ? {} : { vpc }) };
  const reply = ask(context.world, input.RecordName ?? '', asker, input.RecordType);
  return {
    Nameserver: zone.nameServers[0],
    RecordName: input.RecordName,
    RecordType: input.RecordType,
    RecordData: reply.kind === 'none' ? [] : reply.kind === 'alias' ? [reply.to] : [...reply.values],
    ResponseCode: reply.kind === 'none' ? 'NXDOMAIN' : 'NOERROR',
    Protocol: 'UDP',
  };
};

export const recordOperations = {
  ChangeResourceRecordSets: change,
  ListResourceRecordSets: list,
  GetChange: getChange,
  TestDNSAnswer: testAnswer,
};
