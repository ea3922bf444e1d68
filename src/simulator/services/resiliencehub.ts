/** AWS Resilience Hub: apps, policies, versions. https://docs.aws.amazon.com/resilience-hub/latest/APIReference/ */
import type * as Hub from '@aws-sdk/client-resiliencehub';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { assessmentOperations, dropAssessments, latest, summary } from './resiliencehub-assessments.ts';
import {
  APPS,
  type App,
  ASSESSMENTS,
  appNamed,
  DRAFT,
  draftResources,
  invalid,
  type Op,
  POLICIES,
  type Policy,
  policyNamed,
  policyReply,
  RELEASE,
  type Version,
} from './resiliencehub-model.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{1,59}$/;
const PAGE = 100;
/** Milliseconds that an import and a resolution take; AWS says that they are asynchronous: an assumption. */
const IMPORT = 20_000;
/** Mappings that one call takes (AddDraftAppVersionResourceMappings). */
const MOST_MAPPINGS = 50;

/** A policy says something about these, whatever it says of Regions (CreateResiliencyPolicy). */
const REQUIRED = ['Software', 'Hardware', 'AZ'] as const;

function checked(policy: Policy['policy'] | undefined): Policy['policy'] {
  const missing = REQUIRED.filter((type) => policy?.[type] === undefined);
  if (policy === undefined || missing.length > 0) throw invalid(`The policy lacks ${missing.join(', ')}.`);
  for (const wanted of Object.values(policy))
    if ((wanted.rtoInSecs ?? -1) < 0 || (wanted.rpoInSecs ?? -1) < 0) throw invalid('RTO and RPO must be 0 or more.');
  return policy;
}

function appReply(context: CallContext, app: App): Hub.App {
  const last = latest(context, app.arn);
  const assessed = last === undefined ? undefined : summary(last);
  return {
    appArn: app.arn,
    name: app.name,
    creationTime: app.created,
    status: 'Active',
    assessmentSchedule: app.schedule,
    complianceStatus: assessed?.complianceStatus ?? 'NotAssessed',
    driftStatus: assessed?.driftStatus ?? 'NotChecked',
    tags: { ...app.tags },
    ...(app.description === undefined ? {} : { description: app.description }),
    ...(app.policy === undefined ? {} : { policyArn: app.policy }),
    ...(assessed?.resiliencyScore === undefined ? {} : { resiliencyScore: assessed.resiliencyScore }),
    ...(last?.ended === undefined ? {} : { lastAppComplianceEvaluationTime: last.ended }),
  };
}

const createApp: Op<Hub.CreateAppCommandInput, Hub.CreateAppCommandOutput> = (input, context) => {
  const name = input.name ?? '';
  if (!NAME.test(name)) throw invalid(`${name} is no name of an application.`);
  if (context.list(APPS).some((a) => a.name === name)) throw new ServiceFault('ConflictException', `${name} exists.`, 409);
  if (input.policyArn !== undefined) policyNamed(context, input.policyArn);
  const app: App = {
    arn: context.arn('resiliencehub', `app/${context.world.random.hex(32)}`),
    name,
    created: context.now,
    description: input.description,
    policy: input.policyArn,
    schedule: input.assessmentSchedule ?? 'Disabled',
    tags: input.tags ?? {},
    mappings: new Map(),
    imported: undefined,
    resolutions: new Map(),
    versions: [],
  };
  context.put(APPS, app.arn, app);
  return { app: appReply(context, app) };
};

const updateApp: Op<Hub.UpdateAppCommandInput, Hub.UpdateAppCommandOutput> = (input, context) => {
  const app = appNamed(context, input.appArn);
  if (input.policyArn !== undefined) app.policy = policyNamed(context, input.policyArn).arn;
  if (input.clearResiliencyPolicyArn === true) app.policy = undefined;
  app.description = input.description ?? app.description;
  app.schedule = input.assessmentSchedule ?? app.schedule;
  return { app: appReply(context, app) };
};

