/** The way out of a private subnet: what computes there goes out through the NAT gateway that its route table names. */
import { fold, known } from '../model/known.ts';
import type { Link } from '../model/protection.ts';
import type { NatGatewayFacts } from '../services/nat-gateway.ts';
import { natGateway } from '../services/nat-gateway.ts';
import { SUBNET } from '../services/subnets.ts';
import type { View } from '../services/view.ts';
import type { EstateResource } from './estate.ts';

/** Where computing resources name their subnets. */
const SUBNET_PATHS = ['networkConfiguration.subnets', 'vpcZoneIdentifiers', 'vpcConfig.subnetIds', 'subnetIds', 'subnetId'];

export function withEgress(resources: Map<string, EstateResource>, view: View): void {
  const gateways = new Map<string, string[]>();
  for (const { standing } of resources.values()) {
    if (standing.kind !== 'modelled' || standing.module.id !== natGateway.id) continue;
    // Facts of a NAT gateway were made by its own module.
    const { id, subnets } = standing.facts as NatGatewayFacts;
    for (const subnet of subnets) gateways.set(subnet, [...(gateways.get(subnet) ?? []), id]);
  }
  if (gateways.size === 0) return;
  for (const [urn, item] of resources) {
    if (item.standing.kind !== 'modelled' || item.standing.meaning.kind !== 'compute') continue;
    const ways = new Map<string, Link>();
    for (const path of SUBNET_PATHS) {
      for (const subnet of subnetsAt(item, path, view)) {
        for (const id of gateways.get(subnet) ?? [])
          ways.set(id, { to: known(id, item.props.origin(path)), carries: 'egress', property: path });
      }
    }
    if (ways.size === 0) continue;
    const { meaning } = item.standing;
    resources.set(urn, {
      ...item,
      standing: { ...item.standing, meaning: { ...meaning, links: [...meaning.links, ...ways.values()] } },
    });
  }
}

function subnetsAt(item: EstateResource, path: string, view: View): readonly string[] {
  const found: string[] = [];
  fold(
    view.targets(item.props, path, [SUBNET]),
    (subnets) => {
      for (const subnet of subnets) {
        fold(
          subnet,
          (urn) => found.push(urn),
          () => 0,
        );
      }
    },
    () => undefined,
  );
  return found;
}
