/**
 * Does the program fight a failover? What the engine would do after one, when somebody changes anything and runs the next
 * update: replace or delete what has just taken over, or put back what the failover changed.
 */
import { groupBy } from '../model/collections.ts';
import type { RuleText, Severity } from '../model/finding.ts';
import { firstOf } from '../model/naming.ts';
import { pathSteps } from '../model/property-path.ts';
import type { Scope } from '../model/scope.ts';
import { isJsonRecord } from '../stacks/shape.ts';
import type { EngineStep, PropertyDiff } from './events.ts';

/** A pitfall that only the engine can show. */
export type FightRule = RuleText & { readonly id: FightId };

export type FightId = 'fights-failover-replace' | 'fights-failover-delete' | 'fights-failover-create' | 'fights-failover-undo';

const SCOPES: readonly Scope[] = ['az', 'region', 'data'];
const OPTIONS = 'https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/';

export const FIGHT_RULES: Readonly<Record<FightId, FightRule>> = {
  'fights-failover-replace': {
    id: 'fights-failover-replace',
    title: 'the next update after a failover replaces it',
    severity: 'critical',
    scopes: SCOPES,
    why: 'A failover changes properties that the program states: a promoted replica has no source, a secondary becomes the writer. Where such a property cannot be changed in place, the next `pulumi up` makes a new resource and deletes the one that serves, with its data.',
    fix: 'Put the property under `ignoreChanges`, so that the program states it at creation only, and set `protect: true` on what holds data. Better, build the pair from inputs that do not name a role.',
    source: OPTIONS,
  },
  'fights-failover-delete': {
    id: 'fights-failover-delete',
    title: 'the next update after a failover deletes it',
    severity: 'critical',
    scopes: SCOPES,
    why: 'The program derives what exists from which side is active. After a failover it no longer asks for the resource that serves now, and the next `pulumi up` deletes it.',
    fix: 'Declare both sides whichever is active, and set `protect: true` on what holds data.',
    source: 'https://www.pulumi.com/docs/iac/concepts/resources/options/protect/',
  },
  'fights-failover-create': {
    id: 'fights-failover-create',
    title: 'the next update after a failover makes it again',
    severity: 'high',
    scopes: SCOPES,
    why: 'The failover took the resource away or detached it. The next `pulumi up` makes it anew, empty and perhaps in the role that it had before, beside the one that serves.',
    fix: 'Recover in ways that keep what the program declares, or take the step into the program as part of the failover.',
    source: 'derived',
  },
  'fights-failover-undo': {
    id: 'fights-failover-undo',
    title: 'the next update after a failover undoes it',
    severity: 'high',
    scopes: SCOPES,
    why: 'The failover changed what the program states: the weight of a record, the desired capacity of a standby, the switch of a routing control. The next `pulumi up`, for whatever reason, puts it back, and with it the traffic or the capacity.',
    fix: 'Put the property under `ignoreChanges`, so that whoever operates the service owns it after creation, or read it from where the failover writes it.',
    source: OPTIONS,
  },
};

/** One place where the program fights the failover. */
export interface Fight {
  readonly rule: FightId;
  readonly severity: Severity;
  readonly urn: string;
  /** The property that causes it; undefined: the engine does not tell. */
  readonly property: string | undefined;
  /** One sentence about this resource. */
  readonly message: string;
  /** What to change in the program. */
  readonly mend: string;
}

/** What is known besides the steps. */
export interface Surrounds {
  /** What a reader calls the resource. */
  title(urn: string): string;
  /** Undefined: nobody can tell; then it counts as one that does. */
  holdsState(urn: string): boolean | undefined;
  /** Is it a tag by which the drill remembers what it did? It goes with the drill. */
  isDrillTag(key: string): boolean;
}

/** What the engine would do to one resource, all its steps together. */
interface Intention {
  readonly op: 'replace' | 'delete' | 'create' | 'update';
  readonly step: EngineStep;
  readonly diffs: readonly PropertyDiff[];
}

/**
 * `before`: the steps of a `preview --refresh` in steady state. What the engine would do then too is no fight: the program is
 * not at rest, or the provider tells a difference that is none. `after`: the same, after the failover.
 */
export function fightsOf(before: readonly EngineStep[], after: readonly EngineStep[], around: Surrounds): readonly Fight[] {
  const usual = intentions(before);
  const fights: Fight[] = [];
  for (const [urn, intention] of intentions(after)) {
    const same = usual.get(urn);
    const known = new Set(same?.op === intention.op ? same.diffs.map((d) => d.path) : []);
    const diffs = intention.diffs.filter((d) => !known.has(d.path) && !isDrillsOwn(d, intention.step, around));
    // A step that names no property is told as it is, unless it would be taken anyway.
    if (diffs.length > 0 || (intention.diffs.length === 0 && same?.op !== intention.op))
      fights.push(fightOf(urn, { ...intention, diffs }, around));
  }
  const order = Object.keys(FIGHT_RULES);
  return fights.sort((a, b) => order.indexOf(a.rule) - order.indexOf(b.rule) || (a.urn < b.urn ? -1 : 1));
}

