/** IAM: roles and policies, as far as roles are assumed in simulated AWS. https://docs.aws.amazon.com/IAM/latest/APIReference/ */
import type * as IAM from '@aws-sdk/client-iam';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, modify, moved, putAgain, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { isBlock, need, tagList, textOf, textsOf, without } from './compute-inputs.ts';
import { type ManagedPolicy, POLICIES, ROLES, type Role } from './iam-model.ts';

type Op<I, O> = Operation<I, Reply<O>>;

const PAGE = 100;
const NAME = /^[\w+=,.@-]{1,64}$/;

const missing = (what: string): ServiceFault => new ServiceFault('NoSuchEntityException', `${what} cannot be found.`, 404);

function roleNamed(context: CallContext, name: string | undefined): Role {
  const role = context.get(ROLES, name ?? '');
  if (role === undefined) throw missing(`The role with name ${name ?? ''}`);
  return role;
}

function policyNamed(context: CallContext, arn: string | undefined): ManagedPolicy {
  const policy = context.get(POLICIES, arn ?? '');
  if (policy === undefined) throw missing(`Policy ${arn ?? ''}`);
  return policy;
}

/** Documents come back as URLs spell them (GetRole, AssumeRolePolicyDocument). */
const encoded = (text: string): string => encodeURIComponent(text);

function checked(document: string | undefined): string {
  try {
    const parsed: unknown = JSON.parse(document ?? '');
    if (typeof parsed === 'object' && parsed !== null && 'Statement' in parsed) return document ?? '';
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceFault('MalformedPolicyDocumentException', 'The policy is not in the valid JSON format.');
}

const rolePairs = (tags: Map<string, string>): IAM.Tag[] => [...tags].map(([Key, Value]) => ({ Key, Value }));

const roleReply = (role: Role): IAM.Role => ({
  RoleName: role.name,
  Path: role.path,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.created,
  AssumeRolePolicyDocument: encoded(role.trust),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSession,
  Tags: rolePairs(role.tags),
});

const policyReply = (policy: ManagedPolicy): IAM.Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  CreateDate: policy.created,
  DefaultVersionId: policy.defaultVersion,
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  IsAttachable: true,
  Tags: rolePairs(policy.tags),
});

