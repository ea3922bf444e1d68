import { describe, expect, it } from 'vitest';
import { agreementWith, problemLines, refusal, SERVICE, unmark, withMetrics } from './support.ts';

/** Name, document with ▶ before every place that must be named, and a phrase for each place, in order. */
type Row = readonly [name: string, document: string, ...phrases: readonly string[]];

const SYNTAX: readonly Row[] = [
  ['an empty file', '▶', 'a catalogue'],
  ['a scalar', '▶hello', 'a catalogue'],
  ['a list', '▶- services', 'a catalogue'],
  ['a tab as indentation', 'services:\n▶\tshop: 1', 'tab'],
  ['an open quote', 'services: "abc▶', 'missing-char'],
  ['an open flow mapping', 'services: {▶', 'valid YAML'],
  ['a mapping inside a plain value', 'services: ▶a: ▶b: c', 'valid YAML', 'valid YAML'],
  ['two documents', `${SERVICE}▶---\nservices: {}`, 'multiple-docs'],
  ['a key twice', `${SERVICE}▶services: {}`, 'each key once'],
  ['a metric twice', withMetrics('{ RTO: { az: 1m }, ▶RTO: { az: 2m } }'), 'each key once'],
  ['a scope twice', withMetrics('{ RTO: { az: 1m, ▶az: 2m } }'), 'each key once'],
  ['a key that is a list', `${SERVICE}? ▶[a]\n: b`, 'a name before the colon'],
  ['a prototype key', `${SERVICE}▶__proto__: {}`, 'a name before the colon'],
  ['an alias of nothing', `${SERVICE}sources: ▶*other`, 'an alias of an anchor'],
  ['a custom value kind', `%YAML 1.2\n---\n${SERVICE}sources: [!!binary ▶aGk=]`, 'another kind'],
  ['a merge key', `${SERVICE}▶<<: {}`, 'unknown key "<<"'],
];

