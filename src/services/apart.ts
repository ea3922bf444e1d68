/** Do two declared resources live in different Regions or accounts? Unknown places decide nothing. */
import type { Known, Truth } from '../model/known.ts';
import { decide, is, no, together } from '../model/known.ts';
import type { Props } from './view.ts';

/** Yes when both places are known and differ, no when they are the same, else unknown. */
export function differ(a: Known<string>, b: Known<string>, detail?: string): Truth {
  return is(together({ a, b }), (places) => places.a !== places.b, detail);
}

/** Two resources of one provider, neither placed by an input of its own, share a Region even when nobody knows which. */
export function inOtherRegion(a: Props, b: Props): Truth {
  return decide(differ(a.region, b.region), {
    yes: (fact) => fact,
    no: (fact) => fact,
    unknown: (why) =>
      shareProvider(a, b) && a.resource.inputs.region === undefined && b.resource.inputs.region === undefined
        ? no('both are of one provider, so they share its Region', [a.origin('region'), b.origin('region')])
        : why,
  });
}

/** A provider works with one set of credentials: its resources share an account even when nobody knows which. */
export function inOtherAccount(a: Props, b: Props): Truth {
  return decide(differ(a.account, b.account), {
    yes: (fact) => fact,
    no: (fact) => fact,
    unknown: (why) => (shareProvider(a, b) ? no('both are of one provider, so they share its account', { resource: a.id }) : why),
  });
}

function shareProvider(a: Props, b: Props): boolean {
  return (
    a.resource.provider !== undefined &&
    a.resource.provider === b.resource.provider &&
    a.resource.stack === b.resource.stack &&
    a.resource.project === b.resource.project
  );
}
