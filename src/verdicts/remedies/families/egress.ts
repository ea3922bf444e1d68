/** The way out of private subnets: a NAT gateway in each AZ, or one that spans them. */
import { factsOf } from '../../../estate/estate.ts';
import type { Value } from '../../../model/value.ts';
import { natGateway } from '../../../services/nat-gateway.ts';
import type { Family } from '../candidate.ts';
import { told } from '../site.ts';

/**
 * `availabilityMode: "regional"` spreads one gateway over the AZs that use it
 * (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html), so no route has to change. It takes no
 * subnet, and its addresses are AWS's.
 */
export const regionalGateway: Family = (spot, site) => {
  const facts = factsOf(natGateway, spot.item);
  if (facts === undefined || spot.scope !== 'az') return [];
  const set = (property: string, to: Value | undefined) => ({ kind: 'set', resource: facts.id, property, to }) as const;
  const { inputs } = spot.item.resource;
  const subnet = site.subnet(told(site.view.target(spot.item.props, 'subnetId')));
  const network = subnet?.props.raw('vpcId');
  if (network === undefined || inputs.connectivityType === 'private') return [];
  return [
    {
      mechanism: 'nat-regional',
      says: 'let one NAT gateway span the AZs that go out through it',
      changes: [
        set('availabilityMode', 'regional'),
        set('vpcId', network),
        ...['subnetId', 'allocationId'].filter((p) => inputs[p] !== undefined).map((p) => set(p, undefined)),
      ],
      cost: { class: 'standby', rests: 'it runs in each AZ that goes out through it' },
      caution: 'the gateway is replaced, and its public addresses with it',
    },
  ];
};
