import type * as FIS from '@aws-sdk/client-fis';
import type * as RDS from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/aws/call.ts';
import { LIVE_CALLS, startExperiment } from '../../../src/drills/live/calls.ts';
import { type FisInjector, type FisSettings, fisInjector } from '../../../src/drills/live/fis-injector.ts';
import { GATES } from '../../../src/drills/live/gates.ts';
import { guard } from '../../../src/drills/live/guard.ts';
import type { Disruption } from '../../../src/drills/ports.ts';
import { ACCOUNT, REGION } from '../../services/observed/support.ts';
import { call, pass } from '../../simulator/services/calling.ts';
import type { RecordingSession } from './support.ts';
import { type Deployed, type Door, deployed, INSTANCES, SUBNETS, sessionOver, shop } from './world.ts';

const ZONE: Disruption = { kind: 'az-loss', zone: 'us-east-1a' };
const ROLE = `arn:aws:iam::${ACCOUNT}:role/fis`;

interface Rig extends Deployed {
  readonly session: RecordingSession;
  readonly injector: FisInjector;
  /** Another controller, which knows nothing of the first. */
  again(more?: Partial<FisSettings>): FisInjector;
  drive<T>(work: Promise<T>): Promise<T>;
}

async function rig(specs = shop(), more: Partial<FisSettings> = {}, door: Door = 'operations'): Promise<Rig> {
  const made = await deployed(specs);
  expect(made.notes).toEqual([]);
  const session = sessionOver(made.aws, door);
  const { clock } = made.aws.world;
  const g = guard({ session, calls: LIVE_CALLS, gates: async () => GATES.map((id) => ({ id, holds: 'yes', says: '' })) });
  const again = (other: Partial<FisSettings> = {}): FisInjector =>
    fisInjector({
      session: g.session,
      undoing: g.undoing,
      beyond: () => undefined,
      run: 'run',
      clock,
      judgement: made.judgement,
      service: 'shop',
      apiRoles: [],
      lasts: 3_600_000,
      role: ROLE,
      alarms: [],
      places: [
        { account: ACCOUNT, region: REGION },
        { account: ACCOUNT, region: 'eu-west-1' },
      ],
      ...more,
      ...other,
    });
  return { ...made, session, injector: again(), again, drive: (work) => clock.drive(work) };
}

const experiments = async ({ aws }: Rig): Promise<readonly FIS.ExperimentSummary[]> =>
  (await call<FIS.ListExperimentsCommandOutput>(aws, 'fis', 'ListExperiments', {})).experiments ?? [];
const templates = async ({ aws }: Rig): Promise<readonly FIS.ExperimentTemplateSummary[]> =>
  (await call<FIS.ListExperimentTemplatesCommandOutput>(aws, 'fis', 'ListExperimentTemplates', {})).experimentTemplates ?? [];
const faults = ({ aws }: Rig): readonly string[] => aws.world.faults.map((f) => f.fault.kind);

