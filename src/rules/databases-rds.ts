/** RDS DB instances and their backups, and the backups of clusters. */

import type { EstateResource } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, atLeast, because, is, no, not } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import { docdbCluster } from '../services/docdb-cluster.ts';
import { neptuneCluster } from '../services/neptune-cluster.ts';
import { rdsCluster } from '../services/rds-cluster.ts';
import type { RdsInstanceFacts } from '../services/rds-instance.ts';
import { rdsInstance } from '../services/rds-instance.ts';
import { rdsProxy } from '../services/rds-proxy.ts';
import type { Identity } from '../services/service.ts';
import { inOtherRegionThan } from './places.ts';
import {
  agreedDays,
  anyAgreed,
  anyNames,
  awsBackup,
  awsBackupDays,
  comesBack,
  days,
  startedByItself,
  strictest,
  when,
  whenAny,
} from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

const USER_GUIDE = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide';

/** Instances of Aurora belong to a cluster, which answers for them; `multiAz` means nothing to them. */
const ownStandby = (facts: RdsInstanceFacts) => all([not(facts.isReplica), is(facts.engine, (e) => !e.startsWith('aurora'))]);

const proxied = anyNames((context) => context.allFacts(rdsProxy).flatMap((proxy) => proxy.targets.map((link) => link.to)));

