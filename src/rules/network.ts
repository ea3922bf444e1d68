/** Pitfalls of networks, and of calls that leave a Region while serving. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import {
  all,
  andThen,
  any,
  because,
  collect,
  decide,
  equals,
  fold,
  is,
  known,
  map,
  no,
  not,
  together,
  unknown,
  yes,
} from '../model/known.ts';
import type { Link, LinkKind } from '../model/protection.ts';
import { isAutomatic } from '../model/protection.ts';
import type { NatGatewayFacts } from '../services/nat-gateway.ts';
import { natGateway, othersServed } from '../services/nat-gateway.ts';
import { subnet } from '../services/subnet.ts';
import type { VpcEndpointFacts } from '../services/vpc-endpoint.ts';
import { vpcEndpoint } from '../services/vpc-endpoint.ts';
import type { SiteLinkFacts } from '../services/vpc-network.ts';
import { siteLink, VPC } from '../services/vpc-network.ts';
import { inOneZone, isGlobal, matesElsewhere, regionMatters, regionOf, servesAfterRegionLoss, theZone } from './places.ts';
import { anyAgreed, some, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on, onEvery } from './rule.ts';

const VPN_CONNECTION = 'aws:ec2/vpnConnection:VpnConnection';
const DIRECT_CONNECTIONS: ReadonlySet<string> = new Set([
  'aws:directconnect/connection:Connection',
  'aws:directconnect/hostedConnection:HostedConnection',
  'aws:directconnect/linkAggregationGroup:LinkAggregationGroup',
]);

/** What a resource calls or reads while it serves or starts. */
const CALLED: ReadonlySet<LinkKind> = new Set(['endpoint', 'key', 'secret']);

