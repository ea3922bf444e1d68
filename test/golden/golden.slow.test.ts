/**
 * The cases in which other tools, and people, most often take a promise for kept. Each is a small Pulumi program under
 * test/programs/golden with its catalogue. The same program with one property mended shows that the verdict hangs on that.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judgeSources } from '../../scripts/commands/judging.ts';
import { exitCode } from '../../scripts/commands/showing.ts';
import { decide } from '../../src/model/known.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import { resultOf } from '../../src/reports/result.ts';
import { around, flags } from './support.ts';

const PROGRAMS = fileURLToPath(new URL('../programs/golden/', import.meta.url));

interface Case {
  readonly folder: string;
  /** Configuration of the program. */
  readonly config?: readonly string[];
  /** Another catalogue than holdfast.yaml. */
  readonly catalog?: string;
  /** By metric: verdict and class of the path; when not met, the first condition that fails and the resource that decides. */
  readonly metrics: Readonly<Record<string, string>>;
  /** KPI 2 in percent; `–`: nothing was decided. */
  readonly kpi2: readonly [lower: number, point: number | '–', upper: number];
  readonly exit: 0 | 1 | 3;
}

const MEND = ['golden:mend=true'];
const variant = (name: string): readonly string[] => [`golden:variant=${name}`];

const CASES: readonly Case[] = [
  {
    folder: '01-rds-single-az',
    metrics: {
      'RTO az': 'not-met human-execution: mechanism of orders',
      'RPO az': 'not-met human-execution: mechanism of orders',
      'MBCO az': 'not-met human-execution: mechanism of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '01-rds-single-az',
    config: variant('backups'),
    metrics: {
      'RTO az': 'not-met human-execution: automatic of orders',
      'RPO az': 'not-met human-execution: automatic of orders',
      'MBCO az': 'not-met human-execution: automatic of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '01-rds-single-az',
    config: MEND,
    metrics: { 'RTO az': 'met service-native', 'RPO az': 'met service-native', 'MBCO az': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '02-multi-az-for-region',
    metrics: {
      'RTO az': 'met service-native',
      'RTO region': 'not-met human-execution: mechanism of orders',
      'RPO az': 'met always-on',
      'RPO region': 'not-met human-execution: mechanism of orders',
      'MBCO az': 'met service-native',
    },
    kpi2: [60, 60, 60],
    exit: 1,
  },
  {
    folder: '02-multi-az-for-region',
    config: MEND,
    metrics: {
      'RTO az': 'met service-native',
      'RTO region': 'not-met human-execution: automatic of orders',
      'RPO az': 'met always-on',
      'RPO region': 'not-met human-execution: automatic of orders',
      'MBCO az': 'met service-native',
    },
    kpi2: [60, 60, 60],
    exit: 1,
  },
  {
    folder: '03-multi-az-cluster-35s',
    // "Typically under 35 s" is the failover alone: with clients that connect again it is over a minute at its best.
    metrics: {
      'RTO az': 'not-met service-native: within of orders',
      'RPO az': 'met service-native',
      'MBCO az': 'not-met service-native: within of orders',
      'ola-shop RTO az': 'met service-native',
    },
    kpi2: [50, 50, 50],
    exit: 1,
  },
  {
    folder: '03-multi-az-cluster-35s',
    catalog: 'measured.yaml',
    metrics: {
      'RTO az': 'met service-native',
      'RPO az': 'met service-native',
      'MBCO az': 'met service-native',
      'ola-shop RTO az': 'met service-native',
    },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '04-aurora-one-instance',
    metrics: {
      'RTO az': 'not-met human-execution: automatic of orders',
      'RPO az': 'not-met human-execution: automatic of orders',
      'MBCO az': 'not-met human-execution: automatic of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '04-aurora-one-instance',
    config: MEND,
    metrics: { 'RTO az': 'met service-native', 'RPO az': 'met service-native', 'MBCO az': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '05-aurora-readers-same-az',
    metrics: {
      'RTO az': 'not-met human-execution: automatic of orders',
      'RPO az': 'not-met human-execution: automatic of orders',
      'MBCO az': 'not-met human-execution: automatic of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '05-aurora-readers-same-az',
    // Readers may share an AZ when the writer has another: either AZ leaves one to be the writer.
    config: variant('writer-elsewhere'),
    metrics: { 'RTO az': 'met service-native', 'RPO az': 'met service-native', 'MBCO az': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '05-aurora-readers-same-az',
    config: MEND,
    metrics: { 'RTO az': 'met service-native', 'RPO az': 'met service-native', 'MBCO az': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '06-aurora-global-no-trigger',
    metrics: {
      'RTO region': 'not-met human-execution: automatic of orders-primary, holds with a person',
      'RPO region': 'not-met human-execution: automatic of orders-primary, holds with a person',
      'MBCO region': 'not-met human-execution: automatic of orders-primary, holds with a person',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '07-region-switch-trigger',
    metrics: { 'RTO region': 'met orchestrated', 'RPO region': 'met orchestrated', 'MBCO region': 'met orchestrated' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '08-approval-in-parallel',
    metrics: {
      'RTO region': 'not-met human-decision: automatic of orders-primary, holds with a person',
      'RPO region': 'not-met human-decision: automatic of orders-primary, holds with a person',
      'MBCO region': 'not-met human-decision: automatic of orders-primary, holds with a person',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '08-approval-in-parallel',
    config: MEND,
    metrics: { 'RTO region': 'met orchestrated', 'RPO region': 'met orchestrated', 'MBCO region': 'met orchestrated' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '09-switchover-only',
    metrics: {
      'RTO region': 'not-met human-execution: automatic of orders-primary, holds with a person',
      'RPO region': 'not-met human-execution: automatic of orders-primary, holds with a person',
      'MBCO region': 'not-met human-execution: automatic of orders-primary, holds with a person',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '09-switchover-only',
    config: MEND,
    metrics: { 'RTO region': 'met orchestrated', 'RPO region': 'met orchestrated', 'MBCO region': 'met orchestrated' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '10-dynamodb-mrec-rpo-0',
    // The table answers in time; the critical finding about it stands in the way of every promise for the Region.
    metrics: {
      'RTO region': 'not-met service-native: findings of orders',
      'RPO region': 'not-met always-on: within of orders',
      'MBCO region': 'not-met service-native: findings of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '10-dynamodb-mrec-rpo-0',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '11-mrsc-without-witness',
    metrics: {
      'RTO region': 'not-met human-execution: mechanism of orders',
      'RPO region': 'not-met human-execution: mechanism of orders',
      'MBCO region': 'not-met human-execution: mechanism of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '11-mrsc-without-witness',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '12-crr-without-kms-objects',
    metrics: {
      'RTO region': 'not-met human-execution: mechanism of documents-primary',
      'RPO region': 'not-met human-execution: mechanism of documents-primary',
      'MBCO region': 'not-met human-execution: mechanism of documents-primary',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '12-crr-without-kms-objects',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '13-destination-suspended',
    metrics: {
      'RTO region': 'not-met human-execution: mechanism of documents-primary',
      'RPO region': 'not-met human-execution: mechanism of documents-primary',
      'MBCO region': 'not-met human-execution: mechanism of documents-primary',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '13-destination-suspended',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '14-alias-without-health',
    metrics: {
      'RTO region': 'not-met human-execution: automatic of shop-primary',
      'RPO region': 'met always-on',
      'MBCO region': 'not-met human-execution: automatic of shop-primary',
    },
    kpi2: [33.3, 33.3, 33.3],
    exit: 1,
  },
  {
    folder: '14-alias-without-health',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '15-secret-in-one-region',
    metrics: {
      'RTO region': 'not-met human-execution: mechanism of payment-key',
      'RPO region': 'met always-on',
      'MBCO region': 'not-met human-execution: mechanism of payment-key',
    },
    kpi2: [33.3, 33.3, 33.3],
    exit: 1,
  },
  {
    folder: '15-secret-in-one-region',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '16-standby-below-mbco',
    metrics: {
      'RTO region': 'not-met human-execution: mechanism of standby',
      'RPO region': 'met always-on',
      'MBCO region': 'not-met human-execution: mechanism of standby',
    },
    kpi2: [33.3, 33.3, 33.3],
    exit: 1,
  },
  {
    folder: '16-standby-below-mbco',
    // A plan would scale it out, and nobody promises that there is anything to launch.
    config: variant('larger-maximum'),
    metrics: {
      'RTO region': 'unknown orchestrated: mechanism of standby',
      'RPO region': 'met always-on',
      'MBCO region': 'unknown orchestrated: mechanism of standby',
    },
    kpi2: [33.3, 100, 100],
    exit: 3,
  },
  {
    folder: '16-standby-below-mbco',
    config: MEND,
    metrics: { 'RTO region': 'met service-native', 'RPO region': 'met always-on', 'MBCO region': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
  {
    folder: '17-hourly-backup',
    metrics: {
      'RTO data': 'not-met human-execution: automatic of orders',
      'RPO data': 'not-met human-execution: automatic of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '17-hourly-backup',
    config: MEND,
    metrics: {
      'RTO data': 'not-met human-execution: automatic of orders, holds with a person',
      'RPO data': 'not-met human-execution: automatic of orders',
    },
    kpi2: [0, 0, 0],
    exit: 1,
  },
  {
    folder: '19-unknown-output',
    metrics: {
      'RTO az': 'unknown service-native: mechanism of orders',
      'RPO az': 'unknown always-on: mechanism of orders',
      'MBCO az': 'unknown service-native: mechanism of orders',
    },
    kpi2: [0, '–', 100],
    exit: 3,
  },
  {
    folder: '19-unknown-output',
    config: MEND,
    metrics: { 'RTO az': 'met service-native', 'RPO az': 'met service-native', 'MBCO az': 'met service-native' },
    kpi2: [100, 100, 100],
    exit: 0,
  },
];

const judged = ({ folder, config = [], catalog }: Pick<Case, 'folder' | 'config' | 'catalog'>) =>
  judgeSources(
    [PROGRAMS + folder],
    { ...flags, config, ...(catalog === undefined ? {} : { catalog: `${PROGRAMS}${folder}/${catalog}` }) },
    around,
  );

function said(v: MetricVerdict): string {
  const isOpen = (id: string): boolean => v.conditions.some((c) => c.id === id && holds(c.holds) === v.verdict);
  const failed = v.conditions.find((c) => isOpen(c.id));
  if (v.verdict === 'met') return `met ${v.automation}`;
  const person = holds(v.withPerson) === 'met' ? ', holds with a person' : '';
  return `${v.verdict} ${v.automation}: ${failed?.id} of ${v.decidedBy?.split('::').at(-1)}${person}`;
}

const holds = (t: MetricVerdict['withPerson']): string =>
  decide(t, { yes: () => 'met', no: () => 'not-met', unknown: () => 'unknown' });

const percent = (n: number | undefined): number | '–' => (n === undefined ? '–' : Math.round(n * 10) / 10);

const label = ({ metric }: MetricVerdict): string =>
  `${metric.agreementId === 'sla-shop' ? '' : `${metric.agreementId} `}${metric.type} ${metric.scope}`;

describe('golden cases', () => {
  it.each(CASES.map((c) => [c.folder, [...(c.config ?? []), c.catalog].join(' '), c] as const))('%s %s', async (_, __, c) => {
    const { judgement } = await judged(c);
    const result = resultOf(judgement, flags.seed);
    const share = judgement.kpis?.kpi2.all;
    expect({
      metrics: Object.fromEntries(judgement.verdicts.map((v) => [label(v), said(v)])),
      kpi2: [percent(share?.lower), percent(share?.point), percent(share?.upper)],
      exit: exitCode(result, { failOn: 'critical' }, 'designed'),
      notModelled: result.resources.notModelled,
    }).toEqual({ metrics: c.metrics, kpi2: c.kpi2, exit: c.exit, notModelled: 0 });
  });

  it('an hourly backup is too old besides being restored by a person', async () => {
    const within = async (config: readonly string[]) => {
      const { judgement } = await judged({ folder: '17-hourly-backup', config });
      const rpo = judgement.verdicts.find((v) => v.metric.type === 'RPO');
      const condition = rpo?.conditions.find((c) => c.id === 'within');
      return [condition === undefined ? 'none' : holds(condition.holds), rpo?.decidingRow];
    };
    expect(await within([])).toEqual(['not-met', undefined]);
    // Point-in-time recovery is five minutes behind as a rule; nobody promises that it is never fifteen.
    expect(await within(MEND)).toEqual(['unknown', 'dynamodb-pitr-point']);
  });

  it('a value that only a deployment knows is named', async () => {
    const { judgement } = await judged({ folder: '19-unknown-output' });
    expect(judgement.verdicts.map((v) => v.reason)).toEqual(Array(3).fill(expect.stringContaining('multiAz')));
  });
});
