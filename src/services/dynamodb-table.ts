/** DynamoDB tables, the replicas of global tables (in the table, or as resources of their own), and version 2017 global tables. */
import type { Known, Truth } from '../model/known.ts';
import {
  all,
  andThen,
  any,
  collect,
  decide,
  equals,
  fold,
  is,
  known,
  map,
  no,
  not,
  together,
  unknown,
  yes,
} from '../model/known.ts';
import type { Meaning, Protection, Timing } from '../model/protection.ts';
import { fixed, row, timeUnknown } from '../model/protection.ts';
import { differ, inOtherAccount, inOtherRegion } from './apart.ts';
import { completeness, controlCall, holds, protection, ruledOut } from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Attached, Props, View } from './view.ts';

export const DYNAMODB_TABLE = 'aws:dynamodb/table:Table';
const TABLE_REPLICA = 'aws:dynamodb/tableReplica:TableReplica';
const GLOBAL_TABLE_2017 = 'aws:dynamodb/globalTable:GlobalTable';
const SCALING_TARGET = 'aws:appautoscaling/target:Target';

export interface TableReplica {
  /** URN of the replica where it is a resource of its own, else of the table. */
  readonly id: string;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
  /** Writes wait for another Region (MRSC). Known no for eventual consistency (MREC). */
  readonly strong: Truth;
  readonly pointInTimeRecovery: Known<boolean>;
  readonly deletionProtection: Known<boolean>;
  readonly key: Known<string | undefined>;
}

/** Automatic scaling of provisioned capacity, one dimension in one Region. */
export interface TableScaling {
  readonly id: string;
  readonly region: Known<string>;
  readonly dimension: Known<string | undefined>;
  readonly min: Known<number | undefined>;
  readonly max: Known<number | undefined>;
}

export interface DynamodbTableFacts extends Identity {
  /** Every replica but the table itself. Unknown: a block that cannot be read. */
  readonly replicas: Known<readonly TableReplica[]>;
  /** Unknown when a replica of its own may belong to this table or to another. */
  readonly replicasComplete: Truth;
  /** Region of the witness of a strongly consistent global table. */
  readonly witnessRegion: Known<string | undefined>;
  /** Three distinct Regions: two replicas beside the table, or one and a witness. Only read when strong. */
  readonly strongTopology: Truth;
  /** It is, or is part of, a global table of version 2017.11.29. */
  readonly version2017: Truth;
  readonly pointInTimeRecovery: Known<boolean>;
  /** Days of continuous backups while point-in-time recovery is on. */
  readonly recoveryPeriodDays: Known<number>;
  readonly deletionProtection: Known<boolean>;
  readonly streamEnabled: Known<boolean>;
  readonly streamViewType: Known<string | undefined>;
  readonly billingMode: Known<string>;
  readonly readCapacity: Known<number | undefined>;
  readonly writeCapacity: Known<number | undefined>;
  readonly maxReadRequestUnits: Known<number | undefined>;
  readonly maxWriteRequestUnits: Known<number | undefined>;
  readonly scaling: readonly TableScaling[];
  readonly scalingComplete: Truth;
  readonly key: Known<string | undefined>;
}

