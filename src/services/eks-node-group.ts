/** EKS managed node group: a pool of EC2 instances in an Auto Scaling group that AWS keeps. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, equals, is, known, together, unknown } from '../model/known.ts';
import type { Spread } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { ignores } from '../model/resource.ts';
import { poolUnderAz, poolUnderInstance, zonal } from './pool.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';

export interface NodeGroupFacts extends Identity {
  readonly spread: Known<Spread>;
  readonly min: Known<number>;
  readonly running: Known<number>;
  readonly max: Known<number>;
  readonly spot: Truth;
}

export const eksNodeGroup = service<NodeGroupFacts>({
  id: 'eks-node-group',
  title: 'EKS node group',
  kind: 'compute',
  types: ['aws:eks/nodeGroup:NodeGroup'],
  parts: [],
  declare(props, view) {
    const size = (path: string): Known<number> =>
      andThen(props.number(path), (n) =>
        n === undefined
          ? unknown('not-reported', `the node group has no ${path}`, props.origin(path))
          : known(n, props.origin(path)),
      );
    // Autoscalers own the desired size when the code ignores its changes; the minimum is then all that is certain.
    const ignored = ignores(props.resource, 'scalingConfig.desiredSize');
    return {
      ...identityOf(props),
      spread: spreadOfSubnets(props, 'subnetIds', view),
      min: size('scalingConfig.minSize'),
      running: ignored ? size('scalingConfig.minSize') : size('scalingConfig.desiredSize'),
      max: size('scalingConfig.maxSize'),
      // CreateNodegroup, CapacityType: ON_DEMAND.
      spot: equals(props.text('capacityType', 'ON_DEMAND'), 'SPOT'),
    };
  },
  mean(facts) {
    const another = andThen(
      facts.spread,
      ({ zones, doubtful }): Truth =>
        zones.length >= 2
          ? known(true)
          : doubtful > 0 || zones.length === 0
            ? unknown('not-reported', 'whether the node group has another AZ is not known')
            : known(false, [], 'the node group has one AZ'),
    );
    const replace = {
      mechanism: 'asg-replace',
      automation: 'service-native',
      successors: known([facts.id]),
      into: undefined,
      time: row('asg-replace'),
      point: undefined,
      calls: [{ action: 'ec2:RunInstances', region: undefined, plane: 'control' }],
      action: undefined,
      says: 'its Auto Scaling group launches nodes in place of the lost ones',
    } as const;
    const room = is(
      together({ max: facts.max, running: facts.running }),
      ({ max, running }) => max > running,
      'it already runs at its maximum',
    );
    return meaning({
      kind: 'compute',
      placement: zonal(facts.spread),
      under: {
        instance: poolUnderInstance(facts.running, 'nodes'),
        az: poolUnderAz(facts.spread, facts.running, 'nodes'),
        region: lost('its nodes run in one Region'),
        data: unaffected('its nodes are replaceable'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('running nodes go on; none can be launched'),
        supplier: unaffected('AWS runs it'),
      },
      protections: [
        { ...replace, scopes: ['instance'], armed: known(true) },
        { ...replace, scopes: ['az'], armed: another },
        {
          ...replace,
          mechanism: 'eks-scale',
          scopes: ['region'],
          automation: 'human-execution',
          armed: room,
          into: facts.region,
          time: row('eks-node-scale-out'),
          action: 'eks-scale',
          says: 'as a standby it can be scaled out to its maximum',
        },
      ],
      capacity: { unit: 'nodes', running: facts.running, max: facts.max },
    });
  },
});
