/** From what can data be restored right now, how far back, how old would it be, and has anybody tried? */
import type { RestoreJobsListMember } from '@aws-sdk/client-backup';
import type { EstateResource } from '../src/estate/estate.ts';
import { meaningOf } from '../src/estate/estate.ts';
import type { Metric } from '../src/model/agreement.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known } from '../src/model/known.ts';
import { andThen, any, decide, fold, is, known, map, together, unknown } from '../src/model/known.ts';
import type { Protection } from '../src/model/protection.ts';
import { formatAbout, formatDuration } from '../src/model/quantity.ts';
import type { Scope } from '../src/model/scope.ts';
import type { Check, CheckInput, CheckResult } from './check.ts';
import { arnOf, certainlyNot, Promises, placeOf, Report, valueOr } from './questions.ts';
import type { History } from './restore-points.ts';
import { RestorePoints, restoreCalls } from './restore-points.ts';

const SCOPES: readonly Scope[] = ['instance', 'az', 'region', 'data', 'account'];
const RESTORING = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/recovery-points.html';
const TESTING = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html';

const NO_POINT: RuleText = {
  id: 'live-no-restore-point',
  title: 'Backups are configured, and there is nothing to restore from',
  severity: 'critical',
  scopes: SCOPES,
  why: 'A plan, a tag or a retention period is not a backup. Until the first job has succeeded, and while jobs fail (role, key, window, opt-in of the resource type), nothing can be restored.',
  fix: 'Look at the backup and copy jobs of the resource, mend what makes them fail, start one by hand, and alarm on failed jobs.',
  source: RESTORING,
};

const POINT_OLD: RuleText = {
  id: 'live-restore-point-older-than-rpo',
  title: 'The newest data that can be restored is older than the agreed RPO',
  severity: 'critical',
  scopes: SCOPES,
  why: 'Everything written after the newest restore point is lost when the data must be restored. The schedule says how old that should be; the newest point says how old it is.',
  fix: 'Look for failed or skipped jobs, and shorten the schedule, or use continuous backups, where the RPO asks for it.',
  source: RESTORING,
};

const HISTORY_SHORT: RuleText = {
  id: 'live-history-shorter-than-retention',
  title: 'What can be restored does not reach as far back as agreed',
  severity: 'high',
  scopes: ['data'],
  why: 'Corruption is often found weeks after it happened. A history that was switched off, shortened or deleted for a while grows back only day by day.',
  fix: 'Find out since when backups are made, lengthen the retention, and lock the vault so that nobody shortens it.',
  source: RESTORING,
};

const RESTORE_SLOW: RuleText = {
  id: 'live-restore-slower-than-rto',
  title: 'A restore took longer than the agreed RTO',
  severity: 'high',
  scopes: ['data', 'account'],
  why: 'A restore of the same data took longer than what was agreed for the whole recovery, of which restoring is one step.',
  fix: 'Restore less at once, choose a faster store (snapshots, backtrack, versions), or agree on a longer time.',
  source: TESTING,
};

const RESTORE_FAILED: RuleText = {
  id: 'live-restore-failed',
  title: 'The last restore failed',
  severity: 'critical',
  scopes: ['data', 'account'],
  why: 'A backup that cannot be restored is none. Restores fail for missing roles, disabled keys, limits and subnets that nobody sees in the backup itself.',
  fix: 'Read the message of the restore job, mend its cause, and restore again.',
  source: TESTING,
};

const UNTESTED: RuleText = {
  id: 'live-restore-not-tested',
  title: 'Nobody has restored it for three months',
  severity: 'medium',
  scopes: ['data', 'account'],
  why: 'Whether a restore works, with the roles, keys and limits of today, and how long it takes, only a restore tells.',
  fix: 'Add a restore testing plan of AWS Backup that covers it.',
  source: TESTING,
};

/** ISO 22301 asks for exercises at planned intervals; a quarter is our default. */
const TESTED_MS = 92 * 86_400_000;

async function run(input: CheckInput): Promise<CheckResult> {
  const promises = new Promises(input.judgement);
  const points = new RestorePoints(input);
  const report = new Report();
  const items = [...input.judgement.estate.resources.values()].filter((i) => meaningOf(i)?.kind === 'store');
  // One after the other, so that what is said does not depend on which AWS answers first; listings are kept.
  for (const item of items) {
    const histories = await historiesOf(item, points);
    for (const { protection, history } of histories) tellHistory(item, protection, history, input, report);
    judgePoints(item, histories, promises, report);
    judgeRetention(item, histories, promises, input, report);
    if (histories.some((h) => h.protection.mechanism.startsWith('backup-')))
      await judgeRestores(item, points, promises, input, report);
  }
  await tellVaults(input, points, report);
  return report.result();
}

