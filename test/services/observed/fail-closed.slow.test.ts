/**
 * The law that a failure closes, over every scan and every action that a scan may send: nothing is lost silently, and no failure
 * makes a promise look kept. The world has something of everything in it and is read at operation level; its replies are kept,
 * so that only what is spoilt is worked out again. The last test sends a sample over the wire.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Credentials, sdkTransport, type Transport } from '../../../src/aws/transport.ts';
import { buildEstate } from '../../../src/estate/estate.ts';
import { inPlace } from '../../../src/estate/in-place.ts';
import { Hole } from '../../../src/model/value.ts';
import type { MetricVerdict } from '../../../src/model/verdict.ts';
import { type Observation, unseenOf } from '../../../src/services/observed/observe.ts';
import { SCANS } from '../../../src/services/observed/registry.ts';
import type { Scan } from '../../../src/services/observed/scan.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import { requestHandler } from '../../../src/simulator/wire/request-handler.ts';
import { addAdministratorKey } from '../../../src/simulator/world/keys.ts';
import { type Judgement, judge } from '../../../src/verdicts/judge.ts';
import { inPlaceVerdict } from '../../../src/verdicts/levels.ts';
import { compare, type FailClosed, type Spoil, WAYS, watch } from '../../aws/fail-closed.ts';
import { simulatedTransport } from '../../aws/simulated-transport.ts';
import { around, flags } from '../../golden/support.ts';
import { ACCOUNT, BACKUP_ACCOUNT, type RichWorld, richWorld } from './rich-world.ts';

type Seen = ReadonlyMap<Scan, Observation>;

let rich: RichWorld;
let transport: Transport;
let designed: Judgement;
let sound: Seen;
let before: { readonly verdicts: readonly MetricVerdict[] };

beforeAll(async () => {
  rich = await richWorld();
  transport = remembering(untoldRegions(simulatedTransport(rich.aws)));
  designed = judge(buildEstate(rich.readings, SERVICES), rich.catalogue, options);
  sound = new Map(await inTurn(SCANS, async (scan) => [scan, await watch(given(scan), undefined)] as const));
  before = judged(sound);
});

const options = { today: around.today, seed: flags.seed, world: 'simulated' } as const;

const given = (scan: Scan, by: Transport = transport): FailClosed => ({
  scans: [scan],
  targets: rich.targets,
  world: () => ({ transport: by, clock: rich.aws.world.clock }),
});

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/** Nothing changes in this world: each question is answered once. */
function remembering(inner: Transport): Transport {
  const answers = new Map<string, Promise<object>>();
  return {
    send(client, operation, input, at) {
      const key = JSON.stringify([client, operation, input, at]);
      const answer = answers.get(key) ?? inner.send(client, operation, input, at);
      answers.set(key, answer);
      return answer;
    },
  };
}

/** S3 as others have it: a listing is of all Regions and does not tell which, so that the scan must ask for each bucket. */
function untoldRegions(inner: Transport): Transport {
  return {
    async send(client, operation, input, at) {
      const reply = await inner.send(client, operation, operation === 'ListBuckets' ? {} : input, at);
      if (operation !== 'ListBuckets' || !('Buckets' in reply) || !Array.isArray(reply.Buckets)) return reply;
      return { ...reply, Buckets: reply.Buckets.map(({ BucketRegion: _, ...bucket }) => bucket) };
    },
  };
}

/** One failure of one action: what each scan makes of it. Scans that do not send it see what they saw. */
const spoilt = async (spoil: Spoil): Promise<Seen> =>
  new Map(
    await inTurn([...sound], async ([scan, was]) => [scan, spoil.action in was.calls ? await watch(given(scan), spoil) : was]),
  );

function together(seen: Seen): Observation {
  const all = [...seen.values()];
  const [first] = all;
  if (first === undefined) throw new Error('there are no scans');
  return {
    ...first,
    resources: all.flatMap((o) => o.resources),
    gaps: all.flatMap((o) => o.gaps),
    holes: all.flatMap((o) => o.holes),
    types: new Set(all.flatMap((o) => [...o.types])),
  };
}

