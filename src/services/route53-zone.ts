/** Route 53 hosted zone: public or private, and whether its control plane recovers by itself. */
import type { Known, Truth } from '../model/known.ts';
import { all, map, not } from '../model/known.ts';
import { ZONE } from './route53-targets.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';

const ASSOCIATION = 'aws:route53/zoneAssociation:ZoneAssociation';

export interface ZoneFacts extends Identity {
  readonly zoneName: Known<string | undefined>;
  readonly privateZone: Truth;
  /** Changes to a public zone become possible again about 60 minutes after us-east-1 is lost (Route 53 developer guide, "Accelerated recovery"). */
  readonly acceleratedRecovery: Truth;
  readonly forceDestroy: Truth;
}

export const route53Zone = service<ZoneFacts>({
  id: 'route53-zone',
  title: 'Route 53 hosted zone',
  kind: 'config',
  types: [ZONE],
  parts: [{ type: ASSOCIATION, of: 'zoneId' }],
  declare: (props) => {
    const privateZone = map(props.blocks('vpcs'), (blocks) => blocks.length > 0);
    return {
      ...identityOf(props),
      zoneName: props.text('name'),
      privateZone,
      // aws.route53.Zone: enableAcceleratedRecovery defaults to false; it exists for public zones only.
      acceleratedRecovery: all([not(privateZone), props.flag('enableAcceleratedRecovery', false)]),
      forceDestroy: props.flag('forceDestroy', false),
    };
  },
  mean: () =>
    meaning({
      kind: 'config',
      placement: global,
      under: {
        instance: unaffected('Route 53 answers from many places'),
        az: unaffected('Route 53 answers from many places'),
        region: unaffected('Route 53 answers from many places'),
        data: unaffected('its records are rebuilt from the code'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('Route 53 answers without its control plane'),
        supplier: unaffected('AWS runs it'),
      },
    }),
});
