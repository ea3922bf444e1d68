/** Drills of what cannot be failed over: wrong data, and an account in other hands. Something older is restored beside it, and read. */

import type { Estate, EstateResource } from '../../estate/estate.ts';
import { messageOf } from '../../model/errors.ts';
import { disruption, ownStep } from '../actuators.ts';
import { restoreBackup } from '../by-hand/backup.ts';
import { DECIDES } from '../by-hand/by-hand.ts';
import { restoreTable } from '../by-hand/dynamodb.ts';
import type { StepMaker } from '../by-hand/hand.ts';
import { instanceNamed } from '../by-hand/rds-calls.ts';
import { restoreCluster } from '../by-hand/rds-clusters.ts';
import { restoreInstance } from '../by-hand/rds-instances.ts';
import type { Actuator } from '../contract.ts';
import { asJson } from '../logbook.ts';
import type { Disruption } from '../ports.ts';
import { pointsOf } from './checks.ts';
import { type Located, located } from './places.ts';
import { asked, type Kind, type Play, people } from './play.ts';
import type { Scene } from './scene.ts';

/** From the onset on what is written is wrong: a moment before it is restored, and the clients go there. */
export const backupRestore: Kind = async (scene) => {
  const arns = [...new Set(scene.stores.map((s) => s.arn))];
  if (arns.length === 0) return `no store of ${scene.spec.service} is known by its ARN`;
  const lost: Disruption = { kind: 'corruption', stores: arns };
  // As real AWS does.
  if ((await scene.ground.injector.refuses(lost)) !== undefined) return validation(scene, lost);
  const hands = people(scene, lost);
  const oldest = scene.spec.points.includes('oldest') ? oldestOf(scene) : [];
  return {
    scope: 'data',
    member: scene.member.name,
    lost: [lost],
    disrupt: [disruption(scene.ground.injector, lost, scene.strike)],
    ...hands,
    recover: [...hands.recover, ...oldest],
    preconditions: [wayBack(hands)],
  };
};

/** Wrong data never becomes right by itself. */
const wayBack = ({ notTaken }: Hands) => ({
  id: 'way-back',
  check: async () => (notTaken.length > 0 ? `no step here takes ${notTaken.join(' or ')}` : undefined),
});

/** Beginning of what says that nothing was harmed. */
export const UNHARMED = 'no wrong data was written';

/**
 * Where nothing may be harmed: the moment of the onset is restored beside the stores, which go on, and what was restored is read. The
 * service is taken to be back when every copy is there and right.
 */
function validation(scene: Scene, lost: Disruption): Play {
  const { canaries } = scene;
  /** Where the copies are, by role. */
  const copies = new Map<string, string>();
  const staying = canaries.map((canary) => ({
    ...canary,
    move: ([to]: readonly string[]) => void (to === undefined || copies.set(canary.id, to)),
    hold: () => undefined,
    back: () => void copies.delete(canary.id),
  }));
  const hands = people({ ...scene, canaries: staying }, lost);
  const done = new Set<string>();
  const noted = (step: Actuator): Actuator => ({
    ...step,
    act: async (token, signal) => {
      const detail = await step.act(token, signal);
      done.add(step.id);
      return detail;
    },
  });
  const isRight = async (canary: (typeof canaries)[number]): Promise<boolean> => {
    const copy = copies.get(canary.id);
    const seen = copy === undefined ? undefined : await canary.compare(copy, scene.onset());
    if (copy === undefined || seen === undefined) return copy !== undefined;
    return seen.wrong === 0 && seen.later === 0 && (seen.of === 0 || seen.missing < seen.of);
  };
  const oldest = scene.spec.points.includes('oldest') ? oldestOf(scene) : [];
  return {
    scope: 'data',
    member: scene.member.name,
    disrupt: [moment(scene)],
    ...hands,
    recover: [...hands.recover.map(noted), ...oldest],
    blind: [
      `${UNHARMED}: that somebody would notice, and lead clients to what was restored, was not shown`,
      ...(canaries.length > 0 ? [] : ['no canary write shows whether what was restored is right']),
    ],
    preconditions: [
      wayBack(hands),
      { id: 'restores', check: async () => (hands.recover.length > 0 ? undefined : 'nobody restores anything') },
    ],
    validated: async () =>
      hands.recover.every((step) => done.has(step.id)) && (await Promise.all(canaries.map(isRight))).every((right) => right),
    // What cannot be read is known to nobody, however well its source is.
    measure: (t0) => Promise.all(canaries.map((c) => c.measure(t0, copies.get(c.id) ?? ''))),
    ends: true,
  };
}

