/** `holdfast check`: the in-place level. Reads AWS, judges what is there by the same rules as the code, and says where they differ. */

import { readFile } from 'node:fs/promises';
import type { Check, CheckFinding, CheckInput, CheckResult } from '../../checks/check.ts';
import { CHECKS } from '../../checks/registry.ts';
import type { AnyCall } from '../../src/aws/failure.ts';
import { type InPlace, inPlace } from '../../src/estate/in-place.ts';
import { messageOf, UsageError } from '../../src/model/errors.ts';
import type { Finding } from '../../src/model/finding.ts';
import { parseDuration } from '../../src/model/quantity.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { LiveLevel } from '../../src/reports/live.ts';
import { withLive, withoutCode } from '../../src/reports/live.ts';
import { withObligations } from '../../src/reports/obligations.ts';
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { type Observation, observe, unseenOf } from '../../src/services/observed/observe.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { findingAt, withWaivers } from '../../src/verdicts/findings.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { kpi2 } from '../../src/verdicts/kpis.ts';
import { inPlaceVerdict } from '../../src/verdicts/levels.ts';
import { type Obligation, obligationsSchema } from '../../src/verdicts/obligations.ts';
import type { Surroundings } from '../surroundings.ts';
import { type EvidenceFlags, evidenceGiven, withGiven } from './evidence-given.ts';
import { estateOf, type Inputs, inputsOf, type SourceFlags } from './judging.ts';
import { type AwsFlags, liveAws, type OpenAws, openAws } from './observing.ts';
import { ownPlaces } from './own-places.ts';
import { type ResultFlags, show } from './showing.ts';

export interface CheckFlags extends SourceFlags, AwsFlags, ResultFlags, EvidenceFlags {
  readonly catalog?: string | false;
  readonly source: readonly string[];
  readonly region?: string;
  readonly since: string;
  readonly publish?: boolean;
  /** What a preview left owed, as the policy pack wrote it. */
  readonly obligations?: string;
}

export async function check(named: readonly string[], flags: CheckFlags, around: Surroundings): Promise<number> {
  return show(await checkedBySources(named, flags, around), 'in-place', flags, around);
}

/** Every level of the sources, or those above the code alone where there are none. */
export async function checkedBySources(named: readonly string[], flags: CheckFlags, around: Surroundings): Promise<VerifyResult> {
  const wanted = checksNamed(named);
  const given = await evidenceGiven(flags, around);
  const inputs = await inputsOf(flags.source, flags, around, 'nothing');
  const { result, judgement, verdicts } = await checked(wanted, inputs, flags, around);
  const shown = withGiven(result, judgement, verdicts, given);
  return flags.obligations === undefined ? shown : withObligations(shown, await readObligations(flags.obligations));
}

/** Throws `UsageError` (`obligations-unreadable`) when the file is none that the policy pack wrote. */
async function readObligations(file: string): Promise<readonly Obligation[]> {
  const expected = (found: string) =>
    new UsageError(
      'obligations-unreadable',
      `${file}: expected the obligations that the policy pack wrote (\`obligations\` of its settings), ${found}`,
    );
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw expected(`but ${messageOf(error)}`);
  });
  try {
    return obligationsSchema.parse(JSON.parse(text)).obligations;
  } catch (error) {
    throw expected(error instanceof SyntaxError ? 'found no JSON' : 'found other JSON, or that of another version');
  }
}

export interface Checked {
  readonly result: VerifyResult;
  /** Of the code, where there is any; else of what AWS shows. */
  readonly judgement: Judgement;
  /** In place. */
  readonly verdicts: readonly MetricVerdict[];
}

export async function checked(
  wanted: readonly Check[],
  { catalogue, sources, readings: declared, today }: Inputs,
  flags: CheckFlags,
  around: Surroundings,
): Promise<Checked> {
  if (declared.length === 0 && flags.aws === 'simulator')
    throw new UsageError(
      'no-source',
      'expected a source to fill simulated AWS with: name one with --source, or list them under sources: in holdfast.yaml.',
    );
  const aws = await openAws(flags, flags.publish === true ? 'publish' : 'read', callsFor(wanted, flags), declared, around);
  const own = await ownPlaces(sources, process.env, aws.targets.targets[0]?.account ?? '');
  return aws.drive(
    (async () => {
      const seen = await look(aws, around);
      const placed = inPlace(aws.readings, seen, SERVICES);
      const options = { today, seed: flags.seed, world: aws.session.world };
      const designed = declared.length === 0 ? undefined : judge(estateOf(declared, catalogue), catalogue, options);
      const found = judge(estateOf(placed.readings, catalogue), catalogue, {
        ...options,
        level: 'in-place',
        owned: designed?.assignment,
      });
      const asked = liveAws(aws.session);
      const input: CheckInput = {
        ...inputOf(found, designed, placed, aws, flags),
        aws: asked,
        own,
        publish: flags.publish === true ? { aws: asked, clock: aws.clock, progress: around.progress } : undefined,
      };
      const results: (readonly [Check, CheckResult])[] = [];
      for (const one of wanted) {
        around.progress(`check ${one.id}`);
        results.push([one, await one.run(input)]);
      }
      return together(found, designed, placed, seen, results, aws, flags);
    })(),
  );
}

