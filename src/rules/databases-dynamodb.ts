/** DynamoDB tables and global tables. */

import type { EstateResource } from '../estate/estate.ts';
import type { Truth } from '../model/known.ts';
import { all, andThen, any, atLeast, because, equals, is, no, not, together, yes } from '../model/known.ts';
import type { DynamodbTableFacts, TableReplica, TableScaling } from '../services/dynamodb-table.ts';
import { dynamodbTable } from '../services/dynamodb-table.ts';
import { elasticacheGlobal } from '../services/elasticache-global.ts';
import type { ReplicationGroupFacts } from '../services/elasticache-replication-group.ts';
import { elasticacheReplicationGroup } from '../services/elasticache-replication-group.ts';
import { agreedDays, awsBackup, awsBackupDays, days, strictest, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

const GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';

/** Some replica passes. Replicas that may exist out of sight leave a no open. */
function someReplica(facts: DynamodbTableFacts, test: (replica: TableReplica) => Truth): Truth {
  return andThen(facts.replicas, (replicas) => any([...replicas.map(test), not(facts.replicasComplete)]));
}

const replicated = (facts: DynamodbTableFacts): Truth => someReplica(facts, () => yes());

export const dynamodbRules: readonly Rule[] = [
  {
    id: 'dynamodb-no-pitr',
    family: 'databases',
    title: 'The table has no point-in-time recovery, or keeps it too briefly',
    severity: 'high',
    scopes: ['data'],
    why: 'A wrong write or delete can only be undone from a backup. Point-in-time recovery keeps every second of 1 to 35 days; without it whatever the last backup missed is gone. Each replica of a global table has its own setting.',
    fix: 'Set `pointInTimeRecovery: { enabled: true }` on the aws.dynamodb.Table, and `pointInTimeRecovery: true` on each of its replicas; keep longer with AWS Backup.',
    source: `${GUIDE}/PointInTimeRecovery.html`,
    checks: [
      on(dynamodbTable, (facts, item, context) => {
        const agreed = agreedDays(context, facts.id);
        const sentences = [
          ...(context.agreed(facts.id, 'data')
            ? [
                because(not(facts.pointInTimeRecovery), `${facts.name} has no point-in-time recovery`),
                because(
                  someReplica(facts, (r) => not(r.pointInTimeRecovery)),
                  `a replica of ${facts.name} has no point-in-time recovery`,
                ),
              ]
            : []),
          ...(agreed === undefined ? [] : [tooBrief(facts, agreed, item, context)]),
        ];
        return sentences.length === 0 ? undefined : whenAny([], sentences, 'pointInTimeRecovery');
      }),
    ],
  },
  {
    id: 'dynamodb-single-region',
    family: 'databases',
    title: 'The table is in one Region only',
    severity: 'critical',
    scopes: ['region'],
    why: 'DynamoDB spans the AZs of its Region and nothing beyond. Point-in-time recovery and on-demand backups stay in the Region too, so nothing is left elsewhere to read or to restore.',
    fix: 'Add an entry to `replicas` of the aws.dynamodb.Table for the standby Region, or have AWS Backup copy its backups there.',
    source: `${GUIDE}/V2globaltables_HowItWorks.html`,
    checks: [
      on(dynamodbTable, (facts, item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [not(replicated(facts)), not(awsBackup(item, 'region'))],
              `${facts.name} is in ${textOr(facts.region, 'one Region')} only: no replica and no backup copy elsewhere`,
              'replicas',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dynamodb-rpo0-needs-mrsc',
    family: 'databases',
    title: 'The agreement allows no loss, and the replicas are eventually consistent',
    severity: 'critical',
    scopes: ['region'],
    why: 'An eventually consistent replica is usually within a second of the others, without any promise; writes that it has not received are not there after the loss of a Region. Only multi-Region strong consistency makes a write wait for another Region.',
    fix: 'Set `consistencyMode: "STRONG"` on the `replicas` of a new table, with two replicas, or one and a `globalTableWitness`.',
    source: 'https://docs.aws.amazon.com/prescriptive-guidance/latest/dynamodb-global-tables/overview.html',
    checks: [
      on(dynamodbTable, (facts, _item, context) =>
        strictest(context, facts.id, 'RPO', 'region') === 0
          ? when(
              [replicated(facts), not(someReplica(facts, (r) => r.strong))],
              `${facts.name} replicates with eventual consistency; the agreement needs an RPO of 0s`,
              'replicas',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dynamodb-mrsc-topology',
    family: 'databases',
    title: 'A strongly consistent global table needs exactly three Regions',
    severity: 'high',
    scopes: ['region'],
    why: 'With fewer than two other Regions there is no majority left after the loss of one. DynamoDB takes three replicas, or two and a witness, in distinct Regions, and refuses anything else.',
    fix: 'Give the aws.dynamodb.Table two `replicas`, both `consistencyMode: "STRONG"`, or one and a `globalTableWitness`, in three different Regions.',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-globaltable-globaltablewitness.html',
    checks: [
      on(dynamodbTable, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [someReplica(facts, (r) => r.strong), not(facts.strongTopology)],
              `${facts.name} asks for strong consistency without three distinct Regions that all take part`,
              'replicas',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dynamodb-replica-capacity',
    family: 'databases',
    title: 'A replica cannot take the load of both Regions',
    severity: 'high',
    scopes: ['region'],
    why: 'With provisioned capacity a replica throttles once the traffic of the lost Region arrives, unless automatic scaling lets it grow at least as far as the table itself.',
    fix: 'Use `billingMode: "PAY_PER_REQUEST"`, or add an aws.appautoscaling.Target for the table in each replica Region with a `maxCapacity` for the load of both.',
    source: `${GUIDE}/V2globaltables_reqs_bestpractices.html`,
    checks: [
      on(dynamodbTable, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [equals(facts.billingMode, 'PROVISIONED'), replicated(facts)],
              [someReplica(facts, (replica) => cannotGrow(facts, replica))],
              'billingMode',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dynamodb-global-table-v1',
    family: 'databases',
    title: 'The global table is of the legacy version 2017.11.29',
    severity: 'low',
    scopes: ['region'],
    why: 'Each replica of the old version is a table of its own whose settings drift apart unnoticed, and it takes no new features, such as strong consistency.',
    fix: 'Convert it to the current version and declare the Regions as `replicas` of one aws.dynamodb.Table.',
    source: `${GUIDE}/V2globaltables_upgrade.html`,
    checks: [
      on(dynamodbTable, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when([facts.version2017], `${facts.name} belongs to a global table of version 2017.11.29`)
          : undefined,
      ),
    ],
  },
  {
    id: 'global-table-is-not-a-backup',
    family: 'databases',
    title: 'Replication is all that protects the data, and it copies the damage too',
    severity: 'critical',
    scopes: ['data'],
    why: 'A wrong write or delete reaches every replica within seconds. Without backups or earlier versions no copy from before the damage is left anywhere.',
    fix: 'Turn on point-in-time recovery (aws.dynamodb.Table) or snapshots (`snapshotRetentionLimit` of an aws.elasticache.ReplicationGroup), or assign the resource to an AWS Backup plan.',
    source:
      'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_backing_up_data_identified_backups_data.html',
    checks: [
      on(dynamodbTable, (facts, item, context) =>
        context.agreed(facts.id, 'data')
          ? when(
              [
                replicated(facts),
                not(facts.pointInTimeRecovery),
                not(someReplica(facts, (r) => r.pointInTimeRecovery)),
                not(awsBackup(item, 'data')),
              ],
              `${facts.name} has replicas and no backup: a wrong delete reaches all of them`,
              'pointInTimeRecovery',
            )
          : undefined,
      ),
      on(elasticacheGlobal, (facts, _item, context) =>
        context.agreed(facts.id, 'data')
          ? answer(
              because(
                andThen(facts.members, (members) =>
                  noneSnapshots(members.map((m) => context.facts(elasticacheReplicationGroup, m.id))),
                ),
                `no replication group of ${facts.name} keeps snapshots: what spoils its data reaches all of them`,
              ),
            )
          : undefined,
      ),
    ],
  },
];

function noneSnapshots(groups: readonly (ReplicationGroupFacts | undefined)[]): Truth {
  const known = groups.filter((group) => group !== undefined);
  return known.length < 2 ? no('it replicates to nothing') : all(known.map((g) => is(g.snapshotRetentionDays, (n) => n === 0)));
}

function tooBrief(facts: DynamodbTableFacts, agreed: number, item: EstateResource, context: RuleContext): Truth {
  const long = atLeast(awsBackupDays(item, context), agreed);
  return andThen(together({ on: facts.pointInTimeRecovery, kept: facts.recoveryPeriodDays }), ({ on: enabled, kept }) =>
    !enabled || kept >= agreed
      ? no()
      : because(not(long), `${facts.name} can be restored to the last ${days(kept)}; the agreement needs ${days(agreed)}`),
  );
}

/** For each dimension that scales in the table's own Region, the replica's Region must scale at least as far. */
function cannotGrow(facts: DynamodbTableFacts, replica: TableReplica): Truth {
  const there = `the replica of ${facts.name} in ${textOr(replica.region, 'another Region')}`;
  const inRegionOf = (target: TableScaling, region: TableReplica['region']): Truth =>
    is(together({ a: target.region, b: region }), ({ a, b }) => a === b);
  const scaled = any([...facts.scaling.map((target) => inRegionOf(target, replica.region)), not(facts.scalingComplete)]);
  const lower = any([
    no(),
    ...facts.scaling.flatMap((own) =>
      facts.scaling.map((other) =>
        all([
          inRegionOf(own, facts.region),
          inRegionOf(other, replica.region),
          is(
            together({ a: own.dimension, b: other.dimension, mine: own.max, theirs: other.max }),
            ({ a, b, mine, theirs }) => a === b && mine !== undefined && theirs !== undefined && theirs < mine,
          ),
        ]),
      ),
    ),
  ]);
  return any([
    because(not(scaled), `${there} has provisioned capacity and no automatic scaling`),
    because(lower, `${there} scales less far than the table itself`),
  ]);
}