/** Everything written up to now should be in what is restored, and nothing of later. */
const moment = (scene: Scene): Actuator =>
  ownStep(
    {
      id: 'take the moment that is to be restored',
      describe: () => ({ disrupts: 'nothing' }),
      act: async () => {
        await scene.strike();
        return { moment: new Date(scene.onset()).toISOString() };
      },
    },
    () => scene.returned(),
  );

/** Whoever holds the account deletes what can be deleted: what is locked, or kept in another account, is restored. */
export const ransomwareRecovery: Kind = async (scene) => {
  const { name } = scene.member;
  if (!/^\d{12}$/.test(name)) return `the account of ${scene.spec.service} is not known`;
  const lost: Disruption = { kind: 'account-compromised', account: name };
  return {
    scope: 'account',
    member: name,
    lost: [lost],
    disrupt: [disruption(scene.ground.injector, lost, scene.strike)],
    ...(scene.spec.recover === undefined ? fromCopies(scene, name, people(scene, lost)) : people(scene, lost)),
  };
};

type Hands = Pick<Play, 'recover' | 'people' | 'notTaken'>;

const COPIES = 'backup-copy-restore';

/** Copies are restored where they are kept: the recovery path knows that there are some, and not in which account. */
function fromCopies(scene: Scene, account: string, hands: Hands): Hands {
  const { estate } = scene.ground.judgement;
  const vault = vaultsOutside(account, scene)[0];
  const decided = hands.recover.filter((s) => s.id === DECIDES);
  const steps: Actuator[] = [];
  const missing: string[] = [];
  for (const { role, mechanism, decidedBy } of scene.path.outcomes) {
    if (mechanism !== COPIES) continue;
    const item = estate.resources.get(decidedBy);
    const made =
      item === undefined || vault === undefined
        ? 'no source shows in which account its copies are'
        : asked(restoreBackup, item, role, scene, { account: vault.account, ...classOf(item, estate) }, vault.region);
    if (typeof made === 'string') missing.push(`${COPIES} of ${role.title} (${made})`);
    else steps.push(...made);
  }
  if (steps.length === 0 && missing.length === 0) return hands;
  const others = hands.notTaken.filter((n) => !n.startsWith(COPIES));
  const recover = [...decided, ...steps];
  return { recover, people: recover.map((s) => s.id), notTaken: [...others, ...missing] };
}

/** Of what is gone AWS does not say any more of which class its instances were. */
function classOf({ resource }: EstateResource, estate: Estate): { readonly instanceClass?: string } {
  const said = ({ outputs, inputs }: EstateResource['resource'], name: string): unknown => outputs[name] ?? inputs[name];
  const cluster = said(resource, 'clusterIdentifier');
  const instance = [...estate.resources.values()].find(
    ({ resource: r }) => r.type.endsWith(':ClusterInstance') && said(r, 'clusterIdentifier') === cluster,
  );
  const own = said(instance?.resource ?? resource, 'instanceClass');
  return typeof own === 'string' ? { instanceClass: own } : {};
}

