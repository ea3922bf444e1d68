/** Where a store is, by what the user said. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** On a server, else in a folder. */
export type Whereabouts = { readonly url: string } | { readonly folder: string };

export interface Named {
  /** `--store`: a folder, or a URL that begins with postgres:// */
  readonly store: string | undefined;
  readonly databaseUrl: string | undefined;
  /** HOLDFAST_STORE: a folder. */
  readonly home: string | undefined;
  /** The catalogue's folder, else the working directory. */
  readonly beside: string;
}

export interface Place {
  readonly store: Whereabouts;
  /** Holdfast's own folder, where the signing key is, also when the store is on a server. */
  readonly home: string;
}

/** The first that is named: `--store`, DATABASE_URL, HOLDFAST_STORE; else `.holdfast` beside the catalogue. Empty counts as unnamed. */
export function whereaboutsOf(named: Named): Place {
  const home = named.home ? resolve(named.beside, named.home) : join(named.beside, '.holdfast');
  if (named.store && !isUrl(named.store)) {
    const folder = resolve(named.store);
    return { store: { folder }, home: folder };
  }
  const url = named.store || named.databaseUrl;
  return { store: url ? { url } : { folder: home }, home };
}

/** Opening would make an embedded store that is not there; whoever only reads asks first. */
export function isThere(store: Whereabouts): boolean {
  return 'url' in store || existsSync(join(store.folder, 'data'));
}

const isUrl = (text: string): boolean => /^postgres(ql)?:\/\//.test(text);
