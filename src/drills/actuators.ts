/** Disruptions as steps of a drill. */
import type { Actuator } from './contract.ts';
import type { Disruption, Injector } from './ports.ts';

/** `before`: done in the instant of the onset, before anything is lost. */
export function disruption(injector: Injector, what: Disruption, before: () => Promise<void>): Actuator {
  const id = what.kind === 'az-loss' ? `lose ${what.zone}` : what.kind === 'region-loss' ? `lose ${what.region}` : 'corrupt data';
  return {
    id,
    describe: () => ({ ...what, ...(what.kind === 'corruption' ? { stores: [...what.stores] } : {}) }),
    act: async (token) => {
      await before();
      return injector.begin(token, what);
    },
    outcome: async (token) => {
      const state = await injector.state(token);
      return state === 'unknown' ? 'unknown' : state === 'not-begun' ? 'not-done' : 'done';
    },
    compensate: (token) => injector.end(token),
    left: async (token) => {
      const state = await injector.state(token);
      return state === 'begun' || state === 'unknown' ? [`${id}: ${state}`] : [];
    },
  };
}
