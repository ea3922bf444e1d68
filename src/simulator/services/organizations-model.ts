/** Organisations of the world, and what other services ask about them. */
import type * as Organizations from '@aws-sdk/client-organizations';
import { GLOBAL, shelf, type World } from '../world/world.ts';

export interface Unit {
  readonly id: string;
  readonly arn: string;
  name: string;
  readonly parent: string;
}

export interface Member {
  readonly id: string;
  readonly arn: string;
  readonly email: string;
  name: string;
  status: Organizations.AccountStatus;
  readonly joinedBy: Organizations.AccountJoinedMethod;
  readonly joined: Date;
  /** Id of the root or unit that it is in. */
  parent: string;
  readonly tags: Map<string, string>;
}

export interface Organisation {
  readonly id: string;
  readonly management: string;
  readonly root: string;
  readonly features: Organizations.OrganizationFeatureSet;
  readonly members: Map<string, Member>;
  readonly units: Map<string, Unit>;
  /** Services with trusted access (`backup.amazonaws.com`), and since when. */
  readonly services: Map<string, Date>;
  /** By account and service, who else may administer it. */
  readonly delegates: Map<string, Date>;
  /** AWS Backup may copy between its accounts (UpdateGlobalSettings). */
  crossAccountBackup: boolean;
}

/** Under the management account. */
export const ORGANISATIONS = shelf<Organisation>('organizations:organisation');

/** The organisation that the account is a member of. */
export const organisationOf = (world: World, account: string): Organisation | undefined =>
  world.everywhere(ORGANISATIONS).find(({ item }) => item.members.has(account))?.item;

/** What AWS Backup needs to know; undefined: the account is in no organisation of the world. */
export function settingsOf(
  world: World,
  account: string,
): { readonly accounts: ReadonlySet<string>; readonly crossAccountBackup: boolean } | undefined {
  const organisation = organisationOf(world, account);
  if (organisation === undefined) return undefined;
  return { accounts: new Set(organisation.members.keys()), crossAccountBackup: organisation.crossAccountBackup };
}

export const dropOrganisation = (world: World, organisation: Organisation): void =>
  world.remove(ORGANISATIONS, organisation.management, GLOBAL, organisation.id);

export const keepOrganisation = (world: World, organisation: Organisation): void =>
  world.put(ORGANISATIONS, organisation.management, GLOBAL, organisation.id, organisation);
