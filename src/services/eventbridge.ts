/** EventBridge: buses, rules with their targets, pipes, schedules and global endpoints. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, equals, fold, is, known, map, not, unknown } from '../model/known.ts';
import type { Link, Meaning } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service } from './service.ts';

export const EVENT_BUS = 'aws:cloudwatch/eventBus:EventBus';
export const EVENT_RULE = 'aws:cloudwatch/eventRule:EventRule';
export const EVENT_ENDPOINT = 'aws:cloudwatch/eventEndpoint:EventEndpoint';
const TARGET = 'aws:cloudwatch/eventTarget:EventTarget';
const PIPE = 'aws:pipes/pipe:Pipe';
const SCHEDULE = 'aws:scheduler/schedule:Schedule';

export interface EventFacts extends Identity {
  /** Does it pass events on now? A bus always does. */
  readonly enabled: Truth;
  readonly links: readonly Link[];
}

export const eventBridge = service<EventFacts>({
  id: 'eventbridge',
  title: 'EventBridge bus, rule, pipe or schedule',
  kind: 'queue',
  types: [EVENT_BUS, EVENT_RULE, PIPE, SCHEDULE],
  parts: [
    { type: TARGET, of: 'rule' },
    { type: 'aws:cloudwatch/eventBusPolicy:EventBusPolicy', of: 'eventBusName' },
    { type: 'aws:cloudwatch/eventPermission:EventPermission', of: 'eventBusName' },
    { type: 'aws:cloudwatch/eventArchive:EventArchive', of: 'eventSourceArn' },
  ],
  declare(props, view) {
    switch (props.type) {
      case EVENT_RULE:
        return {
          ...identityOf(props),
          // `state` is ENABLED unless set; isEnabled is its older spelling, true by default.
          enabled:
            props.raw('state') === undefined ? props.flag('isEnabled', true) : not(equals(props.text('state'), 'DISABLED')),
          links: [
            ...linkTo(view.target(props, 'eventBusName', [EVENT_BUS]), 'trigger', 'eventBusName'),
            ...view
              .attached(props.id, TARGET, 'rule')
              .found.flatMap((target) => linkTo(view.target(target, 'arn'), 'traffic', 'eventTarget')),
          ],
        };
      case PIPE:
        return {
          ...identityOf(props),
          enabled: equals(props.text('desiredState', 'RUNNING'), 'RUNNING'),
          links: [
            ...linkTo(view.target(props, 'source'), 'trigger', 'source'),
            ...linkTo(view.target(props, 'target'), 'traffic', 'target'),
          ],
        };
      case SCHEDULE:
        return {
          ...identityOf(props),
          enabled: equals(props.text('state', 'ENABLED'), 'ENABLED'),
          links: linkTo(view.target(props, 'target.arn'), 'traffic', 'target.arn'),
        };
      default:
        return { ...identityOf(props), enabled: known(true, { resource: props.id }), links: [] };
    }
  },
  mean(facts): Meaning {
    return meaning({ kind: 'queue', placement: regional, under: regionalImpacts(false), links: facts.links });
  },
});

export interface EventEndpointFacts extends Identity {
  /** The buses of both Regions, primary first. */
  readonly buses: Known<readonly Known<string | undefined>[]>;
  readonly healthCheck: Known<string | undefined>;
  readonly secondaryRegion: Known<string | undefined>;
  /** Events are copied to the secondary bus all the time; without it there is no automatic recovery. */
  readonly replicated: Truth;
}

export const eventEndpoint = service<EventEndpointFacts>({
  id: 'eventbridge-endpoint',
  title: 'EventBridge global endpoint',
  kind: 'traffic',
  types: [EVENT_ENDPOINT],
  parts: [],
  declare(props, view) {
    return {
      ...identityOf(props),
      buses: map(props.blocks('eventBuses'), (buses) => buses.map((bus) => view.target(bus, 'eventBusArn', [EVENT_BUS]))),
      healthCheck: view.target(props, 'routingConfig.failoverConfig.primary.healthCheck', [
        'aws:route53/healthCheck:HealthCheck',
      ]),
      secondaryRegion: props.text('routingConfig.failoverConfig.secondary.route'),
      replicated: equals(props.text('replicationConfig.state', 'ENABLED'), 'ENABLED'),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'traffic',
      placement: regional,
      under: { ...regionalImpacts(false), region: lost('custom events go to the primary Region until the health check fails') },
      protections: [
        {
          mechanism: 'eventbridge-endpoint-failover',
          scopes: ['region'],
          automation: 'service-native',
          armed: all([
            is(facts.healthCheck, (check) => check !== undefined),
            is(facts.secondaryRegion, (region) => region !== undefined),
            facts.replicated,
          ]),
          successors: known([facts.id]),
          into: andThen(facts.secondaryRegion, (region) =>
            region === undefined
              ? unknown('not-reported', 'no secondary Region is named', { resource: facts.id })
              : known(region),
          ),
          time: row('eventbridge-endpoint-failover'),
          point: undefined,
          calls: [],
          action: undefined,
          says: 'custom events go to the bus of the secondary Region when the health check fails',
        },
      ],
      links: [
        ...fold(
          facts.buses,
          (buses) => buses.flatMap((bus) => linkTo(bus, 'traffic', 'eventBuses')),
          (why): readonly Link[] => [{ to: why, carries: 'traffic', property: 'eventBuses' }],
        ),
        ...linkTo(facts.healthCheck, 'health', 'routingConfig.failoverConfig.primary.healthCheck'),
      ],
    });
  },
});
