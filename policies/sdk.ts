/**
 * Where the SDK of policies (@pulumi/policy 1.21) is met. It decodes every resource again for each policy, which a pack of more than a
 * hundred cannot afford, and takes the marks off secrets before a policy sees them, which no reader of Holdfast may. Its decoder is
 * therefore wrapped: policies that look get an empty record, and `encodedOf` the message behind it, marks and all.
 */
import type { EnforcementLevel, ReportViolation } from '@pulumi/policy';
import decoder from '@pulumi/policy/deserialize.js';
import { kept } from '../src/model/collections.ts';
import type { JsonRecord } from '../src/stacks/shape.ts';

/** `Struct` of google-protobuf, as far as it is used here. */
interface Encoded {
  toJavaScript(): JsonRecord;
}
type Decode = (struct: Encoded, keepSecrets: boolean) => object;

const encodings = new WeakMap<object, Encoded>();

/** Call before the pack is served. Throws when the SDK is another than this was written for. */
export function wrapDecoder(): void {
  const sdk: { deserializeProperties?: Decode } = decoder;
  const decode = sdk.deserializeProperties;
  if (typeof decode !== 'function') throw new Error('@pulumi/policy: expected deserializeProperties of release 1.21, found none');
  const shown = new WeakMap<Encoded, object>();
  const behind = (props: object, struct: Encoded): object => {
    encodings.set(identityOf(props), struct);
    return props;
  };
  // What a remediation gets it reads and changes, so nobody shares it.
  sdk.deserializeProperties = (struct, keepSecrets) =>
    keepSecrets ? behind(decode(struct, keepSecrets), struct) : kept(shown, struct, () => behind({}, struct));
}

/**
 * The object behind the proxies that the SDK puts before properties: the same for every policy that is shown one message, and the
 * only way to read a record that holds unknown values (`unknownCheckingProxy` throws at each).
 */
export function identityOf(props: object): object {
  const target: unknown = Reflect.get(props, '__isSpecialProxy') === true ? Reflect.get(props, '__getSpecialProxyTarget') : props;
  return typeof target === 'object' && target !== null && target !== props ? identityOf(target) : props;
}

/** Properties in the engine's encoding: unknown values as its sentinels, secrets marked where the message is at hand. */
export function encodedOf(props: object): JsonRecord {
  const plain = identityOf(props);
  return encodings.get(plain)?.toJavaScript() ?? { ...plain };
}

export interface Violation {
  readonly message: string;
  readonly urn?: string | undefined;
  /** Instead of the level of the policy. */
  readonly level?: EnforcementLevel | undefined;
}

/** The SDK takes a violation of its own level as an object (`makeReportViolationFun` in server.js); its type names text only. */
export function report(tell: ReportViolation, { message, urn, level }: Violation): void {
  if (level === undefined) tell(message, urn);
  else (tell as unknown as (violation: object) => void)({ message, urn, enforcementLevel: level });
}
