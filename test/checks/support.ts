/** Input of a check: declarations deployed into simulated AWS, observed, and judged beside their declaration. */
import type { CheckInput, CheckResult, LiveAws } from '../../checks/check.ts';
import type { Call, Place } from '../../src/aws/call.ts';
import { pagesOf } from '../../src/aws/pages.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import { inPlace } from '../../src/estate/in-place.ts';
import type { Known } from '../../src/model/known.ts';
import { fold, known, unknown } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { deploy } from '../../src/simulator/deploy/deploy.ts';
import { SIMULATED } from '../../src/simulator/registry.ts';
import { ServiceFault, type SimulatedService } from '../../src/simulator/service.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { judge } from '../../src/verdicts/judge.ts';
import { type Declaration, observedResource, readingOf, resourceOf } from '../parity/law.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from '../services/observed/support.ts';
import type { Spec } from '../services/support-traffic.ts';
import { DAY, judgeSpecs } from '../verdicts/estates.ts';

/** `denied`: actions that are answered with access denied. */
export function liveOf(aws: SimulatedAws, denied: readonly string[] = []): LiveAws {
  const send = async <I, O>(call: Call<I, O>, input: I, at: Place): Promise<O> =>
    (await invoke(aws, call.client, call.operation, input as object, {
      account: at.account,
      region: call.only ?? at.region,
      principal: administrator(at.account),
    })) as O;
  const known1 = async <T>(
    call: Call<never, unknown>,
    absent: readonly string[],
    work: () => Promise<T>,
  ): Promise<Known<T | undefined>> => {
    if (denied.includes(call.action)) return unknown('access-denied', `${call.action} was denied`);
    try {
      return known(await work());
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      return absent.includes(error.code) ? known(undefined) : unknown('error', `${call.action}: ${error.code}`);
    }
  };
  return {
    ask: (call, input, at, absent = []) => known1(call, absent, () => send(call, input, at)),
    async pages<I, O>(call: Call<I, O>, input: I, at: Place) {
      const all = await known1(call, [], async () => {
        const outputs: O[] = [];
        for await (const output of pagesOf(call, input, at, (asking) => send(call, asking, at))) outputs.push(output);
        return outputs;
      });
      return fold<readonly O[] | undefined, Known<readonly O[]>>(
        all,
        (v) => known(v ?? []),
        (why) => why,
      );
    },
  };
}

export interface Given {
  readonly declarations: readonly Declaration[];
  /** Text of holdfast.yaml. */
  readonly catalogue?: string;
  readonly services?: readonly SimulatedService[];
  readonly denied?: readonly string[];
  /** Between the deployment and the observation. */
  readonly meanwhile?: (aws: SimulatedAws, resources: readonly Resource[]) => Promise<void> | void;
  /** Milliseconds of virtual time between both, and the window that is looked at. */
  readonly wait?: number;
}

export interface Prepared {
  readonly input: CheckInput;
  readonly aws: SimulatedAws;
  readonly deployed: readonly Resource[];
  readonly notes: readonly string[];
}

export async function prepared(given: Given): Promise<Prepared> {
  const { declarations, catalogue, services = SIMULATED, denied = [], meanwhile, wait = 3_600_000 } = given;
  const aws = freshAws(services);
  const deployed = await deploy(aws, [readingOf(declarations.map(resourceOf))], { region: REGION, account: ACCOUNT });
  const resources = deployed.readings.flatMap((r) => r.resources);
  await meanwhile?.(aws, resources);
  aws.world.clock.advance(wait);
  const regions = [...new Set(declarations.map((d) => d.region ?? REGION))];
  const clients = new Set(services.map((s) => s.client));
  const scans = SCANS.filter((s) => s.calls.every((c) => clients.has(c.client)));
  const found: Resource[] = [];
  for (const scan of scans)
    for (const region of scan.where === 'global' ? regions.slice(0, 1) : regions)
      for (const seen of await scanned(scan, readerOf(aws, ACCOUNT, region))) found.push(observedResource(seen, region));
  const seen = {
    source: 'simulated',
    resources: found,
    gaps: [],
    types: new Set(scans.flatMap((s) => s.types)),
    targets: [{ account: ACCOUNT, regions }],
    notes: [],
  };
  const merged = inPlace(deployed.readings, seen, SERVICES);
  const options = { today: '2026-11-23', seed: 1, world: 'simulated' } as const;
  const parsed = catalogue === undefined ? undefined : parseCatalogue(catalogue, 'holdfast.yaml', {});
  const now = aws.world.clock.now();
  return {
    aws,
    deployed: resources,
    notes: deployed.notes,
    input: {
      judgement: judge(buildEstate(merged.readings, SERVICES), parsed, options),
      inPlace: merged,
      designed: judge(buildEstate(deployed.readings, SERVICES), parsed, options),
      aws: liveOf(aws, denied),
      places: regions.map((region) => ({ account: ACCOUNT, region })),
      now,
      since: now - wait,
    },
  };
}

/** Rules that fire and, with a question mark, those that nobody can decide. */
export const rulesOf = (result: CheckResult): readonly string[] =>
  [...new Set(result.findings.map((f) => (f.undecided === undefined ? f.rule : `${f.rule}?`)))].sort();

export const objectionsOf = (result: CheckResult): readonly string[] =>
  [...new Set(result.objections.map((o) => `${o.metric.split('/').at(-1)} ${o.verdict}`))].sort();

/** `what: value` of every fact, an unknown by its reason. */
export const factsOf = (result: CheckResult): readonly string[] =>
  result.facts.map(
    (f) =>
      `${f.what}: ${fold<number | string | boolean, string>(
        f.value,
        (v) => String(v),
        (why) => why.reason,
      )}`,
  );

/** AWS of which nobody may ask anything. */
export const noAws: LiveAws = {
  ask: async () => unknown('access-denied', 'nothing may be asked'),
  pages: async () => unknown('access-denied', 'nothing may be asked'),
};

/** The same AWS, in which these actions answer otherwise. */
export function answering(aws: LiveAws, answers: Readonly<Record<string, (input: unknown, at: Place) => unknown>>): LiveAws {
  return {
    ask: async (call, input, at, absent) => {
      const answer = answers[call.action];
      return answer === undefined ? aws.ask(call, input, at, absent) : known(answer(input, at) as never);
    },
    pages: async (call, input, at) => {
      const answer = answers[call.action];
      return answer === undefined ? aws.pages(call, input, at) : known([answer(input, at) as never]);
    },
  };
}

/** What CloudWatch answers when every series has these points, newest first. */
export const pointsOf =
  (points: readonly { readonly ageSeconds: number; readonly value: number }[], now: number) =>
  (input: unknown): object => ({
    MetricDataResults: (input as { readonly MetricDataQueries: readonly { readonly Id: string }[] }).MetricDataQueries.map(
      ({ Id }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: points.map((p) => new Date(now - p.ageSeconds * 1000)),
        Values: points.map((p) => p.value),
      }),
    ),
  });

/** Input of a check over an estate that is given as AWS would show it; nothing is deployed. */
export function inputOf(specs: readonly Spec[], catalogue: string | undefined, aws: LiveAws = noAws): CheckInput {
  const now = Date.parse(DAY);
  return {
    judgement: judgeSpecs(specs, catalogue),
    inPlace: undefined,
    designed: undefined,
    aws,
    places: ['us-east-1', 'eu-west-1'].map((region) => ({ account: ACCOUNT, region })),
    now,
    since: now - 3_600_000,
  };
}
