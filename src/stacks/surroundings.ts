/** What a resource takes from the things around it in its source: its provider, and the other resources of that provider. */
import type { Known, Unknown } from '../model/known.ts';
import { known, unknown } from '../model/known.ts';
import { regionOfZone } from '../model/scope.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../model/value.ts';
import { canonicalType, isAwsType, isGlobalType } from './aws-types.ts';
import type { RawReading, RawResource } from './raw.ts';
import { parseUrn, providerUrn } from './urn.ts';
import { toValues } from './values.ts';
import { standInZone } from './zones.ts';

export interface Surroundings {
  /** URN of a resource's provider; undefined where the source names none. */
  readonly providerOf: (resource: RawResource) => string | undefined;
  /** Region and account in the resource's own ARN. */
  readonly arnOf: (resource: RawResource) => Arn | undefined;
  /** Inputs of a resource's provider: the stack's configuration for a default provider that the source does not show. */
  readonly providerInputs: (resource: RawResource) => Values | undefined;
  /** The Region that a resource's provider declares; undefined when it declares none. */
  readonly providerRegion: (resource: RawResource) => Known<string> | undefined;
  /** The Region in which all resources of the same provider that show one are; undefined when none does or they differ. */
  readonly siblingRegion: (resource: RawResource) => string | undefined;
  /** As `siblingRegion`, for accounts. */
  readonly siblingAccount: (resource: RawResource) => string | undefined;
  readonly configRegion: string | undefined;
}

interface Provider {
  readonly urn: string | undefined;
  readonly inputs: Values | undefined;
  readonly region: Known<string> | undefined;
}

export function surroundingsOf(reading: RawReading): Surroundings {
  const arns = new Map<RawResource, Arn | undefined>();
  const regions = new Map<string, Set<string>>();
  const accounts = new Map<string, Set<string>>();
  for (const resource of reading.resources) {
    const type = canonicalType(resource.type);
    if (!isAwsType(type)) continue;
    const key = providerKey(resource);
    const arn = arnOf(resource);
    arns.set(resource, arn);
    const account = arn?.account;
    if (account !== undefined) add(accounts, key, account);
    if (isGlobalType(type) || present(resource.inputs.region) !== undefined) continue;
    const region = shownRegion(resource, arn);
    if (region !== undefined) add(regions, key, region);
  }
  const only = (sets: Map<string, Set<string>>, resource: RawResource): string | undefined => {
    const [first, ...others] = sets.get(providerKey(resource)) ?? [];
    return others.length === 0 ? first : undefined;
  };
  const awsConfig = reading.awsConfig ?? {};
  const byUrn = new Map(reading.resources.map((r) => [r.urn, r]));
  const providers = new Map<string, Provider>();
  const providerBehind = (reference: string): Provider => {
    const seen = providers.get(reference);
    if (seen !== undefined) return seen;
    const urn = providerUrn(reference);
    const shown = urn === undefined ? undefined : byUrn.get(urn);
    const inputs = shown?.inputs ?? (isDefaultProvider(urn) ? awsConfig : undefined);
    const provider = { urn, inputs, region: declaredRegion(inputs, reference) };
    providers.set(reference, provider);
    return provider;
  };
  return {
    providerOf: ({ provider }) => (provider === undefined ? undefined : providerBehind(provider).urn),
    arnOf: (resource) => arns.get(resource),
    providerInputs: ({ provider }) => (provider === undefined ? awsConfig : providerBehind(provider).inputs),
    providerRegion: ({ provider, urn }) =>
      provider === undefined ? declaredRegion(awsConfig, urn) : providerBehind(provider).region,
    siblingRegion: (resource) => only(regions, resource),
    siblingAccount: (resource) => only(accounts, resource),
    configRegion: reading.configRegion,
  };
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** Deployments before providers were resources have one provider a package. */
function providerKey(resource: RawResource): string {
  return resource.provider ?? resource.type.slice(0, resource.type.indexOf(':'));
}

/** The engine names the providers it makes itself `default` or `default_<version>`; only they read the stack's configuration. */
export function hasDefaultProvider(resource: RawResource): boolean {
  return resource.provider === undefined || isDefaultProvider(providerUrn(resource.provider));
}

function isDefaultProvider(urn: string | undefined): boolean {
  return urn !== undefined && /^default(?:_|$)/.test(parseUrn(urn)?.name ?? '');
}

export interface Arn {
  readonly region: string | undefined;
  readonly account: string | undefined;
}

const ARN = /^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):(\d{12})?:[^,|\s]+$/;

/**
 * Region and account in a resource's own ARN: its `arn` output, or its id where that is one. An ARN that the program
 * put in is another resource's (the target of an event rule, the topic of a policy), which may be elsewhere.
 */
function arnOf(resource: RawResource): Arn | undefined {
  for (const text of [resource.outputs.arn, resource.id]) {
    const match = typeof text === 'string' ? ARN.exec(text) : null;
    if (typeof text === 'string' && match !== null && !Object.values(resource.inputs).includes(text))
      return { region: match[1] === '' ? undefined : match[1], account: match[2] };
  }
  return undefined;
}

/** The Region that a resource's own state shows: its ARN, its `region` output (aws 7), its availability zones. */
export function shownRegion(resource: RawResource, arn: Arn | undefined): string | undefined {
  const region = arn?.region ?? present(resource.outputs.region);
  if (typeof region === 'string') return region;
  for (const values of [resource.outputs, resource.inputs]) {
    const zones = [values.availabilityZone, ...listed(values.availabilityZones)];
    const found = new Set(zones.map(regionOfValue).filter((r) => r !== undefined));
    if (found.size === 1) return [...found][0];
  }
  return undefined;
}

function listed(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}

function regionOfValue(zone: Value | undefined): string | undefined {
  return typeof zone === 'string' ? regionOfZone(zone) : standInZone(zone)?.region;
}

/** Null and the empty text mean "not set". */
export function present(value: Value | undefined): Value | undefined {
  return value === null || value === '' ? undefined : value;
}

/** Provider inputs that are no plain text are kept as JSON text in state. */
export function structured(value: Value | undefined): Value | undefined {
  if (typeof value !== 'string') return present(value);
  try {
    const parsed: unknown = JSON.parse(value);
    return toValues({ parsed }, { spot: { source: 'provider inputs' } }).parsed;
  } catch {
    return present(value);
  }
}

/** Region in the inputs of a provider; undefined: they name none. */
export function declaredRegion(inputs: Values | undefined, provider: string): Known<string> | undefined {
  const region = present(inputs?.region);
  if (typeof region === 'string') return known(region, { resource: provider, property: 'region' });
  return region instanceof Hole ? why(region, provider, 'region') : undefined;
}

export function why(hole: Hole, urn: string, property: string): Unknown {
  return unknown(hole.reason, hole.detail, { resource: urn, property });
}

/** The first hole in a value, wherever it is. */
export function holeIn(value: Value | undefined): Hole | undefined {
  if (value instanceof Hole) return value;
  const items = isList(value) ? value : isRecord(value) ? Object.values(value) : [];
  for (const item of items) {
    const hole = holeIn(item);
    if (hole !== undefined) return hole;
  }
  return undefined;
}
