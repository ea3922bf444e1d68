/**
 * One API call at operation level: the door without bytes. The wire doors end here too, so that faults, access and throttling
 * are the same whichever way a call comes in.
 */
import { type CallContext, ServiceFault, type SimulatedService } from '../service.ts';
import { allows, type Principal } from './access.ts';
import type { Throttle } from './throttle.ts';
import { GLOBAL, type World } from './world.ts';

export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  /** The id that the first created thing of its kind takes, once: a deployment keeps the ids of its source. */
  readonly keep?: { id: string | undefined };
}

/** AWS does not answer: the connection is refused or nothing comes back. Not an API error, and carries no code of the API. */
export class NoAnswer extends Error {
  readonly kind: 'refused' | 'timeout';
  constructor(kind: 'refused' | 'timeout', message: string) {
    super(message);
    this.name = 'NoAnswer';
    this.kind = kind;
  }
}

export interface SimulatedAws {
  readonly world: World;
  readonly services: ReadonlyMap<string, SimulatedService>;
  /** Buckets per account, Region and action; undefined: nothing is throttled. */
  readonly throttle: Throttle | undefined;
}

/** Throws `ServiceFault` as the API would, or `NoAnswer`. The output is the caller's own copy. */
export async function invoke(
  aws: SimulatedAws,
  client: string,
  operation: string,
  input: object,
  caller: Caller,
): Promise<object> {
  const service = aws.services.get(client);
  const handler = service?.operations[operation];
  if (service === undefined || handler === undefined)
    throw new ServiceFault('UnknownOperationException', `simulated AWS does not know ${client} ${operation}`, 404);
  const action = service.actions?.[operation] ?? `${service.prefix}:${operation}`;
  const { world } = aws;
  meetFaults(world, client, action, caller.region);
  if (!allows(caller.principal, action))
    throw new ServiceFault('AccessDeniedException', `User: ${caller.principal.arn} is not authorized to perform: ${action}`, 403);
  if (aws.throttle?.take(caller.account, caller.region, action, world.clock.now()) === false)
    throw new ServiceFault('ThrottlingException', 'Rate exceeded');
  const output = await handler(copied(input) as never, contextOf(aws, service, caller));
  return copied(output);
}

/** As `structuredClone`, which takes ten times as long for the plain objects and lists that nearly every call is made of. */
function copied<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => copied(element)) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const copy = { ...value };
  for (const name in copy) copy[name] = copied(copy[name]);
  return copy;
}

function meetFaults(world: World, client: string, action: string, region: string): void {
  for (const { fault } of world.faults) {
    switch (fault.kind) {
      case 'region-loss':
        if (fault.region === region) throw new NoAnswer('refused', `connect ECONNREFUSED ${client}.${region}.amazonaws.com`);
        break;
      case 'control-plane-loss':
        if (fault.region === region && (fault.client === undefined || fault.client === client))
          throw new ServiceFault('ServiceUnavailable', 'Service is unable to handle request.', 503);
        break;
      case 'brown-out':
        if (
          (fault.region === undefined || fault.region === region) &&
          (fault.client === undefined || fault.client === client) &&
          world.random.next() < fault.share
        )
          throw new ServiceFault('InternalFailure', 'We encountered an internal error. Please try again.', 500);
        break;
      case 'call':
        if (fault.action === action && (fault.region === undefined || fault.region === region)) {
          if (fault.how === 'timeout') throw new NoAnswer('timeout', `${action} timed out`);
          if (fault.how === 'throttled') throw new ServiceFault('ThrottlingException', 'Rate exceeded');
          if (fault.how === 'error') throw new ServiceFault('InternalFailure', 'We encountered an internal error.', 500);
          throw new ServiceFault('AccessDeniedException', `not authorized to perform: ${action}`, 403);
        }
        break;
      default:
        break;
    }
  }
}

function contextOf(aws: SimulatedAws, service: SimulatedService, caller: Caller): CallContext {
  const { world } = aws;
  const { account } = caller;
  const region = service.global === true ? GLOBAL : caller.region;
  return {
    world,
    account,
    region: caller.region,
    principal: caller.principal,
    now: new Date(world.clock.now()),
    put: (on, key, item) => world.put(on, account, region, key, item),
    get: (on, key) => world.get(on, account, region, key),
    remove: (on, key) => world.remove(on, account, region, key),
    list: (on) => world.list(on, account, region),
    arn: (name, resource) => `arn:aws:${name}:${service.global === true ? '' : caller.region}:${account}:${resource}`,
    id: (prefix, digits = 17) => {
      const kept = caller.keep?.id;
      if (caller.keep === undefined || kept?.startsWith(`${prefix}-`) !== true) return `${prefix}-${world.random.hex(digits)}`;
      caller.keep.id = undefined;
      return kept;
    },
    call: (client, operation, input, to) =>
      invoke(aws, client, operation, input, { account, principal: caller.principal, region: to ?? caller.region }),
  };
}
