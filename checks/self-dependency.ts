/** Does what recovers a Region outlive it: the pipeline, its state, its key, and the control planes that it calls? */
import type { GetBucketLocationCommandInput, GetBucketLocationCommandOutput } from '@aws-sdk/client-s3';
import type { EstateResource } from '../src/estate/estate.ts';
import { meaningOf } from '../src/estate/estate.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known, Truth } from '../src/model/known.ts';
import { andThen, fold, is, known, map, no, together, unknown } from '../src/model/known.ts';
import type { Check, CheckInput, CheckResult, OwnPlaces } from './check.ts';
import { certainly, certainlyNot, nameOf, Promises, Report, reading, valueOr, whyNot } from './questions.ts';

const CONTROL_PLANES =
  'https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/control-planes-and-data-planes.html';

const RUNS_THERE: RuleText = {
  id: 'self-runs-in-failing-region',
  title: 'The pipeline runs in the Region that it recovers from',
  severity: 'high',
  scopes: ['region'],
  why: 'When the Region is lost, so is whatever was meant to notice it and to call for the failover.',
  fix: 'Run Holdfast and the recovery pipeline in the standby Region, in a third one, or outside of AWS.',
  source: CONTROL_PLANES,
};

const STATE_THERE: RuleText = {
  id: 'self-state-in-failing-region',
  title: 'The Pulumi state is in the Region that it recovers from',
  severity: 'high',
  scopes: ['region'],
  why: '`pulumi up` needs its state. A state bucket in the lost Region makes every recovery step that is written as code impossible, just when it is needed.',
  fix: 'Keep the state in another Region than what it describes, or replicate the bucket and write the login of the copy into the plan.',
  source: 'https://www.pulumi.com/docs/iac/concepts/state-and-backends/',
};

const KEY_THERE: RuleText = {
  id: 'self-key-in-failing-region',
  title: "The key of the stack's secrets is in the Region that it recovers from",
  severity: 'high',
  scopes: ['region'],
  why: 'Pulumi decrypts the secrets of a stack with its secrets provider at every operation. With the key out of reach no `up` runs, whatever the state says.',
  fix: 'Use a key in another Region (a multi-Region key with a replica there) with `pulumi stack change-secrets-provider`.',
  source: 'https://www.pulumi.com/docs/iac/concepts/secrets/',
};

const GLOBAL_PLANE: RuleText = {
  id: 'self-global-control-plane',
  title: 'Recovery calls a control plane in a Region that it does not recover into',
  severity: 'medium',
  scopes: ['region'],
  why: 'Control planes of global services run in one Region (Route 53 and IAM in us-east-1). A recovery that must change a record or a role there hangs on a Region that it has nothing else to do with.',
  fix: 'Let health checks or ARC routing controls move traffic, which only need data planes, and make roles and records beforehand.',
  source: 'https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html',
};

const getLocation = reading<GetBucketLocationCommandInput, GetBucketLocationCommandOutput>('s3', 's3:GetBucketLocation');

async function run(input: CheckInput): Promise<CheckResult> {
  const promises = new Promises(input.judgement);
  const report = new Report();
  const left = leftBehind(input, promises);
  const asked = left.size === 0 ? [] : await askedOf(input);
  const [first] = left.values();
  for (const [region, item] of left) {
    for (const { rule, what, place } of asked) {
      // Ignorance is one thing, however many Regions it is about.
      if (whyNot(place) !== undefined && item !== first) continue;
      report.fact(item, what, place);
      const fires: Truth = andThen(place, (where) => (where === region ? known(true) : no()));
      report.judge(rule, item, fires, `${what} is in ${region}, which recovery leaves`);
    }
  }
  controlPlanes(input, promises, report);
  return report.result();
}

/** Regions that something is promised to leave when they are lost, each with a resource that leaves it. */
function leftBehind(input: CheckInput, promises: Promises): ReadonlyMap<string, EstateResource> {
  const regions = new Map<string, EstateResource>();
  const stores = (item: EstateResource): number => (meaningOf(item)?.kind === 'store' ? 0 : 1);
  for (const item of [...input.judgement.estate.resources.values()].sort((a, b) => stores(a) - stores(b))) {
    const { urn, region } = item.resource;
    if (certainly(meaningOf(item)?.waits ?? no())) continue;
    if (promises.on(urn, ['RTO', 'RPO'], ['region']).length === 0) continue;
    const leaves = (meaningOf(item)?.protections ?? []).some(
      (p) =>
        p.scopes.includes('region') &&
        !certainlyNot(p.armed) &&
        certainly(is(together({ into: p.into ?? region, region }), (r) => r.into !== r.region)),
    );
    const here = valueOr(region, undefined);
    if (leaves && here !== undefined && !regions.has(here)) regions.set(here, item);
  }
  return regions;
}

