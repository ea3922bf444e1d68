/** Checks of invocations that their shape cannot tell: signals that must exist, a guard that can be passed. */
import { keyPlace } from './issues.ts';
import { type Problem, quote } from './problem.ts';
import { child, childrenOf, missing, type Written } from './written.ts';

/** Signals that must agree where the catalogue does not say otherwise: one source alone may be wrong. */
export const INDEPENDENT = 2;

/** Scopes whose invocation answers the loss of one thing by name. */
const NAMED_SCOPES: ReadonlySet<unknown> = new Set(['az', 'region', 'account', 'supplier']);

/** `invocation`: the value of a plan's key, as written. */
export function invocationProblems(invocation: Written): readonly Problem[] {
  const names = new Set(childrenOf(invocation, 'signals').flatMap((s) => childrenOf(s, '*').map((w) => w.keys.at(-1) ?? '')));
  return [
    ...[...used(childrenOf(invocation, 'when')), ...cleared(invocation)].flatMap((w) =>
      typeof w.value === 'string' ? missing('signals', w.value, names, w.spot.place) : [],
    ),
    ...memberProblems(invocation),
    ...countProblems(childrenOf(invocation, 'when')),
    ...peopleProblems(invocation),
    ...guardProblems(invocation, names.size),
    ...alarmProblems(invocation),
    ...automaticReturn(invocation),
  ];
}

const LISTS = ['all', 'any', 'of'];

/** Signals that circumstances name, at whatever depth. */
const used = (groups: readonly Written[]): readonly Written[] =>
  itemsOf(groups).flatMap((item) => (typeof item.value === 'string' ? [item] : used([item])));

const itemsOf = (groups: readonly Written[]): readonly Written[] =>
  groups.flatMap((g) => LISTS.flatMap((key) => childrenOf(g, key)).flatMap((list) => childrenOf(list, '*')));

const cleared = (invocation: Written): readonly Written[] =>
  childrenOf(invocation, 'deactivation')
    .flatMap((d) => childrenOf(d, 'clear'))
    .flatMap((list) => childrenOf(list, '*'));

function memberProblems(invocation: Written): readonly Problem[] {
  const scope = child(invocation, 'scope');
  const [member] = childrenOf(invocation, 'member');
  if (member === undefined && NAMED_SCOPES.has(scope)) {
    const expected = `the ${String(scope)} that is lost`;
    return [{ place: invocation.spot.place, expected, found: 'nothing', advice: 'add member' }];
  }
  if (member === undefined || NAMED_SCOPES.has(scope) || typeof scope !== 'string') return [];
  const expected = `no member: the scope ${scope} has none`;
  return [{ place: keyPlace(member.spot), expected, found: quote(member.value), advice: 'remove member' }];
}

/** More than there are would never be met, and nobody would notice before the day. */
function countProblems(groups: readonly Written[]): readonly Problem[] {
  return groups.flatMap((g) => {
    const [count] = childrenOf(g, 'at-least');
    const items = itemsOf([g]);
    const nested = countProblems(items.filter((i) => typeof i.value === 'object'));
    if (count === undefined || typeof count.value !== 'number' || count.value <= items.length) return nested;
    const expected = `at most ${items.length}, which is how many are listed`;
    return [{ place: count.spot.place, expected, found: quote(count.value), advice: 'list more, or ask for fewer' }, ...nested];
  });
}

function peopleProblems(invocation: Written): readonly Problem[] {
  const places = [
    ...childrenOf(invocation, 'authority'),
    ...childrenOf(invocation, 'approvals').flatMap((list) => childrenOf(list, '*')),
    ...childrenOf(invocation, 'deactivation').flatMap((d) => childrenOf(d, 'authority')),
  ];
  return places.flatMap((who) => {
    const by = child(who, 'by');
    const [count] = childrenOf(who, 'count');
    if (!Array.isArray(by) || by.length === 0 || count === undefined) return [];
    const people = new Set(by).size;
    if (typeof count.value !== 'number' || count.value <= people) return [];
    const expected = `at most ${people}, which is how many are named`;
    return [{ place: count.spot.place, expected, found: quote(count.value), advice: 'name more people, or ask for fewer' }];
  });
}

function guardProblems(invocation: Written, signals: number): readonly Problem[] {
  const [guard] = childrenOf(invocation, 'guard');
  const needed = typeof guard?.value === 'number' ? guard.value : INDEPENDENT;
  const [list] = childrenOf(invocation, 'signals');
  if (list === undefined || signals >= needed) return [];
  const expected = `at least ${needed} signals of different sources, so that one alone cannot be a false alarm`;
  const advice = 'add signals, or state guard: 1';
  return [{ place: guard?.spot.place ?? keyPlace(list.spot), expected, found: String(signals), advice }];
}

/** A name alone may be that of an alarm in any Region. */
function alarmProblems(invocation: Written): readonly Problem[] {
  const signals = childrenOf(invocation, 'signals').flatMap((s) => childrenOf(s, '*'));
  return signals.flatMap((signal) => {
    const [alarm] = childrenOf(signal, 'alarm');
    if (alarm === undefined || typeof alarm.value !== 'string' || alarm.value.startsWith('arn:')) return [];
    if (child(signal, 'region') !== undefined) return [];
    const expected = 'the ARN of an alarm, or its name with its Region';
    return [{ place: alarm.spot.place, expected, found: quote(alarm.value), advice: 'add region' }];
  });
}

/** Once failed over, a service answers while what was lost is still away: which signals speak of that, only the catalogue knows. */
function automaticReturn(invocation: Written): readonly Problem[] {
  return childrenOf(invocation, 'deactivation').flatMap((deactivation) => {
    const [authority] = childrenOf(deactivation, 'authority');
    if (authority?.value !== 'automatic' || child(deactivation, 'clear') !== undefined) return [];
    const expected = 'the signals that show what was lost, when nobody is asked';
    return [{ place: authority.spot.place, expected, found: 'nothing', advice: 'add clear' }];
  });
}
