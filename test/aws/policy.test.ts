import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { leastPrivilege, POLICY_SIZE } from '../../src/aws/policy.ts';
import { allows } from '../../src/simulator/world/access.ts';

const of = (...actions: readonly string[]) =>
  actions.map((action) => call<never, unknown>({ client: 'x', operation: action.split(':')[1] ?? '', action }));

describe('leastPrivilege', () => {
  it('has one statement for each service, in order, without repetition', () => {
    expect(leastPrivilege(of('rds:B', 'arc-region-switch:ListPlans', 'rds:A', 'rds:B'))).toEqual([
      {
        Version: '2012-10-17',
        Statement: [
          { Sid: 'ArcRegionSwitch', Effect: 'Allow', Action: ['arc-region-switch:ListPlans'], Resource: '*' },
          { Sid: 'Rds', Effect: 'Allow', Action: ['rds:A', 'rds:B'], Resource: '*' },
        ],
      },
    ]);
  });

  it('is nothing for no call', () => {
    expect(leastPrivilege([])).toEqual([]);
  });

  it('allows each of its actions and no other, in documents that IAM takes', () => {
    const name = fc.stringMatching(/^[A-Z][A-Za-z]{3,60}$/);
    const service = fc.constantFrom('rds', 'ec2', 's3', 'elasticloadbalancing', 'arc-zonal-shift');
    const action = fc.tuple(service, name).map(([s, n]) => `${s}:${n}`);
    fc.assert(
      fc.property(fc.uniqueArray(action, { minLength: 1, maxLength: 500 }), action, (actions, other) => {
        const documents = leastPrivilege(of(...actions));
        const policy = documents.flatMap((d) => d.Statement);
        const principal = { arn: 'arn:aws:iam::111122223333:role/holdfast', policy };
        for (const a of actions) expect(allows(principal, a)).toBe(true);
        const same = actions.some((a) => a.toLowerCase() === other.toLowerCase());
        expect(allows(principal, other)).toBe(same);
        for (const d of documents) {
          expect(JSON.stringify(d).length).toBeLessThanOrEqual(POLICY_SIZE);
          const sids = d.Statement.map((s) => s.Sid);
          expect(new Set(sids).size).toBe(sids.length);
          for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
        }
      }),
      { numRuns: 50 },
    );
  });
});
