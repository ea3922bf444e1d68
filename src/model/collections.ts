/** Groups items by key, keeping their order (Map.groupBy, which Node 20 lacks). */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** What is kept under the key: made at the first question, the same ever after. */
export function kept<K, V>(
  by: { get(key: K): V | undefined; has(key: K): boolean; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const found = by.get(key);
  // What was made may be undefined.
  if (found !== undefined || by.has(key)) return found as V;
  const made = make();
  by.set(key, made);
  return made;
}
