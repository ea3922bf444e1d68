/**
 * What AWS Backup gives a resource, in one place for every store: the rules of the plans that assign it, as protections.
 * Services know nothing of it; the estate adds these to the meaning of each store.
 */
import type { Known, Truth, Unknown } from '../model/known.ts';
import { all, andThen, any, decide, fold, known, map, no, not, unknown, yes } from '../model/known.ts';
import type { Protection, Timing } from '../model/protection.ts';
import { row, span, sum, timeUnknown } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import { differ } from './apart.ts';
import type { BackupCopy, BackupPlanFacts, BackupRule } from './backup-plan.ts';
import type { Backupable } from './backup-selection.ts';
import { covers } from './backup-selection.ts';
import { bucketVersioned, S3_BUCKET } from './s3-inputs.ts';
import type { Props, View } from './view.ts';

interface Kind {
  readonly resourceType: string;
  readonly service: string;
  readonly prefix: string;
  /** Input that holds the name at the end of the ARN; undefined: AWS makes it up. */
  readonly named: string | undefined;
  readonly continuous?: true;
}

/** Types that AWS Backup backs up (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html). */
const KINDS: Readonly<Record<string, Kind>> = {
  [S3_BUCKET]: { resourceType: 'S3', service: 's3', prefix: '', named: 'bucket', continuous: true },
  'aws:efs/fileSystem:FileSystem': {
    resourceType: 'EFS',
    service: 'elasticfilesystem',
    prefix: 'file-system/',
    named: undefined,
  },
  'aws:ebs/volume:Volume': { resourceType: 'EBS', service: 'ec2', prefix: 'volume/', named: undefined },
  'aws:ec2/instance:Instance': { resourceType: 'EC2', service: 'ec2', prefix: 'instance/', named: undefined },
  'aws:dynamodb/table:Table': { resourceType: 'DynamoDB', service: 'dynamodb', prefix: 'table/', named: 'name' },
  'aws:rds/instance:Instance': { resourceType: 'RDS', service: 'rds', prefix: 'db:', named: 'identifier', continuous: true },
  'aws:rds/cluster:Cluster': {
    resourceType: 'Aurora',
    service: 'rds',
    prefix: 'cluster:',
    named: 'clusterIdentifier',
    continuous: true,
  },
  'aws:docdb/cluster:Cluster': { resourceType: 'DocumentDB', service: 'rds', prefix: 'cluster:', named: 'clusterIdentifier' },
  'aws:neptune/cluster:Cluster': { resourceType: 'Neptune', service: 'rds', prefix: 'cluster:', named: 'clusterIdentifier' },
  'aws:redshift/cluster:Cluster': {
    resourceType: 'Redshift',
    service: 'redshift',
    prefix: 'cluster:',
    named: 'clusterIdentifier',
  },
  'aws:fsx/windowsFileSystem:WindowsFileSystem': {
    resourceType: 'FSx',
    service: 'fsx',
    prefix: 'file-system/',
    named: undefined,
  },
  'aws:fsx/lustreFileSystem:LustreFileSystem': { resourceType: 'FSx', service: 'fsx', prefix: 'file-system/', named: undefined },
  'aws:fsx/openZfsFileSystem:OpenZfsFileSystem': {
    resourceType: 'FSx',
    service: 'fsx',
    prefix: 'file-system/',
    named: undefined,
  },
  'aws:fsx/ontapVolume:OntapVolume': { resourceType: 'FSx', service: 'fsx', prefix: 'volume/', named: undefined },
};

/** The declared resource as AWS Backup sees it; undefined for types that it does not back up. */
export function backupable(props: Props, view: View): Backupable | undefined {
  const kind = KINDS[props.type];
  if (kind === undefined) return undefined;
  const clusterEngine = kind.resourceType === 'Aurora' ? props.text('engine') : known(undefined);
  return {
    id: props.id,
    // A Multi-AZ DB cluster is declared by the same type and counted as RDS.
    resourceType: fold(
      clusterEngine,
      (engine) => (engine === 'mysql' || engine === 'postgres' ? 'RDS' : kind.resourceType),
      () => kind.resourceType,
    ),
    region: props.region,
    account: props.account,
    arn: { service: kind.service, prefix: kind.prefix, name: arnName(props, kind), placed: kind.service !== 's3' },
    tags: props.tags,
    continuous: kind.continuous === true,
    ready: props.type === S3_BUCKET ? bucketVersioned(props, view) : yes(),
  };
}

