/** Evidence that a command was given, packs and a store: nothing of it is believed before its chain and its signer are. */
import { UsageError } from '../../src/model/errors.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { EvidenceSeen } from '../../src/reports/drilled.ts';
import { withEvidence } from '../../src/reports/drilled.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import type { EvidenceRecord } from '../../src/store/record.ts';
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
  const sources: EvidenceSeen['sources'][number][] = [];
  // A pack of a store that is given too, or of a longer chain, has the same records.
  const records = new Map<string, EvidenceRecord>();
  if (flags.evidence.length > 0) {
    const { readPack } = await import('../../src/store/read-pack.ts');
    for (const folder of flags.evidence) {
      const pack = readPack(folder);
      if (flags.signer.length > 0 && !flags.signer.some((s) => s.toLowerCase() === pack.fingerprint))
        throw new UsageError(
          'pack-signer',
          `${folder}: expected a pack signed by ${flags.signer.join(' or ')}, found one signed by ${pack.fingerprint}. Ask whose key that is before you trust it.`,
        );
      for (const record of pack.records) records.set(record.hash, record);
      sources.push({ from: folder, signedBy: pack.fingerprint });
    }
  }
  if (flags.store !== undefined) {
    for (const record of await recordsIn(flags.store, around)) records.set(record.hash, record);
    sources.push({ from: shownPlace(flags.store), signedBy: undefined });
  }
  const { observations, fixes, drills, foreign, problems } = observationsFrom(records.values());
  if (problems.length > 0) {
    const rest = problems.length - LISTED;
    throw new UsageError(
      'evidence-unreadable',
      `expected evidence that this version of Holdfast understands, found ${problems.length === 1 ? 'a record' : `${problems.length} records`} that it does not:\n${problems
        .slice(0, LISTED)
        .map((p) => `  ${p}`)
        .join(
          '\n',
        )}${rest > 0 ? `\n  … and ${rest} more` : ''}\nNothing was judged by the rest: use a newer Holdfast, or leave this evidence out.`,
    );
  }
  const unnamed = flags.evidence.length > 0 && flags.signer.length === 0;
  return {
    observations,
    fixes,
    seen: { drills, sources },
    notes: [
      ...(unnamed
        ? ['nobody said whose keys may sign evidence (--signer): anybody can sign a pack with a key of their own']
        : []),
      ...(foreign > 0
        ? [`${foreign} imported records do not count here: give the packs that they came from with --evidence`]
        : []),
    ],
  };
}

async function recordsIn(place: string, around: Surroundings): Promise<readonly EvidenceRecord[]> {
  const [{ withStore }, { sayBreak }] = await Promise.all([import('./evidence.ts'), import('../../src/store/record.ts')]);
  return withStore({ store: place }, around, async ({ evidence }) => {
    const { broken } = await evidence.verify();
    if (broken !== undefined)
      throw new UsageError(
        'chain-broken',
        `${shownPlace(place)}: expected a sound chain of evidence, found that ${sayBreak(broken)}. \`holdfast evidence verify\` looks at it again.`,
      );
    const records: EvidenceRecord[] = [];
    for await (const record of evidence.read()) if (record.kind !== 'verdict') records.push(record);
    return records;
  });
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