const SHAPE: readonly Row[] = [
  ['no services', '▶sources: []', 'services'],
  ['a misspelt section', `${SERVICE}▶agreement: {}`, 'did you mean agreements?'],
  ['services as a list', 'services: ▶[a]', 'a mapping from names to services'],
  ['a service without anything', 'services:\n  shop:▶\n', 'a service'],
  ['a service name with a blank', "services:\n  ▶'my shop': { tier: 1, resources: [{ name: a }] }", 'a name of at most 63'],
  ['a missing tier', 'services:\n  ▶shop: { resources: [{ name: a }] }', 'add tier'],
  ['a tier out of range', 'services:\n  shop: { tier: ▶5, resources: [{ name: a }] }', 'a tier from 1'],
  ['a tier in words', 'services:\n  shop: { tier: ▶gold, resources: [{ name: a }] }', 'a tier from 1'],
  [
    'an unknown lifecycle',
    'services:\n  shop: { tier: 1, lifecycle: ▶prodction, resources: [{ name: a }] }',
    'did you mean production?',
  ],
  ['a title that is a number', 'services:\n  shop: { tier: 1, title: ▶2026, resources: [{ name: a }] }', 'in quotes'],
  ['a blank owner', "services:\n  shop: { tier: 1, owner: ▶'  ', resources: [{ name: a }] }", 'not blank'],
  ['no selectors', 'services:\n  shop: { tier: 1, resources: ▶[] }', 'at least one selector'],
  ['an empty selector', 'services:\n  shop: { tier: 1, resources: [▶{}] }', 'a selector, not empty'],
  ['a selector that is text', 'services:\n  shop: { tier: 1, resources: [▶shop] }', 'a selector'],
  ['a misspelt selector part', 'services:\n  shop: { tier: 1, resources: [{ ▶tags: { a: b } }] }', 'did you mean tag?'],
  ['an empty tag selector', 'services:\n  shop: { tier: 1, resources: [{ tag: ▶{} }] }', 'at least one tag'],
  ['a tag value that is a number', 'services:\n  shop: { tier: 1, resources: [{ tag: { cost: ▶7 } }] }', 'in quotes'],
  [
    'a dependency that is text',
    'services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [▶db] }',
    '{ service: NAME }',
  ],
  [
    'a dependency on two things',
    'services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: shop2, ▶supplier: x }] }\n  shop2: { tier: 1, resources: [{ name: a }] }\nsuppliers: { x: {} }',
    'unknown key "supplier"',
  ],
  [
    'an unknown strength',
    'services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ supplier: x, strength: ▶sofft }] }\nsuppliers: { x: {} }',
    'did you mean soft?',
  ],
  ['an unknown kind', agreementWith('kind', 'kind: ▶SLO'), 'did you mean SLA?'],
  ['a missing party', agreementWith('parties', '▶parties: { provider: P }'), 'add customer'],
  ['a missing version', agreementWith('version', undefined).replace('  sla', '  ▶sla'), 'add version'],
  ['a version that is a number', agreementWith('version', 'version: ▶3.10'), 'in quotes'],
  ['a day that does not exist', agreementWith('from', 'from: ▶2026-02-30'), 'a day that exists'],
  ['a leap day in another year', agreementWith('from', 'from: ▶2027-02-29'), 'a day that exists'],
  ['a day the other way round', agreementWith('from', 'from: ▶31.12.2026'), 'a day that exists'],
  ['an unknown metric type', withMetrics('{ ▶RT0: { az: 5m } }'), 'did you mean RTO?'],
  ['a metric type in small letters', withMetrics('{ ▶rto: { az: 5m } }'), 'did you mean RTO?'],
  ['no metrics for a service', withMetrics('▶{}'), 'metrics, not empty'],
  ['an unknown scope', withMetrics('{ RTO: { ▶regoin: 5m } }'), 'did you mean region?'],
  ['no scopes', withMetrics('{ RTO: ▶{} }'), 'target'],
  ['a duration without unit', withMetrics('{ RTO: { az: ▶15 } }'), 'a duration such as 15m'],
  ['a quoted duration without unit', withMetrics("{ RTO: { az: ▶'15' } }"), 'a duration such as 15m'],
  ['units in the wrong order', withMetrics('{ RTO: { az: ▶30m1h } }'), 'a duration such as 15m'],
  ['an unknown unit', withMetrics('{ RETENTION: ▶3 months }'), 'a duration such as 15m'],
  ['a negative duration', withMetrics('{ RTO: { az: ▶-5m } }'), 'a duration such as 15m'],
  ['a percentage above 100', withMetrics('{ MBCO: { region: ▶160% } }'), 'from 0% to 100%'],
  ['a percentage without sign', withMetrics('{ MBCO: { region: ▶60 } }'), 'a percentage such as 60%'],
  ['a percentile of 100', withMetrics('{ RTO: { az: { target: 5m, percentile: ▶100 } } }'), 'less than 100'],
  ['a percentile of 0', withMetrics('{ RTO: { az: { target: 5m, percentile: ▶0 } } }'), 'more than 0'],
  [
    'a long form without target',
    withMetrics('{ RTO: { az: ▶{ percentile: 99 } } }').replace('▶', '').replace('{ az:', '{ ▶az:'),
    'add target',
  ],
  ['an unknown clock', withMetrics('{ RTO: { az: { target: 5m, clock: ▶onest } } }'), 'did you mean onset?'],
  ['a clock on a recovery point', withMetrics('{ RPO: { az: { target: 5m, ▶clock: onset } } }'), 'unknown key "clock"'],
  ['a list of targets', withMetrics('{ RTO: ▶[5m] }'), 'a target, or targets by scope'],
  ['a waiver without approver and end', `${SERVICE}waivers:\n  - ▶▶rule: r\n    reason: x\n`, 'add approvedBy', 'add until'],
  ['a role without members', `${SERVICE}roles: { db: { service: shop, members: ▶[] } }`, 'at least one selector'],
  ['service times out of order', `${SERVICE}times: { row: { min: 5s, typ: ▶2s, max: 9s, source: drill } }`, 'min ≤ typ ≤ max'],
  ['a default for tier 9', `${SERVICE}defaults: { scopes: { ▶9: [az] } }`, 'unknown key "9"'],
  ['a default scope twice', `${SERVICE}defaults: { scopes: { 1: ▶[az, az] } }`, 'each scope once'],
  ['a negative failure rate', `${SERVICE}failureRates: { az: ▶-1 }`, 'at least 0'],
  ['an infinite failure rate', `${SERVICE}failureRates: { az: ▶.inf }`, 'failures per year'],
  ['a source that is a mapping', `${SERVICE}sources: [▶{ path: a }]`, 'text'],
  ['a drill that is text', `${SERVICE}drills: [▶az-loss]`, 'a mapping'],
  ['an inert type without reason', `${SERVICE}inert: { 'aws:x/y:Z': ▶'' }`, 'not blank'],
];

const PLANS: readonly Row[] = [
  ['a plan that is text', `${SERVICE}plans: [▶failover]`, 'a recovery plan'],
  ['a plan without a name', `${SERVICE}plans: [▶{ services: [shop] }]`, 'add id'],
  ['a plan for nothing', `${SERVICE}plans: [{ id: p, services: ▶[] }]`, 'at least one service'],
  ['a plan for a service that is not there', `${SERVICE}plans: [{ id: p, services: [▶shpo] }]`, 'did you mean shop?'],
  ['two plans of one name', `${SERVICE}plans: [{ id: p, services: [shop] }, { id: ▶p, services: [shop] }]`, 'another id'],
  ['a review on no day', `${SERVICE}plans: [{ id: p, services: [shop], reviewed: ▶last spring }]`, 'YYYY-MM-DD'],
  [
    'a contact nobody can reach',
    `${SERVICE}plans: [{ id: p, services: [shop], contacts: [▶{ role: a, name: b }] }]`,
    'add reach',
  ],
  [
    'a roster without its age',
    `${SERVICE}plans: [{ id: p, services: [shop], ▶roster: { url: 'https://roster.example' } }]`,
    'add reviewed',
  ],
];

