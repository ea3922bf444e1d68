/** What the families of changes look up about an estate. */
import type { EstateResource } from '../../estate/estate.ts';
import { meaningOf } from '../../estate/estate.ts';
import type { Known } from '../../model/known.ts';
import { fold } from '../../model/known.ts';
import type { Resource } from '../../model/resource.ts';
import type { Scope } from '../../model/scope.ts';
import { regionOfToken } from '../../model/scope.ts';
import { SUBNET, zoneOfSubnet } from '../../services/subnets.ts';
import type { Props, View } from '../../services/view.ts';
import type { Judgement } from '../judge.ts';
import type { Addition, Change } from './change.ts';
import { addition, nameOf } from './change.ts';

/** A Region that the sources use, and a provider of it. */
export interface Place {
  readonly region: string;
  readonly provider: string | undefined;
}

export class Site {
  readonly judgement: Judgement;
  readonly view: View;
  readonly #whole: Judgement;
  readonly #regions: ReadonlyMap<string, number>;
  readonly #providers = new Map<string, string>();

  /** `whole` is the estate as it is: its Regions are those to choose from, and its names are taken. */
  constructor(judgement: Judgement, whole: Judgement = judgement) {
    this.judgement = judgement;
    this.#whole = whole;
    this.view = judgement.estate.view;
    const counts = new Map<string, number>();
    for (const { resource, standing } of whole.estate.resources.values()) {
      const region = told(resource.region);
      if (region === undefined || !resource.custom || standing.kind !== 'modelled') continue;
      counts.set(region, (counts.get(region) ?? 0) + 1);
      const key = providerKey(resource, region);
      if (resource.provider !== undefined && !this.#providers.has(key)) this.#providers.set(key, resource.provider);
    }
    this.#regions = counts;
  }

  item(urn: string): EstateResource | undefined {
    return this.judgement.estate.resources.get(urn);
  }

  regionOf(item: { readonly resource: Resource }): string | undefined {
    return told(item.resource.region);
  }

  /** Does it belong to the service, or to none? */
  mayServe(urn: string, service: string): boolean {
    const owners = this.judgement.assignment.owners.get(urn);
    return owners === undefined || owners.includes(service);
  }

  /** Is anything agreed for the service at the scope? */
  promises(service: string, scope: Scope): boolean {
    return this.judgement.agreements.some((a) => a.metrics.some((m) => m.serviceId === service && m.scope === scope));
  }

  placeIn(region: string, near: Resource): Place {
    return { region, provider: this.#providers.get(providerKey(near, region)) };
  }

  /**
   * The Region to go to: of those that the sources use, the one in which the service has most beside its own. Undefined
   * where everything is in one Region: to choose another is not for us.
   */
  otherRegion(item: { readonly resource: Resource }, service?: string): Place | undefined {
    const own = this.regionOf(item);
    if (own === undefined) return undefined;
    const counts = new Map<string, number>();
    const resources = this.judgement.services.find((s) => s.entry.id === service)?.resources ?? [];
    for (const urn of resources) {
      const found = this.item(urn);
      const region = found === undefined || meaningOf(found) === undefined ? undefined : this.regionOf(found);
      if (region !== undefined) counts.set(region, (counts.get(region) ?? 0) + 1);
    }
    const ranked = (of: ReadonlyMap<string, number>): string | undefined =>
      [...of]
        .filter(([region]) => region !== own && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0];
    const region = ranked(counts) ?? ranked(this.#regions);
    return region === undefined ? undefined : this.placeIn(region, item.resource);
  }

  /** Adds a resource under a name that nothing of its type has. */
  add(beside: Resource, what: Addition): Change & { readonly kind: 'add' } {
    for (let n = 1; ; n += 1) {
      const made = addition(beside, n === 1 ? what : { ...what, name: `${what.name}-${n}` });
      const isTaken = [this.judgement, this.#whole].some((j) => j.estate.resources.has(made.resource.urn));
      if (!isTaken) return made;
    }
  }

  /** Members of its role in another Region. */
  twinsOf(item: EstateResource): readonly EstateResource[] {
    const own = this.regionOf(item);
    const members = this.judgement.roles.of(item.resource.urn)?.members ?? [];
    return members
      .map((urn) => this.item(urn))
      .filter((other) => other !== undefined)
      .filter((other) => other.resource.urn !== item.resource.urn && this.regionOf(other) !== own);
  }

  /** A resource of a type in a place, of the account and the stack of `near`: the network that a copy there goes into. */
  find(type: string, to: Place, near: Resource): string | undefined {
    const account = told(near.account);
    return this.view
      .all(type)
      .find((p) => told(p.region) === to.region && told(p.account) === account && p.resource.stack === near.stack)?.id;
  }

  /** Subnets that a property names, with their AZs; undefined where one of them cannot be told. */
  subnetsAt(props: Props, path: string): readonly Subnet[] | undefined {
    return fold<readonly Known<string>[], readonly Subnet[] | undefined>(
      this.view.targets(props, path, [SUBNET]),
      (urns) => {
        const found = urns.map((urn) => this.subnet(told(urn)));
        return found.every((s) => s !== undefined) ? found : undefined;
      },
      () => undefined,
    );
  }

  subnet(urn: string | undefined): Subnet | undefined {
    const props = urn === undefined ? undefined : this.view.get(urn);
    const zone = props === undefined ? undefined : told(zoneOfSubnet(props));
    return props === undefined || zone === undefined ? undefined : { urn: props.id, zone, props };
  }

  /** One subnet in each further AZ of the network that `present` are in, most like them in name. */
  siblings(present: readonly Subnet[]): readonly Subnet[] {
    const [first] = present;
    if (first === undefined) return [];
    const vpc = networkOf(first, this.view);
    const taken = new Set(present.map((s) => s.zone));
    const found = new Map<string, Subnet>();
    const others = this.view
      .all(SUBNET)
      .map((props) => this.subnet(props.id))
      .filter((s) => s !== undefined)
      .filter((s) => !taken.has(s.zone) && networkOf(s, this.view) === vpc);
    for (const s of others.sort((a, b) => likeness(b, first) - likeness(a, first) || (a.urn < b.urn ? -1 : 1)))
      if (!found.has(s.zone)) found.set(s.zone, s);
    return [...found.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
  }

  /** AZs of a Region that the sources name, less those given. */
  zonesOf(region: string, less: readonly string[] = []): readonly string[] {
    const zones = this.view
      .all(SUBNET)
      .map((props) => this.subnet(props.id)?.zone)
      .filter((zone) => zone !== undefined)
      .filter((zone) => regionOfToken(zone) === region && !less.includes(zone));
    return [...new Set(zones)].sort();
  }
}

export interface Subnet {
  readonly urn: string;
  readonly zone: string;
  readonly props: Props;
}

function networkOf(subnet: Subnet, view: View): string | undefined {
  return fold<string | undefined, string | undefined>(
    view.target(subnet.props, 'vpcId'),
    (urn) => urn,
    () => JSON.stringify(subnet.props.raw('vpcId')),
  );
}

/** Length of the beginning that two names share: `private-a` goes with `private-b`, not with `public-b`. */
function likeness(a: Subnet, b: Subnet): number {
  const [left, right] = [nameOf(a.urn), nameOf(b.urn)];
  let n = 0;
  while (n < left.length && left[n] === right[n]) n += 1;
  return n;
}

/** A provider belongs to its stack. */
const providerKey = (resource: Resource, region: string): string => `${resource.project} ${resource.stack} ${region}`;

/** The value, where it is known: only for what a change is made of, never to decide anything. */
export const told = <T>(k: Known<T>): T | undefined =>
  fold<T, T | undefined>(
    k,
    (v) => v,
    () => undefined,
  );
