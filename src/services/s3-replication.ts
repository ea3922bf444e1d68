/** S3 replication: what each rule copies, where to, and whether anything keeps it from copying. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, decide, equals, fold, is, known, map, no, not, unknown, yes } from '../model/known.ts';
import type { Protection } from '../model/protection.ts';
import { fixed, row } from '../model/protection.ts';
import { differ, inOtherAccount, inOtherRegion } from './apart.ts';
import { keyReference, keyRegion } from './kms-key.ts';
import { spelling } from './links.ts';
import { besides, bucketVersioned, S3_BUCKET, S3_PARTS, wholeOf } from './s3-inputs.ts';
import type { Identity } from './service.ts';
import type { Props, View } from './view.ts';

export interface ReplicationRule {
  readonly enabled: Truth;
  /** The rule covers every object; else only those with a prefix or tag. */
  readonly whole: Truth;
  readonly destination: Known<string>;
  readonly destinationRegion: Known<string>;
  readonly otherRegion: Truth;
  readonly otherAccount: Truth;
  readonly destinationVersioned: Truth;
  /** Objects under SSE-KMS are selected (`sseKmsEncryptedObjects`) and have a key at the destination. */
  readonly kmsObjects: Truth;
  readonly replicaKey: Known<string | undefined>;
  /** Copies go to an archive class and must be restored before they can be read. */
  readonly archived: Truth;
  /** S3 Replication Time Control. */
  readonly timeControl: Truth;
  readonly metrics: Truth;
  readonly deleteMarkers: Truth;
  readonly replicaModifications: Truth;
  /** The destination has an enabled rule back to this bucket. */
  readonly reverse: Truth;
}

/** The rules of a bucket, from its own replication resource or from its inline input. */
export function readReplication(bucket: Props, view: View): Known<readonly ReplicationRule[]> {
  return map(ruleBlocks(bucket, view), (rules) => rules.map((rule) => readRule(rule, bucket, view)));
}

function ruleBlocks(bucket: Props, view: View): Known<readonly Props[]> {
  return andThen(besides(bucket, S3_PARTS.replication, view), (owner) =>
    owner.type === S3_PARTS.replication ? owner.blocks('rules') : owner.blocks('replicationConfiguration.rules'),
  );
}

function readRule(rule: Props, bucket: Props, view: View): ReplicationRule {
  const destination = destinationOf(rule, view);
  const other = map(destination, (urn) => view.get(urn));
  const ask = (question: (bucket: Props) => Truth): Truth =>
    andThen(other, (found) =>
      found === undefined
        ? unknown('dangling', 'the destination bucket is not in the sources', rule.origin('destination.bucket'))
        : question(found),
    );
  const keyPath = spelling(rule, 'destination.encryptionConfiguration.replicaKmsKeyId', 'destination.replicaKmsKeyId');
  const destinationRegion = andThen(
    other,
    (found) => found?.region ?? unknown('dangling', 'the destination bucket is not in the sources'),
  );
  return {
    enabled: equals(rule.text('status'), 'Enabled'),
    whole: wholeOf(rule, ['prefix', 'filter.prefix', 'filter.tag', 'filter.tags', 'filter.and']),
    destination,
    destinationRegion,
    otherRegion: ask((found) => inOtherRegion(bucket, found)),
    otherAccount: ask((found) => inOtherAccount(bucket, found)),
    destinationVersioned: ask((found) => bucketVersioned(found, view)),
    kmsObjects: kmsObjectsCopied(rule, keyPath, destinationRegion, view),
    replicaKey: keyReference(rule, keyPath, view),
    archived: is(rule.text('destination.storageClass'), (c) => c === 'GLACIER' || c === 'DEEP_ARCHIVE'),
    timeControl: equals(rule.text('destination.replicationTime.status'), 'Enabled'),
    metrics: equals(rule.text('destination.metrics.status'), 'Enabled'),
    deleteMarkers: deleteMarkersCopied(rule),
    replicaModifications: equals(rule.text('sourceSelectionCriteria.replicaModifications.status'), 'Enabled'),
    reverse: ask((found) => copiesBackTo(bucket, found, view)),
  };
}

function destinationOf(rule: Props, view: View): Known<string> {
  const path = 'destination.bucket';
  return andThen(view.target(rule, path, [S3_BUCKET]), (urn) =>
    urn === undefined ? unknown('error', 'the rule names no destination bucket', rule.origin(path)) : known(urn),
  );
}

/**
 * SSE-KMS objects are left out unless the rule selects them, and need a key in the destination's Region
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html).
 */
