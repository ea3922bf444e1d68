/** What was promised: metrics that the stack does not keep, by the tier of their service, and what nobody can tell before it is live. */
import type { StackValidationPolicy } from '@pulumi/policy';
import { unitOf } from '../src/model/agreement.ts';
import { groupBy } from '../src/model/collections.ts';
import { formatDuration, formatPercent } from '../src/model/quantity.ts';
import type { MetricVerdict } from '../src/model/verdict.ts';
import { type Obligation, obligationList } from '../src/verdicts/obligations.ts';
import type { Pack } from './pack.ts';
import { report } from './sdk.ts';
import type { Stack } from './stack.ts';

/** Tiers of services, the most critical first. What is promised of it blocks unless told otherwise. */
const TIERS = [1, 2, 3, 4] as const;

export function metricPolicies(pack: Pack): readonly StackValidationPolicy[] {
  return TIERS.map((tier) => ({
    name: `agreed-metrics-tier-${tier}`,
    displayName: `Agreed metrics of tier ${tier}`,
    description: `Every metric in force of a service of tier ${tier} is met, as far as its infrastructure code tells.`,
    enforcementLevel: tier === 1 ? 'mandatory' : 'advisory',
    severity: tier === 1 ? 'critical' : tier === 2 ? 'high' : 'medium',
    framework: {
      name: 'Holdfast agreed metrics',
      version: pack.edges.version,
      reference: `tier ${tier}`,
      specification: 'agreements in force of the catalogue',
    },
    tags: ['agreements'],
    remediationSteps: 'Run `holdfast explain METRIC SOURCE` to see what decides the metric, step by step.',
    validateStack: async (args, tell) => {
      const stack = await pack.stack(args);
      const { catalogue, verdicts } = stack.judgement;
      if (catalogue === undefined) return args.notApplicable(NO_CATALOGUE);
      const services = new Map(catalogue.services.map((s) => [s.id, s.tier]));
      for (const verdict of verdicts) {
        if (verdict.verdict !== 'not-met' || services.get(verdict.metric.serviceId) !== tier) continue;
        const known = pack.baseline()?.metrics.has(verdict.metric.id) === true;
        const level = known || verdict.waivedOnly ? 'advisory' : pack.settings().tiers?.[tier];
        if (level !== 'disabled') report(tell, { message: sentence(verdict, known), urn: ownResource(verdict, stack), level });
      }
    },
  }));
}

const NO_CATALOGUE = 'there is no catalogue, so nothing was promised that could be judged: write one with `holdfast init`';

function sentence({ metric, reason, waivedOnly }: MetricVerdict, known: boolean): string {
  const { type, scope, target, id } = metric;
  const promised = unitOf(type) === 'percent' ? formatPercent(target, 3) : formatDuration(target);
  const suffix = `${waivedOnly ? ' (only accepted findings stand in the way)' : ''}${known ? ' (known before this change)' : ''}`;
  return `${id} is not met: ${type} of ${promised} was agreed for the loss of ${scope}, and ${reason}${suffix}`;
}

function ownResource({ decidedBy }: MetricVerdict, { own }: Stack): string | undefined {
  return decidedBy !== undefined && own.has(decidedBy) ? decidedBy : undefined;
}

export function obligationsPolicy(pack: Pack): StackValidationPolicy {
  return {
    name: 'obligations',
    displayName: 'What only live AWS can tell',
    description: 'What nobody can tell before the change is made is owed: `holdfast check --obligations FILE` discharges it.',
    enforcementLevel: 'advisory',
    severity: 'high',
    framework: {
      name: 'Holdfast obligations',
      version: pack.edges.version,
      reference: 'obligations',
      specification: 'rules and metrics that could not be decided',
    },
    tags: ['obligations'],
    remediationSteps: 'Make the change, then run `holdfast check --obligations FILE` against the account.',
    validateStack: async (args, tell) => {
      const { judgement, obligations, own, project, stack } = await pack.stack(args);
      const { catalogue, agreements } = judgement;
      if (catalogue === undefined) tell(NO_CATALOGUE);
      else if (agreements.length === 0)
        tell(`no agreement of ${catalogue.file} is in force on ${judgement.today}: nothing was promised that could be judged`);
      const mine = obligations.filter((o) => o.kind !== 'rule' || o.resource === null || own.has(o.resource));
      for (const [urn, owed] of groupBy(mine, (o) => (o.kind === 'rule' ? (o.resource ?? undefined) : undefined)))
        tell(owed.map(line).join('\n'), urn);
      const file = pack.settings().obligations;
      if (file !== undefined)
        pack.edges.write(file, `${JSON.stringify(obligationList(judgement, { project, stack }, mine), undefined, 2)}\n`);
    },
  };
}

const line = ({ kind, id, property, reason, detail }: Obligation): string =>
  `${kind === 'rule' ? '' : `${kind === 'evidence' ? 'drill again: ' : ''}metric `}${id}${property === null ? '' : ` (${property})`}: ${detail} [${reason}]`;
