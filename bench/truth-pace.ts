/** Other times than the model's: what simulated AWS takes, by another law and on another scale. */
import type { Random } from '../src/simulator/world/random.ts';
import type { Pace } from '../src/simulator/world/world.ts';
import type { Chance } from './truth-parts.ts';

/** Where between its bounds something lies, 0 … 1. */
const SHAPES: Readonly<Record<string, (random: Random) => number>> = {
  uniform: ({ next }) => next(),
  /** Median 0.3, cut off at the upper bound. */
  lognormal: (random) => Math.min(1, 0.3 * Math.exp(0.6 * normal(random))),
  /** Mostly quick, else slow, and hardly ever in between. */
  bimodal: ({ next }) => (next() < 0.7 ? 0.2 * next() : 0.8 + 0.2 * next()),
};

/** Box and Muller. */
function normal({ next }: Random): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export interface Perturbation {
  readonly shape: string;
  /** 0.7 … 1.3 times what the simulator's own bounds say. */
  readonly scale: number;
  readonly pace: Pace;
  /** Milliseconds that a person takes to decide, 3 … 60 minutes. */
  readonly decision: number;
}

export function perturbation(draw: Chance): Perturbation {
  const shape = draw.pick(Object.keys(SHAPES));
  const place = SHAPES[shape] ?? draw.next;
  const scale = 0.7 + 0.6 * draw.next();
  return {
    shape,
    scale,
    pace: (least, most, random) => scale * (least + (most - least) * place(random)),
    decision: 60_000 * (3 + 57 * place({ next: draw.next, hex: () => '' })),
  };
}
