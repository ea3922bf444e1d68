/** What a change left owed, held against what AWS shows now. */
import { RULES } from '../rules/registry.ts';
import type { Obligation } from '../verdicts/obligations.ts';
import type { VerifyResult } from './result-schema.ts';
import type { Cell, Paint, Style } from './text.ts';
import { columns } from './text.ts';

export type Discharge = NonNullable<VerifyResult['obligations']>[number];

/** `result`: of a check. Absence discharges only what was looked at: a resource that is not there, or of no code, stays owed. */
export function withObligations(result: VerifyResult, owed: readonly Obligation[]): VerifyResult {
  return {
    ...result,
    obligations: owed.map((o) => ({ ...o, ...(o.kind === 'rule' ? ruleNow(o, result) : metricNow(o, result)) })),
  };
}

type Now = Pick<Discharge, 'state' | 'because'>;

function ruleNow({ id, fingerprint, resource }: Obligation, { findings, identities, observed }: VerifyResult): Now {
  const rule = RULES.find((r) => r.id === id);
  if (rule === undefined) return { state: 'open', because: `this version of Holdfast has no rule ${id}` };
  if (resource === null || !identities.some((i) => i.resource === resource))
    return { state: 'open', because: 'no source declares the resource: name its code with --source' };
  // What only code shows is for the code to discharge.
  const level = rule.ofCode === true ? 'designed' : 'in-place';
  if (level === 'in-place' && observed?.missing.includes(resource) !== false)
    return { state: 'open', because: 'the resource was not found in AWS' };
  const found = findings.filter(
    (f) => f.rule === id && f.levels.includes(level) && (f.fingerprint === fingerprint || f.resource === resource),
  );
  const broken = found.find((f) => f.state === 'fires');
  if (broken !== undefined) return { state: 'broken', because: broken.message };
  const open = found[0];
  return open === undefined
    ? { state: 'discharged', because: level === 'designed' ? 'the code shows nothing of it' : 'AWS shows nothing of it' }
    : { state: 'open', because: open.message };
}

function metricNow({ kind, id }: Obligation, { metrics }: VerifyResult): Now {
  const metric = metrics.find((m) => m.id === id);
  if (metric === undefined) return { state: 'open', because: 'no agreement in force has this metric' };
  const shown = kind === 'evidence' ? metric.demonstrated : metric.inPlace;
  if (shown === null)
    return { state: 'open', because: kind === 'evidence' ? 'no drill or real event was shown since' : 'nobody looked at AWS' };
  const { verdict, reason } = shown;
  if (verdict === 'met' || verdict === 'not-applicable') return { state: 'discharged', because: reason };
  return { state: verdict === 'not-met' ? 'broken' : 'open', because: reason };
}

const STYLES: Readonly<Record<Discharge['state'], Style>> = { discharged: 'good', broken: 'bad', open: 'doubt' };

/** Lines of the table: the worst first. */
export function obligationLines(
  { obligations }: VerifyResult,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  if (obligations === null) return [];
  const rank = ({ state }: Discharge): number => ['broken', 'open', 'discharged'].indexOf(state);
  const rows = [...obligations]
    .sort((a, b) => rank(a) - rank(b))
    .map((o): Cell[] => [
      { text: o.state, style: STYLES[o.state] },
      { text: o.id },
      { text: o.resourceTitle ?? '' },
      { text: o.because },
    ]);
  const title = obligations.length === 0 ? 'Nothing was owed' : 'What was owed';
  return [paint(title, 'bold'), ...columns(rows, width, paint), ''];
}
