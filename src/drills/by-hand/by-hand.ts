/** What a person would do to bring a service back, as the recovery path of its estate says or as a drill file does. */

import type { Session } from '../../aws/call.ts';
import { compileGlob } from '../../catalog/glob.ts';
import type { Estate, EstateResource } from '../../estate/estate.ts';
import { meaningOf } from '../../estate/estate.ts';
import type { Clock } from '../../model/clock.ts';
import type { StepRule } from '../../model/drill.ts';
import { fold } from '../../model/known.ts';
import type { Orchestration, Protection, ResourceKind } from '../../model/protection.ts';
import type { Outcome } from '../../recovery/outcome.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
import { ownStep } from '../actuators.ts';
import type { Canary } from '../canary.ts';
import type { Actuator } from '../contract.ts';
import type { Disruption } from '../ports.ts';
import { arnOf, type Hand } from './hand.ts';
import { STEPS } from './steps.ts';

export { HAND_CALLS } from './steps.ts';

export interface HandSettings {
  readonly path: RecoveryPath;
  readonly estate: Estate;
  readonly session: Session;
  readonly clock: Clock;
  readonly canaries: readonly Canary[];
  /** Undefined: nothing is lost, the steps are the drill. */
  readonly lost: Disruption | undefined;
  /** Milliseconds since the epoch at which the disruption began. */
  readonly onset: () => number;
}

export interface ByHand {
  readonly steps: readonly Actuator[];
  /** Ways back by hand that no step here stands for: without them a service that stays away says nothing. */
  readonly missing: readonly string[];
}

/** Id of the step that stands for it. */
export const DECIDES = 'somebody decides to act';
/** Until somebody has noticed, understood and decided (docs/model.md, T_decide: prior median). Assumed. */
const DECISION = 15 * 60_000;

/** The steps that the recovery path leaves to people: somebody decides, then data before compute before traffic. */
export function byHand(settings: HandSettings): ByHand {
  const steps = new Map<string, Actuator>();
  const missing: string[] = [];
  for (const outcome of inOrder(settings.path)) {
    if (outcome.kind !== 'recovered' || !['human-execution', 'human-decision'].includes(outcome.automation)) continue;
    const made = wayOf(settings, outcome);
    const what = `${outcome.mechanism ?? 'a way back'} of ${outcome.role.title}`;
    if (typeof made === 'string') missing.push(`${what} (${made})`);
    // One plan, or one call, may bring several roles back.
    else for (const step of made) if (!steps.has(step.id)) steps.set(step.id, step);
  }
  return { steps: steps.size === 0 ? [] : [decision(settings.clock), ...steps.values()], missing };
}

/** The steps that a drill file writes, in its own order. Each rule acts on every resource that it names. */
export function byRules(rules: readonly StepRule[], settings: HandSettings): ByHand {
  const steps: Actuator[] = [];
  const missing: string[] = [];
  for (const rule of rules) {
    const maker = STEPS[rule.action];
    const hands = maker === undefined ? [] : handsOf(rule, settings);
    if (maker === undefined) missing.push(`${rule.action} (there is no such step)`);
    else if (hands.length === 0) missing.push(`${rule.action} (nothing is called ${rule.on})`);
    for (const hand of hands) {
      const made = maker?.(hand) ?? [];
      if (typeof made === 'string') missing.push(`${rule.action} on ${rule.on} (${made})`);
      else steps.push(...made);
    }
  }
  return { steps, missing };
}

/** What needs nothing comes first, and among equals what others are likelier to need. */
const RANK: readonly ResourceKind[] = [
  'key',
  'secret',
  'store',
  'queue',
  'image',
  'config',
  'network',
  'proxy',
  'compute',
  'traffic',
];

function inOrder({ outcomes, graph }: RecoveryPath): readonly Outcome[] {
  const after = new Map(graph.nodes.map((n) => [n.id, n.after]));
  const rank = (o: Outcome): number => (RANK.indexOf(o.role.kind) + RANK.length + 1) % (RANK.length + 1);
  const open = outcomes.toSorted((a, b) => rank(a) - rank(b));
  const placed = new Set<string>();
  const ordered: Outcome[] = [];
  while (open.length > 0) {
    const waiting = new Set(open.map((o) => o.role.id));
    const free = open.findIndex((o) => (after.get(o.role.id) ?? []).every((id) => placed.has(id) || !waiting.has(id)));
    // Roles that wait for one another are taken as they come.
    const [next] = open.splice(Math.max(0, free), 1);
    if (next === undefined) break;
    placed.add(next.role.id);
    ordered.push(next);
  }
  return ordered;
}

