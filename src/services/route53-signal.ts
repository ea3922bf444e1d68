/** What tells Route 53 that a branch of a record set is gone: its health check, or the health of the alias target. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, collect, decide, fold, known, map, no, unknown } from '../model/known.ts';
import type { Timing } from '../model/protection.ts';
import { fastest, never, row, slowest, span, sum, timeUnknown } from '../model/protection.ts';
import { declareLoadBalancer, LOAD_BALANCER, loadBalancerDetection } from './load-balancer.ts';
import { declareHealthCheck, HEALTH_CHECK, healthCheckDetection, turnsUnhealthy } from './route53-health-check.ts';
import { aliasOf, fullName, RECORD, type RecordTarget, recordSetOf, targetsOf } from './route53-targets.ts';
import { reportsHealth } from './target-group.ts';
import type { Props, View } from './view.ts';

const CLASSIC_LOAD_BALANCER = 'aws:elb/loadBalancer:LoadBalancer';
const CLOUDFRONT = 'aws:cloudfront/distribution:Distribution';

export interface Signal {
  /** Has it any signal at all? A branch without one always counts as healthy (Route 53 developer guide). */
  readonly present: Truth;
  /** Will the branch be found unhealthy when its target alone is gone? */
  readonly works: Truth;
  /** The same when the whole Region of the target is gone, with every alarm in it. */
  readonly worksInRegionLoss: Truth;
  /** Onset to unhealthy, when it works. */
  readonly detection: Timing;
  /** Its health check follows an ARC routing control, which somebody or something must set. */
  readonly routingControl: Known<string | undefined>;
  readonly evaluatesTarget: Truth;
  readonly healthCheck: Known<string | undefined>;
}

interface Part {
  readonly present: Truth;
  readonly works: Truth;
  readonly worksInRegionLoss: Truth;
  readonly detection: Timing;
}

const MAX_DEPTH = 4;

/** The one Region that all values of the branch are in; undefined: none that could be lost. */
export function branchRegion(targets: Known<readonly RecordTarget[]>): Known<string | undefined> {
  return andThen(targets, (list) =>
    andThen(collect(list.map((t) => t.region)), (regions) => {
      const distinct = [...new Set(regions)];
      return distinct.length === 1
        ? known(distinct[0])
        : unknown('not-reported', list.length === 0 ? 'the record has no value' : 'its values are in several Regions');
    }),
  );
}

export function branchSignal(record: Props, view: View, depth = 0): Signal {
  const targets = targetsOf(record, view, depth);
  const target = andThen(
    targets,
    (list) => list[0]?.to ?? unknown('not-reported', 'the record has no value', { resource: record.id }),
  );
  return signalOf(record, branchRegion(targets), target, view, depth);
}

function signalOf(record: Props, region: Known<string | undefined>, target: Known<string>, view: View, depth: number): Signal {
  const healthCheck = view.target(record, 'healthCheckId', [HEALTH_CHECK]);
  const evaluatesTarget = andThen(
    aliasOf(record),
    (alias): Truth => (alias === undefined ? no() : alias.flag('evaluateTargetHealth', false)),
  );
  const check = checkPart(healthCheck, record, region, view);
  const alias = aliasPart(evaluatesTarget, target, view, depth);
  const parts = [check, alias];
  return {
    present: any(parts.map((p) => p.present)),
    works: any(parts.map((p) => p.works)),
    worksInRegionLoss: any(parts.map((p) => p.worksInRegionLoss)),
    detection: earliest(parts),
    routingControl: routingControlOf(healthCheck, view),
    evaluatesTarget,
    healthCheck,
  };
}

/**
 * A branch with both signals is healthy while both are (Route 53 developer guide, "How Amazon Route 53 chooses records when health
 * checking is configured"), so whichever is first acts; those that certainly work are counted on.
 */
function earliest(parts: readonly Part[]): Timing {
  const working = parts.filter((p) => decide(p.works, { yes: () => true, no: () => false, unknown: () => false }));
  const possible = parts.filter((p) => decide(p.works, { yes: () => true, no: () => false, unknown: () => true }));
  const [first, ...others] = working.map((p) => p.detection);
  if (first !== undefined) return others.length === 0 ? first : fastest(first, ...others);
  return possible[0]?.detection ?? never('nothing tells Route 53 that the branch is gone');
}

const absent: Part = {
  present: no(),
  works: no('the branch has no health check and evaluates no target health'),
  worksInRegionLoss: no('the branch has no health check and evaluates no target health'),
  detection: never('the branch has no signal'),
};

function unknownPart(why: ReturnType<typeof unknown>, present: Truth = why): Part {
  return { present, works: why, worksInRegionLoss: why, detection: timeUnknown(why) };
}

