/** An earlier result: read with suspicion, and what became of it since. */
import * as z from 'zod';
import { UsageError } from '../model/errors.ts';
import { firstOf } from '../model/naming.ts';
import { compareMetrics } from '../verdicts/compare.ts';
import { compareFindings } from '../verdicts/compare-findings.ts';
import { RESULT_VERSION, type VerifyResult, verifyResultSchema } from './result-schema.ts';

const { shape } = verifyResultSchema;
const finding = shape.findings.element;
const metric = shape.metrics.element;
const kpis = shape.kpis.unwrap();

/** What is read of a baseline; the rest of the document is not looked at. Null: the version did not tell it yet. */
const baselineSchema = z.object({
  schemaVersion: z.string(),
  command: shape.command,
  world: shape.world,
  date: shape.date,
  catalogue: shape.catalogue,
  sources: shape.sources,
  agreements: shape.agreements.nullish().transform((a) => a ?? null),
  metrics: z.array(
    metric
      .pick({ id: true, agreement: true, service: true, type: true, scope: true, target: true, percentile: true, clock: true })
      .extend({ designed: metric.shape.designed.pick({ verdict: true, reason: true, waivedOnly: true }) }),
  ),
  findings: z.array(finding.omit({ baseline: true, message: true, scopes: true, unknownBecause: true })),
  kpis: kpis.pick({ kpi1: true, kpi2: true, kpi3: true }).extend({ kpi5: kpis.shape.kpi5.optional() }).nullable(),
  identities: z
    .array(shape.identities.element.omit({ position: true }))
    .nullish()
    .transform((i) => i ?? null),
});
export type Baseline = z.output<typeof baselineSchema>;

/** Versions before this one lack agreements and identities, and are read all the same. */
const OLDER: readonly string[] = ['1.0', '1.1'];
/** A result takes some 300 bytes a resource: this is more than the sources of one may have. */
const MAX_BYTES = 128 * 1024 * 1024;

const AGAIN = 'Make one with `holdfast verify --json` on the code before the change.';

/**
 * Throws `UsageError`: `baseline-too-large`, `baseline-not-json`, `baseline-other` for another document, `baseline-version` for a
 * version that this one does not read, `baseline-malformed`, `baseline-level` for what AWS showed without code, `baseline-world`.
 */
export function readBaseline(bytes: Uint8Array, file: string): Baseline {
  if (bytes.length > MAX_BYTES)
    throw new UsageError(
      'baseline-too-large',
      `${file}: expected a result of Holdfast, found ${bytes.length} bytes, which none has.`,
    );
  const document = parsed(bytes, file);
  const version = isObject(document) ? document.schemaVersion : undefined;
  const command = isObject(document) ? document.command : undefined;
  if (typeof version !== 'string' || (command !== 'verify' && command !== 'check'))
    throw new UsageError(
      'baseline-other',
      `${file}: expected what \`holdfast verify --json\` printed, found ${typeof command === 'string' ? `what ${JSON.stringify(clip(command))} printed` : 'another document'}. ${AGAIN}`,
    );
  if (version !== RESULT_VERSION && !OLDER.includes(version))
    throw new UsageError(
      'baseline-version',
      `${file}: expected schemaVersion ${[...OLDER, RESULT_VERSION].join(', ')}, found ${JSON.stringify(clip(version))}: another version of Holdfast wrote it. Make the baseline with this one.`,
    );
  const read = baselineSchema.safeParse(document);
  if (!read.success) {
    const [first] = read.error.issues;
    throw new UsageError(
      'baseline-malformed',
      `${file}: expected a result of Holdfast, found at ${first?.path.map(String).join('.') || 'its root'}: ${first?.message ?? 'something else'}. ${AGAIN}`,
    );
  }
  return judgedCode(read.data, file);
}