function kmsObjectsCopied(rule: Props, keyPath: string, destinationRegion: Known<string>, view: View): Truth {
  const selection = 'sourceSelectionCriteria.sseKmsEncryptedObjects';
  const selected =
    rule.raw(`${selection}.enabled`) === undefined
      ? equals(rule.text(`${selection}.status`), 'Enabled')
      : rule.flag(`${selection}.enabled`, false);
  const value = rule.raw(keyPath);
  const key =
    value === undefined || value === null || value === ''
      ? no('the rule names no key for the copies', rule.origin(keyPath))
      : not(
          differ(keyRegion(rule, keyPath, view), destinationRegion, 'the key for the copies must be in the destination Region'),
        );
  return all([selected, key]);
}

/** Rules without a filter (the first version of the schema) copy delete markers; with one, only when told to. */
function deleteMarkersCopied(rule: Props): Truth {
  const path = spelling(rule, 'deleteMarkerReplication.status', 'deleteMarkerReplicationStatus');
  return is(rule.text(path), (status) => (status === undefined ? rule.raw('filter') === undefined : status === 'Enabled'));
}

function copiesBackTo(source: Props, destination: Props, view: View): Truth {
  return andThen(ruleBlocks(destination, view), (rules) =>
    rules.length === 0
      ? no('the destination has no rule')
      : any(
          rules.map((rule) =>
            all([equals(rule.text('status'), 'Enabled'), is(destinationOf(rule, view), (urn) => urn === source.id)]),
          ),
        ),
  );
}

/** What `replicationProtections` needs of a bucket's facts. */
export interface ReplicationSource extends Identity {
  readonly versioned: Truth;
  readonly encryption: Known<string>;
  readonly replication: Known<readonly ReplicationRule[]>;
}

/**
 * One protection a rule and scope. Unknown rules give one of unknown force, so that nothing is concluded from them.
 * Sending readers and writers to the copy is judged by the estate, not here.
 */
export function replicationProtections(facts: ReplicationSource): readonly Protection[] {
  return fold(
    facts.replication,
    (rules) =>
      rules.flatMap((rule) => [
        protection(facts, rule, 'region', rule.otherRegion),
        ...decide(rule.otherAccount, {
          yes: () => [protection(facts, rule, 'account', rule.otherAccount)],
          no: () => [],
          unknown: () => [protection(facts, rule, 'account', rule.otherAccount)],
        }),
      ]),
    (why) => [{ ...COPY, scopes: ['region', 'account'], armed: why, successors: why, into: why }],
  );
}

function protection(facts: ReplicationSource, rule: ReplicationRule, scope: 'region' | 'account', apart: Truth): Protection {
  const armed = all([
    rule.enabled,
    apart,
    facts.versioned,
    rule.destinationVersioned,
    encryptedObjectsCopied(facts, rule),
    allObjectsCopied(rule),
  ]);
  const archived = decide(rule.archived, { yes: () => true, no: () => false, unknown: () => true });
  return {
    ...COPY,
    scopes: [scope],
    automation: archived ? 'human-execution' : 'always-on',
    armed,
    successors: map(rule.destination, (urn) => [urn]),
    into: rule.destinationRegion,
    time: archived ? row('s3-archive-restore') : COPY.time,
    point: decide(rule.timeControl, {
      yes: () => row('s3-rtc-lag'),
      no: () => row('s3-replication-lag'),
      unknown: () => row('s3-replication-lag'),
    }),
  };
}

const COPY = {
  mechanism: 's3-replication',
  automation: 'always-on',
  time: fixed(0, 'the copy answers at once'),
  point: row('s3-replication-lag'),
  calls: [],
  action: undefined,
  says: 'S3 copies new objects to a bucket elsewhere, which can be read and written at once',
} as const;

function encryptedObjectsCopied(facts: ReplicationSource, rule: ReplicationRule): Truth {
  return andThen(
    facts.encryption,
    (algorithm): Truth => (algorithm === 'AES256' ? yes('no KMS key is needed to copy') : rule.kmsObjects),
  );
}

/** A rule with a filter leaves the other objects behind; whether any of them is needed cannot be read from code. */
function allObjectsCopied(rule: ReplicationRule): Truth {
  return decide<Truth>(rule.whole, {
    yes: (fact) => fact,
    no: (fact) =>
      unknown(
        'unmapped',
        'the rule copies only objects with a certain prefix or tag; nobody says whether the others are needed',
        fact.from,
      ),
    unknown: (why) => why,
  });
}