function checkPart(healthCheck: Known<string | undefined>, record: Props, region: Known<string | undefined>, view: View): Part {
  return fold(
    healthCheck,
    (urn): Part => {
      if (urn === undefined) return absent;
      const props = view.get(urn);
      if (props === undefined)
        return unknownPart(unknown('dangling', 'the health check is not in the sources', { resource: urn }));
      const facts = declareHealthCheck(props, view);
      const values = fold(
        record.texts('records'),
        (texts) => texts,
        (why): readonly Known<string>[] => [why],
      );
      const branch = { id: record.id, name: fullName(record, view), values };
      return {
        present: known(true),
        works: turnsUnhealthy(facts, { ...branch, region: known(undefined) }),
        worksInRegionLoss: turnsUnhealthy(facts, { ...branch, region }),
        detection: healthCheckDetection(facts),
      };
    },
    (why) => unknownPart(why, known(true)),
  );
}

function aliasPart(evaluates: Truth, target: Known<string>, view: View, depth: number): Part {
  return decide(evaluates, {
    no: () => absent,
    unknown: unknownPart,
    yes: () =>
      fold(
        target,
        (urn) => targetPart(urn, view, depth),
        (why) => unknownPart(why, known(true)),
      ),
  });
}

/**
 * What a healthy target is, by its type (API reference, AliasTarget, EvaluateTargetHealth): an Application or Network Load
 * Balancer is healthy when every target group with targets has a healthy one; a record when its set has a healthy
 * branch; for API Gateway, S3 and VPC endpoints AWS only says that nothing need be set up, so nobody can tell
 * when they count as unhealthy.
 */
function targetPart(urn: string, view: View, depth: number): Part {
  const props = view.get(urn);
  switch (props?.type) {
    case LOAD_BALANCER: {
      const facts = declareLoadBalancer(props, view);
      const works = andThen(facts.groups, reportsHealth);
      return {
        present: known(true),
        works,
        worksInRegionLoss: works,
        detection: sum(atMost(loadBalancerDetection(facts)), row('route53-elb-evaluation')),
      };
    }
    case CLASSIC_LOAD_BALANCER:
      return {
        present: known(true),
        works: known(true),
        worksInRegionLoss: known(true),
        detection: sum(atMost(classicDetection(props)), row('route53-elb-evaluation')),
      };
    case CLOUDFRONT:
      return { ...absent, works: no('Route 53 cannot evaluate the health of a CloudFront distribution') };
    case RECORD:
      return recordPart(props, view, depth);
    default:
      return unknownPart(
        unknown('not-modelled', 'AWS does not say when Route 53 takes this kind of alias target for unhealthy', {
          resource: urn,
        }),
        known(true),
      );
  }
}

/**
 * Where the load balancer goes with its targets, Route 53 may learn so from its nodes before any check of a target has failed:
 * AWS does not say which comes first, so the checks bound the time from above only.
 */
function atMost(t: Timing): Timing {
  if (t.kind === 'span') return span(0, t.max, t.why);
  return t.kind === 'slowest' ? slowest(...t.parts.map(atMost)) : t;
}

/** CreateLoadBalancer (2012-06-01) with aws.elb.LoadBalancer's defaults: every 30 s, unhealthy after 2 failures, time-out 5 s. */
function classicDetection(props: Props): Timing {
  return fold(
    collect([
      props.number('healthCheck.interval', 30),
      props.number('healthCheck.unhealthyThreshold', 2),
      props.number('healthCheck.timeout', 5),
    ]),
    ([interval = 30, threshold = 2, timeout = 5]): Timing =>
      span(interval * (threshold - 1), interval * threshold + timeout, `${threshold} failed checks, one every ${interval} s`),
    timeUnknown,
  );
}

/** The tree is unhealthy when every branch below is. */
function recordPart(record: Props, view: View, depth: number): Part {
  if (depth >= MAX_DEPTH)
    return unknownPart(unknown('error', 'records point at records too deep', { resource: record.id }), known(true));
  return fold(
    recordSetOf(record, view),
    (records): Part => {
      const signals = records.map((r) => branchSignal(r, view, depth + 1));
      return {
        present: known(true),
        works: all(signals.map((s) => s.works)),
        worksInRegionLoss: all(signals.map((s) => s.worksInRegionLoss)),
        detection: slowest(...signals.map((s) => s.detection)),
      };
    },
    (why) => unknownPart(why, known(true)),
  );
}

function routingControlOf(healthCheck: Known<string | undefined>, view: View): Known<string | undefined> {
  return andThen(healthCheck, (urn) => {
    const props = urn === undefined ? undefined : view.get(urn);
    if (props === undefined) return known(undefined);
    return andThen(declareHealthCheck(props, view).type, (type) =>
      type === 'RECOVERY_CONTROL' ? map(declareHealthCheck(props, view).routingControl, (c) => c ?? 'unnamed') : known(undefined),
    );
  });
}
