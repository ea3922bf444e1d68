/** How one Pulumi type becomes a thing in the world: the simulator's own reading of the provider's inputs. */
import type { World } from '../world/world.ts';

/** A plain property value: every hole has been resolved from what was deployed before, or left out. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A declared resource whose turn it is: everything it refers to exists. */
export interface Given {
  readonly urn: string;
  readonly type: string;
  /** Logical name in the program; a physical name is made from it as the provider would, unless one is given. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly account: string;
  readonly region: string;
  /** Id and outputs in the source's state, where it has one: the world keeps these ids. */
  readonly id: string | undefined;
  readonly outputs: Readonly<Record<string, Plain>>;
}

/** What `pulumi up` would have written to state. */
export interface Created {
  readonly id: string;
  /** ARNs, endpoints and whatever else later resources refer to, by the provider's output names. */
  readonly outputs: Readonly<Record<string, Plain>>;
}

export interface Deployment {
  readonly world: World;
  /** Calls an operation of the world as the resource's account, in its Region or in another. */
  call(client: string, operation: string, input: object, region?: string): Promise<unknown>;
  /** The provider's auto-naming: the logical name and seven hexadecimal digits. */
  physicalName(given: Given): string;
  /** Lets virtual time pass until `ready` says so; fails after a day of virtual time. */
  until(ready: () => boolean | Promise<boolean>, what: string): Promise<void>;
}

export interface Deployer {
  readonly type: string;
  create(given: Given, deployment: Deployment): Promise<Created>;
  /**
   * Brings what was made to new inputs, as the provider's Update does; `given.id` names it. Returns the outputs that may have
   * changed with it. Without one, a change takes the resource away and makes it anew under the same id.
   */
  update?(given: Given, before: Given, deployment: Deployment): Promise<Created>;
  /** Takes away what was made, as the provider's Delete does. What is gone already is no error. */
  remove(given: Given, deployment: Deployment): Promise<void>;
}
