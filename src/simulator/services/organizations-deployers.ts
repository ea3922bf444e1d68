/** Organisations, accounts and units from the inputs of the Pulumi provider. */
import type * as Organizations from '@aws-sdk/client-organizations';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { need, textOf, textsOf } from './compute-inputs.ts';

async function deployOrganisation(given: Given, deployment: Deployment): Promise<Created> {
  const input = { FeatureSet: textOf(given.inputs.featureSet) ?? 'ALL' };
  const { Organization: made } = (await deployment.call(
    'organizations',
    'CreateOrganization',
    input,
  )) as Organizations.CreateOrganizationCommandOutput;
  for (const ServicePrincipal of textsOf(given.inputs.awsServiceAccessPrincipals))
    await deployment.call('organizations', 'EnableAWSServiceAccess', { ServicePrincipal });
  const { Roots = [] } = (await deployment.call('organizations', 'ListRoots', {})) as Organizations.ListRootsCommandOutput;
  const roots = Roots.map((r) => ({ id: r.Id ?? '', arn: r.Arn ?? '', name: r.Name ?? '' }));
  const id = made?.Id ?? '';
  return { id, outputs: { id, arn: made?.Arn ?? '', masterAccountId: given.account, roots } };
}

async function place(id: string, parent: string, deployment: Deployment): Promise<void> {
  const { Parents = [] } = (await deployment.call('organizations', 'ListParents', {
    ChildId: id,
  })) as Organizations.ListParentsCommandOutput;
  if (Parents[0]?.Id !== parent)
    await deployment.call('organizations', 'MoveAccount', {
      AccountId: id,
      SourceParentId: Parents[0]?.Id,
      DestinationParentId: parent,
    });
}

async function deployAccount(given: Given, deployment: Deployment): Promise<Created> {
  const { CreateAccountStatus: made } = (await deployment.call('organizations', 'CreateAccount', {
    AccountName: textOf(given.inputs.name) ?? given.name,
    Email: need(given, 'email'),
  })) as Organizations.CreateAccountCommandOutput;
  const id = made?.AccountId ?? '';
  const parent = textOf(given.inputs.parentId);
  if (parent !== undefined) await place(id, parent, deployment);
  return { id, outputs: { id } };
}

async function deployUnit(given: Given, deployment: Deployment): Promise<Created> {
  const { OrganizationalUnit: made } = (await deployment.call('organizations', 'CreateOrganizationalUnit', {
    Name: textOf(given.inputs.name) ?? given.name,
    ParentId: need(given, 'parentId'),
  })) as Organizations.CreateOrganizationalUnitCommandOutput;
  return { id: made?.Id ?? '', outputs: { id: made?.Id ?? '', arn: made?.Arn ?? '' } };
}

export const organizationsDeployers: readonly Deployer[] = [
  {
    type: 'aws:organizations/organization:Organization',
    create: deployOrganisation,
    remove: removedBy('organizations', 'DeleteOrganization', () => ({})),
  },
  {
    type: 'aws:organizations/account:Account',
    create: deployAccount,
    update: changedBy(async (given, before, deployment) => {
      const [to, from] = [textOf(given.inputs.parentId), textOf(before.inputs.parentId)];
      if (to !== undefined && to !== from) await place(given.id ?? '', to, deployment);
    }),
    // With `closeOnDeletion` the account is closed, which takes 90 days; without it, it leaves the organization.
    async remove({ id, inputs }, deployment) {
      const operation = inputs.closeOnDeletion === true ? 'CloseAccount' : 'RemoveAccountFromOrganization';
      await unlessGone(deployment.call('organizations', operation, { AccountId: id }));
    },
  },
  {
    type: 'aws:organizations/organizationalUnit:OrganizationalUnit',
    create: deployUnit,
    update: changedBy((given, before, deployment) => {
      const says = ({ inputs }: Given) => ({ Name: textOf(inputs.name) });
      const named = { OrganizationalUnitId: given.id };
      return modify(deployment, ['organizations', 'UpdateOrganizationalUnit'], named, says(given), says(before));
    }),
    remove: removedBy('organizations', 'DeleteOrganizationalUnit', ({ id }) => ({ OrganizationalUnitId: id })),
  },
];
