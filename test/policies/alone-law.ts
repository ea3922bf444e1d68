/** The law of resource policies: what is certain of a resource alone holds whatever else there is. */
import { expect } from 'vitest';
import { estateAlone, judgeAlone } from '../../policies/alone.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { MetricsOf } from '../../src/verdicts/findings.ts';

/** `found`: of these rules, over all resources. `metricsOf`: undefined without a catalogue. */
export function expectAloneHolds(
  rules: ReadonlySet<string>,
  resources: readonly Resource[],
  found: readonly Finding[],
  metricsOf: MetricsOf | undefined,
): void {
  const wrong: string[] = [];
  for (const [urn, rule] of certainties(rules, resources, metricsOf)) {
    if (!found.some((f) => f.rule === rule && f.resource === urn && f.undecided === undefined)) wrong.push(`${rule} at ${urn}`);
  }
  expect(wrong, 'certain alone, and not found in the whole estate').toEqual([]);
}

/** Where rules certainly fire, each resource seen with its providers and ancestors only. */
export function certainties(
  rules: ReadonlySet<string>,
  resources: readonly Resource[],
  metricsOf: MetricsOf | undefined,
): readonly (readonly [string, string])[] {
  const byUrn = new Map(resources.map((r) => [r.urn, r]));
  return resources.flatMap((resource) => {
    const around = new Set([resource]);
    for (let up = byUrn.get(resource.parent ?? ''); up !== undefined && !around.has(up); up = byUrn.get(up.parent ?? ''))
      around.add(up);
    const provider = byUrn.get(resource.provider ?? '');
    if (provider !== undefined) around.add(provider);
    const estate = estateAlone({
      source: 'test',
      kind: 'preview',
      project: resource.project,
      stack: resource.stack,
      resources: [...around],
      stackOutputs: {},
      partial: true,
      notes: [],
    });
    const fires = judgeAlone(estate, resource.urn, metricsOf)?.fires ?? new Map();
    return [...fires.keys()].filter((rule) => rules.has(rule)).map((rule) => [resource.urn, rule] as const);
  });
}
