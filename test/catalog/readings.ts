import { known, unknown } from '../../src/model/known.ts';
import type { Resource, SourceReading } from '../../src/model/resource.ts';

interface Parts {
  /** Undefined: the source does not show them. No tags unless given. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly custom?: boolean;
  readonly parent?: string;
}

export function resource(name: string, type: string, parts: Parts = {}): Resource {
  return {
    urn: `urn:pulumi:prod::shop::${type}::${name}`,
    type,
    sourceType: type,
    name,
    project: 'shop',
    stack: 'prod',
    custom: parts.custom ?? true,
    remote: false,
    id: undefined,
    inputs: {},
    outputs: {},
    parent: parts.parent,
    dependencies: [],
    propertyDependencies: {},
    provider: undefined,
    region: unknown('not-reported', 'not part of this test'),
    account: unknown('not-reported', 'not part of this test'),
    tags:
      'tags' in parts && parts.tags === undefined ? unknown('unresolved-at-preview', 'tags come later') : known(parts.tags ?? {}),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: [],
    position: undefined,
    pending: undefined,
  };
}

export function reading(project: string, stack: string, resources: readonly Resource[]): SourceReading {
  return { source: 'test', kind: 'export', project, stack, resources, stackOutputs: {}, partial: false, notes: [] };
}
