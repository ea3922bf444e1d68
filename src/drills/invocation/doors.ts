/** Where users come in, looked at while it may be down: nobody can ask beforehand which of its names answers. */
import type { Estate } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import type { Probe } from '../contract.ts';
import { textsOf } from '../kinds/places.ts';
import { ENTRY_OUTPUTS, itemsOf } from '../kinds/scene.ts';
import type { Outside } from '../ports.ts';

export interface Door {
  readonly title: string;
  /** Names of one thing: one that answers will do. */
  readonly hosts: readonly string[];
}

/** Stores are no doors: users come in before them. */
export function doorsOf(entries: readonly Role[], estate: Estate): readonly Door[] {
  return entries
    .filter((role) => role.kind !== 'store')
    .map((role) => ({
      title: role.title,
      hosts: [...new Set(itemsOf(role, estate).flatMap((item) => textsOf(item, ENTRY_OUTPUTS)))],
    }))
    .filter((door) => door.hosts.length > 0);
}

type Answer =
  | { readonly kind: 'served'; readonly from: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unknown' };

export async function knock({ hosts }: Door, resolver: number, outside: Outside): Promise<Answer> {
  let worst: Answer = { kind: 'unknown' };
  for (const host of hosts) {
    const reached = await outside.request(host, resolver).catch(() => undefined);
    if (reached?.kind === 'served') return { kind: 'served', from: reached.region ?? reached.by };
    if (reached?.kind === 'refused') worst = reached;
  }
  return worst;
}

/** Requests at a look, in turn by every resolver: a share of the service must be seen as one. */
const REQUESTS = 10;

/** Well while at least `needed` (0 … 1) of the requests are served. */
export function doorProbe(door: Door, outside: Outside, every: number, needed: number): Probe {
  return {
    id: `requests to ${door.title}`,
    every,
    tells: 't4',
    look: async () => {
      const places = outside.resolvers.length;
      const asked = Array.from({ length: places === 0 ? 0 : REQUESTS }, (_, n) => knock(door, n % places, outside));
      const answers = await Promise.all(asked);
      const served = answers.filter((a) => a.kind === 'served');
      const data = { served: served.length, of: answers.length };
      const refused = answers.find((a) => a.kind === 'refused');
      if (answers.length === 0 || answers.every((a) => a.kind === 'unknown'))
        return { ok: undefined, says: 'nobody can ask', data };
      const from = [...new Set(served.map((a) => a.from))].sort().join(' and ');
      const ok = served.length > 0 && served.length / answers.length >= needed;
      if (refused === undefined) return { ok, says: `served from ${from}`, data };
      const some = served.length === 0 ? '' : `${served.length} of ${answers.length} served from ${from}: `;
      return { ok, says: `${some}${refused.why}`, data };
    },
  };
}