/** As `holdfast check` judges what was seen, without its checks. */
function judged(seen: Seen): { readonly verdicts: readonly MetricVerdict[] } {
  const observation = together(seen);
  const placed = inPlace(rich.readings, observation, SERVICES);
  const estate = buildEstate(placed.readings, SERVICES);
  const found = judge(estate, rich.catalogue, { ...options, level: 'in-place', owned: designed.assignment });
  const below = new Map(designed.verdicts.map((v) => [idOf(v), v]));
  return { verdicts: found.verdicts.map((v) => inPlaceVerdict(below.get(idOf(v)), v, [], unseenOf(observation))) };
}

/** What may be different and is no loss, with the reason. */
const EXPLAINED: readonly { readonly what: RegExp; readonly why: string }[] = [
  {
    what: /TableReplica:\S+ is lost without a gap$/,
    why: 'the table shows its replicas: where it cannot be read they are a hole in it, or its own Region has a gap',
  },
  {
    what: /sqs\/\w+Policy:\w+:\S+ is lost without a gap$/,
    why: 'the queue says its policies inline as well, and there they are holes',
  },
  {
    what: /(?:s3\/bucket\w+:Bucket\w+|functionUrl:FunctionUrl):\S+ appears from nowhere$/,
    why: 'a part that may be there stands with a hole in it',
  },
  {
    what: /s3\/bucket:Bucket:\S+ appears from nowhere$|bucketRegionalDomainName was /,
    why: 'a bucket whose Region nobody tells is shown in each Region that is read, rather than in none',
  },
  {
    what: /TargetGroupAttachment:\S+(?:-unread appears from nowhere| is lost without a gap)$/,
    why: 'one attachment with a hole in it stands for those of the group that could not be read',
  },
  {
    what: /(?:task-definition\/\S+:\d+|nodegroup\/\S+) is lost without a gap$|(?:TaskDefinition|NodeGroup):\S+ appears from nowhere$/,
    why: 'only the description tells its ARN: it stands under its id, with holes',
  },
  {
    what: /(?:masterUserSecretKmsKeyId|kmsKeyId) was undefined and is "arn:aws:kms:/,
    why: "where aliases cannot be read a key is not taken for AWS's own, but for one that is not in sight",
  },
];

const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  's3:GetBucketVersioning': 'S3 answers nothing for a bucket that never had versions',
  's3:GetBucketLocation': 'S3 answers nothing for us-east-1',
  'sqs:ListQueues': 'SQS answers nothing where there is no queue',
  'sqs:ListQueueTags': 'SQS answers nothing for a queue without tags',
};

const TOLERATED: Pick<FailClosed, 'unread' | 'together'> = {
  unread: { 'aws:s3/bucketReplicationConfig:BucketReplicationConfig': ['inputs.rules[0].id'] },
  together: {
    'aws:route53/record:Record': 'a zone without an id takes its records along',
    'aws:route53recoverycontrol/routingControl:RoutingControl': 'a cluster without an ARN takes its controls along',
    'aws:ecs/service:Service': 'a cluster without an ARN takes its services along',
  },
};

const spoils = (): readonly Spoil[] => {
  const actions = new Set([...sound.values()].flatMap((o) => Object.keys(o.calls)));
  return [...actions].flatMap((action) =>
    WAYS.filter((way) => way !== 'empty' || MAY_BE_EMPTY[action] === undefined).map((way) => ({ action, way })),
  );
};

describe('the world that is spoilt', () => {
  it('is read without a gap or a hole', () => {
    for (const [scan, { gaps, holes }] of sound) expect([scan.id, gaps, holes]).toEqual([scan.id, [], []]);
  });

  it('makes every scan send every action that it declares', () => {
    const silent = SCANS.flatMap((scan) =>
      scan.calls
        .map((c) => c.action)
        .filter((action) => sound.get(scan)?.calls[action] === undefined)
        .map((action) => `${scan.id} ${action}`),
    );
    expect(silent).toEqual([]);
  });

  it('keeps and breaks promises', () => {
    const kinds = new Set(before.verdicts.map((v) => v.verdict));
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['met', 'not-met', 'unknown']));
  });
});

