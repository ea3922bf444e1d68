/** API Gateway VPC link: how an API reaches load balancers inside a VPC. */
import type { Known } from '../model/known.ts';
import { andThen, known, map, unknown } from '../model/known.ts';
import type { Impact, Link, Placement, Spread } from '../model/protection.ts';
import { spelling } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import type { Props, View } from './view.ts';

/** For REST APIs: leads to one Network Load Balancer, without a network interface of its own. */
const REST_LINK = 'aws:apigateway/vpcLink:VpcLink';
/** For HTTP APIs: a network interface in each of its subnets; every integration names its own load balancer. */
const HTTP_LINK = 'aws:apigatewayv2/vpcLink:VpcLink';

export interface VpcLinkFacts extends Identity {
  /** AZs of its network interfaces; undefined: it has none. */
  readonly spread: Known<Spread> | undefined;
  readonly targets: readonly Link[];
}

function declare(props: Props, view: View): VpcLinkFacts {
  const path = spelling(props, 'targetArn', 'targetArns');
  const to = andThen(view.target(props, path), (urn) =>
    urn === undefined ? unknown('error', 'it names no load balancer', props.origin(path)) : known(urn, props.origin(path)),
  );
  return {
    ...identityOf(props),
    spread: props.type === HTTP_LINK ? spreadOfSubnets(props, 'subnetIds', view) : undefined,
    targets: props.type === REST_LINK ? [{ to, carries: 'network', property: path }] : [],
  };
}

function underAz(spread: Known<Spread>, id: string): Known<Impact> {
  return andThen(spread, ({ zones, doubtful }) => {
    if (zones.length >= 2) return unaffected('its other network interfaces answer');
    return doubtful > 0 || zones.length === 0
      ? unknown('not-reported', 'the AZs of its network interfaces are not all known', {
          resource: id,
          property: 'subnetIds',
        })
      : lost('its network interfaces are in one AZ');
  });
}

export const vpcLink = service<VpcLinkFacts>({
  id: 'vpc-link',
  title: 'API Gateway VPC link',
  kind: 'network',
  types: [REST_LINK, HTTP_LINK],
  parts: [],
  declare,
  mean: ({ id, spread, targets }) =>
    meaning({
      kind: 'network',
      placement: spread === undefined ? regional : map(spread, (s): Placement => ({ kind: 'zonal', spread: s })),
      under: spread === undefined ? regionalImpacts(false) : { ...regionalImpacts(false), az: underAz(spread, id) },
      links: targets,
    }),
});
