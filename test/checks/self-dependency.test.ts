import { describe, expect, it } from 'vitest';
import type { OwnPlaces } from '../../checks/check.ts';
import { selfDependency } from '../../checks/self-dependency.ts';
import { out, type Spec } from '../services/support-traffic.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, factsOf, inputOf, noAws, rulesOf } from './support.ts';

const DB = 'aws:rds/instance:Instance';
const PAIR: readonly Spec[] = [
  {
    type: DB,
    name: 'orders',
    inputs: { identifier: 'orders', engine: 'postgres', backupRetentionPeriod: 7 },
    outputs: { arn: 'arn:aws:rds:us-east-1:111122223333:db:orders' },
  },
  {
    type: DB,
    name: 'orders-dr',
    region: 'eu-west-1',
    inputs: { identifier: 'orders-dr', replicateSourceDb: out(DB, 'orders', 'arn') },
  },
];
const AGREED = promising('{ RTO: { region: 1h } }');
const OUTSIDE: OwnPlaces = { runs: undefined, backend: 'https://api.pulumi.com', secretsProvider: undefined };

const checked = (own: OwnPlaces | undefined, aws = noAws, catalogue: string | undefined = AGREED) =>
  selfDependency.run({ ...inputOf(PAIR, catalogue, aws), ...(own === undefined ? {} : { own }) });
const at = (region: string) => ({ account: '111122223333', region });
const located = (constraint: string | undefined) =>
  answering(noAws, { 's3:GetBucketLocation': () => ({ LocationConstraint: constraint }) });

describe('what recovers a Region', () => {
  it.each<[string, OwnPlaces | undefined, readonly string[]]>([
    ['is outside of it', OUTSIDE, []],
    ['runs in it', { ...OUTSIDE, runs: at('us-east-1') }, ['self-runs-in-failing-region']],
    ['runs in the other one', { ...OUTSIDE, runs: at('eu-west-1') }, []],
    ['keeps its state in it', { ...OUTSIDE, backend: 's3://state?region=us-east-1' }, ['self-state-in-failing-region']],
    ['keeps its state elsewhere', { ...OUTSIDE, backend: 's3://state/shop?region=eu-west-1' }, []],
    [
      'keeps its state in a bucket nobody may ask about',
      { ...OUTSIDE, backend: 's3://state' },
      ['self-state-in-failing-region?'],
    ],
    ['has its key in it', { ...OUTSIDE, secretsProvider: 'awskms://alias/p?region=us-east-1' }, ['self-key-in-failing-region']],
    [
      'has its key in it, by ARN',
      { ...OUTSIDE, secretsProvider: 'awskms:///arn:aws:kms:us-east-1:111122223333:key/1' },
      ['self-key-in-failing-region'],
    ],
    ['has a key somewhere', { ...OUTSIDE, secretsProvider: 'awskms://alias/p' }, ['self-key-in-failing-region?']],
    ['needs a passphrase', { ...OUTSIDE, secretsProvider: 'passphrase' }, []],
    ['is described by nobody', undefined, ['self-runs-in-failing-region?', 'self-state-in-failing-region?']],
  ])('%s', async (_, own, rules) => {
    expect(rulesOf(await checked(own))).toEqual(rules);
  });

  it.each([
    [undefined, ['self-state-in-failing-region']],
    ['EU', []],
  ])('keeps its state where the bucket is: %s', async (constraint, rules) => {
    expect(rulesOf(await checked({ ...OUTSIDE, backend: 's3://state' }, located(constraint)))).toEqual(rules);
  });

  it('tells which control planes it calls', async () => {
    expect(factsOf(await checked(OUTSIDE))).toEqual([
      'the pipeline: outside of AWS',
      'the Pulumi state: outside of the account',
      'recovery calls rds:PromoteReadReplica in: eu-west-1',
    ]);
  });

  it('is of no interest where no Region is promised to be left', async () => {
    const promised = promising('{ RTO: { az: 15m } }');
    expect(await checked(undefined, noAws, promised)).toEqual({ facts: [], findings: [], objections: [] });
  });
});

describe('global control planes', () => {
  const record = (db: string, weight: number, healthCheck: Spec['inputs'] = {}): Spec => ({
    type: 'aws:route53/record:Record',
    name: `www-${db}`,
    inputs: {
      zoneId: 'Z1',
      name: 'db.shop.example',
      type: 'CNAME',
      ttl: 30,
      records: [out(DB, db, 'address')],
      setIdentifier: db,
      weightedRoutingPolicies: [{ weight }],
      ...healthCheck,
    },
  });
  const found = async (specs: readonly Spec[]) =>
    rulesOf(await selfDependency.run({ ...inputOf([...PAIR, ...specs], AGREED), own: OUTSIDE }));

  it('are found where somebody must change a record', async () => {
    expect(await found([record('orders', 1), record('orders-dr', 0)])).toEqual(['self-global-control-plane']);
  });

  it('are not needed where no record is changed', async () => {
    expect(await found([])).toEqual([]);
  });
});
