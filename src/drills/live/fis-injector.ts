/**
 * Disruptions on real AWS: FIS experiments, found again by their tags whoever looks, and ended together with what defined them.
 * https://docs.aws.amazon.com/fis/latest/userguide/what-is.html
 */
import type * as FIS from '@aws-sdk/client-fis';
import type { Call, Place } from '../../aws/call.ts';
import { AwsFailure, isOneOf } from '../../aws/failure.ts';
import { pagesOf } from '../../aws/pages.ts';
import type { Clock } from '../../model/clock.ts';
import type { Json } from '../../model/journal.ts';
import { sha256 } from '../../store/canonical.ts';
import type { StopCondition } from '../contract.ts';
import { describeAlarms } from '../kinds/calls.ts';
import type { Disruption, Injector } from '../ports.ts';
import {
  createTemplate,
  deleteTemplate,
  getExperiment,
  listExperiments,
  listTemplates,
  startExperiment,
  stopExperiment,
} from './calls.ts';
import type { Part } from './fis-draft.ts';
import { type Plan, type PlanSettings, planOf } from './fis-plan.ts';
import type { Touched } from './gates.ts';
import type { Guard } from './guard.ts';

export interface FisSettings extends PlanSettings {
  readonly run: string;
  readonly undoing: Guard['undoing'];
  /** Why that may not be touched; undefined: it may. Asked with what AWS shows at that moment. */
  readonly beyond: (touched: readonly Touched[]) => string | undefined;
  readonly clock: Clock;
  /** ARN of the role that FIS acts in; undefined: nobody named one, and nothing can be injected. */
  readonly role: string | undefined;
  /** CloudWatch alarms, by name or ARN, that end an experiment whether or not the controller still lives. */
  readonly alarms: readonly string[];
  /** Where experiments of the drill may be: every account and Region of its estate. */
  readonly places: readonly Place[];
}

export interface FisInjector extends Injector {
  /** What it would touch now, for the gates and for a dry run. */
  plan(what: Disruption): Promise<Plan>;
  /** Finds what an earlier controller of the run has begun, so that `lost` and `stop` know of it. */
  adopt(): Promise<void>;
  /** What is lost at this moment, as far as this controller has begun it or found it begun. */
  lost(): readonly Disruption[];
  /** Holds when an experiment has ended that nobody ended here: what comes back then has not recovered. */
  readonly stop: StopCondition;
}

const TOKEN = 'holdfast:token';
const RUN = 'holdfast:run';
/** Which of how many experiments of its token it is: `1/2`. */
const PART = 'holdfast:part';
const WHAT = 'holdfast:what';
const NAME = 'Name';

const POLL = 5_000;
/** Until an experiment runs, or is over: targets are resolved, instances stop and start. Milliseconds. */
const PATIENCE = 15 * 60_000;
/** Stop conditions of a template (AWS FIS user guide, "Quotas and limitations"). */
const MOST_ALARMS = 5;
const GOING = new Set(['pending', 'initiating', 'running']);
const OVER = new Set(['completed', 'stopped', 'failed', 'cancelled']);

interface Seen {
  readonly id: string;
  /** Hash of it. */
  readonly token: string;
  readonly at: Place;
  readonly part: string;
  readonly what: string | undefined;
  readonly status: string;
}

