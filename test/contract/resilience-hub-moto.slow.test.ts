/** The app and policy half of the Resilience Hub check against moto, which has neither resolution nor assessments that end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as hub from '../../checks/resilience-hub-calls.ts';
import { wantedOf } from '../../checks/resilience-hub-policy.ts';
import { publish, TAG } from '../../checks/resilience-hub-publish.ts';
import { liveAws } from '../../scripts/commands/observing.ts';
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import { sdkTransport } from '../../src/aws/transport.ts';
import type { Metric } from '../../src/model/agreement.ts';
import type { Clock } from '../../src/model/clock.ts';
import { fold } from '../../src/model/known.ts';
import { type Door, moto, openMoto } from '../witness/witnesses.ts';

const python = moto();
const place = { account: '123456789012', region: 'us-east-1' };
const clock: Clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 10))) };

let door: Door | undefined;

beforeAll(async () => {
  if (python.installed) door = await openMoto(python.bin);
});

afterAll(() => door?.stop());

const rto: Metric = {
  id: 'sla/shop/RTO-az',
  agreementId: 'sla',
  serviceId: 'shop',
  type: 'RTO',
  scope: 'az',
  target: 600,
  percentile: 99,
  clock: 'onset',
  scopeDefaulted: false,
  place: { file: '', line: 1, column: 1 },
};

describe.skipIf(!python.installed)('moto', () => {
  it('takes the policy and the app as the SDK sends them, and finds them again', async () => {
    const transport = sdkTransport({
      endpoint: door?.url,
      credentials: () => async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
    });
    const opened = session({
      world: 'simulated',
      grade: 'publish',
      transport,
      clock,
      random: () => 0.5,
      limits: limiter(clock),
      allowed: [...hub.hubReads, ...hub.hubPublishes],
      retries: { attempts: 1, base: 10, cap: 10, total: 1000 },
    });
    const aws = liveAws(opened);
    const wanted = wantedOf([rto]);
    if (wanted === undefined) throw new Error('nothing was agreed');
    const what = { service: 'shop', place, arns: ['arn:aws:s3:::carts'], wanted };
    const outcome = await publish(what, { aws, clock, progress: () => undefined });
    // It stops at the first call that moto does not know: the mappings of the draft.
    expect(
      fold(
        outcome,
        () => 'published',
        (why) => why.detail,
      ),
    ).toMatch(/AppVersionResourceMappings/);
    const [policies, apps] = await Promise.all([
      aws.pages(hub.listPolicies, { policyName: 'holdfast-shop' }, place),
      aws.pages(hub.listApps, { name: 'holdfast-shop' }, place),
    ]);
    const first = <T>(known: Parameters<typeof fold<readonly T[], readonly T[]>>[0]): readonly T[] =>
      fold(
        known,
        (all) => all,
        (why) => {
          throw new Error(why.detail);
        },
      );
    expect(first(policies)).toMatchObject([
      { resiliencyPolicies: [{ policyName: 'holdfast-shop', policy: wanted.policy, tags: { [TAG]: 'shop' } }] },
    ]);
    const appArn = first(apps)[0]?.appSummaries?.[0]?.appArn;
    const described = await aws.ask(hub.describeApp, { appArn }, place);
    expect(
      fold(
        described,
        (reply) => reply?.app?.tags,
        () => undefined,
      ),
    ).toEqual({ [TAG]: 'shop' });
  });
});
