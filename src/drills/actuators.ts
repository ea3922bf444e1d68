/** Disruptions and the controller's own acts as steps of a drill. */
import type { Actuator } from './contract.ts';
import { asJson } from './logbook.ts';
import type { Disruption, Injector } from './ports.ts';

/**
 * A step of the controller's own: it makes nothing in AWS, nothing there tells whether it was done, and doing it again has no
 * second effect.
 */
export const ownStep = (step: Pick<Actuator, 'id' | 'describe' | 'act'>, undo: () => void = () => undefined): Actuator => ({
  ...step,
  outcome: async () => 'not-done',
  compensate: async () => {
    undo();
    return null;
  },
  left: async () => [],
});

function nameOf(what: Disruption): string {
  switch (what.kind) {
    case 'az-loss':
      return `lose ${what.zone}`;
    case 'region-loss':
      return `lose ${what.region}`;
    case 'corruption':
      return 'corrupt data';
    case 'key-loss':
      return `lose ${what.keys.join(', ')}`;
    case 'unreachable':
      return `cut off ${what.resources.join(', ')}`;
    case 'control-plane-loss':
      return `lose the control plane${what.client === undefined ? '' : ` of ${what.client}`} in ${what.region}`;
    case 'account-compromised':
      return `lose account ${what.account} to somebody else`;
  }
}

/** `before`: done in the instant of the onset, before anything is lost; `after`: once it has ended. */
export function disruption(
  injector: Injector,
  what: Disruption,
  before: () => Promise<void>,
  after: () => void = () => undefined,
): Actuator {
  const id = nameOf(what);
  return {
    id,
    describe: () => asJson(what),
    act: async (token) => {
      await before();
      return injector.begin(token, what);
    },
    outcome: async (token) => {
      const state = await injector.state(token);
      return state === 'unknown' ? 'unknown' : state === 'not-begun' ? 'not-done' : 'done';
    },
    compensate: async (token) => {
      const ended = await injector.end(token);
      after();
      return ended;
    },
    left: async (token) => {
      const state = await injector.state(token);
      return state === 'begun' || state === 'unknown' ? [`${id}: ${state}`] : [];
    },
  };
}
