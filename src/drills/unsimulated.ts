/**
 * What simulated AWS does not have because it does not know the type. A drill is held all the same, and shows what becomes of
 * the rest; but the missing resource might have been what fails, or what helps, so that nothing is said about a promise. Settings
 * and permissions of something that is there may be missing.
 */
import type { Estate } from '../estate/estate.ts';

/** Why it is not there. */
export const NOT_SIMULATED = 'simulated AWS does not know its type';

const aws = (module: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `aws:${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`);

/**
 * Types that change nothing of what a drill looks at: who is served, what is kept, how fast it is back. Permissions are not among
 * what is lost, replies are not read beyond whether there is one, and simulated AWS scales by nobody's load.
 */
const IMMATERIAL: ReadonlySet<string> = new Set([
  ...aws('apigateway', 'IntegrationResponse', 'MethodResponse', 'MethodSettings'),
  ...aws('apigatewayv2', 'Deployment'),
  ...aws('autoscaling', 'Notification', 'Policy', 'Tag'),
  ...aws('cloudfront', 'MonitoringSubscription'),
  ...aws('cloudwatch', 'EventBusPolicy', 'EventPermission'),
  ...aws('dynamodb', 'Tag'),
  ...aws('ec2', 'PeeringConnectionOptions', 'VpcPeeringConnectionAccepter'),
  ...aws('ecr', 'RepositoryPolicy'),
  ...aws('efs', 'AccessPoint', 'FileSystemPolicy'),
  ...aws('elb', 'AppCookieStickinessPolicy', 'ListenerPolicy', 'LoadBalancerBackendServerPolicy'),
  ...aws('elb', 'LoadBalancerCookieStickinessPolicy', 'LoadBalancerPolicy', 'SslNegotiationPolicy'),
  ...aws('kinesis', 'ResourcePolicy'),
  ...aws('kms', 'Grant', 'KeyPolicy'),
  ...aws('lambda', 'FunctionEventInvokeConfig', 'ProvisionedConcurrencyConfig'),
  ...aws('lb', 'ListenerCertificate'),
  ...aws('secretsmanager', 'SecretPolicy'),
  ...aws('sns', 'DataProtectionPolicy'),
]);

/** Whether nothing can be drilled without this resource (`absent`), no promise spoken of (`unseen`), or neither. */
export function standsOf(urn: string, why: string, estate: Estate): 'absent' | 'unseen' | undefined {
  const item = estate.resources.get(urn);
  if (item === undefined || !['modelled', 'part', 'not-modelled'].includes(item.standing.kind)) return undefined;
  if (why !== NOT_SIMULATED) return 'absent';
  return IMMATERIAL.has(item.resource.type) ? undefined : 'unseen';
}

/** What of a drill could not be seen that keeps it from speaking about promises. */
export const unsimulated = (blind: readonly string[]): string | undefined => blind.find((line) => line.endsWith(NOT_SIMULATED));
