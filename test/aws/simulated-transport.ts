/** AWS's door without bytes: the port over simulated AWS at operation level, for tests and benchmarks. */
import type { Transport } from '../../src/aws/transport.ts';
import { administrator, type Principal } from '../../src/simulator/world/access.ts';
import { invoke, NoAnswer, type SimulatedAws } from '../../src/simulator/world/invoke.ts';

export function simulatedTransport(aws: SimulatedAws, principalOf: (account: string) => Principal = administrator): Transport {
  return {
    async send(client, operation, input, { account, region }) {
      try {
        return await invoke(aws, client, operation, input, { account, region, principal: principalOf(account) });
      } catch (error) {
        // As Node's sockets say it.
        if (!(error instanceof NoAnswer)) throw error;
        throw Object.assign(new Error(error.message), { code: error.kind === 'refused' ? 'ECONNREFUSED' : 'ETIMEDOUT' });
      }
    },
  };
}
