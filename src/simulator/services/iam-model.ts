/** IAM roles as the world keeps them, and what may be done under them. */
import type { Principal, Statement } from '../world/access.ts';
import { GLOBAL, shelf, type World } from '../world/world.ts';

export interface Role {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly created: Date;
  /** JSON text: who may assume it. */
  trust: string;
  description: string | undefined;
  readonly maxSession: number;
  readonly attached: Map<string, string>;
  /** JSON texts by name. */
  readonly inline: Map<string, string>;
  readonly tags: Map<string, string>;
}

export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly created: Date;
  readonly description: string | undefined;
  /** JSON texts by version id (`v1`). */
  readonly versions: Map<string, string>;
  defaultVersion: string;
  readonly tags: Map<string, string>;
}

export const ROLES = shelf<Role>('iam:role');
/** By ARN. */
export const POLICIES = shelf<ManagedPolicy>('iam:policy');

interface Document {
  readonly Statement?: RawStatement | readonly RawStatement[];
}
interface RawStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | { readonly AWS?: string | readonly string[]; readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const statementsOf = (text: string): readonly RawStatement[] => [(JSON.parse(text) as Document).Statement ?? []].flat();

/** Policies of AWS's own that are used by name; of the others of AWS nothing is known, and they allow nothing. */
const AWS_POLICIES: Readonly<Record<string, readonly Statement[]>> = {
  AdministratorAccess: [{ Effect: 'Allow', Action: '*' }],
  ReadOnlyAccess: [{ Effect: 'Allow', Action: ['*:Describe*', '*:List*', '*:Get*', '*:BatchGet*'] }],
  ViewOnlyAccess: [{ Effect: 'Allow', Action: ['*:Describe*', '*:List*'] }],
};

/** What a role may do, by action: conditions and resources of statements are not looked at, as everywhere in simulated AWS. */
export function statementsOfRole(world: World, account: string, role: Role): readonly Statement[] {
  const texts = [...role.inline.values()];
  const statements: Statement[] = [];
  for (const arn of role.attached.keys()) {
    const name = arn.split('/').at(-1) ?? '';
    if (arn.startsWith('arn:aws:iam::aws:')) statements.push(...(AWS_POLICIES[name] ?? []));
    else {
      const policy = world.get(POLICIES, account, GLOBAL, arn);
      const text = policy?.versions.get(policy.defaultVersion);
      if (text !== undefined) texts.push(text);
    }
  }
  for (const raw of texts.flatMap(statementsOf)) {
    const { Effect: effect, Action: action } = raw;
    if ((effect === 'Allow' || effect === 'Deny') && action !== undefined) statements.push({ Effect: effect, Action: action });
  }
  return statements;
}

export interface Asker {
  readonly account: string;
  readonly arn: string;
  readonly externalId: string | undefined;
}

/**
 * Does the trust policy let them in? It names an account (every principal of it that may call `sts:AssumeRole`), a role or a user;
 * of its conditions only `sts:ExternalId` is looked at (IAM User Guide, "Access to AWS accounts owned by third parties").
 */
export function trusts(role: Role, asker: Asker): boolean {
  return statementsOf(role.trust).some((s) => {
    const who = typeof s.Principal === 'string' ? [s.Principal] : [s.Principal?.AWS ?? []].flat();
    const wanted = Object.entries(s.Condition ?? {}).flatMap(([operator, keys]) =>
      operator.startsWith('StringEquals') ? [keys['sts:ExternalId'] ?? []].flat() : [],
    );
    return (
      s.Effect === 'Allow' &&
      [s.Action ?? []].flat().some((a) => a === '*' || a === 'sts:*' || a.toLowerCase() === 'sts:assumerole') &&
      who.some(
        (p) => p === '*' || p === asker.account || p === `arn:aws:iam::${asker.account}:root` || p === roleArn(asker.arn),
      ) &&
      (wanted.length === 0 || (asker.externalId !== undefined && wanted.includes(asker.externalId)))
    );
  });
}

/** `arn:aws:sts::1:assumed-role/name/session` is a session of `arn:aws:iam::1:role/name`. */
export function roleArn(arn: string): string {
  const [, account, name] = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return account === undefined || name === undefined ? arn : `arn:aws:iam::${account}:role/${name}`;
}

export const sessionOf = (account: string, role: Role, session: string, statements: readonly Statement[]): Principal => ({
  arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${session}`,
  policy: statements,
});
