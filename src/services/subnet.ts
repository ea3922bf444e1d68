/** VPC subnet: the AZ of what runs in it. */
import type { Known } from '../model/known.ts';
import { map } from '../model/known.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, service, unaffected } from './service.ts';
import { SUBNET, zoneOfSubnet } from './subnets.ts';

export interface SubnetFacts extends Identity {
  readonly zone: Known<string>;
  readonly vpc: Known<string | undefined>;
}

export const subnet = service<SubnetFacts>({
  id: 'subnet',
  title: 'VPC subnet',
  kind: 'config',
  types: [SUBNET],
  parts: [],
  declare: (props, view) => ({ ...identityOf(props), zone: zoneOfSubnet(props), vpc: view.target(props, 'vpcId') }),
  mean(facts) {
    const empty = unaffected('a subnet serves nothing itself: what runs in it is judged by itself');
    return meaning({
      kind: 'config',
      placement: map(facts.zone, (zone) => ({ kind: 'zonal', spread: { zones: [zone], doubtful: 0 } })),
      under: {
        instance: empty,
        az: empty,
        region: lost('it lives in one Region'),
        data: unaffected('it holds no data'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('packets flow without the EC2 control plane'),
        supplier: unaffected('AWS runs it'),
      },
    });
  },
});