const createRole: Op<IAM.CreateRoleCommandInput, IAM.CreateRoleCommandOutput> = (input, context) => {
  const name = input.RoleName ?? '';
  if (!NAME.test(name)) throw new ServiceFault('ValidationError', `${name} is no name of a role.`);
  if (context.get(ROLES, name) !== undefined)
    throw new ServiceFault('EntityAlreadyExistsException', `Role with name ${name} already exists.`, 409);
  const path = input.Path ?? '/';
  const role: Role = {
    name,
    path,
    id: `AROA${context.world.random.hex(17).toUpperCase()}`,
    arn: context.arn('iam', `role${path}${name}`),
    created: context.now,
    trust: checked(input.AssumeRolePolicyDocument),
    description: input.Description,
    maxSession: input.MaxSessionDuration ?? 3600,
    attached: new Map(),
    inline: new Map(),
    tags: new Map((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
  context.put(ROLES, name, role);
  return { Role: roleReply(role) };
};

const deleteRole: Op<IAM.DeleteRoleCommandInput, IAM.DeleteRoleCommandOutput> = (input, context) => {
  const role = roleNamed(context, input.RoleName);
  if (role.attached.size + role.inline.size > 0)
    throw new ServiceFault('DeleteConflictException', 'Cannot delete entity, must detach all policies first.', 409);
  context.remove(ROLES, role.name);
  return {};
};

const createPolicy: Op<IAM.CreatePolicyCommandInput, IAM.CreatePolicyCommandOutput> = (input, context) => {
  const path = input.Path ?? '/';
  const name = input.PolicyName ?? '';
  const arn = context.arn('iam', `policy${path}${name}`);
  if (context.get(POLICIES, arn) !== undefined)
    throw new ServiceFault('EntityAlreadyExistsException', `A policy called ${name} already exists.`, 409);
  const policy: ManagedPolicy = {
    name,
    path,
    id: `ANPA${context.world.random.hex(17).toUpperCase()}`,
    arn,
    created: context.now,
    description: input.Description,
    versions: new Map([['v1', checked(input.PolicyDocument)]]),
    defaultVersion: 'v1',
    tags: new Map((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
  context.put(POLICIES, arn, policy);
  return { Policy: policyReply(policy) };
};

/** IAM's own pages: a flag, and a marker when there are more. */
function listing<T, K extends string>(
  items: readonly T[],
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  member: K,
): { [key in K]: T[] } & { IsTruncated: boolean; Marker?: string } {
  const { items: shown, next } = page(items, input.Marker, input.MaxItems ?? PAGE);
  const reply = { [member]: [...shown] } as { [key in K]: T[] };
  return next === undefined ? { ...reply, IsTruncated: false } : { ...reply, IsTruncated: true, Marker: next };
}

const operations = {
  CreateRole: createRole,
  GetRole: ((input, context) => ({ Role: roleReply(roleNamed(context, input.RoleName)) })) satisfies Op<
    IAM.GetRoleCommandInput,
    IAM.GetRoleCommandOutput
  >,
  ListRoles: ((input, context) => {
    const found = context.list(ROLES).filter((r) => r.path.startsWith(input.PathPrefix ?? '/'));
    return listing(found.map(roleReply), input, 'Roles');
  }) satisfies Op<IAM.ListRolesCommandInput, IAM.ListRolesCommandOutput>,
  UpdateAssumeRolePolicy: ((input, context) => {
    roleNamed(context, input.RoleName).trust = checked(input.PolicyDocument);
    return {};
  }) satisfies Op<IAM.UpdateAssumeRolePolicyCommandInput, IAM.UpdateAssumeRolePolicyCommandOutput>,
  DeleteRole: deleteRole,
  PutRolePolicy: ((input, context) => {
    roleNamed(context, input.RoleName).inline.set(input.PolicyName ?? '', checked(input.PolicyDocument));
    return {};
  }) satisfies Op<IAM.PutRolePolicyCommandInput, IAM.PutRolePolicyCommandOutput>,
  GetRolePolicy: ((input, context) => {
    const document = roleNamed(context, input.RoleName).inline.get(input.PolicyName ?? '');
    if (document === undefined) throw missing(`The role policy with name ${input.PolicyName ?? ''}`);
    return { RoleName: input.RoleName, PolicyName: input.PolicyName, PolicyDocument: encoded(document) };
  }) satisfies Op<IAM.GetRolePolicyCommandInput, IAM.GetRolePolicyCommandOutput>,
  ListRolePolicies: ((input, context) =>
    listing([...roleNamed(context, input.RoleName).inline.keys()], input, 'PolicyNames')) satisfies Op<
    IAM.ListRolePoliciesCommandInput,
    IAM.ListRolePoliciesCommandOutput
  >,
  DeleteRolePolicy: ((input, context) => {
    if (!roleNamed(context, input.RoleName).inline.delete(input.PolicyName ?? ''))
      throw missing(`The role policy with name ${input.PolicyName ?? ''}`);
    return {};
  }) satisfies Op<IAM.DeleteRolePolicyCommandInput, IAM.DeleteRolePolicyCommandOutput>,
  AttachRolePolicy: ((input, context) => {
    const arn = input.PolicyArn ?? '';
    const role = roleNamed(context, input.RoleName);
    if (!arn.startsWith('arn:aws:iam::aws:')) policyNamed(context, arn);
    role.attached.set(arn, arn.split('/').at(-1) ?? arn);
    return {};
  }) satisfies Op<IAM.AttachRolePolicyCommandInput, IAM.AttachRolePolicyCommandOutput>,
  DetachRolePolicy: ((input, context) => {
    if (!roleNamed(context, input.RoleName).attached.delete(input.PolicyArn ?? ''))
      throw missing(`Policy ${input.PolicyArn ?? ''}`);
    return {};
  }) satisfies Op<IAM.DetachRolePolicyCommandInput, IAM.DetachRolePolicyCommandOutput>,
  ListAttachedRolePolicies: ((input, context) => {
    const attached = [...roleNamed(context, input.RoleName).attached];
    return listing(
      attached.map(([PolicyArn, PolicyName]) => ({ PolicyArn, PolicyName })),
      input,
      'AttachedPolicies',
    );
  }) satisfies Op<IAM.ListAttachedRolePoliciesCommandInput, IAM.ListAttachedRolePoliciesCommandOutput>,
  CreatePolicy: createPolicy,
  GetPolicy: ((input, context) => ({ Policy: policyReply(policyNamed(context, input.PolicyArn)) })) satisfies Op<
    IAM.GetPolicyCommandInput,
    IAM.GetPolicyCommandOutput
  >,
  GetPolicyVersion: ((input, context) => {
    const policy = policyNamed(context, input.PolicyArn);
    const document = policy.versions.get(input.VersionId ?? '');
    if (document === undefined) throw missing(`Policy ${policy.arn} version ${input.VersionId ?? ''}`);
    const isDefault = policy.defaultVersion === input.VersionId;
    return { PolicyVersion: { Document: encoded(document), VersionId: input.VersionId, IsDefaultVersion: isDefault } };
  }) satisfies Op<IAM.GetPolicyVersionCommandInput, IAM.GetPolicyVersionCommandOutput>,
  ListPolicies: ((input, context) => {
    // Policies of AWS's own are not listed: there are over a thousand of them.
    const own = input.Scope === 'AWS' ? [] : context.list(POLICIES).map(policyReply);
    return listing(own, input, 'Policies');
  }) satisfies Op<IAM.ListPoliciesCommandInput, IAM.ListPoliciesCommandOutput>,
  DeletePolicy: ((input, context) => {
    const { arn } = policyNamed(context, input.PolicyArn);
    if (context.list(ROLES).some((r) => r.attached.has(arn)))
      throw new ServiceFault('DeleteConflictException', 'Cannot delete a policy attached to entities.', 409);
    context.remove(POLICIES, arn);
    return {};
  }) satisfies Op<IAM.DeletePolicyCommandInput, IAM.DeletePolicyCommandOutput>,
};

/** The provider takes a document as text; a program may leave it as an object. */
const documentOf = (value: Plain | undefined): string | undefined => (isBlock(value) ? JSON.stringify(value) : textOf(value));

const NOBODY = JSON.stringify({ Version: '2012-10-17', Statement: [] });

async function deployRole(given: Given, deployment: Deployment): Promise<Created> {
  const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
  const input = without({
    RoleName: name,
    Path: textOf(given.inputs.path),
    // What nobody can resolve lets nobody in.
    AssumeRolePolicyDocument: documentOf(given.inputs.assumeRolePolicy) ?? NOBODY,
    Description: textOf(given.inputs.description),
    Tags: tagList(given.tags),
  });
  const { Role: made } = (await deployment.call('iam', 'CreateRole', input)) as IAM.CreateRoleCommandOutput;
  for (const PolicyArn of textsOf(given.inputs.managedPolicyArns))
    await deployment.call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn });
  return { id: name, outputs: { name, arn: made?.Arn ?? '', uniqueId: made?.RoleId ?? '' } };
}

async function deployPolicy(given: Given, deployment: Deployment): Promise<Created> {
  const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
  const input = without({
    PolicyName: name,
    Path: textOf(given.inputs.path),
    PolicyDocument: documentOf(given.inputs.policy) ?? NOBODY,
    Tags: tagList(given.tags),
  });
  const { Policy: made } = (await deployment.call('iam', 'CreatePolicy', input)) as IAM.CreatePolicyCommandOutput;
  return { id: made?.Arn ?? '', outputs: { name, arn: made?.Arn ?? '', policyId: made?.PolicyId ?? '' } };
}

async function deployInline(given: Given, deployment: Deployment): Promise<Created> {
  const role = need(given, 'role');
  const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
  await deployment.call('iam', 'PutRolePolicy', {
    RoleName: role,
    PolicyName: name,
    PolicyDocument: documentOf(given.inputs.policy) ?? NOBODY,
  });
  return { id: `${role}:${name}`, outputs: { name } };
}

async function attach(given: Given, deployment: Deployment): Promise<Created> {
  const role = need(given, 'role');
  const PolicyArn = need(given, 'policyArn');
  await deployment.call('iam', 'AttachRolePolicy', { RoleName: role, PolicyArn });
  return { id: `${role}-${PolicyArn}`, outputs: {} };
}

const changeRole = changedBy(async (given, before, deployment) => {
  const named = { RoleName: given.id };
  const says = ({ inputs }: Given) => ({ PolicyDocument: documentOf(inputs.assumeRolePolicy) ?? NOBODY });
  await modify(deployment, ['iam', 'UpdateAssumeRolePolicy'], named, says(given), says(before));
  const { added, gone } = moved(textsOf(given.inputs.managedPolicyArns), textsOf(before.inputs.managedPolicyArns));
  for (const PolicyArn of gone) await deployment.call('iam', 'DetachRolePolicy', { ...named, PolicyArn });
  for (const PolicyArn of added) await deployment.call('iam', 'AttachRolePolicy', { ...named, PolicyArn });
});

/** What the role itself attaches goes with it; with `forceDetachPolicies` so does what others have attached. */
async function removeRole({ id, inputs }: Given, deployment: Deployment): Promise<void> {
  const named = { RoleName: id };
  const there = (await unlessGone(deployment.call('iam', 'ListAttachedRolePolicies', named))) as
    | IAM.ListAttachedRolePoliciesCommandOutput
    | undefined;
  const own = textsOf(inputs.managedPolicyArns);
  const forced = inputs.forceDetachPolicies === true;
  for (const { PolicyArn = '' } of there?.AttachedPolicies ?? [])
    if (forced || own.includes(PolicyArn)) await deployment.call('iam', 'DetachRolePolicy', { ...named, PolicyArn });
  await unlessGone(deployment.call('iam', 'DeleteRole', named));
}

const deployers: readonly Deployer[] = [
  { type: 'aws:iam/role:Role', create: deployRole, update: changeRole, remove: removeRole },
  {
    type: 'aws:iam/policy:Policy',
    create: deployPolicy,
    remove: removedBy('iam', 'DeletePolicy', ({ id }) => ({ PolicyArn: id })),
  },
  {
    type: 'aws:iam/rolePolicy:RolePolicy',
    ...putAgain(deployInline),
    remove: removedBy('iam', 'DeleteRolePolicy', (given) => ({
      RoleName: need(given, 'role'),
      PolicyName: given.id?.slice(need(given, 'role').length + 1),
    })),
  },
  {
    type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
    create: attach,
    remove: removedBy('iam', 'DetachRolePolicy', (given) => ({
      RoleName: need(given, 'role'),
      PolicyArn: need(given, 'policyArn'),
    })),
  },
];

export const iam: SimulatedService = { client: 'iam', prefix: 'iam', global: true, operations, deployers };