describe('the loss of an AZ', () => {
  it.each<Door>(['operations', 'bytes'])(
    'is one experiment, which is ended whole (%s)',
    async (door) => {
      const r = await rig(shop(), {}, door);
      const { injector, drive } = r;
      expect(await drive(injector.refuses(ZONE))).toBeUndefined();
      expect(r.session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
      await drive(injector.begin('token', ZONE));
      expect([await drive(injector.state('token')), faults(r), injector.lost()]).toEqual(['begun', ['az-loss'], [ZONE]]);
      await drive(injector.end('token'));
      expect([await drive(injector.state('token')), faults(r), injector.lost(), await templates(r)]).toEqual([
        'ended',
        [],
        [],
        [],
      ]);
      // The SDK's clients are loaded on the way.
    },
    30_000,
  );

  it.each(['a', 'b'] as const)(
    '%s touches what the service has there, the primary of a database too, and nothing else',
    async (az) => {
      const { aws, injector, drive } = await rig();
      const [db] = (await call<RDS.DescribeDBInstancesCommandOutput>(aws, 'rds', 'DescribeDBInstances', {})).DBInstances ?? [];
      const plan = await drive(injector.plan({ kind: 'az-loss', zone: `us-east-1${az}` }));
      const arns = typeof plan === 'string' ? plan : plan.touched.map((t) => t.arn.split(':').slice(5).join(':')).sort();
      const primary = db?.AvailabilityZone === `us-east-1${az}` ? ['db:orders'] : [];
      expect(arns).toEqual([...primary, `instance/${INSTANCES[az]}`, `subnet/${SUBNETS[az]}`]);
    },
  );

  it('ends by itself, and says when it must', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    const [action] = Object.values(
      (await call<FIS.GetExperimentCommandOutput>(r.aws, 'fis', 'GetExperiment', { id: (await experiments(r))[0]?.id }))
        .experiment?.actions ?? {},
    );
    expect(action?.parameters?.duration).toBe('PT60M');
    expect(await r.drive(r.injector.stop.holds())).toBe(false);
    await pass(r.aws, 3_700);
    expect([await r.drive(r.injector.state('token')), await r.drive(r.injector.stop.holds())]).toEqual(['ended', true]);
  });

  it('is stopped by an alarm of the drill also without its controller', async () => {
    const r = await rig(shop(), { alarms: ['errors', `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:elsewhere`, 'not-there'] });
    await call(r.aws, 'cloudwatch', 'PutMetricAlarm', {
      AlarmName: 'errors',
      Namespace: 'shop',
      MetricName: 'errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    await r.drive(r.injector.begin('token', ZONE));
    const [template] = await templates(r);
    const shown = await call<FIS.GetExperimentTemplateCommandOutput>(r.aws, 'fis', 'GetExperimentTemplate', { id: template?.id });
    expect(shown.experimentTemplate?.stopConditions?.map((s) => s.value)).toEqual([
      `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`,
    ]);
    await call(r.aws, 'cloudwatch', 'SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' });
    await pass(r.aws, 120);
    expect(await r.drive(r.injector.state('token'))).toBe('ended');
  });

  it.each([
    ['in an AZ without anything', { kind: 'az-loss', zone: 'us-east-1c' }, {}],
    ['in an AZ of no name', { kind: 'az-loss', zone: 'use1-az1' }, {}],
    ['without a role', ZONE, { role: undefined }],
    ['longer than experiments last', ZONE, { lasts: 13 * 3_600_000 }],
    ['beyond the blast radius', ZONE, { beyond: () => 'too much' }],
    ['where nobody looks', ZONE, { places: [{ account: ACCOUNT, region: 'eu-west-1' }] }],
  ] as const)('%s is refused before anything is made', async (_, what, more) => {
    const r = await rig(shop(), more);
    expect(await r.drive(r.injector.refuses(what))).toMatch(/./);
    await expect(r.drive(r.injector.begin('token', what))).rejects.toThrow();
    expect(r.session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
  });

  it('that cannot begin is no loss, and leaves nothing once ended', async () => {
    const r = await rig();
    // Somebody terminates the instance between the plan and the experiment.
    const taken = guard({
      session: r.session,
      calls: LIVE_CALLS,
      gates: async () => GATES.map((id) => ({ id, holds: 'yes', says: '' })),
    });
    const session: typeof taken.session = {
      ...taken.session,
      send: async <I, O>(one: Call<I, O>, input: I, at: { account: string; region: string }): Promise<O> => {
        if (one.operation === startExperiment.operation) {
          await call(r.aws, 'ec2', 'TerminateInstances', { InstanceIds: [INSTANCES.a] });
          await r.aws.world.clock.sleep(2 * 3_600_000);
        }
        return taken.session.send(one, input, at);
      },
    };
    const injector = r.again({ session });
    await expect(r.drive(injector.begin('token', ZONE))).rejects.toThrow(/failed/);
    expect([await r.drive(injector.state('token')), faults(r)]).toEqual(['ended', []]);
    await r.drive(injector.end('token'));
    expect(await templates(r)).toEqual([]);
  });
});

describe('a token', () => {
  it('begins once, whoever begins it', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    await r.drive(r.injector.begin('token', ZONE));
    await r.drive(r.again().begin('token', ZONE));
    expect([(await experiments(r)).length, (await templates(r)).length]).toEqual([1, 1]);
  });

  it('is found again after a crash, with what it lost', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    const other = r.again();
    expect([other.lost(), await r.drive(other.state('token')), other.lost()]).toEqual([[], 'begun', [ZONE]]);
    await r.drive(other.end('token'));
    expect([faults(r), await templates(r), await r.drive(r.injector.state('token'))]).toEqual([[], [], 'ended']);
  });

  it('that an earlier controller of the run began is adopted, and nobody else adopts it', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    const [next, stranger] = [r.again(), r.again({ run: 'another' })];
    await r.drive(next.adopt());
    await r.drive(stranger.adopt());
    expect([next.lost(), stranger.lost(), await r.drive(next.stop.holds())]).toEqual([[ZONE], [], false]);
    await pass(r.aws, 3_700);
    expect([await r.drive(next.stop.holds()), await r.drive(stranger.stop.holds())]).toEqual([true, false]);
  });

  it('that died between its template and its experiment goes on with the same template, or is cleared away', async () => {
    const r = await rig();
    const dead = r.again({
      session: {
        ...r.session,
        send: (one, input, at) =>
          one.operation === startExperiment.operation ? Promise.reject(new Error('killed')) : r.session.send(one, input, at),
      },
    });
    await expect(r.drive(dead.begin('one', ZONE))).rejects.toThrow('killed');
    expect([await r.drive(r.injector.state('one')), (await templates(r)).length]).toEqual(['not-begun', 1]);
    await r.drive(r.injector.begin('one', ZONE));
    expect((await templates(r)).length).toBe(1);
    await r.drive(r.injector.end('one'));
    await expect(r.drive(dead.begin('two', ZONE))).rejects.toThrow('killed');
    await r.drive(r.injector.end('two'));
    expect([await templates(r), await r.drive(r.injector.state('two'))]).toEqual([[], 'not-begun']);
  });

  it('ends twice, and without having begun', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    await r.drive(r.injector.end('token'));
    await r.drive(r.injector.end('token'));
    await r.drive(r.injector.end('never'));
    expect([faults(r), await r.drive(r.injector.state('never'))]).toEqual([[], 'not-begun']);
  });

  it('is not another one', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    expect(await r.drive(r.injector.state('token2'))).toBe('not-begun');
    await r.drive(r.injector.end('token2'));
    expect(await r.drive(r.injector.state('token'))).toBe('begun');
  });

  it('of which nobody can tell is unknown', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    r.aws.world.inject({ kind: 'control-plane-loss', region: REGION, client: 'fis' });
    expect([await r.drive(r.injector.state('token')), await r.drive(r.injector.stop.holds())]).toEqual(['unknown', undefined]);
    await expect(r.drive(r.injector.end('token'))).rejects.toThrow();
  });

  it('is ended while its gates are closed', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', ZONE));
    const closed = guard({ session: r.session, calls: LIVE_CALLS, gates: async () => [] });
    const injector = r.again({ session: closed.session, undoing: closed.undoing });
    await expect(r.drive(injector.begin('other', ZONE))).rejects.toThrow(/was not sent/);
    await r.drive(injector.end('token'));
    expect([faults(r), await templates(r)]).toEqual([[], []]);
  });
});

