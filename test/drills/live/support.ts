/** A drill on real AWS in which every gate holds, and a session that records what it is asked to send. */

import type { Call, Grade, Place, Session } from '../../../src/aws/call.ts';
import type { AnyCall } from '../../../src/aws/failure.ts';
import type { Approval, Asked, GateFacts } from '../../../src/drills/live/gates.ts';
import type { DrillSpec } from '../../../src/model/drill.ts';
import { known } from '../../../src/model/known.ts';
import { SPEC } from '../spec.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
/** A Monday. */
export const NOW = Date.UTC(2026, 10, 23, 10);
export const HASH = 'a'.repeat(64);
export const TAGS = { 'holdfast:drill': 'allowed' };
const HOUR = 3600 * 1000;

export const spec = (more: Partial<DrillSpec> = {}): DrillSpec => ({
  ...SPEC,
  id: 'lose-a-zone',
  title: 'Lose a zone',
  kind: 'az-loss',
  member: 'us-east-1a',
  blastRadius: { tags: TAGS, most: 10 },
  approvals: { by: [], count: 2 },
  window: { days: [1], from: 9 * 60, to: 17 * 60, zone: 'UTC' },
  ...more,
});

export const asked: Asked = { allowDisruption: true, change: 'CHG-123', requester: 'rita' };

export const approval = (person: string, more: Partial<Approval> = {}): Approval => ({
  person,
  at: NOW - HOUR,
  decision: 'approved',
  subject: HASH,
  ...more,
});

export const facts = (more: Partial<GateFacts> = {}): GateFacts => ({
  now: NOW,
  began: NOW,
  ends: NOW + HOUR,
  drillHash: HASH,
  approvals: known([approval('ada'), approval('ben')]),
  touched: known([{ arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`, tags: known({ ...TAGS, Name: 'web' }) }]),
  takesDown: { regions: [], zones: ['us-east-1a'] },
  killSwitch: known(false),
  controller: { region: known('eu-west-1'), zone: known(undefined) },
  store: { region: known('eu-west-1'), zone: known(undefined) },
  caller: known({ account: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/holdfast-drill/ada` }),
  accounts: [ACCOUNT],
  roles: ['holdfast-drill*'],
  grade: 'disrupt',
  ...more,
});

export interface RecordingSession extends Session {
  readonly sent: { readonly action: string; readonly grade: Grade; readonly input: unknown; readonly at: Place }[];
}

/** Answers everything with what `reply` says, an empty object without it. */
export function recording(reply: (call: AnyCall, input: unknown) => unknown = () => ({})): RecordingSession {
  const sent: RecordingSession['sent'] = [];
  return {
    world: 'live',
    grade: 'disrupt',
    sent,
    async send<I, O>(call: Call<I, O>, input: I, at: Place): Promise<O> {
      sent.push({ action: call.action, grade: call.grade, input, at });
      return reply(call, input) as O;
    },
  };
}
