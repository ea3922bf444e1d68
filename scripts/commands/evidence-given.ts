/** Evidence that a command was given, packs and a store: nothing of it is believed before its chain and its signer are. */
import { UsageError } from '../../src/model/errors.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { EvidenceSeen } from '../../src/reports/drilled.ts';
import { withEvidence } from '../../src/reports/drilled.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { type EvidenceRecord, sayBreak } from '../../src/store/record.ts';
import type { Store } from '../../src/store/store.ts';
import { demonstrate, type Evidence } from '../../src/verdicts/demonstrated.ts';
import { observationsFrom } from '../../src/verdicts/demonstrated-records.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';

export interface EvidenceFlags {
  /** Folders of packs. */
  readonly evidence: readonly string[];
  /** Fingerprints of the keys that packs may be signed with; empty: nobody said. */
  readonly signer: readonly string[];
  /** A store besides: folder, or URL of Postgres. */
  readonly store?: string;
  readonly catalog?: string | false;
}

export interface GivenEvidence extends Evidence {
  readonly seen: EvidenceSeen;
  /** One line each. */
  readonly notes: readonly string[];
}

/** Problems shown before the rest are counted. */
const LISTED = 10;

/** Where evidence came from, and what is there. */
export interface Source {
  readonly from: string;
  readonly signedBy: string | undefined;
  readonly records: readonly EvidenceRecord[];
}

/**
 * Undefined when none was given. Throws `UsageError`: what `readPack` throws, `pack-signer` for a signer that was not named,
 * `store-missing`, `chain-broken`, and `evidence-unreadable` for a record that says what it cannot say: leaving it out could leave
 * out the worst.
 */
export async function evidenceGiven(flags: EvidenceFlags, around: Surroundings): Promise<GivenEvidence | undefined> {
  if (flags.evidence.length === 0 && flags.store === undefined) {
    if (flags.signer.length === 0) return undefined;
    throw new UsageError('nothing-signed', 'expected a pack beside --signer: name one with --evidence.');
  }
  const packs = flags.evidence.length === 0 ? [] : await packsIn(flags.evidence, flags.signer);
  const { store } = flags;
  const stores = store === undefined ? [] : [await storeAt(store, around)];
  const given = evidenceFrom([...packs, ...stores]);
  const unnamed = packs.length > 0 && flags.signer.length === 0;
  return unnamed ? { ...given, notes: [ANYBODY, ...given.notes] } : given;
}

const ANYBODY = 'nobody said whose keys may sign evidence (--signer): anybody can sign a pack with a key of their own';

/** What these say together. A pack of a store that is given too, or of a longer chain, has the same records. */
export function evidenceFrom(sources: readonly Source[]): GivenEvidence {
  const records = new Map(sources.flatMap((s) => s.records).map((record) => [record.hash, record]));
  const { observations, fixes, drills, foreign, problems } = observationsFrom(records.values());
  if (problems.length > 0) {
    const which = problems.length === 1 ? 'a record' : `${problems.length} records`;
    const rest = problems.length - LISTED;
    const listed = [...problems.slice(0, LISTED), ...(rest > 0 ? [`… and ${rest} more`] : [])].map((p) => `  ${p}`);
    throw new UsageError(
      'evidence-unreadable',
      `expected evidence that this version of Holdfast understands, found ${which} that it does not:\n${listed.join('\n')}\nNothing was judged by the rest: use a newer Holdfast, or leave this evidence out.`,
    );
  }
  const imported = `${foreign} imported records do not count here: give the packs that they came from with --evidence`;
  return { observations, fixes, seen: { drills, sources }, notes: foreign > 0 ? [imported] : [] };
}

async function packsIn(folders: readonly string[], signers: readonly string[]): Promise<readonly Source[]> {
  const { readPack } = await import('../../src/store/read-pack.ts');
  return folders.map((folder) => {
    const { fingerprint, records } = readPack(folder);
    if (signers.length > 0 && !signers.some((s) => s.toLowerCase() === fingerprint))
      throw new UsageError(
        'pack-signer',
        `${folder}: expected a pack signed by ${signers.join(' or ')}, found one signed by ${fingerprint}. Ask whose key that is before you trust it.`,
      );
    return { from: folder, signedBy: fingerprint, records };
  });
}

async function storeAt(place: string, around: Surroundings): Promise<Source> {
  const { withStore } = await import('./evidence.ts');
  return withStore({ store: place }, around, (store) => sourceOf(shownPlace(place), store));
}

/** All that an open store holds, once its chain is verified. */
export async function sourceOf(from: string, { evidence }: Pick<Store, 'evidence'>): Promise<Source> {
  const { broken } = await evidence.verify();
  if (broken !== undefined)
    throw new UsageError(
      'chain-broken',
      `${from}: expected a sound chain of evidence, found that ${sayBreak(broken)}. \`holdfast evidence verify\` looks at it again.`,
    );
  const records: EvidenceRecord[] = [];
  for await (const record of evidence.read()) if (record.kind !== 'verdict') records.push(record);
  return { from, signedBy: undefined, records };
}

/** A URL without the password that may be in it. */
const shownPlace = (place: string): string => place.replace(/^(postgres(?:ql)?:\/\/)[^@/]*@/, '$1');

const DAY = 86_400_000;

/** `judgement`: of the sources. `established`: verdicts of the level below. */
export function withGiven(
  result: VerifyResult,
  judgement: Judgement,
  established: readonly MetricVerdict[],
  given: GivenEvidence | undefined,
): VerifyResult {
  if (given === undefined) return result;
  // A day is over when the next begins.
  const demonstration = demonstrate(judgement, established, given, Date.parse(`${judgement.today}T00:00:00Z`) + DAY - 1);
  const inForce = new Set(judgement.verdicts.map((v) => v.metric.id));
  const others = new Set(given.observations.map((o) => o.metric).filter((id) => !inForce.has(id)));
  const unknownMetrics = others.size === 0 ? [] : [`evidence of metrics that are not in force: ${[...others].sort().join(', ')}`];
  const shown = withEvidence(result, demonstration, given.seen);
  return { ...shown, warnings: [...shown.warnings, ...given.notes, ...unknownMetrics] };
}
