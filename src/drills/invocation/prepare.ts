/** From a plan of the catalogue to an invocation: what is read, what is done, and how the service is watched. */
import { compileGlob } from '../../catalog/glob.ts';
import type { Role } from '../../estate/roles.ts';
import type { Plan } from '../../model/agreement.ts';
import { UsageError } from '../../model/errors.ts';
import type { Invocation } from '../../model/invocation.ts';
import { formatDuration } from '../../model/quantity.ts';
import { ANY_MEMBER, type Member } from '../../model/scope.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
import { byHand, byRules, DECIDES, type HandSettings } from '../by-hand/by-hand.ts';
import type { Actuator } from '../contract.ts';
import type { Ground } from '../ground.ts';
import { arnOf, placeOfArn } from '../kinds/places.ts';
import { asking, itemsOf, judged } from '../kinds/scene.ts';
import type { Disruption } from '../ports.ts';
import type { InvocationStep, PreparedInvocation } from './contract.ts';
import { doorProbe, doorsOf } from './doors.ts';
import { readSignals } from './signals.ts';

/** Seconds by which what replicates is never quite there: Global Datastore and Aurora say about one. */
const CAUGHT_UP = 10;
/** Milliseconds between looks at the service. */
const EVERY = 15_000;
/** Seconds for which a service without a promise may take, and that any may take longer than promised. */
const NO_TARGET = 3600;
const GRACE = 3600;

/** Throws `UsageError` (`invocation-unfit`) for a plan that cannot be carried out as it stands. */
export function prepareInvocation(
  plan: Plan & { readonly invocation: Invocation },
  run: string,
  ground: Ground,
): PreparedInvocation {
  const { judgement, outside, clock, world } = ground;
  const { invocation } = plan;
  const member: Member = { scope: invocation.scope, name: invocation.member ?? ANY_MEMBER };
  const services = plan.services.filter((s) => judgement.assignment.services.has(s));
  const paths = services.map((service) => {
    const spec = { service, place: invocation.place };
    return judgement.pathOf(asking(spec, judged(member, spec, judgement)));
  });
  const entries = unique(paths.flatMap((p) => p.entries));
  const stores = unique(paths.flatMap((p) => p.outcomes.map((o) => o.role)).filter((r) => r.kind === 'store'));
  let onset: number | undefined;
  const settings = (path: RecoveryPath): HandSettings => ({
    path,
    estate: judgement.estate,
    session: ground.session,
    clock,
    // Nothing is written into stores of an event that is real.
    canaries: [],
    lost: lostOf(member, stores, ground),
    onset: () => onset ?? clock.now(),
  });
  const { steps, notTaken } = stepsOf(invocation, paths, settings, stores, member, ground);
  const ids = steps.map((s) => s.actuator.id);
  const idle = invocation.approvals.find((rule) => !ids.some(compileGlob(rule.before)));
  if (idle !== undefined && ids.length > 0)
    throw new UsageError(
      'invocation-unfit',
      `plan ${plan.id}: expected an approval before one of its steps (${ids.join('; ')}), found one before ${idle.before}, which is none of them. Mend before, or remove it.`,
    );
  const doors = doorsOf(entries, judgement.estate);
  const needed = mbcoOf(plan, ground);
  return {
    run,
    plan: plan.id,
    services: plan.services,
    member: member.name,
    world,
    invocation,
    read: () => readSignals(invocation.signals, { ground, entries, stores, within: invocation.criteria.every * 1000 }),
    steps,
    probes: doors.map((door) => doorProbe(door, outside, EVERY, needed)),
    notTaken,
    blind: [
      ...plan.services.filter((s) => !services.includes(s)).map((s) => `${s}: no source shows it`),
      ...(doors.length === 0 ? ['no source shows where users come in: nobody can tell when the service is back'] : []),
      ...new Set(paths.flatMap((p) => p.unknowns.map((u) => u.detail))),
    ],
    patience: patienceOf(plan, ground),
    began: (t0) => {
      onset = t0;
    },
    clock,
  };
}

function unique(roles: readonly Role[]): readonly Role[] {
  return [...new Map(roles.map((r) => [r.id, r])).values()];
}

