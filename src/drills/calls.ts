/** Calls of AWS as data, with the prefixes under which IAM knows their services. */
import { type Call, type CallParts, type ClientId, call } from '../aws/call.ts';

/** Service Authorization Reference: services whose prefix is not the name of their SDK client. */
const PREFIXES: Readonly<Record<ClientId, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  'auto-scaling': 'autoscaling',
  efs: 'elasticfilesystem',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'route-53': 'route53',
  'secrets-manager': 'secretsmanager',
  sfn: 'states',
};

interface More {
  /** Where IAM does not spell the action as the API spells the operation. */
  readonly action?: string;
  /** Region of the one control plane of a global service. */
  readonly only?: string;
  /** Member that carries the token of the next page; both of them where the reply has another than the request. */
  readonly pages?: string | CallParts['pages'];
}

function made<I, O>(grade: 'read' | 'disrupt', client: ClientId, operation: string, { action, only, pages }: More): Call<I, O> {
  const prefix = PREFIXES[client] ?? client;
  return call<I, O>({
    client,
    operation,
    action: action ?? `${prefix}:${operation}`,
    grade,
    ...(only === undefined ? {} : { only }),
    ...(pages === undefined ? {} : { pages: typeof pages === 'string' ? { input: pages, output: pages } : pages }),
  });
}

export const reads = <I, O>(client: ClientId, operation: string, more: More = {}): Call<I, O> =>
  made<I, O>('read', client, operation, more);

export const disrupts = <I, O>(client: ClientId, operation: string, more: More = {}): Call<I, O> =>
  made<I, O>('disrupt', client, operation, more);
