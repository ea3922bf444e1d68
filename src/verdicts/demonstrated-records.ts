/** Records of evidence → observations. Data enters here: what cannot be read as what it claims to be is a problem with a name. */
import * as z from 'zod';
import { DRILL_KINDS, SCOPE_OF } from '../model/drill.ts';
import type { World } from '../model/resource.ts';
import { SCOPES } from '../model/scope.ts';
import type { Evidence, Fix, KeptObservation } from './demonstrated.ts';

/** A record as any store or pack gives it. */
export interface ReadRecord {
  readonly kind: string;
  readonly world: World;
  readonly at: number;
  readonly subject: string;
  readonly sequence: number;
  readonly body: unknown;
}

export interface ReadEvidence extends Evidence {
  /** Drills whose records were read. */
  readonly drills: number;
  /** Records of other people inside these: they count from their own pack, by their own signer, and not from here. */
  readonly foreign: number;
  /** One line each: a record that says what it cannot say, or that this version does not understand. Whoever reads on may miss the worst. */
  readonly problems: readonly string[];
}

const world = z.enum(['live', 'simulated']);
const texts = z.array(z.string());
const hashes = z.record(z.string(), z.string().regex(/^[0-9a-f]{8,64}$/, { error: 'hexadecimal digits' }));

const observationSchema = z.object({
  metric: z.string(),
  member: z.string(),
  source: z.enum(['actual', 'test']),
  world,
  at: z.number(),
  value: z.union([z.number().min(0), z.enum(['never', 'all'])]).nullable(),
  automatic: z.boolean(),
  run: z.string(),
  says: z.string(),
});

/** What is read of a `DrillRecord` (src/drills/record.ts); the rest of it is for people. */
const drillSchema = z.object({
  version: z.literal(1),
  drill: z.object({ kind: z.enum(DRILL_KINDS), service: z.string() }),
  result: z.object({
    run: z.string(),
    kind: z.enum(DRILL_KINDS),
    service: z.string(),
    scope: z.enum(SCOPES),
    member: z.string(),
    world,
  }),
  observations: z.array(observationSchema),
  material: hashes,
  parts: hashes,
  members: texts,
});
type DrillBody = z.output<typeof drillSchema>;

const fixSchema = z.object({
  decision: z.literal('fixed'),
  run: z.string(),
  by: z.string().min(1),
  says: z.string().min(1),
  change: z.string().nullish(),
});

/** Body of a record of kind `decision` by which somebody says that what a run showed has been put right; its subject is the run. */
export type FixRecord = z.output<typeof fixSchema>;

export function observationsFrom(records: Iterable<ReadRecord>): ReadEvidence {
  const observations: KeptObservation[] = [];
  const fixes: Fix[] = [];
  const problems: string[] = [];
  let drills = 0;
  let foreign = 0;
  for (const record of records) {
    const problem = (found: string): number =>
      problems.push(`record ${record.sequence} (${record.kind} ${record.subject}): ${found}`);
    if (record.kind === 'import') foreign += 1;
    if (record.kind === 'drill-result') {
      const parsed = drillSchema.safeParse(record.body);
      const wrong = parsed.success ? contradiction(record, parsed.data) : issueOf(parsed.error);
      if (wrong !== undefined || !parsed.success) problem(wrong ?? '');
      else {
        drills += 1;
        observations.push(...observationsIn(parsed.data));
      }
    }
    if (record.kind === 'decision' && isFix(record.body)) {
      const parsed = fixSchema.safeParse(record.body);
      if (!parsed.success) problem(issueOf(parsed.error));
      else if (parsed.data.run !== record.subject)
        problem(`expected a fix of ${record.subject}, found one of ${parsed.data.run}`);
      else fixes.push({ run: parsed.data.run, at: record.at });
    }
  }
  return { observations, fixes, drills, foreign, problems };
}

function observationsIn({ result, observations, material, parts, members }: DrillBody): readonly KeptObservation[] {
  const { kind, service, scope } = result;
  return observations.map((o) => ({ ...o, kind, service, scope, material: material[o.metric], parts, members }));
}

const isFix = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'decision' in body && body.decision === 'fixed';

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `expected the record of a drill that this version of Holdfast knows, found ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'something else'}`;
}

/** What a sound record cannot say: whatever it claims, it shows its own run, in its own world, at the scope that its kind takes away. */
function contradiction({ world: of, subject }: ReadRecord, { drill, result, observations }: DrillBody): string | undefined {
  if (result.run !== subject) return `expected the result of ${subject}, found that of ${result.run}`;
  if (result.world !== of) return `expected a drill in the ${of} world, found one in the ${result.world} world`;
  if (drill.kind !== result.kind || drill.service !== result.service)
    return `expected the result of ${drill.kind} of ${drill.service}, found that of ${result.kind} of ${result.service}`;
  for (const o of observations) {
    if (o.world !== of) return `expected observations in the ${of} world, found one in the ${o.world} world (${o.metric})`;
    if (o.run !== result.run) return `expected observations of ${result.run}, found one of ${o.run} (${o.metric})`;
    if (o.value === null) continue;
    const scope = SCOPE_OF[result.kind];
    if (result.kind !== 'table-top' && (scope === undefined || scope !== result.scope))
      return `expected no valid observation from ${result.kind} at ${result.scope} scope, found one (${o.metric})`;
  }
  return undefined;
}
