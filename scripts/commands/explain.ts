/** `holdfast explain`: a rule, a metric of the catalogue, or a service time. */

import { CHECKS } from '../../checks/registry.ts';
import { nearest } from '../../src/catalog/problem.ts';
import { FIGHT_RULES } from '../../src/engine/after-failover.ts';
import { UsageError } from '../../src/model/errors.ts';
import { serviceTimes } from '../../src/recovery/times/index.ts';
import type { ExplainOptions } from '../../src/reports/explain.ts';
import { explainMetric, explainRule, explainRuleText, explainTime } from '../../src/reports/explain.ts';
import { RULES } from '../../src/rules/registry.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { remediesOf } from '../../src/verdicts/remedies/remedies.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { judgeSources } from './judging.ts';

export interface ExplainFlags extends SourceFlags {
  readonly seed: number;
}

export async function explain(
  what: string,
  sources: readonly string[],
  flags: ExplainFlags,
  around: Surroundings,
): Promise<number> {
  const options: ExplainOptions = { width: around.width, paint: around.paint(flags.color, flags.out) };
  const time = serviceTimes.find((t) => t.id === what);
  if (time !== undefined) {
    around.write(explainTime(time, options), flags.out);
    return 0;
  }
  const rule = RULES.find((r) => r.id === what);
  if (rule !== undefined) {
    around.write(explainRule(rule, await ownJudgement(sources, flags, around), options), flags.out);
    return 0;
  }
  const check = CHECKS.find((c) => c.rules.some((r) => r.id === what));
  const live = check?.rules.find((r) => r.id === what);
  if (check !== undefined && live !== undefined) {
    around.write(explainRuleText(live, `live AWS, in \`holdfast check ${check.id}\` (${check.title})`, options), flags.out);
    return 0;
  }
  const fight = Object.values(FIGHT_RULES).find((r) => r.id === what);
  if (fight !== undefined) {
    around.write(
      explainRuleText(fight, 'what the Pulumi engine would do after a failover, in `holdfast rehearse --engine`', options),
      flags.out,
    );
    return 0;
  }
  const judgement = what.includes('/') ? await ownJudgement(sources, flags, around) : undefined;
  const verdict = judgement?.verdicts.find((v) => v.metric.id === what);
  if (judgement === undefined || verdict === undefined) throw nobodyKnows(what, judgement);
  const remedies = remediesOf(judgement, { seed: flags.seed, metrics: new Set([what]) });
  around.write(explainMetric(verdict, judgement, remedies, options), flags.out);
  return 0;
}

/** Without a source, a rule is still worth explaining in general. */
async function ownJudgement(
  sources: readonly string[],
  flags: ExplainFlags,
  around: Surroundings,
): Promise<Judgement | undefined> {
  try {
    return (await judgeSources(sources, flags, around)).judgement;
  } catch (error) {
    if (sources.length === 0 && error instanceof UsageError && error.code === 'no-source') return undefined;
    throw error;
  }
}

function nobodyKnows(what: string, judgement: Judgement | undefined): UsageError {
  const names = [
    ...RULES.map((r) => r.id),
    ...CHECKS.flatMap((c) => c.rules.map((r) => r.id)),
    ...Object.keys(FIGHT_RULES),
    ...serviceTimes.map((t) => t.id),
    ...(judgement?.verdicts ?? []).map((v) => v.metric.id),
  ];
  const near = nearest(what, names);
  const hint =
    near === undefined
      ? `\`holdfast verify\` prints the names of rules and \`--format json\` the ids of metrics.`
      : `Did you mean ${near}?`;
  return new UsageError(
    'nothing-to-explain',
    `expected the name of a rule, the id of a metric or a service time, found ${what}. ${hint}`,
  );
}
