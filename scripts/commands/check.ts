/** `holdfast check`: the in-place level. Reads AWS, judges what is there by the same rules as the code, and says where they differ. */

import type { Check, CheckFinding, CheckInput, CheckResult } from '../../checks/check.ts';
import { CHECKS } from '../../checks/registry.ts';
import type { AnyCall } from '../../src/aws/failure.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import { type InPlace, inPlace } from '../../src/estate/in-place.ts';
import { UsageError } from '../../src/model/errors.ts';
import { parseDuration } from '../../src/model/quantity.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import type { LiveLevel } from '../../src/reports/live.ts';
import { withLive, withoutCode } from '../../src/reports/live.ts';
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { type Observation, observe, unseenOf } from '../../src/services/observed/observe.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { withWaivers } from '../../src/verdicts/findings.ts';
import { fingerprintOf } from '../../src/verdicts/fingerprint.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { kpi2 } from '../../src/verdicts/kpis.ts';
import { inPlaceVerdict } from '../../src/verdicts/levels.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { catalogueFor, read, sourcesOf } from './judging.ts';
import { type AwsFlags, liveAws, type OpenAws, openAws } from './observing.ts';
import { ownPlaces } from './own-places.ts';
import { type ResultFlags, show } from './showing.ts';

export interface CheckFlags extends SourceFlags, AwsFlags, ResultFlags {
  readonly catalog?: string | false;
  readonly source: readonly string[];
  readonly region?: string;
  readonly since: string;
  readonly publish?: boolean;
}

export async function check(named: readonly string[], flags: CheckFlags, around: Surroundings): Promise<number> {
  return show(await checked(named, flags, around), 'in-place', flags, around);
}

/** Both levels of the sources, or the in-place level alone where there are none. */
export async function checked(named: readonly string[], flags: CheckFlags, around: Surroundings): Promise<VerifyResult> {
  const wanted = checksNamed(named);
  const catalogue = await catalogueFor(flags.source, flags, around);
  const sources = flags.source.length > 0 ? flags.source : (catalogue?.sources.length ?? 0) > 0 ? sourcesOf(catalogue) : [];
  const declared = sources.length === 0 ? [] : await read(sources, flags, around);
  if (declared.length === 0 && flags.aws === 'simulator')
    throw new UsageError(
      'no-source',
      'expected a source to fill simulated AWS with: name one with --source, or list them under sources: in holdfast.yaml.',
    );
  const today = flags.date ?? around.today;
  const inert = new Map((catalogue?.inert ?? []).map((i) => [i.type, i.reason]));
  const aws = await openAws(flags, flags.publish === true ? 'publish' : 'read', callsFor(wanted, flags), declared, around);
  const own = await ownPlaces(sources, process.env, aws.targets.targets[0]?.account ?? '');
  return aws.drive(
    (async () => {
      const seen = await look(aws, around);
      const placed = inPlace(aws.readings, seen, SERVICES);
      const options = { today, seed: flags.seed, world: aws.session.world };
      const designed = declared.length === 0 ? undefined : judge(buildEstate(declared, SERVICES, inert), catalogue, options);
      const found = judge(buildEstate(placed.readings, SERVICES, inert), catalogue, {
        ...options,
        level: 'in-place',
        owned: designed?.assignment,
      });
      const publish = { aws: liveAws(aws.session), clock: aws.clock, progress: around.progress };
      const input: CheckInput = {
        ...inputOf(found, designed, declared, placed, aws, flags),
        own,
        publish: flags.publish === true ? publish : undefined,
      };
      const results: (readonly [Check, CheckResult])[] = [];
      for (const one of wanted) {
        around.progress(`check ${one.id}`);
        results.push([one, await one.run(input)]);
      }
      return together(found, designed, placed, seen, results, aws, flags, today);
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
  declared: readonly SourceReading[],
  placed: InPlace,
  aws: OpenAws,
  flags: CheckFlags,
): CheckInput {
  const now = aws.clock.now();
  const seconds = parseDuration(flags.since);
  if (seconds === undefined)
    throw new UsageError('since-unreadable', `--since: expected a duration such as 15m, 1h or 7d, found ${flags.since}.`);
  return {
    judgement: found,
    inPlace: declared.length === 0 ? undefined : placed,
    designed,
    aws: liveAws(aws.session),
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
  today: string,
): VerifyResult {
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
    findings: [...found.findings, ...withWaivers(own, found.catalogue, today)],
    kpi2: found.kpis === undefined ? undefined : kpi2(verdicts),
    checks: results.map(([{ id, title }, { facts }]) => ({ id, title, facts })),
    warnings: [...found.warnings, ...seen.notes],
  };
  const code = designed === undefined ? withoutCode(resultOf(found, flags.seed)) : resultOf(designed, flags.seed);
  return withLive(code, live);
}

function findingOf(
  one: Check,
  { rule: id, item, property, message, undecided }: CheckFinding,
  found: Judgement,
): Judgement['findings'][number] {
  const rule = one.rules.find((r) => r.id === id);
  if (rule === undefined) throw new Error(`check ${one.id} found ${id}, which is no rule of its own`);
  return {
    rule: rule.id,
    title: rule.title,
    severity: rule.severity,
    scopes: rule.scopes,
    resource: item.resource.urn,
    resourceTitle: item.title,
    property,
    position: item.resource.position,
    message,
    undecided,
    fingerprint: fingerprintOf(rule.id, item, found.estate, property),
    waiver: undefined,
  };
}