function arnName(props: Props, kind: Kind): Known<string> {
  const arn = fold(
    props.computed('arn'),
    (value) => (typeof value === 'string' ? value.split(':').slice(5).join(':') : undefined),
    () => undefined,
  );
  if (arn?.startsWith(kind.prefix) === true) return known(arn.slice(kind.prefix.length), props.origin('arn'));
  const named = kind.named === undefined ? known(undefined) : props.text(kind.named);
  return fold<string | undefined, Known<string>>(
    named,
    (name, fact) =>
      name === undefined
        ? unknown('unresolved-at-preview', 'AWS or Pulumi makes up the name', props.origin('arn'))
        : known(name, fact.from),
    (why) => why,
  );
}

/**
 * Protections of one resource: `backup-restore` in its own Region for each rule that covers it, and `backup-copy-restore`
 * for each copy in another Region or account. A person restores in every case. `partial` is set when plans may be missing
 * from the sources: then one protection of unknown force stands for them.
 */
export function backupProtections(
  resource: Backupable,
  plans: readonly BackupPlanFacts[],
  partial?: Unknown,
): readonly Protection[] {
  const protections = plans.flatMap((plan) => {
    const covered = coveredBy(plan, resource);
    const certainlyNot = decide(covered, { yes: () => false, no: () => true, unknown: () => false });
    if (certainlyNot) return [];
    return fold(
      plan.rules,
      (rules) => rules.flatMap((rule) => ofRule(rule, resource, all([covered, resource.ready]))),
      (why) => [restore(resource, ['instance', 'az', 'data'], why, timeUnknown(why))],
    );
  });
  return partial === undefined
    ? protections
    : [...protections, restore(resource, ['instance', 'az', 'data'], partial, timeUnknown(partial))];
}

/**
 * Is the resource assigned to the plan? A selection that may belong to it leaves a no open. A plan backs up its own Region
 * and account only, whatever its ARNs say; accounts that the sources do not show are taken to be the same one.
 */
export function coveredBy(plan: BackupPlanFacts, resource: Backupable): Truth {
  const elsewhere = decide(differ(plan.account, resource.account), { yes: () => true, no: () => false, unknown: () => false });
  if (elsewhere) return known(false, { resource: plan.id }, 'the plan is of another account');
  const optIn = andThen(
    plan.optIn,
    (types): Truth => types[resource.resourceType] ?? no(`${resource.resourceType} is not opted in`),
  );
  const sameRegion = not(differ(plan.region, resource.region));
  const truths = plan.selections.map((selection) => covers(selection, resource, optIn));
  const open = [...truths, ...plan.doubts];
  return open.length === 0 ? known(false, { resource: plan.id }, 'the plan assigns nothing') : all([any(open), sameRegion]);
}

/** Days of history in AWS Backup: the longest that a covering rule keeps. Undefined when no plan can cover the resource. */
export function backupRetentionDays(resource: Backupable, plans: readonly BackupPlanFacts[]): Known<number> | undefined {
  let longest: Known<number> | undefined;
  for (const plan of plans) {
    const days = decide<Known<number> | undefined>(all([coveredBy(plan, resource), resource.ready]), {
      yes: () => longestKept(plan.rules),
      no: () => undefined,
      unknown: (why) => why,
    });
    if (days !== undefined) longest = longest === undefined ? days : longerOf(longest, days);
  }
  return longest;
}

function longestKept(rules: Known<readonly BackupRule[]>): Known<number> {
  return fold<readonly BackupRule[], Known<number>>(
    rules,
    (list) => list.map((rule) => rule.lifecycle.deleteAfterDays).reduce(longerOf, known(0)),
    (why) => why,
  );
}

