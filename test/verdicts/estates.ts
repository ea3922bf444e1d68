/** Small estates and catalogues built in code, and their judgement. */
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { SERVICES } from '../../src/services/registry.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { judge } from '../../src/verdicts/judge.ts';
import { resource, type Spec } from '../services/support-traffic.ts';

export const DAY = '2026-06-01';

export function reading(specs: readonly Spec[], partial = false, protect = true): SourceReading {
  const resources = specs.map(resource).map((r) => ({ ...r, protect }));
  return { source: 'shop.json', kind: 'export', project: 'shop', stack: 'prod', resources, stackOutputs: {}, partial, notes: [] };
}

export function judgeSpecs(specs: readonly Spec[], catalogue: string | undefined, partial = false, protect = true): Judgement {
  const estate = buildEstate([reading(specs, partial, protect)], SERVICES);
  const parsed = catalogue === undefined ? undefined : parseCatalogue(catalogue, 'holdfast.yaml', {});
  return judge(estate, parsed, { today: DAY, seed: 1, world: 'live' });
}

/** One service over everything, with users coming in everywhere, unless `services` says otherwise. */
export function promising(metrics: string, rest = '', services = ALL): string {
  return `${services}
agreements:
  sla:
    kind: SLA
    parties: { provider: P, customer: C }
    approvedBy: Head of Retail
    from: 2026-01-01
    version: '1'
    metrics:
      shop: ${metrics}
${rest}`;
}

const ALL = `services:
  shop:
    tier: 1
    resources: [{ urn: '**' }]
    entry: [{ urn: '**' }]`;

export const TABLE: Spec = {
  type: 'aws:dynamodb/table:Table',
  name: 'carts',
  inputs: { name: 'carts', deletionProtectionEnabled: true, pointInTimeRecovery: { enabled: true } },
};

export const SINGLE_AZ: Spec = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: {
    engine: 'postgres',
    availabilityZone: 'us-east-1a',
    multiAz: false,
    backupRetentionPeriod: 7,
    deletionProtection: true,
  },
};

export const MULTI_AZ: Spec = { ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, multiAz: true } };

export const NOBODY_KNOWS: Spec = { type: 'aws:braket/device:Device', name: 'oracle' };
