/** NAT gateway: in one AZ, unless it is a regional one; what matters is which AZs go out through it. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, any, collect, equals, fold, known, map, unknown } from '../model/known.ts';
import type { Impact, Placement } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { holds } from './database-parts.ts';
import { pointingAt, referringTo, withinBlocks } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service, unaffected } from './service.ts';
import { SUBNET, zoneOfSubnet, zonesDiffer } from './subnets.ts';
import type { Props, View } from './view.ts';

export const NAT_GATEWAY = 'aws:ec2/natGateway:NatGateway';
const ROUTE = 'aws:ec2/route:Route';
const TABLE = 'aws:ec2/routeTable:RouteTable';
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';

export interface NatGatewayFacts extends Identity {
  readonly regionalMode: Truth;
  readonly zone: Known<string>;
  /** AZs of the subnets whose route table leads to it. */
  readonly serves: Known<readonly string[]>;
  /** Those subnets, by URN, as far as the sources tell. */
  readonly subnets: readonly string[];
}

function zoneOf(props: Props, path: string, view: View): Known<string> {
  return andThen(view.target(props, path, [SUBNET]), (urn) => {
    const subnet = urn === undefined ? undefined : view.get(urn);
    return subnet === undefined
      ? unknown('dangling', 'the subnet is not in the sources', props.origin(path))
      : zoneOfSubnet(subnet);
  });
}

/** Route tables with a route to it. */
function tablesOf(props: Props, view: View): readonly Known<string>[] {
  const types = [NAT_GATEWAY];
  const routes = referringTo(props.id, view, ROUTE, 'natGatewayId');
  const inline = pointingAt(props.id, view, 'nat-of-route-table', [TABLE], (table) =>
    withinBlocks(table, 'routes', (block) => [view.target(block, 'natGatewayId', types)]),
  );
  const tables: Known<string>[] = [...routes.doubts, ...inline.doubts, ...inline.found.map((table) => known(table.id))];
  for (const route of routes.found) {
    tables.push(
      andThen(view.target(route, 'routeTableId', [TABLE]), (urn) =>
        urn === undefined ? unknown('dangling', 'no route table') : known(urn),
      ),
    );
  }
  return tables;
}

function servedSubnets(tables: readonly Known<string>[], view: View): readonly string[] {
  const served = new Set<string>();
  for (const table of tables) {
    const associations = fold(
      table,
      (urn) => referringTo(urn, view, ASSOCIATION, 'routeTableId').found,
      () => [],
    );
    for (const association of associations) {
      fold(
        view.target(association, 'subnetId', [SUBNET]),
        (urn) => (urn === undefined ? served : served.add(urn)),
        () => served,
      );
    }
  }
  return [...served];
}

function servedZones(props: Props, tables: readonly Known<string>[], view: View): Known<readonly string[]> {
  const zones = tables.map((table) =>
    andThen(table, (urn) => {
      const associations = referringTo(urn, view, ASSOCIATION, 'routeTableId');
      const of = associations.found.map((association) => zoneOf(association, 'subnetId', view));
      return of.length === 0 && associations.doubts[0] !== undefined ? associations.doubts[0] : collect(of);
    }),
  );
  return andThen(collect(zones), (lists) => {
    const distinct = [...new Set(lists.flat())];
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
    const tables = tablesOf(props, view);
    return {
      ...identityOf(props),
      // aws.ec2.NatGateway: availabilityMode is zonal when unset.
      regionalMode: equals(props.text('availabilityMode', 'zonal'), 'regional'),
      zone: zoneOf(props, 'subnetId', view),
      serves: servedZones(props, tables, view),
      subnets: servedSubnets(tables, view),
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
