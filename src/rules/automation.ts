/** Pitfalls of what notices, decides and acts, and of halves that are to stay alike. */
import { alarmRules } from './automation-alarms.ts';
import { arcRules } from './automation-arc.ts';
import { capacityRules } from './automation-capacity.ts';
import { fightRules } from './automation-fights.ts';
import { pairRules } from './automation-pairs.ts';
import type { Rule } from './rule.ts';

export const automationRules: readonly Rule[] = [...arcRules, ...capacityRules, ...alarmRules, ...pairRules, ...fightRules];
