/** Phrases about what changed since a baseline, shared by the formats. */
import { formatPercent } from '../model/quantity.ts';
import type { VerifyResult } from './result-schema.ts';

export type Comparison = NonNullable<VerifyResult['baseline']>;
export type Movement = Comparison['metrics'][number];

/** `lost`, `weakened`, `won after it was made stricter`: what became of a metric, in words. */
export function movementText({ change, target }: Movement): string {
  const promise = target === 'same' ? '' : target === 'weaker' ? 'weakened' : 'made stricter';
  const verdict = VERDICT_WORDS[change];
  return [verdict, promise].filter((x) => x !== '').join(', ');
}

const VERDICT_WORDS: Readonly<Record<Movement['change'], string>> = {
  lost: 'lost',
  worse: 'now certainly not met',
  won: 'won',
  changed: 'another verdict',
  same: '',
  new: 'newly agreed',
  removed: 'no longer agreed',
  ended: 'agreement over',
};

/** `met → not-met`, with the target where it changed. */
export function verdictsText({ before, after, target }: Movement): string {
  const one = (state: Movement['before']): string =>
    state === null ? '–' : target === 'same' ? state.verdict : `${state.verdict} at ${state.target}`;
  return `${one(before)} → ${one(after)}`;
}

export interface Kind {
  readonly what: string;
  readonly of: readonly Movement[];
  readonly tone: 'bad' | 'good' | 'doubt';
}

/** The movements by kind, the worst first; kinds without any are left out. */
export function kinds({ metrics }: Comparison): readonly Kind[] {
  const of = (is: (m: Movement) => boolean): readonly Movement[] => metrics.filter(is);
  const all: readonly Kind[] = [
    { what: 'lost', tone: 'bad', of: of((m) => m.change === 'lost') },
    { what: 'now certainly not met', tone: 'bad', of: of((m) => m.change === 'worse') },
    { what: 'no longer agreed', tone: 'bad', of: of((m) => m.change === 'removed') },
    { what: 'weakened', tone: 'bad', of: of((m) => m.target === 'weaker') },
    { what: 'newly agreed and not met', tone: 'bad', of: of((m) => m.change === 'new' && m.fails) },
    { what: 'won', tone: 'good', of: of((m) => m.change === 'won') },
    { what: 'newly agreed', tone: 'good', of: of((m) => m.change === 'new' && !m.fails) },
    { what: 'made stricter', tone: 'good', of: of((m) => m.target === 'stricter') },
    { what: 'of another verdict', tone: 'doubt', of: of((m) => m.change === 'changed' && m.target !== 'weaker') },
    { what: 'of an agreement that is over', tone: 'doubt', of: of((m) => m.change === 'ended') },
  ];
  return all.filter((k) => k.of.length > 0);
}

/** `CAB must approve (agreement checkout-sla, 2 metrics)`; whoever approved the agreement where it names nobody for changes. */
export function approvalText({ agreement, reference, approvedBy, metrics }: Comparison['approvals'][number]): string {
  const who = reference ?? approvedBy;
  const whom = who === null ? 'whoever approved the agreement must approve' : `${who} must approve`;
  const why = reference === null && who !== null ? '; it names no changeReference, and this is who approved it' : '';
  return `${whom} (agreement ${agreement}, ${metrics.length === 1 ? '1 metric' : `${metrics.length} metrics`}${why})`;
}

export function changeText({ change }: Comparison): string {
  return change === null
    ? 'no change reference was given: --change or HOLDFAST_CHANGE'
    : `change reference given: ${change} (Holdfast does not look it up)`;
}

/** `80% → 60%`. */
export function kpiText({ before, after, unit }: Comparison['kpis'][number]): string {
  const one = (value: number | null): string =>
    value === null ? '–' : unit === 'percent' ? formatPercent(value) : String(value);
  return `${one(before)} → ${one(after)}`;
}

/** `2 new, 1 worse, 3 fixed, 1 moved, 12 as before`. */
export function findingsText({ findings: f }: Comparison): string {
  const gone = f.fixed.filter((x) => x.removed === true).length;
  return [
    `${f.new} new`,
    ...(f.worse > 0 ? [`${f.worse} worse`] : []),
    `${f.fixed.length} fixed${gone > 0 ? ` (${gone} with their resource)` : ''}`,
    ...(f.moved > 0 ? [`${f.moved} moved`] : []),
    `${f.unchanged} as before`,
    ...(f.unseen > 0 ? [`${f.unseen} not seen: the sources show a part`] : []),
  ].join(', ');
}

/** What an exit code says about a change. */
export function exitText(code: 0 | 1 | 3, baseline: Comparison | null): string {
  if (code === 1 && baseline?.metrics.some((m) => m.fails) === true)
    return 'the change breaks, weakens or takes away what was agreed';
  if (code === 0) return 'nothing stands in the way';
  if (code === 3) return 'nothing is broken, but something is unknown';
  return 'a promise is not kept, or a finding is too severe';
}

export interface ComparisonRow {
  readonly what: string;
  readonly says: string;
  readonly tone: Kind['tone'] | undefined;
}

/** All that changed since the baseline, for formats that show everything. */
export function comparisonRows(baseline: Comparison): readonly ComparisonRow[] {
  const row = (what: string, says: string, tone?: Kind['tone']): ComparisonRow => ({ what, says, tone });
  return [
    row('beside', `${baseline.of.file} of ${baseline.of.date}`),
    ...kinds(baseline).flatMap(({ what, of, tone }) =>
      of.map((m) => row(what, `${m.id}: ${verdictsText(m)}${becauseOf(m)}`, tone)),
    ),
    row('metrics as before', String(baseline.unchanged)),
    ...baseline.approvals.map((a) => row('approval', `${approvalText(a)}; ${changeText(baseline)}`, 'doubt')),
    ...baseline.kpis.filter((k) => k.before !== k.after).map((k) => row(`KPI ${k.kpi} ${k.what}`, kpiText(k))),
    row('findings', findingsText(baseline)),
    ...baseline.notes.map((note) => row('note', note)),
  ];
}

const becauseOf = ({ after }: Movement): string => (after === null || after.verdict === 'met' ? '' : `: ${after.reason}`);
