/**
 * What simulated AWS does not have because it does not know the type. A drill is held all the same, and shows what becomes of
 * the rest; but the missing resource might have been what fails, or what helps, so that nothing is said about a promise. Settings
 * and permissions of something that is there may be missing.
 */
import type { Estate } from '../estate/estate.ts';
import { tokens } from '../services/tokens.ts';

/** Why it is not there. */
export const NOT_SIMULATED = 'simulated AWS does not know its type';

/**
 * Types that change nothing of what a drill looks at: who is served, what is kept, how fast it is back. Permissions are not among
 * what is lost, replies are not read beyond whether there is one, and simulated AWS scales by nobody's load.
 */
const IMMATERIAL: ReadonlySet<string> = new Set([
  ...tokens('apigateway', 'IntegrationResponse', 'MethodResponse', 'MethodSettings'),
  ...tokens('apigatewayv2', 'Deployment'),
  ...tokens('autoscaling', 'Notification', 'Policy', 'Tag'),
  ...tokens('cloudfront', 'MonitoringSubscription'),
  ...tokens('cloudwatch', 'EventBusPolicy', 'EventPermission'),
  ...tokens('dynamodb', 'Tag'),
  ...tokens('ec2', 'PeeringConnectionOptions', 'VpcPeeringConnectionAccepter'),
  ...tokens('ecr', 'RepositoryPolicy'),
  ...tokens('efs', 'AccessPoint', 'FileSystemPolicy'),
  ...tokens('elb', 'AppCookieStickinessPolicy', 'ListenerPolicy', 'LoadBalancerBackendServerPolicy'),
  ...tokens('elb', 'LoadBalancerCookieStickinessPolicy', 'LoadBalancerPolicy', 'SslNegotiationPolicy'),
  ...tokens('kinesis', 'ResourcePolicy'),
  ...tokens('kms', 'Grant', 'KeyPolicy'),
  ...tokens('lambda', 'FunctionEventInvokeConfig', 'ProvisionedConcurrencyConfig'),
  ...tokens('lb', 'ListenerCertificate'),
  ...tokens('secretsmanager', 'SecretPolicy'),
  ...tokens('sns', 'DataProtectionPolicy'),
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
