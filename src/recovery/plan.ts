/** A recovery graph made ready to compute with: timings resolved against a table, nodes in an order that works. */
import { type Unknown, unknown } from '../model/known.ts';
import type { Timing } from '../model/protection.ts';
import type { RecoveryGraph, RecoveryNode } from './graph.ts';
import { hashText, type StreamKey } from './stream.ts';
import type { TableRow, TimeTable } from './table.ts';

/** `time`: how long until recovered. `point`: age of the newest write that is recovered. */
export type Measure = 'time' | 'point';

/** Seconds as an expression over constants and random leaves. `leaf` numbers the leaves of one node. */
export type Expression =
  | { readonly kind: 'constant'; readonly seconds: number }
  | { readonly kind: 'row'; readonly row: TableRow; readonly leaf: number }
  | { readonly kind: 'span'; readonly min: number; readonly max: number; readonly leaf: number }
  | { readonly kind: 'sum'; readonly parts: readonly Expression[] }
  | { readonly kind: 'slowest' | 'fastest'; readonly parts: readonly Expression[] };

export interface PlanNode {
  readonly id: string;
  readonly label: string;
  readonly own: Expression;
  /** Positions of earlier nodes in the plan. */
  readonly after: readonly number[];
  /**
   * Made of the node's timings and the fingerprints of those before it, not of its id: services of the same shape
   * draw the same samples and share them. Nodes that are alike in all this are told apart by a number.
   */
  readonly fingerprint: string;
  /** Names the node's random streams. */
  readonly key: StreamKey;
  readonly shock: string | undefined;
}

export interface Plan {
  readonly measures: Measure;
  /** Every node after the nodes it waits for. */
  readonly nodes: readonly PlanNode[];
  /** What is not known; each stands in the expressions as 0 seconds, so that lower bounds stay valid. */
  readonly ignorance: readonly Unknown[];
  /** Why something never comes back; it stands in the expressions as Infinity. */
  readonly nevers: readonly string[];
  /** Rows in use, by id. */
  readonly rows: ReadonlyMap<string, TableRow>;
  /** Equal for plans that give the same samples from the same seed. */
  readonly signature: string;
}

/**
 * Resolves a graph. A row that the table lacks, a time that is not a number or has no parts, two nodes with one id, an `after`
 * that names no node and a cycle are ignorance, never an exception; a malformed graph keeps the nodes' own
 * times and loses its edges, which can only make the total shorter.
 */
export function planOf(graph: RecoveryGraph, table: TimeTable, measures: Measure): Plan {
  const measured = graph.nodes.filter((node) => measures === 'time' || node.point !== undefined);
  const nodes = measured.sort((a, b) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));
  const reader = timingReader(table);
  const ordered = measures === 'time' ? inOrder(nodes, reader.ignorance) : nodes.map((node) => ({ node, after: [] }));
  const planned: PlanNode[] = [];
  const place = new Map<string, number>();
  const keys: string[] = [];
  const twins = new Map<string, number>();
  for (const { node, after } of ordered) {
    const timing = measures === 'time' ? node.time : node.point;
    if (timing === undefined) continue;
    const own = reader.read(timing, node);
    const waits = after.map((id) => place.get(id) ?? 0);
    const shape = fingerprint([describe(own), node.shock ?? '', ...waits.map((i) => keys[i] ?? '').sort()].join('\n'));
    const twin = twins.get(shape) ?? 0;
    twins.set(shape, twin + 1);
    const key = `${shape}#${twin}`;
    place.set(node.id, planned.length);
    keys.push(key);
    planned.push({ id: node.id, label: node.label, own, after: waits, fingerprint: key, key: hashText(key), shock: node.shock });
  }
  return {
    measures,
    nodes: planned,
    ignorance: reader.ignorance,
    nevers: reader.nevers,
    rows: reader.rows,
    signature: `${measures}:${fingerprint([...keys].sort().join())}`,
  };
}

function fingerprint(text: string): string {
  const { a, b } = hashText(text);
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}

function describe(e: Expression): string {
  switch (e.kind) {
    case 'constant':
      return `${e.seconds}`;
    case 'row':
      return `row ${e.row.signature}`;
    case 'span':
      return `${e.min}–${e.max}`;
    default:
      return `${e.kind}(${e.parts.map(describe).join(';')})`;
  }
}

interface TimingReader {
  readonly read: (timing: Timing, node: RecoveryNode) => Expression;
  /** What was met on the way. */
  readonly ignorance: Unknown[];
  readonly nevers: string[];
  readonly rows: Map<string, TableRow>;
}

