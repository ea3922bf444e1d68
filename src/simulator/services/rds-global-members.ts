/** How a cluster gets into a global database of simulated RDS, and what that makes of it. */
import type { CreateDBClusterCommandInput } from '@aws-sdk/client-rds';
import { type CallContext, ServiceFault } from '../service.ts';
import { type GlobalDatabase, globalAt, regionOfArn } from './rds-global-state.ts';
import { type Cluster, clusterAt } from './rds-state.ts';

export interface Membership {
  readonly global: GlobalDatabase;
  /** The cluster that writes; undefined: the new one will. */
  readonly source: Cluster | undefined;
  readonly encrypted: boolean;
}

export function globalOr404(context: CallContext, id: string | undefined): GlobalDatabase {
  const global = globalAt(context.world, context.account, id ?? '');
  if (global === undefined) throw new ServiceFault('GlobalClusterNotFoundFault', `Global cluster ${id ?? ''} not found.`, 404);
  return global;
}

/** The first cluster writes; each later one is in another Region, takes the users of the first and replicates from it. */
export function membershipOf(input: CreateDBClusterCommandInput, context: CallContext): Membership {
  const global = globalOr404(context, input.GlobalClusterIdentifier);
  const source = global.writer === undefined ? undefined : clusterAt(context.world, context.account, '', global.writer);
  if (source !== undefined) {
    if (global.members.some((arn) => regionOfArn(arn) === context.region))
      throw new ServiceFault('InvalidGlobalClusterStateFault', 'A global database has at most one cluster in each Region.');
    if (input.MasterUsername !== undefined)
      throw new ServiceFault('InvalidParameterCombination', 'Cannot specify user name for cross region replication cluster');
  }
  return { global, source, encrypted: global.encrypted };
}

export function joinGlobal(global: GlobalDatabase, cluster: Cluster): void {
  global.members = [...global.members, cluster.arn];
  global.writer ??= cluster.arn;
}
