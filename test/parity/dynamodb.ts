/** Generated tables, with replicas inside and beside them, global tables of both versions, and their capacity. */
import fc from 'fast-check';
import type { Values } from '../../src/model/value.ts';
import type { Declaration } from './law.ts';
import { inputs, ref } from './law.ts';

const TABLE = 'aws:dynamodb/table:Table';
const KEY = 'aws:kms/key:Key';
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const flag = maybe(fc.boolean());
const OTHERS = ['eu-west-1', 'us-west-2', 'eu-central-1'];

interface Shape {
  readonly billing: string | undefined;
  readonly recovery: Values | undefined;
  readonly protect: boolean | undefined;
  readonly key: 'none' | 'aws' | 'own' | 'off';
  readonly stream: boolean | undefined;
  readonly scaled: boolean;
  readonly tags: boolean;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  billing: fc.constantFrom(undefined, 'PROVISIONED', 'PAY_PER_REQUEST'),
  recovery: maybe(
    fc.record({ enabled: fc.boolean(), recoveryPeriodInDays: maybe(fc.integer({ min: 1, max: 35 })) }).map((r) => inputs(r)),
  ),
  protect: flag,
  key: fc.constantFrom('none', 'aws', 'own', 'off'),
  stream: flag,
  scaled: fc.boolean(),
  tags: fc.boolean(),
});

const key: Declaration = { type: KEY, name: 'key', inputs: {} };

const encryption = (kind: Shape['key']): Values | undefined =>
  kind === 'none'
    ? undefined
    : inputs({
        enabled: kind !== 'off',
        kmsKeyArn: kind === 'aws' ? undefined : ref(KEY, 'key', 'arn'),
      });

/** What stands beside every table: the key, and scaling by the name that the table has in state or by reference. */
function around(s: Shape, more: Values): readonly Declaration[] {
  const provisioned = s.billing !== 'PAY_PER_REQUEST';
  const table: Declaration = {
    type: TABLE,
    name: 'orders',
    inputs: inputs({
      name: 'orders',
      hashKey: 'id',
      attributes: [{ name: 'id', type: 'S' }],
      billingMode: s.billing,
      readCapacity: provisioned ? 5 : undefined,
      writeCapacity: provisioned ? 5 : undefined,
      pointInTimeRecovery: s.recovery,
      deletionProtectionEnabled: s.protect,
      serverSideEncryption: encryption(s.key),
      streamEnabled: s.stream,
      streamViewType: s.stream === true ? 'NEW_AND_OLD_IMAGES' : undefined,
      tags: s.tags ? { team: 'shop' } : undefined,
      ...more,
    }),
  };
  const target: Declaration = {
    type: 'aws:appautoscaling/target:Target',
    name: 'reads',
    inputs: {
      serviceNamespace: 'dynamodb',
      resourceId: 'table/orders',
      scalableDimension: 'dynamodb:table:ReadCapacityUnits',
      minCapacity: 5,
      maxCapacity: 50,
    },
  };
  return [key, table, ...(s.scaled && provisioned ? [target] : [])];
}

const alone = shape.map((s) => around(s, {}));

const eventual = fc
  .record({
    s: shape,
    replicas: fc.uniqueArray(
      fc.record({
        regionName: fc.constantFrom(...OTHERS),
        pointInTimeRecovery: flag,
        deletionProtectionEnabled: flag,
        consistencyMode: fc.constantFrom(undefined, 'EVENTUAL'),
      }),
      { minLength: 1, maxLength: 3, selector: (r) => r.regionName },
    ),
  })
  .map(({ s, replicas }) => around({ ...s, key: 'none' }, { replicas: replicas.map((r) => inputs(r)) }));

const beside = fc
  .record({
    s: shape,
    replicas: fc.uniqueArray(
      fc.record({ region: fc.constantFrom(...OTHERS), pointInTimeRecovery: flag, deletionProtectionEnabled: flag }),
      { minLength: 1, maxLength: 3, selector: (r) => r.region },
    ),
  })
  .map(({ s, replicas }): readonly Declaration[] => [
    ...around({ ...s, key: 'none' }, {}),
    ...replicas.map(
      ({ region, ...settings }): Declaration => ({
        type: 'aws:dynamodb/tableReplica:TableReplica',
        name: `orders-${region}`,
        region,
        inputs: inputs({ globalTableArn: ref(TABLE, 'orders', 'arn'), ...settings }),
      }),
    ),
  ]);

const strong = fc
  .record({ s: shape, witness: fc.boolean(), pointInTimeRecovery: flag })
  .map(({ s, witness, pointInTimeRecovery }) => {
    const replica = (regionName: string): Values => inputs({ regionName, consistencyMode: 'STRONG', pointInTimeRecovery });
    return around(
      { ...s, key: 'none', billing: 'PAY_PER_REQUEST', stream: undefined },
      witness
        ? { replicas: [replica('us-west-2')], globalTableWitness: { regionName: 'us-east-2' } }
        : { replicas: [replica('us-west-2'), replica('us-east-2')] },
    );
  });

/** Version 2017.11.29: a table in each Region with a stream, joined by name. */
const version2017 = fc
  .record({ here: maybe(fc.boolean()), there: maybe(fc.boolean()) })
  .map(({ here, there }): readonly Declaration[] => {
    const table = (region: string, recovery: boolean | undefined): Declaration => ({
      type: TABLE,
      name: `orders-${region}`,
      region,
      inputs: inputs({
        name: 'orders',
        hashKey: 'id',
        billingMode: 'PAY_PER_REQUEST',
        streamEnabled: true,
        streamViewType: 'NEW_AND_OLD_IMAGES',
        pointInTimeRecovery: recovery === undefined ? undefined : { enabled: recovery },
      }),
    });
    return [
      table('us-east-1', here),
      table('eu-west-1', there),
      {
        type: 'aws:dynamodb/globalTable:GlobalTable',
        name: 'orders',
        inputs: { name: 'orders', replicas: [{ regionName: 'us-east-1' }, { regionName: 'eu-west-1' }] },
      },
    ];
  });

export const cases: fc.Arbitrary<readonly Declaration[]> = fc.oneof(alone, eventual, beside, strong, version2017);
