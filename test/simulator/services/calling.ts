/** Calls to simulated AWS as the account's administrator, and time that passes with everything that it brings about. */
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT } from '../../services/observed/support.ts';

export async function call<O>(
  aws: SimulatedAws,
  client: string,
  operation: string,
  input: object,
  region = 'us-east-1',
): Promise<O> {
  return (await invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O;
}

/** Calls that services make of each other are made while the time passes. */
export const pass = (aws: SimulatedAws, seconds: number): Promise<void> =>
  aws.world.clock.drive(aws.world.clock.sleep(seconds * 1000));