function longerOf(a: Known<number>, b: Known<number>): Known<number> {
  return fold<number, Known<number>>(
    a,
    (x) => map(b, (y) => Math.max(x, y)),
    (why) => why,
  );
}

function ofRule(rule: BackupRule, resource: Backupable, armed: Truth): readonly Protection[] {
  const age = backupAge(rule);
  const inPlace = restore(resource, ['instance', 'az', 'data'], armed, continuousOr(rule, resource, age));
  return [
    inPlace,
    ...fold(
      rule.copies,
      (copies) => copies.flatMap((copy) => ofCopy(copy, resource, armed, age)),
      (why) => [copyRestore(resource, ['region', 'account'], all([armed, why]), why, age)],
    ),
    ...fold(
      rule.airGappedVault,
      (vault) => (vault === undefined ? [] : [copyRestore(resource, ['account'], all([armed, SHARING]), undefined, age)]),
      (why) => [copyRestore(resource, ['account'], all([armed, why]), undefined, age)],
    ),
  ];
}

/**
 * An air-gapped vault outlives the workload's account only when it is shared with another one (RAM) or has an approval
 * team (https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html), which code does not show.
 */
const SHARING: Truth = unknown(
  'not-reported',
  'whether the air-gapped vault is shared with another account is not in the sources',
);

function ofCopy(copy: BackupCopy, resource: Backupable, armed: Truth, age: Timing): readonly Protection[] {
  const apart = (scope: Scope, truth: Truth): readonly Protection[] =>
    decide(truth, {
      yes: () => [copyRestore(resource, [scope], all([armed, truth]), copy.region, age)],
      no: () => [],
      unknown: () => [copyRestore(resource, [scope], all([armed, truth]), copy.region, age)],
    });
  return [
    copyRestore(resource, ['data'], armed, copy.region, age),
    ...apart('region', copy.otherRegion),
    ...apart('account', copy.airGapped ? any([copy.otherAccount, SHARING]) : copy.otherAccount),
  ];
}

/**
 * Age of the newest finished backup, at worst: the longest gap of the schedule, and a job that starts and finishes at the
 * very end of its windows. AWS counts the completion window from the start in one text and from the schedule in another;
 * the sum bounds both. It supposes that every job succeeds.
 */
function backupAge(rule: BackupRule): Timing {
  return fold<number, Timing>(
    fold<number, Known<number>>(
      rule.gap,
      (gap) =>
        fold<number, Known<number>>(
          rule.startWindow,
          (start) => map(rule.completionWindow, (end) => gap + start + end),
          (why) => why,
        ),
      (why) => why,
    ),
    (seconds) => span(0, seconds, 'from the schedule: the longest gap between runs, the start window and the completion window'),
    timeUnknown,
  );
}

function continuousOr(rule: BackupRule, resource: Backupable, age: Timing): Timing {
  return resource.continuous
    ? decide<Timing>(rule.continuous, { yes: () => row('backup-continuous-lag'), no: () => age, unknown: () => age })
    : age;
}

function restore(resource: Backupable, scopes: readonly Scope[], armed: Truth, point: Timing): Protection {
  return {
    mechanism: 'backup-restore',
    scopes,
    automation: 'human-execution',
    armed,
    successors: known([resource.id]),
    into: undefined,
    time: row('backup-restore'),
    point,
    calls: [{ action: 'backup:StartRestoreJob', region: resource.region, plane: 'control' }],
    action: undefined,
    says: 'AWS Backup keeps recovery points, from which a person restores a new resource',
  };
}

/** Copies are snapshots even of continuous backups, so they lag by the schedule and the copying. */
function copyRestore(
  resource: Backupable,
  scopes: readonly Scope[],
  armed: Truth,
  region: Known<string> | undefined,
  age: Timing,
): Protection {
  return {
    ...restore(resource, scopes, armed, sum(age, row('backup-copy-lag'))),
    mechanism: 'backup-copy-restore',
    into: region,
    calls: [{ action: 'backup:StartRestoreJob', region, plane: 'control' }],
    says: 'AWS Backup copies recovery points elsewhere, from which a person restores a new resource',
  };
}
