/** AWS Organizations: one organisation with its accounts and units. https://docs.aws.amazon.com/organizations/latest/APIReference/ */
import type * as Organizations from '@aws-sdk/client-organizations';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { organizationsDeployers } from './organizations-deployers.ts';
import {
  dropOrganisation,
  keepOrganisation,
  type Member,
  type Organisation,
  organisationOf,
  type Unit,
} from './organizations-model.ts';

type Op<I, O> = Operation<I, Reply<O>>;

/** Milliseconds that the creation of an account takes; AWS says "up to several minutes". */
const CREATION = 120_000;
const PAGE = 20;

function organisation(context: CallContext): Organisation {
  const found = organisationOf(context.world, context.account);
  if (found === undefined)
    throw new ServiceFault('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
  return found;
}

/** Lists and changes are for the management account and those to which it has delegated them. */
function managed(context: CallContext): Organisation {
  const found = organisation(context);
  const isDelegate = [...found.delegates.keys()].some((key) => key.startsWith(`${context.account} `));
  if (found.management !== context.account && !isDelegate)
    throw new ServiceFault('AccessDeniedException', "You don't have permissions to access this resource.", 403);
  return found;
}

function memberOf(found: Organisation, id: string | undefined): Member {
  const member = found.members.get(id ?? '');
  if (member === undefined) throw new ServiceFault('AccountNotFoundException', `There is no account ${id ?? ''}.`);
  return member;
}

function unitOf(found: Organisation, id: string | undefined): Unit {
  const unit = found.units.get(id ?? '');
  if (unit === undefined)
    throw new ServiceFault('OrganizationalUnitNotFoundException', `There is no organizational unit ${id ?? ''}.`);
  return unit;
}

const organisationReply = (found: Organisation): Organizations.Organization => ({
  Id: found.id,
  Arn: `arn:aws:organizations::${found.management}:organization/${found.id}`,
  FeatureSet: found.features,
  MasterAccountId: found.management,
  MasterAccountArn: memberOf(found, found.management).arn,
  MasterAccountEmail: memberOf(found, found.management).email,
  AvailablePolicyTypes: [],
});

const accountReply = (member: Member): Organizations.Account => ({
  Id: member.id,
  Arn: member.arn,
  Email: member.email,
  Name: member.name,
  Status: member.status,
  State: member.status === 'ACTIVE' ? 'ACTIVE' : 'SUSPENDED',
  JoinedMethod: member.joinedBy,
  JoinedTimestamp: member.joined,
});

function newMember(
  found: Pick<Organisation, 'id' | 'management' | 'root'>,
  given: Pick<Member, 'id' | 'name' | 'email' | 'joinedBy' | 'joined'> & { readonly parent?: string },
): Member {
  return {
    parent: found.root,
    ...given,
    arn: `arn:aws:organizations::${found.management}:account/${found.id}/${given.id}`,
    status: 'ACTIVE',
    tags: new Map(),
  };
}

const create: Op<Organizations.CreateOrganizationCommandInput, Organizations.CreateOrganizationCommandOutput> = (
  input,
  context,
) => {
  const { world, account } = context;
  if (organisationOf(world, account) !== undefined)
    throw new ServiceFault('AlreadyInOrganizationException', 'The AWS account is already a member of an organization.');
  const ids = { id: `o-${world.random.hex(10)}`, root: `r-${world.random.hex(4)}`, management: account };
  const first = newMember(ids, {
    id: account,
    name: 'management',
    email: `management@${account}.example`,
    joinedBy: 'INVITED',
    joined: context.now,
  });
  const made: Organisation = {
    ...ids,
    features: input.FeatureSet ?? 'ALL',
    members: new Map([[account, first]]),
    units: new Map(),
    services: new Map(),
    delegates: new Map(),
    crossAccountBackup: false,
  };
  keepOrganisation(world, made);
  return { Organization: organisationReply(made) };
};

const createAccount: Op<Organizations.CreateAccountCommandInput, Organizations.CreateAccountCommandOutput> = (input, context) => {
  const found = managed(context);
  const { world } = context;
  const id = String(100_000_000_000 + Math.floor(world.random.next() * 899_999_999_999));
  const member = newMember(found, {
    id,
    name: input.AccountName ?? '',
    email: input.Email ?? '',
    joinedBy: 'CREATED',
    joined: context.now,
  });
  for (const tag of input.Tags ?? []) member.tags.set(tag.Key ?? '', tag.Value ?? '');
  found.members.set(id, member);
  return {
    CreateAccountStatus: {
      Id: `car-${world.random.hex(32)}`,
      AccountId: id,
      AccountName: member.name,
      State: 'SUCCEEDED',
      RequestedTimestamp: context.now,
      CompletedTimestamp: new Date(context.now.getTime() + CREATION),
    },
  };
};

/** An account of the world that joins by invitation. Invitations are accepted at once. */
const invite: Op<
  Organizations.InviteAccountToOrganizationCommandInput,
  Organizations.InviteAccountToOrganizationCommandOutput
> = (input, context) => {
  const found = managed(context);
  const id = input.Target?.Id ?? '';
  if (!/^\d{12}$/.test(id)) throw new ServiceFault('InvalidInputException', `Expected an account id, found ${id}.`);
  if (organisationOf(context.world, id) !== undefined)
    throw new ServiceFault('HandshakeConstraintViolationException', 'The account is a member of an organization.');
  const email = `account@${id}.example`;
  found.members.set(id, newMember(found, { id, name: `account-${id}`, email, joinedBy: 'INVITED', joined: context.now }));
  return { Handshake: { Id: `h-${context.world.random.hex(32)}`, State: 'ACCEPTED', Action: 'INVITE' } };
};

const createUnit: Op<Organizations.CreateOrganizationalUnitCommandInput, Organizations.CreateOrganizationalUnitCommandOutput> = (
  input,
  context,
) => {
  const found = managed(context);
  const parent = input.ParentId ?? '';
  if (parent !== found.root && !found.units.has(parent))
    throw new ServiceFault('ParentNotFoundException', `There is no root or unit ${parent}.`);
  if ([...found.units.values()].some((u) => u.parent === parent && u.name === input.Name))
    throw new ServiceFault('DuplicateOrganizationalUnitException', `There is a unit ${input.Name ?? ''} in ${parent}.`);
  const id = context.id(`ou-${found.root.slice(2)}`, 8);
  const arn = `arn:aws:organizations::${found.management}:ou/${found.id}/${id}`;
  const unit: Unit = { id, arn, name: input.Name ?? '', parent };
  found.units.set(id, unit);
  return { OrganizationalUnit: { Id: id, Arn: arn, Name: unit.name } };
};

function listing<T, K extends string>(
  items: readonly T[],
  input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
  member: K,
): { [key in K]: T[] } & { NextToken?: string } {
  const { items: shown, next } = page(items, input.NextToken, input.MaxResults ?? PAGE);
  const reply = { [member]: [...shown] } as { [key in K]: T[] };
  return next === undefined ? reply : { ...reply, NextToken: next };
}

const operations = {
  CreateOrganization: create,
  DescribeOrganization: ((_, context) => ({
    Organization: organisationReply(organisation(context)),
  })) satisfies Op<Organizations.DescribeOrganizationCommandInput, Organizations.DescribeOrganizationCommandOutput>,
  CreateAccount: createAccount,
  InviteAccountToOrganization: invite,
  /** A closed account is shown as suspended for 90 days (user guide, "Closing a member account"). */
  CloseAccount: ((input, context) => {
    memberOf(managed(context), input.AccountId).status = 'SUSPENDED';
    return {};
  }) satisfies Op<Organizations.CloseAccountCommandInput, Organizations.CloseAccountCommandOutput>,
  DescribeAccount: ((input, context) => ({
    Account: accountReply(memberOf(managed(context), input.AccountId)),
  })) satisfies Op<Organizations.DescribeAccountCommandInput, Organizations.DescribeAccountCommandOutput>,
  ListAccounts: ((input, context) =>
    listing([...managed(context).members.values()].map(accountReply), input, 'Accounts')) satisfies Op<
    Organizations.ListAccountsCommandInput,
    Organizations.ListAccountsCommandOutput
  >,
  ListAccountsForParent: ((input, context) => {
    const members = [...managed(context).members.values()].filter((m) => m.parent === input.ParentId);
    return listing(members.map(accountReply), input, 'Accounts');
  }) satisfies Op<Organizations.ListAccountsForParentCommandInput, Organizations.ListAccountsForParentCommandOutput>,
  ListRoots: ((input, context) => {
    const found = managed(context);
    const Arn = `arn:aws:organizations::${found.management}:root/${found.id}/${found.root}`;
    return listing([{ Id: found.root, Arn, Name: 'Root', PolicyTypes: [] }], input, 'Roots');
  }) satisfies Op<Organizations.ListRootsCommandInput, Organizations.ListRootsCommandOutput>,
  CreateOrganizationalUnit: createUnit,
  ListOrganizationalUnitsForParent: ((input, context) => {
    const units = [...managed(context).units.values()].filter((u) => u.parent === input.ParentId);
    return listing(
      units.map((u) => ({ Id: u.id, Arn: u.arn, Name: u.name })),
      input,
      'OrganizationalUnits',
    );
  }) satisfies Op<
    Organizations.ListOrganizationalUnitsForParentCommandInput,
    Organizations.ListOrganizationalUnitsForParentCommandOutput
  >,
  ListParents: ((input, context) => {
    const found = managed(context);
    const id = found.members.get(input.ChildId ?? '')?.parent ?? found.units.get(input.ChildId ?? '')?.parent;
    if (id === undefined) throw new ServiceFault('ChildNotFoundException', `There is no ${input.ChildId ?? ''}.`);
    return { Parents: [{ Id: id, Type: id === found.root ? ('ROOT' as const) : ('ORGANIZATIONAL_UNIT' as const) }] };
  }) satisfies Op<Organizations.ListParentsCommandInput, Organizations.ListParentsCommandOutput>,
  /** An account takes its leave; the organization must have no account but its own to go (DeleteOrganization). */
  RemoveAccountFromOrganization: ((input, context) => {
    const found = managed(context);
    found.members.delete(memberOf(found, input.AccountId).id);
    return {};
  }) satisfies Op<
    Organizations.RemoveAccountFromOrganizationCommandInput,
    Organizations.RemoveAccountFromOrganizationCommandOutput
  >,
  DeleteOrganization: ((_input, context) => {
    const found = managed(context);
    if (found.members.size > 1 || found.units.size > 0)
      throw new ServiceFault('OrganizationNotEmptyException', 'The organization still has accounts or units.');
    dropOrganisation(context.world, found);
    return {};
  }) satisfies Op<Organizations.DeleteOrganizationCommandInput, Organizations.DeleteOrganizationCommandOutput>,
  UpdateOrganizationalUnit: ((input, context) => {
    const unit = unitOf(managed(context), input.OrganizationalUnitId);
    unit.name = input.Name ?? unit.name;
    return { OrganizationalUnit: { Id: unit.id, Arn: unit.arn, Name: unit.name } };
  }) satisfies Op<Organizations.UpdateOrganizationalUnitCommandInput, Organizations.UpdateOrganizationalUnitCommandOutput>,
  DeleteOrganizationalUnit: ((input, context) => {
    const found = managed(context);
    const { id } = unitOf(found, input.OrganizationalUnitId);
    if ([...found.members.values(), ...found.units.values()].some((item) => item.parent === id))
      throw new ServiceFault('OrganizationalUnitNotEmptyException', 'The unit still has accounts or units.');
    found.units.delete(id);
    return {};
  }) satisfies Op<Organizations.DeleteOrganizationalUnitCommandInput, Organizations.DeleteOrganizationalUnitCommandOutput>,
  MoveAccount: ((input, context) => {
    const found = managed(context);
    const member = memberOf(found, input.AccountId);
    const to = input.DestinationParentId ?? '';
    if (member.parent !== input.SourceParentId)
      throw new ServiceFault('SourceParentNotFoundException', `${member.id} is in ${member.parent}.`);
    if (to !== found.root && !found.units.has(to))
      throw new ServiceFault('DestinationParentNotFoundException', `There is no root or unit ${to}.`);
    member.parent = to;
    return {};
  }) satisfies Op<Organizations.MoveAccountCommandInput, Organizations.MoveAccountCommandOutput>,
  EnableAWSServiceAccess: ((input, context) => {
    managed(context).services.set(input.ServicePrincipal ?? '', context.now);
    return {};
  }) satisfies Op<Organizations.EnableAWSServiceAccessCommandInput, Organizations.EnableAWSServiceAccessCommandOutput>,
  ListAWSServiceAccessForOrganization: ((input, context) => {
    const services = [...managed(context).services].map(([ServicePrincipal, DateEnabled]) => ({ ServicePrincipal, DateEnabled }));
    return listing(services, input, 'EnabledServicePrincipals');
  }) satisfies Op<
    Organizations.ListAWSServiceAccessForOrganizationCommandInput,
    Organizations.ListAWSServiceAccessForOrganizationCommandOutput
  >,
  RegisterDelegatedAdministrator: ((input, context) => {
    const found = managed(context);
    found.delegates.set(`${memberOf(found, input.AccountId).id} ${input.ServicePrincipal ?? ''}`, context.now);
    return {};
  }) satisfies Op<
    Organizations.RegisterDelegatedAdministratorCommandInput,
    Organizations.RegisterDelegatedAdministratorCommandOutput
  >,
  ListDelegatedAdministrators: ((input, context) => {
    const found = managed(context);
    const wanted = [...found.delegates].filter(
      ([key]) => input.ServicePrincipal === undefined || key.endsWith(` ${input.ServicePrincipal}`),
    );
    const delegates = wanted.map(([key, at]) => ({
      ...accountReply(memberOf(found, key.split(' ')[0])),
      DelegationEnabledDate: at,
    }));
    return listing(delegates, input, 'DelegatedAdministrators');
  }) satisfies Op<Organizations.ListDelegatedAdministratorsCommandInput, Organizations.ListDelegatedAdministratorsCommandOutput>,
  ListTagsForResource: ((input, context) => {
    const tags = memberOf(managed(context), input.ResourceId).tags;
    return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
  }) satisfies Op<Organizations.ListTagsForResourceCommandInput, Organizations.ListTagsForResourceCommandOutput>,
};

export const organizations: SimulatedService = {
  client: 'organizations',
  prefix: 'organizations',
  global: true,
  operations,
  deployers: organizationsDeployers,
};