export const networkRules: readonly Rule[] = [
  {
    id: 'nat-single-az',
    family: 'network',
    title: 'Subnets go out through a NAT gateway of another AZ',
    severity: 'high',
    scopes: ['az'],
    why: 'A zonal NAT gateway lives in one AZ. When that one fails, subnets of the others that go out through it reach nothing outside the VPC, although their own AZ is fine.',
    fix: 'Make one aws.ec2.NatGateway in each AZ with a route table of its own, or a regional one (`availabilityMode: "regional"`).',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html',
    checks: [
      on(natGateway, (facts, _item, context) =>
        context.agreed(facts.id, 'az') ? whenAny([not(facts.regionalMode)], [servesOthers(facts)], 'subnetId') : undefined,
      ),
    ],
  },
  {
    id: 'vpce-single-az',
    family: 'network',
    title: 'The interface endpoint is in one AZ',
    severity: 'medium',
    scopes: ['az'],
    why: 'It has one network interface in each of its subnets. With one of them, everybody who calls the service through it stops when that AZ fails.',
    fix: 'Give `subnetIds` of two AZs at least.',
    source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    checks: [
      on(vpcEndpoint, (facts, _item, context) =>
        context.agreed(facts.id, 'az')
          ? when(
              [equals(facts.type, 'Interface'), inOneZone(facts.spread)],
              `${facts.name}${ofService(facts)} has its network interface in ${theZone(facts.spread)} only`,
              'subnetIds',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'standby-missing-vpce-or-egress',
    family: 'network',
    title: 'The standby network has no way to a service that the primary reaches',
    severity: 'high',
    scopes: ['region'],
    why: 'What runs in the primary VPC calls this service through an endpoint. In the standby there is neither the endpoint nor a NAT gateway, so the same code cannot reach it after the failover.',
    fix: 'Add the same aws.ec2.VpcEndpoint, or a NAT gateway, to the standby VPC.',
    source: 'derived',
    checks: [
      on(vpcEndpoint, (facts, item, context) => {
        if (!regionMatters(context, facts.id)) return undefined;
        const vpc = textOr(vpcOf(item, context), undefined);
        const twins = vpc === undefined ? [] : matesElsewhere(vpc, context);
        return twins.length === 0
          ? undefined
          : whenAny(
              [],
              twins.map((twin) =>
                because(
                  not(any([hasNat(twin, context), hasEndpoint(twin, facts, item, context)])),
                  `${twin.title} has no endpoint${ofService(facts)} and no NAT gateway; the VPC of ${facts.name} has the endpoint`,
                ),
              ),
              'serviceName',
            );
      }),
    ],
  },
  {
    id: 'dx-single-location',
    family: 'network',
    title: 'All Direct Connect connections end in one location',
    severity: 'high',
    scopes: ['supplier', 'region'],
    why: 'A location can fail as a whole, and two devices in it do not help. Without a VPN beside it, the site is then cut off.',
    fix: 'Order a second connection in another `location`, or add an aws.ec2.VpnConnection as a backup.',
    source: 'https://aws.amazon.com/directconnect/resiliency-recommendation/',
    checks: [
      on(siteLink, (facts, item, context) => {
        const lines = context.allFacts(siteLink).filter((link) => DIRECT_CONNECTIONS.has(typeOf(link, context)));
        // One finding for the location, at the first of its connections.
        return !anyAgreed(context, facts.id, 'supplier', 'region') || lines[0]?.id !== facts.id
          ? undefined
          : whenAny(
              [not(some(context.estate.view.all(VPN_CONNECTION), () => yes('a VPN stands beside it'), context))],
              [
                andThen(
                  collect(lines.map((line) => line.location)),
                  (locations): Truth =>
                    locations.includes(undefined)
                      ? unknown('not-reported', 'a hosted connection does not name its location', { resource: facts.id })
                      : new Set(locations).size < 2
                        ? yes(`${item.title} and every other connection end in ${locations[0]}, and no VPN stands beside them`)
                        : no('they end in two locations'),
                ),
              ],
              'location',
            );
      }),
    ],
  },
  {
    id: 'vpn-single-tunnel-or-cgw',
    family: 'network',
    title: 'All VPN connections end at one device of the site',
    severity: 'medium',
    scopes: ['supplier'],
    why: 'The two tunnels of a VPN connection guard against failures on the side of AWS. When the customer gateway device fails, both are gone.',
    fix: 'Add an aws.ec2.VpnConnection to a second aws.ec2.CustomerGateway with another `ipAddress`.',
    source: 'https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-redundant-connection.html',
    checks: [
      on(siteLink, (facts, item, context) =>
        item.resource.type === VPN_CONNECTION && context.agreed(facts.id, 'supplier')
          ? whenAny([], [oneDevice(facts, context)], 'customerGatewayId')
          : undefined,
      ),
    ],
  },
  {
    id: 'cross-region-runtime-call',
    family: 'network',
    title: 'What should serve after the loss of a Region calls into another one',
    severity: 'critical',
    scopes: ['region'],
    why: 'It answers only as long as both Regions do. When the one that it calls is lost, the failover leads to something that cannot serve.',
    fix: 'Refer to the copy in its own Region: a replica, a global table, a replica key or secret, a queue of its own.',
    source:
      'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_withstand_component_failures_static_stability.html',
    checks: [
      onEvery((item, context) => {
        const meaning = meaningOf(item);
        const { urn } = item.resource;
        if (meaning?.kind !== 'compute' || !regionMatters(context, urn) || !servesAfterRegionLoss(urn, context)) return undefined;
        const calls = meaning.links.filter((link) => CALLED.has(link.carries));
        return answer(
          any([...calls.map((link) => leavesRegion(item, link, context)), no('it calls nothing')]),
          calls[0]?.property,
        );
      }),
    ],
  },
];

const typeOf = (facts: SiteLinkFacts, context: RuleContext): string =>
  context.estate.resources.get(facts.id)?.resource.type ?? '';

function servesOthers(facts: NatGatewayFacts): Truth {
  return andThen(together({ zone: facts.zone, others: othersServed(facts) }), ({ zone, others: { length: others } }): Truth => {
    return others === 0
      ? no('only its own AZ goes out through it')
      : yes(
          `subnets of ${others === 1 ? 'another AZ go' : `${others} other AZs go`} out through ${facts.name}, which is in ${zone.startsWith('az:') ? 'one AZ' : zone}`,
        );
  });
}

function ofService(facts: VpcEndpointFacts): string {
  const name = textOr(facts.serviceName, undefined);
  return name === undefined ? '' : ` for ${name.split('.').slice(3).join('.') || name}`;
}

function vpcOf(item: EstateResource, context: RuleContext): Known<string | undefined> {
  return context.estate.view.target(item.props, 'vpcId', [VPC]);
}

function hasNat(vpc: EstateResource, context: RuleContext): Truth {
  const { view } = context.estate;
  return some(
    context.allFacts(natGateway),
    (nat) => {
      const props = view.get(nat.id);
      const inSubnet = props === undefined ? known(undefined) : view.target(props, 'subnetId');
      const at = andThen(inSubnet, (urn) =>
        urn === undefined
          ? props === undefined
            ? known(undefined)
            : view.target(props, 'vpcId', [VPC])
          : (context.facts(subnet, urn)?.vpc ?? known(undefined)),
      );
      return is(at, (urn) => urn === vpc.resource.urn);
    },
    context,
  );
}

/** AWS names a service by Region: com.amazonaws.us-east-1.s3 is com.amazonaws.us-west-2.s3 elsewhere. */
function hasEndpoint(vpc: EstateResource, facts: VpcEndpointFacts, item: EstateResource, context: RuleContext): Truth {
  const wanted = together({ name: facts.serviceName, region: item.resource.region });
  return some(
    context.allFacts(vpcEndpoint),
    (other) => {
      const theirs = context.estate.resources.get(other.id);
      if (theirs === undefined) return no();
      return all([
        is(vpcOf(theirs, context), (urn) => urn === vpc.resource.urn),
        is(
          together({ a: wanted, b: together({ name: other.serviceName, region: theirs.resource.region }) }),
          ({ a, b }) => a.name?.replace(a.region, '') === b.name?.replace(b.region, ''),
        ),
      ]);
    },
    context,
  );
}

/** Two gateway objects with one address are one device. */
function oneDevice(facts: SiteLinkFacts, context: RuleContext): Truth {
  const { view } = context.estate;
  const gateways = context
    .allFacts(siteLink)
    .filter((link) => typeOf(link, context) === VPN_CONNECTION)
    .map((link) => link.customerGateway);
  return andThen(collect(gateways), (urns) =>
    andThen(
      collect(
        urns.map((urn) => {
          const props = urn === undefined ? undefined : view.get(urn);
          return props === undefined ? known(urn) : map(props.text('ipAddress'), (address) => address ?? urn);
        }),
      ),
      (devices): Truth =>
        new Set(devices).size < 2
          ? yes(
              `${facts.name} and every other VPN connection end at ${devices[0]?.includes('::') === false ? devices[0] : 'one customer gateway'}`,
            )
          : no('they end at two devices'),
    ),
  );
}

/** A copy that AWS keeps in the caller's own Region is what the caller reaches by the same name. */
function leavesRegion(item: EstateResource, link: Link, context: RuleContext): Truth {
  return fold(
    link.to,
    (urn) => {
      const target = context.estate.resources.get(urn);
      const meaning = meaningOf(target);
      if (target === undefined || meaning === undefined || meaning.kind === 'config' || isGlobal(target))
        return no('it is in every Region');
      const copies = meaning.protections
        .filter((p) => p.scopes.includes('region') && isAutomatic(p.automation))
        .map((p) =>
          all([
            p.armed,
            p.into === undefined ? yes() : is(together({ a: p.into, b: item.resource.region }), ({ a, b }) => a === b),
          ]),
        );
      const copied = any([...copies, no('nothing copies it here')]);
      const abroad = andThen(
        together({ own: item.resource.region, theirs: regionOf(urn, context) }),
        (r): Truth =>
          r.own === r.theirs
            ? no('it is of the same Region')
            : yes(`${item.title} in ${r.own} calls ${target.title} in ${r.theirs}`),
      );
      return decide(abroad, {
        yes: () => andThen(copied, (here) => (here ? no('it has a copy here') : abroad)),
        no: () => abroad,
        unknown: () => abroad,
      });
    },
    (why): Truth => why,
  );
}
