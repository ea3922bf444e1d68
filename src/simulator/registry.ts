/** Every AWS service that is simulated. A test holds it against the folder. */
import type { SimulatedService } from './service.ts';

export const SIMULATED: readonly SimulatedService[] = [];
