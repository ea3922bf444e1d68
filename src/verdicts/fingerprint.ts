/** Identity of a finding that outlives stacks, runs and other resources. */
import { hash } from 'node:crypto';
import type { Estate, EstateResource } from '../estate/estate.ts';

/**
 * 16 hex digits over rule, project, type, names of the enclosing components, resource name and property. The stack
 * is left out, so that the same finding in dev and prod is one; so are the URN's other parts.
 */
export function fingerprintOf(rule: string, item: EstateResource, estate: Estate, property: string | undefined): string {
  const path: string[] = [];
  for (let at = item.resource.parent, depth = 0; at !== undefined && depth < 32; depth += 1) {
    const above = estate.resources.get(at)?.resource;
    if (above === undefined || above.type === 'pulumi:pulumi:Stack') break;
    path.push(above.name);
    at = above.parent;
  }
  const text = [rule, item.resource.project, item.resource.type, ...path.reverse(), item.resource.name, property ?? ''].join(
    '\n',
  );
  return hash('sha256', text).slice(0, 16);
}
