/** Where AWS differs from the code in what it means: protections, placement, history, capacity; and what is there on one side alone. */
import type { Estate, EstateResource } from '../src/estate/estate.ts';
import { meaningOf } from '../src/estate/estate.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known, Origin, Truth } from '../src/model/known.ts';
import { any, decide, fold, is, known, no, together, unknown } from '../src/model/known.ts';
import type { Meaning, Placement, Protection } from '../src/model/protection.ts';
import { AUTOMATION_CLASSES } from '../src/model/protection.ts';
import type { Check, CheckInput, CheckResult } from './check.ts';
import { certainly, certainlyNot, Promises, Report } from './questions.ts';

const SOURCE = 'https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/';

const MISSING: RuleText = {
  id: 'drift-missing',
  title: 'Declared in code and not there in AWS',
  severity: 'critical',
  scopes: ['az', 'region', 'data', 'account'],
  why: 'Everything that the code promises through this resource is not in place. Somebody removed it outside of Pulumi, or the last `up` did not get to it.',
  fix: 'Run `pulumi refresh` to see what is gone, find out who removed it, and bring it back with `pulumi up`.',
  source: SOURCE,
};

const WEAKER: RuleText = {
  id: 'drift-weaker',
  title: 'Less protected in AWS than in code',
  severity: 'critical',
  scopes: ['instance', 'az', 'region', 'data', 'account'],
  why: 'A promise that holds by design does not hold now: a protection was switched off, moved or shortened outside of Pulumi. Reviews of the code do not show it.',
  fix: 'Bring it back with `pulumi up`, and find out who changed it and why: the same hand may change it again.',
  source: SOURCE,
};

const NOT_IN_CODE: RuleText = {
  id: 'drift-not-in-code',
  title: 'Better protected in AWS than in code',
  severity: 'medium',
  scopes: ['instance', 'az', 'region', 'data', 'account'],
  why: 'Somebody improved it by hand. The next `pulumi up` sets it back to what the code says, and the protection is gone without anybody having decided so.',
  fix: 'Write the improvement into the code.',
  source: SOURCE,
};

const UNDECLARED: RuleText = {
  id: 'drift-undeclared',
  title: 'Part of a service, and in no code',
  severity: 'medium',
  scopes: ['region', 'account'],
  why: 'What no code declares cannot be made again in another Region or account from code, and is missing from every review.',
  fix: 'Import it with `pulumi import`, or leave it out of the service in the catalogue.',
  source: 'https://www.pulumi.com/docs/iac/guides/migration/import/',
};

async function run(input: CheckInput): Promise<CheckResult> {
  const report = new Report();
  const { inPlace, designed, judgement } = input;
  if (inPlace === undefined || designed === undefined) return report.result();
  const promises = new Promises(judgement);
  const missing = new Set(inPlace.missing.map((r) => r.urn));
  for (const [urn, item] of designed.estate.resources) {
    if (missing.has(urn)) {
      report.find(MISSING, judgement.estate.resources.get(urn) ?? item, `${item.title} is declared and was not found in AWS`);
      continue;
    }
    const seen = judgement.estate.resources.get(urn);
    const meant = meaningOf(item);
    const means = meaningOf(seen);
    if (seen === undefined || meant === undefined || means === undefined) continue;
    const { unread } = seen.resource;
    if (unread !== undefined) {
      report.doubt(WEAKER, seen, unknown(unread.reason, unread.detail, { resource: urn }));
      continue;
    }
    compare({ item, seen, meant, means, estate: judgement.estate, report });
  }
  for (const resource of inPlace.undeclared) {
    const item = judgement.estate.resources.get(resource.urn);
    if (item?.standing.kind === 'modelled' && promises.has(resource.urn))
      report.find(UNDECLARED, item, `${item.title} belongs to a service and is declared by no source`);
  }
  return report.result();
}

interface Pair {
  readonly item: EstateResource;
  readonly seen: EstateResource;
  readonly meant: Meaning;
  readonly means: Meaning;
  readonly estate: Estate;
  readonly report: Report;
}

function compare(pair: Pair): void {
  const { meant, means, seen, report } = pair;
  for (const protection of meant.protections) {
    if (!certainly(protection.armed)) continue;
    const still = any([...matching(protection, means.protections).map((p) => p.armed), no()]);
    decide(still, {
      yes: () => automationOf(pair, protection),
      no: () => {
        if (stoodInFor(protection, means.protections, meant.protections)) return;
        const what = `${protection.mechanism} (${protection.scopes.join(', ')})`;
        report.find(WEAKER, seen, `the code has ${what} and AWS has not: ${protection.says}`, cause(pair, protection.armed));
      },
      unknown: (why) => report.doubt(WEAKER, seen, why, cause(pair, protection.armed)),
    });
  }
  for (const protection of means.protections) {
    const declared = any([...matching(protection, meant.protections).map((p) => p.armed), no()]);
    if (certainly(protection.armed) && certainlyNot(declared) && !stoodInFor(protection, meant.protections, means.protections)) {
      const what = `${protection.mechanism} (${protection.scopes.join(', ')})`;
      report.find(NOT_IN_CODE, seen, `AWS has ${what} and the code has not: ${protection.says}`, cause(pair, protection.armed));
    }
  }
  amount(pair, 'days of history that can be restored', meant.retentionDays, means.retentionDays);
  amount(pair, 'days of history that AWS Backup keeps', meant.backupDays, means.backupDays);
  amount(pair, 'capacity that runs', meant.capacity?.running, means.capacity?.running);
  amount(pair, 'capacity that may run', meant.capacity?.max, means.capacity?.max);
  placement(pair);
}

