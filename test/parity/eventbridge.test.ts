import { it } from 'vitest';
import { eventBuses, eventEndpoints } from '../../src/services/observed/eventbridge.ts';
import { route53Zones } from '../../src/services/observed/route-53.ts';
import { schedules } from '../../src/services/observed/scheduler.ts';
import { sqsQueues } from '../../src/services/observed/sqs.ts';
import { eventbridge } from '../../src/simulator/services/eventbridge.ts';
import { route53 } from '../../src/simulator/services/route-53.ts';
import { scheduler } from '../../src/simulator/services/scheduler.ts';
import { sqs } from '../../src/simulator/services/sqs.ts';
import { events } from './eventbridge.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'buses, rules, schedules and endpoints of EventBridge mean the same, declared and observed',
  () =>
    lawOfTwoSources(
      events,
      [eventbridge, scheduler, sqs, route53],
      [eventBuses, eventEndpoints, schedules, sqsQueues, route53Zones],
    ),
  60_000,
);
