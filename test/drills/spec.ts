/** A drill as a catalogue that says no more than it must. */
import type { DrillSpec } from '../../src/model/drill.ts';

export const SPEC: Omit<DrillSpec, 'kind'> = {
  id: 'the-drill',
  title: 'The drill',
  service: 'shop',
  member: undefined,
  hypothesis: { steady: undefined, metrics: [] },
  preconditions: [],
  recover: undefined,
  probes: [],
  stops: [],
  points: [],
  limit: undefined,
  dwell: undefined,
  afterCrash: 'roll-back',
  blastRadius: { tags: {}, most: undefined },
  approvals: { by: [], count: 1 },
  window: undefined,
  every: undefined,
  controls: [],
  participants: [],
  place: { file: 'holdfast.yaml', line: 1, column: 1 },
};