interface Asked {
  readonly rule: RuleText;
  readonly what: string;
  /** A Region, or what it is instead. */
  readonly place: Known<string>;
}

async function askedOf(input: CheckInput): Promise<readonly Asked[]> {
  const { own } = input;
  const nobody = (what: string): Known<string> => unknown('not-reported', `nobody says where ${what} is`);
  if (own === undefined)
    return [
      { rule: RUNS_THERE, what: 'the pipeline', place: nobody('the pipeline') },
      { rule: STATE_THERE, what: 'the Pulumi state', place: nobody('the Pulumi state') },
    ];
  return [
    { rule: RUNS_THERE, what: 'the pipeline', place: known(own.runs?.region ?? 'outside of AWS') },
    {
      rule: STATE_THERE,
      what: 'the Pulumi state',
      place: own.backend === undefined ? nobody('the Pulumi state') : await stateRegion(own.backend, own, input),
    },
    ...(own.secretsProvider === undefined
      ? []
      : [{ rule: KEY_THERE, what: "the key of the stack's secrets", place: keyRegion(own.secretsProvider, own) }]),
  ];
}

/** Pulumi's object-store backends take the Region from the URL, else from the bucket. */
async function stateRegion(url: string, own: OwnPlaces, input: CheckInput): Promise<Known<string>> {
  const bucket = /^s3:\/\/([^/?]+)/.exec(url)?.[1];
  if (bucket === undefined) return known('outside of the account');
  const declared = [...input.judgement.estate.resources.values()].find(
    (i) => i.resource.type === 'aws:s3/bucket:Bucket' && valueOr(nameOf(i, 'bucket'), undefined) === bucket,
  );
  const named = queryRegion(url) ?? valueOr(declared?.resource.region ?? unknown('dangling', 'not here'), undefined);
  if (named !== undefined) return known(named);
  const at = own.runs ?? input.places[0];
  if (at === undefined) return unknown('not-reported', `nobody says in which Region bucket ${bucket} is`);
  // A bucket of us-east-1 has no location constraint, one of eu-west-1 may have an old spelling (API reference).
  return map(await input.aws.ask(getLocation, { Bucket: bucket }, at), (reply) => {
    const constraint = reply?.LocationConstraint ?? 'us-east-1';
    return constraint === 'EU' ? 'eu-west-1' : constraint;
  });
}

function keyRegion(url: string, own: OwnPlaces): Known<string> {
  if (!url.startsWith('awskms:')) return known('outside of the account');
  const region = /^awskms:\/\/\/?arn:aws[\w-]*:kms:([a-z0-9-]+):/.exec(url)?.[1] ?? queryRegion(url) ?? own.runs?.region;
  return region === undefined ? unknown('not-reported', `nobody says in which Region ${url} is`) : known(region);
}

const queryRegion = (url: string): string | undefined => /[?&]region=([a-z0-9-]+)/.exec(url)?.[1];

function controlPlanes(input: CheckInput, promises: Promises, report: Report): void {
  for (const item of input.judgement.estate.resources.values()) {
    const { urn } = item.resource;
    for (const protection of meaningOf(item)?.protections ?? []) {
      if (!protection.scopes.includes('region') || certainlyNot(protection.armed)) continue;
      if (promises.through(urn, [protection.mechanism], ['RTO']).every((m) => m.scope !== 'region')) continue;
      for (const { action, region, plane } of protection.calls) {
        if (plane !== 'control' || region === undefined) continue;
        report.fact(item, `recovery calls ${action} in`, region);
        const into = protection.into;
        const elsewhere: Truth =
          into === undefined ? is(region, (r) => r === 'us-east-1') : is(together({ region, into }), (r) => r.region !== r.into);
        const where = fold(
          region,
          (r) => r,
          () => 'an unknown Region',
        );
        report.judge(
          GLOBAL_PLANE,
          item,
          elsewhere,
          `recovery of ${item.title} calls ${action}, whose control plane is in ${where}`,
        );
      }
    }
  }
}

export const selfDependency: Check = {
  id: 'self-dependency',
  title: 'Does what recovers a Region outlive it?',
  rules: [RUNS_THERE, STATE_THERE, KEY_THERE, GLOBAL_PLANE],
  calls: [getLocation],
  run,
};
