import { describe, expect, it } from 'vitest';
import { accountOfRole, assumedRoles, CALLER, identityOf } from '../../src/aws/credentials.ts';
import { limiter } from '../../src/aws/limits.ts';
import { TARGET_CALLS, type TargetOptions, targetsOf } from '../../src/aws/organisation.ts';
import { session } from '../../src/aws/session.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { UsageError } from '../../src/model/errors.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

const OWN = '111122223333';
const OTHER = '444455556666';
const CLOSED = '777788889999';

type Answers = Readonly<Record<string, (account: string, input: Readonly<Record<string, unknown>>) => unknown>>;

const denied = (code = 'AccessDenied', status = 403): Error =>
  Object.assign(new Error(code), { name: code, $metadata: { httpStatusCode: status } });

const REGIONS = [
  { RegionName: 'us-east-1', OptInStatus: 'opt-in-not-required' },
  { RegionName: 'eu-west-1', OptInStatus: 'opted-in' },
  { RegionName: 'ap-east-1', OptInStatus: 'not-opted-in' },
];

const GOOD: Answers = {
  GetCallerIdentity: (account) => ({ Account: account === CALLER ? OWN : account, Arn: 'arn:aws:sts::…' }),
  DescribeRegions: () => ({ Regions: REGIONS }),
  ListAccounts: (_, input) =>
    input.NextToken === undefined
      ? {
          Accounts: [
            { Id: OTHER, Status: 'ACTIVE' },
            { Id: CLOSED, Status: 'SUSPENDED' },
          ],
          NextToken: 'more',
        }
      : { Accounts: [{ Id: OWN, Status: 'ACTIVE' }] },
};

function targets(answers: Answers, more: Partial<TargetOptions> = {}) {
  const clock = new VirtualClock(0);
  const transport: Transport = {
    async send(_client, operation, input, at) {
      const reply = answers[operation]?.(at.account, input as Readonly<Record<string, unknown>>);
      if (reply instanceof Error) throw reply;
      return reply as object;
    },
  };
  const made = session({
    world: 'simulated',
    grade: 'read',
    transport,
    clock,
    random: () => 0,
    limits: limiter(clock),
    allowed: TARGET_CALLS,
    retries: { attempts: 2, base: 1, cap: 1, total: 10 },
  });
  return clock.drive(targetsOf({ session: made, region: 'us-east-1', ...more }));
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was thrown',
    (e: unknown) => (e instanceof UsageError ? e.code : String(e)),
  );

describe('targetsOf', () => {
  it('is the own account with its enabled Regions', async () => {
    expect(await targets(GOOD)).toEqual({
      targets: [{ account: OWN, regions: ['eu-west-1', 'us-east-1'] }],
      unreached: [],
      notes: [],
    });
  });

  it('is every active account of the organisation; suspended ones are said', async () => {
    const found = await targets(GOOD, { organisation: true });
    expect(found.targets.map((t) => t.account)).toEqual([OWN, OTHER]);
    expect(found.unreached).toEqual([]);
    expect(found.notes).toHaveLength(1);
    expect(found.notes[0]).toContain(CLOSED);
  });

  it('skips Regions that are not opted in to, and says so when they were asked for', async () => {
    const found = await targets(GOOD, { regions: ['ap-east-1', 'eu-west-1'] });
    expect(found.targets).toEqual([{ account: OWN, regions: ['eu-west-1'] }]);
    expect(found.notes[0]).toContain('ap-east-1');
  });

  it('refuses a Region that does not exist', async () => {
    expect(await refusal(targets(GOOD, { regions: ['eu-wset-1'] }))).toBe('aws-region');
  });

  it.each([
    [
      'whose role cannot be assumed',
      { GetCallerIdentity: (a: string) => (a === OTHER ? denied() : GOOD.GetCallerIdentity?.(a, {})) },
      'access-denied',
    ],
    ['whose credentials are of another account', { GetCallerIdentity: () => ({ Account: OWN }) }, 'access-denied'],
    [
      'whose Regions cannot be listed',
      { DescribeRegions: (a: string) => (a === OTHER ? denied('UnauthorizedOperation') : { Regions: REGIONS }) },
      'access-denied',
    ],
    ['that shows no Regions', { DescribeRegions: (a: string) => (a === OTHER ? {} : { Regions: REGIONS }) }, 'error'],
  ])('an account %s is unreached, and the others are read', async (_, broken, reason) => {
    const found = await targets({ ...GOOD, ...broken }, { organisation: true });
    expect(found.targets.map((t) => t.account)).toEqual([OWN]);
    expect(found.unreached).toMatchObject([{ account: OTHER, region: undefined, reason }]);
  });

  it('reads the Regions named when the account does not let them be listed', async () => {
    const found = await targets({ ...GOOD, DescribeRegions: () => denied() }, { regions: ['eu-west-1'] });
    expect(found.targets).toEqual([{ account: OWN, regions: ['eu-west-1'] }]);
  });

  it.each([
    ['expired credentials', { GetCallerIdentity: () => denied('ExpiredToken') }, 'aws-credentials'],
    ['a wrong clock', { GetCallerIdentity: () => denied('RequestTimeTooSkewed') }, 'aws-clock-skew'],
    ['an organisation that cannot be listed', { ListAccounts: () => denied() }, 'aws-accounts'],
    ['no network', { GetCallerIdentity: () => Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }, 'aws-accounts'],
    ['an organisation without accounts', { ListAccounts: () => ({ Accounts: [] }) }, 'aws-organisation'],
  ])('%s end the run', async (_, broken, code) => {
    expect(await refusal(targets({ ...GOOD, ...broken }, { organisation: true }))).toBe(code);
  });
});

