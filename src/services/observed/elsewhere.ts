/** Questions that only another Region of the account can answer: about replicas, which keep some settings of their own. */
import type { Call } from '../../aws/call.ts';

/** The same call, sent to that Region whatever the Region of the scan. */
export const inRegion = <I, O>(what: Call<I, O>, region: string): Call<I, O> => ({ ...what, only: region });
