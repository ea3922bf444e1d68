/** `holdfast evidence`: verifies the chain of evidence, carries it out as a signed pack, and takes other people's packs in. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCatalogue } from '../../src/catalog/find.ts';
import { oneLine } from '../../src/catalog/problem.ts';
import { messageOf, UsageError } from '../../src/model/errors.ts';
import type { World } from '../../src/model/resource.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { writePack } from '../../src/store/pack.ts';
import { readPack } from '../../src/store/read-pack.ts';
import { sayBreak, type Tally } from '../../src/store/record.ts';
import { signerOf } from '../../src/store/signing.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { isThere, type Place, whereaboutsOf } from '../../src/store/whereabouts.ts';
import type { FixRecord } from '../../src/verdicts/demonstrated-records.ts';
import type { Surroundings } from '../surroundings.ts';

export interface StoreFlags {
  readonly catalog?: string;
  readonly store?: string;
}

export interface VerifyEvidenceFlags extends StoreFlags {
  readonly signer?: string;
  readonly against: readonly string[];
}

export interface ExportEvidenceFlags extends StoreFlags {
  readonly out: string;
  readonly key?: string;
}

export interface ImportEvidenceFlags extends StoreFlags {
  readonly signer?: string;
}

/** What is wrong with the evidence itself, as against what cannot be read at all. */
const UNSOUND: ReadonlySet<string> = new Set([
  'pack-signature',
  'pack-signer',
  'pack-manifest',
  'pack-record',
  'pack-chain',
  'pack-count',
]);

/** 0: sound; 1: broken; 3: there is no evidence, so nothing was verified. */
export async function verifyEvidence(
  pack: string | undefined,
  flags: VerifyEvidenceFlags,
  around: Surroundings,
): Promise<number> {
  return pack === undefined ? verifyStore(flags, around) : verifyPack(pack, flags, around);
}

async function verifyStore(flags: VerifyEvidenceFlags, around: Surroundings): Promise<number> {
  if (flags.signer !== undefined && flags.against.length === 0)
    throw new UsageError(
      'nothing-signed',
      'expected a pack beside --signer: a store has no signature. Name one, or give --against.',
    );
  const anchors = flags.against.map((folder) => readPack(folder, flags.signer).manifest.last);
  const { sound, broken } = await withStore(flags, around, (store) => store.evidence.verify(anchors));
  if (broken === undefined) return report(sound, [], around);
  around.write(`broken: ${sayBreak(broken)}\n${sound.last.sequence} records before it are sound\n`, undefined);
  return 1;
}

function verifyPack(folder: string, flags: VerifyEvidenceFlags, around: Surroundings): number {
  if (flags.against.length > 0 || flags.store !== undefined)
    throw new UsageError(
      'pack-and-store',
      'expected either a pack or a store to verify, found both. Leave out --store and --against, or the pack.',
    );
  try {
    const { manifest, fingerprint } = readPack(folder, flags.signer);
    const whose = flags.signer === undefined ? '; nobody said whose key that is (--signer)' : '';
    return report(manifest, [`signed by ${fingerprint}${whose}`, `made ${manifest.created}`], around);
  } catch (error) {
    if (!(error instanceof UsageError) || !UNSOUND.has(error.code)) throw error;
    around.write(`broken: ${oneLine(error.message)}\n`, undefined);
    return 1;
  }
}

function report(
  { last, worlds, kinds }: Pick<Tally, 'last' | 'worlds' | 'kinds'>,
  more: readonly string[],
  around: Surroundings,
): number {
  const counted = Object.entries(kinds).map(([kind, n]) => `${kind} ${n}`);
  const lines =
    last.sequence === 0
      ? ['no evidence: nothing was verified']
      : [
          `sound: ${last.sequence} records, from the first to ${last.hash}`,
          `world: live ${worlds.live}, simulated ${worlds.simulated}`,
          `kinds: ${counted.join(', ')}`,
        ];
  around.write(`${[...lines, ...more].join('\n')}\n`, undefined);
  return last.sequence === 0 ? 3 : 0;
}

export async function exportEvidence(flags: ExportEvidenceFlags, around: Surroundings): Promise<number> {
  const catalogue = flags.catalog ?? findCatalogue([around.cwd]);
  const signer = signerOf(flags.key ?? join(placeOf(flags, around).home, 'signing-key.pem'));
  const { manifest, fingerprint } = await withStore(flags, around, (store) =>
    writePack(store.evidence.read(), {
      folder: flags.out,
      signer,
      now: Date.now(),
      catalogue: catalogue === undefined ? undefined : sha256(readCatalogueBytes(catalogue)),
    }),
  );
  around.write(
    `${flags.out}: ${manifest.last.sequence} records (live ${manifest.worlds.live}, simulated ${manifest.worlds.simulated})\nsigned by ${fingerprint}\n`,
    undefined,
  );
  return 0;
}

export async function importEvidence(pack: string, flags: ImportEvidenceFlags, around: Surroundings): Promise<number> {
  const read = readPack(pack, flags.signer);
  const store = await openStore(placeOf(flags, around).store);
  try {
    const { added, known } = await store.importPack(read);
    around.write(`${added} records imported, ${known} were there already\nsigned by ${read.fingerprint}\n`, undefined);
  } finally {
    await store.close();
  }
  return 0;
}

export interface FixFlags extends StoreFlags {
  readonly by: string;
  readonly says: string;
  readonly change?: string;
}

/** Somebody says that what a run showed has been put right: once tested again, it no longer stands as the worst. */
export async function recordFix(run: string, { by, says, change, ...flags }: FixFlags, around: Surroundings): Promise<number> {
  await withStore(flags, around, async ({ evidence }) => {
    const shown = new Set<World>();
    for await (const { kind, subject, world } of evidence.read())
      if (kind === 'drill-result' && subject === run) shown.add(world);
    const [world] = shown;
    if (world === undefined)
      throw new UsageError(
        'run-unknown',
        `expected a run whose result the store holds, found none of ${run}. \`holdfast verify --store\` names the runs.`,
      );
    const body = { decision: 'fixed', run, by, says, change: change ?? null } satisfies FixRecord;
    await evidence.append([{ kind: 'decision', world, at: Date.now(), subject: run, body }]);
  });
  around.write(`${run}: recorded as put right by ${by}; it stands until it is tested again\n`, undefined);
  return 0;
}

export function placeOf(flags: StoreFlags, around: Surroundings): Place {
  const catalogue = flags.catalog ?? findCatalogue([around.cwd]);
  return whereaboutsOf({
    store: flags.store,
    databaseUrl: process.env.DATABASE_URL,
    home: process.env.HOLDFAST_STORE,
    beside: catalogue === undefined ? around.cwd : dirname(catalogue),
  });
}

/** For what only reads: a store that is not there is not made. */
export async function withStore<T>(flags: StoreFlags, around: Surroundings, use: (store: Store) => Promise<T>): Promise<T> {
  const place = placeOf(flags, around);
  if (!isThere(place.store))
    throw new UsageError(
      'store-missing',
      `${place.home}: expected a store of evidence, found none. Name one with --store, HOLDFAST_STORE or DATABASE_URL; drills and checks make one.`,
    );
  const store = await openStore(place.store);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function readCatalogueBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(
      'catalog-unreadable',
      `${file}: expected a catalogue, found that it cannot be read (${messageOf(error)}). Name another with --catalog.`,
    );
  }
}
