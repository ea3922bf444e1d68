/** ElastiCache Serverless caches: AWS runs and replicates them over the AZs of the Region. */
import type { Known } from '../model/known.ts';
import { atLeast, known } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { row, span } from '../model/protection.ts';
import { controlCall, protection, ruledOut } from './database-parts.ts';
import { DAILY_SNAPSHOT_AGE } from './elasticache-replication-group.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';

export interface ServerlessCacheFacts extends Identity {
  readonly engine: Known<string | undefined>;
  readonly snapshotRetentionDays: Known<number>;
  readonly key: Known<string | undefined>;
}

export const elasticacheServerless = service<ServerlessCacheFacts>({
  id: 'elasticache-serverless',
  title: 'ElastiCache Serverless cache',
  kind: 'store',
  types: ['aws:elasticache/serverlessCache:ServerlessCache'],
  parts: [],
  declare(props, view) {
    return {
      ...identityOf(props),
      engine: props.text('engine'),
      // API CreateServerlessCache, SnapshotRetentionLimit: no automatic snapshots unless given.
      snapshotRetentionDays: props.number('snapshotRetentionLimit', 0),
      key: keyReference(props, 'kmsKeyId', view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      placement: regional,
      // Data is replicated over several AZs: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.html
      under: regionalImpacts(true),
      protections: [
        protection({
          mechanism: 'elasticache-snapshot-restore',
          scopes: ['data'],
          automation: 'human-execution',
          armed: atLeast(facts.snapshotRetentionDays, 1, 'daily snapshots'),
          successors: known([facts.id]),
          time: row('elasticache-restore'),
          point: span(0, DAILY_SNAPSHOT_AGE, 'a snapshot a day, within a window of an hour'),
          calls: [controlCall('elasticache:CreateServerlessCache')],
          says: 'somebody makes a new cache from the newest daily snapshot',
        }),
      ].filter((p) => !ruledOut(p.armed)),
      links: linkTo(facts.key, 'key', 'kmsKeyId'),
      retentionDays: facts.snapshotRetentionDays,
    });
  },
});