interface Measured {
  readonly protection: Protection;
  readonly history: Known<History>;
}

async function historiesOf(item: EstateResource, points: RestorePoints): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const protection of meaningOf(item)?.protections ?? []) {
    if (certainlyNot(protection.armed)) continue;
    const history = await points.of(item, protection);
    if (history !== undefined) measured.push({ protection, history });
  }
  return measured;
}

function tellHistory(
  item: EstateResource,
  protection: Protection,
  history: Known<History>,
  input: CheckInput,
  report: Report,
): void {
  const into = protection.into === undefined ? '' : ` in ${valueOr(protection.into, 'another Region')}`;
  const where = `${protection.mechanism}${protection.scopes.includes('account') ? ' in another account' : ''}${into}`;
  const newest = andThen(history, (h) => (h.newest === undefined ? noPoint(item) : known((input.now - h.newest) / 1000)));
  const at = valueOr(history, undefined)?.newest;
  report.fact(item, `age of the newest restore point (${where})`, newest, {
    unit: 'seconds',
    at: at === undefined ? undefined : new Date(at).toISOString(),
  });
  const oldest = andThen(history, (h) => (h.oldest === undefined ? noPoint(item) : known((input.now - h.oldest) / 1000)));
  report.fact(item, `history that can be restored (${where})`, oldest, { unit: 'seconds' });
}

const noPoint = (item: EstateResource): Known<number> =>
  unknown('not-reported', `there is nothing to restore ${item.title} from`, { resource: item.resource.urn });

/** Without any point everything would be lost. */
const ageOf = (history: Known<History>): Known<number> =>
  map(history, (h) => (h.gap === undefined ? Number.POSITIVE_INFINITY : h.gap / 1000));

function judgePoints(item: EstateResource, histories: readonly Measured[], promises: Promises, report: Report): void {
  for (const mechanism of new Set(histories.map((h) => h.protection.mechanism))) {
    const own = histories.filter((h) => h.protection.mechanism === mechanism);
    const none = own.map((h) => is(h.history, (v) => v.newest === undefined));
    for (const one of none)
      report.judge(NO_POINT, item, one, `${mechanism} is configured for ${item.title}, and there is nothing to restore from`);
    for (const metric of promises.through(item.resource.urn, [mechanism], ['RPO'])) {
      const serving = own.filter((h) => h.protection.scopes.includes(metric.scope));
      if (serving.length > 0) judgeAge(item, metric, serving, report);
    }
  }
}

function judgeAge(item: EstateResource, metric: Metric, serving: readonly Measured[], report: Report): void {
  // One place to restore from is enough.
  const within = any(serving.map((h) => is(ageOf(h.history), (age) => age <= metric.target)));
  decide(within, {
    yes: () => undefined,
    no: () => {
      const best = serving.map((h) => valueOr(ageOf(h.history), Number.POSITIVE_INFINITY));
      const age = Math.min(...best);
      const reason = Number.isFinite(age)
        ? `what ${item.title} is restored from was up to ${formatAbout(age)} old, and the RPO is ${formatDuration(metric.target)}`
        : `there is nothing to restore ${item.title} from`;
      report.find(POINT_OLD, item, reason);
      report.object([metric], 'not-met', reason, item);
    },
    unknown: (why) => {
      report.doubt(POINT_OLD, item, why);
      report.object([metric], 'unknown', why.detail, item);
    },
  });
}

/** A day's grace: points are deleted and made at some time of the day. */
const GRACE = 86_400;

function judgeRetention(
  item: EstateResource,
  histories: readonly Measured[],
  promises: Promises,
  input: CheckInput,
  report: Report,
): void {
  const here = histories.filter((h) => h.protection.scopes.includes('data'));
  if (here.length === 0) return;
  for (const metric of promises.on(item.resource.urn, ['RETENTION'])) {
    const reaches = any(
      here.map((h) => is(h.history, (v) => v.oldest !== undefined && (input.now - v.oldest) / 1000 + GRACE >= metric.target)),
    );
    // What is younger than the retention has its whole history.
    const whole = any(
      here.map((h) =>
        is(h.history, (v) => v.oldest !== undefined && v.begun !== undefined && (v.oldest - v.begun) / 1000 <= GRACE),
      ),
    );
    decide(any([reaches, whole]), {
      yes: () => undefined,
      no: () => {
        if (here.every((h) => valueOr(h.history, undefined)?.begun !== undefined)) {
          const reason = `the history of ${item.title} does not reach back ${formatDuration(metric.target)}, and it is older than that history`;
          report.find(HISTORY_SHORT, item, reason);
          report.object([metric], 'not-met', reason, item);
          return;
        }
        const why = `the history of ${item.title} does not reach back ${formatDuration(metric.target)}; whether it is younger than that is not known`;
        report.doubt(HISTORY_SHORT, item, unknown('not-reported', why, { resource: item.resource.urn }));
        report.object([metric], 'unknown', why, item);
      },
      unknown: (why) => {
        report.doubt(HISTORY_SHORT, item, why);
        report.object([metric], 'unknown', why.detail, item);
      },
    });
  }
}