export function fisInjector(settings: FisSettings): FisInjector {
  const { session, clock, role, places, undoing } = settings;
  /** By hash of its token. */
  const active = new Map<string, Disruption | undefined>();
  const hashOf = (text: string): string => sha256(text).slice(0, 40);
  const run = hashOf(settings.run);

  const each = async <I, O>(call: Call<I, O>, input: I, at: Place): Promise<readonly O[]> => {
    const pages: O[] = [];
    for await (const page of pagesOf(call, input, at, (asked) => session.send(call, asked, at))) pages.push(page);
    return pages;
  };
  const experiments = async (hash: string, tag = TOKEN): Promise<readonly Seen[]> => {
    const found: Seen[] = [];
    for (const at of places)
      for (const page of await each(listExperiments, {}, at))
        for (const { id = '', tags = {}, state } of page.experiments ?? [])
          if (tags[tag] === hash)
            found.push({
              id,
              at,
              token: tags[TOKEN] ?? '',
              part: tags[PART] ?? '',
              what: tags[WHAT],
              status: state?.status ?? 'unknown',
            });
    return found;
  };
  const templates = async (
    hash: string,
  ): Promise<readonly { readonly id: string; readonly at: Place; readonly part: string }[]> => {
    const found = [];
    for (const at of places)
      for (const page of await each(listTemplates, {}, at))
        for (const { id = '', tags = {} } of page.experimentTemplates ?? [])
          if (tags[TOKEN] === hash) found.push({ id, at, part: tags[PART] ?? '' });
    return found;
  };
  const settled = async (id: string, at: Place, until: (status: string) => boolean): Promise<FIS.ExperimentState> => {
    const end = clock.now() + PATIENCE;
    for (;;) {
      const { experiment } = await session.send(getExperiment, { id }, at);
      const state = experiment?.state ?? {};
      if (until(state.status ?? '')) return state;
      if (clock.now() >= end) throw new Error(`experiment ${id} in ${at.region} is still ${state.status ?? 'in no state'}`);
      await clock.sleep(POLL);
    }
  };
  const stopConditions = async (at: Place): Promise<FIS.CreateExperimentTemplateStopConditionInput[]> => {
    const arns = settings.alarms.filter((a) => a.startsWith('arn:') && a.split(':')[3] === at.region);
    const names = settings.alarms.filter((a) => !a.startsWith('arn:'));
    if (names.length > 0)
      for (const page of await each(describeAlarms, { AlarmNames: names }, at))
        arns.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].flatMap((a) => a.AlarmArn ?? []));
    const conditions = arns.slice(0, MOST_ALARMS).map((value) => ({ source: 'aws:cloudwatch:alarm', value }));
    return conditions.length === 0 ? [{ source: 'none' }] : conditions;
  };

  /** One experiment; made again under the same client tokens, it is the same one. */
  const start = async (hash: string, what: Disruption, part: Part, name: string, roleArn: string): Promise<Seen> => {
    const { at, targets, actions } = part;
    const tags = { [TOKEN]: hash, [RUN]: run, [PART]: name, [WHAT]: labelOf(what), [NAME]: 'holdfast drill' };
    const clientToken = `${hash}-${name.replace('/', '-')}`;
    const known = (await templates(hash)).find((t) => t.part === name);
    const experimentTemplateId =
      known?.id ??
      (
        await session.send(
          createTemplate,
          {
            clientToken,
            description: `Holdfast drill: ${labelOf(what)}`,
            roleArn,
            targets,
            actions,
            stopConditions: await stopConditions(at),
            experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
            tags,
          },
          at,
        )
      ).experimentTemplate?.id;
    const started = await session.send(startExperiment, { clientToken, experimentTemplateId, tags }, at);
    const id = started.experiment?.id ?? '';
    return { id, at, token: hash, part: name, what: labelOf(what), status: started.experiment?.state?.status ?? '' };
  };
  const running = async ({ id, at }: Seen): Promise<void> => {
    const { status, reason } = await settled(id, at, (s) => s === 'running' || OVER.has(s));
    if (status !== 'running')
      throw new Error(`experiment ${id} in ${at.region} ${status ?? 'is gone'}: ${reason ?? 'no reason given'}`);
  };

  const refused = async (what: Disruption): Promise<{ readonly plan: Exclude<Plan, string>; readonly role: string } | string> => {
    const plan = await planOf(what, settings);
    if (typeof plan === 'string') return plan;
    const beyond = settings.beyond(plan.touched);
    if (beyond !== undefined) return beyond;
    if (role === undefined) return 'FIS needs a role to act in: --fis-role ARN (holdfast iam drill prints its policy)';
    const elsewhere = plan.parts.find((p) => !places.some((at) => at.account === p.at.account && at.region === p.at.region));
    return elsewhere === undefined
      ? { plan, role }
      : `${elsewhere.at.region} of account ${elsewhere.at.account} is not read by this drill`;
  };

  const stateOf = (seen: readonly Seen[]): 'begun' | 'not-begun' | 'ended' | 'unknown' => {
    if (seen.length === 0) return 'not-begun';
    const parts = new Set(seen.map((s) => s.part));
    const of = Number([...parts][0]?.split('/')[1] ?? Number.NaN);
    if (seen.every((s) => OVER.has(s.status))) return 'ended';
    // Some of them only: neither one nor the other, and what is there must be ended.
    return parts.size === of && seen.every((s) => GOING.has(s.status)) ? 'begun' : 'unknown';
  };
  const state = async (hash: string): Promise<'begun' | 'not-begun' | 'ended' | 'unknown'> => {
    const seen = await experiments(hash).catch(() => undefined);
    if (seen === undefined) return 'unknown';
    const found = stateOf(seen);
    if (found === 'begun' && !active.has(hash)) active.set(hash, disruptionOf(seen[0]?.what));
    return found;
  };

  return {
    plan: (what) => planOf(what, settings),
    lost: () => [...active.values()].filter((what) => what !== undefined),
    refuses: async (what) => {
      const answer = await refused(what);
      return typeof answer === 'string' ? answer : undefined;
    },
    state: (token) => state(hashOf(token)),
    async adopt() {
      for (const { token, what, status } of await experiments(run, RUN))
        if (!OVER.has(status)) active.set(token, disruptionOf(what));
    },
    async begin(token, what) {
      const hash = hashOf(token);
      const before = await experiments(hash);
      if (stateOf(before) === 'begun') {
        for (const one of before) await running(one);
        active.set(hash, what);
        return shown(before);
      }
      const answer = await refused(what);
      if (typeof answer === 'string') throw new Error(answer);
      const { parts } = answer.plan;
      const begun: Seen[] = [];
      for (const [i, part] of parts.entries()) {
        const name = `${i + 1}/${parts.length}`;
        const there = before.find((s) => s.part === name);
        begun.push(there ?? (await start(hash, what, part, name, answer.role)));
      }
      for (const one of begun) await running(one);
      active.set(hash, what);
      return shown(begun);
    },
    end: (token) =>
      undoing(async () => {
        const hash = hashOf(token);
        const made = await templates(hash);
        let seen = await experiments(hash);
        if (made.some((t) => !seen.some((s) => s.part === t.part))) {
          // It may have been started by somebody who died then, and listings are eventually consistent.
          await clock.sleep(2 * POLL);
          seen = await experiments(hash);
        }
        for (const { id, at, status } of seen) {
          if (OVER.has(status)) continue;
          if (status !== 'stopping')
            await unless(['ConflictException', 'ValidationException'], session.send(stopExperiment, { id }, at));
          await settled(id, at, (s) => OVER.has(s));
        }
        for (const { id, at } of made) await unless(['ResourceNotFoundException'], session.send(deleteTemplate, { id }, at));
        active.delete(hash);
        return { ended: seen.map((s) => s.id), deleted: made.map((t) => t.id) };
      }),
    stop: {
      id: 'experiment',
      holds: async () => {
        let all: boolean | undefined = false;
        for (const hash of active.keys()) {
          const found = await state(hash);
          if (found === 'ended' && active.has(hash)) return true;
          if (found !== 'begun') all = undefined;
        }
        return all;
      },
    },
  };
}

const shown = (seen: readonly Seen[]): Json => ({
  experiments: seen.map(({ id, at }) => ({ id, region: at.region, account: at.account })),
});

/** It may have ended, or been deleted, in the meantime: that is as well. */
async function unless(codes: readonly string[], sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof AwsFailure) || !isOneOf(error, codes)) throw error;
  }
}

/** `region-loss us-east-1`: short enough for a tag, enough to know again what was begun. */
function labelOf(what: Disruption): string {
  switch (what.kind) {
    case 'az-loss':
      return `${what.kind} ${what.zone}`;
    case 'region-loss':
      return `${what.kind} ${what.region}`;
    case 'control-plane-loss':
      return `${what.kind} ${what.region} ${what.client ?? ''}`.trim();
    default:
      return what.kind;
  }
}

function disruptionOf(label: string | undefined): Disruption | undefined {
  const [kind, where, client] = label?.split(' ') ?? [];
  if (where === undefined) return undefined;
  if (kind === 'az-loss') return { kind, zone: where };
  if (kind === 'region-loss') return { kind, region: where };
  return kind === 'control-plane-loss' ? { kind, region: where, client } : undefined;
}
