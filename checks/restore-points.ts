/** What data can be restored from, as AWS shows it: point-in-time windows, recovery points of AWS Backup, and restores that were made. */
import type * as Backup from '@aws-sdk/client-backup';
import type { DescribeContinuousBackupsCommandInput, DescribeContinuousBackupsCommandOutput } from '@aws-sdk/client-dynamodb';
import type * as Rds from '@aws-sdk/client-rds';
import type { Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import type { Known } from '../src/model/known.ts';
import { andThen, collect, fold, known, map, together, unknown } from '../src/model/known.ts';
import type { Protection } from '../src/model/protection.ts';
import type { CheckInput } from './check.ts';
import { arnOf, nameOf, placeOf, reading, valueOr } from './questions.ts';

const automatedBackups = reading<
  Rds.DescribeDBInstanceAutomatedBackupsCommandInput,
  Rds.DescribeDBInstanceAutomatedBackupsCommandOutput
>('rds', 'rds:DescribeDBInstanceAutomatedBackups', { pages: ['Marker', 'Marker'] });
const describeClusters = reading<Rds.DescribeDBClustersCommandInput, Rds.DescribeDBClustersCommandOutput>(
  'rds',
  'rds:DescribeDBClusters',
  { pages: ['Marker', 'Marker'] },
);
const continuousBackups = reading<DescribeContinuousBackupsCommandInput, DescribeContinuousBackupsCommandOutput>(
  'dynamodb',
  'dynamodb:DescribeContinuousBackups',
);
const listVaults = reading<Backup.ListBackupVaultsCommandInput, Backup.ListBackupVaultsCommandOutput>(
  'backup',
  'backup:ListBackupVaults',
  { pages: ['NextToken', 'NextToken'] },
);
const listPoints = reading<
  Backup.ListRecoveryPointsByBackupVaultCommandInput,
  Backup.ListRecoveryPointsByBackupVaultCommandOutput
>('backup', 'backup:ListRecoveryPointsByBackupVault', { pages: ['NextToken', 'NextToken'] });
const listRestores = reading<Backup.ListRestoreJobsCommandInput, Backup.ListRestoreJobsCommandOutput>(
  'backup',
  'backup:ListRestoreJobs',
  { pages: ['NextToken', 'NextToken'] },
);

export const restoreCalls = [automatedBackups, describeClusters, continuousBackups, listVaults, listPoints, listRestores];

/** Moments that can be restored, in milliseconds since the epoch. */
export interface History {
  /** Undefined: there is none at all. */
  readonly newest: number | undefined;
  readonly oldest: number | undefined;
  /** When the resource was made; undefined: AWS does not say. */
  readonly begun: number | undefined;
  /** Greatest time without a new one, within the window of the check and up to now. */
  readonly gap: number | undefined;
}

const NOTHING: History = { newest: undefined, oldest: undefined, begun: undefined, gap: undefined };

/** Every listing is asked for once a place, at the first question. */
export class RestorePoints {
  readonly #input: CheckInput;
  readonly #asked = new Map<string, Promise<unknown>>();

  constructor(input: CheckInput) {
    this.#input = input;
  }

  /** Undefined: nothing that this check can measure brings the data back by this protection. */
  async of(item: EstateResource, protection: Protection): Promise<Known<History> | undefined> {
    const { mechanism } = protection;
    if (mechanism === 'backup-restore' || mechanism === 'backup-copy-restore') return this.#recoveryPoints(item, protection);
    const place = together({ at: placeOf(item), region: protection.into ?? item.resource.region });
    const at = map(place, (p) => ({ ...p.at, region: p.region }));
    if (mechanism === 'dynamodb-point-in-time-restore' || mechanism === 'dynamodb-replica-point-in-time-restore')
      return this.#table(item, at);
    const cluster = item.resource.type.endsWith('/cluster:Cluster');
    if (mechanism === 'rds-automated-backup-replication' || (mechanism === 'rds-point-in-time-restore' && !cluster))
      return item.resource.type.endsWith('/instance:Instance') ? this.#window(item, at, 'instances') : undefined;
    return mechanism.endsWith('-point-in-time-restore') && cluster ? this.#window(item, at, 'clusters') : undefined;
  }

  async #table(item: EstateResource, at: Known<Place>): Promise<Known<History>> {
    return this.#at(together({ at, name: nameOf(item, 'name') }), async ({ at: place, name }) =>
      andThen(await this.#input.aws.ask(continuousBackups, { TableName: name }, place, ['TableNotFoundException']), (reply) => {
        const shown = reply?.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
        if (shown?.PointInTimeRecoveryStatus !== 'ENABLED') return known(NOTHING);
        return known(this.#windowOf(shown.EarliestRestorableDateTime, shown.LatestRestorableDateTime));
      }),
    );
  }

  async #window(item: EstateResource, at: Known<Place>, kind: 'instances' | 'clusters'): Promise<Known<History>> {
    return this.#at(together({ at, arn: arnOf(item) }), async ({ at: place, arn }) => {
      const windows = await this.#once(`${kind} ${place.account} ${place.region}`, () =>
        kind === 'instances' ? this.#instanceWindows(place) : this.#clusterWindows(place),
      );
      return map(windows, (found) => found.get(arn) ?? NOTHING);
    });
  }

  async #instanceWindows(place: Place): Promise<Known<ReadonlyMap<string, History>>> {
    const pages = await this.#input.aws.pages(automatedBackups, { MaxRecords: 100 }, place);
    return map(
      pages,
      (list) =>
        new Map(
          list
            .flatMap((p) => p.DBInstanceAutomatedBackups ?? [])
            .map((b) => [
              b.DBInstanceArn ?? '',
              this.#windowOf(b.RestoreWindow?.EarliestTime, b.RestoreWindow?.LatestTime, b.InstanceCreateTime),
            ]),
        ),
    );
  }

  async #clusterWindows(place: Place): Promise<Known<ReadonlyMap<string, History>>> {
    const pages = await this.#input.aws.pages(describeClusters, { MaxRecords: 100 }, place);
    return map(
      pages,
      (list) =>
        new Map(
          list
            .flatMap((p) => p.DBClusters ?? [])
            .map((c) => [
              c.DBClusterArn ?? '',
              this.#windowOf(c.EarliestRestorableTime, c.LatestRestorableTime, c.ClusterCreateTime),
            ]),
        ),
    );
  }

  #windowOf(from: Date | undefined, until: Date | undefined, made?: Date): History {
    if (until === undefined) return NOTHING;
    return { newest: until.getTime(), oldest: from?.getTime(), begun: made?.getTime(), gap: this.#input.now - until.getTime() };
  }

  /** In vaults of its own place, or for a copy in those of another Region or account, among the places that were looked at. */
  async #recoveryPoints(item: EstateResource, protection: Protection): Promise<Known<History>> {
    return this.#at(together({ at: placeOf(item), arn: arnOf(item) }), async ({ at: own, arn }) => {
      const copy = protection.mechanism === 'backup-copy-restore';
      const away = protection.scopes.includes('account');
      const region = protection.into === undefined ? undefined : valueOr(protection.into, undefined);
      const places = this.#input.places.filter((p) => {
        if (!copy) return p.account === own.account && p.region === own.region;
        if (away && p.account === own.account) return false;
        return (region === undefined || p.region === region) && (p.account !== own.account || p.region !== own.region);
      });
      if (places.length === 0) {
        const where = away ? 'of the other account' : `in ${region ?? 'the other Region'}`;
        return unknown('not-reported', `the vaults ${where}, where ${item.title} is copied to, were not looked at`);
      }
      const found = await Promise.all(places.map(async (p) => map(await this.points(p), (points) => points.get(arn) ?? [])));
      const read = map(collect(found), (lists) => lists.flat());
      const continuous = valueOr(
        map(read, (all) => all.some((p) => p.continuous)),
        false,
      );
      // For RDS the window of the database is that of the continuous backup (AWS Backup guide, point-in-time-recovery).
      if (continuous && item.resource.type.endsWith('/instance:Instance')) return this.#window(item, known(own), 'instances');
      if (continuous)
        return unknown('not-reported', `AWS Backup does not say how far its continuous backup of ${item.title} reaches`);
      return map(read, (all) => this.#historyOf(all));
    });
  }

  #historyOf(points: readonly Point[]): History {
    const times = points.map((p) => p.at).sort((a, b) => a - b);
    const newest = times.at(-1);
    const { since, now } = this.#input;
    const gaps = [...times, now].map((at, i) => ({ at, gap: i === 0 ? 0 : at - (times[i - 1] ?? at) }));
    const gap = newest === undefined ? undefined : Math.max(...gaps.filter((g) => g.at >= since).map((g) => g.gap));
    return { newest, oldest: times[0], begun: undefined, gap };
  }

  /** Completed recovery points of every resource in the vaults of one place. */
  points(place: Place): Promise<Known<ReadonlyMap<string, readonly Point[]>>> {
    return this.#once(`points ${place.account} ${place.region}`, async () => {
      const vaults = await this.vaults(place);
      const names = valueOr(
        map(vaults, (all) =>
          all.flatMap((v) => (v.BackupVaultName === undefined || v.NumberOfRecoveryPoints === 0 ? [] : [v.BackupVaultName])),
        ),
        [],
      );
      const lists = await Promise.all(
        names.map((name) => this.#input.aws.pages(listPoints, { BackupVaultName: name, MaxResults: 1000 }, place)),
      );
      return andThen(vaults, () =>
        map(collect(lists), (all) => {
          const byResource = new Map<string, Point[]>();
          for (const p of all.flatMap((pages) => pages.flatMap((page) => page.RecoveryPoints ?? []))) {
            const continuous = p.Status === 'AVAILABLE';
            if ((p.Status !== 'COMPLETED' && !continuous) || p.CreationDate === undefined || p.ResourceArn === undefined)
              continue;
            const point = { arn: p.RecoveryPointArn ?? '', at: p.CreationDate.getTime(), continuous };
            byResource.set(p.ResourceArn, [...(byResource.get(p.ResourceArn) ?? []), point]);
          }
          return byResource;
        }),
      );
    });
  }

  vaults(place: Place): Promise<Known<readonly Backup.BackupVaultListMember[]>> {
    return this.#once(`vaults ${place.account} ${place.region}`, async () =>
      map(await this.#input.aws.pages(listVaults, { MaxResults: 1000 }, place), (pages) =>
        pages.flatMap((p) => p.BackupVaultList ?? []),
      ),
    );
  }

  /** Restores of each resource since `from` (milliseconds), the newest first. */
  restores(place: Place, from: number): Promise<Known<ReadonlyMap<string, readonly Backup.RestoreJobsListMember[]>>> {
    return this.#once(`restores ${place.account} ${place.region}`, async () => {
      const pages = await this.#input.aws.pages(listRestores, { ByCreatedAfter: new Date(from), MaxResults: 1000 }, place);
      const points = await this.points(place);
      const sources = valueOr(
        map(points, (all) => new Map([...all].flatMap(([resource, list]) => list.map((p) => [p.arn, resource] as const)))),
        new Map<string, string>(),
      );
      return map(pages, (list) => {
        const jobs = list.flatMap((p) => p.RestoreJobs ?? []);
        const ordered = jobs.sort((a, b) => (b.CreationDate?.getTime() ?? 0) - (a.CreationDate?.getTime() ?? 0));
        const byResource = new Map<string, Backup.RestoreJobsListMember[]>();
        for (const job of ordered) {
          const resource = job.SourceResourceArn ?? sources.get(job.RecoveryPointArn ?? '');
          if (resource !== undefined) byResource.set(resource, [...(byResource.get(resource) ?? []), job]);
        }
        return byResource;
      });
    });
  }

  #at<T, R>(where: Known<T>, ask: (value: T) => Promise<Known<R>>): Promise<Known<R>> {
    return fold<T, Promise<Known<R>>>(where, ask, async (why) => why);
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const kept = this.#asked.get(key) as Promise<T> | undefined;
    if (kept !== undefined) return kept;
    const asked = ask();
    this.#asked.set(key, asked);
    return asked;
  }
}

interface Point {
  readonly arn: string;
  /** The moment whose data it holds, in milliseconds since the epoch. */
  readonly at: number;
  /** It grows on, and any moment within it can be restored (API reference, RecoveryPointByBackupVault, Status). */
  readonly continuous: boolean;
}
