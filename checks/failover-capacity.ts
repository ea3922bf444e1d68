/** What stands ready to take over: healthy targets, instances in more than one AZ, the second zone of a Multi-AZ database. */
import type { DescribeAutoScalingGroupsCommandInput, DescribeAutoScalingGroupsCommandOutput } from '@aws-sdk/client-auto-scaling';
import type {
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DescribeDBInstancesCommandInput, DescribeDBInstancesCommandOutput } from '@aws-sdk/client-rds';
import type { Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import { factsOf, meaningOf } from '../src/estate/estate.ts';
import { groupBy } from '../src/model/collections.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known, Truth } from '../src/model/known.ts';
import { all, andThen, collect, decide, equals, fold, is, known, map, unknown } from '../src/model/known.ts';
import { formatPercent } from '../src/model/quantity.ts';
import { autoscalingGroup } from '../src/services/autoscaling-group.ts';
import { rdsInstance } from '../src/services/rds-instance.ts';
import { targetGroup } from '../src/services/target-group.ts';
import type { CheckInput } from './check.ts';
import type { Promises, Report } from './questions.ts';
import { allOf, arnOf, certainly, nameOf, placeOf, reading, valueOr } from './questions.ts';

export const NO_HEALTHY_TARGET: RuleText = {
  id: 'live-no-healthy-target',
  title: 'A target group that should serve or take over has no healthy target',
  severity: 'critical',
  scopes: ['az', 'region'],
  why: 'A load balancer without healthy targets answers with errors, or sends requests to targets that fail. Traffic that fails over to it is lost as it was before.',
  fix: 'Look at the reason that DescribeTargetHealth gives for each target, and mend path, port, security group or application.',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
};

export const TOO_LITTLE: RuleText = {
  id: 'live-standby-below-mbco',
  title: 'What stands ready elsewhere is less than the agreed minimum',
  severity: 'high',
  scopes: ['region'],
  why: 'During the loss of a Region everybody asks for capacity at the same time in those that are left, and nobody promises that it can be had. What runs there now is what can be counted on.',
  fix: 'Keep at least the agreed share running in the other Region, or reserve capacity for it.',
  source:
    'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_disaster_recovery.html',
};

export const ONE_ZONE: RuleText = {
  id: 'live-group-in-one-zone',
  title: 'All running instances of a group are in one AZ',
  severity: 'high',
  scopes: ['az'],
  why: 'The subnets of the group cover several AZs, but what runs is in one: with that AZ everything is lost until new instances have started elsewhere, while other customers start theirs.',
  fix: 'Look for suspended AZRebalance, zones without capacity for the instance type, or a minimum of one, and let the group balance.',
  source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html',
};

export const NO_SECOND_ZONE: RuleText = {
  id: 'live-multi-az-without-standby',
  title: 'A Multi-AZ database shows no standby in another AZ',
  severity: 'critical',
  scopes: ['instance', 'az'],
  why: 'While a standby is being made or remade, or a change to Multi-AZ waits for the maintenance window, there is nothing to fail over to.',
  fix: 'Wait until the modification has ended, or apply it at once, and look for SecondaryAvailabilityZone of the instance.',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html',
};

const describeTargetHealth = reading<DescribeTargetHealthCommandInput, DescribeTargetHealthCommandOutput>(
  'elastic-load-balancing-v2',
  'elasticloadbalancing:DescribeTargetHealth',
);
const describeGroups = reading<DescribeAutoScalingGroupsCommandInput, DescribeAutoScalingGroupsCommandOutput>(
  'auto-scaling',
  'autoscaling:DescribeAutoScalingGroups',
  { pages: ['NextToken', 'NextToken'] },
);
const describeInstances = reading<DescribeDBInstancesCommandInput, DescribeDBInstancesCommandOutput>(
  'rds',
  'rds:DescribeDBInstances',
  { pages: ['Marker', 'Marker'] },
);

export const capacityCalls = [describeTargetHealth, describeGroups, describeInstances];

interface Standing {
  readonly item: EstateResource;
  readonly region: string;
  readonly healthy: Known<number>;
}

export async function targets(input: CheckInput, promises: Promises, report: Report): Promise<void> {
  const groups = allOf(input.judgement, targetGroup).filter(({ item }) => promises.has(item.resource.urn));
  const standing = await Promise.all(
    groups.map(async ({ item, facts }): Promise<Standing | undefined> => {
      const health = await healthOf(input, item);
      report.fact(
        item,
        'healthy targets',
        map(health, (h) => h.healthy),
        { unit: 'count' },
      );
      report.fact(
        item,
        'registered targets',
        map(health, (h) => h.registered),
        { unit: 'count' },
      );
      const members = facts.members.map((m) => valueOr(m.to, undefined)).filter((urn) => urn !== undefined);
      const asleep = members.length > 0 && members.every((urn) => sleeps(input.judgement.estate.resources.get(urn)));
      // A pilot light runs nothing until the plan starts it; the recovery model counts that time.
      if (asleep) return undefined;
      const none = is(health, (h) => h.healthy === 0);
      report.judge(NO_HEALTHY_TARGET, item, none, `${item.title} has no healthy target`);
      return { item, region: valueOr(item.resource.region, ''), healthy: map(health, (h) => h.healthy) };
    }),
  );
  const found = standing.filter((s) => s !== undefined);
  for (const own of groupBy(found, (s) => roleOf(input, s.item)).values()) {
    const regions = groupBy(own, (s) => s.region);
    if (regions.size < 2) continue;
    const perRegion = [...regions].map(([region, list]) => ({
      region,
      list,
      healthy: map(collect(list.map((s) => s.healthy)), (ns) => ns.reduce((a, b) => a + b, 0)),
    }));
    for (const { region, list, healthy } of perRegion) {
      const [first] = list;
      if (first === undefined) continue;
      const metrics = promises.on(first.item.resource.urn, ['RTO', 'MBCO'], ['region']);
      decide(
        is(healthy, (n) => n === 0),
        {
          yes: () => report.object(metrics, 'not-met', `${first.item.title} in ${region} has no healthy target`, first.item),
          no: () => belowMinimum(first.item, region, healthy, perRegion, promises, report),
          unknown: (why) => report.object(metrics, 'unknown', why.detail, first.item),
        },
      );
    }
  }
}

/** The share of what the fullest other Region serves with that this one alone could carry on with. */
function belowMinimum(
  item: EstateResource,
  region: string,
  healthy: Known<number>,
  regions: readonly { readonly region: string; readonly healthy: Known<number> }[],
  promises: Promises,
  report: Report,
): void {
  const others = collect(regions.filter((r) => r.region !== region).map((r) => r.healthy));
  const share = andThen(others, (ns) => map(healthy, (n) => Math.round((1000 * n) / Math.max(...ns, 1)) / 10));
  report.fact(item, `healthy targets in ${region} against the fullest other Region`, share, { unit: 'percent' });
  for (const metric of promises.on(item.resource.urn, ['MBCO'], ['region'])) {
    const low = is(share, (s) => s + 1e-9 < metric.target);
    decide(low, {
      yes: () => {
        const now = fold(
          share,
          (s) => formatPercent(s),
          () => 'less',
        );
        const reason = `${region} has ${now} of the healthy targets that the fullest other Region serves with, and ${formatPercent(metric.target)} is agreed`;
        report.find(TOO_LITTLE, item, reason);
        report.object([metric], 'not-met', reason, item);
      },
      no: () => undefined,
      unknown: (why) => {
        report.doubt(TOO_LITTLE, item, why);
        report.object([metric], 'unknown', why.detail, item);
      },
    });
  }
}

function roleOf(input: CheckInput, item: EstateResource): string {
  const { urn } = item.resource;
  for (const service of input.judgement.services)
    for (const role of service.roles) if (role.members.includes(urn)) return role.id;
  return urn;
}

const sleeps = (item: EstateResource | undefined): boolean => {
  const running = meaningOf(item)?.capacity?.running;
  return running !== undefined && certainly(is(running, (n) => n === 0));
};

async function healthOf(
  input: CheckInput,
  item: EstateResource,
): Promise<Known<{ readonly healthy: number; readonly registered: number }>> {
  const at = placeOf(item);
  const arn = arnOf(item);
  const place = valueOr(at, undefined);
  const name = valueOr(arn, undefined);
  if (place === undefined || name === undefined)
    return andThen(at, () => andThen(arn, () => unknown('not-reported', 'no place')));
  const reply = await input.aws.ask(describeTargetHealth, { TargetGroupArn: name }, place);
  return map(reply, (r) => {
    const list = r?.TargetHealthDescriptions ?? [];
    return { registered: list.length, healthy: list.filter((t) => t.TargetHealth?.State === 'healthy').length };
  });
}

/** One listing a place, whatever the number of groups in it. */
async function listed<P, T>(
  items: readonly EstateResource[],
  list: (place: Place) => Promise<Known<readonly P[]>>,
  each: (pages: readonly P[]) => ReadonlyMap<string, T>,
): Promise<ReadonlyMap<EstateResource, Known<ReadonlyMap<string, T>>>> {
  const answers = new Map<EstateResource, Known<ReadonlyMap<string, T>>>();
  await Promise.all(
    [...groupBy(items, (item) => JSON.stringify(valueOr(placeOf(item), undefined))).values()].map(async (some) => {
      const [first] = some;
      if (first === undefined) return;
      const answer = await fold<Place, Promise<Known<ReadonlyMap<string, T>>>>(
        placeOf(first),
        async (place) => map(await list(place), each),
        async (why) => why,
      );
      for (const item of some) answers.set(item, answer);
    }),
  );
  return answers;
}

function lookup<T>(answer: Known<ReadonlyMap<string, T>> | undefined, name: Known<string>, what: string): Known<T> {
  return andThen(name, (n) =>
    andThen(answer ?? unknown('not-reported', `${what} was not asked for`), (found) => {
      const one = found.get(n);
      return one === undefined ? unknown('not-reported', `AWS shows no ${what} ${n}`) : known(one);
    }),
  );
}

/** Instances of each group that are in service and healthy, by AZ. */
export async function zonesOfGroups(input: CheckInput, promises: Promises, report: Report): Promise<void> {
  const groups = allOf(input.judgement, autoscalingGroup).map((g) => g.item);
  const answers = await listed(
    groups,
    (place) => input.aws.pages(describeGroups, { MaxRecords: 100 }, place),
    (pages) => new Map(pages.flatMap((p) => p.AutoScalingGroups ?? []).map((g) => [g.AutoScalingGroupName ?? '', g])),
  );
  for (const item of groups) {
    const group = lookup(answers.get(item), nameOf(item, 'name'), 'Auto Scaling group');
    const running = map(group, (g) =>
      (g.Instances ?? []).filter((i) => i.LifecycleState === 'InService' && i.HealthStatus?.toUpperCase() === 'HEALTHY'),
    );
    report.fact(
      item,
      'instances in service',
      map(running, (list) => list.length),
      { unit: 'count' },
    );
    const facts = factsOf(autoscalingGroup, item);
    const several = facts === undefined ? known(false) : is(facts.spread, (s) => s.zones.length + s.doubtful >= 2);
    const one: Truth = is(running, (list) => list.length > 1 && new Set(list.map((i) => i.AvailabilityZone)).size === 1);
    const fires = all([several, one]);
    report.judge(ONE_ZONE, item, fires, `all running instances of ${item.title} are in one AZ`);
    decide(fires, {
      yes: () => {
        const metrics = promises.on(item.resource.urn, ['RTO', 'MBCO'], ['az']);
        report.object(metrics, 'unknown', `all running instances of ${item.title} are in one AZ`, item);
      },
      no: () => undefined,
      unknown: () => undefined,
    });
  }
}

export async function zonesOfDatabases(input: CheckInput, promises: Promises, report: Report): Promise<void> {
  const databases = allOf(input.judgement, rdsInstance)
    .filter(({ facts }) => certainly(equals(facts.multiAz, true)))
    .map((d) => d.item);
  const answers = await listed(
    databases,
    (place) => input.aws.pages(describeInstances, { MaxRecords: 100 }, place),
    (pages) => new Map(pages.flatMap((p) => p.DBInstances ?? []).map((d) => [d.DBInstanceIdentifier ?? '', d])),
  );
  for (const item of databases) {
    const database = lookup(answers.get(item), nameOf(item, 'identifier'), 'DB instance');
    const second = map(database, (d) =>
      d.MultiAZ === true && d.SecondaryAvailabilityZone !== d.AvailabilityZone ? (d.SecondaryAvailabilityZone ?? '') : '',
    );
    report.fact(
      item,
      'AZ of the standby',
      map(second, (zone) => (zone === '' ? 'none' : zone)),
    );
    const missing = equals(second, '');
    report.judge(NO_SECOND_ZONE, item, missing, `${item.title} shows no standby in another AZ`);
    const metrics = promises.through(item.resource.urn, ['rds-multi-az'], ['RTO', 'RPO']);
    decide(missing, {
      yes: () => report.object(metrics, 'not-met', `${item.title} shows no standby in another AZ`, item),
      no: () => undefined,
      unknown: (why) => report.object(metrics, 'unknown', why.detail, item),
    });
  }
}
