/** Drills whose evidence this change makes worthless. */
import { UsageError } from '../src/model/errors.ts';
import { demonstrate } from '../src/verdicts/demonstrated.ts';
import { observationsFrom } from '../src/verdicts/demonstrated-records.ts';
import type { Judgement } from '../src/verdicts/judge.ts';
import type { Obligation } from '../src/verdicts/obligations.ts';
import { ofMetric } from '../src/verdicts/obligations.ts';

const DAY = 86_400_000;

/**
 * An obligation for each metric that drills or real events had shown and that nothing shows any more. Throws `UsageError`: what
 * `readPack` throws, `pack-signer`, and `evidence-unreadable`.
 */
export async function brokenEvidence(
  judgement: Judgement,
  folders: readonly string[],
  signers: readonly string[],
): Promise<readonly Obligation[]> {
  const { readPack } = await import('../src/store/read-pack.ts');
  const records = folders.flatMap((folder) => {
    const pack = readPack(folder);
    if (signers.length > 0 && !signers.some((s) => s.toLowerCase() === pack.fingerprint))
      throw new UsageError(
        'pack-signer',
        `${folder}: expected a pack signed by ${signers.join(' or ')}, found one signed by ${pack.fingerprint}. Ask whose key that is before you trust it.`,
      );
    return pack.records;
  });
  const { problems, ...evidence } = observationsFrom(new Map(records.map((r) => [r.hash, r])).values());
  if (problems.length > 0)
    throw new UsageError(
      'evidence-unreadable',
      `expected evidence that this version of Holdfast understands, found: ${problems[0]}`,
    );
  const end = Date.parse(`${judgement.today}T00:00:00Z`) + DAY - 1;
  const { own } = demonstrate(judgement, judgement.verdicts, evidence, end);
  return [...(own?.shown ?? [])].flatMap(([id, { expired }]): readonly Obligation[] => {
    const changed = expired.find((e) => e.why === 'changed');
    return changed === undefined ? [] : [{ kind: 'evidence', ...ofMetric(id), reason: 'stale', detail: changed.reason }];
  });
}
