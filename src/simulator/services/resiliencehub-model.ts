/** Apps, policies and assessments of Resilience Hub as the world keeps them. */
import type * as Hub from '@aws-sdk/client-resiliencehub';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { shelf } from '../world/world.ts';

export type Op<I, O> = Operation<I, Reply<O>>;

/** The version that can still be changed. */
export const DRAFT = 'draft';
export const RELEASE = 'release';

export interface Version {
  readonly name: string;
  readonly identifier: number;
  readonly created: Date;
  readonly resources: readonly string[];
}

export interface App {
  readonly arn: string;
  readonly name: string;
  readonly created: Date;
  description: string | undefined;
  policy: string | undefined;
  schedule: Hub.AppAssessmentScheduleType;
  tags: Readonly<Record<string, string>>;
  /** Mappings of the draft by their resource name. */
  readonly mappings: Map<string, Hub.ResourceMapping>;
  imported: { readonly at: Date; readonly done: number } | undefined;
  readonly resolutions: Map<string, number>;
  readonly versions: Version[];
}

export interface Policy {
  readonly arn: string;
  readonly created: Date;
  name: string;
  description: string | undefined;
  tier: Hub.ResiliencyPolicyTier;
  location: Hub.DataLocationConstraint | undefined;
  policy: Partial<Record<Hub.DisruptionType, Hub.FailurePolicy>>;
  tags: Readonly<Record<string, string>>;
}

export interface Component {
  readonly name: string;
  readonly arn: string;
  readonly compliance: Partial<Record<Hub.DisruptionType, Hub.DisruptionCompliance>>;
  readonly status: Hub.ComplianceStatus;
}

export interface Assessment {
  readonly arn: string;
  readonly name: string;
  readonly app: string;
  readonly version: string;
  readonly started: Date;
  readonly policy: Hub.ResiliencyPolicy;
  tags: Readonly<Record<string, string>>;
  status: Hub.AssessmentStatus;
  ended: Date | undefined;
  components: readonly Component[];
  /** ARNs that Resilience Hub does not assess. */
  unsupported: readonly string[];
  drifts: readonly Hub.ComplianceDrift[];
}

export const APPS = shelf<App>('resiliencehub:app');
export const POLICIES = shelf<Policy>('resiliencehub:policy');
export const ASSESSMENTS = shelf<Assessment>('resiliencehub:assessment');

export const invalid = (message: string): ServiceFault => new ServiceFault('ValidationException', message);
const missing = (arn: string | undefined): ServiceFault =>
  new ServiceFault('ResourceNotFoundException', `${arn ?? ''} is not found`, 404);

export function appNamed(context: CallContext, arn: string | undefined): App {
  const app = context.get(APPS, arn ?? '');
  if (app === undefined) throw missing(arn);
  return app;
}

export function policyNamed(context: CallContext, arn: string | undefined): Policy {
  const policy = context.get(POLICIES, arn ?? '');
  if (policy === undefined) throw missing(arn);
  return policy;
}

export function assessmentNamed(context: CallContext, arn: string | undefined): Assessment {
  const assessment = context.get(ASSESSMENTS, arn ?? '');
  if (assessment === undefined) throw missing(arn);
  return assessment;
}

export const policyReply = (p: Policy): Hub.ResiliencyPolicy => ({
  policyArn: p.arn,
  policyName: p.name,
  ...(p.description === undefined ? {} : { policyDescription: p.description }),
  ...(p.location === undefined ? {} : { dataLocationConstraint: p.location }),
  tier: p.tier,
  policy: { ...p.policy },
  creationTime: p.created,
  tags: { ...p.tags },
});

/** Resources of the draft: what was mapped one by one, and what was imported. */
export const draftResources = (app: App): readonly string[] => [
  ...new Set([...app.mappings.values()].map((m) => m.physicalResourceId?.identifier ?? '')),
];
