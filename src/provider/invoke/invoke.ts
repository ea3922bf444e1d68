/** Answers data sources out of the world. */
import { messageOf } from '../../model/errors.ts';
import { ServiceFault } from '../../simulator/service.ts';
import { holdsUnknown, type Props } from '../values.ts';
import { ASKED } from './asked.ts';
import { FOUND } from './found.ts';
import { PLACES } from './places.ts';
import type { Asking, Sources } from './source.ts';

const SOURCES: Sources = { ...PLACES, ...FOUND, ...ASKED };

export const functionTokens = (): readonly string[] => Object.keys(SOURCES).sort();

/** The part of a token by which people know it: `aws:ec2/getVpc:getVpc` → `ec2.getVpc`. */
const shortOf = (token: string): string => token.replace(/^aws:([^/]+)\/.*:([^:]+)$/, '$1.$2');

export async function invokeFunction(token: string, args: Props, asking: Asking): Promise<Props> {
  // Load balancers of version 2 go by three module names.
  const source =
    SOURCES[token] ?? SOURCES[token.replace(/^aws:(?:alb|applicationloadbalancing|elasticloadbalancingv2)\//, 'aws:lb/')];
  if (source === undefined)
    throw new Error(
      `simulated AWS does not answer the data source ${shortOf(token)}. It answers ${functionTokens().map(shortOf).join(', ')}.`,
    );
  if (holdsUnknown(args)) throw new Error(`${shortOf(token)} is asked with arguments that are not known yet`);
  try {
    return await source(args, asking);
  } catch (error) {
    const said = error instanceof ServiceFault ? `${error.code}: ${error.message}` : messageOf(error);
    throw new Error(`invoking ${token}: ${said}`);
  }
}
