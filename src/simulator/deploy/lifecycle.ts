/** What deployers share of a resource's later life: changes by a call, settings that are put again, and going. */
import { ServiceFault } from '../service.ts';
import type { Deployer, Deployment, Given } from './deployer.ts';

type Update = NonNullable<Deployer['update']>;
type Remove = NonNullable<Deployer['remove']>;

const GONE = /not ?found|no ?such|do(?:es)?(?: not|n't|Not) ?exist|non-?existent|OrganizationsNotInUse/i;

/** By its code or in its words, AWS says that there is no such thing. */
export const saysGone = (error: unknown): boolean => error instanceof ServiceFault && GONE.test(`${error.code} ${error.message}`);

/** The answer of a call, or nothing when what it speaks of is not there. */
export async function unlessGone(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (saysGone(error)) return undefined;
    throw error;
  }
}

/** Goes by one call. */
export const removedBy =
  (client: string, operation: string, input: (given: Given) => object): Remove =>
  async (given, deployment) => {
    await unlessGone(deployment.call(client, operation, input(given)));
  };

/** Lets time pass until a call says that the thing is not there: the provider waits for deletions. */
export const untilGone = (deployment: Deployment, what: string, look: () => Promise<unknown>): Promise<void> =>
  deployment.until(async () => {
    try {
      await look();
      return false;
    } catch (error) {
      if (saysGone(error)) return true;
      throw error;
    }
  }, `${what} being deleted`);

/** A setting that is put whole: to change it is to put it again. */
export const putAgain = (create: Deployer['create']): Pick<Deployer, 'create'> & { readonly update: Update } => ({
  create,
  update: (given, _before, deployment) => create(given, deployment),
});

/** An update by calls after which everything by which others refer to the resource is as before. */
export const changedBy =
  (change: (given: Given, before: Given, deployment: Deployment) => Promise<unknown>): Update =>
  async (given, before, deployment) => {
    await change(given, before, deployment);
    return { id: given.id ?? '', outputs: {} };
  };

/** Nothing but tags can change, and tags are changed for every deployer. */
export const onlyTags: Update = changedBy(() => Promise.resolve());

/** Nothing in AWS goes with the resource: the declaration alone does. */
export const stays: Remove = () => Promise.resolve();

/** Members that say something else than before. What is said no longer is left out: AWS keeps what a call does not name. */
export function changesOf<T extends object>(now: T, before: T): Partial<T> {
  const old = new Map<string, unknown>(Object.entries(before));
  const entries = Object.entries(now).filter(([member, value]) => value !== undefined && !same(value, old.get(member)));
  return Object.fromEntries(entries) as Partial<T>;
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Sends the members that say something else than before, if there are any. */
export async function modify(
  deployment: Deployment,
  [client, operation]: readonly [client: string, operation: string],
  named: object,
  now: object,
  before: object,
): Promise<void> {
  const changes = changesOf(now, before);
  if (Object.keys(changes).length > 0) await deployment.call(client, operation, { ...named, ...changes });
}

/** What a list has that the other had not, and the other way round. */
export const moved = <T>(
  now: readonly T[],
  before: readonly T[],
): { readonly added: readonly T[]; readonly gone: readonly T[] } => ({
  added: now.filter((one) => !before.some((other) => same(one, other))),
  gone: before.filter((one) => !now.some((other) => same(one, other))),
});
