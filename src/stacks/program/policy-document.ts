/**
 * `aws.iam.getPolicyDocument` renders its arguments and asks AWS nothing, so its answer is a fact. The rendering is the
 * Terraform provider's: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
import { isJsonList, isJsonRecord, type Json, type JsonRecord } from './protocol.ts';

const DEFAULT_VERSION = '2012-10-17';

export function policyDocument(args: JsonRecord): string {
  const statements = new Map<string, Json>();
  const add = (list: readonly Json[]) => {
    for (const statement of list) {
      const sid = isJsonRecord(statement) ? statement.Sid : undefined;
      statements.set(typeof sid === 'string' && sid !== '' ? sid : `#${statements.size}`, statement);
    }
  };
  for (const source of [args.sourceJson, ...listOf(args.sourcePolicyDocuments)]) add(statementsOf(source));
  add(listOf(args.statements).filter(isJsonRecord).map(statementOf));
  for (const source of [args.overrideJson, ...listOf(args.overridePolicyDocuments)]) add(statementsOf(source));
  const id = args.policyId === undefined ? {} : { Id: args.policyId };
  return JSON.stringify({ Version: args.version ?? DEFAULT_VERSION, ...id, Statement: [...statements.values()] }, null, 2);
}

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonList(value) ? value : [];
}

function statementsOf(source: Json | undefined): readonly Json[] {
  if (typeof source !== 'string' || source === '') return [];
  try {
    const statement = (JSON.parse(source) as JsonRecord).Statement;
    return isJsonList(statement) ? statement : statement === undefined ? [] : [statement];
  } catch {
    return [];
  }
}

function statementOf(s: JsonRecord): Json {
  const parts: Record<string, Json> = {};
  if (typeof s.sid === 'string' && s.sid !== '') parts.Sid = s.sid;
  parts.Effect = s.effect ?? 'Allow';
  for (const [key, value] of [
    ['Action', s.actions],
    ['NotAction', s.notActions],
    ['Resource', s.resources],
    ['NotResource', s.notResources],
  ] as const) {
    if (listOf(value).length > 0) parts[key] = oneOrMany(listOf(value));
  }
  for (const [key, value] of [
    ['Principal', s.principals],
    ['NotPrincipal', s.notPrincipals],
  ] as const) {
    if (listOf(value).length > 0) parts[key] = principals(listOf(value));
  }
  if (listOf(s.conditions).length > 0) parts.Condition = conditions(listOf(s.conditions));
  return parts;
}

/** What the provider accepts as text only. */
function nameOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function oneOrMany(list: readonly Json[]): Json {
  return list.length === 1 ? (list[0] ?? null) : list;
}

function principals(list: readonly Json[]): Json {
  const byType = new Map<string, Json[]>();
  for (const p of list.filter(isJsonRecord)) {
    const type = nameOf(p.type);
    byType.set(type, [...(byType.get(type) ?? []), ...listOf(p.identifiers)]);
  }
  const everyone = byType.get('*');
  if (everyone !== undefined && byType.size === 1 && everyone[0] === '*') return '*';
  return Object.fromEntries([...byType].map(([type, ids]) => [type, oneOrMany(ids)]));
}

function conditions(list: readonly Json[]): Json {
  const byTest: Record<string, Record<string, Json>> = {};
  for (const c of list.filter(isJsonRecord)) {
    const test = nameOf(c.test);
    byTest[test] = { ...byTest[test], [nameOf(c.variable)]: oneOrMany(listOf(c.values)) };
  }
  return byTest;
}
