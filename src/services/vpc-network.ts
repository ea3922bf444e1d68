/**
 * Networks that AWS runs for a whole Region: they outlive an AZ and go with their Region. Connections to sites of the user's
 * own (VPN, Direct Connect) are recognised, with what the rules need, but not modelled.
 */
import type { Known } from '../model/known.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Link, Meaning } from '../model/protection.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';

export const VPC = 'aws:ec2/vpc:Vpc';
const ROUTE_TABLES = ['aws:ec2/routeTable:RouteTable', 'aws:ec2/defaultRouteTable:DefaultRouteTable'];
const ROUTE = 'aws:ec2/route:Route';

/** Inputs of a route that name where packets go next. */
const NEXT_HOPS = [
  'gatewayId',
  'natGatewayId',
  'transitGatewayId',
  'vpcEndpointId',
  'vpcPeeringConnectionId',
  'egressOnlyGatewayId',
  'networkInterfaceId',
  'carrierGatewayId',
  'localGatewayId',
] as const;

export interface NetworkFacts extends Identity {
  readonly links: readonly Link[];
}

export const vpcNetwork = service<NetworkFacts>({
  id: 'vpc-network',
  title: 'VPC network',
  kind: 'network',
  types: [
    VPC,
    'aws:ec2/defaultVpc:DefaultVpc',
    'aws:ec2/internetGateway:InternetGateway',
    'aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway',
    ...ROUTE_TABLES,
    'aws:ec2/networkAcl:NetworkAcl',
    'aws:ec2/defaultNetworkAcl:DefaultNetworkAcl',
    'aws:ec2/vpcDhcpOptions:VpcDhcpOptions',
    'aws:ec2/defaultVpcDhcpOptions:DefaultVpcDhcpOptions',
    'aws:ec2/eip:Eip',
    'aws:ec2/vpcPeeringConnection:VpcPeeringConnection',
    'aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter',
    'aws:ec2transitgateway/transitGateway:TransitGateway',
    'aws:ec2transitgateway/vpcAttachment:VpcAttachment',
    'aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter',
    'aws:ec2transitgateway/peeringAttachment:PeeringAttachment',
    'aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter',
    'aws:ec2transitgateway/routeTable:RouteTable',
  ],
  parts: [
    { type: ROUTE, of: 'routeTableId' },
    { type: 'aws:ec2transitgateway/route:Route', of: 'transitGatewayRouteTableId' },
    { type: 'aws:ec2/peeringConnectionOptions:PeeringConnectionOptions', of: 'vpcPeeringConnectionId' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      links: [...ownLinks(props, view), ...(ROUTE_TABLES.includes(props.type) ? routes(props, view) : [])],
    };
  },
  mean(facts): Meaning {
    return meaning({ kind: 'network', placement: regional, under: regionalImpacts(false), links: facts.links });
  },
});

function ownLinks(props: Props, view: View): readonly Link[] {
  return ['vpcId', 'peerVpcId', 'transitGatewayId', 'peerTransitGatewayId'].flatMap((path) =>
    fold(
      view.target(props, path),
      (urn) => linkTo(known(urn), 'network', path),
      // A peer outside the sources is somebody else's network: its fate is not ours to know, and not ours to wait for.
      (why) => (path.startsWith('peer') ? [] : linkTo(why, 'network', path)),
    ),
  );
}

/** Next hops of the table's own routes and of the route resources beside it: a NAT gateway here ties subnets to its AZ. */
function routes(table: Props, view: View): readonly Link[] {
  const inline = fold<readonly Props[], readonly Props[]>(
    table.blocks('routes'),
    (blocks) => blocks,
    () => [],
  );
  return [...inline, ...view.attached(table.id, ROUTE, 'routeTableId').found].flatMap((route) =>
    NEXT_HOPS.flatMap((path) => linkTo(view.target(route, path), 'network', `route.${path}`)),
  );
}

export interface SiteLinkFacts extends Identity {
  /** Direct Connect location code. */
  readonly location: Known<string | undefined>;
  readonly customerGateway: Known<string | undefined>;
}

/** Connections to the user's own sites: what happens on the other side is not in any code. */
export const siteLink = service<SiteLinkFacts>({
  id: 'site-link',
  title: 'VPN or Direct Connect',
  kind: 'network',
  types: [
    'aws:ec2/vpnConnection:VpnConnection',
    'aws:ec2/vpnGateway:VpnGateway',
    'aws:ec2/customerGateway:CustomerGateway',
    'aws:ec2clientvpn/endpoint:Endpoint',
    'aws:directconnect/connection:Connection',
    'aws:directconnect/hostedConnection:HostedConnection',
    'aws:directconnect/linkAggregationGroup:LinkAggregationGroup',
    'aws:directconnect/gateway:Gateway',
    'aws:directconnect/gatewayAssociation:GatewayAssociation',
    'aws:directconnect/privateVirtualInterface:PrivateVirtualInterface',
    'aws:directconnect/transitVirtualInterface:TransitVirtualInterface',
    'aws:directconnect/publicVirtualInterface:PublicVirtualInterface',
  ],
  parts: [
    { type: 'aws:ec2/vpnConnectionRoute:VpnConnectionRoute', of: 'vpnConnectionId' },
    { type: 'aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment', of: 'vpnGatewayId' },
    { type: 'aws:ec2clientvpn/networkAssociation:NetworkAssociation', of: 'clientVpnEndpointId' },
    { type: 'aws:ec2clientvpn/authorizationRule:AuthorizationRule', of: 'clientVpnEndpointId' },
    { type: 'aws:ec2clientvpn/route:Route', of: 'clientVpnEndpointId' },
    { type: 'aws:directconnect/connectionAssociation:ConnectionAssociation', of: 'connectionId' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      location: props.text('location'),
      customerGateway: view.target(props, 'customerGatewayId', ['aws:ec2/customerGateway:CustomerGateway']),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'network',
      placement: unknown('not-modelled', 'where the other end is, and what it does in a disruption, is not in code', {
        resource: facts.id,
      }),
      under: {},
    });
  },
});
