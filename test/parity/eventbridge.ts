/** Buses, rules by pattern and schedule with their targets, schedules, and endpoints over two Regions. */
import fc from 'fast-check';
import { type Declaration, inputs, ref } from './law.ts';

const BUS = 'aws:cloudwatch/eventBus:EventBus';
const RULE = 'aws:cloudwatch/eventRule:EventRule';
const QUEUE = 'aws:sqs/queue:Queue';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const WEST = 'us-west-2';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

export const events: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    ownBus: fc.boolean(),
    scheduled: fc.boolean(),
    state: maybe(fc.constantFrom('ENABLED', 'DISABLED')),
    isEnabled: maybe(fc.boolean()),
    targets: fc.integer({ min: 0, max: 2 }),
    schedule: maybe(fc.constantFrom('ENABLED', 'DISABLED')),
    endpoint: fc.boolean(),
    replication: maybe(fc.constantFrom('ENABLED', 'DISABLED')),
    archive: fc.boolean(),
    tagged: fc.boolean(),
  })
  .map((v) => {
    const eventBusName = v.ownBus && !v.scheduled ? ref(BUS, 'bus', 'name') : undefined;
    const target = (n: number): Declaration => ({
      type: 'aws:cloudwatch/eventTarget:EventTarget',
      name: `target-${n}`,
      inputs: inputs({ rule: ref(RULE, 'rule', 'name'), eventBusName, targetId: `t${n}`, arn: ref(QUEUE, 'queue', 'arn') }),
    });
    const endpoint: readonly Declaration[] = [
      { type: CHECK, name: 'check', inputs: { type: 'HTTPS', fqdn: 'shop.example.com' } },
      { type: BUS, name: 'west', inputs: { name: 'shop' }, region: WEST },
      {
        type: 'aws:cloudwatch/eventEndpoint:EventEndpoint',
        name: 'endpoint',
        inputs: inputs({
          name: 'endpoint',
          eventBuses: [{ eventBusArn: ref(BUS, 'bus', 'arn') }, { eventBusArn: ref(BUS, 'west', 'arn') }],
          replicationConfig: v.replication === undefined ? undefined : { state: v.replication },
          routingConfig: { failoverConfig: { primary: { healthCheck: ref(CHECK, 'check', 'arn') }, secondary: { route: WEST } } },
        }),
      },
    ];
    return [
      { type: QUEUE, name: 'queue', inputs: { name: 'orders' } },
      { type: BUS, name: 'bus', inputs: inputs({ name: 'shop', tags: v.tagged ? { service: 'shop' } : undefined }) },
      {
        type: RULE,
        name: 'rule',
        inputs: inputs({
          name: 'rule',
          eventBusName,
          eventPattern: v.scheduled ? undefined : '{"source":["shop"]}',
          scheduleExpression: v.scheduled ? 'rate(5 minutes)' : undefined,
          state: v.state,
          isEnabled: v.state === undefined ? v.isEnabled : undefined,
        }),
      },
      ...Array.from({ length: v.targets }, (_, n) => target(n)),
      {
        type: 'aws:scheduler/schedule:Schedule',
        name: 'schedule',
        inputs: inputs({
          name: 'nightly',
          scheduleExpression: 'cron(0 3 * * ? *)',
          flexibleTimeWindow: { mode: 'OFF' },
          state: v.schedule,
          target: { arn: ref(QUEUE, 'queue', 'arn'), roleArn: 'arn:aws:iam::111122223333:role/scheduler' },
        }),
      },
      ...(v.archive
        ? [
            {
              type: 'aws:cloudwatch/eventArchive:EventArchive',
              name: 'archive',
              inputs: { name: 'archive', eventSourceArn: ref(BUS, 'bus', 'arn') },
            },
          ]
        : []),
      ...(v.endpoint ? endpoint : []),
    ];
  });
