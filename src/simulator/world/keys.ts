/** Access keys of simulated AWS: whose a signature is. STS adds keys of the roles that it lets somebody assume. */
import { administrator, type Principal } from './access.ts';
import { GLOBAL, shelf, type World } from './world.ts';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Twelve digits. */
  readonly account: string;
  readonly principal: Principal;
  /** Session token that must come with the key; undefined for long-term keys. */
  readonly token?: string | undefined;
  /** Milliseconds since the epoch, virtual; undefined: never. */
  readonly expires?: number | undefined;
}

const keys = shelf<AccessKey>('keys:access-key');
/** Keys are found before anybody knows whose they are. */
const ANY_ACCOUNT = '';

export function addKey(world: World, key: AccessKey): void {
  world.put(keys, ANY_ACCOUNT, GLOBAL, key.id, key);
}

export const keyOf = (world: World, id: string): AccessKey | undefined => world.get(keys, ANY_ACCOUNT, GLOBAL, id);

/** A long-term key of the account's administrator. */
export function addAdministratorKey(world: World, id: string, secret: string, account: string): void {
  addKey(world, { id, secret, account, principal: administrator(account) });
}
