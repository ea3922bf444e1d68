/** NAT gateway: in one AZ, unless it is a regional one; what matters is which AZs go out through it. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, any, collect, equals, fold, known, map, unknown } from '../model/known.ts';
import type { Impact, Placement } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { holds } from './database-parts.ts';
import { pointingAt, referringTo, withinBlocks } from './pointing.ts';
import { ROUTE_TABLES, subnetsOf, tableNamed } from './route-tables.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service, unaffected } from './service.ts';
import { SUBNET, zoneOfUrn, zonesDiffer } from './subnets.ts';
import type { Props, View } from './view.ts';

export const NAT_GATEWAY = 'aws:ec2/natGateway:NatGateway';
const ROUTE = 'aws:ec2/route:Route';

export interface NatGatewayFacts extends Identity {
  readonly regionalMode: Truth;
  readonly zone: Known<string>;
  /** AZs of the subnets whose route table leads to it. */
  readonly serves: Known<readonly string[]>;
  /** Those subnets, by URN, as far as the sources tell. */
  readonly subnets: readonly string[];
}

/** Subnets whose route table has a route to it, and what may hide others. */
function servedSubnets(props: Props, view: View): readonly Known<string>[] {
  const routes = referringTo(props.id, view, ROUTE, 'natGatewayId');
  const inline = pointingAt(props.id, view, 'nat-of-route-table', ROUTE_TABLES, (table) =>
    withinBlocks(table, 'routes', (block) => [view.target(block, 'natGatewayId', [NAT_GATEWAY])]),
  );
  const tables = [
    ...inline.found.map((table) => known(table.id)),
    ...routes.found.map((route) => tableNamed(route, 'routeTableId', view)),
  ];
  return [...routes.doubts, ...inline.doubts, ...tables.flatMap((table) => spread(table, (urn) => subnetsOf(urn, view)))];
}

const spread = (table: Known<string>, read: (urn: string) => readonly Known<string>[]): readonly Known<string>[] =>
  fold<string, readonly Known<string>[]>(table, read, (why) => [why]);

function servedZones(props: Props, subnets: readonly Known<string>[], view: View): Known<readonly string[]> {
  const zones = subnets.map((subnet) => andThen(subnet, (urn) => zoneOfUrn(urn, view)));
  return andThen(collect(zones), (all) => {
    const distinct = [...new Set(all)];
    return distinct.length === 0
      ? unknown('not-reported', 'no subnet in the sources goes out through it', { resource: props.id })
      : known(distinct);
  });
}

/** AZs of others that go out through it: those that certainly are others, else unknown where one may be. */
export function othersServed(facts: NatGatewayFacts): Known<readonly string[]> {
  return andThen(facts.serves, (zones) => {
    const others = zones.map((zone) => ({ zone, differs: zonesDiffer(known(zone), facts.zone) }));
    const certain = others.filter(({ differs }) => holds(differs)).map(({ zone }) => zone);
    return certain.length > 0 ? known(certain) : map(any(others.map(({ differs }) => differs)), () => []);
  });
}

function underAz(facts: NatGatewayFacts): Known<Impact> {
  return andThen(facts.regionalMode, (everywhere): Known<Impact> => {
    if (everywhere) return unaffected('AWS runs it in every AZ that uses it');
    return andThen(othersServed(facts), (others) =>
      others.length === 0
        ? unaffected('only subnets of its own AZ go out through it, and they are lost with it')
        : lost(`subnets of other AZs go out through it: ${others.join(', ')}`),
    );
  });
}

export const natGateway = service<NatGatewayFacts>({
  id: 'nat-gateway',
  title: 'NAT gateway',
  kind: 'network',
  types: [NAT_GATEWAY],
  parts: [],
  declare: (props, view) => {
    const subnets = servedSubnets(props, view);
    return {
      ...identityOf(props),
      // aws.ec2.NatGateway: availabilityMode is zonal when unset.
      regionalMode: equals(props.text('availabilityMode', 'zonal'), 'regional'),
      zone: andThen(view.target(props, 'subnetId', [SUBNET]), (urn) =>
        urn === undefined ? unknown('not-reported', 'it names no subnet', props.origin('subnetId')) : zoneOfUrn(urn, view),
      ),
      serves: servedZones(props, subnets, view),
      subnets: [
        ...new Set(
          subnets.flatMap((subnet) =>
            fold(
              subnet,
              (urn) => [urn],
              () => [],
            ),
          ),
        ),
      ],
    };
  },
  mean(facts) {
    return meaning({
      kind: 'network',
      placement: andThen(
        facts.regionalMode,
        (everywhere): Known<Placement> =>
          everywhere
            ? known({ kind: 'regional' })
            : map(facts.zone, (zone): Placement => ({ kind: 'zonal', spread: { zones: [zone], doubtful: 0 } })),
      ),
      under: { ...regionalImpacts(false), az: underAz(facts) },
      protections: [
        {
          mechanism: 'nat-recreate',
          scopes: ['az'],
          automation: 'human-execution',
          armed: known(true),
          successors: known([facts.id]),
          into: undefined,
          time: row('nat-recreate'),
          point: undefined,
          calls: [{ action: 'ec2:CreateNatGateway', region: undefined, plane: 'control' }],
          action: undefined,
          says: 'somebody makes a gateway in another AZ and changes the routes',
        },
      ],
    });
  },
});
