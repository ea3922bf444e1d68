/** Assessments of Resilience Hub: they take minutes, and then say what is met, what would help, and what has drifted. */
import type * as Hub from '@aws-sdk/client-resiliencehub';
import { type CallContext, page, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { type Estimate, type Estimates, estimatesOf, UNRECOVERABLE } from './resiliencehub-estimates.ts';
import {
  APPS,
  type App,
  ASSESSMENTS,
  type Assessment,
  appNamed,
  assessmentNamed,
  type Component,
  invalid,
  type Op,
  policyNamed,
  policyReply,
} from './resiliencehub-model.ts';

const DISRUPTIONS = ['Software', 'Hardware', 'AZ', 'Region'] as const satisfies readonly Hub.DisruptionType[];
/** Seconds. AWS says "minutes", more for more resources: an assumption. */
const TAKES = [120, 420] as const;

function complianceOf(estimate: Estimate, wanted: Hub.FailurePolicy): Hub.DisruptionCompliance {
  const met = estimate.rto <= (wanted.rtoInSecs ?? 0) && estimate.rpo <= (wanted.rpoInSecs ?? 0);
  return {
    complianceStatus: met ? 'PolicyMet' : 'PolicyBreached',
    currentRtoInSecs: estimate.rto,
    currentRpoInSecs: estimate.rpo,
    rtoDescription: estimate.rtoText,
    rpoDescription: estimate.rpoText,
    ...(estimate.rto === UNRECOVERABLE ? { message: 'Unrecoverable' } : {}),
  };
}

function componentOf(arn: string, estimates: Estimates, policy: Hub.ResiliencyPolicy): Component {
  const compliance: Component['compliance'] = {};
  for (const type of DISRUPTIONS) {
    const wanted = policy.policy?.[type];
    if (wanted !== undefined) compliance[type] = complianceOf(estimates[type], wanted);
  }
  const breached = Object.values(compliance).some((c) => c.complianceStatus === 'PolicyBreached');
  const name = `${arn.split(':')[2] ?? 'resource'}-${arn.split(/[:/]/).at(-1) ?? arn}`;
  return { name, arn, compliance, status: breached ? 'PolicyBreached' : 'PolicyMet' };
}

/** The worst of its components. */
function together(components: readonly Component[]): Component['compliance'] {
  const all: Component['compliance'] = {};
  for (const type of DISRUPTIONS) {
    const found = components.flatMap((c) => c.compliance[type] ?? []);
    if (found.length === 0) continue;
    const breached = found.some((c) => c.complianceStatus === 'PolicyBreached');
    all[type] = {
      complianceStatus: breached ? 'PolicyBreached' : 'PolicyMet',
      currentRtoInSecs: Math.max(...found.map((c) => c.currentRtoInSecs ?? 0)),
      currentRpoInSecs: Math.max(...found.map((c) => c.currentRpoInSecs ?? 0)),
    };
  }
  return all;
}

function finish(world: World, context: CallContext, app: App, assessment: Assessment): void {
  if (assessment.status !== 'InProgress' && assessment.status !== 'Pending') return;
  const arns = app.versions.find((v) => v.name === assessment.version)?.resources ?? [];
  const components: Component[] = [];
  const unsupported: string[] = [];
  for (const arn of arns) {
    const estimates = estimatesOf(world, arn);
    if (estimates === undefined) unsupported.push(arn);
    else components.push(componentOf(arn, estimates, assessment.policy));
  }
  const before = latest(context, app.arn);
  assessment.components = components;
  assessment.unsupported = unsupported;
  assessment.ended = new Date(world.clock.now());
  assessment.status = components.length === 0 ? 'Failed' : 'Success';
  assessment.drifts = before === undefined ? [] : drifts(app, before, assessment);
}

export const latest = (context: CallContext, app: string): Assessment | undefined =>
  context
    .list(ASSESSMENTS)
    .filter((a) => a.app === app && a.status === 'Success')
    .at(-1);

/** A component that met its policy and does not any more (user guide, "Detecting drift"). */
function drifts(app: App, before: Assessment, now: Assessment): readonly Hub.ComplianceDrift[] {
  return now.components.flatMap((component): readonly Hub.ComplianceDrift[] => {
    const earlier = before.components.find((c) => c.name === component.name);
    if (earlier?.status !== 'PolicyMet' || component.status === 'PolicyMet') return [];
    return [
      {
        entityId: component.name,
        entityType: 'APP_COMPONENT',
        driftType: 'ApplicationCompliance',
        appId: app.arn.split('/').at(-1) ?? '',
        appVersion: now.version,
        diffType: 'NotEqual',
        expectedValue: earlier.compliance,
        actualValue: component.compliance,
      },
    ];
  });
}

const start: Op<Hub.StartAppAssessmentCommandInput, Hub.StartAppAssessmentCommandOutput> = (input, context) => {
  const app = appNamed(context, input.appArn);
  const { world } = context;
  if (app.policy === undefined) throw invalid('The application has no resiliency policy.');
  const published = input.appVersion === 'release' ? app.versions.at(-1) : app.versions.find((v) => v.name === input.appVersion);
  if (published === undefined) throw invalid(`The version ${input.appVersion ?? ''} of the application is not published.`);
  if (context.list(ASSESSMENTS).some((a) => a.app === app.arn && (a.status === 'Pending' || a.status === 'InProgress')))
    throw new ServiceFault('ConflictException', 'An assessment of the application is under way.', 409);
  const assessment: Assessment = {
    arn: context.arn('resiliencehub', `app-assessment/${world.random.hex(32)}`),
    name: input.assessmentName ?? '',
    app: app.arn,
    version: published.name,
    started: context.now,
    policy: policyReply(policyNamed(context, app.policy)),
    tags: input.tags ?? {},
    status: 'Pending',
    ended: undefined,
    components: [],
    unsupported: [],
    drifts: [],
  };
  context.put(ASSESSMENTS, assessment.arn, assessment);
  const takes = between(world, ...TAKES);
  world.clock.after(takes / 10, () => {
    assessment.status = 'InProgress';
  });
  world.clock.after(takes, () => finish(world, context, app, assessment));
  return { assessment: reply(assessment) };
};

function scoreOf(components: readonly Component[]): Hub.ResiliencyScore {
  const share = (type: Hub.DisruptionType): number => {
    const found = components.flatMap((c) => c.compliance[type] ?? []);
    return found.length === 0 ? 0 : found.filter((c) => c.complianceStatus === 'PolicyMet').length / found.length;
  };
  const disruptionScore = Object.fromEntries(DISRUPTIONS.map((type) => [type, share(type)]));
  const score = Object.values(disruptionScore).reduce((sum, s) => sum + s, 0) / DISRUPTIONS.length;
  return { score, disruptionScore };
}

const statusOf = (a: Assessment): Hub.ComplianceStatus =>
  a.components.some((c) => c.status === 'PolicyBreached') ? 'PolicyBreached' : 'PolicyMet';

export function summary(a: Assessment): Hub.AppAssessmentSummary {
  return {
    assessmentArn: a.arn,
    assessmentName: a.name,
    appArn: a.app,
    appVersion: 'release',
    versionName: a.version,
    assessmentStatus: a.status,
    invoker: 'User',
    startTime: a.started,
    ...(a.ended === undefined ? {} : { endTime: a.ended }),
    ...(a.status === 'Failed' ? { message: 'The application has no resource that can be assessed.' } : {}),
    ...(a.status === 'Success'
      ? {
          complianceStatus: statusOf(a),
          resiliencyScore: scoreOf(a.components).score ?? 0,
          driftStatus: a.drifts.length > 0 ? ('Detected' as const) : ('NotDetected' as const),
        }
      : {}),
  };
}

function reply(a: Assessment): Hub.AppAssessment {
  const { resiliencyScore: _, ...rest } = summary(a);
  return {
    ...rest,
    invoker: 'User',
    policy: a.policy,
    tags: { ...a.tags },
    ...(a.status === 'Success' ? { compliance: together(a.components), resiliencyScore: scoreOf(a.components) } : {}),
  };
}

const PAGE = 100;
interface Paged {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

function listing<T, K extends string>(
  items: readonly T[],
  input: Paged,
  member: K,
): { [key in K]: T[] } & { nextToken?: string } {
  const { items: shown, next } = page(items, input.nextToken, input.maxResults ?? PAGE);
  const out = { [member]: [...shown] } as { [key in K]: T[] };
  return next === undefined ? out : { ...out, nextToken: next };
}

/** Breaches, one for each component and disruption. */
const breaches = (a: Assessment): readonly { readonly component: Component; readonly type: Hub.DisruptionType }[] =>
  a.components.flatMap((component) =>
    DISRUPTIONS.filter((type) => component.compliance[type]?.complianceStatus === 'PolicyBreached').map((type) => ({
      component,
      type,
    })),
  );

const finished = (context: CallContext, arn: string | undefined): Assessment => {
  const assessment = assessmentNamed(context, arn);
  if (assessment.status !== 'Success') throw new ServiceFault('ConflictException', 'The assessment is not complete.', 409);
  return assessment;
};

const listAssessments: Op<Hub.ListAppAssessmentsCommandInput, Hub.ListAppAssessmentsCommandOutput> = (input, context) => {
  const found = context
    .list(ASSESSMENTS)
    .filter((a) => input.appArn === undefined || a.app === input.appArn)
    .filter((a) => input.assessmentStatus === undefined || input.assessmentStatus.includes(a.status))
    .map(summary);
  // Newest first, unless asked otherwise.
  return listing(input.reverseOrder === true ? found : found.toReversed(), input, 'assessmentSummaries');
};

const itemOf = (c: Component): Hub.RecommendationItem[] => [
  {
    resourceId: c.arn,
    targetRegion: c.arn.split(':')[3] ?? '',
    targetAccountId: c.arn.split(':')[4] ?? '',
    alreadyImplemented: false,
  },
];

export const assessmentOperations = {
  StartAppAssessment: start,
  DescribeAppAssessment: ((input, context) => ({
    assessment: reply(assessmentNamed(context, input.assessmentArn)),
  })) satisfies Op<Hub.DescribeAppAssessmentCommandInput, Hub.DescribeAppAssessmentCommandOutput>,
  ListAppAssessments: listAssessments,
  DeleteAppAssessment: ((input, context) => {
    const { arn, status } = assessmentNamed(context, input.assessmentArn);
    context.remove(ASSESSMENTS, arn);
    return { assessmentArn: arn, assessmentStatus: status };
  }) satisfies Op<Hub.DeleteAppAssessmentCommandInput, Hub.DeleteAppAssessmentCommandOutput>,
  ListAppComponentCompliances: ((input, context) => {
    const found = finished(context, input.assessmentArn).components.map((c) => ({
      appComponentName: c.name,
      compliance: { ...c.compliance },
      status: c.status,
      resiliencyScore: scoreOf([c]),
    }));
    return listing(found, input, 'componentCompliances');
  }) satisfies Op<Hub.ListAppComponentCompliancesCommandInput, Hub.ListAppComponentCompliancesCommandOutput>,
  ListAlarmRecommendations: ((input, context) => {
    const found = finished(context, input.assessmentArn).components.map(
      (c): Hub.AlarmRecommendation => ({
        recommendationId: `alarm-${c.name}`,
        referenceId: `${c.arn.split(':')[2] ?? ''}:alarm:health`,
        name: `AWSResilienceHub-HealthAlarm_${c.name}`,
        type: 'Metric',
        appComponentName: c.name,
        items: itemOf(c),
        recommendationStatus: 'NotImplemented',
      }),
    );
    return listing(found, input, 'alarmRecommendations');
  }) satisfies Op<Hub.ListAlarmRecommendationsCommandInput, Hub.ListAlarmRecommendationsCommandOutput>,
  ListSopRecommendations: ((input, context) => {
    const found = breaches(finished(context, input.assessmentArn)).map(
      ({ component, type }): Hub.SopRecommendation => ({
        recommendationId: `sop-${component.name}-${type}`,
        referenceId: `${component.arn.split(':')[2] ?? ''}:sop:restore`,
        name: `AWSResilienceHub-Restore_${component.name}`,
        serviceType: 'SSM',
        appComponentName: component.name,
        description: `Recovers ${component.name} from a disruption of type ${type}`,
        items: itemOf(component),
        recommendationStatus: 'NotImplemented',
      }),
    );
    return listing(found, input, 'sopRecommendations');
  }) satisfies Op<Hub.ListSopRecommendationsCommandInput, Hub.ListSopRecommendationsCommandOutput>,
  ListTestRecommendations: ((input, context) => {
    const found = finished(context, input.assessmentArn).components.map(
      (c): Hub.TestRecommendation => ({
        recommendationId: `test-${c.name}`,
        referenceId: `${c.arn.split(':')[2] ?? ''}:test:failover`,
        name: `AWSResilienceHub-Failover_${c.name}`,
        appComponentName: c.name,
        type: 'AZ',
        risk: 'Medium',
        items: itemOf(c),
        recommendationStatus: 'NotImplemented',
      }),
    );
    return listing(found, input, 'testRecommendations');
  }) satisfies Op<Hub.ListTestRecommendationsCommandInput, Hub.ListTestRecommendationsCommandOutput>,
  ListAppAssessmentComplianceDrifts: ((input, context) =>
    listing(finished(context, input.assessmentArn).drifts, input, 'complianceDrifts')) satisfies Op<
    Hub.ListAppAssessmentComplianceDriftsCommandInput,
    Hub.ListAppAssessmentComplianceDriftsCommandOutput
  >,
};

export function dropAssessments(context: CallContext, app: string): void {
  for (const a of context.list(ASSESSMENTS)) if (a.app === app) context.remove(ASSESSMENTS, a.arn);
  context.remove(APPS, app);
}
