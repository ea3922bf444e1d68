/** A DB instance of simulated RDS gets another name. */
import { restore } from '../plane/logs.ts';
import { type CallContext, ServiceFault } from '../service.ts';
import { between, procedure } from '../world/procedure.ts';
import { removeInstance } from './rds-deletion.ts';
import { followWith, listenInstance, settleReplication } from './rds-endpoints.ts';
import { INSTANCES, type Instance, instanceHost } from './rds-state.ts';

/** Seconds; it is restarted on the way (USER_RenameInstance). How long that takes is our assumption. */
const RENAMING = [60, 300] as const;

/** Applied at once, the instance is restarted, and from then on its endpoint has the new name (USER_RenameInstance). */
export function rename(instance: Instance, id: string, context: CallContext): void {
  const { world, account, region } = context;
  if (context.get(INSTANCES, id) !== undefined) throw new ServiceFault('DBInstanceAlreadyExists', 'DB instance already exists');
  instance.status = 'renaming';
  procedure(world, instance, [
    {
      after: between(world, ...RENAMING),
      what: () => {
        const arn = context.arn('rds', `db:${id}`);
        const renamed: Instance = {
          ...instance,
          id,
          arn,
          host: instanceHost(account, region, id, instance.engine),
          status: 'available',
        };
        restore(world, instance.arn, arn, world.clock.now());
        removeInstance(world, instance, { keepBackups: false });
        world.put(INSTANCES, account, region, id, renamed);
        listenInstance(world, renamed);
        if (renamed.source !== undefined) followWith(world, renamed.source, renamed);
        settleReplication(world, account);
      },
    },
  ]);
}
