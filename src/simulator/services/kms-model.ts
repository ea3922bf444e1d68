/** KMS keys as the world keeps them, and what other services ask about them. */
import type * as KMS from '@aws-sdk/client-kms';
import { type CallContext, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';

/** What related multi-Region keys share: the key material and which of them is the primary. */
export interface KeyFamily {
  primary: string;
  readonly regions: Set<string>;
}

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly created: Date;
  description: string;
  keyState: KMS.KeyState;
  readonly manager: 'CUSTOMER' | 'AWS';
  readonly origin: KMS.OriginType;
  readonly spec: KMS.KeySpec;
  readonly usage: KMS.KeyUsageType;
  /** Undefined: a single-Region key. */
  readonly family: KeyFamily | undefined;
  deletion: { readonly at: number; readonly cancel: () => void } | undefined;
  rotated: boolean;
  policy: string;
  readonly tags: Map<string, string>;
}

export interface Alias {
  readonly name: string;
  readonly arn: string;
  target: string;
  readonly created: Date;
}

export const KEYS = shelf<Key>('kms:key');
export const ALIASES = shelf<Alias>('kms:alias');

export const keyArn = (account: string, region: string, id: string): string => `arn:aws:kms:${region}:${account}:key/${id}`;

/** 36 characters of a UUID, from 32 hexadecimal digits. */
export const uuid = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');

/** By id, ARN, alias or ARN of an alias, as DescribeKey takes it; an ARN of another Region names nothing here. */
export function findKey(context: CallContext, text: string): Key | undefined {
  const name = text.startsWith('arn:') ? text.split(':').slice(5).join(':') : text;
  if (text.startsWith('arn:') && text.split(':')[3] !== context.region) return undefined;
  if (name.startsWith('alias/')) {
    const alias = context.get(ALIASES, name);
    return alias === undefined ? undefined : context.get(KEYS, alias.target);
  }
  return context.get(KEYS, name.replace(/^key\//, ''));
}

export function keyNamed(context: CallContext, text: string | undefined): Key {
  const key = findKey(context, text ?? '');
  if (key === undefined) throw new ServiceFault('NotFoundException', `Key '${text ?? ''}' does not exist`);
  return key;
}

/** Key of the service that AWS makes and manages in the account when it is first used (`alias/aws/<service>`). */
export function awsManagedKey(context: CallContext, service: string): string {
  const name = `alias/aws/${service}`;
  const alias = context.get(ALIASES, name);
  if (alias !== undefined) return keyArn(context.account, context.region, alias.target);
  const id = uuid(context.world.random.hex(32));
  const arn = keyArn(context.account, context.region, id);
  context.put(KEYS, id, {
    id,
    arn,
    created: context.now,
    description: `Default key that protects my ${service} data when no other key is defined`,
    keyState: 'Enabled',
    manager: 'AWS',
    origin: 'AWS_KMS',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    family: undefined,
    deletion: undefined,
    rotated: true,
    policy: '{}',
    tags: new Map(),
  });
  context.put(ALIASES, name, { name, arn: context.arn('kms', name), target: id, created: context.now });
  return arn;
}

/**
 * Can something under this key be read and written now? A text that names no key of the world (an AWS owned key, a key that
 * was never declared) is no obstacle. `text` as AWS replies hold it: an ARN of a key or of an alias.
 */
export function keyUsable(world: World, text: string | undefined): boolean {
  if (text === undefined || !text.startsWith('arn:')) return true;
  const [, , , region = '', account = '', name = ''] = text.split(':');
  const id = name.startsWith('alias/') ? world.get(ALIASES, account, region, name)?.target : name.replace(/^key\//, '');
  const key = id === undefined ? undefined : world.get(KEYS, account, region, id);
  return key === undefined || key.keyState === 'Enabled';
}

/** The ARN by which a service keeps a key that it was given as id, ARN or alias. A key that is not there is kept as given. */
export const keptKey = (context: CallContext, text: string): string => findKey(context, text)?.arn ?? text;
