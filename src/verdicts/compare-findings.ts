/** Findings of one judgement beside those of an earlier one. */
import { groupBy } from '../model/collections.ts';
import type { Finding } from '../model/finding.ts';
import { SEVERITIES } from '../model/finding.ts';
import type { Identity } from './identities.ts';
import { knownAgain } from './moved.ts';

/** What is compared of a finding. */
export interface FindingThen extends Pick<Finding, 'rule' | 'severity' | 'resource' | 'fingerprint'> {
  readonly state: 'fires' | 'unknown';
  readonly property: string | null;
  readonly position: { readonly file: string } | null;
  readonly waiver: { readonly expired: boolean } | null;
}

export interface FindingMovement {
  /** `moved`: at a resource that was renamed or moved, or written in another file. */
  readonly state: 'new' | 'unchanged' | 'moved';
  /** What got worse at a finding that is not new: what nobody could tell is now certain, its waiver is over, it weighs more. */
  readonly worse: 'certain' | 'waiver' | 'severity' | null;
  /** The resource that it was found at. */
  readonly from: string | null;
}

export interface FindingsCompared<F> {
  /** For each finding of now, in its order. */
  readonly movements: readonly FindingMovement[];
  /** Earlier findings that are not found any more. */
  readonly gone: readonly F[];
  /** Resources with findings that were known again by their inputs alone. */
  readonly alike: readonly { readonly from: string; readonly to: string }[];
}

interface Side<F> {
  readonly findings: readonly F[];
  /** Null: a document that does not tell them. Nothing is then taken for moved. */
  readonly identities: readonly Pick<Identity, 'resource' | 'aliases' | 'content'>[] | null;
}

/**
 * Each finding of now is one earlier finding at most, and the other way round: the same rule and property, at the same resource, or
 * at the one that it was (`knownAgain`).
 */
export function compareFindings<F extends FindingThen>(before: Side<F>, after: Side<FindingThen>): FindingsCompared<F> {
  const known = knownAgain(before.identities ?? [], before.identities === null ? [] : (after.identities ?? []));
  // Without identities the fingerprint alone tells: it leaves the stack out.
  const placed = before.identities !== null && after.identities !== null;
  const place = (f: FindingThen, resource: string): string =>
    placed ? [f.rule, f.property ?? '', resource].join('\n') : `${f.rule}\n${f.fingerprint}`;
  const open = groupBy(before.findings, (f) => place(f, f.resource));
  const taken = new Set<F>();
  const movements = after.findings.map((f): FindingMovement => {
    const moved = known.get(f.resource);
    const left = (open.get(place(f, moved?.from ?? f.resource)) ?? []).filter((x) => !taken.has(x));
    const decided = isCertain(f);
    const was = left.find((x) => isCertain(x) === decided) ?? left[0];
    if (was === undefined) return { state: 'new', worse: null, from: null };
    taken.add(was);
    const isElsewhere = moved !== undefined && moved.how !== 'same';
    // A source that tells no positions says nothing about the file.
    const isRefiled = was.position !== null && f.position !== null && was.position.file !== f.position.file;
    return { state: isElsewhere || isRefiled ? 'moved' : 'unchanged', worse: worse(was, f), from: was.resource };
  });
  const found = new Set(after.findings.map((f) => f.resource));
  return {
    movements,
    gone: before.findings.filter((f) => !taken.has(f)),
    alike: [...known].flatMap(([to, { from, how }]) => (how === 'content' && found.has(to) ? [{ from, to }] : [])),
  };
}

function worse(was: FindingThen, is: FindingThen): FindingMovement['worse'] {
  if (!isCertain(was) && isCertain(is)) return 'certain';
  if (holds(was.waiver) && !holds(is.waiver)) return 'waiver';
  return SEVERITIES.indexOf(is.severity) < SEVERITIES.indexOf(was.severity) ? 'severity' : null;
}

const isCertain = ({ state }: FindingThen): boolean => state === 'fires';
const holds = (waiver: FindingThen['waiver']): boolean => waiver !== null && !waiver.expired;
