/** The protections that a resource could come back by under one disruption, and the one that would be taken. */
import { meaningOf } from '../estate/estate.ts';
import type { Truth } from '../model/known.ts';
import { all, any, fold, is, known, no, not, yes } from '../model/known.ts';
import type { AutomationClass, Orchestration, Protection, Timing } from '../model/protection.ts';
import { isAutomatic, sum } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import type { Aftermath, Terrain } from './standing.ts';
import { holds } from './standing.ts';

export interface Candidate {
  readonly urn: string;
  readonly protection: Protection;
  readonly armed: Truth;
  readonly survives: Truth;
  /** Of an orchestrator that scales out: the share of the most that its mates run at which it ends (protection.ts, Orchestration). */
  readonly grows: Orchestration['grows'];
}

/** Protections of a resource for the scope, plain and as started by an orchestrator; those out of force are left out. */
export function candidates(urn: string, aftermath: Aftermath): readonly Candidate[] {
  const { scope } = aftermath.member;
  const found: Candidate[] = [];
  for (const plain of meaningOf(aftermath.terrain.item(urn))?.protections ?? []) {
    if (!plain.scopes.includes(scope)) continue;
    for (const { protection, grows } of [
      { protection: plain, grows: undefined },
      ...orchestrated(plain, urn, aftermath.terrain, scope),
    ]) {
      const takesOver = successorsStand(protection, urn, aftermath);
      const armed = all([protection.armed, takesOver]);
      if (!holds(not(armed))) found.push({ urn, protection, armed, survives: callsSurvive(protection, aftermath), grows });
    }
  }
  return found;
}

function orchestrated(
  plain: Protection,
  urn: string,
  terrain: Terrain,
  scope: Scope,
): readonly Pick<Candidate, 'protection' | 'grows'>[] {
  if (plain.action === undefined) return [];
  const mates = new Set(terrain.roles.of(urn)?.members ?? [urn]);
  const found: Pick<Candidate, 'protection' | 'grows'>[] = [];
  for (const o of terrain.orchestrations) {
    if (o.action !== plain.action || !o.scopes.includes(scope)) continue;
    const named = o.targets.map((t) =>
      fold(
        t,
        (to): Truth => known(mates.has(to)),
        (why) => why,
      ),
    );
    const covers = any(named);
    if (holds(not(covers))) continue;
    found.push({
      protection: {
        ...plain,
        automation: o.automation,
        armed: all([plain.armed, o.armed, covers]),
        time: sum(o.lead, plain.time),
        says: isAutomatic(o.automation) ? `${o.says} (${plain.mechanism})` : `${plain.says}, started by ${o.says}`,
      },
      grows: o.grows,
    });
  }
  return found;
}

/** Successors elsewhere must themselves be outside what is lost; recovery in place needs none. */
function successorsStand(protection: Protection, urn: string, aftermath: Aftermath): Truth {
  const { member } = aftermath;
  const elsewhere: Truth =
    protection.into !== undefined && (member.scope === 'region' || member.scope === 'account')
      ? not(is(protection.into, (into) => into === member.name, 'it would recover into what is lost'))
      : yes();
  const standing = fold(
    protection.successors,
    (urns): Truth => {
      const others = urns.filter((u) => u !== urn && !isPartOf(u, aftermath));
      if (others.length < urns.length || urns.length === 0) return yes();
      // A successor that is a door must lead somewhere; any other must not be lost itself.
      return any(
        others.map((u) => (meaningOf(aftermath.terrain.item(u))?.kind === 'traffic' ? aftermath.open(u) : aftermath.serves(u))),
      );
    },
    (why) => why,
  );
  return all([elsewhere, standing]);
}

/** An instance of a cluster, an origin of a distribution: it has no fate of its own here, its owner speaks for it. */
export function isPartOf(urn: string, aftermath: Aftermath): boolean {
  return aftermath.terrain.item(urn)?.standing.kind === 'part';
}

/** Control-plane calls must not need a control plane that is lost with the member (REL11-BP04). */
function callsSurvive(protection: Protection, aftermath: Aftermath): Truth {
  const { member } = aftermath;
  const answers = protection.calls.map((call): Truth => {
    if (member.scope === 'control-plane') {
      return call.plane === 'data'
        ? yes()
        : no(`${call.action} needs a control plane`, { resource: aftermath.terrain.roles.all[0]?.id ?? '' });
    }
    if (member.scope !== 'region' || call.region === undefined) return yes();
    return fold(
      call.region,
      (region): Truth =>
        known(region !== member.name, [], region === member.name ? `${call.action} runs in ${region}, which is lost` : undefined),
      (why) => why,
    );
  });
  return answers.length === 0 ? yes('it calls no control plane') : all(answers);
}

/**
 * The option that would be taken: automatic before human, surely armed before perhaps, then the newest recovery point,
 * then the shortest time.
 */
export function bestOf(found: readonly Candidate[], terrain: Terrain): Candidate | undefined {
  const rank = (c: Candidate): number =>
    classRank(c.protection.automation) + (holds(c.armed) ? 0 : 1) + (holds(c.survives) ? 0 : 2);
  const ranked = found.map((c) => ({
    c,
    rank: rank(c),
    point: c.protection.point === undefined ? 0 : upperEnd(c.protection.point, terrain.slowest),
    time: upperEnd(c.protection.time, terrain.slowest),
  }));
  return ranked.sort((a, b) => a.rank - b.rank || order(a.point, b.point) || order(a.time, b.time))[0]?.c;
}

/** A plan that a person only has to start comes before what a person must do by hand. */
function classRank(automation: AutomationClass): number {
  return isAutomatic(automation) ? 0 : automation === 'human-decision' ? 4 : 8;
}

/** Two infinities are alike. */
const order = (a: number, b: number): number => (a === b ? 0 : a - b);

function upperEnd(t: Timing, slowestOf: (row: string) => number): number {
  switch (t.kind) {
    case 'row':
      return slowestOf(t.row);
    case 'fixed':
      return t.seconds;
    case 'span':
      return t.max;
    case 'sum':
      return t.parts.reduce((total, part) => total + upperEnd(part, slowestOf), 0);
    case 'slowest':
      return Math.max(0, ...t.parts.map((part) => upperEnd(part, slowestOf)));
    case 'fastest':
      return Math.min(Number.POSITIVE_INFINITY, ...t.parts.map((part) => upperEnd(part, slowestOf)));
    case 'never':
    case 'unknown':
      return Number.POSITIVE_INFINITY;
  }
}