/** Turns timings into expressions. */
function timingReader(table: TimeTable): TimingReader {
  const ignorance: Unknown[] = [];
  const nevers: string[] = [];
  const rows = new Map<string, TableRow>();
  /** Of the node in hand. */
  let label = '';
  let leaves = 0;
  const nextLeaf = () => {
    leaves += 1;
    return leaves;
  };
  const unread = (why: Unknown): Expression => {
    ignorance.push({ ...why, detail: `${label}: ${why.detail}` });
    return { kind: 'constant', seconds: 0 };
  };
  const lost = (why: string): Expression => {
    nevers.push(`${label}: ${why}`);
    return { kind: 'constant', seconds: Number.POSITIVE_INFINITY };
  };
  const between = (min: number, max: number, why: string): Expression => {
    if (min === Number.POSITIVE_INFINITY) return lost(why);
    if (!(0 <= min && min <= max && max < Number.POSITIVE_INFINITY)) {
      return unread(unknown('error', `a time between ${min} and ${max} seconds makes no sense`));
    }
    return min === max ? { kind: 'constant', seconds: min } : { kind: 'span', min, max, leaf: nextLeaf() };
  };
  const expression = (t: Timing): Expression => {
    switch (t.kind) {
      case 'row': {
        const found = table.get(t.row);
        if (found === undefined) return unread(unknown('not-modelled', `there is no service time "${t.row}"`));
        rows.set(t.row, found);
        return { kind: 'row', row: found, leaf: nextLeaf() };
      }
      case 'fixed':
        return between(t.seconds, t.seconds, t.why);
      case 'span':
        return between(t.min, t.max, t.why);
      case 'sum':
      case 'slowest':
      case 'fastest': {
        const [only, ...others] = t.parts.map(expression);
        if (only === undefined) return unread(unknown('not-reported', 'its time is made of no parts'));
        return others.length === 0 ? only : { kind: t.kind, parts: [only, ...others] };
      }
      case 'never':
        return lost(t.why);
      case 'unknown':
        return unread(t.why);
    }
  };
  const read = (timing: Timing, node: RecoveryNode): Expression => {
    label = node.label;
    leaves = 0;
    return expression(timing);
  };
  return { read, ignorance, nevers, rows };
}

interface Ordered {
  readonly node: RecoveryNode;
  readonly after: readonly string[];
}

interface Waiting extends Ordered {
  /** How many of `after` are not in order yet. */
  open: number;
  readonly followers: Waiting[];
}

/** Topological order by Kahn's algorithm; ties in order of id. Adds to `ignorance` what keeps it from one. */
function inOrder(nodes: readonly RecoveryNode[], ignorance: Unknown[]): readonly Ordered[] {
  const waiting = nodes.map((node): Waiting => {
    const after = node.starts === 'at-onset' ? [] : [...new Set(node.after)];
    return { node, after, open: after.length, followers: [] };
  });
  const index = new Map(waiting.map((entry) => [entry.node.id, entry]));
  const withoutEdges = () => nodes.map((node) => ({ node, after: [] }));
  if (index.size < nodes.length) {
    ignorance.push(unknown('error', 'two parts of the recovery graph have the same id'));
    return withoutEdges();
  }
  let dangling = false;
  for (const entry of waiting) {
    for (const id of entry.after) {
      const before = index.get(id);
      if (before !== undefined) {
        before.followers.push(entry);
        continue;
      }
      dangling = true;
      ignorance.push(unknown('dangling', `${entry.node.label} waits for ${id}, which is not in the recovery graph`));
    }
  }
  if (dangling) return withoutEdges();

  const ordered = waiting.filter(({ after }) => after.length === 0);
  for (const { followers } of ordered) {
    for (const follower of followers) {
      follower.open -= 1;
      if (follower.open === 0) ordered.push(follower);
    }
  }
  if (ordered.length === nodes.length) return ordered;
  const cycle = oneCycle(waiting, new Set(ordered.map(({ node }) => node.id)));
  ignorance.push(
    unknown('error', `these wait for one another in a circle: ${cycle.map((id) => index.get(id)?.node.label ?? id).join(' → ')}`),
  );
  return withoutEdges();
}

/** A cycle among the nodes that could not be ordered, its first node repeated at the end. */
function oneCycle(waiting: readonly Ordered[], done: ReadonlySet<string>): readonly string[] {
  const next = new Map<string, string>();
  for (const { node, after } of waiting) {
    const blocker = after.find((id) => !done.has(id));
    if (!done.has(node.id) && blocker !== undefined) next.set(node.id, blocker);
  }
  const path: string[] = [];
  let at = [...next.keys()][0];
  while (at !== undefined && !path.includes(at)) {
    path.push(at);
    at = next.get(at);
  }
  return at === undefined ? path : [...path.slice(path.indexOf(at)), at];
}
