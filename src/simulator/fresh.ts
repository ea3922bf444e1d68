/** A simulated AWS to begin with: nothing in it, every service ready. */
import { SIMULATED } from './registry.ts';
import type { SimulatedService } from './service.ts';
import type { SimulatedAws } from './world/invoke.ts';
import { World, type WorldSettings } from './world/world.ts';

export function freshAws(settings: WorldSettings, services: readonly SimulatedService[] = SIMULATED): SimulatedAws {
  const world = new World(settings);
  for (const service of services) service.begin?.(world);
  return { world, services: new Map(services.map((service) => [service.client, service])), throttle: undefined };
}
