/** Are the people ready whom a recovery needs? It looks at the catalogue alone. */
import type { EstateResource } from '../src/estate/estate.ts';
import type { Metric, Plan, ServiceEntry } from '../src/model/agreement.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known } from '../src/model/known.ts';
import { fold, known, map, unknown } from '../src/model/known.ts';
import type { JudgedService, Judgement } from '../src/verdicts/judge.ts';
import type { Check, CheckInput, CheckResult } from './check.ts';
import { Report } from './questions.ts';

/** ISO 22301:2019, 8.4 and 8.5: plans name who acts, are kept current, and are reviewed at planned intervals. */
const SOURCE = 'https://www.iso.org/standard/75106.html';

const NO_PLAN: RuleText = {
  id: 'people-no-plan',
  title: 'A service has no recovery plan in the catalogue',
  severity: 'high',
  scopes: ['az', 'region', 'data', 'account'],
  why: 'What does not come back by itself is brought back by somebody who must first learn that it is theirs, what to do and whom to call. Without a plan that time is not known.',
  fix: 'Write a plan under plans in the catalogue, with the services that it brings back, an owner, contacts and a roster.',
  source: SOURCE,
};

const PLAN_OLD: RuleText = {
  id: 'people-plan-old',
  title: 'A recovery plan was not reviewed for too long',
  severity: 'medium',
  scopes: ['az', 'region', 'data', 'account'],
  why: 'Plans name resources, accounts and people that change every week. A plan that nobody looked at for half a year (tier 1) or a year leads people to things that are no longer there.',
  fix: 'Walk through the plan with its owner, mend it, and write the day under reviewed.',
  source: SOURCE,
};

const NO_CONTACTS: RuleText = {
  id: 'people-no-contacts',
  title: 'A recovery plan names nobody to call',
  severity: 'high',
  scopes: ['az', 'region', 'data', 'account'],
  why: 'The time to reach somebody counts from the onset of the disruption. Looking for a number while the directory may be down with everything else takes longer than most recovery times.',
  fix: 'List contacts with their role and how they are reached, and an owner of the plan.',
  source: SOURCE,
};

const ROSTER_OLD: RuleText = {
  id: 'people-roster-old',
  title: 'Nobody made sure lately that the duty roster is right',
  severity: 'medium',
  scopes: ['az', 'region', 'data', 'account'],
  why: 'A promise that rests on somebody being on duty holds only while somebody is. People join, leave and change teams within a quarter.',
  fix: 'Open the roster, check that each week has somebody who can still be reached, and write the day under roster.reviewed.',
  source: SOURCE,
};

const DAY_MS = 86_400_000;
/** Days after which a plan or a roster has to be looked at again. Defaults of ours, shown with each finding. */
const PLAN_DAYS = { 1: 180, 2: 365, 3: 365, 4: 365 } as const;
const ROSTER_DAYS = 92;

async function run(input: CheckInput): Promise<CheckResult> {
  const { judgement } = input;
  const report = new Report();
  const { catalogue } = judgement;
  if (catalogue === undefined) return report.result();
  const promised = new Set(judgement.agreements.flatMap((a) => a.metrics.map((m) => m.serviceId)));
  for (const service of judgement.services) {
    const item = standIn(judgement, service);
    if (item === undefined || !promised.has(service.entry.id)) continue;
    const plans = catalogue.plans.filter((p) => p.services.includes(service.entry.id));
    if (plans.length === 0) {
      report.find(NO_PLAN, item, `no plan in ${catalogue.file} brings ${service.entry.title} back`);
      report.object(invoked(judgement, service.entry), 'unknown', `no plan names service ${service.entry.id}`, undefined);
    }
    for (const plan of plans) review(plan, service.entry, item, input, report);
  }
  return report.result();
}

function review(plan: Plan, service: ServiceEntry, item: EstateResource, input: CheckInput, report: Report): void {
  const today = Date.parse(input.judgement.today);
  const limit = PLAN_DAYS[service.tier];
  const age = ageOf(plan.reviewed, today, `nobody wrote down when plan ${plan.id} was last reviewed`);
  report.fact(item, `age of recovery plan ${plan.id}`, age, { unit: 'seconds', at: plan.reviewed });
  tooOld(age, limit, (days) => `plan ${plan.id} was last reviewed ${days} days ago; tier ${service.tier} allows ${limit}`, {
    rule: PLAN_OLD,
    item,
    report,
  });
  report.fact(item, `contacts of recovery plan ${plan.id}`, known(plan.contacts.length), { unit: 'count' });
  const missing = [plan.contacts.length === 0 ? 'contacts' : '', plan.owner === undefined ? 'owner' : ''].filter((w) => w !== '');
  if (missing.length > 0) report.find(NO_CONTACTS, item, `plan ${plan.id} has no ${missing.join(' and no ')}`);
  const roster = ageOf(plan.roster?.reviewed, today, `plan ${plan.id} names no duty roster`);
  report.fact(item, `age of the roster of recovery plan ${plan.id}`, roster, { unit: 'seconds', at: plan.roster?.reviewed });
  tooOld(
    roster,
    ROSTER_DAYS,
    (days) => `the roster of plan ${plan.id} was last checked ${days} days ago; ${ROSTER_DAYS} are allowed`,
    {
      rule: ROSTER_OLD,
      item,
      report,
    },
  );
}

/** Seconds since the day, by the day of the judgement. */
function ageOf(day: string | undefined, today: number, none: string): Known<number> {
  if (day === undefined) return unknown('not-reported', none);
  const ms = today - Date.parse(day);
  return ms < 0 ? unknown('error', `${day} is in the future`) : known(ms / 1000);
}

function tooOld(
  age: Known<number>,
  limitDays: number,
  says: (days: number) => string,
  where: { readonly rule: RuleText; readonly item: EstateResource; readonly report: Report },
): void {
  const { rule, item, report } = where;
  fold(
    map(age, (seconds) => Math.floor((seconds * 1000) / DAY_MS)),
    (days) => (days > limitDays ? report.find(rule, item, says(days)) : undefined),
    (why) => report.doubt(rule, item, why),
  );
}

/** Deciding to act needs somebody who knows that it is theirs. */
function invoked(judgement: Judgement, service: ServiceEntry): readonly Metric[] {
  return judgement.agreements.flatMap((a) => a.metrics).filter((m) => m.serviceId === service.id && m.type === 'INVOKE');
}

/** Findings are about resources: for a service stands its first that is modelled. */
function standIn(judgement: Judgement, service: JudgedService): EstateResource | undefined {
  const items = service.resources.map((urn) => judgement.estate.resources.get(urn)).filter((i) => i !== undefined);
  return items.find((i) => i.standing.kind === 'modelled') ?? items[0];
}

export const people: Check = {
  id: 'people',
  title: 'Are the people ready whom a recovery needs?',
  rules: [NO_PLAN, PLAN_OLD, NO_CONTACTS, ROSTER_OLD],
  calls: [],
  run,
};
