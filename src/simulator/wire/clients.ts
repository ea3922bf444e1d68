/** Which client a signature's service name means. */

/** Signing names that are not the client's name (`config.defaultSigningName` of each client). */
const SIGNING: Readonly<Record<string, string>> = {
  'api-gateway': 'apigateway',
  apigatewayv2: 'apigateway',
  'application-auto-scaling': 'application-autoscaling',
  'auto-scaling': 'autoscaling',
  cloudwatch: 'monitoring',
  efs: 'elasticfilesystem',
  'elastic-load-balancing': 'elasticloadbalancing',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  eventbridge: 'events',
  'route-53': 'route53',
  'secrets-manager': 'secretsmanager',
  'service-quotas': 'servicequotas',
  sfn: 'states',
};

export const signingName = (client: string): string => SIGNING[client] ?? client;

/** Clients among `known` whose calls are signed with that name; several when APIs share it. */
export const clientsOf = (service: string, known: Iterable<string>): readonly string[] =>
  [...known].filter((client) => signingName(client) === service);
