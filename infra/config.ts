import { Config } from '@pulumi/pulumi';
import { type Mend, parseMends } from './plan/mends.ts';

/** Configuration of the stack, read and checked once. */
export interface Settings {
  /** Public domain of the shop. */
  readonly domain: string;
  /** Account that runs the shop, twelve digits. */
  readonly accountId: string;
  /** Account that holds the second copy of the backups, twelve digits. */
  readonly backupAccountId: string;
  /** Tag of the container images. */
  readonly imageVersion: string;
  /** HTTPS endpoint of the paging service. */
  readonly pagerUrl: string;
  /** External id that `holdfast check` gives when it takes its role. Not a secret: it tells customers of one service apart. */
  readonly auditorExternalId: string;
  /** Promises to mend. */
  readonly mends: ReadonlySet<Mend>;
}

function account(config: Config, key: string): string {
  const value = config.require(key);
  if (!/^\d{12}$/.test(value)) throw new Error(`shop:${key}: expected an account of twelve digits, found "${value}"`);
  return value;
}

/** Reads the `shop:` settings of the stack. Throws on what is missing or malformed. */
export function readSettings(): Settings {
  const config = new Config('shop');
  return {
    domain: config.require('domain'),
    accountId: account(config, 'accountId'),
    backupAccountId: account(config, 'backupAccountId'),
    imageVersion: config.require('imageVersion'),
    pagerUrl: config.require('pagerUrl'),
    auditorExternalId: config.require('auditorExternalId'),
    mends: parseMends(config.get('mend')),
  };
}
