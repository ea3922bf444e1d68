/** Service Quotas: what an account may have of a thing, in a Region. https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/ */
import type * as Quotas from '@aws-sdk/client-service-quotas';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { putAgain, stays } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf } from '../world/world.ts';
import { need, numberOf } from './compute-inputs.ts';

type Op<I, O> = Operation<I, Reply<O>>;

interface Known {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  /** AWS's default. */
  readonly value: number;
  readonly isAdjustable: boolean;
}

/** Quotas that a standby needs, with AWS's defaults (the services' pages of endpoints and quotas, read November 2026). */
const QUOTAS: readonly Known[] = [
  {
    service: 'ec2',
    code: 'L-1216C47A',
    name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
    value: 5,
    isAdjustable: true,
  },
  { service: 'ec2', code: 'L-0263D0A3', name: 'EC2-VPC Elastic IPs', value: 5, isAdjustable: true },
  { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region', value: 5, isAdjustable: true },
  { service: 'vpc', code: 'L-FE5A380F', name: 'NAT gateways per Availability Zone', value: 5, isAdjustable: true },
  { service: 'rds', code: 'L-7B6409FD', name: 'DB instances', value: 40, isAdjustable: true },
  { service: 'rds', code: 'L-952B80B8', name: 'DB clusters', value: 40, isAdjustable: true },
  { service: 'rds', code: 'L-7ADDB58A', name: 'Total storage for all DB instances', value: 100_000, isAdjustable: true },
  {
    service: 'elasticloadbalancing',
    code: 'L-53DA6B97',
    name: 'Application Load Balancers per Region',
    value: 50,
    isAdjustable: true,
  },
  {
    service: 'elasticloadbalancing',
    code: 'L-69A177A2',
    name: 'Network Load Balancers per Region',
    value: 50,
    isAdjustable: true,
  },
  { service: 'autoscaling', code: 'L-CDE20ADC', name: 'Auto Scaling groups per region', value: 500, isAdjustable: true },
  { service: 'lambda', code: 'L-B99A9384', name: 'Concurrent executions', value: 1000, isAdjustable: true },
  { service: 'fargate', code: 'L-3032A538', name: 'Fargate On-Demand vCPU resource count', value: 6, isAdjustable: true },
  { service: 'dynamodb', code: 'L-F98FE922', name: 'Maximum number of tables', value: 2500, isAdjustable: true },
  { service: 'eks', code: 'L-1194D53C', name: 'Clusters', value: 100, isAdjustable: true },
  {
    service: 'ebs',
    code: 'L-7A658B76',
    name: 'Storage for General Purpose SSD (gp3) volumes, in TiB',
    value: 50,
    isAdjustable: true,
  },
  { service: 'elasticache', code: 'L-DFE45DF3', name: 'Nodes per Region', value: 300, isAdjustable: true },
];

interface Change {
  readonly id: string;
  readonly service: string;
  readonly code: string;
  readonly asked: number;
  readonly at: number;
  status: Quotas.RequestStatus;
}

/** Applied values by service and code, where they are not AWS's default. */
const APPLIED = shelf<number>('service-quotas:applied');
const CHANGES = shelf<Change>('service-quotas:change');

/** Increases up to this factor are taken to be approved without a person, after a few minutes: an assumption. */
const BY_ITSELF = 4;
const APPROVAL = 10 * 60_000;

function known(service: string | undefined, code: string | undefined): Known {
  if (!QUOTAS.some((q) => q.service === service)) throw missing(`The service ${service ?? ''} is not known.`);
  const found = QUOTAS.find((q) => q.service === service && q.code === code);
  if (found === undefined) throw missing(`The quota ${code ?? ''} of ${service ?? ''} is not known.`);
  return found;
}

const missing = (message: string): ServiceFault => new ServiceFault('NoSuchResourceException', message, 404);
const keyOf = (q: { readonly service: string; readonly code: string }): string => `${q.service}/${q.code}`;

function quotaReply(context: CallContext, q: Known, isDefault: boolean): Quotas.ServiceQuota {
  return {
    ServiceCode: q.service,
    ServiceName: q.service,
    QuotaArn: context.arn('servicequotas', keyOf(q)),
    QuotaCode: q.code,
    QuotaName: q.name,
    Value: isDefault ? q.value : (context.get(APPLIED, keyOf(q)) ?? q.value),
    Unit: 'None',
    Adjustable: q.isAdjustable,
    GlobalQuota: false,
  };
}

const list =
  (isDefault: boolean): Op<Quotas.ListServiceQuotasCommandInput, Quotas.ListServiceQuotasCommandOutput> =>
  (input, context) => {
    const found = QUOTAS.filter((q) => q.service === input.ServiceCode);
    if (found.length === 0) throw missing(`The service ${input.ServiceCode ?? ''} is not known.`);
    const { items, next } = page(found, input.NextToken, input.MaxResults ?? 100);
    const quotas = items.map((q) => quotaReply(context, q, isDefault));
    return { Quotas: quotas, ...(next === undefined ? {} : { NextToken: next }) };
  };

const changeReply = (context: CallContext, change: Change): Quotas.RequestedServiceQuotaChange => ({
  Id: change.id,
  ServiceCode: change.service,
  QuotaCode: change.code,
  DesiredValue: change.asked,
  Status: change.status,
  Created: new Date(change.at),
  QuotaArn: context.arn('servicequotas', keyOf(change)),
});

const request: Op<Quotas.RequestServiceQuotaIncreaseCommandInput, Quotas.RequestServiceQuotaIncreaseCommandOutput> = (
  input,
  context,
) => {
  const quota = known(input.ServiceCode, input.QuotaCode);
  const { world } = context;
  const asked = input.DesiredValue ?? 0;
  const now = context.get(APPLIED, keyOf(quota)) ?? quota.value;
  if (asked <= now)
    throw new ServiceFault('IllegalArgumentException', 'You must provide a quota value greater than the current quota value.');
  if (context.list(CHANGES).some((c) => c.status === 'PENDING' && keyOf(c) === keyOf(quota)))
    throw new ServiceFault(
      'ResourceAlreadyExistsException',
      'Only one open service quota increase request is allowed per quota.',
    );
  const change: Change = {
    id: world.random.hex(40),
    service: quota.service,
    code: quota.code,
    asked,
    at: world.clock.now(),
    status: 'PENDING',
  };
  context.put(CHANGES, change.id, change);
  world.clock.after(APPROVAL, () => {
    change.status = asked <= quota.value * BY_ITSELF ? 'APPROVED' : 'CASE_OPENED';
    if (change.status === 'APPROVED') context.put(APPLIED, keyOf(quota), asked);
  });
  return { RequestedQuota: changeReply(context, change) };
};

const operations = {
  ListServices: ((input) => {
    const codes = [...new Set(QUOTAS.map((q) => q.service))];
    const { items, next } = page(codes, input.NextToken, input.MaxResults ?? 100);
    const services = items.map((ServiceCode) => ({ ServiceCode, ServiceName: ServiceCode }));
    return { Services: services, ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Quotas.ListServicesCommandInput, Quotas.ListServicesCommandOutput>,
  ListServiceQuotas: list(false),
  ListAWSDefaultServiceQuotas: list(true),
  GetServiceQuota: ((input, context) => ({
    Quota: quotaReply(context, known(input.ServiceCode, input.QuotaCode), false),
  })) satisfies Op<Quotas.GetServiceQuotaCommandInput, Quotas.GetServiceQuotaCommandOutput>,
  GetAWSDefaultServiceQuota: ((input, context) => ({
    Quota: quotaReply(context, known(input.ServiceCode, input.QuotaCode), true),
  })) satisfies Op<Quotas.GetAWSDefaultServiceQuotaCommandInput, Quotas.GetAWSDefaultServiceQuotaCommandOutput>,
  RequestServiceQuotaIncrease: request,
  GetRequestedServiceQuotaChange: ((input, context) => {
    const change = context.get(CHANGES, input.RequestId ?? '');
    if (change === undefined) throw missing(`The request ${input.RequestId ?? ''} is not known.`);
    return { RequestedQuota: changeReply(context, change) };
  }) satisfies Op<Quotas.GetRequestedServiceQuotaChangeCommandInput, Quotas.GetRequestedServiceQuotaChangeCommandOutput>,
  ListRequestedServiceQuotaChangeHistory: ((input, context) => {
    const found = context.list(CHANGES).filter((c) => input.ServiceCode === undefined || c.service === input.ServiceCode);
    const { items, next } = page(found, input.NextToken, input.MaxResults ?? 100);
    const quotas = items.map((c) => changeReply(context, c));
    return { RequestedQuotas: quotas, ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<
    Quotas.ListRequestedServiceQuotaChangeHistoryCommandInput,
    Quotas.ListRequestedServiceQuotaChangeHistoryCommandOutput
  >,
};

async function deployQuota(given: Given, deployment: Deployment): Promise<Created> {
  const ServiceCode = need(given, 'serviceCode');
  const QuotaCode = need(given, 'quotaCode');
  const DesiredValue = numberOf(given.inputs.value) ?? 0;
  const { Quota } = (await deployment.call('service-quotas', 'GetServiceQuota', {
    ServiceCode,
    QuotaCode,
  })) as Quotas.GetServiceQuotaCommandOutput;
  if ((Quota?.Value ?? 0) < DesiredValue)
    await deployment.call('service-quotas', 'RequestServiceQuotaIncrease', { ServiceCode, QuotaCode, DesiredValue });
  return { id: `${ServiceCode}/${QuotaCode}`, outputs: { arn: Quota?.QuotaArn ?? '', defaultValue: Quota?.Value ?? 0 } };
}

const deployers: readonly Deployer[] = [
  // A quota that was raised stays raised: the provider forgets it.
  { type: 'aws:servicequotas/serviceQuota:ServiceQuota', ...putAgain(deployQuota), remove: stays },
];

export const serviceQuotas: SimulatedService = {
  client: 'service-quotas',
  prefix: 'servicequotas',
  operations,
  deployers,
};
