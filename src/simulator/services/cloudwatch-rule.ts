/** The rule of a composite alarm: states of other alarms joined by AND, OR and NOT (API reference, PutCompositeAlarm, AlarmRule). */
import { ServiceFault } from '../service.ts';

/** `state` gives the state of an alarm by name or ARN; undefined: there is none. */
export function ruleHolds(rule: string, state: (alarm: string) => string | undefined): boolean {
  const tokens = rule.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  let at = 0;
  const bad = (): ServiceFault =>
    new ServiceFault('ValidationError', `AlarmRule must not contain ${tokens[at] ?? 'an early end'}`);
  const take = (token: string): void => {
    if (tokens[at] !== token) throw bad();
    at += 1;
  };
  const either = (): boolean => {
    let holds = both();
    while (tokens[at] === 'OR') {
      at += 1;
      const next = both();
      holds = holds || next;
    }
    return holds;
  };
  const both = (): boolean => {
    let holds = one();
    while (tokens[at] === 'AND') {
      at += 1;
      const next = one();
      holds = holds && next;
    }
    return holds;
  };
  const one = (): boolean => {
    const token = tokens[at];
    at += 1;
    switch (token) {
      case 'TRUE':
        return true;
      case 'FALSE':
        return false;
      case 'NOT':
        return !one();
      case '(': {
        const holds = either();
        take(')');
        return holds;
      }
      case 'ALARM':
      case 'OK':
      case 'INSUFFICIENT_DATA': {
        take('(');
        const name = (tokens[at] ?? '').replaceAll('"', '');
        at += 1;
        take(')');
        return state(name) === token;
      }
      default:
        at -= 1;
        throw bad();
    }
  };
  const holds = either();
  if (at < tokens.length) throw bad();
  return holds;
}