function intentions(steps: readonly EngineStep[]): ReadonlyMap<string, Intention> {
  const found = new Map<string, Intention>();
  for (const [urn, own] of groupBy(
    steps.filter((s) => s.type !== 'pulumi:pulumi:Stack' && !s.type.startsWith('pulumi:providers:')),
    (s) => s.urn,
  )) {
    const op = opOf(own);
    const step = own.find((s) => s.op === op) ?? own.at(-1);
    if (op === undefined || step === undefined) continue;
    const diffs = new Map(own.filter((s) => s.op !== 'refresh').flatMap((s) => s.diffs.map((d) => [d.path, d])));
    found.set(urn, { op, step, diffs: [...diffs.values()] });
  }
  return found;
}

/** The strongest thing that the engine would do. A replacement is told as up to three steps. */
function opOf(steps: readonly EngineStep[]): Intention['op'] | undefined {
  const ops = new Set(steps.map((s) => s.op));
  if (['replace', 'create-replacement', 'delete-replaced', 'discard-replaced'].some((op) => ops.has(op))) return 'replace';
  return (['delete', 'create', 'update'] as const).find((op) => ops.has(op));
}

/** A difference of tags that is none without those of the drill. */
function isDrillsOwn({ path }: PropertyDiff, { before, after }: EngineStep, { isDrillTag }: Surrounds): boolean {
  if (!/^tags(All)?(?![\w-])/.test(path)) return false;
  const [, key] = pathSteps(path);
  if (typeof key === 'string' && isDrillTag(key)) return true;
  const listed = (tags: unknown) => Object.entries(isJsonRecord(tags) ? tags : {}).sort();
  const is = listed(valueAt(before?.outputs, 'tags') ?? valueAt(before?.inputs, 'tags'));
  const kept = is.filter(([key]) => !isDrillTag(key));
  return kept.length < is.length && JSON.stringify(kept) === JSON.stringify(listed(valueAt(after?.inputs, 'tags')));
}

function fightOf(urn: string, { op, step, diffs }: Intention, around: Surrounds): Fight {
  const holdsState = around.holdsState(urn);
  const causes = diffs.filter((d) => op !== 'replace' || d.kind.endsWith('-replace'));
  const told = causes.length > 0 ? causes : diffs;
  const property = told[0]?.path;
  const paths = [...new Set(told.map((d) => d.path))];
  const because = paths.length === 0 ? '' : `: ${listed(paths.map((path) => changed(path, step)))}`;
  const rule = (
    {
      replace: 'fights-failover-replace',
      delete: 'fights-failover-delete',
      create: 'fights-failover-create',
      update: 'fights-failover-undo',
    } as const
  )[op];
  const does = { replace: 'replaces', delete: 'deletes', create: 'makes anew', update: 'changes back' }[op];
  const { severity } = FIGHT_RULES[rule];
  return {
    rule,
    // Without data, what is replaced is out of service for a while and comes back.
    severity: severity === 'critical' && holdsState === false ? 'high' : severity,
    urn,
    property,
    message: `after the failover, the next update ${does} ${around.title(urn)}${because}`,
    mend: mendOf(op, paths, step, holdsState !== false),
  };
}

function mendOf(op: Intention['op'], paths: readonly string[], step: EngineStep, stateful: boolean): string {
  const ignore = `ignoreChanges: [${paths.map((p) => JSON.stringify(p)).join(', ')}]`;
  const protect = stateful && step.before?.protect !== true ? ' and protect: true' : '';
  switch (op) {
    case 'replace':
    case 'update':
      return paths.length === 0
        ? `state only what does not change with the role${protect === '' ? '' : '; set protect: true'}`
        : `${ignore}${op === 'replace' ? protect : ''}, or inputs that do not name the role`;
    case 'delete':
      return `declare it whichever side is active${protect}`;
    case 'create':
      return 'recover in a way that keeps it, or take the step into the program with the failover';
  }
}

const MAX_LISTED = 4;
const listed = (items: readonly string[]): string => firstOf(items, MAX_LISTED);

/** `weight is 0, and the program says 100`; the path alone where a value is long, hidden or not told. */
function changed(path: string, { before, after }: EngineStep): string {
  const is = short(valueAt(before?.inputs, path) ?? valueAt(before?.outputs, path));
  const says = short(valueAt(after?.inputs, path));
  if (says === undefined && is === undefined) return `\`${path}\``;
  return `\`${path}\` is ${is ?? 'not set'}, and the program says ${says ?? 'nothing'}`;
}

const MAX_SHOWN = 60;

function short(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function valueAt(from: unknown, path: string): unknown {
  let at: unknown = from;
  for (const step of pathSteps(path)) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isJsonRecord(at) && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}
