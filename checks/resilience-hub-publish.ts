/**
 * Publishes one service to Resilience Hub: its policy from the agreement, its app with the service's resources, and an assessment.
 * Only objects that carry Holdfast's own tag are changed; one of the same name without it is left alone, and said.
 */
import type { App, ResourceMapping } from '@aws-sdk/client-resiliencehub';
import type { Call, Place } from '../src/aws/call.ts';
import { fold, type Known, known, type Unknown, unknown } from '../src/model/known.ts';
import type { LiveAws, Publishing } from './check.ts';
import * as hub from './resilience-hub-calls.ts';
import { entityName, resourceNames, type Wanted } from './resilience-hub-policy.ts';

/** Its value is the id of the service in the catalogue. */
export const TAG = 'holdfast:service';
const DRAFT = 'draft';
const RELEASE = 'release';
/** AddDraftAppVersionResourceMappings takes this many at a time. */
const CHUNK = 50;
const POLL = 15_000;
/** Assessments take minutes; after half an hour something is wrong. */
const PATIENCE = 30 * 60_000;

export interface Published {
  readonly service: string;
  readonly place: Place;
  readonly arns: readonly string[];
  readonly wanted: Wanted;
}

/** An answer that could not be had: the rest of what was to be done rests on it. */
class Stopped extends Error {
  readonly why: Unknown;
  constructor(why: Unknown) {
    super(why.detail);
    this.why = why;
  }
}

export const hubName = (service: string): string => entityName(`holdfast-${service}`);

/** The app of the service; known undefined: there is none. An app of that name that is not Holdfast's own is an unknown. */
export async function ownApp(aws: LiveAws, service: string, place: Place): Promise<Known<App | undefined>> {
  return guarded(async () => {
    const name = hubName(service);
    const listed = must(await aws.pages(hub.listApps, { name }, place)).flatMap((p) => p.appSummaries ?? []);
    const summary = listed.find((a) => a.name === name);
    if (summary === undefined) return undefined;
    const app = must(await aws.ask(hub.describeApp, { appArn: summary.appArn }, place))?.app;
    if (app?.tags?.[TAG] !== service)
      throw new Stopped(
        unknown('not-reported', `the Resilience Hub app ${name} has no tag ${TAG}=${service}: it is not Holdfast's own`),
      );
    return app;
  });
}

/** ARN of the finished assessment. */
export function publish(what: Published, publishing: Publishing): Promise<Known<string>> {
  const { aws, progress } = publishing;
  const { service, place } = what;
  const send: Send = async (call, input) => {
    const answer = must(await aws.ask(call, input, place));
    if (answer === undefined) throw new Stopped(unknown('error', `${call.action} answered nothing`));
    return answer;
  };
  return guarded(async () => {
    progress(`Resilience Hub: policy of ${service}`);
    const policyArn = await policyFor(what, aws, send);
    const app = await appFor(what, policyArn, aws, send);
    progress(`Resilience Hub: resources of ${service}`);
    await mapped(what, app, aws, send);
    await settled(app, publishing, place, send);
    const now = new Date(publishing.clock.now()).toISOString().replace(/[:.]/g, '-');
    const started = await send(hub.startAssessment, {
      appArn: app,
      appVersion: RELEASE,
      assessmentName: entityName(`holdfast-${now}`),
      tags: { [TAG]: service },
    });
    const arn = started.assessment?.assessmentArn;
    if (arn === undefined) throw new Stopped(unknown('error', 'StartAppAssessment started no assessment'));
    await finished(arn, what, publishing, send);
    return arn;
  });
}

type Send = <I, O>(call: Call<I, O>, input: NoInfer<I>) => Promise<O>;

async function policyFor({ service, place, wanted }: Published, aws: LiveAws, send: Send): Promise<string> {
  const policyName = hubName(service);
  const found = must(await aws.pages(hub.listPolicies, { policyName }, place))
    .flatMap((p) => p.resiliencyPolicies ?? [])
    .find((p) => p.policyName === policyName);
  if (found === undefined) {
    const tags = { [TAG]: service };
    const policyDescription = `RTO and RPO that were agreed for ${service}, kept by Holdfast`;
    const made = await send(hub.createPolicy, {
      policyName,
      policyDescription,
      tier: 'NotApplicable',
      policy: wanted.policy,
      tags,
    });
    return needed(made.policy?.policyArn, 'CreateResiliencyPolicy made no policy');
  }
  const policyArn = needed(found.policyArn, 'ListResiliencyPolicies names no ARN');
  if (found.tags?.[TAG] !== service)
    throw new Stopped(
      unknown('not-reported', `the Resilience Hub policy ${policyName} has no tag ${TAG}=${service}: it is not Holdfast's own`),
    );
  if (!isSame(found.policy ?? {}, wanted.policy)) await send(hub.updatePolicy, { policyArn, policy: wanted.policy });
  return policyArn;
}

