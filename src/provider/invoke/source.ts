/** A data source: what a program asks AWS while it runs. */
import { administrator } from '../../simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../simulator/world/invoke.ts';
import type { Props } from '../values.ts';

export interface Asking {
  readonly aws: SimulatedAws;
  readonly account: string;
  readonly region: string;
}

/** Rejects with what AWS answers, or in the provider's words when nothing or too much is found. */
export type Source = (args: Props, asking: Asking) => Promise<Props>;

/** By token (`aws:ec2/getVpc:getVpc`). */
export type Sources = Readonly<Record<string, Source>>;

export function call(client: string, operation: string, input: object, { aws, account, region }: Asking): Promise<object> {
  return invoke(aws, client, operation, input, { account, region, principal: administrator(account) });
}
