/** Members that AWS sends whenever it answers at all. */
import { Hole } from '../../model/value.ts';

/** The member, or what stands for a reply that lacks it: such a reply says nothing, least of all that nothing is there. */
export const sent = <T>(member: T | undefined, name: string): T | Hole =>
  member === undefined ? new Hole('error', `the reply has no ${name}`) : member;
