/** VPC endpoint: one network interface in each subnet for interface endpoints, none for gateway endpoints. */
import type { Known } from '../model/known.ts';
import { andThen, fold, known, map, unknown } from '../model/known.ts';
import type { Impact, Placement, Spread } from '../model/protection.ts';
import { referringTo } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import { spreadOf } from './view.ts';

const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';
const ASSOCIATION = 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation';

export interface VpcEndpointFacts extends Identity {
  /** Gateway, Interface, GatewayLoadBalancer, Resource or ServiceNetwork. */
  readonly type: Known<string>;
  readonly serviceName: Known<string | undefined>;
  readonly spread: Known<Spread>;
}

export const vpcEndpoint = service<VpcEndpointFacts>({
  id: 'vpc-endpoint',
  title: 'VPC endpoint',
  kind: 'network',
  types: [ENDPOINT],
  parts: [{ type: ASSOCIATION, of: 'vpcEndpointId' }],
  declare(props, view) {
    const more = referringTo(props.id, view, ASSOCIATION, 'vpcEndpointId');
    const spread = more.found.reduce<Known<Spread>>(
      (all, association) =>
        andThen(all, (a) =>
          map(spreadOfSubnets(association, 'subnetId', view), (b) => {
            const both = spreadOf([...a.zones, ...b.zones].map((zone) => known(zone)));
            return { ...both, doubtful: both.doubtful + a.doubtful + b.doubtful };
          }),
        ),
      spreadOfSubnets(props, 'subnetIds', view),
    );
    return {
      ...identityOf(props),
      // aws.ec2.VpcEndpoint: vpcEndpointType defaults to Gateway.
      type: props.text('vpcEndpointType', 'Gateway'),
      serviceName: props.text('serviceName'),
      spread: fold(
        spread,
        (s) => known({ ...s, doubtful: s.doubtful + more.doubts.length }),
        (why): Known<Spread> => why,
      ),
    };
  },
  mean(facts) {
    const gateway = map(facts.type, (t) => t === 'Gateway');
    const az = andThen(gateway, (on): Known<Impact> => {
      if (on) return unaffected('a gateway endpoint is a route, without a host in any AZ');
      return andThen(facts.spread, ({ zones, doubtful }) =>
        zones.length >= 2
          ? unaffected('its other network interfaces answer')
          : doubtful > 0 || zones.length === 0
            ? unknown('not-reported', 'the AZs of its network interfaces are not all known', {
                resource: facts.id,
                property: 'subnetIds',
              })
            : lost('its network interfaces are in one AZ'),
      );
    });
    return meaning({
      kind: 'network',
      placement: andThen(
        gateway,
        (on): Known<Placement> =>
          on ? known({ kind: 'regional' }) : map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      ),
      under: { ...regionalImpacts(false), az },
    });
  },
});
