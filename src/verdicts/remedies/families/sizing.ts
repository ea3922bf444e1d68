/** How many instances, tasks or nodes run: where each service says so, and the changes that make it more. */
import type { EstateResource } from '../../../estate/estate.ts';
import { meaningOf } from '../../../estate/estate.ts';
import { fold } from '../../../model/known.ts';
import { ignores } from '../../../model/resource.ts';
import type { Change } from '../change.ts';
import type { Site } from '../site.ts';
import { told } from '../site.ts';

export interface Sizing {
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
}

const SCALING_TARGET = 'aws:appautoscaling/target:Target';

/** Makes as many run as `wanted` says of what runs now; undefined where that is no more, or where nobody can tell. */
export function sizing(item: EstateResource, site: Site, wanted: (running: number) => number): Sizing | undefined {
  const capacity = meaningOf(item)?.capacity;
  const running = capacity === undefined ? undefined : told(capacity.running);
  const form = item.standing.kind === 'modelled' ? FORMS[item.standing.module.id] : undefined;
  if (running === undefined || form === undefined || !Number.isFinite(running)) return undefined;
  const to = wanted(running);
  if (to <= running) return undefined;
  const changes = form(item, to, site);
  return changes.length === 0 ? undefined : { from: running, to, changes };
}

type Form = (item: EstateResource, to: number, site: Site) => readonly Change[];

const FORMS: Readonly<Record<string, Form>> = {
  'autoscaling-group': (item, to) => {
    const left = ignores(item.resource, 'desiredCapacity') || item.props.raw('desiredCapacity') === undefined;
    return [...(left ? [] : [at(item, 'desiredCapacity', to)]), ...atLeast(item, 'minSize', to), ...atLeast(item, 'maxSize', to)];
  },
  'eks-node-group': (item, to) => [
    ...atLeast(item, 'scalingConfig.minSize', to),
    ...(ignores(item.resource, 'scalingConfig.desiredSize') ? [] : atLeast(item, 'scalingConfig.desiredSize', to)),
    ...atLeast(item, 'scalingConfig.maxSize', to),
  ],
  'ecs-service': (item, to, site) => {
    const scaling = site.view.all(SCALING_TARGET).find((target) =>
      fold(
        site.view.target(target, 'resourceId'),
        (urn) => urn === item.resource.urn,
        () => false,
      ),
    );
    if (!ignores(item.resource, 'desiredCount')) return [at(item, 'desiredCount', to)];
    const target = scaling === undefined ? undefined : site.item(scaling.id);
    return target === undefined ? [] : [...atLeast(target, 'minCapacity', to), ...atLeast(target, 'maxCapacity', to)];
  },
};

const at = (item: EstateResource, property: string, to: number): Change => ({
  kind: 'set',
  resource: item.resource.urn,
  property,
  to,
});

/** Nothing to change where it is large enough, or where nobody can tell. */
function atLeast(item: EstateResource, property: string, to: number): readonly Change[] {
  return fold(
    item.props.number(property, 0),
    (n) => (n >= to ? [] : [at(item, property, to)]),
    () => [],
  );
}
