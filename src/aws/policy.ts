/** The least that IAM must allow for a list of calls. */
import type { AnyCall } from './failure.ts';

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: '*';
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** Of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS quotas"). */
export const POLICY_SIZE = 6144;

/**
 * One statement for each service, actions in order, split into as many documents as IAM's size limit asks for. Every document
 * is needed. No call: no document, since a policy without a statement is not valid.
 */
export function leastPrivilege(calls: readonly AnyCall[]): readonly PolicyDocument[] {
  const byService = new Map<string, Set<string>>();
  for (const { action } of calls) {
    const service = action.slice(0, action.indexOf(':'));
    const actions = byService.get(service) ?? new Set();
    actions.add(action);
    byService.set(service, actions);
  }
  const documents: PolicyDocument[] = [];
  let statements: PolicyStatement[] = [];
  const close = (): void => {
    if (statements.length > 0) documents.push({ Version: '2012-10-17', Statement: statements });
    statements = [];
  };
  for (const service of [...byService.keys()].sort()) {
    for (const statement of statementsOf(service, [...(byService.get(service) ?? [])].sort())) {
      if (sizeOf([...statements, statement]) > POLICY_SIZE) close();
      statements.push(statement);
    }
  }
  close();
  return documents;
}

/** A service's actions in one statement, or in several when they alone are too long for a document. */
function statementsOf(service: string, actions: readonly string[]): readonly PolicyStatement[] {
  const parts = partsOf(service, actions);
  // A Sid may stand only once in a document.
  return parts.map((part, i) => statement(`${sidOf(service)}${parts.length === 1 ? '' : i + 1}`, part));
}

function partsOf(service: string, actions: readonly string[]): readonly (readonly string[])[] {
  // The number that a part's Sid gets takes some room as well.
  if (sizeOf([statement(sidOf(service), actions)]) <= POLICY_SIZE - 4) return [actions];
  const half = actions.length >> 1;
  return [actions.slice(0, half), actions.slice(half)].flatMap((part) => partsOf(service, part));
}

const statement = (Sid: string, Action: readonly string[]): PolicyStatement => ({ Sid, Effect: 'Allow', Action, Resource: '*' });

const sizeOf = (Statement: readonly PolicyStatement[]): number =>
  JSON.stringify({ Version: '2012-10-17', Statement }).replace(/\s/g, '').length;

/** Letters and digits only (IAM JSON policy elements: Sid): `arc-region-switch` → `ArcRegionSwitch`. */
const sidOf = (service: string): string =>
  service.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, c: string) => c.toUpperCase());
