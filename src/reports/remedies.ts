/** Remedies as a document, and as lines for people. */
import { fold } from '../model/known.ts';
import { formatAbout, formatPercent } from '../model/quantity.ts';
import type { Value, Values } from '../model/value.ts';
import { Hole, isList, isRecord } from '../model/value.ts';
import type { Judgement } from '../verdicts/judge.ts';
import type { Change } from '../verdicts/remedies/change.ts';
import { nameOf, subjectOf } from '../verdicts/remedies/change.ts';
import type { Option, Remedies } from '../verdicts/remedies/remedies.ts';
import type { RemediesResult } from './remedy-schema.ts';

type OptionResult = RemediesResult['metrics'][number]['options'][number];
type ChangeResult = OptionResult['changes'][number];

export function remediesResult({ metrics, goal }: Remedies, judgement: Judgement): RemediesResult {
  const changes = (list: readonly Change[]): ChangeResult[] => list.map((c) => changeResult(c, list, judgement));
  return {
    metrics: metrics.map((m) => ({
      metric: m.metric.id,
      options: m.options.map((o) => optionResult(o, changes(o.changes))),
      people: m.pleas.map((p) => ({ ...p })),
      cut: m.cut,
    })),
    goal:
      goal === undefined
        ? null
        : {
            wanted: goal.wanted,
            before: goal.before,
            after: goal.after,
            reached: goal.reached,
            steps: goal.options.map((o) => ({ metric: o.after.metric.id, steps: [...o.steps] })),
            changes: changes(goal.changes),
            keeps: [...goal.keeps],
            worsens: [...goal.worsens],
            atLeast: goal.atLeast,
            smallest: goal.smallest,
          },
  };
}

function optionResult(option: Option, changes: ChangeResult[]): OptionResult {
  const { predicted } = option;
  return {
    effect: option.effect,
    steps: [...option.steps],
    mechanisms: [...option.mechanisms],
    automation: option.automation ?? null,
    p99: predicted === undefined ? null : Number.isFinite(predicted.p99) ? predicted.p99 : 'never',
    verdict: option.after.verdict,
    reason: option.after.reason,
    margin: option.margin,
    cost: option.cost,
    cautions: [...option.cautions],
    changes,
    alsoKeeps: [...option.alsoKeeps],
    worsens: [...option.worsens],
  };
}

function changeResult(change: Change, all: readonly Change[], { estate }: Judgement): ChangeResult {
  const urn = subjectOf(change);
  const added = all.find((c) => c.kind === 'add' && c.resource.urn === urn);
  const resource = added?.kind === 'add' ? added.resource : estate.resources.get(urn)?.resource;
  const near = added?.kind === 'add' ? added.beside : urn;
  const base = {
    resource: urn,
    title: `${resource === undefined ? '' : `${classOf(resource.type)} `}${nameOf(urn)}`,
    property: null,
    value: null,
    beside: null,
    region: null,
    position: estate.resources.get(near)?.resource.position ?? null,
  };
  switch (change.kind) {
    case 'protect':
      return { ...base, action: 'protect' };
    case 'set':
      return change.to === undefined
        ? { ...base, action: 'unset', property: change.property }
        : { ...base, action: 'set', property: change.property, value: written(change.to) };
    case 'add':
      return {
        ...base,
        action: 'add',
        value: written(change.resource.inputs),
        beside: change.beside,
        region: fold(
          change.resource.region,
          (r) => r,
          () => null,
        ),
      };
  }
}

/** `aws:rds/instance:Instance` → `aws.rds.Instance`, as programs in TypeScript and Python spell it. */
function classOf(type: string): string {
  const [provider = '', module = '', name = ''] = type.split(':');
  return [provider, module.split('/')[0], name].filter((part) => part !== '' && part !== 'index').join('.');
}