const createPolicy: Op<Hub.CreateResiliencyPolicyCommandInput, Hub.CreateResiliencyPolicyCommandOutput> = (input, context) => {
  const name = input.policyName ?? '';
  if (!NAME.test(name)) throw invalid(`${name} is no name of a policy.`);
  if (context.list(POLICIES).some((p) => p.name === name)) throw new ServiceFault('ConflictException', `${name} exists.`, 409);
  const policy: Policy = {
    arn: context.arn('resiliencehub', `resiliency-policy/${context.world.random.hex(32)}`),
    created: context.now,
    name,
    description: input.policyDescription,
    tier: input.tier ?? 'NotApplicable',
    location: input.dataLocationConstraint,
    policy: checked(input.policy),
    tags: input.tags ?? {},
  };
  context.put(POLICIES, policy.arn, policy);
  return { policy: policyReply(policy) };
};

const updatePolicy: Op<Hub.UpdateResiliencyPolicyCommandInput, Hub.UpdateResiliencyPolicyCommandOutput> = (input, context) => {
  const policy = policyNamed(context, input.policyArn);
  policy.policy = input.policy === undefined ? policy.policy : checked(input.policy);
  policy.name = input.policyName ?? policy.name;
  policy.description = input.policyDescription ?? policy.description;
  policy.tier = input.tier ?? policy.tier;
  return { policy: policyReply(policy) };
};

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

const addMappings: Op<Hub.AddDraftAppVersionResourceMappingsCommandInput, Hub.AddDraftAppVersionResourceMappingsCommandOutput> = (
  input,
  context,
) => {
  const app = appNamed(context, input.appArn);
  const given = input.resourceMappings ?? [];
  if (given.length > MOST_MAPPINGS) throw invalid(`At most ${MOST_MAPPINGS} mappings can be added at a time.`);
  for (const mapping of given) {
    const id = mapping.physicalResourceId?.identifier ?? '';
    const name = mapping.resourceName ?? '';
    if (mapping.mappingType === 'Resource' && name === '') throw invalid('A mapping of a resource needs its resourceName.');
    app.mappings.set(name === '' ? id : name, mapping);
  }
  return { appArn: app.arn, appVersion: DRAFT, resourceMappings: [...given] };
};

const importResources: Op<Hub.ImportResourcesToDraftAppVersionCommandInput, Hub.ImportResourcesToDraftAppVersionCommandOutput> = (
  input,
  context,
) => {
  const app = appNamed(context, input.appArn);
  if (input.importStrategy === 'ReplaceAll') app.mappings.clear();
  for (const arn of input.sourceArns ?? [])
    app.mappings.set(arn, { mappingType: 'Resource', resourceName: arn, physicalResourceId: { identifier: arn, type: 'Arn' } });
  app.imported = { at: context.now, done: context.now.getTime() + IMPORT };
  return { appArn: app.arn, appVersion: DRAFT, sourceArns: input.sourceArns ?? [], status: 'InProgress' };
};

function resourcesOf(app: App, version: string | undefined): readonly string[] {
  if (version === DRAFT) return draftResources(app);
  const found = version === RELEASE ? app.versions.at(-1) : app.versions.find((v) => v.name === version);
  if (found === undefined) throw new ServiceFault('ResourceNotFoundException', `The version ${version ?? ''} is not found`, 404);
  return found.resources;
}

const publish: Op<Hub.PublishAppVersionCommandInput, Hub.PublishAppVersionCommandOutput> = (input, context) => {
  const app = appNamed(context, input.appArn);
  const resources = draftResources(app);
  if (resources.length === 0) throw invalid('The draft has no resources.');
  if ((app.imported?.done ?? 0) > context.now.getTime())
    throw new ServiceFault('ConflictException', 'Resources are being imported.', 409);
  const identifier = app.versions.length + 1;
  const version: Version = { name: input.versionName ?? `v${identifier}`, identifier, created: context.now, resources };
  app.versions.push(version);
  return { appArn: app.arn, appVersion: RELEASE, identifier, versionName: version.name };
};

