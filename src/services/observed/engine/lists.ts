/** The lists that a reply holds: at its top, or one level below (`DistributionList.Items`). */

type Lists = readonly (readonly [path: string, list: readonly unknown[]])[];

export function listsOf(output: unknown, path = ''): Lists {
  const found: (readonly [string, readonly unknown[]])[] = [];
  for (const [name, value] of Object.entries(output as object)) {
    if (Array.isArray(value)) found.push([`${path}${name}`, value]);
    else if (path === '' && name !== '$metadata' && typeof value === 'object' && value !== null)
      found.push(...listsOf(value, `${name}.`));
  }
  return found;
}

/** The same reply with those items of its lists that are to be kept; the very same one when that is all of them. */
export function filtered(output: unknown, keep: (path: string, index: number, item: unknown) => boolean): unknown {
  const copy: Record<string, unknown> = { ...(output as object) };
  let whole = true;
  for (const [path, list] of listsOf(output)) {
    const left = list.filter((item, i) => keep(path, i, item));
    if (left.length === list.length) continue;
    whole = false;
    const [top = '', below] = path.split('.');
    if (below === undefined) copy[top] = left;
    else copy[top] = { ...(copy[top] as object), [below]: left };
  }
  return whole ? output : copy;
}

/** Not even a name is left of it. Whatever it stood for is missing, and a scan could take it for something that is not there. */
export function isNothing(item: unknown): boolean {
  if (item === null || item === undefined) return true;
  return typeof item === 'object' && !Array.isArray(item) && Object.values(item).every((member) => member === undefined);
}

/** An item of a listing that no text names, not even one inside it: scans could only leave it out, as if it were not there. */
export function isNameless(item: unknown): boolean {
  if (isNothing(item)) return true;
  if (typeof item !== 'object' || item === null) return false;
  const members = Object.values(item).filter((member) => member !== undefined && member !== null);
  // What has no member of its own is a wrapper: of a rule of one kind or another, of several lists.
  return members.every((m) => typeof m === 'object' && !(m instanceof Date)) ? members.every(isNameless) : !members.some(isText);
}

const isText = (member: unknown): boolean => typeof member === 'string' && member !== '';

/** Whether any list in an answer, however deep, has lost an item. */
export function lacksAnItem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return false;
  const members: readonly unknown[] = Object.values(value);
  return (Array.isArray(value) && members.some((m) => m === null || m === undefined)) || members.some(lacksAnItem);
}