it('nothing is lost silently, whatever fails', async () => {
  const wrong: string[] = [];
  const used = new Set<RegExp>();
  for (const spoil of spoils())
    for (const [scan, seen] of await spoilt(spoil)) {
      const was = sound.get(scan);
      if (was === undefined || was === seen) continue;
      for (const what of compare(was, seen, spoil.way, { ...given(scan), ...TOLERATED })) {
        const explained = EXPLAINED.find((e) => e.what.test(what));
        if (explained === undefined) wrong.push(`${scan.id} ${spoil.action} ${spoil.way}: ${what}`);
        else used.add(explained.what);
      }
    }
  expect(wrong).toEqual([]);
  expect(EXPLAINED.filter((e) => !used.has(e.what))).toEqual([]);
});

const idOf = ({ metric }: MetricVerdict): string => metric.id;

/** Outcomes that differ in nothing but the reasons for their holes and gaps are judged once: a reason decides nothing. */
function outcome(seen: Seen): string {
  const changed = [...seen].filter(([scan, o]) => sound.get(scan) !== o);
  return JSON.stringify(
    changed.map(([scan, { resources, gaps }]) => [
      scan.id,
      resources.map(({ urn, inputs, outputs, tags }) => [urn, inputs, outputs, tags]),
      gaps.map(({ types, account, region }) => [types, account, region]),
    ]),
    (key, value: unknown) =>
      value instanceof Hole ? 'hole' : key === 'detail' || key === 'reason' || key === 'from' ? undefined : value,
  );
}

it('no failure makes a promise look kept, or another one broken', async () => {
  const was = new Map(before.verdicts.map((v) => [idOf(v), v.verdict]));
  const wrong: string[] = [];
  const outcomes = new Set<string>([outcome(sound)]);
  for (const spoil of spoils()) {
    const seen = await spoilt(spoil);
    const key = outcome(seen);
    if (outcomes.has(key)) continue;
    outcomes.add(key);
    const after = judged(seen).verdicts;
    if (after.length !== was.size) wrong.push(`${spoil.action} ${spoil.way}: ${was.size - after.length} verdicts are lost`);
    for (const verdict of after) {
      const [old, now] = [was.get(idOf(verdict)), verdict.verdict];
      // Knowing less may end in unknown; from unknown it may end in not met, where what is left is enough to tell.
      if (old === now || now === 'unknown' || (old === 'unknown' && now === 'not-met')) continue;
      wrong.push(`${spoil.action} ${spoil.way}: ${idOf(verdict)} was ${old} and is ${now}: ${verdict.reason}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(outcomes.size).toBeGreaterThan(200);
});

/** Every tenth failure; the world's own S3, whose listing tells the Regions of the buckets. */
it('a sample over the wire, by all scans at once, loses nothing of what other scans see', async () => {
  addAdministratorKey(rich.aws.world, 'sample', 'sample', ACCOUNT);
  addAdministratorKey(rich.aws.world, 'sample-of-backups', 'sample', BACKUP_ACCOUNT);
  const credentials = (account: string) => (): Promise<Credentials> =>
    Promise.resolve({ accessKeyId: account === ACCOUNT ? 'sample' : 'sample-of-backups', secretAccessKey: 'sample' });
  const wire = remembering(sdkTransport({ credentials, requestHandler: requestHandler(rich.aws) }));
  const all: FailClosed = {
    world: () => ({ transport: wire, clock: rich.aws.world.clock }),
    targets: rich.targets,
    scans: SCANS,
  };
  const whole = await watch(all, undefined);
  expect(whole.gaps).toEqual([]);
  for (const spoil of spoils().filter((_, i) => i % 97 === 0)) {
    const seen = await watch(all, spoil);
    const hit = new Set(SCANS.filter((s) => s.calls.some((c) => c.action === spoil.action)).flatMap((s) => s.types));
    const others = (o: Observation): readonly unknown[] =>
      o.resources.filter((r) => !hit.has(r.type)).map((r) => [r.urn, r.inputs, r.outputs]);
    expect([spoil, others(seen)]).toEqual([spoil, others(whole)]);
    // Where there is nothing no item of it can be garbled.
    if (spoil.way === 'empty' || spoil.way === 'garbled-item') continue;
    expect(seen.gaps.length + seen.holes.length, `${spoil.action} ${spoil.way}`).toBeGreaterThan(0);
  }
});