describe('assumedRoles', () => {
  const base = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' });
  const setUp = (answer: (n: number, clock: VirtualClock) => object) => {
    const clock = new VirtualClock(0);
    const asked: object[] = [];
    const transport: Transport = {
      async send(_client, _operation, input, at) {
        asked.push({ ...input, as: at.account });
        return answer(asked.length, clock);
      },
    };
    const credentials = assumedRoles(base, {
      role: 'arn:aws:iam::{account}:role/holdfast',
      externalId: 'x1',
      region: 'us-east-1',
      transport,
      clock,
    });
    return { clock, asked, credentials };
  };
  const granted = (n: number, clock: VirtualClock) => ({
    Credentials: {
      AccessKeyId: `ASIA${n}`,
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: new Date(clock.now() + 3_600_000),
    },
  });

  it('assumes the role of each account once, as the caller, and again before it expires', async () => {
    const { clock, asked, credentials } = setUp(granted);
    const both = await Promise.all([credentials(OTHER)(), credentials(OTHER)()]);
    expect(both.map((c) => c.accessKeyId)).toEqual(['ASIA1', 'ASIA1']);
    expect(asked).toEqual([
      { RoleArn: `arn:aws:iam::${OTHER}:role/holdfast`, RoleSessionName: 'holdfast', ExternalId: 'x1', as: CALLER },
    ]);
    clock.advance(56 * 60_000);
    expect((await credentials(OTHER)()).accessKeyId).toBe('ASIA2');
    expect((await credentials(CALLER)()).accessKeyId).toBe('AKIDEXAMPLE');
  });

  it('fails as sts:AssumeRole, and tries again the next time', async () => {
    const { credentials, clock } = setUp((n) => {
      if (n === 1) throw denied();
      return granted(n, clock);
    });
    await expect(credentials(OTHER)()).rejects.toMatchObject({ kind: 'denied', call: { action: 'sts:AssumeRole' } });
    expect((await credentials(OTHER)()).accessKeyId).toBe('ASIA2');
  });

  it.each([
    ['arn:aws:iam::{account}:role/holdfast', undefined],
    ['arn:aws-us-gov:iam::444455556666:role/path/x', OTHER],
    ['holdfast', 'aws-role'],
    ['arn:aws:iam::1234:role/x', 'aws-role'],
  ])('%s', (role, expected) => {
    let got: string | undefined;
    try {
      got = accountOfRole(role);
    } catch (e) {
      got = e instanceof UsageError ? e.code : 'another error';
    }
    expect(got).toBe(expected);
  });
});

it('an identity without an account is no identity', async () => {
  const send = async () => ({ Arn: 'x' }) as never;
  await expect(identityOf({ world: 'live', grade: 'read', send }, 'us-east-1')).rejects.toMatchObject({ kind: 'server' });
});