export const rdsRules: readonly Rule[] = [
  {
    id: 'rds-not-multi-az',
    family: 'databases',
    title: 'The database runs in one AZ',
    severity: 'critical',
    scopes: ['instance', 'az'],
    why: 'When the host or its AZ fails there is no standby to fail over to. Somebody must restore a backup into another AZ, which takes tens of minutes and loses the last minutes of writes.',
    fix: 'Set `multiAz: true` on the aws.rds.Instance.',
    source: `${USER_GUIDE}/Concepts.MultiAZ.Failover.html`,
    checks: [
      on(rdsInstance, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az')
          ? when([not(facts.multiAz), ownStandby(facts)], `${facts.name} runs in one AZ: \`multiAz\` is not true`, 'multiAz')
          : undefined,
      ),
    ],
  },
  {
    id: 'rds-multi-az-counted-for-region',
    family: 'databases',
    title: 'Multi-AZ is all that protects the database, and it ends with the Region',
    severity: 'critical',
    scopes: ['region'],
    why: 'The standby of a Multi-AZ instance is in the same Region. When the Region is lost, instance, standby and automated backups are lost together.',
    fix: 'Add an aws.rds.Instance with `replicateSourceDb` in another Region, or an aws.rds.InstanceAutomatedBackupsReplication, or an AWS Backup rule with a `copyActions` entry there.',
    source: `${USER_GUIDE}/USER_ReplicateBackups.html`,
    checks: [
      on(rdsInstance, (facts, item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [facts.multiAz, not(facts.isReplica), not(any([comesBack(item, 'region', context), not(facts.replicasComplete)]))],
              `${facts.name} has its standby and its backups in one Region; no replica, replicated backup or backup copy is elsewhere`,
              'multiAz',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'rds-read-replica-manual-promotion',
    family: 'databases',
    title: 'The replica in another Region is promoted by hand',
    severity: 'high',
    scopes: ['region'],
    why: 'RDS never promotes a read replica by itself. Until somebody notices, decides and calls PromoteReadReplica, the replica takes no writes. An ARC Region switch plan can do it, when a trigger starts it and no approval comes before the step.',
    fix: 'Name the replica in a step with `executionBlockType: "RdsPromoteReadReplica"` of an aws.arcregionswitch.Plan, in a workflow for its Region that `triggers` with `action: "activate"` start, without a ManualApproval step before it.',
    source: `${USER_GUIDE}/USER_ReadRepl.Promote.html`,
    checks: [
      on(rdsInstance, (facts, item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [
                facts.isReplica,
                andThen(facts.source, (urn) => inOtherRegionThan(urn, item, context)),
                not(startedByItself(facts.id, 'rds-promote-read-replica', context)),
              ],
              `${facts.name} stands by in another Region, and nothing in the sources promotes it without a person`,
              'replicateSourceDb',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'rds-backup-retention-zero',
    family: 'databases',
    title: 'The database keeps no automated backups, or keeps them too briefly',
    severity: 'critical',
    scopes: ['data'],
    why: 'Corrupted or deleted data can only be brought back from before the damage. The AWS provider turns the automated backups of an RDS DB instance off unless told otherwise; clusters keep one day. The most that automated backups can keep is 35 days.',
    fix: 'Set `backupRetentionPeriod` to at least the agreed days; beyond 35 days add an AWS Backup rule with a longer `lifecycle.deleteAfter`.',
    source: `${USER_GUIDE}/USER_WorkingWithAutomatedBackups.BackupRetention.html`,
    checks: [
      on(rdsInstance, (facts, item, context) => {
        const agreed = agreedDays(context, facts.id);
        const sentences = [
          ...(context.agreed(facts.id, 'data') ? [noBackups(facts, item)] : []),
          ...(agreed === undefined ? [] : [tooBrief(facts, agreed, item, context)]),
        ];
        return sentences.length === 0 ? undefined : whenAny([not(facts.isReplica)], sentences, 'backupRetentionPeriod');
      }),
      ...[rdsCluster, docdbCluster, neptuneCluster].map((module) =>
        on<Identity & { readonly backupRetentionDays: Known<number> }>(module, (facts, item, context) => {
          const agreed = agreedDays(context, facts.id);
          return agreed === undefined ? undefined : answer(tooBrief(facts, agreed, item, context), 'backupRetentionPeriod');
        }),
      ),
    ],
  },
  {
    id: 'rds-proxy-missing-short-rto',
    family: 'databases',
    title: 'The agreed recovery time is shorter than a failover without RDS Proxy',
    severity: 'medium',
    scopes: ['az'],
    why: 'A Multi-AZ failover typically takes 60 to 120 seconds until clients reach the new primary through DNS. RDS Proxy, or a driver that tracks the topology, keeps connections and skips the DNS wait.',
    fix: 'Put an aws.rds.Proxy with an aws.rds.ProxyTarget before the instance, or agree on a longer RTO.',
    source: `${USER_GUIDE}/Concepts.MultiAZ.Failover.html`,
    checks: [
      on(rdsInstance, (facts, _item, context) => {
        const rto = strictest(context, facts.id, 'RTO', 'az');
        if (rto === undefined || rto >= FAILOVER) return undefined;
        return when(
          [facts.multiAz, ownStandby(facts), not(proxied(facts.id, context))],
          `${facts.name} fails over in 60 to 120 s and has no RDS Proxy; the agreement needs ${formatDuration(rto)}`,
          'multiAz',
        );
      }),
    ],
  },
];

/** Seconds: the least that AWS calls typical for a Multi-AZ failover (Concepts.MultiAZ.Failover.html). */
const FAILOVER = 60;

function noBackups(facts: RdsInstanceFacts, item: EstateResource): Truth {
  return because(
    all([is(facts.backupRetentionDays, (n) => n === 0), not(awsBackup(item, 'data'))]),
    `${facts.name} keeps no automated backups, and no AWS Backup plan covers it`,
  );
}

/** Neither automated backups nor an AWS Backup plan keep what was agreed. */
function tooBrief(
  facts: Identity & { readonly backupRetentionDays: Known<number> },
  agreed: number,
  item: EstateResource,
  context: RuleContext,
): Truth {
  const long = atLeast(awsBackupDays(item, context), agreed);
  return andThen(facts.backupRetentionDays, (kept) =>
    kept >= agreed
      ? no(`kept for ${days(kept)}`)
      : because(not(long), `${facts.name} keeps automated backups for ${days(kept)}; the agreement needs ${days(agreed)}`),
  );
}