function wayOf(settings: HandSettings, outcome: Outcome): readonly Actuator[] | string {
  const { estate } = settings;
  const item = estate.resources.get(outcome.decidedBy);
  if (item === undefined) return 'the sources do not show what decides';
  const protection = protectionOf(item, outcome);
  if (outcome.automation === 'human-decision') {
    const plan = planOf(settings, outcome, protection?.action);
    return plan === undefined
      ? 'no source shows the plan that somebody starts'
      : (STEPS['region-switch-plan']?.(handOf(settings, plan, outcome, undefined)) ?? []);
  }
  const maker = STEPS[outcome.mechanism ?? ''];
  return maker?.(handOf(settings, item, outcome, protection)) ?? 'there is no step for it';
}

/** The protection that the path takes: by its mechanism, and by who takes over. */
function protectionOf(item: EstateResource, { mechanism, carriers }: Outcome): Protection | undefined {
  const found = meaningOf(item)?.protections.filter((p) => p.mechanism === mechanism) ?? [];
  const takesOver = (p: Protection): boolean =>
    fold(
      p.successors,
      (urns) => urns.some((u) => carriers.includes(u)),
      () => false,
    );
  return found.find(takesOver) ?? found[0];
}

function planOf({ estate }: HandSettings, { role }: Outcome, action: string | undefined): EstateResource | undefined {
  const starts = (o: Orchestration): boolean =>
    o.action === action &&
    o.targets.some((target) =>
      fold(
        target,
        (urn) => role.members.includes(urn),
        () => false,
      ),
    );
  return [...estate.resources.values()].find((item) => meaningOf(item)?.orchestrations.some(starts) === true);
}

function handOf(settings: HandSettings, item: EstateResource, outcome: Outcome, protection: Protection | undefined): Hand {
  const into = protection?.into;
  return {
    ...common(settings),
    item,
    arn: arnOf(item),
    mates: items(settings.estate, outcome.role.members),
    serving: items(settings.estate, outcome.serving),
    successors: items(settings.estate, outcome.carriers).filter((s) => s !== item),
    into:
      into === undefined
        ? undefined
        : fold<string, string | undefined>(
            into,
            (region) => region,
            () => undefined,
          ),
    canary: settings.canaries.find((c) => c.id === outcome.role.id),
    given: {},
  };
}

function handsOf({ on, with: given }: StepRule, settings: HandSettings): readonly Hand[] {
  const { estate, path, canaries } = settings;
  const matches = compileGlob(on);
  const found = [...estate.resources.values()].filter((item) => arnOf(item) === on || matches(item.resource.urn));
  const hand = (item: EstateResource | undefined, arn: string | undefined): Hand => {
    const { role, serving = [] } =
      path.outcomes.find((o) => item !== undefined && o.role.members.includes(item.resource.urn)) ?? {};
    return {
      ...common(settings),
      item,
      arn,
      mates: role === undefined ? [] : items(estate, role.members),
      serving: items(estate, serving),
      successors: [],
      into: given.region,
      canary: canaries.find((c) => c.id === role?.id),
      given,
    };
  };
  if (found.length > 0) return found.map((item) => hand(item, arnOf(item)));
  return on.startsWith('arn:') ? [hand(undefined, on)] : [];
}

function common(settings: HandSettings): Pick<Hand, 'session' | 'clock' | 'estate' | 'matesOf' | 'lost' | 'onset'> {
  const { session, clock, estate, lost, onset, path } = settings;
  const matesOf = ({ resource }: EstateResource): readonly EstateResource[] =>
    items(estate, path.outcomes.find((o) => o.role.members.includes(resource.urn))?.role.members ?? []);
  return { session, clock, estate, lost, onset, matesOf };
}

const items = (estate: Estate, urns: readonly string[]): readonly EstateResource[] =>
  urns.map((urn) => estate.resources.get(urn)).filter((item) => item !== undefined);

function decision(clock: Clock): Actuator {
  return ownStep({
    id: DECIDES,
    describe: () => ({ assumedSeconds: DECISION / 1000 }),
    act: async (_, signal) => {
      await clock.sleep(DECISION, signal);
      return null;
    },
  });
}
