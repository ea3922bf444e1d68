/** Checks inputs, and fills in what the provider itself decides: names, default tags, defaults. */
import { messageOf } from '../model/errors.ts';
import { UNKNOWN } from '../stacks/signatures.ts';
import type { Setting } from './configure.ts';
import { defaultsOf } from './facts/defaults.ts';
import { exactNameOf, type Naming, namingOf } from './facts/names.ts';
import { type Shape, shapeOf } from './facts/shape.ts';
import { holdsUnknown, isProps, type Props, textOf, textsOf } from './values.ts';

export interface CheckAsked {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Inputs that were checked last time; empty for a new or replaced resource. */
  readonly before: Props;
  readonly inputs: Props;
  /** The stack's own way of naming; null: the provider's. */
  readonly autonaming: { readonly mode: 'propose' | 'enforce' | 'disable'; readonly proposed: string } | null;
}

export interface CheckAnswer {
  readonly inputs: Props;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** Seven hexadecimal digits. */
type Hex = () => string;

/** Checking what it answers changes nothing more. */
export function check(asked: CheckAsked, setting: Setting, hex: Hex): CheckAnswer {
  const { type } = asked;
  const shape = shapeOf(type);
  if (shape === undefined) return { inputs: asked.inputs, failures: [] };
  const given: Record<string, Props[string]> = {};
  for (const [name, value] of Object.entries(asked.inputs)) if (value !== null && name !== '__defaults') given[name] = value;
  const decided: string[] = [];
  const named = nameFor(asked, given, hex);
  if (named !== undefined) {
    given[named.property] = named.name;
    decided.push(named.property);
  }
  for (const [name, value] of Object.entries(defaultsOf(type)))
    if (given[name] === undefined && !exempt(type, name, given)) {
      given[name] = value;
      decided.push(name);
    }
  // What was decided last time and sent back stays decided.
  for (const name of textsOf(asked.inputs.__defaults))
    if (given[name] !== undefined && !decided.includes(name)) decided.push(name);
  const tags = shape.taggable ? tagged(given.tags, setting.defaultTags) : undefined;
  if (tags !== undefined) given.tags = tags;
  return {
    inputs: { ...given, __defaults: decided.sort() },
    failures: [...missing(shape, given), ...malformed(given), ...contradictions(shape, given)],
  };
}

function nameFor(
  { type, name, before, autonaming }: CheckAsked,
  given: Props,
  hex: Hex,
): { readonly property: string; readonly name: string } | undefined {
  const exact = exactNameOf(type);
  if (exact !== undefined) return given[exact] === undefined ? { property: exact, name } : undefined;
  const naming = namingOf(type, given);
  if (naming === undefined) return undefined;
  const { property } = naming;
  if (given[property] !== undefined || given[`${property}Prefix`] !== undefined) return undefined;
  const kept = textOf(before[property]);
  if (kept !== undefined && textsOf(before.__defaults).includes(property)) return { property, name: kept };
  if (autonaming?.mode === 'disable') return undefined;
  return { property, name: autonaming === null ? madeName(naming, name, hex()) : autonaming.proposed };
}

function madeName({ longest, lower, prefix, suffix }: Naming, logical: string, hex: string): string {
  const name = logical.startsWith(prefix) ? logical : `${prefix}${logical}`;
  const whole = `${name.slice(0, longest - hex.length - 1 - suffix.length)}-${hex}${suffix}`;
  return lower ? whole.toLowerCase() : whole;
}

/** Defaults that do not apply beside another input. */
function exempt(type: string, name: string, given: Props): boolean {
  switch (type) {
    case 'aws:lb/loadBalancer:LoadBalancer': {
      const kind = given.loadBalancerType ?? 'application';
      const forAll = ['enableDeletionProtection', 'loadBalancerType'];
      return kind !== 'application' && !forAll.includes(name);
    }
    case 'aws:lb/targetGroup:TargetGroup':
      return name === 'lambdaMultiValueHeadersEnabled' && given.targetType !== 'lambda';
    case 'aws:lb/listener:Listener': {
      const balancer = textOf(given.loadBalancerArn);
      return balancer === undefined || !balancer.includes(':loadbalancer/app/');
    }
    case 'aws:rds/cluster:Cluster':
      return name === 'backupRetentionPeriod' && given.replicationSourceIdentifier !== undefined;
    case 'aws:rds/clusterInstance:ClusterInstance':
      return name === 'monitoringInterval' && given.monitoringRoleArn !== undefined;
    case 'aws:secretsmanager/secret:Secret':
      return name === 'forceOverwriteReplicaSecret' && given.replicas === undefined;
    default:
      return false;
  }
}

/** The program's own tags win over the provider's. */
function tagged(own: Props[string] | undefined, defaults: Readonly<Record<string, string>>): Props[string] | undefined {
  if (own === UNKNOWN || Object.keys(defaults).length === 0) return own;
  return { ...defaults, ...(isProps(own) ? own : {}) };
}

const missing = ({ required }: Shape, given: Props) =>
  required
    .filter((name) => given[name] === undefined)
    .map((property) => ({
      property,
      reason: `Missing required argument. The argument "${property}" is required, but no definition was found.`,
    }));

/** Inputs that hold a JSON document. */
const DOCUMENTS = ['policy', 'assumeRolePolicy', 'containerDefinitions', 'definition', 'redrivePolicy', 'eventPattern'];

function malformed(given: Props): CheckAnswer['failures'] {
  return DOCUMENTS.flatMap((property) => {
    const text = given[property];
    if (typeof text !== 'string' || text === '' || text.includes(UNKNOWN)) return [];
    try {
      JSON.parse(text);
      return [];
    } catch (error) {
      return [{ property, reason: `"${property}" contains an invalid JSON: ${messageOf(error)}` }];
    }
  });
}

/** A name and a prefix for one exclude each other, whatever the type. */
const contradictions = ({ inputs }: Shape, given: Props): CheckAnswer['failures'] =>
  [...inputs]
    .filter((name) => inputs.has(`${name}Prefix`) && given[name] !== undefined && given[`${name}Prefix`] !== undefined)
    .filter((name) => !holdsUnknown(given[name]))
    .map((property) => ({
      property,
      reason: `Conflicting configuration arguments. "${property}": conflicts with ${property}Prefix`,
    }));