/** Vaults of other accounts to which plans copy. */
function vaultsOutside(account: string, { ground }: Scene): readonly { readonly account: string; readonly region: string }[] {
  const plans = [...ground.judgement.estate.resources.values()].filter((i) => i.resource.type === 'aws:backup/plan:Plan');
  const arns = plans.flatMap(({ resource }) => JSON.stringify([resource.outputs, resource.inputs]).match(VAULT) ?? []);
  return arns
    .map((arn) => arn.split(':'))
    .flatMap(([, , , region = '', owner = '']) => (owner === account ? [] : [{ account: owner, region }]));
}

const VAULT = /arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[^"]+/g;

/** Steps that restore the oldest point there is, by what they restore. */
const BY_TYPE: Readonly<Record<string, StepMaker>> = {
  'aws:rds/instance:Instance': restoreInstance,
  'aws:rds/cluster:Cluster': restoreCluster,
  'aws:dynamodb/table:Table': restoreTable,
};

/** Beginning of the ids of these steps. */
export const OLDEST = 'restore the oldest point of ';

/** What the journal keeps of one: times in milliseconds since the epoch. */
export interface OldestPoint {
  readonly store: string;
  /** The moment that was restored. */
  readonly moment: number;
  /** When the store was made; null: nobody can tell. */
  readonly born: number | null;
  /** Writes up to that moment that are not there, that are wrong, and how many there should be; null: it cannot be read. */
  readonly missing: number | null;
  readonly wrong: number | null;
  readonly of: number | null;
}

function oldestOf(scene: Scene): readonly Actuator[] {
  const { estate } = scene.ground.judgement;
  return scene.path.outcomes.flatMap(({ role, decidedBy }) => {
    const item = role.kind === 'store' ? estate.resources.get(decidedBy) : undefined;
    const [store] = item === undefined ? [] : located(item);
    return item === undefined || store === undefined ? [] : [oldestStep(item, store, role, scene)];
  });
}

/** Nobody is led to what it makes, and its failure ends no drill: it is one more thing to know. */
function oldestStep(item: EstateResource, store: Located, role: Parameters<typeof asked>[2], scene: Scene): Actuator {
  const { ground, canaries } = scene;
  const apart: Scene = { ...scene, canaries: [] };
  const make = BY_TYPE[item.resource.type] ?? restoreBackup;
  const [step] = [asked(make, item, role, apart, { point: 'oldest' })].flat();
  const inner = typeof step === 'string' ? undefined : step;
  const canary = canaries.find((c) => c.id === role.id);
  return {
    id: `${OLDEST}${item.title}`,
    describe: () => inner?.describe() ?? { not: asJson(step) },
    act: async (token, signal) => {
      if (inner === undefined) return { failed: asJson(step) };
      try {
        const points = await pointsOf(store, ground);
        const moment = Math.min(...points.map((p) => p.from));
        if (!Number.isFinite(moment)) return { failed: `${item.title} has no recovery point` };
        const done = await inner.act(token, signal);
        const log = typeof done === 'object' && done !== null && 'made' in done ? done.made : undefined;
        const seen = typeof log === 'string' ? await canary?.compare(log, moment) : undefined;
        const found: OldestPoint = {
          store: item.title,
          moment,
          born: (await bornAt(store, scene)) ?? null,
          missing: seen?.missing ?? null,
          wrong: seen?.wrong ?? null,
          of: seen?.of ?? null,
        };
        return { oldest: asJson(found) };
      } catch (error) {
        signal.throwIfAborted();
        return { failed: messageOf(error) };
      }
    },
    outcome: async (token) => inner?.outcome(token) ?? 'not-done',
    compensate: async (token) => inner?.compensate(token) ?? null,
    left: async (token) => inner?.left(token) ?? [],
  };
}

async function bornAt({ item, name, at }: Located, { ground }: Scene): Promise<number | undefined> {
  if (item.resource.type !== 'aws:rds/instance:Instance') return undefined;
  return (await instanceNamed(ground.session, name, at))?.InstanceCreateTime?.getTime();
}
