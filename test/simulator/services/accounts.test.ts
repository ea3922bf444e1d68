import type * as Organizations from '@aws-sdk/client-organizations';
import type * as STS from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { iam } from '../../../src/simulator/services/iam.ts';
import { organizations } from '../../../src/simulator/services/organizations.ts';
import { serviceQuotas } from '../../../src/simulator/services/service-quotas.ts';
import { sts } from '../../../src/simulator/services/sts.ts';
import { administrator, type Principal } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { keyOf } from '../../../src/simulator/world/keys.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const OTHER = '444455556666';
const ROLE = `arn:aws:iam::${OTHER}:role/holdfast`;
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([iam, organizations, serviceQuotas, sts]);
});

const call = async <O>(client: string, operation: string, input: object = {}, account = ACCOUNT, as?: Principal): Promise<O> =>
  (await invoke(aws, client, operation, input, { account, region: REGION, principal: as ?? administrator(account) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );

describe('STS', () => {
  const role = async (statement: object): Promise<void> => {
    const trust = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }] };
    await call('iam', 'CreateRole', { RoleName: 'holdfast', AssumeRolePolicyDocument: JSON.stringify(trust) }, OTHER);
    const policy = { Statement: [{ Effect: 'Allow', Action: 'iam:List*', Resource: '*' }] };
    const PolicyDocument = JSON.stringify(policy);
    await call('iam', 'PutRolePolicy', { RoleName: 'holdfast', PolicyName: 'read', PolicyDocument }, OTHER);
  };
  const assume = (more: object = {}): Promise<STS.AssumeRoleCommandOutput> =>
    call('sts', 'AssumeRole', { RoleArn: ROLE, RoleSessionName: 'test', ...more });

  it('gives keys of a role that trusts the caller, until they expire, with what the role may do', async () => {
    await role({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } });
    const { Credentials, AssumedRoleUser } = await assume();
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${OTHER}:assumed-role/holdfast/test`);
    const key = keyOf(aws.world, Credentials?.AccessKeyId ?? '');
    expect(key).toMatchObject({ account: OTHER, token: Credentials?.SessionToken, expires: aws.world.clock.now() + 3_600_000 });
    expect(await call('sts', 'GetCallerIdentity', {}, OTHER, { arn: key?.principal.arn ?? '', policy: undefined })).toMatchObject(
      {
        Account: OTHER,
        Arn: AssumedRoleUser?.Arn,
      },
    );
    expect(await codeOf(call('iam', 'ListRoles', {}, OTHER, key?.principal))).toBe('none');
    expect(await codeOf(call('iam', 'CreateRole', {}, OTHER, key?.principal))).toBe('AccessDeniedException');
  });

  it.each([
    ['another account', { Principal: { AWS: '999999999999' } }, {}, 'AccessDenied'],
    [
      'an external id',
      { Principal: { AWS: ACCOUNT }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } },
      {},
      'AccessDenied',
    ],
    ['it', { Principal: { AWS: ACCOUNT }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }, { ExternalId: 'x' }, 'none'],
    ['everybody', { Principal: '*' }, {}, 'none'],
    ['everybody, for too long', { Principal: '*' }, { DurationSeconds: 40_000 }, 'ValidationError'],
    ['nobody', { Principal: {} }, {}, 'AccessDenied'],
  ])('of a role that trusts %s', async (_, statement, more, code) => {
    await role(statement);
    expect(await codeOf(assume(more))).toBe(code);
  });

  it('refuses roles that are not there', async () => {
    expect(await codeOf(assume())).toBe('AccessDenied');
    expect(await codeOf(assume({ RoleArn: 'role' }))).toBe('ValidationError');
  });
});

describe('IAM', () => {
  it('keeps roles with their policies until these are detached', async () => {
    const PolicyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:*' }] });
    await call('iam', 'CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: PolicyDocument });
    const { Policy } = await call<{ Policy: { Arn: string } }>('iam', 'CreatePolicy', { PolicyName: 'buckets', PolicyDocument });
    const on = { RoleName: 'app', PolicyArn: Policy.Arn };
    await call('iam', 'AttachRolePolicy', on);
    expect(await call('iam', 'ListAttachedRolePolicies', on)).toMatchObject({ AttachedPolicies: [{ PolicyName: 'buckets' }] });
    expect(await codeOf(call('iam', 'DeleteRole', on))).toBe('DeleteConflictException');
    expect(await codeOf(call('iam', 'DeletePolicy', on))).toBe('DeleteConflictException');
    await call('iam', 'DetachRolePolicy', on);
    expect(await codeOf(call('iam', 'DeleteRole', on))).toBe('none');
    expect(await codeOf(call('iam', 'GetRole', on))).toBe('NoSuchEntityException');
    expect(await codeOf(call('iam', 'CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: '{' }))).toBe(
      'MalformedPolicyDocumentException',
    );
  });
});

describe('Organizations', () => {
  it('lists its accounts in pages, to its management account alone', async () => {
    expect(await codeOf(call('organizations', 'ListAccounts'))).toBe('AWSOrganizationsNotInUseException');
    await call('organizations', 'CreateOrganization');
    for (let i = 0; i < 24; i++)
      await call('organizations', 'CreateAccount', { AccountName: `a${i}`, Email: `a${i}@example.com` });
    const first = await call<Organizations.ListAccountsCommandOutput>('organizations', 'ListAccounts');
    const rest = await call<Organizations.ListAccountsCommandOutput>('organizations', 'ListAccounts', {
      NextToken: first.NextToken,
    });
    expect([first.Accounts?.length, rest.Accounts?.length, rest.NextToken]).toEqual([20, 5, undefined]);
    const AccountId = rest.Accounts?.[0]?.Id ?? '';
    expect(await codeOf(call('organizations', 'ListAccounts', {}, AccountId))).toBe('AccessDeniedException');
    await call('organizations', 'RegisterDelegatedAdministrator', { AccountId, ServicePrincipal: 'backup.amazonaws.com' });
    expect(await codeOf(call('organizations', 'ListAccounts', {}, AccountId))).toBe('none');
    await call('organizations', 'CloseAccount', { AccountId });
    expect(await call('organizations', 'DescribeAccount', { AccountId })).toMatchObject({ Account: { Status: 'SUSPENDED' } });
  });

  it('moves accounts between units', async () => {
    await call('organizations', 'CreateOrganization');
    const { Roots = [] } = await call<Organizations.ListRootsCommandOutput>('organizations', 'ListRoots');
    const ParentId = Roots[0]?.Id ?? '';
    const unit = { Name: 'workloads', ParentId };
    const { OrganizationalUnit } = await call<Organizations.CreateOrganizationalUnitCommandOutput>(
      'organizations',
      'CreateOrganizationalUnit',
      unit,
    );
    const move = { AccountId: ACCOUNT, SourceParentId: ParentId, DestinationParentId: OrganizationalUnit?.Id };
    await call('organizations', 'MoveAccount', move);
    expect(await call('organizations', 'ListParents', { ChildId: ACCOUNT })).toMatchObject({
      Parents: [{ Id: OrganizationalUnit?.Id }],
    });
    expect(await codeOf(call('organizations', 'MoveAccount', move))).toBe('SourceParentNotFoundException');
    expect(await codeOf(call('organizations', 'CreateOrganizationalUnit', unit))).toBe('DuplicateOrganizationalUnitException');
  });
});

describe('Service Quotas', () => {
  const standard = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };
  const appliedValue = async (): Promise<number | undefined> =>
    (await call<{ Quota: { Value?: number } }>('service-quotas', 'GetServiceQuota', standard)).Quota.Value;

  it('are raised on request, a little by themselves and much by people', async () => {
    expect(await appliedValue()).toBe(5);
    await call('service-quotas', 'RequestServiceQuotaIncrease', { ...standard, DesiredValue: 20 });
    expect(await codeOf(call('service-quotas', 'RequestServiceQuotaIncrease', { ...standard, DesiredValue: 20 }))).toBe(
      'ResourceAlreadyExistsException',
    );
    aws.world.clock.advance(3_600_000);
    expect(await appliedValue()).toBe(20);
    await call('service-quotas', 'RequestServiceQuotaIncrease', { ...standard, DesiredValue: 5000 });
    aws.world.clock.advance(3_600_000);
    expect(await appliedValue()).toBe(20);
    expect(await codeOf(call('service-quotas', 'RequestServiceQuotaIncrease', { ...standard, DesiredValue: 1 }))).toBe(
      'IllegalArgumentException',
    );
  });

  it('of what is not known are refused', async () => {
    expect(await codeOf(call('service-quotas', 'GetServiceQuota', { ServiceCode: 'none', QuotaCode: 'none' }))).toBe(
      'NoSuchResourceException',
    );
    expect(await codeOf(call('service-quotas', 'ListServiceQuotas', { ServiceCode: 'none' }))).toBe('NoSuchResourceException');
  });
});
