/**
 * Building blocks of generated estates: groups of AWS resources as a stack export shows them, two Regions, with the
 * references by ARN and id that AWS would have filled in. In every group a resource refers only to earlier ones, so that
 * a group cut short anywhere still has no reference that leads nowhere.
 */

export interface Made {
  readonly type: string;
  readonly name: string;
  readonly region: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What AWS fills in beyond the inputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a group needs from the estate around it. */
export interface Site {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly primary: Network;
  readonly standby: Network;
}

export interface Network {
  readonly region: string;
  readonly vpc: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  readonly securityGroup: string;
}

export type Group = (site: Site, n: number) => Generator<Made>;

export const PRIMARY = 'eu-west-1';
export const STANDBY = 'eu-central-1';
export const ACCOUNT = '123456789012';

export const arn = (service: string, region: string, rest: string): string => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
/** Seventeen hexadecimal digits that depend on the name alone, as EC2's ids have. */
export function hex(name: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const char of name) {
    a = Math.imul(a ^ char.charCodeAt(0), 0x01000193);
    b = Math.imul(b ^ char.charCodeAt(0), 0x85ebca6b);
  }
  return ((a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(9, '0')).slice(0, 17);
}

export function made(
  type: string,
  name: string,
  region: string,
  id: string,
  inputs: Made['inputs'],
  outputs: Made['outputs'] = {},
): Made {
  return { type, name, region, id, inputs, outputs };
}
export const policy = (statement: unknown): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

export function* role(site: Site, part: string, service: string): Generator<Made, string> {
  const name = `${site.name}-${part}`;
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const assume = policy({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });
  yield made('aws:iam/role:Role', name, PRIMARY, name, { name, assumeRolePolicy: assume, tags: site.tags }, { arn: roleArn });
  const policyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
  yield made('aws:iam/rolePolicyAttachment:RolePolicyAttachment', name, PRIMARY, `${name}-1`, { role: name, policyArn });
  return roleArn;
}
