/** A reader over simulated AWS at operation level, for tests of scans: no bytes, no retries, no limits. */
import type { Call } from '../../../src/aws/call.ts';
import { pagesOf } from '../../../src/aws/pages.ts';
import { Hole } from '../../../src/model/value.ts';
import type { Observed, Reader, Scan } from '../../../src/services/observed/scan.ts';
import { freshAws as simulated } from '../../../src/simulator/fresh.ts';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import { ServiceFault, type SimulatedService } from '../../../src/simulator/service.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';

/** A fresh world with the services given, or all of them. */
export function freshAws(services: readonly SimulatedService[] = SIMULATED, seed = 1): SimulatedAws {
  return simulated({ start: Date.UTC(2026, 10, 23), seed, consistency: 0 }, services);
}

export interface TestReader extends Reader {
  /** Actions asked for, in order. */
  readonly asked: string[];
  /** Types marked incomplete are not tracked here: failed listings end up in this list. */
  readonly failed: string[];
}

export function readerOf(aws: SimulatedAws, account = ACCOUNT, region = REGION): TestReader {
  const asked: string[] = [];
  const failed: string[] = [];
  const send = async <I, O>(call: Call<I, O>, input: I): Promise<O> => {
    asked.push(call.action);
    const output = await invoke(aws, call.client, call.operation, input as object, {
      account,
      region: call.only ?? region,
      principal: administrator(account),
    });
    return output as O;
  };
  return {
    account,
    region,
    asked,
    failed,
    async *pages(call, input) {
      try {
        yield* pagesOf(call, input, { account, region }, (asking) => send(call, asking));
      } catch (error) {
        if (!(error instanceof ServiceFault)) throw error;
        failed.push(`${call.action} ${error.code}`);
      }
    },
    async ask(call, input, absent = []) {
      try {
        return await send(call, input);
      } catch (error) {
        if (!(error instanceof ServiceFault)) throw error;
        return absent.includes(error.code) ? undefined : new Hole('error', error.code);
      }
    },
    each: (items, work) => Promise.all(items.map(work)),
  };
}

export async function scanned(scan: Scan, reader: Reader): Promise<readonly Observed[]> {
  const seen: Observed[] = [];
  for await (const one of scan.run(reader)) seen.push(one);
  return seen;
}