export const dynamodbTable = service<DynamodbTableFacts>({
  id: 'dynamodb-table',
  title: 'DynamoDB table',
  kind: 'store',
  types: [DYNAMODB_TABLE],
  parts: [
    { type: TABLE_REPLICA, of: 'globalTableArn' },
    { type: GLOBAL_TABLE_2017, of: 'name' },
    { type: 'aws:dynamodb/tag:Tag', of: 'resourceArn' },
  ],
  // Defaults are those in the docs of dynamodb.Table and its blocks in @pulumi/aws 7.48, the same in 5 and 6.
  declare(props, view) {
    const attached = view.attached(props.id, TABLE_REPLICA, 'globalTableArn');
    const old = globalTableOf(props, view);
    const scaling = scalingOf(props, view);
    const inline = map(props.blocks('replicas'), (blocks) => blocks.map((block) => inlineReplica(block, props, view)));
    const beside = attached.found.map((part) => besideReplica(part, props, view));
    const replicas = map(together({ inline, of2017: replicasOf2017(old.found, props) }), (lists) => [
      ...lists.inline,
      ...beside,
      ...lists.of2017,
    ]);
    const witnessRegion = props.text('globalTableWitness.regionName');
    return {
      ...identityOf(props),
      replicas,
      replicasComplete: all([completeness(attached), completeness(old)]),
      witnessRegion,
      strongTopology: strongTopology(replicas, witnessRegion, props),
      version2017: old.found.length > 0 ? yes('dynamodb.GlobalTable') : not(completeness(old)),
      pointInTimeRecovery: props.flag('pointInTimeRecovery.enabled', false),
      recoveryPeriodDays: props.number('pointInTimeRecovery.recoveryPeriodInDays', 35),
      deletionProtection: props.flag('deletionProtectionEnabled', false),
      streamEnabled: props.flag('streamEnabled', false),
      streamViewType: props.text('streamViewType'),
      billingMode: props.text('billingMode', 'PROVISIONED'),
      readCapacity: props.number('readCapacity'),
      writeCapacity: props.number('writeCapacity'),
      maxReadRequestUnits: props.number('onDemandThroughput.maxReadRequestUnits'),
      maxWriteRequestUnits: props.number('onDemandThroughput.maxWriteRequestUnits'),
      scaling: scaling.found.map((target) => ({
        id: target.id,
        region: target.region,
        dimension: target.text('scalableDimension'),
        min: target.number('minCapacity'),
        max: target.number('maxCapacity'),
      })),
      scalingComplete: completeness(scaling),
      // Without a key of one's own, AWS encrypts under a key that it owns; the provider sends the key only when it is enabled.
      key: andThen(props.flag('serverSideEncryption.enabled', false), (enabled) =>
        enabled ? keyReference(props, 'serverSideEncryption.kmsKeyArn', view) : known(undefined),
      ),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      placement: regional,
      under: regionalImpacts(true),
      protections: [...regionProtections(facts), restore(facts), ...restoresOfReplicas(facts)].filter((p) => !ruledOut(p.armed)),
      links: linkTo(facts.key, 'key', 'serverSideEncryption.kmsKeyArn'),
      retentionDays: map(together({ on: facts.pointInTimeRecovery, days: facts.recoveryPeriodDays }), ({ on, days }) =>
        on ? days : 0,
      ),
    });
  },
});

/** A target names its table by reference (programs) or as `table/<name>` (state), also in the Regions of its replicas. */
function scalingOf(table: Props, view: View): Attached {
  const attached = view.attached(table.id, SCALING_TARGET, 'resourceId');
  const resourceId = map(table.computed('name'), (name) => `table/${name}`);
  const named = view.all(SCALING_TARGET).filter((target) =>
    fold(
      together({ wanted: resourceId, actual: target.text('resourceId') }),
      ({ wanted, actual }) => actual === wanted,
      () => false,
    ),
  );
  return { found: [...new Set([...attached.found, ...named])], doubts: attached.doubts };
}

function inlineReplica(block: Props, table: Props, view: View): TableReplica {
  const region = andThen(block.text('regionName'), (name) =>
    name === undefined ? unknown('not-reported', 'the replica names no Region', block.origin('regionName')) : known(name),
  );
  return {
    id: table.id,
    region,
    otherRegion: differ(region, table.region),
    strong: equals(block.text('consistencyMode', 'EVENTUAL'), 'STRONG'),
    pointInTimeRecovery: block.flag('pointInTimeRecovery', false),
    deletionProtection: block.flag('deletionProtectionEnabled', false),
    key: keyReference(block, 'kmsKeyArn', view),
  };
}

/** A dynamodb.TableReplica has no consistency mode: it is eventual. */
function besideReplica(part: Props, table: Props, view: View): TableReplica {
  return {
    id: part.id,
    region: part.region,
    otherRegion: inOtherRegion(part, table),
    strong: no('dynamodb.TableReplica is eventually consistent', { resource: part.id }),
    pointInTimeRecovery: part.flag('pointInTimeRecovery', false),
    deletionProtection: part.flag('deletionProtectionEnabled', false),
    key: keyReference(part, 'kmsKeyArn', view),
  };
}

/** The one version 2017 global table of this table's name that has a replica here, whichever Region it is declared in. */
function globalTableOf(table: Props, view: View): Attached {
  const { found, doubts } = view.attached(table.id, GLOBAL_TABLE_2017, 'name');
  const first = found[0] ?? view.all(GLOBAL_TABLE_2017).find((global) => holds(joins(global, table)));
  return { found: first === undefined ? [] : [first], doubts };
}

function joins(global: Props, table: Props): Truth {
  const regions = andThen(global.blocks('replicas'), (blocks) => collect(blocks.map((block) => block.text('regionName'))));
  return all([
    is(together({ a: global.text('name'), b: table.computed('name') }), ({ a, b }) => a !== undefined && a === b),
    is(together({ regions, here: table.region }), (at) => at.regions.includes(at.here)),
    not(inOtherAccount(global, table)),
  ]);
}

