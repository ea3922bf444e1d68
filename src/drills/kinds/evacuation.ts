/** A Region is left in good order, and only then taken away: traffic first, then writers, once the copies have all they wrote. */

import { meaningOf } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import type { Outcome } from '../../recovery/outcome.ts';
import { disruption, ownStep } from '../actuators.ts';
import { failDatastoreOver } from '../by-hand/elasticache.ts';
import type { StepMaker } from '../by-hand/hand.ts';
import { switchGlobalOver } from '../by-hand/rds-global.ts';
import type { Canary } from '../canary.ts';
import type { Actuator } from '../contract.ts';
import type { Disruption } from '../ports.ts';
import { nothingLost } from './failovers.ts';
import { located } from './places.ts';
import { asked, type Kind } from './play.ts';
import { itemsOf, type Scene } from './scene.ts';
import { regionOfBranch, turnedAway } from './traffic.ts';

/** How a store of several Regions is moved while all of them are well, by the mechanism that would save it without warning. */
const PLANNED: Readonly<Record<string, StepMaker>> = {
  'aurora-global-failover': switchGlobalOver,
  'docdb-global-failover': switchGlobalOver,
  'neptune-global-failover': switchGlobalOver,
  'elasticache-global-failover': failDatastoreOver,
};

/** Writers of these go on in another Region without anything being promoted. */
const WRITABLE_EVERYWHERE: ReadonlySet<string> = new Set(['dynamodb-global-table', 's3-replication', 'running-twin']);

export const regionEvacuation: Kind = async (scene) => {
  const { ground, path, member } = scene;
  const region = member.name;
  const moves: Actuator[] = [];
  for (const role of path.entries) moves.push(...turnedAway(role, scene, (record) => regionOfBranch(record) === region));
  const promotions: Actuator[] = [];
  const writers: Canary[] = [];
  for (const outcome of path.outcomes.filter((o) => o.role.kind === 'store')) {
    const way = wayOut(outcome, region, scene);
    if (typeof way === 'string') return way;
    promotions.push(...way);
    const canary = scene.canaries.find((c) => c.id === outcome.role.id);
    if (canary !== undefined && outcome.kind !== 'unaffected') writers.push(canary);
  }
  const lost: Disruption = { kind: 'region-loss', region };
  const away: readonly Actuator[] = [
    ...moves,
    ...(writers.length === 0 ? [] : [heldBack(writers, scene)]),
    ...promotions,
    ...(writers.length === 0 ? [] : [movedOn(writers, region)]),
  ];
  return {
    scope: 'region',
    member: region,
    lost: [lost],
    disrupt: [...away, disruption(ground.injector, lost, scene.strike, scene.returned)],
    recover: [],
    people: promotions.map((p) => p.id),
    notTaken: [],
    validated: async () => nothingLost(scene),
  };
};

/** How a store leaves the Region, or why it cannot. */
function wayOut(outcome: Outcome, region: string, scene: Scene): readonly Actuator[] | string {
  const { role, kind, mechanism = '' } = outcome;
  if (kind === 'unaffected' || WRITABLE_EVERYWHERE.has(mechanism)) return [];
  const refusal = `${role.title} cannot leave ${region} without loss: ${outcome.says}`;
  const make = PLANNED[mechanism];
  const members = itemsOf(role, scene.ground.judgement.estate);
  const home = members.find((m) => located(m)[0]?.at.region === region && meaningOf(m)?.kind === 'store');
  const target = members.find((m) => PROMOTED.test(m.resource.type) && ![region, ''].includes(located(m)[0]?.at.region ?? ''));
  const arn = target === undefined ? undefined : located(target)[0]?.arn;
  if (make === undefined || home === undefined || arn === undefined) return refusal;
  const steps = asked(make, home, role, scene, { target: arn });
  return typeof steps === 'string' ? `${refusal}: ${steps}` : steps;
}

const PROMOTED = /(?:cluster:Cluster|replicationGroup:ReplicationGroup)$/;

/** Milliseconds between two looks at what has arrived, and most that anybody waits for it. */
const POLL = 1_000;
const PATIENCE = 3_600_000;

/** Nobody writes until the copies have everything: what is not on its way is not lost. */
function heldBack(writers: readonly Canary[], scene: Scene): Actuator {
  const { clock, outside } = scene.ground;
  const latest = async (role: Role['id']): Promise<number> => {
    const lags = await Promise.all(scene.stores.filter((s) => s.role.id === role).map((s) => outside.lag(s.arn)));
    return Math.max(0, ...lags.filter((lag) => lag !== undefined));
  };
  return ownStep(
    {
      id: 'writers are held back until the copies have everything',
      describe: () => ({ stores: writers.map((w) => w.id) }),
      act: async (_, signal) => {
        for (const writer of writers) writer.hold();
        const end = clock.now() + PATIENCE;
        // What was written last arrives no later than replication is late.
        for (const writer of writers) {
          const due = clock.now() + 2 * 1000 * (await latest(writer.id)) + POLL;
          if (due > end) throw new Error(`replication is later than ${PATIENCE / 60_000} min`);
          while (clock.now() < due) await clock.sleep(POLL, signal);
        }
        return null;
      },
    },
    () => writersGoBack(writers),
  );
}

function movedOn(writers: readonly Canary[], region: string): Actuator {
  return ownStep(
    {
      id: `writers go on outside ${region}`,
      describe: () => ({ stores: writers.map((w) => w.id) }),
      act: async () => {
        for (const writer of writers) writer.move(writer.endpoints().filter((e) => !e.includes(region)));
        return null;
      },
    },
    () => writersGoBack(writers),
  );
}

function writersGoBack(writers: readonly Canary[]): void {
  for (const writer of writers) writer.back();
}
