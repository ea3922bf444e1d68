import { describe, expect, it } from 'vitest';
import { type IamFlags, iam } from '../../../scripts/commands/iam.ts';
import { POLICY_SIZE, type PolicyDocument } from '../../../src/aws/policy.ts';
import { HAND_CALLS } from '../../../src/drills/by-hand/by-hand.ts';
import { DRILL_CALLS } from '../../../src/drills/kinds/calls.ts';
import { LIVE_CALLS } from '../../../src/drills/live/calls.ts';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import { allows } from '../../../src/simulator/world/access.ts';
import { around } from '../../golden/support.ts';
import { ACCOUNT } from './support.ts';

function printed(named: readonly string[], flags: IamFlags = {}): readonly PolicyDocument[] {
  let text = '';
  iam(named, flags, { ...around, write: (more) => (text += more) });
  const read = JSON.parse(text) as PolicyDocument | readonly PolicyDocument[];
  return 'Version' in read ? [read] : read;
}
const principal = (documents: readonly PolicyDocument[]) => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/holdfast-drill`,
  policy: documents.flatMap((d) => d.Statement),
});
const ALL = [...HAND_CALLS, ...DRILL_CALLS, ...LIVE_CALLS];

describe('the policy of a drill', () => {
  it('allows every call that a drill makes, in documents that IAM takes', () => {
    const documents = printed(['drill']);
    expect(ALL.filter((c) => !allows(principal(documents), c.action))).toEqual([]);
    for (const d of documents) expect(JSON.stringify(d).length).toBeLessThanOrEqual(POLICY_SIZE);
    expect(allows(principal(documents), 'iam:PassRole')).toBe(true);
  });

  it('is not part of what reads alone need', () => {
    const changes = ALL.filter((c) => c.grade !== 'read');
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter((c) => allows(principal(printed([])), c.action))).toEqual([]);
  });

  it('knows calls by the names that simulated AWS knows them by', () => {
    const services = new Map(SIMULATED.map((s) => [s.client, s]));
    const wrong = LIVE_CALLS.filter(({ client, operation, action }) => {
      const service = services.get(client);
      return (
        service?.operations[operation] === undefined ||
        (service.actions?.[operation] ?? `${service.prefix}:${operation}`) !== action
      );
    });
    expect(wrong.map((c) => c.action)).toEqual([]);
  });
});

describe('the role of FIS', () => {
  it('is taken by FIS, and may do what its actions do and no more', () => {
    const [trust, ...documents] = printed([], { fisRole: true });
    expect(trust).toMatchObject({ Statement: [{ Principal: { Service: 'fis.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
    for (const action of [
      'ec2:StopInstances',
      'ec2:ReplaceNetworkAclAssociation',
      'rds:FailoverDBCluster',
      's3:PauseReplication',
    ])
      expect(allows(principal(documents), action)).toBe(true);
    for (const action of ['ec2:TerminateInstances', 'rds:DeleteDBInstance', 'iam:PassRole', 's3:PutObject'])
      expect(allows(principal(documents), action)).toBe(false);
  });
});