const MECHANISMS = ['backup-restore', 'backup-copy-restore'];

async function judgeRestores(
  item: EstateResource,
  points: RestorePoints,
  promises: Promises,
  input: CheckInput,
  report: Report,
): Promise<void> {
  const jobs = await fold(
    together({ place: placeOf(item), arn: arnOf(item) }),
    async ({ place, arn }): Promise<Known<readonly RestoreJobsListMember[]>> =>
      map(await points.restores(place, input.now - TESTED_MS), (all) => all.get(arn) ?? []),
    async (why) => why,
  );
  const metrics = promises.through(item.resource.urn, MECHANISMS, ['RTO']);
  fold(
    jobs,
    (list) => {
      const [last] = list.filter((j) => j.Status === 'COMPLETED' || j.Status === 'FAILED' || j.Status === 'ABORTED');
      if (last === undefined) {
        if (metrics.length > 0) report.find(UNTESTED, item, `${item.title} was not restored in the last 92 days`);
        return;
      }
      tellRestore(item, last, metrics, report);
    },
    (why) => {
      if (metrics.length > 0) report.doubt(UNTESTED, item, why);
    },
  );
}

function tellRestore(item: EstateResource, job: RestoreJobsListMember, metrics: readonly Metric[], report: Report): void {
  const at = job.CompletionDate?.toISOString();
  if (job.Status !== 'COMPLETED' || job.ValidationStatus === 'FAILED') {
    const reason = `the last restore of ${item.title} failed${job.StatusMessage === undefined ? '' : `: ${job.StatusMessage}`}`;
    report.fact(item, 'last restore succeeded', known(false), { at });
    report.find(RESTORE_FAILED, item, reason);
    report.object(metrics, 'not-met', reason, item);
    return;
  }
  report.fact(item, 'last restore succeeded', known(true), { at });
  const { CreationDate: begun, CompletionDate: done } = job;
  if (begun === undefined || done === undefined) return;
  const seconds = (done.getTime() - begun.getTime()) / 1000;
  report.fact(item, 'time of the last restore', known(seconds), { unit: 'seconds', at });
  for (const metric of metrics.filter((m) => seconds > m.target)) {
    const reason = `the last restore of ${item.title} took ${formatAbout(seconds)}, and the RTO is ${formatDuration(metric.target)}`;
    report.find(RESTORE_SLOW, item, reason);
    report.object([metric], 'not-met', reason, item);
  }
}

const VAULTS = new Set(['aws:backup/vault:Vault', 'aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault']);

async function tellVaults(input: CheckInput, points: RestorePoints, report: Report): Promise<void> {
  for (const item of input.judgement.estate.resources.values()) {
    if (!VAULTS.has(item.resource.type)) continue;
    const shown = await fold(
      together({ place: placeOf(item), arn: arnOf(item) }),
      async ({ place, arn }) =>
        andThen(await points.vaults(place), (all) => {
          const vault = all.find((v) => v.BackupVaultArn === arn);
          return vault === undefined ? unknown('not-reported', `AWS Backup shows no vault ${item.title}`) : known(vault);
        }),
      async (why) => why,
    );
    report.fact(
      item,
      'vault is locked',
      map(shown, (v) => v.Locked === true),
    );
    report.fact(
      item,
      'recovery points',
      map(shown, (v) => v.NumberOfRecoveryPoints ?? 0),
      { unit: 'count' },
    );
  }
}

export const backups: Check = {
  id: 'backups',
  title: 'From what can data be restored, and has anybody tried?',
  rules: [NO_POINT, POINT_OLD, HISTORY_SHORT, RESTORE_SLOW, RESTORE_FAILED, UNTESTED],
  calls: restoreCalls,
  run,
};
