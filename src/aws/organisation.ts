/** Which accounts and Regions a run looks at. What cannot be looked at is said, never left out. */
import type { DescribeRegionsCommandInput, DescribeRegionsCommandOutput } from '@aws-sdk/client-ec2';
import type { ListAccountsCommandInput, ListAccountsCommandOutput } from '@aws-sdk/client-organizations';
import { UsageError } from '../model/errors.ts';
import type { Reason } from '../model/known.ts';
import { call, type Session } from './call.ts';
import { ASSUME_ROLE, GET_CALLER_IDENTITY, identityOf } from './credentials.ts';
import { type AnyCall, AwsFailure, reasonOf, saysOf, stopOf } from './failure.ts';
import { pagesOf } from './pages.ts';

export const LIST_ACCOUNTS = call<ListAccountsCommandInput, ListAccountsCommandOutput>({
  client: 'organizations',
  operation: 'ListAccounts',
  action: 'organizations:ListAccounts',
  pages: { input: 'NextToken', output: 'NextToken' },
  only: 'us-east-1',
});

export const DESCRIBE_REGIONS = call<DescribeRegionsCommandInput, DescribeRegionsCommandOutput>({
  client: 'ec2',
  operation: 'DescribeRegions',
  action: 'ec2:DescribeRegions',
});

/** Every call that finding the targets may need, for allow-lists and the IAM policy. */
export const TARGET_CALLS: readonly AnyCall[] = [GET_CALLER_IDENTITY, ASSUME_ROLE, LIST_ACCOUNTS, DESCRIBE_REGIONS];

/** An account with the Regions of it that are to be read. */
export interface Target {
  readonly account: string;
  readonly regions: readonly string[];
}

/** An account, or one Region of it, that should have been read and cannot be. */
export interface Unreached {
  readonly account: string;
  /** Undefined: the whole account. */
  readonly region: string | undefined;
  readonly action: string;
  readonly reason: Reason;
  readonly detail: string;
}

export interface Targets {
  readonly targets: readonly Target[];
  readonly unreached: readonly Unreached[];
  /** One line each: suspended accounts, Regions that are not enabled. */
  readonly notes: readonly string[];
}

export interface TargetOptions {
  readonly session: Session;
  /** Where the questions about accounts are asked. */
  readonly region: string;
  /** Every active account of the organisation; else the session's own account alone. */
  readonly organisation?: boolean;
  /** Accounts named by the user. */
  readonly accounts?: readonly string[] | undefined;
  /** Regions named by the user; undefined: every Region that the account has enabled. */
  readonly regions?: readonly string[] | undefined;
}

/**
 * The accounts, in order, each shown to be readable, with their enabled Regions. Throws `UsageError` when the credentials are
 * not valid, or when the accounts of the organisation cannot be listed.
 */
export async function targetsOf(options: TargetOptions): Promise<Targets> {
  const { session, region, regions } = options;
  const named = await accountsOf(options);
  const found = await Promise.all(
    named.accounts.map(async (account): Promise<Targets> => {
      try {
        const identity = await identityOf(session, region, account);
        if (identity.account !== account) return other(account, identity.account);
      } catch (error) {
        return unreachable(error, account);
      }
      return regionsOf(session, account, region, regions);
    }),
  );
  return {
    targets: found.flatMap((f) => f.targets),
    unreached: found.flatMap((f) => f.unreached),
    notes: [...named.notes, ...found.flatMap((f) => f.notes)],
  };
}

async function accountsOf({ session, region, organisation = false, accounts }: TargetOptions): Promise<{
  readonly accounts: readonly string[];
  readonly notes: readonly string[];
}> {
  if (accounts !== undefined && accounts.length > 0) return { accounts: [...new Set(accounts)].sort(), notes: [] };
  const own = await stopping(() => identityOf(session, region));
  if (!organisation) return { accounts: [own.account], notes: [] };
  const active: string[] = [];
  const notes: string[] = [];
  await stopping(async () => {
    const at = { account: own.account, region };
    for await (const page of pagesOf(LIST_ACCOUNTS, {}, at, (input) => session.send(LIST_ACCOUNTS, input, at))) {
      for (const { Id: id, Status: status } of page.Accounts ?? []) {
        if (id === undefined) continue;
        if (status === 'ACTIVE') active.push(id);
        else notes.push(`account ${id} of the organisation is ${status ?? 'in no stated condition'} and was not read`);
      }
    }
  });
  if (active.length === 0)
    throw new UsageError(
      'aws-organisation',
      'Expected active accounts in the organisation, and organizations:ListAccounts shows none.',
    );
  return { accounts: active.sort(), notes };
}

/** Without these answers there is nothing to begin with: any failure ends the run. */
async function stopping<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    throw (
      stopOf(error) ??
      new UsageError(
        'aws-accounts',
        `Expected to learn which accounts to read, and ${saysOf(error)}: ${error.message}\nName them with --accounts, or allow ${error.call.action}.`,
      )
    );
  }
}

async function regionsOf(
  session: Session,
  account: string,
  home: string,
  asked: readonly string[] | undefined,
): Promise<Targets> {
  const all = (regions: readonly string[], notes: readonly string[] = []): Targets => ({
    targets: [{ account, regions: [...new Set(regions)].sort() }],
    unreached: [],
    notes,
  });
  let reply: DescribeRegionsCommandOutput;
  try {
    reply = await session.send(DESCRIBE_REGIONS, { AllRegions: true }, { account, region: home });
  } catch (error) {
    // Regions that the user named can be read without knowing of others; one that is closed will say so.
    if (asked !== undefined && error instanceof AwsFailure && stopOf(error) === undefined) return all(asked);
    return unreachable(error, account);
  }
  const enabled = new Set<string>();
  const closed: string[] = [];
  for (const { RegionName: name, OptInStatus: status } of reply.Regions ?? []) {
    if (name === undefined) continue;
    if (status === 'not-opted-in') closed.push(name);
    else enabled.add(name);
  }
  const wanted = asked ?? [...enabled];
  if (wanted.length === 0) return unreachable(new SyntaxError('ec2:DescribeRegions shows no Region'), account);
  const unknown = wanted.filter((r) => !enabled.has(r) && !closed.includes(r));
  if (unknown.length > 0)
    throw new UsageError(
      'aws-region',
      `Expected Regions of AWS (${[...enabled].sort().join(', ')}), found ${unknown.join(', ')}.`,
    );
  const skipped = wanted.filter((r) => closed.includes(r));
  const notes = skipped.map((r) => `account ${account} has not opted in to ${r}: it was not read`);
  const open = wanted.filter((r) => enabled.has(r));
  return all(open, notes);
}

function unreachable(error: unknown, account: string): Targets {
  if (error instanceof SyntaxError) return missing(account, DESCRIBE_REGIONS.action, 'error', error.message);
  if (!(error instanceof AwsFailure)) throw error;
  // Of one account among several only the role may be at fault; without a role the credentials are everybody's.
  const stop = error.call.action === ASSUME_ROLE.action && error.kind !== 'clock-skew' ? undefined : stopOf(error);
  if (stop !== undefined) throw stop;
  return missing(account, error.call.action, reasonOf(error), `account ${account} cannot be read: ${saysOf(error)}`);
}

const other = (account: string, found: string): Targets =>
  missing(
    account,
    GET_CALLER_IDENTITY.action,
    'access-denied',
    `the credentials for account ${account} belong to account ${found}; give a role that has {account} in its ARN`,
  );

const missing = (account: string, action: string, reason: Reason, detail: string): Targets => ({
  targets: [],
  unreached: [{ account, region: undefined, action, reason, detail }],
  notes: [],
});