/** A version 2017 global table joins tables of one name; each is a resource of its own and keeps its own backups. */
function replicasOf2017(globals: readonly Props[], table: Props): Known<readonly TableReplica[]> {
  const lists = globals.map((global) =>
    map(global.blocks('replicas'), (blocks) =>
      blocks.map((block): TableReplica => {
        const region = andThen(block.text('regionName'), (name) =>
          name === undefined ? unknown('not-reported', 'the replica names no Region', block.origin('regionName')) : known(name),
        );
        const itself = unknown('not-reported', 'the table of that Region says so itself', { resource: global.id });
        return {
          id: global.id,
          region,
          otherRegion: differ(region, table.region),
          strong: no('version 2017 is eventually consistent', { resource: global.id }),
          pointInTimeRecovery: itself,
          deletionProtection: itself,
          key: itself,
        };
      }),
    ),
  );
  return map(collect(lists), (read) => read.flat().filter((replica) => !ruledOut(replica.otherRegion)));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-globaltable-globaltablewitness.html */
function strongTopology(replicas: Known<readonly TableReplica[]>, witness: Known<string | undefined>, table: Props): Truth {
  const detail =
    'a strongly consistent global table needs three distinct Regions: two replicas beside the table, or one and a witness';
  return andThen(together({ replicas, witness }), (read) => {
    const places = [
      table.region,
      ...read.replicas.map((r) => r.region),
      ...(read.witness === undefined ? [] : [known(read.witness)]),
    ];
    const allStrong = all(read.replicas.map((r) => r.strong));
    return all([
      places.length === 3 ? yes(detail) : no(detail, { resource: table.id }),
      allStrong,
      is(collect(places), (regions) => new Set(regions).size === 3, detail),
    ]);
  });
}

/**
 * Every replica of a global table takes reads and writes all the time; nothing is promoted, but clients must be led to
 * it (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html).
 */
function regionProtections(facts: DynamodbTableFacts): readonly Protection[] {
  const base = { mechanism: 'dynamodb-global-table', scopes: ['region'], automation: 'always-on' } as const;
  const time = fixed(0, 'every replica answers all the time; clients must be led to it');
  return fold<readonly TableReplica[], readonly Protection[]>(
    facts.replicas,
    (replicas) =>
      replicas.length > 0
        ? replicas.map((replica) =>
            protection({
              ...base,
              // Unless it is strong, the shape of a strong global table does not matter.
              armed: all([replica.otherRegion, any([not(replica.strong), facts.strongTopology])]),
              // One table in several Regions, whether its replica is declared inside it or beside it.
              successors: known([facts.id]),
              into: replica.region,
              time,
              point: pointOf(replica.strong),
              says: 'a replica in another Region goes on reading and writing',
            }),
          )
        : decide(facts.replicasComplete, { yes: () => [], no: () => [], unknown: (why) => [unknownReplica(base, why, time)] }),
    (why) => [unknownReplica(base, why, time)],
  );
}

function unknownReplica(
  base: Pick<Protection, 'mechanism' | 'scopes' | 'automation'>,
  why: Extract<Truth, { state: 'unknown' }>,
  time: Timing,
): Protection {
  return protection({
    ...base,
    armed: why,
    successors: why,
    into: why,
    time,
    point: timeUnknown(why),
    says: 'a replica in another Region, if there is one, goes on reading and writing',
  });
}

function pointOf(strong: Truth): Timing {
  return decide(strong, {
    yes: () => fixed(0, 'a write waits for a replica in another Region'),
    no: () => row('dynamodb-mrec-lag'),
    unknown: timeUnknown,
  });
}

/** Continuous backups restore into a new table, whose settings must be made again: PointInTimeRecovery_Howitworks.html */
function restore(facts: DynamodbTableFacts): Protection {
  return protection({
    mechanism: 'dynamodb-point-in-time-restore',
    scopes: ['data'],
    automation: 'human-execution',
    armed: equals(facts.pointInTimeRecovery, true, 'point-in-time recovery'),
    successors: known([facts.id]),
    time: row('dynamodb-pitr-restore'),
    point: row('dynamodb-pitr-point'),
    calls: [controlCall('dynamodb:RestoreTableToPointInTime')],
    says: 'somebody restores it to a point in time, into a new table',
  });
}

/** Point-in-time recovery is set for each replica by itself. */
function restoresOfReplicas(facts: DynamodbTableFacts): readonly Protection[] {
  return fold<readonly TableReplica[], readonly Protection[]>(
    facts.replicas,
    (replicas) =>
      replicas.map((replica) =>
        protection({
          mechanism: 'dynamodb-replica-point-in-time-restore',
          scopes: ['data'],
          automation: 'human-execution',
          armed: equals(replica.pointInTimeRecovery, true, 'point-in-time recovery of the replica'),
          successors: known([facts.id]),
          into: replica.region,
          time: row('dynamodb-pitr-restore'),
          point: row('dynamodb-pitr-point'),
          calls: [controlCall('dynamodb:RestoreTableToPointInTime', replica.region)],
          says: 'somebody restores a replica to a point in time, into a new table',
        }),
      ),
    () => [],
  );
}
