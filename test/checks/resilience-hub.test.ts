import { describe, expect, it } from 'vitest';
import type { CheckInput, CheckResult } from '../../checks/check.ts';
import { resilienceHub } from '../../checks/resilience-hub.ts';
import { hubPublishes, hubReads } from '../../checks/resilience-hub-calls.ts';
import { liveAws } from '../../scripts/commands/observing.ts';
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import { sdkTransport } from '../../src/aws/transport.ts';
import { fold } from '../../src/model/known.ts';
import { requestHandler } from '../../src/simulator/wire/request-handler.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import type { Declaration } from '../parity/law.ts';
import { ACCOUNT, REGION } from '../services/observed/support.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, liveOf, prepared, rulesOf } from './support.ts';

const table = (more: object = {}): Declaration => ({
  type: 'aws:dynamodb/table:Table',
  name: 'carts',
  inputs: {
    name: 'carts',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    ...more,
  },
});
const DB: Declaration = {
  type: 'aws:rds/instance:Instance',
  name: 'carts',
  inputs: {
    identifier: 'carts',
    engine: 'postgres',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    username: 'admin1',
    skipFinalSnapshot: true,
    backupRetentionPeriod: 7,
    multiAz: true,
  },
};

const agreed = promising('{ RTO: { az: 10m, region: 1h }, RPO: { az: 1m, data: 24h } }');
/** What belongs to the Hub alone: experiments and practice runs have a test of their own. */
const quiet = { 'fis:ListExperiments': () => ({}), 'arc-zonal-shift:ListAutoshifts': () => ({}) };

const driven = <T>(aws: SimulatedAws, work: Promise<T>): Promise<T> => aws.world.clock.drive(work);
const publishing = (aws: SimulatedAws, lines: string[] = []): NonNullable<CheckInput['publish']> => ({
  aws: liveOf(aws),
  clock: aws.world.clock,
  progress: (line) => lines.push(line),
});
const factOf = (result: CheckResult, what: string): string | undefined => {
  const found = result.facts.find((f) => f.what === what);
  return found === undefined
    ? undefined
    : fold<number | string | boolean, string>(
        found.value,
        (v) => String(v),
        (why) => `${why.reason}: ${why.detail}`,
      );
};
const hub = (aws: SimulatedAws, operation: string, input: object): Promise<object> =>
  invoke(aws, 'resiliencehub', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });

describe('publishing', () => {
  it('makes policy, app and assessment, and tells what Resilience Hub estimates', async () => {
    const { aws, input } = await prepared({ declarations: [DB], catalogue: agreed });
    const lines: string[] = [];
    const before = aws.world.clock.now();
    const result = await driven(
      aws,
      resilienceHub.run({ ...input, aws: answering(input.aws, quiet), publish: publishing(aws, lines) }),
    );
    expect(aws.world.clock.now() - before).toBeGreaterThan(100_000);
    expect(lines.length).toBeGreaterThan(5);
    expect(factOf(result, 'AZ: estimated RTO')).toBe('120');
    expect(factOf(result, 'AZ: policy')).toBe('PolicyMet');
    expect(factOf(result, 'Region: estimated RTO')).toBe('never');
    expect(factOf(result, 'Region: policy')).toBe('PolicyBreached');
    expect(factOf(result, 'components that drifted')).toBe('0');
    expect(await hub(aws, 'ListResiliencyPolicies', {})).toMatchObject({
      resiliencyPolicies: [{ policyName: 'holdfast-shop', policy: { AZ: { rtoInSecs: 600, rpoInSecs: 60 } } }],
    });
  });

  it('again changes its own objects instead of making more, and is told of drift', async () => {
    const { aws, input } = await prepared({ declarations: [DB], catalogue: promising('{ RTO: { az: 10m } }') });
    const run = () => driven(aws, resilienceHub.run({ ...input, aws: answering(input.aws, quiet), publish: publishing(aws) }));
    await run();
    const rds = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
    await invoke(aws, 'rds', 'ModifyDBInstance', { DBInstanceIdentifier: 'carts', MultiAZ: false, ApplyImmediately: true }, rds);
    aws.world.clock.advance(3_600_000);
    const second = await run();
    expect(await hub(aws, 'ListApps', {})).toMatchObject({ appSummaries: [{ name: 'holdfast-shop' }] });
    expect(factOf(second, 'components that drifted')).toBe('1');
    // The estate was read before the standby went: Holdfast still finds the promise met, Resilience Hub does not.
    expect(rulesOf(second)).toEqual(['resilience-hub-drift', 'resilience-hub-stricter']);
  });

  it('leaves alone what is not its own', async () => {
    const { aws, input } = await prepared({ declarations: [DB], catalogue: agreed });
    await hub(aws, 'CreateApp', { name: 'holdfast-shop', tags: { team: 'others' } });
    const result = await driven(aws, resilienceHub.run({ ...input, aws: answering(input.aws, quiet), publish: publishing(aws) }));
    expect(factOf(result, 'assessment')).toContain('has no tag holdfast:service=shop');
    expect(await hub(aws, 'ListAppAssessments', {})).toMatchObject({ assessmentSummaries: [] });
  });

  it('says why it could not', async () => {
    const { aws, input } = await prepared({ declarations: [DB], catalogue: agreed });
    const denied = { ...publishing(aws), aws: liveOf(aws, ['resiliencehub:CreateApp']) };
    const result = await driven(aws, resilienceHub.run({ ...input, aws: answering(input.aws, quiet), publish: denied }));
    expect(factOf(result, 'assessment')).toContain('access-denied');
  });
});

describe('without publishing', () => {
  it('makes no call that changes anything, and reads the newest assessment that there is', async () => {
    const { aws, input } = await prepared({ declarations: [table()], catalogue: agreed });
    const read = () => resilienceHub.run({ ...input, aws: answering(input.aws, quiet) });
    expect((await read()).facts).toEqual([]);
    expect(await hub(aws, 'ListApps', {})).toMatchObject({ appSummaries: [] });
    await driven(aws, resilienceHub.run({ ...input, publish: publishing(aws) }));
    expect(factOf(await read(), 'Software: policy')).toBe('PolicyBreached');
  });

  it('grades every call that changes something as publish, and no other', () => {
    expect(new Set(hubReads.map((c) => c.grade))).toEqual(new Set(['read']));
    expect(new Set(hubPublishes.map((c) => c.grade))).toEqual(new Set(['publish']));
    expect(resilienceHub.calls.filter((c) => c.grade !== 'read')).toEqual([]);
  });
});

it('over the wire: the SDK, a session of grade publish, and simulated AWS', async () => {
  const { aws, input } = await prepared({ declarations: [DB], catalogue: agreed });
  const { clock } = aws.world;
  addAdministratorKey(aws.world, 'AKIATEST', 'secret', ACCOUNT);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const transport = sdkTransport({ credentials: () => async () => credentials, requestHandler: requestHandler(aws) });
  const publisher = session({
    world: 'simulated',
    grade: 'publish',
    transport: { send: (...args) => clock.real(transport.send(...args)) },
    clock,
    random: () => 0.5,
    limits: limiter(clock),
    allowed: [...hubReads, ...hubPublishes],
  });
  const run = {
    ...input,
    aws: answering(input.aws, quiet),
    publish: { aws: liveAws(publisher), clock, progress: () => undefined },
  };
  const result = await driven(aws, resilienceHub.run(run));
  expect(factOf(result, 'AZ: estimated RTO')).toBe('120');
  expect(publisher.tally().calls['resiliencehub:StartAppAssessment']).toBe(1);
});
