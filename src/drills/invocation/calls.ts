/** Calls of AWS that an invocation makes besides those of its steps: all of them read. */
import type { Call } from '../../aws/call.ts';
import { getMetricData, getParameter, listMetrics } from '../live/calls.ts';
import { SIGNAL_CALLS } from './signals.ts';

export const INVOCATION_CALLS: readonly Call<never, unknown>[] = [...SIGNAL_CALLS, getMetricData, listMetrics, getParameter];
