/** Region and account of a resource, from the best evidence that its source shows. */
import { fold, type Known, known, unknown } from '../model/known.ts';
import { GLOBAL_REGION } from '../model/scope.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../model/value.ts';
import { isAwsType, isGlobalType } from './aws-types.ts';
import type { RawResource, ReadOptions } from './raw.ts';
import { declaredRegion, hasDefaultProvider, present, type Surroundings, shownRegion, structured, why } from './surroundings.ts';

/**
 * Region of a resource. First that tells, in this order: its type (global types), its own `region` input (aws 7), its
 * provider's, its own ARN or availability zone, the stack's `aws:region` under a default provider, the Region that
 * the other resources of its provider show (one provider works in one Region), `--region`.
 */
export function regionOf(resource: RawResource, type: string, around: Surroundings, options: ReadOptions): Known<string> {
  const { urn } = resource;
  if (type === 'pulumi:providers:aws' || type === 'pulumi:providers:aws-native') {
    return (
      declaredRegion(resource.inputs, urn) ??
      unknown('not-reported', 'the provider takes its Region from the environment', { resource: urn, property: 'region' })
    );
  }
  if (!isAwsType(type) || !resource.custom)
    return unknown('not-reported', 'only AWS resources have a Region of their own', { resource: urn });
  if (isGlobalType(type)) return known(GLOBAL_REGION, { resource: urn });
  const own = present(resource.inputs.region);
  if (typeof own === 'string') return known(own, { resource: urn, property: 'region' });
  // An own `region` that is not known overrides the provider's, whatever that is.
  const declared = own instanceof Hole ? why(own, urn, 'region') : around.providerRegion(resource);
  if (declared === undefined) return byState(resource, around) ?? byStack(resource, around, options);
  return fold(
    declared,
    () => declared,
    () => byState(resource, around) ?? declared,
  );
}

function byState(resource: RawResource, around: Surroundings): Known<string> | undefined {
  const shown = shownRegion(resource, around.arnOf(resource));
  return shown === undefined ? undefined : known(shown, { resource: resource.urn, property: 'arn' });
}

function byStack(resource: RawResource, around: Surroundings, options: ReadOptions): Known<string> {
  const { urn } = resource;
  if (hasDefaultProvider(resource) && around.configRegion !== undefined) {
    return known(around.configRegion, { resource: urn, property: 'aws:region' });
  }
  const siblings = around.siblingRegion(resource);
  if (siblings !== undefined)
    return known(siblings, { resource: urn }, 'the Region that the other resources of its provider show');
  if (options.region !== undefined) return known(options.region, { resource: urn }, 'given with --region');
  return unknown('not-reported', 'neither the resource nor its provider names a Region; give one with --region', {
    resource: urn,
    property: 'region',
  });
}

/**
 * Account of a resource: its own ARN, the role or the one allowed account of its provider, else the account that every
 * other resource of its provider shows.
 */
export function accountOf(resource: RawResource, type: string, around: Surroundings): Known<string> {
  const { urn } = resource;
  if (!isAwsType(type) || !resource.custom)
    return unknown('not-reported', 'only AWS resources have an account of their own', { resource: urn });
  const own = around.arnOf(resource)?.account;
  if (own !== undefined) return known(own, { resource: urn, property: 'arn' });
  const inputs = around.providerInputs(resource) ?? {};
  const declared = ofRole(inputs) ?? soleAccount(structured(inputs.allowedAccountIds));
  if (declared !== undefined) return known(declared, { resource: resource.provider ?? urn });
  const siblings = around.siblingAccount(resource);
  if (siblings !== undefined)
    return known(siblings, { resource: urn }, 'the account that the other resources of its provider show');
  return unknown('not-reported', 'neither an ARN nor the provider names the account', { resource: urn });
}

/** Account of the role that the provider ends up with: the last of a chain (`assumeRoles`, or `assumeRole` before aws 7). */
function ofRole(inputs: Values): string | undefined {
  const chain = structured(inputs.assumeRoles);
  const role = isList(chain) ? chain.at(-1) : structured(inputs.assumeRole);
  const arn = isRecord(role) ? role.roleArn : undefined;
  return typeof arn === 'string' ? /^arn:aws[a-z-]*:iam::(\d{12}):role\//.exec(arn)?.[1] : undefined;
}

function soleAccount(ids: Value | undefined): string | undefined {
  const [first, ...others] = isList(ids) ? ids : [];
  return others.length === 0 && typeof first === 'string' && /^\d{12}$/.test(first) ? first : undefined;
}
