/** Records that only a change of the record set moves, and whether that change is possible. */

import { groupBy } from '../model/collections.ts';
import type { Truth } from '../model/known.ts';
import { all, andThen, any, because, equals, is, known, no, not, together, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import type { RecordFacts } from '../services/route53-record.ts';
import { route53Record } from '../services/route53-record.ts';
import { route53Zone } from '../services/route53-zone.ts';
import { label, ofSet } from './dns-records.ts';
import { regionMatters, sendersOf } from './places.ts';
import { oncePerEstate, some, startedByItself, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const GLOBAL_SERVICES = 'https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html';

/** Seconds until a public zone with accelerated recovery takes changes again (developer guide, "Accelerated recovery"). */
const ACCELERATED = 3600;

const byZone = oncePerEstate((context) => groupBy(context.allFacts(route53Record), (r) => textOr(r.zone, undefined)));

export const switchingRules: readonly Rule[] = [
  {
    id: 'dns-simple-record-only',
    family: 'dns',
    title: 'The entry point is one simple record into one Region',
    severity: 'critical',
    scopes: ['region', 'control-plane'],
    why: 'Nothing moves clients when the Region is lost until the record is changed. That is a call to the Route 53 control plane, which runs in us-east-1 and may be what is lost.',
    fix: 'Make it a pair of failover (or latency, weighted) records with health checks, one for each Region, prepared beforehand.',
    source: GLOBAL_SERVICES,
    checks: [
      on(route53Record, (facts, _item, context) =>
        regionMatters(context, facts.id)
          ? when(
              simpleEntry(facts, context),
              `${label(facts)} is a simple record${into(facts)}: moving its clients takes a change of the record set, through a control plane in us-east-1`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-weighted-manual-switch',
    family: 'dns',
    title: 'Somebody must change weights to move traffic',
    severity: 'high',
    scopes: ['region', 'control-plane'],
    why: 'A branch of weight 0 answers by itself only when every other branch is unhealthy and all of them have health checks. Otherwise a person must change weights through the control plane, which runs in us-east-1.',
    fix: 'Use failover routing, or give every branch of the set a health check; or switch by an ARC routing control.',
    source:
      'https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitional-services-best-practices.html',
    checks: [
      on(route53Record, (facts, _item, context) =>
        regionMatters(context, facts.id)
          ? when(
              weightedByHand(facts, context),
              `${label(facts)}${ofSet(facts)} has weight 0 and not every branch of its set has a health check: somebody must change the weights`,
              'weightedRoutingPolicies',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-zone-no-accelerated-recovery',
    family: 'dns',
    title: 'Recovery changes records of a zone whose control plane may be down',
    severity: 'high',
    scopes: ['control-plane'],
    why: 'Records are changed through a control plane in us-east-1. A public zone with accelerated recovery takes changes again about an hour after it is lost, one without it when AWS has mended it.',
    fix: 'Set `enableAcceleratedRecovery: true` on the aws.route53.Zone, and for an RTO below an hour replace changes of records by health checks or ARC routing controls.',
    source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/accelerated-recovery.html',
    checks: [
      on(route53Zone, (zone, _item, context) => {
        const records = byZone(context).get(zone.id) ?? [];
        const concerned = [zone.id, ...records.map((r) => r.id)];
        if (
          !(context.hasCatalogue
            ? concerned.some((urn) => context.agreed(urn, 'control-plane'))
            : regionMatters(context, zone.id))
        )
          return undefined;
        const edited = some(records, (r) => any([all(simpleEntry(r, context)), all(weightedByHand(r, context))]), context);
        const rto = Math.min(...concerned.flatMap((urn) => context.targets(urn, 'RTO', 'control-plane')));
        return whenAny(
          [not(zone.privateZone), edited],
          [
            because(
              not(zone.acceleratedRecovery),
              `recovery changes records of ${zone.name}, and \`enableAcceleratedRecovery\` is not true`,
            ),
            is(
              known(rto),
              (seconds) => seconds < ACCELERATED,
              `recovery changes records of ${zone.name}, which takes about ${formatDuration(ACCELERATED)} when us-east-1 is lost; the agreed RTO is ${formatDuration(rto)}`,
            ),
          ],
          'enableAcceleratedRecovery',
        );
      }),
    ],
  },
];

function into(facts: RecordFacts): string {
  const region = textOr(facts.own.region, undefined);
  return region === undefined ? '' : ` into ${region}`;
}

/** Conditions of an entry point that only a change of its record moves. */
function simpleEntry(facts: RecordFacts, context: RuleContext): readonly Truth[] {
  const senders = sendersOf(facts.id, context).filter((urn) => urn !== facts.id);
  const zone = textOr(facts.zone, undefined);
  const hidden = zone === undefined ? undefined : context.facts(route53Zone, zone)?.privateZone;
  return [
    facts.steers,
    equals(facts.policy, 'simple'),
    senders.length === 0 ? yes() : no('other records or distributions lead to it'),
    hidden === undefined ? yes() : not(hidden),
    andThen(facts.own.targets, (targets) =>
      is(known(targets.some((t) => leadsToServer(textOr(t.to, undefined), context))), (v) => v, 'it names no server'),
    ),
    is(facts.own.region, (region) => region !== undefined, 'what it leads to has no Region that could be lost'),
  ];
}

/** Something that takes clients' requests; a name for a database or a cache is no entry point. What is not in the sources may be. */
function leadsToServer(urn: string | undefined, context: RuleContext): boolean {
  const item = urn === undefined ? undefined : context.estate.resources.get(urn);
  if (item === undefined || item.standing.kind !== 'modelled') return true;
  const { kind } = item.standing.meaning;
  return kind !== 'proxy' && (kind !== 'store' || item.standing.module.id === 's3-bucket');
}

function weightedByHand(facts: RecordFacts, context: RuleContext): readonly Truth[] {
  return [
    equals(facts.policy, 'weighted'),
    equals(facts.own.weight, 0),
    not(startedByItself(facts.id, 'route53-switch', context)),
    andThen(facts.siblings, (siblings) =>
      some(
        siblings,
        (s) => all([is(s.weight, (w) => w !== 0), is(together({ a: facts.own.region, b: s.region }), ({ a, b }) => a !== b)]),
        context,
      ),
    ),
    andThen(facts.siblings, (siblings) => not(all([facts.own, ...siblings].map((b) => b.signal.present)))),
  ];
}
