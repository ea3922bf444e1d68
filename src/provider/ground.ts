/** What answering the engine stands on: the world, where the provider works in it, and who hears of what was noticed. */
import type { SimulatedAws } from '../simulator/world/invoke.ts';
import type { Setting } from './configure.ts';

export interface Ground {
  readonly aws: SimulatedAws;
  readonly setting: Setting;
  /** For the engine's log and for `Door.notes()`. */
  note(urn: string, text: string): void;
  /** A resource of a type that simulated AWS has no notion of. */
  opaque(urn: string): void;
}
