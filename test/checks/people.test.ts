import { describe, expect, it } from 'vitest';
import { people } from '../../checks/people.ts';
import { judgeSpecs, promising, TABLE } from '../verdicts/estates.ts';
import { factsOf, noAws, objectionsOf, rulesOf } from './support.ts';

/** The judgement's day is 2026-06-01, the service is of tier 1. */
const FINE = `plans:
  - id: region
    services: [shop]
    owner: team
    reviewed: 2026-03-01
    contacts: [{ role: lead, name: On-call, reach: '+46 8 000' }]
    roster: { url: 'https://roster.example', reviewed: 2026-05-01 }
`;

const checked = (plans: string, metrics = '{ INVOKE: { region: 10m } }') =>
  people.run({
    judgement: judgeSpecs([TABLE], promising(metrics, plans)),
    inPlace: undefined,
    designed: undefined,
    aws: noAws,
    places: [],
    now: Date.parse('2026-06-01'),
    since: Date.parse('2026-05-31'),
  });

describe('people', () => {
  it.each([
    ['a plan with everything', FINE, []],
    ['no plan', '', ['people-no-plan']],
    ['a plan without a review', FINE.replace('    reviewed: 2026-03-01\n', ''), ['people-plan-old?']],
    ['a plan of half a year ago', FINE.replace('2026-03-01', '2025-12-02'), ['people-plan-old']],
    ['a plan of just short of that', FINE.replace('2026-03-01', '2025-12-03'), []],
    ['a plan of tomorrow', FINE.replace('2026-03-01', '2026-06-02'), ['people-plan-old?']],
    ['nobody to call', FINE.replace(/ {4}contacts: .*\n/, ''), ['people-no-contacts']],
    ['no owner', FINE.replace('    owner: team\n', ''), ['people-no-contacts']],
    ['no roster', FINE.replace(/ {4}roster: .*\n/, ''), ['people-roster-old?']],
    ['an old roster', FINE.replace('2026-05-01', '2026-01-01'), ['people-roster-old']],
  ])('finds of %s', async (_, plans, rules) => {
    expect(rulesOf(await checked(plans))).toEqual(rules);
  });

  it('tells ages in seconds', async () => {
    expect(factsOf(await checked(FINE))).toEqual([
      `age of recovery plan region: ${92 * 86_400}`,
      'contacts of recovery plan region: 1',
      `age of the roster of recovery plan region: ${31 * 86_400}`,
    ]);
  });

  it('leaves a promise to decide in time unknown when no plan says who decides', async () => {
    expect(objectionsOf(await checked(''))).toEqual(['INVOKE-region unknown']);
    expect(objectionsOf(await checked(FINE))).toEqual([]);
  });

  it('asks nothing of a service that promises nothing', async () => {
    const judgement = judgeSpecs([TABLE], 'services:\n  shop: { tier: 1, resources: [{ name: carts }] }\n');
    const input = { judgement, inPlace: undefined, designed: undefined, aws: noAws, places: [], now: 0, since: 0 };
    expect(await people.run(input)).toEqual({ facts: [], findings: [], objections: [] });
  });
});
