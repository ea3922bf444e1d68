/** One generated estate: deployed, judged, and drilled for everything that its agreements speak of. */
import { isAgreed, type Rehearsal, rehearsal, type Target } from '../scripts/commands/rehearsing.ts';
import { observationsOf } from '../src/drills/observe.ts';
import type { DrillKind } from '../src/model/drill.ts';
import { type Compared, compare, type Drilled, predictedTime } from './truth-compare.ts';
import { truthEstate } from './truth-estate.ts';
import { perturbation } from './truth-pace.ts';
import { ACCOUNT, chance } from './truth-parts.ts';

export interface EstateTruth extends Compared {
  readonly seed: number;
  readonly drills: number;
  /** Drills that were not carried through, by why. */
  readonly refused: readonly string[];
}

const TODAY = '2026-11-23';
/** Seconds. */
const DAY = 86_400;
const GRACE = 600;
/** Losses of what agreements speak of. */
const KINDS: ReadonlySet<DrillKind> = new Set(['az-loss', 'region-loss', 'backup-restore']);

/** Seconds between writes before a drill: an hour of them, or two where something older is restored (scripts/commands/simulated-world.ts). */
const WARM = { data: 60, other: 30 };

export async function truthOf(seed: number): Promise<EstateTruth> {
  const { reading, catalogue } = truthEstate(seed);
  const { pace, decision } = perturbation(chance(1_000_000 + seed));
  const made = await rehearsal({
    readings: [reading],
    catalogue,
    today: TODAY,
    seed,
    place: { account: ACCOUNT, region: 'us-east-1' },
    pace,
    decision,
  });
  const compared: Compared[] = [];
  const refused: string[] = [...made.notes];
  for (const target of made.targets) {
    if (!KINDS.has(target.kind) || !isAgreed(target, made.judgement)) continue;
    // Long enough to see the whole of what is predicted.
    const p99 = predictedTime(made.judgement, target, seed);
    const limit = Math.max(longest(made, target) + GRACE, Number.isFinite(p99) ? Math.min(DAY, 1.5 * p99) : 0);
    const held = await made.drill({ ...target, spec: { ...target.spec, limit } });
    if (held === undefined) continue;
    const { status, reason } = held.result;
    if (status !== 'recovered' && status !== 'not-recovered') refused.push(`${target.kind}: ${status}: ${reason}`);
    compared.push(
      compare(
        made,
        target,
        { ...held, ...fineness(made, target, limit), observations: observationsOf(held, made.judgement) },
        seed,
      ),
    );
  }
  return {
    seed,
    drills: compared.length,
    refused,
    cases: compared.flatMap((c) => c.cases),
    broken: compared.flatMap((c) => c.broken),
    met: compared.reduce((n, c) => n + c.met, 0),
  };
}

/** Seconds. */
function longest({ judgement }: Rehearsal, { service, scope }: Target): number {
  const own = judgement.verdicts.filter(
    (v) => v.metric.serviceId === service && v.metric.scope === scope && v.metric.type === 'RTO',
  );
  return Math.max(0, ...own.map((v) => v.metric.target));
}

/** How finely a drill looks, in whole seconds (src/drills/kinds/scene.ts). */
function fineness(
  { judgement }: Rehearsal,
  { service, scope }: Target,
  limit: number,
): Pick<Drilled, 'every' | 'writes' | 'warm'> {
  const own = judgement.verdicts.filter(
    (v) => v.metric.serviceId === service && v.metric.scope === scope && v.metric.type === 'RPO',
  );
  const every = Math.min(60, Math.max(1, Math.round(limit / 600)));
  const writes = Math.min(every, Math.max(1, Math.round(Math.min(...own.map((v) => v.metric.target)) / 60)));
  return { every, writes, warm: scope === 'data' ? WARM.data : WARM.other };
}
