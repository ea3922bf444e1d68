/** AZs of a resource, through the subnets that it names. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, fold, known, map, together, unknown } from '../model/known.ts';
import type { Spread } from '../model/protection.ts';
import { sameZone } from '../model/scope.ts';
import { Hole } from '../model/value.ts';
import type { Props, View } from './view.ts';
import { spreadOf } from './view.ts';

export const SUBNET = 'aws:ec2/subnet:Subnet';

/**
 * The AZ that a property names: an AZ name or AZ id, or the token of a stand-in zone (`az:us-east-1:2`), which
 * is not known by name but is known to differ from its siblings.
 */
export function zoneAt(props: Props, ...paths: readonly string[]): Known<string | undefined> {
  let answer: Known<string | undefined> = known(
    undefined,
    paths.map((p) => props.origin(p)),
  );
  for (const path of paths) {
    const raw = props.raw(path);
    if (raw instanceof Hole && raw.template?.startsWith('az:') === true) return known(raw.template, props.origin(path));
    const zone = map(props.computed(path), (v) => (v === undefined || v === '' ? undefined : String(v)));
    const found = fold(
      zone,
      (v) => v !== undefined,
      () => false,
    );
    if (found) return zone;
    answer = fold(
      zone,
      () => answer,
      (why) => why,
    );
  }
  return answer;
}

/** Are these two AZs? */
export function zonesDiffer(a: Known<string>, b: Known<string>): Truth {
  return andThen(together({ a, b }), (zones): Truth => {
    const same = sameZone(zones.a, zones.b);
    return same === undefined
      ? unknown('not-reported', `whether ${zones.a} and ${zones.b} are one AZ is not known: the code names them in two ways`)
      : known(!same);
  });
}

/** AZ of one subnet. A subnet always has one: when the code leaves it to AWS, it is unknown until it exists. */
export function zoneOfSubnet(subnet: Props): Known<string> {
  return andThen(zoneAt(subnet, 'availabilityZone', 'availabilityZoneId'), (zone) =>
    zone === undefined
      ? unknown('not-reported', 'the subnet names no AZ: AWS picks one when it is created', subnet.origin('availabilityZone'))
      : known(zone, subnet.origin('availabilityZone')),
  );
}

/** Distinct AZs of the subnets listed at `path`. The property being unset gives an empty spread. */
export function spreadOfSubnets(props: Props, path: string, view: View): Known<Spread> {
  return map(view.targets(props, path, [SUBNET]), (subnets) =>
    spreadOf(subnets.map((urn) => andThen(urn, (id) => zoneOfUrn(id, view)))),
  );
}

export function zoneOfUrn(urn: string, view: View): Known<string> {
  const subnet = view.get(urn);
  return subnet === undefined ? unknown('dangling', 'the subnet is not in the sources', { resource: urn }) : zoneOfSubnet(subnet);
}
