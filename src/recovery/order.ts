/** What waits for what, without circles. */

/**
 * Services that call one another wait for one another in a circle, though nobody starves: each retries. The members of
 * a circle are taken to come back one after the other, which is the slowest that they can, and each waits for all that
 * any of them waits for outside. Who waits for one of them waits for the last; all else stays as it is (Tarjan's strongly connected components).
 */
export function withoutCircles(after: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  const circles = components(after);
  if (circles.length === after.size && [...after].every(([id, waits]) => !waits.has(id))) return after;
  const ordered = new Map<string, ReadonlySet<string>>();
  const last = new Map(circles.flatMap((circle) => circle.map((id) => [id, circle.at(-1) ?? id] as const)));
  for (const circle of circles) {
    const inside = new Set(circle);
    const waits = circle.flatMap((id) => [...(after.get(id) ?? [])]).filter((id) => !inside.has(id));
    const outside = new Set(waits.map((id) => last.get(id) ?? id));
    circle.forEach((id, i) => {
      const previous = circle[i - 1];
      ordered.set(id, previous === undefined ? outside : new Set([...outside, previous]));
    });
  }
  return ordered;
}

/** Strongly connected components, each in the order of its ids, found without recursion: estates can be deep. */
function components(after: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  for (const start of after.keys()) {
    if (index.has(start)) continue;
    const calls: { id: string; next: Iterator<string> }[] = [enter(start)];
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const { id } = call;
      const step = call.next.next();
      if (step.done === true) {
        calls.pop();
        const above = calls.at(-1);
        if (above !== undefined) low.set(above.id, Math.min(at(low, above.id), at(low, id)));
        if (at(low, id) === at(index, id)) found.push(close(id));
      } else if (after.has(step.value)) {
        if (!index.has(step.value)) calls.push(enter(step.value));
        else if (isOpen.has(step.value)) low.set(id, Math.min(at(low, id), at(index, step.value)));
      }
    }
  }
  return found;

  function enter(id: string): { id: string; next: Iterator<string> } {
    low.set(id, index.size);
    index.set(id, index.size);
    open.push(id);
    isOpen.add(id);
    return { id, next: (after.get(id) ?? new Set<string>()).values() };
  }

  function close(root: string): string[] {
    const members: string[] = [];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      isOpen.delete(id);
      members.push(id);
      if (id === root) break;
    }
    return members.sort();
  }
}

const at = (numbers: ReadonlyMap<string, number>, id: string): number => numbers.get(id) ?? Number.POSITIVE_INFINITY;
