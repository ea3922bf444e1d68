/** What check and its siblings share: AWS as it was asked for, live, behind a URL, or simulated and filled with the sources. */

import type { LiveAws } from '../../checks/check.ts';
import type { Call, Grade, Place } from '../../src/aws/call.ts';
import { assumedRoles, CALLER, defaultChain } from '../../src/aws/credentials.ts';
import { AwsFailure, isOneOf, reasonOf, saysOf, stopOf } from '../../src/aws/failure.ts';
import { elsewhere, isOfAws } from '../../src/aws/hosts.ts';
import { limiter } from '../../src/aws/limits.ts';
import { TARGET_CALLS, type Targets, targetsOf } from '../../src/aws/organisation.ts';
import { pagesOf } from '../../src/aws/pages.ts';
import { type CountingSession, session } from '../../src/aws/session.ts';
import { type Credentials, sdkTransport, type Transport } from '../../src/aws/transport.ts';
import { abortError, type Clock } from '../../src/model/clock.ts';
import { UsageError } from '../../src/model/errors.ts';
import { type Known, known, unknown } from '../../src/model/known.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { isRegionName } from '../../src/model/scope.ts';
import { deploy } from '../../src/simulator/deploy/deploy.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { requestHandler } from '../../src/simulator/wire/request-handler.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import { typeIn } from '../../src/stacks/urn.ts';
import type { Surroundings } from '../surroundings.ts';
import { accountOf, accountsIn, DEFAULT_REGION, regionsOf } from './places.ts';

export interface AwsFlags {
  /** `live`, `simulator`, or the URL of an endpoint that speaks AWS's protocols. */
  readonly aws: string;
  readonly profile?: string;
  readonly role?: string;
  /** Comma between names. */
  readonly regions?: string;
  readonly organization?: boolean;
  /** Comma between ids. */
  readonly accounts?: string;
  readonly budget?: number;
  readonly region?: string;
  readonly seed: number;
}

export interface OpenAws {
  readonly session: CountingSession;
  readonly clock: Clock;
  readonly targets: Targets;
  /** The sources with the ids that their resources have there. */
  readonly readings: readonly SourceReading[];
  /** Real time passes by itself; virtual time only while work is driven. */
  drive<T>(work: Promise<T>): Promise<T>;
  /** Work outside of it, for which virtual time stands still. */
  real<T>(work: Promise<T>): Promise<T>;
}

type AnyCall = Call<never, unknown>;

/** A simulated world has lived this long before anybody looks: schedules have run, metrics have values. */
const AGE = 26 * 3600 * 1000;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(abortError(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      if (signal?.aborted === true) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    }),
};

export async function openAws(
  flags: AwsFlags,
  grade: Grade,
  calls: readonly AnyCall[],
  declared: readonly SourceReading[],
  around: Surroundings,
): Promise<OpenAws> {
  // Which Node versions are supported, Holdfast's own documentation says.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const allowed = [...calls, ...TARGET_CALLS];
  if (flags.aws === 'simulator') return openSimulator(flags, grade, allowed, declared, around);
  if (flags.aws !== 'live' && !/^https?:\/\/\S+$/.test(flags.aws))
    throw new UsageError('aws-unknown', `--aws: expected live, simulator or a URL (http://127.0.0.1:5000), found ${flags.aws}.`);
  const endpoint = flags.aws === 'live' ? undefined : flags.aws;
  if (flags.aws === 'live') refuseElsewhere(process.env);
  const transport = realTransport(flags, endpoint);
  const open = sessionOver(
    transport,
    systemClock,
    flags,
    grade,
    allowed,
    endpoint === undefined ? 'live' : 'simulated',
    Math.random,
  );
  const regions = flags.regions === undefined ? regionsOf(declared) : listed(flags.regions);
  const accounts =
    flags.accounts !== undefined ? accountIds(flags.accounts) : flags.role === undefined ? [] : accountsIn(declared);
  const targets = await answered(
    targetsOf({
      session: open,
      region: flags.region ?? regions[0] ?? DEFAULT_REGION,
      organisation: flags.organization === true,
      // With a role, every account that the sources speak of; else the account of the credentials.
      accounts: flags.organization === true || accounts.length === 0 ? undefined : accounts,
      regions: regions.length === 0 ? undefined : regions,
    }),
    flags,
  );
  return { session: open, clock: systemClock, targets, readings: declared, drive: (work) => work, real: (work) => work };
}

/**
 * The SDK would ask there whatever is named in the environment (SDKs and Tools reference, "Service-specific endpoints"). A profile may
 * name one too: the transport sees that.
 */
export function refuseElsewhere(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, url] of Object.entries(env)) {
    if (!/^AWS_ENDPOINT_URL(?:_|$)/i.test(name) || url === undefined || url === '') continue;
    if (!URL.canParse(url) || !isOfAws(new URL(url).hostname)) throw elsewhere(name, url);
  }
}

