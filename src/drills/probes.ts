/** Probes that look at a service as its users do. */
import type { Probe } from './contract.ts';
import type { Outside } from './ports.ts';

/** Requests to each host at a look, in turn by every resolver. */
const REQUESTS = 5;

/** Well while at least `needed` (0 … 1) of the requests are served: what is left of a service at its MBCO counts as recovered. */
export function entryProbe(host: string, outside: Outside, every: number, needed: number): Probe {
  return {
    id: `requests to ${host}`,
    every,
    tells: 't4',
    look: async () => {
      const regions = new Set<string>();
      let served = 0;
      let why = '';
      for (let n = 0; n < REQUESTS; n += 1) {
        const answer = await outside.request(host, n % outside.resolvers.length);
        if (answer.kind === 'served') {
          served += 1;
          regions.add(answer.region ?? answer.by);
        } else why = answer.why;
      }
      const ok = served > 0 && served / REQUESTS >= needed;
      return {
        ok,
        says: ok ? `served from ${[...regions].sort().join(' and ')}` : why,
        data: { served, of: REQUESTS },
      };
    },
  };
}