/** As a program writes it: a reference is `orders.arn`, and what is not known says why. */
function written(value: Value): string {
  if (value instanceof Hole) {
    const [mention] = value.mentions;
    if (mention === undefined) return `<${value.detail}>`;
    return mention.property === '' ? nameOf(mention.urn) : `${nameOf(mention.urn)}.${mention.property}`;
  }
  if (isList(value)) return `[${value.map(written).join(', ')}]`;
  if (isRecord(value)) {
    const parts = shownInputs(value).map(([key, v]) => `${key}: ${written(v)}`);
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
  }
  return JSON.stringify(value);
}

/** State files keep the provider's bookkeeping among the inputs. */
const shownInputs = (values: Values): readonly (readonly [string, Value])[] =>
  Object.entries(values).filter(([key]) => key !== '__defaults');

/** Longest value in a line for people; the JSON has all of it. */
const LONGEST = 160;

/** `aws.rds.Instance orders: multiAz: true (index.ts:8:18)`. */
export function changeText(change: ChangeResult): string {
  const place = change.position === null ? '' : ` (${change.position.file}:${change.position.line}:${change.position.column})`;
  const value = change.value === null || change.value.length <= LONGEST ? change.value : `${change.value.slice(0, LONGEST - 1)}…`;
  switch (change.action) {
    case 'protect':
      return `${change.title}: option protect: true${place}`;
    case 'unset':
      return `${change.title}: without ${change.property}${place}`;
    case 'set':
      return `${change.title}: ${change.property}: ${value}${place}`;
    case 'add':
      return `new ${change.title}${change.region === null ? '' : ` in ${change.region}`}: ${value}${change.beside === null ? '' : `, beside ${nameOf(change.beside)}${place}`}`;
  }
}

/** `service-native, p99 5m43s, cost doubled (…)`, and what else comes of it. */
export function optionText(option: OptionResult): string {
  const parts = [
    option.automation ?? '',
    option.p99 === null ? '' : `p99 ${option.p99 === 'never' ? 'never' : formatAbout(option.p99)}`,
    `cost ${option.cost.class} (${option.cost.rests})`,
    option.effect === 'keeps' && !option.margin ? 'without a margin' : '',
  ].filter((part) => part !== '');
  const also = option.alsoKeeps.length === 0 ? '' : `; also keeps ${option.alsoKeeps.map(shortId).join(', ')}`;
  const worsens = option.worsens.length === 0 ? '' : `; makes worse: ${option.worsens.map(shortId).join(', ')}`;
  const open = option.effect === 'helps' ? `; still ${option.verdict}: ${option.reason}` : '';
  return `${parts.join(', ')}${also}${worsens}${open}`;
}

/** Ids without the agreement, which the reader knows. */
const shortId = (id: string): string => id.split('/').slice(1).join('/');

export const stepsText = (steps: readonly string[]): string => steps.join(', and ');

const ASK_WORDS = {
  decide: 'somebody must decide',
  show: 'only evidence shows it',
  agree: 'to be agreed',
  supplier: 'up to the supplier',
  tell: 'not known',
} as const;

export const pleaText = ({ ask, says }: RemediesResult['metrics'][number]['people'][number]): string =>
  `${ASK_WORDS[ask]}: ${says}`;

export function goalText(goal: NonNullable<RemediesResult['goal']>): string {
  const { wanted, before, after, reached, changes, atLeast, smallest } = goal;
  const from = `KPI 2 is ${formatPercent(before)}`;
  if (reached && changes.length === 0) return `${from}: ${formatPercent(wanted)} is reached already`;
  const made = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  if (!reached)
    return changes.length === 0
      ? `${from}: nothing that is known brings it nearer to ${formatPercent(wanted)}`
      : `${from}: ${formatPercent(wanted)} cannot be reached by changes of code that are known; ${made} ${changes.length === 1 ? 'gives' : 'give'} the most, ${formatPercent(after)}`;
  const least = smallest ? 'none of the options found does with fewer' : `${atLeast} are needed at least`;
  return `${from}: ${made} ${changes.length === 1 ? 'makes' : 'make'} it ${formatPercent(after)}, judged together; ${least}`;
}