function tagged(context: CallContext, arn: string | undefined): { tags: Readonly<Record<string, string>> } {
  const found = context.get(APPS, arn ?? '') ?? context.get(POLICIES, arn ?? '') ?? context.get(ASSESSMENTS, arn ?? '');
  if (found === undefined) throw new ServiceFault('ResourceNotFoundException', `${arn ?? ''} is not found`, 404);
  return found;
}

const operations = {
  CreateApp: createApp,
  UpdateApp: updateApp,
  DescribeApp: ((input, context) => ({ app: appReply(context, appNamed(context, input.appArn)) })) satisfies Op<
    Hub.DescribeAppCommandInput,
    Hub.DescribeAppCommandOutput
  >,
  ListApps: ((input, context) => {
    const found = context
      .list(APPS)
      .filter(
        (a) => (input.name === undefined || a.name === input.name) && (input.appArn === undefined || a.arn === input.appArn),
      )
      .map((a) => {
        const { tags: _tags, policyArn: _policy, ...rest } = appReply(context, a);
        return rest;
      });
    return listing(found, input, 'appSummaries');
  }) satisfies Op<Hub.ListAppsCommandInput, Hub.ListAppsCommandOutput>,
  DeleteApp: ((input, context) => {
    const app = appNamed(context, input.appArn);
    const hasAssessments = context.list(ASSESSMENTS).some((a) => a.app === app.arn);
    if (hasAssessments && input.forceDelete !== true)
      throw new ServiceFault('ConflictException', 'The application has assessments: use forceDelete.', 409);
    dropAssessments(context, app.arn);
    return { appArn: app.arn };
  }) satisfies Op<Hub.DeleteAppCommandInput, Hub.DeleteAppCommandOutput>,
  CreateResiliencyPolicy: createPolicy,
  UpdateResiliencyPolicy: updatePolicy,
  DescribeResiliencyPolicy: ((input, context) => ({
    policy: policyReply(policyNamed(context, input.policyArn)),
  })) satisfies Op<Hub.DescribeResiliencyPolicyCommandInput, Hub.DescribeResiliencyPolicyCommandOutput>,
  ListResiliencyPolicies: ((input, context) => {
    const found = context.list(POLICIES).filter((p) => input.policyName === undefined || p.name === input.policyName);
    return listing(found.map(policyReply), input, 'resiliencyPolicies');
  }) satisfies Op<Hub.ListResiliencyPoliciesCommandInput, Hub.ListResiliencyPoliciesCommandOutput>,
  DeleteResiliencyPolicy: ((input, context) => {
    const policy = policyNamed(context, input.policyArn);
    if (context.list(APPS).some((a) => a.policy === policy.arn))
      throw new ServiceFault('ConflictException', 'The policy is used by an application.', 409);
    context.remove(POLICIES, policy.arn);
    return { policyArn: policy.arn };
  }) satisfies Op<Hub.DeleteResiliencyPolicyCommandInput, Hub.DeleteResiliencyPolicyCommandOutput>,
  AddDraftAppVersionResourceMappings: addMappings,
  RemoveDraftAppVersionResourceMappings: ((input, context) => {
    const app = appNamed(context, input.appArn);
    for (const name of input.resourceNames ?? []) app.mappings.delete(name);
    return { appArn: app.arn, appVersion: DRAFT };
  }) satisfies Op<Hub.RemoveDraftAppVersionResourceMappingsCommandInput, Hub.RemoveDraftAppVersionResourceMappingsCommandOutput>,
  ListAppVersionResourceMappings: ((input, context) =>
    listing([...appNamed(context, input.appArn).mappings.values()], input, 'resourceMappings')) satisfies Op<
    Hub.ListAppVersionResourceMappingsCommandInput,
    Hub.ListAppVersionResourceMappingsCommandOutput
  >,
  ImportResourcesToDraftAppVersion: importResources,
  DescribeDraftAppVersionResourcesImportStatus: ((input, context) => {
    const app = appNamed(context, input.appArn);
    const { imported } = app;
    const done = imported === undefined || imported.done <= context.now.getTime();
    return {
      appArn: app.arn,
      appVersion: DRAFT,
      status: done ? ('Success' as const) : ('InProgress' as const),
      statusChangeTime: done ? new Date(imported?.done ?? app.created.getTime()) : imported.at,
    };
  }) satisfies Op<
    Hub.DescribeDraftAppVersionResourcesImportStatusCommandInput,
    Hub.DescribeDraftAppVersionResourcesImportStatusCommandOutput
  >,
  ResolveAppVersionResources: ((input, context) => {
    const app = appNamed(context, input.appArn);
    const resolutionId = context.world.random.hex(32);
    app.resolutions.set(resolutionId, context.now.getTime() + IMPORT);
    return { appArn: app.arn, appVersion: input.appVersion, resolutionId, status: 'Pending' };
  }) satisfies Op<Hub.ResolveAppVersionResourcesCommandInput, Hub.ResolveAppVersionResourcesCommandOutput>,
  DescribeAppVersionResourcesResolutionStatus: ((input, context) => {
    const app = appNamed(context, input.appArn);
    const resolutionId = input.resolutionId ?? [...app.resolutions.keys()].at(-1) ?? '';
    const done = (app.resolutions.get(resolutionId) ?? 0) <= context.now.getTime();
    const status = done ? ('Success' as const) : ('InProgress' as const);
    return { appArn: app.arn, appVersion: input.appVersion, resolutionId, status };
  }) satisfies Op<
    Hub.DescribeAppVersionResourcesResolutionStatusCommandInput,
    Hub.DescribeAppVersionResourcesResolutionStatusCommandOutput
  >,
  ListAppVersionResources: ((input, context) => {
    const found = resourcesOf(appNamed(context, input.appArn), input.appVersion).map((arn) => ({
      resourceName: arn,
      resourceType: arn.split(':')[2] ?? '',
      logicalResourceId: { identifier: arn },
      physicalResourceId: { identifier: arn, type: 'Arn' as const },
    }));
    return { ...listing(found, input, 'physicalResources'), resolutionId: 'resolved' };
  }) satisfies Op<Hub.ListAppVersionResourcesCommandInput, Hub.ListAppVersionResourcesCommandOutput>,
  PublishAppVersion: publish,
  ListAppVersions: ((input, context) => {
    const found = appNamed(context, input.appArn).versions.map((v) => ({
      appVersion: v.name,
      versionName: v.name,
      identifier: v.identifier,
      creationTime: v.created,
    }));
    return listing(found, input, 'appVersions');
  }) satisfies Op<Hub.ListAppVersionsCommandInput, Hub.ListAppVersionsCommandOutput>,
  ListTagsForResource: ((input, context) => ({ tags: { ...tagged(context, input.resourceArn).tags } })) satisfies Op<
    Hub.ListTagsForResourceCommandInput,
    Hub.ListTagsForResourceCommandOutput
  >,
  TagResource: ((input, context) => {
    const on = tagged(context, input.resourceArn);
    on.tags = { ...on.tags, ...input.tags };
    return {};
  }) satisfies Op<Hub.TagResourceCommandInput, Hub.TagResourceCommandOutput>,
  UntagResource: ((input, context) => {
    const on = tagged(context, input.resourceArn);
    on.tags = Object.fromEntries(Object.entries(on.tags).filter(([key]) => !(input.tagKeys ?? []).includes(key)));
    return {};
  }) satisfies Op<Hub.UntagResourceCommandInput, Hub.UntagResourceCommandOutput>,
  ...assessmentOperations,
};

export const resiliencehub: SimulatedService = { client: 'resiliencehub', prefix: 'resiliencehub', operations };