function judgedCode(baseline: Baseline, file: string): Baseline {
  if (baseline.sources.every((s) => s.kind === 'observed'))
    throw new UsageError(
      'baseline-level',
      `${file}: expected verdicts over infrastructure code, found what AWS showed without any. ${AGAIN}`,
    );
  if (baseline.world !== 'live')
    throw new UsageError('baseline-world', `${file}: expected a result of a live estate, found one of simulated AWS. ${AGAIN}`);
  return baseline;
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new UsageError('baseline-not-json', `${file}: expected JSON, found something else or only a part of it. ${AGAIN}`);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const clip = (text: string): string => text.slice(0, 40);

/** The same result with what changed since the baseline. `change`: the reference that was given. Verdicts stay as they are. */
export function withBaseline(result: VerifyResult, baseline: Baseline, file: string, change: string | undefined): VerifyResult {
  const { metrics, unchanged, approvals } = compareMetrics(baseline, result);
  const isDesigned = (f: Pick<VerifyResult['findings'][number], 'levels'>): boolean => f.levels.includes('designed');
  const before = { findings: baseline.findings.filter(isDesigned), identities: baseline.identities };
  const now = result.findings.filter(isDesigned);
  const { movements, gone, alike } = compareFindings(before, { findings: now, identities: result.identities });
  const movementOf = new Map(now.map((f, i) => [f, movements[i] ?? null]));
  const isPartial = result.sources.some((s) => s.partial);
  const stillThere = new Set(result.identities.map((i) => i.resource));
  const count = (is: (m: (typeof movements)[number]) => boolean): number => movements.filter(is).length;
  return {
    ...result,
    findings: result.findings.map((f) => ({ ...f, baseline: movementOf.get(f) ?? null })),
    baseline: {
      of: { file, schemaVersion: baseline.schemaVersion, date: baseline.date, catalogue: baseline.catalogue },
      metrics: [...metrics],
      unchanged,
      kpis: kpiMovements(baseline.kpis, result.kpis),
      findings: {
        new: count((m) => m.state === 'new'),
        worse: count((m) => m.worse !== null),
        moved: count((m) => m.state === 'moved'),
        unchanged: count((m) => m.state === 'unchanged'),
        fixed: isPartial
          ? []
          : gone.map(({ rule, title, severity, resource, resourceTitle, state }) => ({
              rule,
              title,
              severity,
              resource,
              resourceTitle,
              state,
              removed: !stillThere.has(resource),
            })),
        unseen: isPartial ? gone.length : 0,
      },
      approvals: approvals.map((a) => ({ ...a, metrics: [...a.metrics] })),
      change: change ?? null,
      notes: [...notesOf(baseline, result, file), ...renamedNotes(alike, result)],
    },
  };
}

type KpisThen = Baseline['kpis'];

/** Lower bounds, as in every headline and gate. */
const MOVING: readonly {
  readonly kpi: string;
  readonly what: string;
  readonly unit: 'percent' | 'count';
  readonly of: (k: NonNullable<KpisThen>) => number | null;
}[] = [
  { kpi: '1', what: 'agreements with continuity metrics', unit: 'count', of: (k) => k.kpi1.sla + k.kpi1.ola },
  { kpi: '2', what: 'metrics kept by automatic failover', unit: 'percent', of: (k) => k.kpi2.all.lower },
  { kpi: '2', what: 'without data scope', unit: 'percent', of: (k) => k.kpi2.withoutDataScope.lower },
  { kpi: '2', what: 'when a person may act', unit: 'percent', of: (k) => k.kpi2.feasibleWithPerson.lower },
  { kpi: '3', what: 'services covered (minimum set)', unit: 'percent', of: (k) => k.kpi3.minimum },
  { kpi: '5', what: 'attained in tests and real events', unit: 'percent', of: (k) => k.kpi5?.all.lower ?? null },
];

function kpiMovements(before: KpisThen, after: KpisThen): NonNullable<VerifyResult['baseline']>['kpis'] {
  return MOVING.flatMap(({ of, ...named }) => {
    const [was, is] = [before, after].map((k) => (k === null ? null : of(k)));
    return was == null && is == null ? [] : [{ ...named, before: was ?? null, after: is ?? null }];
  });
}

/** Of an export there is nothing left to replace. */
function renamedNotes(alike: readonly { readonly from: string; readonly to: string }[], { sources }: VerifyResult): string[] {
  if (alike.length === 0 || sources.every((s) => s.kind === 'export' || s.kind === 'checkpoint')) return [];
  const pairs = alike.map(({ from, to }) => `${from} → ${to}`);
  return [`renamed or moved without an alias, so that Pulumi deletes the one and makes the other: ${firstOf(pairs)}`];
}

function notesOf(baseline: Baseline, result: VerifyResult, file: string): string[] {
  const stacks = (sources: Baseline['sources']): Set<string> => new Set(sources.map((s) => s.project));
  const ours = stacks(result.sources);
  return [
    ...([...stacks(baseline.sources)].some((p) => ours.has(p))
      ? []
      : [`${file} is of other projects: everything is new, and nothing is the same`]),
    ...(baseline.identities === null
      ? [`${file} has schemaVersion ${baseline.schemaVersion}: what was renamed or moved is shown as new`]
      : []),
    ...(baseline.agreements === null && baseline.metrics.length > 0
      ? [`${file} has schemaVersion ${baseline.schemaVersion}: it does not say who must approve`]
      : []),
    ...(baseline.sources.some((s) => s.partial) ? [`${file} shows a part of its stacks: findings outside of it look new`] : []),
  ];
}
