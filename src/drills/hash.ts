/** What was shown is what is approved: one hash over a drill, over what it takes away, and over every step of it. */
import type { DrillSpec } from '../model/drill.ts';
import type { Json } from '../model/journal.ts';
import type { Member } from '../model/scope.ts';
import { canonicalJson, sha256 } from '../store/canonical.ts';
import { asJson } from './logbook.ts';

/** A step as a dry run shows it: an actuator's id and what it says of itself. */
interface ShownStep {
  readonly id: string;
  readonly does: Json;
}

/**
 * SHA-256, 64 hexadecimal digits. Where the drill stands in its file does not count; the order of its steps does. Any other
 * difference makes another drill, which needs approvals of its own.
 */
export function drillHash(spec: DrillSpec, members: readonly Member[], steps: readonly ShownStep[]): string {
  const { place: _, ...said } = spec;
  const lost = members.map((m) => `${m.scope} ${m.name}`).sort();
  return sha256(canonicalJson(asJson({ drill: said, members: lost, steps })));
}
