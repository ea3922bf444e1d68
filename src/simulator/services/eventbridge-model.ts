/** What EventBridge keeps: buses, rules with their targets, archives and global endpoints; and which rules an event matches. */
import type { Archive, Endpoint, PutRuleCommandInput, RuleState, Target } from '@aws-sdk/client-eventbridge';
import type { CallContext } from '../service.ts';
import { shelf } from '../world/world.ts';

export interface StoredBus {
  readonly name: string;
  readonly arn: string;
}

export interface StoredRule {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  readonly input: PutRuleCommandInput;
  state: RuleState;
  readonly targets: Map<string, Target>;
  stopped: boolean;
  readonly call: CallContext['call'];
}

export const BUSES = shelf<StoredBus>('events:bus');
/** By `bus/rule`. */
export const RULES = shelf<StoredRule>('events:rule');
export const ARCHIVES = shelf<Archive>('events:archive');
export const ENDPOINTS = shelf<Endpoint>('events:endpoint');
/** Tags by ARN. */
export const EVENT_TAGS = shelf<Readonly<Record<string, string>>>('events:tags');

export const DEFAULT_BUS = 'default';

/** A bus is named by its name or its ARN. */
export const busName = (nameOrArn: string | undefined): string => nameOrArn?.split('event-bus/').at(-1) ?? DEFAULT_BUS;

/** An event matches where every member of the pattern does (EventBridge user guide, "Event patterns"). */
export function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((allowed: unknown) => fits(allowed, event));
  if (typeof pattern !== 'object' || pattern === null) return false;
  const record = typeof event === 'object' && event !== null ? (event as Readonly<Record<string, unknown>>) : {};
  return Object.entries(pattern).every(([key, inner]) => matches(inner, record[key]));
}

function fits(allowed: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((v: unknown) => fits(allowed, v));
  if (typeof allowed !== 'object' || allowed === null) return allowed === value;
  const [[kind, by] = ['', undefined]] = Object.entries(allowed);
  switch (kind) {
    case 'prefix':
      return typeof value === 'string' && typeof by === 'string' && value.startsWith(by);
    case 'suffix':
      return typeof value === 'string' && typeof by === 'string' && value.endsWith(by);
    case 'exists':
      return (value !== undefined) === by;
    case 'anything-but':
      return value !== undefined && ![by].flat().includes(value);
    default:
      return false;
  }
}
