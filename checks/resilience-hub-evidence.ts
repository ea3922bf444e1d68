/** What AWS has tried out by itself or on somebody's behalf: experiments, executions of plans, practice runs. Facts, no judgement. */
import type { ListExperimentsCommandInput, ListExperimentsCommandOutput } from '@aws-sdk/client-fis';
import type { Call } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import { fold, type Known, known, map } from '../src/model/known.ts';
import type { CheckFact, CheckInput } from './check.ts';
import { arnOf, placeOf, reading, valueOr } from './questions.ts';

const pages = ['nextToken', 'nextToken'] as const;

const listExperiments = reading<ListExperimentsCommandInput, ListExperimentsCommandOutput>('fis', 'fis:ListExperiments', {
  pages,
});

/** As botocore's models of ARC have them: no SDK package does. */
interface Executions {
  readonly items?: readonly {
    readonly executionId?: string;
    readonly executionState?: string;
    readonly executionAction?: string;
    readonly executionRegion?: string;
    readonly mode?: string;
    readonly startTime?: Date;
    readonly endTime?: Date;
    readonly actualRecoveryTime?: string;
  }[];
}
const listExecutions = reading<{ readonly planArn: string }, Executions>(
  'arc-region-switch',
  'arc-region-switch:ListPlanExecutions',
  { pages },
);

interface ManagedResource {
  readonly zonalAutoshiftStatus?: string;
  readonly zonalShifts?: readonly {
    readonly awayFrom?: string;
    readonly shiftType?: string;
    readonly startTime?: Date;
    readonly practiceRunOutcome?: string;
  }[];
}
const managedResource = reading<{ readonly resourceIdentifier: string }, ManagedResource>(
  'arc-zonal-shift',
  'arc-zonal-shift:GetManagedResource',
);

interface Autoshifts {
  readonly items?: readonly { readonly awayFrom?: string; readonly startTime?: Date; readonly status?: string }[];
}
const listAutoshifts = reading<object, Autoshifts>('arc-zonal-shift', 'arc-zonal-shift:ListAutoshifts', { pages });

export const evidenceReads: readonly Call<never, unknown>[] = [listExperiments, listExecutions, managedResource, listAutoshifts];

const PLAN = 'aws:arcregionswitch/plan:Plan';
/** Types that zonal autoshift practises on (ARC developer guide, "Supported resources"). */
const SHIFTED = new Set(['aws:lb/loadBalancer:LoadBalancer', 'aws:autoscaling/group:Group']);

export async function evidence(input: CheckInput): Promise<readonly CheckFact[]> {
  const facts: CheckFact[] = [];
  for (const place of input.places) {
    const where = `${place.account} ${place.region}`;
    tell(facts, await input.aws.pages(listExperiments, {}, place), {
      of: `arn:aws:fis:${place.region}:${place.account}`,
      title: `AWS FIS of ${where}`,
      what: 'experiments',
      each: (page) =>
        (page.experiments ?? []).map((e) => ({
          what: `experiment ${e.id ?? ''} of template ${e.experimentTemplateId ?? ''}`,
          value: e.state?.status ?? 'not reported',
          at: e.creationTime,
        })),
    });
    tell(facts, await input.aws.pages(listAutoshifts, {}, place), {
      of: `arn:aws:arc-zonal-shift:${place.region}:${place.account}`,
      title: `zonal autoshift of ${where}`,
      what: 'autoshifts',
      each: (page) =>
        (page.items ?? []).map((a) => ({
          what: `autoshift away from ${a.awayFrom ?? ''}`,
          value: a.status ?? '',
          at: a.startTime,
        })),
    });
  }
  for (const item of input.judgement.estate.resources.values()) {
    if (item.resource.type === PLAN) await executions(item, input, facts);
    else if (SHIFTED.has(item.resource.type)) await practice(item, input, facts);
  }
  return facts;
}

async function executions(item: EstateResource, input: CheckInput, facts: CheckFact[]): Promise<void> {
  const planArn = valueOr(arnOf(item), undefined);
  const place = valueOr(placeOf(item), undefined) ?? input.places[0];
  if (planArn === undefined || place === undefined) return;
  tell(facts, await input.aws.pages(listExecutions, { planArn }, place), {
    of: item.resource.urn,
    title: item.title,
    what: 'executions of the plan',
    each: (page) =>
      (page.items ?? []).flatMap((e) => {
        const what = `execution of ${e.executionAction ?? 'the plan'} in ${e.executionRegion ?? ''} (${e.mode ?? 'mode not reported'})`;
        const took =
          e.startTime === undefined || e.endTime === undefined ? [] : [(e.endTime.getTime() - e.startTime.getTime()) / 1000];
        return [
          { what, value: e.executionState ?? 'not reported', at: e.startTime },
          ...took.map((seconds) => ({ what: `time of the ${what}`, value: seconds, at: e.startTime, unit: 'seconds' as const })),
        ];
      }),
  });
}

/** Nothing is said of resources that ARC does not manage. */
async function practice(item: EstateResource, input: CheckInput, facts: CheckFact[]): Promise<void> {
  const resourceIdentifier = valueOr(arnOf(item), undefined);
  const place = valueOr(placeOf(item), undefined);
  if (resourceIdentifier === undefined || place === undefined) return;
  const answer = await input.aws.ask(managedResource, { resourceIdentifier }, place, ['ResourceNotFoundException']);
  tell(
    facts,
    map(answer, (reply) => (reply === undefined ? [] : [reply])),
    {
      of: item.resource.urn,
      title: item.title,
      what: 'zonal shifts',
      each: (managed) => [
        { what: 'zonal autoshift', value: managed.zonalAutoshiftStatus ?? 'DISABLED', at: undefined },
        ...(managed.zonalShifts ?? [])
          .filter((s) => s.practiceRunOutcome !== undefined)
          .map((s) => ({
            what: `practice run away from ${s.awayFrom ?? ''}`,
            value: s.practiceRunOutcome ?? '',
            at: s.startTime,
          })),
      ],
    },
  );
}

interface Seen {
  readonly what: string;
  readonly value: string | number;
  readonly at: Date | undefined;
  readonly unit?: CheckFact['unit'];
}

/** A fact for each thing that was seen; one with the reason where nothing could be had. */
function tell<T>(
  facts: CheckFact[],
  answer: Known<readonly T[]>,
  on: { readonly of: string; readonly title: string; readonly what: string; readonly each: (page: T) => readonly Seen[] },
): void {
  const { of: resource, title: resourceTitle } = on;
  fold(
    answer,
    (all) => {
      for (const { what, value, at, unit = 'none' } of all.flatMap(on.each))
        facts.push({ resource, resourceTitle, what, value: known(value), unit, at: at?.toISOString() });
    },
    (why) => {
      facts.push({ resource, resourceTitle, what: on.what, value: why, unit: 'none', at: undefined });
    },
  );
}
