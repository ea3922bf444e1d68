/** What must hold before a drill begins, and what stops it, as questions to the ground. What cannot be told does not hold. */
import type { Place } from '../../aws/call.ts';
import type { Precondition, StopRule } from '../../model/drill.ts';
import { formatDuration } from '../../model/quantity.ts';
import type { PreparedDrill, StopCondition } from '../contract.ts';
import type { Ground } from '../ground.ts';
import { availabilityStop } from '../probes.ts';
import { calendarState, continuousBackups, describeAlarms, describeClusters, instanceBackups, recoveryPoints } from './calls.ts';
import { lagsOf } from './lag.ts';
import type { Located } from './places.ts';
import type { Scene } from './scene.ts';

type Check = PreparedDrill['preconditions'][number];

export function checksOf(scene: Scene): readonly Check[] {
  return scene.spec.preconditions.map((rule) => ({ id: rule.kind, check: () => unmet(rule, scene) }));
}

/** Why it does not hold; undefined: it does. Rejects when nobody can tell. */
async function unmet(rule: Precondition, scene: Scene): Promise<string | undefined> {
  const { ground, run, spec } = scene;
  switch (rule.kind) {
    case 'fresh-backups':
      return staleBackup(rule.within, scene);
    case 'lag-within':
      return late(rule.seconds, scene);
    case 'no-change-freeze': {
      const at = homeOf(scene);
      if (at === undefined) return 'no Region of the service is known in which a change calendar could be asked';
      // Names need not be fully spelt: a calendar is asked for where the service is.
      const { State } = await ground.session.send(calendarState, { CalendarNames: [...rule.calendars] }, at);
      return State === 'OPEN' ? undefined : `change calendar ${rule.calendars.join(', ')} is ${State ?? 'not known'}`;
    }
    case 'no-open-incident':
      for (const alarm of rule.alarms) {
        const state = await stateOf(alarm, scene);
        if (state !== 'OK') return `alarm ${alarm} ${state === undefined ? 'is not there' : `is ${state}`}`;
      }
      return undefined;
    case 'no-other-drill': {
      const others = (await ground.others()).filter((other) => other !== run);
      return others.length === 0 ? undefined : `under way: ${others.join(', ')}`;
    }
    case 'checks-green':
      return ground.checks(spec.service);
  }
}

async function late(seconds: number, { stores, ground }: Scene): Promise<string | undefined> {
  for (const { title, seconds: lag } of await lagsOf(stores, ground.outside)) {
    if (lag === undefined) return `${title} replicates, and nobody can tell how late`;
    if (lag > seconds) return `${title} is ${formatDuration(Math.round(lag))} behind`;
  }
  return undefined;
}

async function staleBackup(within: number, { stores, ground }: Scene): Promise<string | undefined> {
  if (stores.length === 0) return 'no store of the service is known';
  for (const store of stores) {
    const newest = Math.max(...(await pointsOf(store, ground)).map((p) => p.until));
    if (!Number.isFinite(newest)) return `${store.item.title} has no recovery point`;
    const age = (ground.clock.now() - newest) / 1000;
    if (age > within) return `the newest recovery point of ${store.item.title} is ${formatDuration(Math.round(age))} old`;
  }
  return undefined;
}

/** What can be restored: each a span of moments, or one moment. Milliseconds since the epoch. */
export interface Restorable {
  readonly from: number;
  readonly until: number;
}

/** Windows of point-in-time restores, and recovery points of AWS Backup. */
export async function pointsOf(
  { item, arn, name, at }: Located,
  { session }: Pick<Ground, 'session'>,
): Promise<readonly Restorable[]> {
  const found: Restorable[] = [];
  const add = (from: Date | undefined, until: Date | undefined): void => {
    if (until !== undefined) found.push({ from: (from ?? until).getTime(), until: until.getTime() });
  };
  switch (item.resource.type) {
    case 'aws:rds/instance:Instance': {
      const { DBInstanceAutomatedBackups } = await session.send(instanceBackups, { DBInstanceIdentifier: name }, at);
      for (const b of DBInstanceAutomatedBackups ?? []) add(b.RestoreWindow?.EarliestTime, b.RestoreWindow?.LatestTime);
      break;
    }
    case 'aws:rds/cluster:Cluster': {
      const { DBClusters } = await session.send(describeClusters, { DBClusterIdentifier: name }, at);
      for (const c of DBClusters ?? []) add(c.EarliestRestorableTime, c.LatestRestorableTime);
      break;
    }
    case 'aws:dynamodb/table:Table': {
      const { ContinuousBackupsDescription } = await session.send(continuousBackups, { TableName: name }, at);
      const window = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      if (window?.PointInTimeRecoveryStatus === 'ENABLED')
        add(window.EarliestRestorableDateTime, window.LatestRestorableDateTime);
      break;
    }
    default:
      break;
  }
  const kept = await session.send(recoveryPoints, { ResourceArn: arn }, at);
  for (const point of kept.RecoveryPoints ?? [])
    if (point.Status === 'COMPLETED' || point.Status === 'AVAILABLE') add(point.CreationDate, point.CreationDate);
  return found;
}

const homeOf = ({ stores, ground }: Scene): Place | undefined => {
  for (const { at } of stores) if (at.region !== '' && at.account !== '') return at;
  for (const { resource } of ground.judgement.estate.resources.values()) {
    const [, , , region = '', account = ''] = typeof resource.outputs.arn === 'string' ? resource.outputs.arn.split(':') : [];
    if (region !== '' && account !== '') return { region, account };
  }
  return undefined;
};

/** Undefined: there is no such alarm. */
async function stateOf(alarm: string, scene: Scene): Promise<string | undefined> {
  const [, , , region, account, , name] = alarm.startsWith('arn:') ? alarm.split(':') : [];
  const at = region === undefined || account === undefined ? homeOf(scene) : { region, account };
  if (at === undefined) return undefined;
  const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
  const asked = { AlarmNames: [name ?? alarm], AlarmTypes: [...AlarmTypes] };
  const found = await scene.ground.session.send(describeAlarms, asked, at);
  return (found.MetricAlarms?.[0] ?? found.CompositeAlarms?.[0])?.StateValue;
}

export const stopsOf = (scene: Scene): readonly StopCondition[] => scene.spec.stops.map((rule) => stopOf(rule, scene));

function stopOf(rule: StopRule, scene: Scene): StopCondition {
  const { ground, stores, doors } = scene;
  switch (rule.kind) {
    case 'alarm':
      return {
        id: `alarm ${rule.alarm}`,
        holds: async () => {
          const state = await stateOf(rule.alarm, scene);
          return state === undefined || state === 'INSUFFICIENT_DATA' ? undefined : state === 'ALARM';
        },
      };
    case 'availability-below':
      return availabilityStop(doors, rule, () => ground.clock.now());
    case 'lag-above':
      return {
        id: `lag above ${rule.seconds} s`,
        holds: async () => {
          const lags = await lagsOf(stores, ground.outside);
          if (lags.some(({ seconds }) => seconds !== undefined && seconds > rule.seconds)) return true;
          return lags.length === 0 || lags.some(({ seconds }) => seconds === undefined) ? undefined : false;
        },
      };
    case 'longer-than':
      return {
        id: `longer than ${formatDuration(rule.seconds)}`,
        holds: async () => (ground.clock.now() - scene.onset()) / 1000 > rule.seconds,
      };
  }
}