describe('the loss of a Region', () => {
  const REGION_LOSS: Disruption = { kind: 'region-loss', region: REGION };
  it('cuts all of its subnets off', async () => {
    const r = await rig();
    await r.drive(r.injector.begin('token', REGION_LOSS));
    expect(faults(r)).toEqual(['az-loss', 'az-loss']);
    await r.drive(r.injector.end('token'));
    expect(faults(r)).toEqual([]);
  });

  it('is refused where something would go on that no network holds', async () => {
    const queue = { type: 'aws:sqs/queue:Queue', name: 'orders-queue', inputs: { name: 'orders-queue', tags: {} } };
    const r = await rig([...shop(), queue]);
    expect(await r.drive(r.injector.refuses(REGION_LOSS))).toContain('orders-queue');
    expect(await r.drive(r.injector.refuses(ZONE))).toBeUndefined();
  });
});

describe('what FIS cannot do', () => {
  it.each<Disruption>([
    { kind: 'corruption', stores: ['arn:aws:dynamodb:us-east-1:1:table/a'] },
    { kind: 'key-loss', keys: ['arn:aws:kms:us-east-1:1:key/a'] },
    { kind: 'unreachable', resources: ['arn:aws:rds:us-east-1:1:db:a'] },
    { kind: 'account-compromised', account: ACCOUNT },
    { kind: 'control-plane-loss', region: REGION, client: undefined },
    { kind: 'control-plane-loss', region: REGION, client: 'rds' },
    { kind: 'control-plane-loss', region: REGION, client: 'ec2' },
  ])('is refused, with what can be done instead: $kind', async (what) => {
    const r = await rig();
    expect(await r.drive(r.injector.refuses(what))).toMatch(/: /);
    expect(r.session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
  });

  it('control planes of EC2 fail for the roles that are named', async () => {
    const r = await rig(shop(), { apiRoles: [`arn:aws:iam::${ACCOUNT}:role/app`] });
    const what: Disruption = { kind: 'control-plane-loss', region: REGION, client: 'ec2' };
    await r.drive(r.injector.begin('token', what));
    expect(new Set(faults(r))).toEqual(new Set(['call']));
    expect(await r.drive(r.again().state('token'))).toBe('begun');
    await r.drive(r.injector.end('token'));
    expect(faults(r)).toEqual([]);
  });
});
