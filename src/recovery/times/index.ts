/** Every service time that the product knows. */
import { computeEdgeTimes } from './compute-edge.ts';
import { databaseTimes } from './databases.ts';
import { peopleTimes } from './people.ts';
import type { ServiceTime } from './service-time.ts';
import { storageTimes } from './storage.ts';
import { trafficComputeTimes } from './traffic-compute.ts';

export const serviceTimes: readonly ServiceTime[] = [
  ...databaseTimes,
  ...storageTimes,
  ...trafficComputeTimes,
  ...computeEdgeTimes,
  ...peopleTimes,
];
