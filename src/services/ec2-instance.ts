/** EC2 instance on its own: in one AZ, and nobody replaces it. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, equals, known, map, unknown } from '../model/known.ts';
import type { Placement } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { imageLinks, imageResource } from './launch-template.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, service, unaffected } from './service.ts';
import { SUBNET, zoneAt, zoneOfSubnet } from './subnets.ts';
import type { Props, View } from './view.ts';

export const INSTANCE = 'aws:ec2/instance:Instance';

export interface InstanceFacts extends Identity {
  readonly zone: Known<string>;
  readonly instanceType: Known<string | undefined>;
  readonly image: Known<string | undefined>;
  readonly imageResource: string | undefined;
  /** Moved to another host by AWS when its host fails. */
  readonly autoRecovers: Truth;
  /** Lists instance-store volumes, whose data goes with the host. */
  readonly instanceStore: Truth;
}

function zoneOf(props: Props, view: View): Known<string> {
  return andThen(zoneAt(props, 'availabilityZone'), (zone) => {
    if (zone !== undefined) return known(zone, props.origin('availabilityZone'));
    return andThen(view.target(props, 'subnetId', [SUBNET]), (urn) => {
      const subnet = urn === undefined ? undefined : view.get(urn);
      return subnet === undefined
        ? unknown('not-reported', 'neither an AZ nor a subnet among the sources is named', props.origin('subnetId'))
        : zoneOfSubnet(subnet);
    });
  });
}

export const ec2Instance = service<InstanceFacts>({
  id: 'ec2-instance',
  title: 'EC2 instance',
  kind: 'compute',
  types: [INSTANCE],
  parts: [],
  declare: (props, view) => {
    const stores = map(props.blocks('ephemeralBlockDevices'), (blocks) => blocks.length > 0);
    return {
      ...identityOf(props),
      zone: zoneOf(props, view),
      instanceType: props.text('instanceType'),
      image: props.text('ami'),
      imageResource: imageResource(props, 'ami', view),
      // RunInstances, MaintenanceOptions.AutoRecovery: default. Which types support it, the code does not say.
      autoRecovers: andThen(equals(props.text('maintenanceOptions.autoRecovery', 'default'), 'disabled'), (off) =>
        off
          ? known(false, props.origin('maintenanceOptions.autoRecovery'), 'automatic recovery is disabled')
          : unknown(
              'not-modelled',
              'automatic recovery depends on the instance type and acts on host failures only',
              props.origin('instanceType'),
            ),
      ),
      instanceStore: stores,
    };
  },
  mean(facts) {
    const self = known([facts.id]);
    const base = { successors: self, into: undefined, point: undefined } as const;
    return meaning({
      kind: 'compute',
      placement: map(facts.zone, (zone): Placement => ({ kind: 'zonal', spread: { zones: [zone], doubtful: 0 } })),
      under: {
        instance: lost('it is the instance'),
        az: lost('it runs in one AZ'),
        region: lost('it runs in one Region'),
        data: lost('its disks can be corrupted or deleted'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('a running instance goes on'),
        supplier: unaffected('AWS runs it'),
      },
      protections: [
        {
          ...base,
          mechanism: 'ec2-automatic-recovery',
          scopes: ['instance'],
          automation: 'service-native',
          armed: facts.autoRecovers,
          time: row('ec2-instance-recovery'),
          calls: [],
          action: undefined,
          says: 'AWS starts it again on another host when its host fails',
        },
        {
          ...base,
          mechanism: 'ec2-relaunch',
          scopes: ['instance', 'az'],
          automation: 'human-execution',
          armed: known(true),
          time: row('ec2-relaunch'),
          calls: [{ action: 'ec2:RunInstances', region: undefined, plane: 'control' }],
          action: undefined,
          says: 'somebody launches it again',
        },
      ],
      links: imageLinks(facts.imageResource, 'ami'),
      capacity: { unit: 'instances', running: known(1), max: known(1) },
    });
  },
});
