/** Would the standby do what the primary does: size, version, parameters, capacity, and what it needs in its own Region? */
import type { EstateResource } from '../src/estate/estate.ts';
import { meaningOf } from '../src/estate/estate.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known } from '../src/model/known.ts';
import { andThen, collect, fold, is, known, map, not, together } from '../src/model/known.ts';
import type { Check, CheckInput, CheckResult } from './check.ts';
import { QUOTA_LOWER, quotaCalls, quotas } from './parity-quotas.ts';
import {
  CERTIFICATE_ENDS,
  CERTIFICATE_UNUSABLE,
  certificates,
  IMAGE_DIFFERS,
  IMAGE_MISSING,
  images,
  KEY_UNUSABLE,
  keys,
  SECRET_BEHIND,
  secrets,
  supplyCalls,
} from './parity-supplies.ts';
import type { Twin } from './parity-twins.ts';
import { apart, twinsIn } from './parity-twins.ts';
import { certainly, certainlyNot, Promises, Report, valueOr } from './questions.ts';

const SOURCE =
  'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_config_drift.html';

const CLASS: RuleText = {
  id: 'live-parity-class',
  title: 'A standby is of another size than its primary',
  severity: 'high',
  scopes: ['az', 'region'],
  why: 'After a failover the standby carries the load of the primary. A smaller one answers slowly or not at all, and a smaller replica falls behind while it still is one.',
  fix: 'Give both the same class, or show by a drill that the smaller one carries the load.',
  source: SOURCE,
};

const VERSION: RuleText = {
  id: 'live-parity-version',
  title: 'A standby runs another engine version than its primary',
  severity: 'high',
  scopes: ['az', 'region'],
  why: 'Applications are tested against one version. With another one queries, extensions and defaults behave differently from the moment of the failover, and some failovers are refused between versions.',
  fix: 'Upgrade both in the same change.',
  source: SOURCE,
};

const PARAMETERS: RuleText = {
  id: 'live-parity-parameters',
  title: 'A standby runs with other parameters than its primary',
  severity: 'medium',
  scopes: ['az', 'region'],
  why: 'Parameter groups belong to one Region and are not replicated. What was tuned for the primary (connections, durability, time zone) is at its default on the standby.',
  fix: 'Make both parameter groups from the same code.',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html',
};

const CAPACITY: RuleText = {
  id: 'live-parity-capacity',
  title: 'The other Region may not grow to what runs in this one',
  severity: 'high',
  scopes: ['region'],
  why: 'The maximum of the standby is below what the primary runs now: even with all the time in the world it cannot take the whole load over.',
  fix: 'Raise the maximum of the standby to that of the primary.',
  source: SOURCE,
};

async function run(input: CheckInput): Promise<CheckResult> {
  const promises = new Promises(input.judgement);
  const report = new Report();
  const twins = twinsIn(input.judgement);
  for (const twin of twins) compare(twin, input, report);
  keys(twins, promises, report);
  certificates(input, promises, report);
  await secrets(input, report);
  await images(twins, input, promises, report);
  await quotas(twins, input, report);
  return report.result();
}

/** Properties that name the size of one node, and the version of what runs on it, in any service. */
const SIZES = ['instanceClass', 'dbClusterInstanceClass', 'nodeType', 'hostInstanceType', 'memorySize', 'cpu', 'memory'];
const VERSIONS = ['engineVersion', 'runtime', 'version'];

function compare(twin: Twin, input: CheckInput, report: Report): void {
  const { primary, standby } = twin;
  for (const property of SIZES) compareProperty(twin, property, CLASS, 'size', report);
  for (const property of VERSIONS) compareProperty(twin, property, VERSION, 'version', report);
  for (const path of ['parameterGroupName', 'dbClusterParameterGroupName']) compareParameters(twin, path, input, report);
  const before = meaningOf(primary)?.capacity;
  const after = meaningOf(standby)?.capacity;
  // What takes requests without servers of its own grows with its account: that is a quota.
  if (before === undefined || after === undefined || before.unit === 'requests' || !apart(primary, standby)) return;
  const { running } = before;
  const { max } = after;
  const low = is(together({ running, max }), (c) => c.max < c.running);
  const numbers = valueOr(
    map(together({ running, max }), (c) => `at most ${c.max}, and ${c.running} run in ${primary.title}`),
    '',
  );
  report.judge(CAPACITY, standby, low, `${standby.title} may grow to ${numbers}`);
}

function compareProperty({ primary, standby }: Twin, property: string, rule: RuleText, what: string, report: Report): void {
  const mine = primary.props.computed(property);
  const theirs = standby.props.computed(property);
  const set = (k: Known<unknown>): boolean => !certainlyNot(is(k, (v) => v !== undefined));
  if (!set(mine) && !set(theirs)) return;
  const differs = is(together({ mine, theirs }), (v) => v.mine !== undefined && v.theirs !== undefined && v.mine !== v.theirs);
  report.fact(standby, `same ${what} as ${primary.resource.name} (${property})`, not(differs));
  const words = fold(
    together({ mine, theirs }),
    (v) => `${String(v.theirs)}, and ${primary.title} ${String(v.mine)}`,
    () => 'unknown',
  );
  report.judge(rule, standby, differs, `${standby.title} has ${property} ${words}`, property);
}

type Parameters = Known<Readonly<Record<string, string>> | undefined>;

function compareParameters({ primary, standby }: Twin, path: string, input: CheckInput, report: Report): void {
  const mine = parametersOf(primary, path, input);
  const theirs = parametersOf(standby, path, input);
  const both = together({ mine, theirs });
  const neither = certainly(is(both, (b) => b.mine === undefined && b.theirs === undefined));
  const named = [primary, standby].some((item) => item.props.raw(path) !== undefined);
  if (neither || !named) return;
  const unlike = map(both, (b) => {
    const names = new Set([...Object.keys(b.mine ?? {}), ...Object.keys(b.theirs ?? {})]);
    return [...names].filter((name) => b.mine?.[name] !== b.theirs?.[name]).sort();
  });
  const names = valueOr(
    map(unlike, (list) => list.slice(0, 5).join(', ')),
    '',
  );
  report.judge(
    PARAMETERS,
    standby,
    is(unlike, (list) => list.length > 0),
    `${standby.title} has other parameters than ${primary.title}: ${names}`,
    path,
  );
}

/** What a parameter group sets beside the defaults of its family; undefined: the default group. */
function parametersOf(item: EstateResource, path: string, input: CheckInput): Parameters {
  const { view } = input.judgement.estate;
  if (certainly(is(item.props.text(path), (name) => name === undefined || name.startsWith('default.')))) return known(undefined);
  return andThen(view.target(item.props, path), (urn) => {
    const group = urn === undefined ? undefined : view.get(urn);
    if (group === undefined) return known(undefined);
    return andThen(group.blocks('parameters'), (blocks) =>
      map(collect(blocks.map((b) => together({ name: b.text('name', ''), value: b.text('value', '') }))), (list) =>
        Object.fromEntries(list.map((p) => [p.name, p.value])),
      ),
    );
  });
}

export const parity: Check = {
  id: 'parity',
  title: 'Would the standby do what the primary does?',
  rules: [
    CLASS,
    VERSION,
    PARAMETERS,
    CAPACITY,
    KEY_UNUSABLE,
    CERTIFICATE_UNUSABLE,
    CERTIFICATE_ENDS,
    SECRET_BEHIND,
    IMAGE_MISSING,
    IMAGE_DIFFERS,
    QUOTA_LOWER,
  ],
  calls: [...supplyCalls, ...quotaCalls],
  run,
};
