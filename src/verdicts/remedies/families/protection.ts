/** Against the program itself: what must not be deleted by it. */
import type { Family } from '../candidate.ts';

export const protectedState: Family = (spot) =>
  spot.finding?.rule === 'pulumi-unprotected-stateful'
    ? [
        {
          mechanism: 'pulumi-protect',
          says: 'let Pulumi refuse to delete it',
          changes: [{ kind: 'protect', resource: spot.item.resource.urn }],
          cost: { class: 'none', rests: 'it is an option of the program' },
        },
      ]
    : [];
