import { beforeAll, describe, expect, it } from 'vitest';
import type { Mend } from '../../infra/plan/mends.ts';
import { type Registered, runProgram } from './run-program.ts';

let resources: readonly Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram());
});

/** Each mend, with the only resource that it may touch and the path of the property, as text after the change. */
const EXPECTED: Readonly<Record<Mend, readonly [type: string, name: string, property: string, after: string]>> = {
  'reporting-multi-az': ['aws:rds/instance:Instance', 'reporting', 'multiAz', 'true'],
  'reporting-backup-hourly': ['aws:backup/plan:Plan', 'reporting', 'rules', 'cron(0 * * * ? *)'],
  'storefront-dns-ttl': ['aws:route53/record:Record', 'storefront-primary', 'ttl', '60'],
  'checkout-event-fan-out': ['aws:sns/topicSubscription:TopicSubscription', 'order-events-primary-to-standby', '', ''],
  'cache-multi-az': ['aws:elasticache/replicationGroup:ReplicationGroup', 'catalogue-cache-primary', 'multiAzEnabled', 'true'],
};

describe('mends', () => {
  it.each(Object.entries(EXPECTED))(
    '%s changes one property of one resource and nothing else',
    async (mend, [type, name, property, after]) => {
      const mended = await runProgram({ mend });
      const key = (r: Registered) => `${r.type}::${r.name}`;
      const before = new Map(resources.map((r) => [key(r), r]));
      const changes = mended.resources.flatMap((r) => {
        const old = before.get(key(r));
        if (old === undefined) return [`${key(r)} added`];
        return [...new Set([...Object.keys(r.inputs), ...Object.keys(old.inputs)])]
          .filter((p) => JSON.stringify(r.inputs[p]) !== JSON.stringify(old.inputs[p]))
          .map((p) => `${key(r)} ${p}`);
      });
      // Every topic that feeds a queue must feed the other: one property of the component, a subscription each way.
      const added = [`${type}::${name} added`, `${type}::order-events-standby-to-primary added`];
      expect(changes.sort()).toEqual(property === '' ? added : [`${type}::${name} ${property}`]);
      const now = mended.resources.find((r) => r.type === type && r.name === name);
      expect(JSON.stringify(now?.inputs[property] ?? '')).toContain(after);
      expect(mended.resources.length - resources.length).toBe(property === '' ? 2 : 0);
    },
  );
});

describe('the program under other mocks', () => {
  it.each([
    { outputs: 'bare', preview: false },
    { outputs: 'bare', preview: true },
    { outputs: 'full', preview: true },
  ] as const)('registers the same resources with %j', async (run) => {
    const again = await runProgram(run);
    const names = (list: readonly Registered[]) => list.map((r) => `${r.type}::${r.name}`).sort();
    expect(names(again.resources)).toEqual(names(resources));
  });

  it.each([
    [{ accountId: '1234' }, 'shop:accountId'],
    [{ mend: 'everything' }, 'shop:mend'],
  ])('refuses the settings %j and says which', async (settings, place) => {
    await expect(runProgram({ settings })).rejects.toThrow(place);
  });
});
