/** Every check of live AWS. A test holds it against the folder. */
import type { Check } from './check.ts';

export const CHECKS: readonly Check[] = [];
