/** AWS STS: who calls, and roles for a while. https://docs.aws.amazon.com/STS/latest/APIReference/ */
import type * as STS from '@aws-sdk/client-sts';
import { type CallContext, type Operation, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { addKey, keyOf } from '../world/keys.ts';
import { GLOBAL } from '../world/world.ts';
import { ROLES, type Role, sessionOf, statementsOfRole, trusts } from './iam-model.ts';

type Op<I, O> = Operation<I, Reply<O>>;

const HOUR = 3600;
const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

const denied = (context: CallContext, resource: string): ServiceFault =>
  new ServiceFault(
    'AccessDenied',
    `User: ${context.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${resource}`,
    403,
  );

function roleAt(context: CallContext, arn: string): { readonly account: string; readonly role: Role } {
  const [, account, name] = ROLE.exec(arn) ?? [];
  if (account === undefined || name === undefined)
    throw new ServiceFault('ValidationError', `${arn} is invalid: it is not the ARN of a role`);
  const role = context.world.get(ROLES, account, GLOBAL, name);
  // A role that is not there is refused like one that trusts nobody.
  if (role === undefined) throw denied(context, arn);
  return { account, role };
}

/** A session that another one assumed lasts an hour at most (AssumeRole, "role chaining"). */
const assumeRole: Op<STS.AssumeRoleCommandInput, STS.AssumeRoleCommandOutput> = (input, context) => {
  const { world } = context;
  const { account, role } = roleAt(context, input.RoleArn ?? '');
  const asker = { account: context.account, arn: context.principal.arn, externalId: input.ExternalId };
  if (!trusts(role, asker)) throw denied(context, role.arn);
  const seconds = input.DurationSeconds ?? HOUR;
  const most = context.principal.arn.includes(':assumed-role/') ? HOUR : role.maxSession;
  if (seconds < 900 || seconds > most)
    throw new ServiceFault('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  const session = input.RoleSessionName ?? '';
  const principal = sessionOf(account, role, session, statementsOfRole(world, account, role));
  const id = `ASIA${world.random.hex(16).toUpperCase()}`;
  const secret = world.random.hex(40);
  const token = world.random.hex(64);
  const expires = world.clock.now() + seconds * 1000;
  addKey(world, { id, secret, account, principal, token, expires });
  return {
    Credentials: { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token, Expiration: new Date(expires) },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${session}`, Arn: principal.arn },
    PackedPolicySize: 0,
  };
};

const operations = {
  AssumeRole: assumeRole,
  GetCallerIdentity: ((_, context) => ({
    UserId: context.principal.arn.split('/').slice(1).join(':'),
    Account: context.account,
    Arn: context.principal.arn,
  })) satisfies Op<STS.GetCallerIdentityCommandInput, STS.GetCallerIdentityCommandOutput>,
  GetAccessKeyInfo: ((input, context) => {
    const key = keyOf(context.world, input.AccessKeyId ?? '');
    if (key === undefined) throw new ServiceFault('ValidationError', 'The access key is not known.');
    return { Account: key.account };
  }) satisfies Op<STS.GetAccessKeyInfoCommandInput, STS.GetAccessKeyInfoCommandOutput>,
};

export const sts: SimulatedService = { client: 'sts', prefix: 'sts', operations };
