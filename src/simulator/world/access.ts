/** Who calls, and what a policy lets it do: IAM's evaluation for identity policies, by action. */

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
}

export interface Principal {
  readonly arn: string;
  /** Undefined: an administrator. */
  readonly policy: readonly Statement[] | undefined;
}

export const administrator = (account: string): Principal => ({
  arn: `arn:aws:iam::${account}:role/administrator`,
  policy: undefined,
});

/** An explicit Deny wins; without an Allow the answer is no (IAM User Guide, "Policy evaluation logic"). */
export function allows(principal: Principal, action: string): boolean {
  if (principal.policy === undefined) return true;
  const matching = principal.policy.filter((s) => [s.Action].flat().some((pattern) => matches(pattern, action)));
  return matching.some((s) => s.Effect === 'Allow') && !matching.some((s) => s.Effect === 'Deny');
}

/** Actions compare without regard to case; `*` and `?` are wildcards. */
function matches(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}
