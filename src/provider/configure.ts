/** What a provider is configured with: the place where its resources go, and the tags that they get. */
import type { Plain } from '../simulator/deploy/deployer.ts';
import { isItems, isProps, type Props, tagTexts, textOf, textsOf } from './values.ts';

export interface Setting {
  readonly account: string;
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
}

/** Where resources go whose provider does not say. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

const REGION = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/;

/** Throws in the provider's words when the configuration contradicts itself. */
export function settingOf(configuration: Props, home: Home): Setting {
  const values = new Map(Object.entries(configuration).map(([name, value]) => [name, unfolded(value)]));
  const region = textOf(values.get('region')) ?? home.region;
  if (!REGION.test(region)) throw new Error(`invalid AWS Region: ${region}`);
  const roles = values.get('assumeRoles') ?? values.get('assumeRole');
  const role = isItems(roles) ? roles.at(-1) : roles;
  const assumed = isProps(role) ? /^arn:[^:]+:iam::(\d{12}):/.exec(textOf(role.roleArn) ?? '')?.[1] : undefined;
  const allowed = textsOf(values.get('allowedAccountIds'));
  // Whoever names the one account in which a provider may work has credentials for that one.
  const account = assumed ?? (allowed.length === 1 ? allowed[0] : undefined) ?? home.account;
  if ((allowed.length > 0 && !allowed.includes(account)) || textsOf(values.get('forbiddenAccountIds')).includes(account))
    throw new Error(`AWS account ID not allowed: ${account}`);
  const defaults = values.get('defaultTags');
  const tags = isProps(defaults) ? unfolded(defaults.tags ?? null) : null;
  return {
    account,
    region,
    defaultTags: isProps(tags) ? tagTexts(tags) : {},
  };
}

/** Nested values of a provider's configuration come as JSON in a text. */
function unfolded(value: Plain): Plain {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value) as Plain;
  } catch {
    return value;
  }
}

/** Another Region is another provider: all that it holds is made anew. */
export const diffSetting = (before: Props, now: Props): readonly string[] =>
  textOf(before.region) !== undefined && textOf(now.region) !== undefined && before.region !== now.region ? ['region'] : [];
