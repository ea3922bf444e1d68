/** How strict a finding is taken. */
import type { Finding } from '../src/model/finding.ts';
import type { Level, Settings } from './settings.ts';

/** The most critical of some services' tiers. */
export function strictest(tiers: readonly (number | undefined)[]): number | undefined {
  const known = tiers.filter((t) => t !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The level of a finding where it is another than its policy's own. Undefined: the policy's own. */
export function levelOf(finding: Finding, tier: number | undefined, settings: Settings, known: boolean): Level | undefined {
  const own = settings.rules?.[finding.rule];
  if (own !== undefined) return own;
  const level = settings.severities?.[finding.severity];
  const most = tier === undefined ? undefined : settings.tiers?.[`${tier}` as '1'];
  if (level === 'disabled' || most === 'disabled') return 'disabled';
  const isMild = most === 'advisory' || known || (finding.waiver !== undefined && !finding.waiver.expired);
  return isMild ? 'advisory' : level;
}