function lostOf({ scope, name }: Member, stores: readonly Role[], { judgement }: Ground): Disruption | undefined {
  if (scope === 'region') return { kind: 'region-loss', region: name };
  if (scope === 'az') return { kind: 'az-loss', zone: name };
  if (scope === 'account') return { kind: 'account-compromised', account: name };
  if (scope !== 'data') return undefined;
  const arns = stores.flatMap((role) => itemsOf(role, judgement.estate).flatMap((item) => arnOf(item) ?? []));
  return { kind: 'corruption', stores: arns };
}

interface Steps {
  readonly steps: readonly InvocationStep[];
  readonly notTaken: readonly string[];
}

function stepsOf(
  { steps: written }: Invocation,
  paths: readonly RecoveryPath[],
  settings: (path: RecoveryPath) => HandSettings,
  stores: readonly Role[],
  member: Member,
  ground: Ground,
): Steps {
  const steps = new Map<string, InvocationStep>();
  const notTaken: string[] = [];
  const add = (actuator: Actuator, store: Role | undefined): void => {
    // A decision of people is the declaration: it is recorded, not played.
    if (actuator.id === DECIDES || steps.has(actuator.id)) return;
    steps.set(
      actuator.id,
      store === undefined ? { actuator } : { actuator, dataBack: dataBackOf(actuator, store, member, ground) },
    );
  };
  const [first] = paths;
  if (written !== undefined && first !== undefined)
    for (const rule of written) {
      const named = compileGlob(rule.on);
      const store = stores.find((role) =>
        itemsOf(role, ground.judgement.estate).some((item) => named(item.resource.urn) || arnOf(item) === rule.on),
      );
      const made = byRules([rule], settings(first));
      for (const actuator of made.steps) add(actuator, store);
      notTaken.push(...made.missing);
    }
  else
    for (const path of paths) {
      const storeOf = new Map<string, Role>();
      for (const outcome of path.outcomes)
        if (outcome.role.kind === 'store')
          for (const { id } of byHand(settings({ ...path, outcomes: [outcome] })).steps) storeOf.set(id, outcome.role);
      const made = byHand(settings(path));
      for (const actuator of made.steps) add(actuator, storeOf.get(actuator.id));
      notTaken.push(...made.missing);
    }
  return { steps: [...steps.values()], notTaken: [...new Set(notTaken)] };
}

/**
 * What was written elsewhere since must have come back before the step is undone: what it made holds data that is nowhere else, and
 * what it moved must replicate the other way, and have caught up.
 */
function dataBackOf(
  actuator: Actuator,
  store: Role,
  member: Member,
  ground: Ground,
): (token: string) => Promise<string | undefined> {
  const { judgement, outside } = ground;
  const arns = itemsOf(store, judgement.estate).flatMap((item) => arnOf(item) ?? []);
  return async (token) => {
    const made = (await actuator.left(token)).find((arn) => !arns.includes(arn));
    if (made !== undefined) return `what was written since is in ${made} alone: bring it back, or let it stay`;
    const away = arns.filter((arn) => !isIn(arn, member));
    const lags = (await Promise.all(away.map((arn) => outside.lag(arn)))).filter((lag) => lag !== undefined);
    if (lags.length === 0) return `nobody can tell whether ${store.title} replicates back`;
    const worst = Math.max(...lags);
    return worst <= CAUGHT_UP ? undefined : `${store.title} is ${formatDuration(Math.round(worst))} behind on the way back`;
  };
}

const isIn = (arn: string, { scope, name }: Member): boolean => scope === 'region' && placeOfArn(arn).at.region === name;

/** Share (0 … 1) of requests that must be served. */
function mbcoOf({ services, invocation }: Plan & { readonly invocation: Invocation }, { judgement }: Ground): number {
  const promised = judgement.verdicts
    .map((v) => v.metric)
    .filter((m) => services.includes(m.serviceId) && m.scope === invocation.scope && m.type === 'MBCO');
  return promised.length === 0 ? 1 : Math.max(...promised.map((m) => m.target)) / 100;
}

/** Milliseconds. */
function patienceOf({ services, invocation }: Plan & { readonly invocation: Invocation }, { judgement }: Ground): number {
  const times = judgement.verdicts
    .map((v) => v.metric)
    .filter((m) => services.includes(m.serviceId) && m.scope === invocation.scope && (m.type === 'RTO' || m.type === 'MTPD'));
  return ((times.length === 0 ? NO_TARGET : Math.max(...times.map((m) => m.target))) + GRACE) * 1000;
}
