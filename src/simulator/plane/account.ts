/** An account as it was: for the end of a rehearsal in which somebody else had held it. */
import type { World } from '../world/world.ts';
import { remembered as logsOf } from './logs.ts';
import { remembered as hostsOf } from './network.ts';

type Restore = () => void;

/**
 * Returns what puts everything of the account back as it is now, as if nothing had been deleted. What was made since stays. What
 * ran by the clock (schedules, checkers) and was stopped does not run again.
 */
export function remembered(world: World, account: string): Restore {
  const shelves = world.keptFor(account).map((items) => [items, [...items]] as const);
  const inside = new Map<object, Restore>();
  for (const [, entries] of shelves) for (const [, { item }] of entries) photograph(item, inside);
  const hosts = hostsOf(world);
  const logs = logsOf(world);
  return () => {
    for (const [items, entries] of shelves) for (const [key, entry] of entries) if (!items.has(key)) items.set(key, entry);
    for (const restore of inside.values()) restore();
    hosts();
    logs();
  };
}

/**
 * Plain objects, lists, maps and sets, and whatever of these they hold: each is put back in place, so that who refers to it sees it. What
 * a map or a set was given since stays in it (the job of a restore, an item that was written).
 */
function photograph(value: unknown, inside: Map<object, Restore>): void {
  if (typeof value !== 'object' || value === null || inside.has(value)) return;
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    const before = [...list];
    inside.set(value, () => void list.splice(0, list.length, ...before));
    for (const element of before) photograph(element, inside);
  } else if (value instanceof Map) {
    const before = [...(value as Map<unknown, unknown>)];
    inside.set(value, () => {
      for (const [key, held] of before) value.set(key, held);
    });
    for (const [, held] of before) photograph(held, inside);
  } else if (value instanceof Set) {
    const before = [...(value as Set<unknown>)];
    inside.set(value, () => {
      for (const held of before) value.add(held);
    });
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    const before = { ...value };
    inside.set(value, () => {
      for (const key of Object.keys(value)) if (!(key in before)) Reflect.deleteProperty(value, key);
      if (!Object.isFrozen(value)) Object.assign(value, before);
    });
    for (const held of Object.values(before)) photograph(held, inside);
  }
}
