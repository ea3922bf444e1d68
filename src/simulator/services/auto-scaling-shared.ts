/** What the operations of Auto Scaling share. */
import { type CallContext, ServiceFault } from '../service.ts';
import { GROUPS, type GroupItem } from './auto-scaling-groups.ts';
import type { Place } from './ec2-shared.ts';

export const placeOf = ({ world, account, region }: CallContext): Place => ({ world, account, region });

export const invalid = (message: string): ServiceFault => new ServiceFault('ValidationError', message);

export function groupOf(context: CallContext, name: string | undefined): GroupItem {
  const group = context.get(GROUPS, name ?? '');
  if (group === undefined) throw invalid('AutoScalingGroup name not found - null');
  return group;
}
