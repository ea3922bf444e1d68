/** Small readers that several services share: links from references, and inputs that have more than one spelling. */
import type { Known } from '../model/known.ts';
import { fold, known } from '../model/known.ts';
import type { Link, LinkKind } from '../model/protection.ts';
import type { Props } from './view.ts';

/** No link when the reference is certainly not set; an unresolved reference stays a link to the unknown. */
export function linkTo(to: Known<string | undefined>, carries: LinkKind, property: string): readonly Link[] {
  return fold<string | undefined, readonly Link[]>(
    to,
    (urn, fact) => (urn === undefined ? [] : [{ to: known(urn, fact.from), carries, property }]),
    (why) => [{ to: why, carries, property }],
  );
}

/** The spelling of an input that is set; the first one when none is. */
export function spelling(props: Props, first: string, ...others: readonly string[]): string {
  const isSet = (path: string): boolean => {
    const value = props.raw(path);
    return value !== undefined && value !== null;
  };
  return [first, ...others].find(isSet) ?? first;
}

/** Part of an ARN (`arn:partition:service:region:account:resource`), undefined when the text is no ARN or the part is empty. */
export function arnPart(arn: string, part: 'service' | 'region' | 'account'): string | undefined {
  const fields = arn.split(':');
  if (fields.length < 6 || fields[0] !== 'arn') return undefined;
  const value = fields[{ service: 2, region: 3, account: 4 }[part]];
  return value === '' ? undefined : value;
}
