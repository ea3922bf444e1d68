/** `invocation:` as written → `Invocation`, with everything filled in that was left out. */
import type { Authority, Circumstances, Invocation, SignalRule } from '../model/invocation.ts';
import { parsePercent } from '../model/quantity.ts';
import { INDEPENDENT } from './invocation-rules.ts';
import type { AuthorityDocument, GroupDocument, InvocationDocument, SignalDocument } from './invocation-schema.ts';
import { keyPlace, spotAt } from './issues.ts';
import { secondsOf } from './metrics.ts';
import type { Spot } from './yaml.ts';

/** What holds for an invocation that does not say otherwise. Times in seconds. */
const DEFAULTS = { every: 30, failing: 2, over: 300, within: 1800, clearFor: 1800 };

export function buildInvocation(d: InvocationDocument, spot: Spot): Invocation {
  const signals = Object.entries(d.signals).map(([id, one]) => ({
    id,
    rule: buildSignal(one),
    place: keyPlace(spotAt(spot, ['signals', id])),
  }));
  return {
    scope: d.scope,
    member: d.member,
    signals,
    criteria: {
      when: buildCircumstances(d.when),
      for: secondsOf(d.for),
      every: d.every === undefined ? DEFAULTS.every : secondsOf(d.every),
      independent: d.guard ?? INDEPENDENT,
    },
    authority: buildAuthority(d.authority),
    approvals: (d.approvals ?? []).map((a) => ({
      before: a.before,
      by: a.by ?? [],
      count: a.count ?? 1,
      within: a.within === undefined ? DEFAULTS.within : secondsOf(a.within),
      otherwise: a.otherwise ?? 'hold',
    })),
    change: d.change,
    blastRadius: { tags: d.blastRadius?.tags ?? {}, most: d.blastRadius?.most },
    steps: d.steps?.map((s) => ({ ...s, with: s.with ?? {} })),
    deactivation: {
      clear: d.deactivation?.clear ?? signals.map((s) => s.id),
      for: d.deactivation?.for === undefined ? DEFAULTS.clearFor : secondsOf(d.deactivation.for),
      authority: buildAuthority(d.deactivation?.authority ?? {}),
    },
    place: spot.place,
  };
}

function buildSignal(s: SignalDocument): SignalRule {
  if ('alarm' in s) return { kind: 'alarm', alarm: s.alarm, region: s.region };
  if ('health-check' in s) return { kind: 'health-check', check: s['health-check'] };
  if ('probe' in s)
    return { kind: 'probe', url: s.probe === 'entry' ? undefined : s.probe, failing: s.failing ?? DEFAULTS.failing };
  if ('lag-above' in s) return { kind: 'lag-above', seconds: secondsOf(s['lag-above']), of: s.of };
  if ('health-event' in s) return { kind: 'health-event', service: s['health-event'], region: s.region };
  return {
    kind: 'availability-below',
    share: (parsePercent(s['availability-below']) ?? 0) / 100,
    over: s.over === undefined ? DEFAULTS.over : secondsOf(s.over),
    metric: { ...s.metric, dimensions: s.metric.dimensions ?? {} },
  };
}

function buildCircumstances(d: string | GroupDocument): Circumstances {
  if (typeof d === 'string') return { kind: 'signal', signal: d };
  if ('all' in d) return { kind: 'all', of: d.all.map(buildCircumstances) };
  if ('any' in d) return { kind: 'any', of: d.any.map(buildCircumstances) };
  return { kind: 'at-least', count: d['at-least'], of: d.of.map(buildCircumstances) };
}

const buildAuthority = (d: AuthorityDocument | Record<string, never>): Authority =>
  d === 'automatic' ? { kind: 'automatic' } : { kind: 'people', by: d.by ?? [], count: d.count ?? 1 };