const callsFor = (wanted: readonly Check[], { publish }: CheckFlags): readonly AnyCall[] => [
  ...SCANS.flatMap((s) => s.calls),
  ...wanted.flatMap((c) => (publish === true ? [...c.calls, ...(c.publishes ?? [])] : c.calls)),
];

function checksNamed(named: readonly string[]): readonly Check[] {
  if (named.length === 0) return CHECKS;
  return named.map((id) => {
    const found = CHECKS.find((c) => c.id === id);
    if (found === undefined)
      throw new UsageError('check-unknown', `expected the name of a check (${CHECKS.map((c) => c.id).join(', ')}), found ${id}.`);
    return found;
  });
}

function look(aws: OpenAws, around: Surroundings): Promise<Observation> {
  const { session, clock, targets } = aws;
  return observe({
    session,
    clock,
    ...targets,
    onProgress: ({ done, scans, resources, account, region }) => {
      if (done % 25 === 0 || done === scans)
        around.progress(`read ${done} of ${scans}: ${resources} resources (${account} ${region})`);
    },
  });
}

function inputOf(
  found: Judgement,
  designed: Judgement | undefined,
  placed: InPlace,
  aws: OpenAws,
  flags: CheckFlags,
): Omit<CheckInput, 'aws'> {
  const now = aws.clock.now();
  const seconds = parseDuration(flags.since);
  if (seconds === undefined)
    throw new UsageError('since-unreadable', `--since: expected a duration such as 15m, 1h or 7d, found ${flags.since}.`);
  return {
    judgement: found,
    inPlace: designed === undefined ? undefined : placed,
    designed,
    places: placesOf(aws),
    now,
    since: now - seconds * 1000,
  };
}

const placesOf = (aws: OpenAws): CheckInput['places'] =>
  aws.targets.targets.flatMap(({ account, regions }) => regions.map((region) => ({ account, region })));

function together(
  found: Judgement,
  designed: Judgement | undefined,
  placed: InPlace,
  seen: Observation,
  results: readonly (readonly [Check, CheckResult])[],
  aws: OpenAws,
  flags: CheckFlags,
): Checked {
  const objections = results.flatMap(([, r]) => r.objections);
  const below = new Map((designed?.verdicts ?? []).map((v) => [v.metric.id, v]));
  const verdicts = found.verdicts.map((v) => inPlaceVerdict(below.get(v.metric.id), v, objections, unseenOf(seen)));
  const own = results.flatMap(([one, r]) => r.findings.map((f) => findingOf(one, f, found)));
  const live: LiveLevel = {
    world: found.world,
    observed: {
      at: seen.at,
      places: [...placesOf(aws)],
      resources: seen.resources.length,
      calls: aws.session.tally().total,
      gaps: seen.gaps.map(({ types, account, region, why }) => ({
        types: [...types],
        account,
        region,
        reason: why.reason,
        detail: why.detail,
      })),
      missing: placed.missing.map((r) => r.urn),
      undeclared: placed.readings.some((r) => r.kind !== 'observed') ? placed.undeclared.map((r) => r.urn) : [],
    },
    verdicts,
    findings: [...found.findings, ...withWaivers(own, found.catalogue, found.today)],
    kpi2: found.kpis === undefined ? undefined : kpi2(verdicts),
    checks: results.map(([{ id, title }, { facts }]) => ({ id, title, facts })),
    warnings: [...found.warnings, ...seen.notes],
  };
  const code = designed === undefined ? withoutCode(resultOf(found, flags.seed)) : resultOf(designed, flags.seed);
  return { result: withLive(code, live), judgement: designed ?? found, verdicts };
}

function findingOf(one: Check, { rule: id, item, ...found }: CheckFinding, { estate }: Judgement): Finding {
  const rule = one.rules.find((r) => r.id === id);
  if (rule === undefined) throw new Error(`check ${one.id} found ${id}, which is no rule of its own`);
  return findingAt(rule, item, estate, found);
}
