/** Where the controller runs and keeps its state, and whether somebody has forbidden disruption: read anew, and never guessed. */
import { readFile } from 'node:fs/promises';
import type { Place, Session } from '../../aws/call.ts';
import { AwsFailure, reasonOf, saysOf } from '../../aws/failure.ts';
import { messageOf } from '../../model/errors.ts';
import { type Known, known, type Truth, unknown } from '../../model/known.ts';
import type { Whereabouts as StoreWhereabouts } from '../../store/whereabouts.ts';
import { getParameter } from './calls.ts';
import { nowhereKnown, type Whereabouts } from './gates.ts';

export interface Told {
  /** `--controller-region`: a Region, or `elsewhere`. */
  readonly region: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text under a path of the instance's metadata; undefined: nobody answers. */
  readonly metadata: (path: string) => Promise<string | undefined>;
}

/** An instance knows where it is, whatever it was told; then the flag, then the environment. */
export async function controllerAt({ region, env, metadata }: Told): Promise<Whereabouts> {
  const zone = await metadata('placement/availability-zone');
  const own = await metadata('placement/region');
  if (own !== undefined) return { region: known(own), zone: zone === undefined ? noZone : known(zone) };
  const told = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (told === undefined || told === '') return nowhereKnown('neither instance metadata nor AWS_REGION says it');
  return { region: known(told), zone: noZone };
}

const noZone = unknown('not-reported', 'nothing says in which AZ it is');

const METADATA = 'http://169.254.169.254/latest';
/** It answers from the machine itself, or there is none. Milliseconds. */
const METADATA_TIMEOUT = 1_000;

/** Instance metadata, version 2 (EC2 user guide, "Use the Instance Metadata Service"). */
export async function instanceMetadata(path: string): Promise<string | undefined> {
  const ask = async (url: string, init: RequestInit): Promise<string | undefined> => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(METADATA_TIMEOUT) });
    const text = (await answer.text()).trim();
    return answer.ok && text !== '' ? text : undefined;
  };
  try {
    const token = await ask(`${METADATA}/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    });
    return token === undefined
      ? undefined
      : await ask(`${METADATA}/meta-data/${path}`, { headers: { 'x-aws-ec2-metadata-token': token } });
  } catch {
    return undefined;
  }
}

/** A folder is where the controller is; a server on AWS names its Region in its host. */
export function storeAt(store: StoreWhereabouts, controller: Whereabouts): Whereabouts {
  if ('folder' in store) return controller;
  const host = URL.canParse(store.url) ? new URL(store.url).hostname.replace(/^\[|\]$/g, '') : '';
  if (['localhost', '127.0.0.1', '::1', ''].includes(host)) return controller;
  const region = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1];
  return region === undefined
    ? nowhereKnown(`the host of the store, ${host}, names no Region`)
    : { region: known(region), zone: unknown('not-reported', 'a database may be in any AZ of its Region') };
}

/** The one word that lets a drill go on: what is empty, missing or misspelt forbids it. */
const OFF = 'off';

interface KillSwitch {
  /** A file, `ssm:/name` of an SSM parameter, or `store`: a flag in the store. Undefined: nobody named one. */
  readonly named: string | undefined;
  readonly session: Session;
  /** Where the parameter is. */
  readonly at: Place;
  /** The store's flag: engaged? Rejects when nobody can tell. */
  readonly flag: () => Promise<boolean>;
}

/** Is it engaged? A file or parameter says `off` while it is not; anything else in it engages it. */
export async function killSwitch({ named, session, at, flag }: KillSwitch): Promise<Truth> {
  if (named === undefined || named === '')
    return unknown('not-reported', 'none is named: --kill-switch with a file, ssm:/parameter or store');
  try {
    if (named === 'store') return known(await flag());
    return known((await textOf(named, session, at)).trim().toLowerCase() !== OFF);
  } catch (error) {
    if (error instanceof AwsFailure) return unknown(reasonOf(error), saysOf(error));
    return unknown('error', messageOf(error));
  }
}

async function textOf(named: string, session: Session, at: Place): Promise<string> {
  const parameter = /^ssm:(.+)$/.exec(named)?.[1];
  if (parameter === undefined) return readFile(named, 'utf8');
  const { Parameter } = await session.send(getParameter, { Name: parameter }, at);
  if (Parameter?.Value === undefined) throw new Error(`parameter ${parameter} has no value`);
  return Parameter.Value;
}

export const asKnown = async <T>(asked: Promise<T>): Promise<Known<T>> => {
  try {
    return known(await asked);
  } catch (error) {
    if (error instanceof AwsFailure) return unknown(reasonOf(error), saysOf(error));
    return unknown('error', messageOf(error));
  }
};