/** Where AWS cannot even say who is asking, nothing can be read. */
async function answered<T>(question: Promise<T>, flags: AwsFlags): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    throw (
      stopOf(error) ??
      new UsageError(
        'aws-unanswered',
        `expected AWS to say whose credentials these are (--aws ${flags.aws}), and ${saysOf(error)}. Check the endpoint, the network and the permissions.`,
      )
    );
  }
}

function realTransport(flags: AwsFlags, endpoint: string | undefined): Transport {
  const base = defaultChain(flags.profile);
  if (flags.role === undefined) return sdkTransport({ credentials: () => base, endpoint });
  const own = sdkTransport({ credentials: () => base, endpoint });
  const role = { role: flags.role, region: flags.region ?? DEFAULT_REGION, transport: own, clock: systemClock };
  const credentials = assumedRoles(base, role);
  return sdkTransport({ credentials, endpoint });
}

async function openSimulator(
  flags: AwsFlags,
  grade: Grade,
  allowed: readonly AnyCall[],
  declared: readonly SourceReading[],
  around: Surroundings,
): Promise<OpenAws> {
  const start = Date.parse(`${around.today}T00:00:00Z`) - AGE;
  const aws = freshAws({ start, seed: flags.seed, consistency: 0 });
  const { clock } = aws.world;
  const place = { account: accountOf(declared), region: flags.region ?? regionsOf(declared)[0] ?? DEFAULT_REGION };
  around.progress('deploying into simulated AWS');
  const { readings, notes, opaque } = await clock.drive(deploy(aws, declared, place));
  clock.advance(AGE);
  const accounts = [...new Set([place.account, ...accountsIn(readings)])];
  for (const account of accounts) addAdministratorKey(aws.world, keyIdOf(account), 'simulated', account);
  const credentials = (account: string) => (): Promise<Credentials> =>
    Promise.resolve({ accessKeyId: keyIdOf(account === CALLER ? place.account : account), secretAccessKey: 'simulated' });
  const transport = sdkTransport({ credentials, requestHandler: requestHandler(aws) });
  const timed: Transport = { send: (...call) => clock.real(transport.send(...call)) };
  const random = aws.world.random;
  const open = sessionOver(timed, clock, flags, grade, allowed, 'simulated', () => random.next());
  const regions = flags.regions === undefined ? regionsOf(readings) : listed(flags.regions);
  const all = regions.length === 0 ? [place.region] : regions;
  const kinds = new Set(opaque.map(typeIn));
  const unknowns = kinds.size === 0 ? [] : [`simulated AWS does not know ${[...kinds].sort().join(', ')}: kept as declared`];
  const targets: Targets = {
    targets: accounts.map((account) => ({ account, regions: all })),
    unreached: [],
    notes: [...unknowns, ...notes],
  };
  return { session: open, clock, targets, readings, drive: (work) => clock.drive(work), real: (work) => clock.real(work) };
}

const keyIdOf = (account: string): string => `AKIASIM${account}`;

function sessionOver(
  transport: Transport,
  clock: Clock,
  flags: AwsFlags,
  grade: Grade,
  allowed: readonly AnyCall[],
  world: 'live' | 'simulated',
  random: () => number,
): CountingSession {
  return session({ world, grade, transport, clock, random, limits: limiter(clock), allowed, budget: flags.budget });
}

/** AWS as checks ask it. What ends a run (credentials, budget) ends it; all else is the reason why there is no answer. */
export function liveAws(open: CountingSession): LiveAws {
  const failed = (error: unknown): ReturnType<typeof unknown> => {
    if (!(error instanceof AwsFailure)) throw error;
    const stop = stopOf(error);
    if (stop !== undefined) throw stop;
    return unknown(reasonOf(error), saysOf(error));
  };
  return {
    async ask<I, O>(call: Call<I, O>, input: I, at: Place, absent: readonly string[] = []): Promise<Known<O | undefined>> {
      try {
        return known(await open.send(call, input, at));
      } catch (error) {
        if (error instanceof AwsFailure && isOneOf(error, absent)) return known(undefined);
        return failed(error);
      }
    },
    async pages<I, O>(call: Call<I, O>, input: I, at: Place): Promise<Known<readonly O[]>> {
      const pages: O[] = [];
      try {
        for await (const page of pagesOf(call, input, at, (asked) => open.send(call, asked, at))) pages.push(page);
        return known(pages);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

function accountIds(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim());
  const wrong = ids.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined)
    throw new UsageError('account-unreadable', `--accounts: expected ids of twelve digits with commas between, found ${wrong}.`);
  return ids;
}

function listed(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !isRegionName(name));
  if (wrong !== undefined)
    throw new UsageError(
      'region-unreadable',
      `--regions: expected names of Regions with commas between (eu-west-1,us-east-1), found ${wrong === '' ? 'an empty name' : wrong}.`,
    );
  return names;
}
