/** Whose credentials calls are signed with: the SDK's own chain, or a role assumed in each account. */
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Clock } from '../model/clock.ts';
import { UsageError } from '../model/errors.ts';
import { call, type Session } from './call.ts';
import { failureOf } from './failure.ts';
import type { Credentials, CredentialsProvider, Transport } from './transport.ts';

export const GET_CALLER_IDENTITY = call<object, GetCallerIdentityCommandOutput>({
  client: 'sts',
  operation: 'GetCallerIdentity',
  action: 'sts:GetCallerIdentity',
});

export const ASSUME_ROLE = call<AssumeRoleCommandInput, AssumeRoleCommandOutput>({
  client: 'sts',
  operation: 'AssumeRole',
  action: 'sts:AssumeRole',
});

/** Stands for "the account of the credentials themselves" in a place, before or instead of a role. */
export const CALLER = 'caller';

/** Environment, shared files, SSO, web identity, container and instance metadata, in the SDK's own order. */
export function defaultChain(profile?: string): CredentialsProvider {
  let chain: Promise<CredentialsProvider> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/credential-provider-node').then((m) =>
      m.defaultProvider(profile === undefined ? {} : { profile }),
    );
    return (await chain)();
  };
}

export interface RoleOptions {
  /** `arn:aws:iam::{account}:role/NAME`; `{account}` becomes the account of each call. */
  readonly role: string;
  readonly externalId?: string | undefined;
  /** The caller's own account, read with its own credentials: a management account seldom has the role of its members. */
  readonly own?: string | undefined;
  /** Region whose STS is asked. */
  readonly region: string;
  /** Sends with the caller's own credentials. */
  readonly transport: Transport;
  readonly clock: Clock;
}

const ROLE = /^arn:aws[a-z-]*:iam::(\{account\}|\d{12}):role\/[\w+=,.@/-]+$/;
/** Renewed this long before they expire, as the SDK does. */
const MARGIN = 5 * 60_000;

/** The account that a role's ARN names; undefined for a pattern with `{account}`. Throws when it is not the ARN of a role. */
export function accountOfRole(role: string): string | undefined {
  const account = ROLE.exec(role)?.[1];
  if (account === undefined)
    throw new UsageError(
      'aws-role',
      `Expected the ARN of a role, such as arn:aws:iam::{account}:role/holdfast ({account} becomes each account), found ${role}.`,
    );
  return account === '{account}' ? undefined : account;
}

/**
 * Credentials of the role in each account, assumed at the first call and again before they expire. `CALLER` and the
 * caller's own account are answered by the given base. The provider throws `AwsFailure` of sts:AssumeRole.
 */
export function assumedRoles(base: CredentialsProvider, options: RoleOptions): (account: string) => CredentialsProvider {
  const { role, externalId, own, region, transport, clock } = options;
  const held = new Map<string, { readonly credentials: Promise<Credentials>; expires: number }>();
  accountOfRole(role);

  const assume = async (account: string): Promise<Credentials> => {
    const at = { account: CALLER, region };
    const input: AssumeRoleCommandInput = {
      RoleArn: role.replace('{account}', account),
      RoleSessionName: 'holdfast',
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    };
    try {
      const { Credentials: got } = (await transport.send(
        ASSUME_ROLE.client,
        ASSUME_ROLE.operation,
        input,
        at,
      )) as AssumeRoleCommandOutput;
      if (got?.AccessKeyId === undefined || got.SecretAccessKey === undefined || got.SessionToken === undefined)
        throw new SyntaxError('the reply of sts:AssumeRole holds no credentials');
      return {
        accessKeyId: got.AccessKeyId,
        secretAccessKey: got.SecretAccessKey,
        sessionToken: got.SessionToken,
        ...(got.Expiration === undefined ? {} : { expiration: got.Expiration }),
      };
    } catch (error) {
      throw failureOf(error, ASSUME_ROLE, at);
    }
  };

  const get = async (account: string): Promise<Credentials> => {
    const known = held.get(account);
    if (known !== undefined && known.expires - MARGIN > clock.now()) return known.credentials;
    const entry = { credentials: assume(account), expires: Number.POSITIVE_INFINITY };
    held.set(account, entry);
    try {
      const credentials = await entry.credentials;
      entry.expires = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      return credentials;
    } catch (error) {
      // A failure is not kept: the next call tries again.
      held.delete(account);
      throw error;
    }
  };
  return (account) => (account === CALLER || account === own ? base : () => get(account));
}

/** The account (twelve digits) and ARN behind the session's credentials in an account, `CALLER` by default. */
export async function identityOf(
  session: Session,
  region: string,
  account: string = CALLER,
): Promise<{ readonly account: string; readonly arn: string }> {
  const reply = await session.send(GET_CALLER_IDENTITY, {}, { account, region });
  if (reply.Account === undefined || !/^\d{12}$/.test(reply.Account))
    throw failureOf(new SyntaxError('the reply of sts:GetCallerIdentity names no account'), GET_CALLER_IDENTITY, {
      account,
      region,
    });
  return { account: reply.Account, arn: reply.Arn ?? '' };
}