function isSame(a: Wanted['policy'], b: Wanted['policy']): boolean {
  return (['Software', 'Hardware', 'AZ', 'Region'] as const).every(
    (d) => a[d]?.rtoInSecs === b[d]?.rtoInSecs && a[d]?.rpoInSecs === b[d]?.rpoInSecs,
  );
}

async function appFor({ service, place }: Published, policyArn: string, aws: LiveAws, send: Send): Promise<string> {
  const own = must(await ownApp(aws, service, place));
  if (own === undefined) {
    const made = await send(hub.createApp, {
      name: hubName(service),
      description: `Resources of ${service}, kept by Holdfast`,
      policyArn,
      assessmentSchedule: 'Disabled',
      tags: { [TAG]: service },
    });
    return needed(made.app?.appArn, 'CreateApp made no app');
  }
  const appArn = needed(own.appArn, 'DescribeApp names no ARN');
  if (own.policyArn !== policyArn) await send(hub.updateApp, { appArn, policyArn });
  return appArn;
}

/** Makes the draft hold the service's resources and no others. */
async function mapped({ arns, place }: Published, appArn: string, aws: LiveAws, send: Send): Promise<void> {
  const wanted = resourceNames(arns);
  const there = must(await aws.pages(hub.listMappings, { appArn, appVersion: DRAFT }, place)).flatMap(
    (p) => p.resourceMappings ?? [],
  );
  const kept = new Map(there.map((m) => [m.resourceName ?? '', m.physicalResourceId?.identifier]));
  const stale = [...kept].filter(([name, arn]) => wanted.get(name) !== arn).map(([name]) => name);
  const added = [...wanted].filter(([name, arn]) => kept.get(name) !== arn);
  if (stale.length > 0) await send(hub.removeMappings, { appArn, resourceNames: stale });
  for (let at = 0; at < added.length; at += CHUNK)
    await send(hub.addMappings, {
      appArn,
      resourceMappings: added.slice(at, at + CHUNK).map(
        ([resourceName, identifier]): ResourceMapping => ({
          resourceName,
          mappingType: 'Resource',
          physicalResourceId: { identifier, type: 'Arn' },
        }),
      ),
    });
}

/** A version is published even when nothing changed: an earlier run may have stopped before it could. */
async function settled(appArn: string, { clock, progress }: Publishing, place: Place, send: Send): Promise<void> {
  const { resolutionId = '' } = await send(hub.resolve, { appArn, appVersion: DRAFT });
  const end = clock.now() + PATIENCE;
  for (;;) {
    const { status, errorMessage } = await send(hub.resolution, { appArn, appVersion: DRAFT, resolutionId });
    if (status === 'Success') break;
    if (status === 'Failed')
      throw new Stopped(
        unknown('error', `Resilience Hub could not resolve the resources: ${errorMessage ?? 'it does not say why'}`),
      );
    if (clock.now() >= end)
      throw new Stopped(unknown('error', 'Resilience Hub did not resolve the resources within half an hour'));
    progress(`Resilience Hub resolves resources in ${place.region}`);
    await clock.sleep(POLL);
  }
  await send(hub.publishVersion, { appArn });
}

async function finished(
  assessmentArn: string,
  { service }: Published,
  { clock, progress }: Publishing,
  send: Send,
): Promise<void> {
  const begun = clock.now();
  for (;;) {
    const { assessment } = await send(hub.describeAssessment, { assessmentArn });
    const status = assessment?.assessmentStatus;
    if (status === 'Success') return;
    if (status === 'Failed')
      throw new Stopped(
        unknown('error', `the assessment of ${service} failed: ${assessment?.message ?? 'Resilience Hub does not say why'}`),
      );
    const waited = clock.now() - begun;
    if (waited >= PATIENCE) throw new Stopped(unknown('error', `the assessment of ${service} did not end within half an hour`));
    progress(`Resilience Hub assesses ${service}: ${status ?? 'no status'} after ${Math.round(waited / 1000)} s`);
    await clock.sleep(POLL);
  }
}

function must<T>(answer: Known<T>): T {
  return fold(
    answer,
    (value) => value,
    (why) => {
      throw new Stopped(why);
    },
  );
}

function needed(value: string | undefined, detail: string): string {
  if (value === undefined) throw new Stopped(unknown('error', detail));
  return value;
}

async function guarded<T>(work: () => Promise<T>): Promise<Known<T>> {
  try {
    return known(await work());
  } catch (error) {
    if (error instanceof Stopped) return error.why;
    throw error;
  }
}
