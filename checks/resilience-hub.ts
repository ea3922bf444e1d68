/** What does AWS Resilience Hub estimate of the same promises, where does it disagree with Holdfast, and what has been tried out? */
import type { App, AppAssessment, AppComponentCompliance } from '@aws-sdk/client-resiliencehub';
import type { Call, Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import type { RuleText } from '../src/model/finding.ts';
import { fold, type Known, known, map } from '../src/model/known.ts';
import { formatDuration } from '../src/model/quantity.ts';
import type { MetricVerdict } from '../src/model/verdict.ts';
import type { JudgedService } from '../src/verdicts/judge.ts';
import type { Check, CheckFact, CheckInput, CheckResult, LiveAws } from './check.ts';
import { arnOf, placeOf, Report, valueOr } from './questions.ts';
import * as hub from './resilience-hub-calls.ts';
import { evidence, evidenceReads } from './resilience-hub-evidence.ts';
import { DISRUPTIONS, type Disagreement, disagreements, UNRECOVERABLE, type Wanted, wantedOf } from './resilience-hub-policy.ts';
import { hubName, ownApp, publish } from './resilience-hub-publish.ts';

const ESTIMATES = 'https://docs.aws.amazon.com/resilience-hub/latest/userguide/resil-assessments.html';
const DRIFT = 'https://docs.aws.amazon.com/resilience-hub/latest/userguide/drift-detection.html';

const STRICTER: RuleText = {
  id: 'resilience-hub-stricter',
  title: 'Resilience Hub estimates that a promise is broken which Holdfast finds met',
  severity: 'high',
  scopes: ['instance', 'az', 'region', 'data', 'software'],
  why: 'Two readings of the same resources come to opposite ends. Resilience Hub looks at what it supports and estimates by its own tables; either it sees a resource without a recovery, or it does not see the mechanism that Holdfast counts on.',
  fix: 'Look at the component that it names. If it lacks a recovery, add one; if Resilience Hub does not know the mechanism, show by a drill that the promise holds.',
  source: ESTIMATES,
};

const MILDER: RuleText = {
  id: 'resilience-hub-milder',
  title: 'Resilience Hub estimates that a promise holds which Holdfast finds broken',
  severity: 'low',
  scopes: ['instance', 'az', 'region', 'data', 'software'],
  why: 'Its estimate starts when recovery starts and knows neither detection nor people nor the dependencies outside of the app; a compliant app is no proof of the promise.',
  fix: "Follow Holdfast's reason: it names the resource and the time that decide.",
  source: ESTIMATES,
};

const DRIFTED: RuleText = {
  id: 'resilience-hub-drift',
  title: 'Resilience Hub found a component that no longer complies with its policy',
  severity: 'medium',
  scopes: ['instance', 'az', 'region', 'data', 'software'],
  why: 'Between two assessments something changed that made the estimate of a component worse than what was agreed.',
  fix: 'Compare the two assessments, find the change, and take it back or agree on other figures.',
  source: DRIFT,
};

async function run(input: CheckInput): Promise<CheckResult> {
  const report = new Report();
  const facts: CheckFact[] = [];
  for (const service of input.judgement.services) {
    const subject = subjectOf(service, input);
    if (subject !== undefined) facts.push(...(await assessed(subject, input, report)));
  }
  facts.push(...(await evidence(input)));
  const { findings, objections } = report.result();
  return { facts, findings, objections };
}

interface Subject {
  readonly service: string;
  readonly place: Place;
  readonly items: readonly EstateResource[];
  readonly arns: readonly string[];
  readonly wanted: Wanted;
  readonly verdicts: ReadonlyMap<string, MetricVerdict>;
}

/** Undefined: nothing was agreed that Resilience Hub could judge, or nothing is there that it could look at. */
function subjectOf({ entry, resources }: JudgedService, { judgement }: CheckInput): Subject | undefined {
  const verdicts = judgement.verdicts.filter((v) => v.metric.serviceId === entry.id && v.verdict !== 'not-applicable');
  const wanted = wantedOf(verdicts.map((v) => v.metric));
  const items = resources
    .flatMap((urn) => judgement.estate.resources.get(urn) ?? [])
    .filter((i) => i.standing.kind === 'modelled' && valueOr(arnOf(i), undefined) !== undefined);
  const place = homeOf(items);
  if (wanted === undefined || place === undefined) return undefined;
  const arns = items.map((i) => valueOr(arnOf(i), '')).filter((arn) => arn.startsWith('arn:'));
  return { service: entry.id, place, items, arns, wanted, verdicts: new Map(verdicts.map((v) => [v.metric.id, v])) };
}

/** The account and Region where most of the service is; an app belongs to one of each. */
function homeOf(items: readonly EstateResource[]): Place | undefined {
  const counted = new Map<string, { readonly place: Place; count: number }>();
  for (const item of items) {
    const place = valueOr(placeOf(item), undefined);
    if (place === undefined) continue;
    const key = `${place.account} ${place.region}`;
    const entry = counted.get(key) ?? { place: { account: place.account, region: place.region }, count: 0 };
    entry.count += 1;
    counted.set(key, entry);
  }
  const [most] = [...counted].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
  return most?.[1].place;
}

async function assessed(subject: Subject, input: CheckInput, report: Report): Promise<readonly CheckFact[]> {
  const { service, place } = subject;
  if (input.publish !== undefined) {
    const arn = await publish(subject, input.publish);
    const why = unknownOf(arn, service);
    if (why !== undefined) return [why];
    return told(subject, valueOr(arn, ''), input.publish.aws, report);
  }
  const app = await ownApp(input.aws, service, place);
  const why = unknownOf(app, service);
  if (why !== undefined) return [why];
  const own = valueOr<App | undefined, undefined>(app, undefined);
  if (own?.appArn === undefined) return [];
  const listed = await input.aws.pages(hub.listAssessments, { appArn: own.appArn, assessmentStatus: ['Success'] }, place);
  const newest = map(listed, (all) =>
    all
      .flatMap((p) => p.assessmentSummaries ?? [])
      .reduce<{ readonly arn: string; readonly at: number } | undefined>((last, a) => {
        const at = a.startTime?.getTime() ?? 0;
        return a.assessmentArn === undefined || (last !== undefined && last.at >= at) ? last : { arn: a.assessmentArn, at };
      }, undefined),
  );
  const unread = unknownOf(newest, service);
  if (unread !== undefined) return [unread];
  const arn = valueOr(newest, undefined)?.arn;
  return arn === undefined ? [] : told(subject, arn, input.aws, report);
}

/** A fact that says why there is no assessment to look at. */
function unknownOf<T>(answer: Known<T>, service: string): CheckFact | undefined {
  return fold<T, CheckFact | undefined>(
    answer,
    () => undefined,
    (why) => ({
      resource: service,
      resourceTitle: `Resilience Hub app ${hubName(service)}`,
      what: 'assessment',
      value: why,
      unit: 'none',
      at: undefined,
    }),
  );
}

async function told(subject: Subject, assessmentArn: string, aws: LiveAws, report: Report): Promise<readonly CheckFact[]> {
  const { place, service, wanted, verdicts } = subject;
  const answer = map(await aws.ask(hub.describeAssessment, { assessmentArn }, place), (r) => r?.assessment);
  const assessment = valueOr<AppAssessment | undefined, undefined>(answer, undefined);
  if (assessment === undefined) return [unknownOf(answer, service)].filter((f) => f !== undefined);
  const listed = await aws.pages(hub.listCompliances, { assessmentArn }, place);
  const components = valueOr(listed, []).flatMap((p) => p.componentCompliances ?? []);
  const facts = factsOf(subject, assessment);
  const at = (assessment.endTime ?? assessment.startTime)?.toISOString();
  const count = (what: string, value: Known<number>): CheckFact => ({
    ...subjectFact(subject, assessment),
    what,
    value,
    unit: 'count',
    at,
  });
  facts.push(
    count(
      'alarm recommendations',
      map(
        await aws.pages(hub.listAlarms, { assessmentArn }, place),
        (all) => all.flatMap((p) => p.alarmRecommendations ?? []).length,
      ),
    ),
    count(
      'procedure recommendations',
      map(
        await aws.pages(hub.listSops, { assessmentArn }, place),
        (all) => all.flatMap((p) => p.sopRecommendations ?? []).length,
      ),
    ),
    count(
      'test recommendations',
      map(
        await aws.pages(hub.listTests, { assessmentArn }, place),
        (all) => all.flatMap((p) => p.testRecommendations ?? []).length,
      ),
    ),
  );
  for (const found of disagreements(wanted, assessment.compliance ?? {}, verdicts)) disagree(found, components, subject, report);
  const drifts = map(await aws.pages(hub.listDrifts, { assessmentArn }, place), (all) =>
    all.flatMap((p) => p.complianceDrifts ?? []),
  );
  facts.push(
    count(
      'components that drifted',
      map(drifts, (all) => all.length),
    ),
  );
  for (const drift of valueOr(drifts, [])) {
    const item = itemOf(drift.entityId, subject);
    if (item !== undefined)
      report.find(
        DRIFTED,
        item,
        `${drift.entityId ?? 'a component'} complied with its policy at the assessment before, and does not now`,
      );
  }
  return facts;
}

const subjectFact = ({ service }: Subject, { appArn }: AppAssessment): Pick<CheckFact, 'resource' | 'resourceTitle'> => ({
  resource: appArn ?? service,
  resourceTitle: `Resilience Hub app ${hubName(service)}`,
});

function factsOf(subject: Subject, assessment: AppAssessment): CheckFact[] {
  const of = subjectFact(subject, assessment);
  const at = (assessment.endTime ?? assessment.startTime)?.toISOString();
  const facts: CheckFact[] = [];
  for (const disruption of DISRUPTIONS) {
    const found = assessment.compliance?.[disruption];
    if (found === undefined) continue;
    facts.push({
      ...of,
      what: `${disruption}: policy`,
      value: known(found.complianceStatus ?? 'not reported'),
      unit: 'none',
      at,
    });
    for (const [what, seconds] of [
      ['RTO', found.currentRtoInSecs],
      ['RPO', found.currentRpoInSecs],
    ] as const)
      if (seconds !== undefined)
        facts.push(
          seconds >= UNRECOVERABLE
            ? { ...of, what: `${disruption}: estimated ${what}`, value: known('never'), unit: 'none', at }
            : { ...of, what: `${disruption}: estimated ${what}`, value: known(seconds), unit: 'seconds', at },
        );
  }
  const score = assessment.resiliencyScore?.score;
  if (score !== undefined) facts.push({ ...of, what: 'resiliency score', value: known(score), unit: 'none', at });
  return facts;
}

function disagree(found: Disagreement, components: readonly AppComponentCompliance[], subject: Subject, report: Report): void {
  const { disruption, kind, verdict, estimate } = found;
  const { metric } = verdict;
  const worst = components
    .filter((c) => c.compliance?.[disruption]?.complianceStatus === 'PolicyBreached')
    .find(
      (c) =>
        (metric.type === 'RTO' ? c.compliance?.[disruption]?.currentRtoInSecs : c.compliance?.[disruption]?.currentRpoInSecs) ===
        estimate,
    );
  const item =
    (kind === 'stricter' ? itemOf(worst?.appComponentName, subject) : undefined) ??
    subject.items.find((i) => i.resource.urn === verdict.decidedBy) ??
    subject.items[0];
  if (item === undefined) return;
  const figure = estimate === undefined || estimate >= UNRECOVERABLE ? 'never' : formatDuration(estimate);
  const promise = `${metric.type} of ${formatDuration(metric.target)} for ${metric.scope} (${metric.id})`;
  if (kind === 'milder') {
    report.find(
      MILDER,
      item,
      `Resilience Hub estimates ${figure} for ${disruption}, within the ${promise}; Holdfast: ${verdict.reason}`,
    );
    return;
  }
  const text =
    metric.type === 'RTO' ? worst?.compliance?.[disruption]?.rtoDescription : worst?.compliance?.[disruption]?.rpoDescription;
  const because =
    worst === undefined ? '' : `: ${worst.appComponentName ?? 'a component'}${text === undefined ? '' : ` (${text})`}`;
  report.find(
    STRICTER,
    item,
    `Resilience Hub estimates ${figure} for ${disruption}${because}, beyond the ${promise}; Holdfast: ${verdict.reason}`,
  );
}

/** A component is named after what it holds. */
function itemOf(component: string | undefined, { items }: Subject): EstateResource | undefined {
  if (component === undefined) return undefined;
  const last = (item: EstateResource): string => valueOr(arnOf(item), '').split(/[:/]/).at(-1) ?? '';
  return items.filter((i) => last(i) !== '' && component.includes(last(i))).sort((a, b) => last(b).length - last(a).length)[0];
}

const calls: readonly Call<never, unknown>[] = [...hub.hubReads, ...evidenceReads];

export const resilienceHub: Check = {
  id: 'resilience-hub',
  title: 'What does Resilience Hub estimate of the same promises, and what has been tried out?',
  rules: [STRICTER, MILDER, DRIFTED],
  calls,
  publishes: hub.hubPublishes,
  run,
};
