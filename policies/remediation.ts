/** From a mend to a remediation: the inputs of one resource changed in place, everything else left as the program wrote it. */
import type { ResourceRemediation } from '@pulumi/policy';
import { agreedDays } from '../src/rules/questions.ts';
import type { Rule } from '../src/rules/rule.ts';
import type { Change, Mend } from './mends.ts';
import type { Pack } from './pack.ts';

/** Kept where nothing was agreed and nothing configured: as many as the RDS console proposes. Days. */
const DEFAULT_DAYS = 7;

/** Changes a resource that the rule does not certainly pass, whether it fires or cannot be told before the stack is known. */
export function remediation(rule: Rule, mend: Mend, pack: Pack): ResourceRemediation {
  return (args) => {
    // Remediations come before `settings` is asked, so the first resource, which is the Stack, has none.
    const judged = pack.isConfigured() ? pack.alone(args) : undefined;
    if (judged === undefined || !judged.doubted.has(rule.id)) return undefined;
    const { resource } = judged.item;
    const { days } = args.getConfig<{ readonly days?: number }>();
    const changes = mend.changes(
      resource.inputs,
      resource.type,
      days ?? agreedDays(judged.context, resource.urn) ?? DEFAULT_DAYS,
    );
    if (changes.length === 0) return undefined;
    for (const change of changes) set(args.props, change);
    return args.props;
  };
}

/** Behind the SDK's proxies, so that a secret stays one and an unknown value elsewhere is not touched. */
function set(props: object, { path, value }: Change): void {
  const last = path.length - 1;
  let block: unknown = props;
  path.forEach((step, i) => {
    if (typeof block !== 'object' || block === null) return;
    if (i === last) Reflect.set(block, step, value);
    else block = Reflect.get(block, step);
  });
}
