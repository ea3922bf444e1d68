import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../src/model/invocation.ts';
import { parse, problemLines, refusal, SERVICE } from './support.ts';

const SIGNALS = `      entry: { probe: entry }
      errors: { alarm: shop-5xx, region: eu-west-1 }
      checkers: { health-check: '**::shop' }
`;

function plan(lines: string, signals = SIGNALS): string {
  return `${SERVICE}plans:
  - id: p
    services: [shop]
    invocation:
     signals:
${signals}${lines}`;
}

const WHEN = `     scope: region
     member: eu-west-1
     when: { at-least: 2, of: [entry, errors, checkers] }
     for: 5m
`;

function invocationOf(text: string): Invocation {
  const found = parse(text).plans[0]?.invocation;
  if (found === undefined) throw new Error('no invocation');
  return found;
}

describe('an invocation in the catalogue', () => {
  it('is filled in with what it leaves out', () => {
    const found = invocationOf(plan(`${WHEN}     authority: automatic\n`));
    expect(found.criteria).toEqual({
      when: {
        kind: 'at-least',
        count: 2,
        of: ['entry', 'errors', 'checkers'].map((signal) => ({ kind: 'signal', signal })),
      },
      for: 300,
      every: 30,
      independent: 2,
    });
    expect(found.deactivation).toEqual({
      clear: ['entry', 'errors', 'checkers'],
      for: 1800,
      authority: { kind: 'people', by: [], count: 1 },
    });
    expect(found.authority).toEqual({ kind: 'automatic' });
    expect(found.signals.map((s) => s.rule.kind)).toEqual(['probe', 'alarm', 'health-check']);
    expect(found.place).toMatchObject({ line: 9 });
  });

  it('says everything that there is to say', () => {
    const found = invocationOf(
      plan(
        `     scope: data
     when: { any: [lag, { all: [served, aws] }] }
     for: 90s
     every: 10s
     guard: 1
     authority: { by: [Ada, Grace], count: 2 }
     approvals: [{ before: 'promote *', by: [Ada], within: 5m, otherwise: go-on }]
     change: CHG-1
     steps: [{ action: rds-promote-read-replica, on: '**::orders' }]
     deactivation: { clear: [lag], for: 1h, authority: automatic }
`,
        `      lag: { lag-above: 30s, of: '**::orders' }
      aws: { health-event: RDS, region: eu-west-1 }
      served: { availability-below: 95%, over: 2m, metric: { namespace: N, name: M, dimensions: { a: b }, region: eu-west-1 } }
`,
      ),
    );
    expect(found).toMatchObject({
      scope: 'data',
      criteria: { every: 10, independent: 1, when: { kind: 'any', of: [{ kind: 'signal' }, { kind: 'all' }] } },
      authority: { kind: 'people', by: ['Ada', 'Grace'], count: 2 },
      approvals: [{ before: 'promote *', by: ['Ada'], count: 1, within: 300, otherwise: 'go-on' }],
      change: 'CHG-1',
      steps: [{ action: 'rds-promote-read-replica', with: {} }],
      deactivation: { clear: ['lag'], for: 3600, authority: { kind: 'automatic' } },
    });
    expect(found.signals[2]?.rule).toMatchObject({ kind: 'availability-below', share: 0.95, over: 120 });
  });

  const AUTHORITY = '     authority: automatic\n';
  it.each([
    ['a signal that is not there', plan(`${WHEN.replace('errors, ', 'eror, ')}${AUTHORITY}`), [[15, 'signals']]],
    ['one that must be clear', plan(`${WHEN}${AUTHORITY}     deactivation: { clear: [entri] }\n`), [[18, 'signals']]],
    ['a Region without a name', plan(`${WHEN.replace('     member: eu-west-1\n', '')}${AUTHORITY}`), [[9, 'region']]],
    ['a name where nothing has one', plan(`${WHEN.replace('scope: region', 'scope: data')}${AUTHORITY}`), [[14, 'member']]],
    ['more than there are', plan(`${WHEN.replace('at-least: 2', 'at-least: 4')}${AUTHORITY}`), [[15, 'at most 3']]],
    ['more people than are named', plan(`${WHEN}     authority: { by: [Ada, Ada], count: 2 }\n`), [[17, 'at most 1']]],
    [
      'a return that nothing but the entry speaks for',
      plan(`${WHEN}${AUTHORITY}     deactivation: { authority: automatic }\n`),
      [[18, 'signals']],
    ],
    ['an alarm of some Region', plan(`${WHEN}${AUTHORITY}`, SIGNALS.replace(', region: eu-west-1', '')), [[11, 'ARN']]],
    [
      'one signal alone',
      plan(
        '     scope: data\n     when: { any: [entry] }\n     for: 5m\n     authority: automatic\n',
        '      entry: { probe: entry }\n',
      ),
      [[9, 'at least 2']],
    ],
    ['no authority', plan(WHEN), [[8, 'authority']]],
    [
      'a share without its sign',
      plan(
        `${WHEN}${AUTHORITY}`,
        `${SIGNALS}      x: { availability-below: 95, metric: { namespace: N, name: M, region: eu-west-1 } }\n`,
      ),
      [[13, 'percent']],
    ],
    [
      'an unknown signal',
      plan(`${WHEN}${AUTHORITY}`, `${SIGNALS}      x: { dream: 1 }\n`),
      [
        [13, 'alarm'],
        [13, 'dream'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    const found = problemLines(refusal(text));
    expect(found).toHaveLength(expected.length);
    for (const [i, [line, word]] of expected.entries()) {
      expect(found[i]).toMatch(new RegExp(`(^|:)${line}:`));
      expect(found[i]).toContain(String(word));
    }
  });
});