const BETWEEN: readonly Row[] = [
  [
    'a dependency on no service',
    'services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: ▶shp }] }',
    'did you mean shop?',
  ],
  [
    'a dependency on no supplier',
    'services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ supplier: ▶psp }] }',
    'under suppliers',
  ],
  ['metrics for no service', withMetrics('{ RTO: { az: 5m } }').replace('      shop:', '      ▶sohp:'), 'did you mean shop?'],
  ['an agreement that is not there', agreementWith('x', 'underpinnedBy: [▶ola]'), 'one of the agreements'],
  ['a role of no service', `${SERVICE}roles: { db: { service: ▶sho, members: [{ name: a }] } }`, 'did you mean shop?'],
  [
    'a service that needs itself',
    'services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: ▶shop }] }',
    'shop → shop',
  ],
  [
    'a circle of services',
    'services:\n  a: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: b }] }\n  b: { tier: 1, resources: [{ name: b }], dependsOn: [{ service: ▶a }] }',
    'a → b → a',
  ],
  ['an agreement under itself', agreementWith('x', 'underpinnedBy: [▶sla]'), 'sla → sla'],
  ['an end before the start', agreementWith('x', 'to: ▶2025-12-31'), 'on or after 2026-01-01'],
  ['a metric without scope', withMetrics('{ RTO: ▶5m }'), 'the scope of RTO'],
  ['a long metric without scope', withMetrics('{ RTO: ▶{ target: 5m } }'), 'no default for tier 1'],
  [
    'a metric without scope, default of another tier',
    withMetrics('{ MBCO: ▶60% }', 'defaults: { scopes: { 2: [az] } }'),
    'no default for tier 1',
  ],
];

describe('a bad catalogue is refused with the place of the fault', () => {
  for (const [name, marked, ...phrases] of [...SYNTAX, ...SHAPE, ...PLANS, ...BETWEEN]) {
    it(name, () => {
      const { text, places } = unmark(marked);
      const error = refusal(text);
      expect(error.code).toBe('catalogue-invalid');
      const lines = problemLines(error);
      expect(lines.map((line) => line.split(': ')[0])).toEqual(places);
      phrases.forEach((phrase, i) => {
        expect(lines[i]).toContain(phrase);
      });
      for (const line of lines) expect(line).toMatch(/^\d+:\d+: expected .+, found .+; .+/);
    });
  }
});

describe('names of other parts of Holdfast', () => {
  const vocabulary = { rules: new Set(['rds-single-az']), timeRows: new Set(['rds-multi-az-failover']) };
  it('are checked when they are given', () => {
    const marked = `${SERVICE}waivers: [{ rule: ▶rds-singleaz, reason: r, approvedBy: a, until: 2026-01-01 }]
times: { ▶rds-multi-az: { min: 1s, typ: 2s, max: 3s, source: s } }`;
    const { text, places } = unmark(marked);
    const lines = problemLines(refusal(text, vocabulary));
    expect(lines.map((line) => line.split(': ')[0])).toEqual(places);
    expect(lines[0]).toContain('did you mean rds-single-az?');
  });
});

describe('all problems at once', () => {
  it('lists shape, references, circles and periods of one file together, in source order', () => {
    const marked = `services:
  shop:
    tier: ▶0
    resources: [{ ▶nam: a }]
    dependsOn: [{ service: ▶cart2 }, { service: cart }]
  cart:
    tier: 1
    resources: [{ name: b }]
    dependsOn: [{ service: ▶shop }]
agreements:
  sla:
    kind: ▶SLAA
    parties: { provider: P, customer: C }
    from: 2026-01-01
    to: ▶2025-01-01
    version: ▶1
    metrics:
      cart: { RTO: ▶5m }
      ▶card: { RTO: { az: ▶5 } }
`;
    const { text, places } = unmark(marked);
    expect(problemLines(refusal(text)).map((line) => line.split(': ')[0])).toEqual(places);
  });

  it('says how many more there are instead of thousands of lines', () => {
    const error = refusal(`${SERVICE}sources: [${'1, '.repeat(1000)}]`);
    expect(error.message).toContain('1000 problems');
    expect(error.message).toContain('and 800 more');
  });

  it("shows the reader's text on one line, shortened, without control characters", () => {
    const { message } = refusal(`${SERVICE}"\\e[2J\\u202e${'x'.repeat(500)}\\n": 1`);
    expect(message.split('\n')).toHaveLength(2);
    expect(message).not.toMatch(/[\p{Cf}]|\p{Cc}(?<!\n)/u);
    expect(message.length).toBeLessThan(500);
  });
});
