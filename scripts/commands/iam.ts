/** `holdfast iam`: the least-privilege policy of the commands named, made from the calls that they declare; and the role of FIS. */
import { CHECKS } from '../../checks/registry.ts';
import { ASSUME_ROLE } from '../../src/aws/credentials.ts';
import type { AnyCall } from '../../src/aws/failure.ts';
import { LIST_ACCOUNTS, TARGET_CALLS } from '../../src/aws/organisation.ts';
import { leastPrivilege } from '../../src/aws/policy.ts';
import { HAND_CALLS } from '../../src/drills/by-hand/by-hand.ts';
import { INVOCATION_CALLS } from '../../src/drills/invocation/calls.ts';
import { DRILL_CALLS } from '../../src/drills/kinds/calls.ts';
import { LIVE_CALLS, LIVE_PERMISSIONS } from '../../src/drills/live/calls.ts';
import { FIS_ROLE_CALLS, FIS_TRUST } from '../../src/drills/live/fis-role.ts';
import { UsageError } from '../../src/model/errors.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import type { Surroundings } from '../surroundings.ts';

export interface IamFlags {
  readonly out?: string;
  readonly organization?: boolean;
  readonly publish?: boolean;
  readonly fisRole?: boolean;
}

const COMMANDS = ['check', 'verify', 'drill', 'invoke'] as const;

/** Prints one policy document, or a list of them where one would be larger than IAM allows. */
export function iam(named: readonly string[], flags: IamFlags, around: Surroundings): number {
  const unknown = named.find((name) => !(COMMANDS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError('command-unknown', `expected commands that use AWS (${COMMANDS.join(', ')}), found ${unknown}.`);
  const documents =
    flags.fisRole === true
      ? [FIS_TRUST, ...leastPrivilege(FIS_ROLE_CALLS)]
      : leastPrivilege([
          ...callsOf(flags),
          ...(named.includes('drill') ? DRILLING : []),
          ...(named.includes('invoke') ? INVOKING : []),
        ]);
  const [only] = documents;
  around.write(`${JSON.stringify(documents.length === 1 ? only : documents, undefined, 2)}\n`, flags.out);
  return 0;
}

/** A drill reads what `check` reads, and may change things: its policy is printed when it is asked for by name. */
const DRILLING: readonly AnyCall[] = [...HAND_CALLS, ...DRILL_CALLS, ...LIVE_CALLS, ...LIVE_PERMISSIONS];

/** An invocation reads signals and takes the steps of people; it disrupts nothing. */
const INVOKING: readonly AnyCall[] = [...HAND_CALLS, ...INVOCATION_CALLS];

/** `verify --with-live` reads what `check` reads. Accounts of an organization and roles in them are asked for by name. */
export function callsOf({
  organization = false,
  publish = false,
}: Pick<IamFlags, 'organization' | 'publish'>): readonly AnyCall[] {
  const finding = TARGET_CALLS.filter((call) => organization || (call !== LIST_ACCOUNTS && call !== ASSUME_ROLE));
  const publishing = publish ? CHECKS.flatMap((c) => c.publishes ?? []) : [];
  return [...SCANS.flatMap((s) => s.calls), ...CHECKS.flatMap((c) => c.calls), ...publishing, ...finding];
}
