/** What AWS does when one service passes something on to another that is named by an ARN: an alarm's action, a rule's target. */
import type { CallContext } from '../service.ts';

/** Calls as the account that owns what passes on. */
export type Act = CallContext['call'];

/** Names of services in SDK integrations (`aws-sdk:rds:failoverDBCluster`), where they are not the client's. */
const CLIENTS: Readonly<Record<string, string>> = {
  applicationautoscaling: 'application-auto-scaling',
  autoscaling: 'auto-scaling',
  elasticloadbalancingv2: 'elastic-load-balancing-v2',
  route53: 'route-53',
  route53recoverycluster: 'route53-recovery-cluster',
  arczonalshift: 'arc-zonal-shift',
  arcregionswitch: 'arc-region-switch',
  apigateway: 'api-gateway',
  secretsmanager: 'secrets-manager',
  states: 'sfn',
  events: 'eventbridge',
};

const SDK_INTEGRATION = /^arn:aws[a-z-]*:(?:states|scheduler):::aws-sdk:([a-z0-9]+):(\w+?)(?:\.\w+)?$/;

/** The call that an SDK integration stands for; undefined: it is none. */
export function sdkCall(resource: string): { readonly client: string; readonly operation: string } | undefined {
  const match = SDK_INTEGRATION.exec(resource);
  const [, service, action] = match ?? [];
  if (service === undefined || action === undefined) return undefined;
  return { client: CLIENTS[service] ?? service, operation: `${action.slice(0, 1).toUpperCase()}${action.slice(1)}` };
}

export const queueUrl = (arn: string): string => {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
};

/** Resolves once the target has taken it; rejects as the target's API would. Kinds of target that nobody simulates take it and do nothing. */
export async function deliver(act: Act, arn: string, payload: object): Promise<void> {
  const integration = sdkCall(arn);
  if (integration !== undefined) {
    await act(integration.client, integration.operation, payload);
    return;
  }
  const [, , service, region = ''] = arn.split(':');
  const text = JSON.stringify(payload);
  switch (service) {
    case 'sns':
      await act('sns', 'Publish', { TopicArn: arn, Message: text }, region);
      return;
    case 'sqs':
      await act('sqs', 'SendMessage', { QueueUrl: queueUrl(arn), MessageBody: text }, region);
      return;
    case 'lambda':
      await act('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: Buffer.from(text) }, region);
      return;
    case 'states':
      await act('sfn', 'StartExecution', { stateMachineArn: arn, input: text }, region);
      return;
    case 'events': {
      const Entries = [{ EventBusName: arn, Source: 'holdfast.forwarded', DetailType: 'Forwarded', Detail: text }];
      await act('eventbridge', 'PutEvents', { Entries }, region);
      return;
    }
    default:
      return;
  }
}

/** Passes on without waiting; what a target refuses is lost, as it is when the retries of AWS have run out. */
export function passOn(act: Act, arns: readonly string[], payload: object): void {
  for (const arn of arns) deliver(act, arn, payload).catch(() => undefined);
}
