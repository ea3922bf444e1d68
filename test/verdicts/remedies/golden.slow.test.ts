/** The golden programs and the reference workload: the mend of each broken promise is among its options. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeSources } from '../../../scripts/commands/judging.ts';
import { buildEstate } from '../../../src/estate/estate.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import type { Judgement } from '../../../src/verdicts/judge.ts';
import { judge } from '../../../src/verdicts/judge.ts';
import type { Change } from '../../../src/verdicts/remedies/change.ts';
import { apply, nameOf, subjectOf } from '../../../src/verdicts/remedies/change.ts';
import type { Remedies } from '../../../src/verdicts/remedies/remedies.ts';
import { remediesOf } from '../../../src/verdicts/remedies/remedies.ts';
import { around, flags } from '../../golden/support.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const judged = async (source: string): Promise<Judgement> => (await judgeSources([source], flags, around)).judgement;

const short = (change: Change): string =>
  change.kind === 'set'
    ? `${nameOf(subjectOf(change))}.${change.property}`
    : `${change.kind} ${change.kind === 'add' ? change.resource.type.split(':').at(-1) : nameOf(subjectOf(change))}`;

/** From nothing: the changed code is read, owned and judged as any other. */
function again({ estate, catalogue, today, world }: Judgement, changes: readonly Change[]): Judgement {
  return judge(buildEstate(apply(estate.readings, changes), SERVICES), catalogue, { today, seed: flags.seed, world });
}

/** Every option that is said to keep its promise does so, judged from nothing. */
function expectKept(judgement: Judgement, { metrics }: Remedies): void {
  for (const { metric, options } of metrics) {
    for (const option of options) {
      const after = again(judgement, option.changes).verdicts.find((v) => v.metric.id === metric.id);
      expect([metric.id, after?.verdict === 'met']).toEqual([metric.id, option.effect === 'keeps']);
    }
  }
}

/** The changes of the best option for each metric; `helps` and `people` where nothing keeps it. */
const GOLDEN: readonly (readonly [folder: string, best: Readonly<Record<string, readonly string[] | string>>])[] = [
  ['01-rds-single-az', { 'RTO az': ['orders.multiAz'] }],
  // A replica and a plan that promotes it. Nobody publishes how long that takes: a drill must show it.
  ['02-multi-az-for-region', { 'RTO region': 'helps show', 'RPO region': 'helps show' }],
  // No change of code makes the failover of a Multi-AZ DB cluster quicker: its measured times do, as measured.yaml has them.
  ['03-multi-az-cluster-35s', { 'RTO az': 'people agree' }],
  ['04-aurora-one-instance', { 'RTO az': ['add ClusterInstance'] }],
  ['05-aurora-readers-same-az', { 'RTO az': ['orders-2.availabilityZone'] }],
  ['06-aurora-global-no-trigger', { 'RTO region': ['add MetricAlarm', 'add Role', 'add Plan'] }],
  [
    '08-approval-in-parallel',
    {
      'RTO region': [
        'shop.workflows[1].steps[0].parallelConfigs[0].steps[0]',
        'shop.workflows[0].steps[0].parallelConfigs[0].steps[0]',
      ],
    },
  ],
  [
    '09-switchover-only',
    {
      'RTO region': [
        'shop.workflows[1].steps[0].globalAuroraConfigs[0].behavior',
        'shop.workflows[0].steps[0].globalAuroraConfigs[0].behavior',
      ],
    },
  ],
  ['10-dynamodb-mrec-rpo-0', { 'RPO region': ['orders.replicas[0].consistencyMode', 'orders.globalTableWitness'] }],
  ['11-mrsc-without-witness', { 'RPO region': ['orders.globalTableWitness'] }],
  ['12-crr-without-kms-objects', { 'RPO region': ['documents.rules[0].sourceSelectionCriteria.sseKmsEncryptedObjects.status'] }],
  ['13-destination-suspended', { 'RPO region': ['documents-standby.versioningConfiguration.status'] }],
  ['14-alias-without-health', { 'RTO region': ['shop-primary.aliases[0].evaluateTargetHealth'] }],
  ['15-secret-in-one-region', { 'RTO region': ['payment-key.replicas'] }],
  ['16-standby-below-mbco', { 'MBCO region': ['standby.minSize', 'standby.maxSize'] }],
  // A person restores either way; how recent point-in-time recovery is nobody promises: a drill must show it.
  ['17-hourly-backup', { 'RPO data': 'helps show' }],
  ['19-unknown-output', { 'RTO az': ['orders.multiAz'] }],
];

describe('golden programs', () => {
  it.each(GOLDEN)('%s', async (folder, best) => {
    const judgement = await judged(fileURLToPath(new URL(`../../programs/golden/${folder}`, import.meta.url)));
    const remedies = remediesOf(judgement, { seed: flags.seed });
    const found = Object.keys(best).map((name) => {
      const one = remedies.metrics.find((m) => `${m.metric.type} ${m.metric.scope}` === name);
      const [option] = one?.options ?? [];
      if (option?.effect === 'keeps') return [name, option.changes.map(short)];
      return [name, `${option?.effect ?? 'people'} ${one?.pleas[0]?.ask}`];
    });
    expect(Object.fromEntries(found)).toEqual(best);
    expectKept(judgement, remedies);
  });
});

describe('the reference workload', () => {
  let judgement: Judgement;
  let remedies: Remedies;
  beforeAll(async () => {
    judgement = await judged(ROOT);
    remedies = remediesOf(judgement, { seed: flags.seed, goal: 100 });
  });

  /** What infra/plan/mends.ts changes for each of the five. */
  it.each([
    ['storefront RTO region', 'keeps', ['storefront-primary.ttl']],
    ['checkout RPO region', 'keeps', ['add TopicSubscription', 'add TopicSubscription']],
    ['catalogue-cache RTO az', 'keeps', ['catalogue-cache-primary.multiAzEnabled']],
    ['reporting RTO az', 'keeps', ['reporting.multiAz']],
    // A person restores what was copied: in time, and not automatically.
    ['reporting RPO region', 'helps', ['reporting.rules[0].schedule']],
  ])('has the mend of %s', (name, effect, changes) => {
    const one = remedies.metrics.find((m) => `${m.metric.serviceId} ${m.metric.type} ${m.metric.scope}` === name);
    expect(one?.options.map((o) => [o.effect, o.changes.map(short)])).toContainEqual([effect, changes]);
  });

  it('reaches no more than what does without a person, and says so', () => {
    const goal = remedies.goal;
    expect([goal?.wanted, goal?.reached, goal?.worsens]).toEqual([100, false, []]);
    const after = again(judgement, goal?.changes ?? []);
    expect(after.kpis?.kpi2.all.lower).toBe(goal?.after);
    expect(goal?.after).toBeGreaterThan(goal?.before ?? 100);
    const left = after.verdicts.filter((v) => v.countsForKpi2 && v.verdict !== 'met').map((v) => v.metric.id);
    const told = remedies.metrics.filter((m) => m.pleas.length > 0).map((m) => m.metric.id);
    expect(left.filter((id) => !told.includes(id))).toEqual([]);
  });

  it('reaches half of them with the fewest changes', () => {
    const { goal } = remediesOf(judgement, { seed: flags.seed, goal: 45 });
    expect([goal?.reached, goal?.smallest, goal?.changes.length]).toEqual([true, true, goal?.atLeast]);
    expect(again(judgement, goal?.changes ?? []).kpis?.kpi2.all.lower).toBeGreaterThanOrEqual(45);
  });
});
