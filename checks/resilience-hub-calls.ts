/** Calls of Resilience Hub: those that read, and those that change Holdfast's own objects there. */
import type * as Hub from '@aws-sdk/client-resiliencehub';
import { type Call, call } from '../src/aws/call.ts';
import { reading } from './questions.ts';

const pages = ['nextToken', 'nextToken'] as const;
const read = <I, O>(operation: string, paged = false): Call<I, O> =>
  reading('resiliencehub', `resiliencehub:${operation}`, paged ? { pages } : {});
const publishing = <I, O>(operation: string): Call<I, O> =>
  call({ client: 'resiliencehub', operation, action: `resiliencehub:${operation}`, grade: 'publish' });

export const listApps = read<Hub.ListAppsCommandInput, Hub.ListAppsCommandOutput>('ListApps', true);
export const describeApp = read<Hub.DescribeAppCommandInput, Hub.DescribeAppCommandOutput>('DescribeApp');
export const listAssessments = read<Hub.ListAppAssessmentsCommandInput, Hub.ListAppAssessmentsCommandOutput>(
  'ListAppAssessments',
  true,
);
export const describeAssessment = read<Hub.DescribeAppAssessmentCommandInput, Hub.DescribeAppAssessmentCommandOutput>(
  'DescribeAppAssessment',
);
export const listCompliances = read<Hub.ListAppComponentCompliancesCommandInput, Hub.ListAppComponentCompliancesCommandOutput>(
  'ListAppComponentCompliances',
  true,
);
export const listAlarms = read<Hub.ListAlarmRecommendationsCommandInput, Hub.ListAlarmRecommendationsCommandOutput>(
  'ListAlarmRecommendations',
  true,
);
export const listSops = read<Hub.ListSopRecommendationsCommandInput, Hub.ListSopRecommendationsCommandOutput>(
  'ListSopRecommendations',
  true,
);
export const listTests = read<Hub.ListTestRecommendationsCommandInput, Hub.ListTestRecommendationsCommandOutput>(
  'ListTestRecommendations',
  true,
);
export const listDrifts = read<
  Hub.ListAppAssessmentComplianceDriftsCommandInput,
  Hub.ListAppAssessmentComplianceDriftsCommandOutput
>('ListAppAssessmentComplianceDrifts', true);
export const listPolicies = read<Hub.ListResiliencyPoliciesCommandInput, Hub.ListResiliencyPoliciesCommandOutput>(
  'ListResiliencyPolicies',
  true,
);
export const listMappings = read<Hub.ListAppVersionResourceMappingsCommandInput, Hub.ListAppVersionResourceMappingsCommandOutput>(
  'ListAppVersionResourceMappings',
  true,
);
export const resolution = read<
  Hub.DescribeAppVersionResourcesResolutionStatusCommandInput,
  Hub.DescribeAppVersionResourcesResolutionStatusCommandOutput
>('DescribeAppVersionResourcesResolutionStatus');

export const createPolicy = publishing<Hub.CreateResiliencyPolicyCommandInput, Hub.CreateResiliencyPolicyCommandOutput>(
  'CreateResiliencyPolicy',
);
export const updatePolicy = publishing<Hub.UpdateResiliencyPolicyCommandInput, Hub.UpdateResiliencyPolicyCommandOutput>(
  'UpdateResiliencyPolicy',
);
export const createApp = publishing<Hub.CreateAppCommandInput, Hub.CreateAppCommandOutput>('CreateApp');
export const updateApp = publishing<Hub.UpdateAppCommandInput, Hub.UpdateAppCommandOutput>('UpdateApp');
export const addMappings = publishing<
  Hub.AddDraftAppVersionResourceMappingsCommandInput,
  Hub.AddDraftAppVersionResourceMappingsCommandOutput
>('AddDraftAppVersionResourceMappings');
export const removeMappings = publishing<
  Hub.RemoveDraftAppVersionResourceMappingsCommandInput,
  Hub.RemoveDraftAppVersionResourceMappingsCommandOutput
>('RemoveDraftAppVersionResourceMappings');
export const resolve = publishing<Hub.ResolveAppVersionResourcesCommandInput, Hub.ResolveAppVersionResourcesCommandOutput>(
  'ResolveAppVersionResources',
);
export const publishVersion = publishing<Hub.PublishAppVersionCommandInput, Hub.PublishAppVersionCommandOutput>(
  'PublishAppVersion',
);
export const startAssessment = publishing<Hub.StartAppAssessmentCommandInput, Hub.StartAppAssessmentCommandOutput>(
  'StartAppAssessment',
);

export const hubReads: readonly Call<never, unknown>[] = [
  listApps,
  describeApp,
  listAssessments,
  describeAssessment,
  listCompliances,
  listAlarms,
  listSops,
  listTests,
  listDrifts,
  listPolicies,
  listMappings,
  resolution,
];

/** `AddDraftAppVersionResourceMappings` and its siblings touch only apps that carry Holdfast's tag: see resilience-hub-publish.ts. */
export const hubPublishes: readonly Call<never, unknown>[] = [
  createPolicy,
  updatePolicy,
  createApp,
  updateApp,
  addMappings,
  removeMappings,
  resolve,
  publishVersion,
  startAssessment,
];
