/** Are the quotas of the standby's Region those of the primary's, for what runs there? */
import type {
  GetAWSDefaultServiceQuotaCommandInput,
  GetAWSDefaultServiceQuotaCommandOutput,
  GetServiceQuotaCommandInput,
  GetServiceQuotaCommandOutput,
} from '@aws-sdk/client-service-quotas';
import type { Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known } from '../src/model/known.ts';
import { andThen, fold, is, known, map, together, unknown } from '../src/model/known.ts';
import type { CheckInput } from './check.ts';
import type { Twin } from './parity-twins.ts';
import type { Report } from './questions.ts';
import { placeOf, reading, valueOr } from './questions.ts';

export const QUOTA_LOWER: RuleText = {
  id: 'live-quota-lower',
  title: 'A quota of the standby Region is lower than that of the primary',
  severity: 'high',
  scopes: ['region'],
  why: 'Quotas are raised Region by Region, when somebody runs into them. The standby Region keeps the default until the day on which everything must start there, and raising a quota takes hours to days.',
  fix: 'Ask for the same value in both Regions (Service Quotas), or use a quota request template of the organisation.',
  source:
    'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_manage_service_limits_aware_quotas_and_constraints.html',
};

const getQuota = reading<GetServiceQuotaCommandInput, GetServiceQuotaCommandOutput>(
  'service-quotas',
  'servicequotas:GetServiceQuota',
);
const getDefault = reading<GetAWSDefaultServiceQuotaCommandInput, GetAWSDefaultServiceQuotaCommandOutput>(
  'service-quotas',
  'servicequotas:GetAWSDefaultServiceQuota',
);

export const quotaCalls = [getQuota, getDefault];

interface Quota {
  readonly service: string;
  readonly code: string;
  readonly name: string;
}

/** Quotas that starting more of a type runs into first; codes from the Service Quotas console and the guides of the services. */
const QUOTAS: Readonly<Record<string, readonly Quota[]>> = {
  'aws:rds/instance:Instance': [{ service: 'rds', code: 'L-7B6409FD', name: 'DB instances' }],
  'aws:rds/cluster:Cluster': [
    { service: 'rds', code: 'L-952B80B8', name: 'DB clusters' },
    { service: 'rds', code: 'L-7B6409FD', name: 'DB instances' },
  ],
  'aws:lambda/function:Function': [{ service: 'lambda', code: 'L-B99A9384', name: 'concurrent executions' }],
  'aws:autoscaling/group:Group': [{ service: 'ec2', code: 'L-1216C47A', name: 'vCPUs of running On-Demand Standard instances' }],
  'aws:ec2/instance:Instance': [{ service: 'ec2', code: 'L-1216C47A', name: 'vCPUs of running On-Demand Standard instances' }],
  'aws:eks/nodeGroup:NodeGroup': [{ service: 'ec2', code: 'L-1216C47A', name: 'vCPUs of running On-Demand Standard instances' }],
  'aws:ecs/service:Service': [{ service: 'fargate', code: 'L-3032A538', name: 'Fargate On-Demand vCPUs' }],
  'aws:lb/loadBalancer:LoadBalancer': [
    { service: 'elasticloadbalancing', code: 'L-53DA6B97', name: 'Application Load Balancers' },
  ],
};

export async function quotas(twins: readonly Twin[], input: CheckInput, report: Report): Promise<void> {
  const asked = new Map<string, Promise<Known<number>>>();
  const value = (quota: Quota, place: Place): Promise<Known<number>> => {
    const key = `${quota.service} ${quota.code} ${place.account} ${place.region}`;
    const kept = asked.get(key) ?? applied(quota, place, input);
    asked.set(key, kept);
    return kept;
  };
  const told = new Set<string>();
  for (const { primary, standby } of twins) {
    const places = valueOr(together({ here: placeOf(primary), there: placeOf(standby) }), undefined);
    if (places === undefined || places.here.region === places.there.region) continue;
    for (const quota of QUOTAS[standby.resource.type] ?? []) {
      // Said once for a pair of Regions, at the first resource that runs into it.
      const key = `${quota.code} ${places.here.region} ${places.there.region}`;
      if (told.has(key)) continue;
      told.add(key);
      const [here, there] = [await value(quota, places.here), await value(quota, places.there)];
      tell(quota, here, there, { primary, standby, region: places.there.region }, report);
    }
  }
}

function tell(
  quota: Quota,
  here: Known<number>,
  there: Known<number>,
  at: { readonly primary: EstateResource; readonly standby: EstateResource; readonly region: string },
  report: Report,
): void {
  report.fact(at.standby, `quota ${quota.name} in ${at.region}`, there, { unit: 'count' });
  const both = together({ here, there });
  const numbers = fold(
    both,
    (b) => `${b.there}, and ${b.here} where ${at.primary.title} is`,
    () => 'unknown',
  );
  report.judge(
    QUOTA_LOWER,
    at.standby,
    is(both, (b) => b.there < b.here),
    `quota ${quota.name} in ${at.region} is ${numbers}`,
  );
}

/** An applied value exists only where somebody changed it or the service reports one; else the default holds (API reference). */
async function applied(quota: Quota, place: Place, input: CheckInput): Promise<Known<number>> {
  const asking = { ServiceCode: quota.service, QuotaCode: quota.code };
  const own = await input.aws.ask(getQuota, asking, place, ['NoSuchResourceException']);
  return fold<number | undefined, Promise<Known<number>>>(
    map(own, (r) => r?.Quota?.Value),
    async (value) => {
      if (value !== undefined) return known(value);
      const standard = await input.aws.ask(getDefault, asking, place, ['NoSuchResourceException']);
      return andThen(standard, (r): Known<number> => {
        const v = r?.Quota?.Value;
        return v === undefined ? unknown('not-reported', `Service Quotas knows no ${quota.name} in ${place.region}`) : known(v);
      });
    },
    async (why) => why,
  );
}
