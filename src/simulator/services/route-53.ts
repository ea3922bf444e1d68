/** Simulated Route 53: its control plane is in us-east-1, its name servers and health checkers answer from many places. */
import type { SimulatedService } from '../service.ts';
import { GLOBAL } from '../world/world.ts';
import { route53Deployers } from './route-53-deployers.ts';
import { healthCheckOperations } from './route-53-health.ts';
import { HEALTH_CHECKS, ZONES } from './route-53-model.ts';
import { recordOperations } from './route-53-records.ts';
import { zoneOperations } from './route-53-zones.ts';

export const route53: SimulatedService = {
  client: 'route-53',
  prefix: 'route53',
  global: true,
  operations: { ...zoneOperations, ...recordOperations, ...healthCheckOperations },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, key, item } of world.everywhere(ZONES)) {
        const deleted = fault.kind === 'deleted' && fault.arn === `arn:aws:route53:::hostedzone/${item.id}`;
        // Whoever holds the account can delete every record of a zone, and then the zone.
        if (deleted || (fault.kind === 'account-compromised' && fault.account === account))
          world.remove(ZONES, account, GLOBAL, key);
      }
      for (const { account, key, item } of world.everywhere(HEALTH_CHECKS)) {
        const deleted = fault.kind === 'deleted' && fault.arn === `arn:aws:route53:::healthcheck/${item.id}`;
        if (!deleted) continue;
        if (item.watch !== undefined) item.watch.stopped = true;
        world.remove(HEALTH_CHECKS, account, GLOBAL, key);
      }
    });
  },
  deployers: route53Deployers,
};