/** The same mechanism for the same loss, into the same place and by the same successors, as far as both know these. */
function matching(one: Protection, others: readonly Protection[]): readonly Protection[] {
  return others.filter(
    (p) =>
      p.mechanism === one.mechanism &&
      one.scopes.every((scope) => p.scopes.includes(scope)) &&
      !differs(p.successors, one.successors, (urns) => [...urns].sort().join('\n')) &&
      !(p.into !== undefined && one.into !== undefined && differs(p.into, one.into, (region) => region)),
  );
}

/**
 * One side has another mechanism in its place, which the other side has not and which is no less automatic: the host of a
 * single-AZ database is replaced, and with a standby nobody waits for that.
 */
function stoodInFor(one: Protection, there: readonly Protection[], here: readonly Protection[]): boolean {
  return there.some(
    (p) =>
      p.mechanism !== one.mechanism &&
      certainly(p.armed) &&
      one.scopes.every((scope) => p.scopes.includes(scope)) &&
      AUTOMATION_CLASSES.indexOf(p.automation) <= AUTOMATION_CLASSES.indexOf(one.automation) &&
      !matching(p, here).some((own) => !certainlyNot(own.armed)),
  );
}

/** Certainly different: what one side does not know is no difference. */
function differs<T>(a: Known<T>, b: Known<T>, textOf: (value: T) => string): boolean {
  return certainly(is(together({ a, b }), (both) => textOf(both.a) !== textOf(both.b)));
}

function automationOf(pair: Pair, protection: Protection): void {
  const rank = (p: Protection): number => AUTOMATION_CLASSES.indexOf(p.automation);
  const best = matching(protection, pair.means.protections)
    .filter((p) => !certainlyNot(p.armed))
    .sort((a, b) => rank(a) - rank(b))[0];
  if (best !== undefined && rank(best) > rank(protection))
    pair.report.find(
      WEAKER,
      pair.seen,
      `${protection.mechanism} is ${protection.automation} in code and ${best.automation} in AWS`,
      cause(pair, best.armed),
    );
}

function amount(pair: Pair, what: string, meant: Known<number> | undefined, means: Known<number> | undefined): void {
  if (meant === undefined && means === undefined) return;
  const both = together({ code: meant ?? known(0), aws: means ?? known(0) });
  fold(
    both,
    ({ code, aws }, fact) => {
      if (code === aws) return;
      const rule = aws < code ? WEAKER : NOT_IN_CODE;
      const property = differing(pair, fact.from) ?? fact.from[0]?.property;
      pair.report.find(rule, pair.seen, `${what}: ${code} in code, ${aws} in AWS`, property);
    },
    () =>
      // The code leaves much to AWS. Where it does not, an unread value may hide a change.
      fold(
        meant ?? known(0),
        (code) =>
          fold(
            means ?? known(0),
            () => undefined,
            (why) => (code > 0 ? pair.report.doubt(WEAKER, pair.seen, why) : undefined),
          ),
        () => undefined,
      ),
  );
}

function placement(pair: Pair): void {
  const words = (p: Placement): string => {
    if (p.kind !== 'zonal') return p.kind;
    const { zones, doubtful } = p.spread;
    return `${zones.length + doubtful} ${zones.length + doubtful === 1 ? 'AZ' : 'AZs'}`;
  };
  const most = (p: Placement): number =>
    p.kind === 'zonal' ? p.spread.zones.length + p.spread.doubtful : Number.POSITIVE_INFINITY;
  // Places that nobody names may be one AZ. AWS keeps a standby in any of the AZs that a store is given: two are promised.
  const least = (p: Placement): number => {
    if (p.kind !== 'zonal') return Number.POSITIVE_INFINITY;
    const named = Math.max(p.spread.zones.length, Math.min(1, p.spread.doubtful));
    return pair.meant.kind === 'store' ? Math.min(named, 2) : named;
  };
  fold(
    together({ code: pair.meant.placement, aws: pair.means.placement }),
    ({ code, aws }, fact) => {
      // Which AZs these are is AWS's to choose; how many decides.
      const weaker = most(aws) < least(code);
      if (!weaker && least(aws) <= most(code)) return;
      const rule = weaker ? WEAKER : NOT_IN_CODE;
      const property = differing(pair, fact.from) ?? fact.from[0]?.property;
      pair.report.find(rule, pair.seen, `placed in ${words(code)} in code and in ${words(aws)} in AWS`, property);
    },
    () => undefined,
  );
}

/** The property that brings the difference about: of those that the meaning was read from, the first that differs. */
function cause(pair: Pair, armed: Truth): string | undefined {
  const from = fold<boolean, readonly Origin[]>(
    armed,
    (_, fact) => fact.from,
    (why) => why.from,
  );
  return differing(pair, from) ?? from.find((o) => o.resource === pair.item.resource.urn)?.property ?? from[0]?.property;
}

function differing(pair: Pair, from: readonly Origin[]): string | undefined {
  const { urn, inputs } = pair.item.resource;
  const now = pair.seen.resource.inputs;
  const top = (property: string): string => property.split(/[.[]/)[0] ?? property;
  const unlike = (property: string): boolean => JSON.stringify(inputs[property]) !== JSON.stringify(now[property]);
  const named = from.flatMap((o) => (o.resource === urn && o.property !== undefined && o.property !== '' ? [o.property] : []));
  const found = named.find((property) => unlike(top(property)));
  if (found !== undefined) return found;
  // What only AWS or only the code names (defaults) is no change by itself.
  return Object.keys(inputs).find((property) => property in now && unlike(property) && isPlain(inputs[property]));
}

const isPlain = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';

export const drift: Check = {
  id: 'drift',
  title: 'Does AWS still mean what the code means?',
  rules: [MISSING, WEAKER, NOT_IN_CODE, UNDECLARED],
  calls: [],
  run,
};
