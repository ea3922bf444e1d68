/** One policy for each rule: it speaks of a resource as soon as its answer is certain, and of the rest once the stack is known. */
import type {
  Policy,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidation,
  StackValidationPolicy,
} from '@pulumi/policy';
import type { Finding } from '../src/model/finding.ts';
import type { Rule } from '../src/rules/rule.ts';
import { levelOf } from './levels.ts';
import { MENDS, type Mend } from './mends.ts';
import type { Pack } from './pack.ts';
import { remediation } from './remediation.ts';
import { report } from './sdk.ts';

/** The SDK runs the one part before each resource is made, and the other over the stack. */
export type BothPolicy = ResourceValidationPolicy & StackValidationPolicy;

export function rulePolicy(rule: Rule, pack: Pack): BothPolicy {
  const mend = MENDS[rule.id];
  const sentence = ({ message, waiver }: Finding, known: boolean): string => {
    const waived =
      waiver === undefined || waiver.expired ? '' : ` (accepted until ${waiver.until} by ${waiver.approvedBy}: ${waiver.reason})`;
    return `${message}${waived}${known ? ' (known before this change)' : ''}. ${rule.fix}`;
  };
  const { voices } = pack;
  const validateResource: ResourceValidation = (args, tell) => {
    const judged = pack.alone(args);
    for (const finding of judged?.fires.get(rule.id) ?? []) {
      const known = pack.baseline()?.findings.has(finding.fingerprint) === true;
      const level = levelOf(finding, judged?.tier, pack.settings(), known);
      pack.told.add(finding);
      if (level !== 'disabled') report(tell, { message: sentence(finding, known), level });
    }
  };
  const validateStack: StackValidation = async (args, tell) => {
    const { fires, tierOf } = await pack.stack(args);
    for (const finding of fires.get(rule.id) ?? []) {
      if (pack.told.has(finding)) continue;
      const known = pack.baseline()?.findings.has(finding.fingerprint) === true;
      const level = levelOf(finding, tierOf(finding.resource), pack.settings(), known);
      if (level !== 'disabled') report(tell, { message: sentence(finding, known), urn: finding.resource, level });
    }
  };
  // The SDK puts arguments together for every policy that has a function, which costs a stack of a thousand resources seconds. Rules that
  // have said nothing have none: `settings`, which comes first, has judged by the time they are looked at. One that has a remediation
  // has an empty list of functions: without any, the SDK would tell of each resource that the policy is not applicable.
  return {
    ...metadata(rule, mend, pack.edges.version),
    ...(mend === undefined ? {} : { remediateResource: remediation(rule, mend, pack) }),
    get validateResource() {
      if (voices.alone(rule.id)) return validateResource;
      return mend === undefined ? (undefined as unknown as ResourceValidation) : [];
    },
    get validateStack() {
      return voices.stack(rule.id) ? validateStack : (undefined as unknown as StackValidation);
    },
  };
}

/** What verify fails on by default blocks by default. */
function metadata(
  { id, title, why, severity, family, scopes, fix, source }: Rule,
  mend: Mend | undefined,
  version: string,
): Policy {
  return {
    name: id,
    displayName: title,
    description: `${title}.${mend === undefined ? '' : ` The remediation ${mend.says}.`}`,
    enforcementLevel: severity === 'critical' ? 'mandatory' : 'advisory',
    severity,
    framework: { name: 'Holdfast continuity rules', version, reference: id, specification: why },
    tags: [family, ...scopes],
    remediationSteps: fix,
    ...(source === 'derived' ? {} : { url: source }),
    ...(mend?.keeps === true ? { configSchema: { properties: { days: DAYS } } } : {}),
  };
}

const DAYS = {
  type: 'integer',
  minimum: 1,
  maximum: 3650,
  description: 'Days that the remediation keeps (default: what is agreed, else 7)',
} as const;
