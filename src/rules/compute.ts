/** Pitfalls of what runs the service's own code. */
import { groupRules } from './compute-groups.ts';
import { imageRules } from './compute-images.ts';
import { unitRules } from './compute-units.ts';
import type { Rule } from './rule.ts';

export const computeRules: readonly Rule[] = [...groupRules, ...unitRules, ...imageRules];
