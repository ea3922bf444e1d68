import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../src/aws/call.ts';
import { limiter } from '../../../src/aws/limits.ts';
import { type SessionOptions, session } from '../../../src/aws/session.ts';
import type { Transport } from '../../../src/aws/transport.ts';
import { UsageError } from '../../../src/model/errors.ts';
import { fold, unknown } from '../../../src/model/known.ts';
import { Hole } from '../../../src/model/value.ts';
import { type ObserveOptions, observe } from '../../../src/services/observed/observe.ts';
import type { Observed, Scan } from '../../../src/services/observed/scan.ts';
import { VirtualClock } from '../../../src/simulator/world/clock.ts';
import { failClosed } from '../../aws/fail-closed.ts';

/** A small API: boxes are listed in pages, each is asked for its lid, tags come for several at once; signs are global. */
interface Box {
  readonly Id: string;
  readonly Size: { readonly Litres: number };
}
const LIST = call<{ Marker?: string }, { Boxes?: Box[]; Marker?: string }>({
  client: 'box',
  operation: 'ListBoxes',
  action: 'box:ListBoxes',
  pages: { input: 'Marker', output: 'Marker' },
});
const LID = call<{ Id: string }, { Lid: { Closed: boolean } }>({ client: 'box', operation: 'GetLid', action: 'box:GetLid' });
const TAGS = call<{ Ids: string[] }, { Tags: { Id: string; Name: string }[] }>({
  client: 'box',
  operation: 'GetTags',
  action: 'box:GetTags',
});
const SIGNS = call<{ Token?: string }, { List: { Items: { Name: string }[]; Token?: string } }>({
  client: 'sign',
  operation: 'ListSigns',
  action: 'sign:ListSigns',
  pages: { input: 'Token', output: 'List.Token' },
  only: 'us-east-1',
});

const boxes: Scan = {
  id: 'boxes',
  types: ['aws:box/box:Box'],
  where: 'region',
  calls: [LIST, LID, TAGS],
  async *run(aws) {
    for await (const page of aws.pages(LIST, {})) {
      const found = page.Boxes ?? [];
      const tags = await aws.ask(TAGS, { Ids: found.map((b) => b.Id) });
      const made = await aws.each(found, async (box): Promise<Observed> => {
        const lid = await aws.ask(LID, { Id: box.Id }, ['NoLid']);
        return {
          type: 'aws:box/box:Box',
          id: box.Id,
          arn: `arn:aws:box:${aws.region}:${aws.account}:${box.Id}`,
          name: box.Id,
          properties: {
            litres: box.Size.Litres,
            ...(lid === undefined ? {} : { closed: lid instanceof Hole ? lid : lid.Lid.Closed }),
          },
          outputs: {},
          tags:
            tags instanceof Hole
              ? tags
              : Object.fromEntries((tags?.Tags ?? []).filter((t) => t.Id === box.Id).map((t) => ['Name', t.Name])),
        };
      });
      yield* made;
    }
  },
};

const signs: Scan = {
  id: 'signs',
  types: ['aws:sign/sign:Sign'],
  where: 'global',
  calls: [SIGNS],
  async *run(aws) {
    // Collects first and shows later: the item that throws is not the last that was read.
    const all: { Name: string }[] = [];
    for await (const page of aws.pages(SIGNS, {})) all.push(...page.List.Items);
    for (const sign of all)
      yield {
        type: 'aws:sign/sign:Sign',
        id: sign.Name,
        arn: undefined,
        name: sign.Name.toUpperCase(),
        properties: {},
        outputs: {},
        tags: {},
      };
  },
};

type Answer = (input: Readonly<Record<string, unknown>>, at: { readonly account: string; readonly region: string }) => unknown;
const LITRES = [1, 2, 3, 4, 5];
const idsOf = (region: string): readonly string[] => LITRES.map((n) => `${region}-b${n}`);
const API: Readonly<Record<string, Answer>> = {
  ListBoxes: ({ Marker }, { region }) => {
    const start = Number(Marker ?? 0);
    const found = idsOf(region).map((Id, i) => ({ Id, Size: { Litres: LITRES[i] } }));
    return { Boxes: found.slice(start, start + 2), ...(start + 2 < found.length ? { Marker: String(start + 2) } : {}) };
  },
  GetLid: ({ Id }) => (String(Id).endsWith('b3') ? fault('NoLidException', 404) : { Lid: { Closed: true } }),
  GetTags: ({ Ids }) => ({ Tags: (Ids as string[]).map((Id) => ({ Id, Name: `name of ${Id}` })) }),
  ListSigns: ({ Token }) =>
    Token === undefined
      ? { List: { Items: [{ Name: 'exit' }, { Name: 'stop' }], Token: 't' } }
      : { List: { Items: [{ Name: 'slow' }] } },
};

const fault = (name: string, status = 400): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
const TARGETS = [
  { account: '111122223333', regions: ['eu-west-1', 'us-east-1'] },
  { account: '444455556666', regions: ['eu-west-1'] },
];

function transportOf(api: Readonly<Record<string, Answer>>): Transport {
  return {
    async send(_client, operation, input, at) {
      const reply = api[operation]?.(input as Readonly<Record<string, unknown>>, at);
      if (reply instanceof Error) throw reply;
      return structuredClone(reply) as object;
    },
  };
}

function watch(
  changes: Readonly<Record<string, Answer>> = {},
  more: Partial<ObserveOptions> = {},
  settings: Partial<SessionOptions> = {},
) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23));
  const made = session({
    world: 'simulated',
    grade: 'read',
    transport: transportOf({ ...API, ...changes }),
    clock,
    random: () => 0.5,
    limits: limiter(clock),
    allowed: [LIST, LID, TAGS, SIGNS],
    retries: { attempts: 2, base: 10, cap: 10, total: 100 },
    ...settings,
  });
  return clock.drive(observe({ session: made, clock, targets: TARGETS, scans: [boxes, signs], ...more }));
}

const ids = (o: { readonly resources: readonly { readonly id: string | undefined }[] }) => o.resources.map((r) => r.id);

describe('observe', () => {
  it('reads every scan in every place, global ones once for each account', async () => {
    const seen = await watch();
    expect(seen.gaps).toEqual([]);
    expect(seen.holes).toEqual([]);
    expect(seen.world).toBe('simulated');
    expect(seen.source).toBe('simulated AWS, 2 accounts, 2 Regions');
    expect([...seen.types]).toEqual(['aws:box/box:Box', 'aws:sign/sign:Sign']);
    expect(seen.at).toBe('2026-11-23T00:00:00.000Z');
    expect(ids(seen)).toEqual([
      ...['exit', 'stop', 'slow'],
      ...idsOf('eu-west-1'),
      ...idsOf('us-east-1'),
      ...['exit', 'stop', 'slow'],
      ...idsOf('eu-west-1'),
    ]);
    expect(seen.calls['sign:ListSigns']).toBe(4);
    expect(seen.calls['box:GetLid']).toBe(15);
  });

  it('gives resources as a stack would', async () => {
    const seen = await watch();
    const box = seen.resources.find((r) => r.id === 'us-east-1-b1');
    expect(box).toMatchObject({
      urn: 'arn:aws:box:us-east-1:111122223333:us-east-1-b1',
      type: 'aws:box/box:Box',
      inputs: { litres: 1, closed: true },
      outputs: { id: 'us-east-1-b1', arn: 'arn:aws:box:us-east-1:111122223333:us-east-1-b1' },
      custom: true,
      pending: undefined,
    });
    const told = (k: typeof box extends infer R | undefined ? (R extends { region: infer K } ? K : never) : never) =>
      fold(
        k,
        (v) => v,
        () => 'unknown',
      );
    expect(box && told(box.region)).toBe('us-east-1');
    expect(box && told(box.account)).toBe('111122223333');
    const sign = seen.resources.find((r) => r.id === 'exit');
    expect(sign?.urn).toBe('aws:111122223333:aws-global:aws:sign/sign:Sign:exit');
    expect(sign && told(sign.region)).toBe('aws-global');
  });

  it('says where it looked, and reads what is global where no Region is', async () => {
    const targets = [{ account: '111122223333', regions: [] }];
    const seen = await watch({}, { targets });
    expect(seen.targets).toEqual(targets);
    expect(ids(seen)).toEqual(['exit', 'stop', 'slow']);
  });

  it('takes what an API calls absent as unset', async () => {
    const box = (await watch()).resources.find((r) => r.id === 'us-east-1-b3');
    expect(box?.inputs).toEqual({ litres: 3 });
  });

  it('reports progress to the end', async () => {
    const steps: string[] = [];
    await watch({}, { onProgress: (p) => steps.push(`${p.done}/${p.scans}`) });
    expect(steps).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
  });

  it('shows a thing once that two pages show, and two things that share an ARN twice', async () => {
    const twice: Scan = {
      ...signs,
      async *run() {
        const one = {
          type: 'aws:sign/sign:Sign',
          id: 'a',
          arn: 'arn:aws:sign:::x',
          name: 'a',
          properties: {},
          outputs: {},
          tags: {},
        };
        yield one;
        yield one;
        yield { ...one, id: 'b' };
      },
    };
    const seen = await watch({}, { scans: [twice], targets: TARGETS.slice(1) });
    expect(seen.resources.map((r) => r.urn)).toEqual(['arn:aws:sign:::x', 'aws:444455556666:aws-global:aws:sign/sign:Sign:b']);
  });

  it('makes accounts that were not reached gaps of every type', async () => {
    const seen = await watch(
      {},
      { unreached: [{ account: '999', region: undefined, action: 'sts:AssumeRole', reason: 'access-denied', detail: 'no' }] },
    );
    expect(seen.gaps).toEqual([
      {
        types: ['aws:box/box:Box', 'aws:sign/sign:Sign'],
        account: '999',
        region: '',
        action: 'sts:AssumeRole',
        why: unknown('access-denied', 'no'),
      },
    ]);
  });
});

describe('what fails', () => {
  it('leaves a hole for a question, and counts it', async () => {
    const seen = await watch({
      GetLid: (_, { region }) => (region === 'us-east-1' ? fault('AccessDeniedException') : { Lid: { Closed: true } }),
    });
    expect(seen.gaps).toEqual([]);
    expect(seen.holes).toMatchObject([
      { action: 'box:GetLid', account: '111122223333', region: 'us-east-1', reason: 'access-denied', count: 5 },
    ]);
    const box = seen.resources.find((r) => r.id === 'us-east-1-b1');
    expect(box?.inputs.closed).toBeInstanceOf(Hole);
    expect(box?.inputs.litres).toBe(1);
  });

  it('keeps the pages before the one that fails, and marks the types', async () => {
    const seen = await watch({
      ListBoxes: (input, at) =>
        input.Marker !== undefined && at.account === '444455556666' ? fault('InternalFailure', 500) : API.ListBoxes?.(input, at),
    });
    expect(seen.gaps).toMatchObject([
      {
        types: ['aws:box/box:Box'],
        account: '444455556666',
        region: 'eu-west-1',
        action: 'box:ListBoxes',
        why: { reason: 'error' },
      },
    ]);
    expect(ids(seen).filter((id) => id?.startsWith('eu-west-1'))).toHaveLength(7);
  });

  it.each([
    ['a page that never ends', { ListBoxes: () => ({ Boxes: [], Marker: 'again' }) }],
    ['a reply without members', { ListBoxes: () => ({}) }],
    ['an item that is nothing', { ListBoxes: () => ({ Boxes: [null] }) }],
  ])('%s is a gap', async (_, broken) => {
    const seen = await watch(broken, { targets: TARGETS.slice(1) });
    expect(seen.gaps).toMatchObject([{ types: ['aws:box/box:Box'], why: { reason: 'error' } }]);
  });

  it('any set of garbled items costs these items and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([...LITRES.keys()]), fc.subarray(['exit', 'stop', 'slow']), async (bad, names) => {
        const seen = await watch(
          {
            ListBoxes: (input, at) => {
              const page = API.ListBoxes?.(input, at) as { Boxes: { Id: string }[] };
              const spoil = (b: { Id: string }): unknown => (bad.some((i) => b.Id.endsWith(`b${i + 1}`)) ? { Id: b.Id } : b);
              return { ...page, Boxes: page.Boxes.map(spoil) };
            },
            ListSigns: (input, at) => {
              const page = API.ListSigns?.(input, at) as { List: { Items: { Name: string }[] } };
              return { List: { ...page.List, Items: page.List.Items.map((s) => (names.includes(s.Name) ? { Name: 7 } : s)) } };
            },
          },
          { targets: TARGETS.slice(1) },
        );
        const sound = LITRES.filter((_, i) => !bad.includes(i)).map((n) => `eu-west-1-b${n}`);
        expect(ids(seen)).toEqual([...['exit', 'stop', 'slow'].filter((n) => !names.includes(n)), ...sound]);
        expect(seen.gaps.map((g) => g.action)).toEqual([...names.map(() => 'sign:ListSigns'), ...bad.map(() => 'box:ListBoxes')]);
      }),
      { numRuns: 60 },
    );
  });

  it('an answer that cannot be read is a hole in the resource it is about', async () => {
    const seen = await watch(
      { GetLid: ({ Id }) => (String(Id).endsWith('b2') ? { Lid: null } : { Lid: { Closed: true } }) },
      { targets: TARGETS.slice(1) },
    );
    const at = (n: number) => seen.resources.find((r) => r.id === `eu-west-1-b${n}`)?.inputs.closed;
    expect([at(1), at(3)]).toEqual([true, true]);
    expect(at(2)).toBeInstanceOf(Hole);
    expect(seen.gaps.map((g) => g.action)).toEqual(['box:GetLid']);
  });

  it('a scan that throws in any case is a gap, and no other scan loses anything', async () => {
    const broken: Scan = {
      ...signs,
      async *run(aws) {
        yield* signs.run(aws);
        throw new TypeError('a mistake of ours');
      },
    };
    const seen = await watch({}, { scans: [boxes, broken] });
    expect(seen.gaps).toMatchObject([
      { types: signs.types, account: '111122223333', region: '', why: { reason: 'error' } },
      { types: signs.types, account: '444455556666', region: '', why: { reason: 'error' } },
    ]);
    expect(ids(seen)).toEqual(ids(await watch()));
  });

  it('a call that the session refuses is a gap', async () => {
    const seen = await watch({}, {}, { allowed: [LIST, TAGS, SIGNS] });
    expect(seen.gaps).toHaveLength(3);
    expect(seen.calls['box:GetLid']).toBeUndefined();
  });

  it.each([
    ['of another type', { type: 'aws:box/lid:Lid' }],
    ['without an id', { id: undefined }],
    ['with an ARN that is none', { arn: 'undefined' }],
    ['without properties', { properties: null }],
  ])('a resource %s is dropped, and said', async (_, wrong) => {
    const odd: Scan = {
      ...signs,
      async *run() {
        const good = { type: 'aws:sign/sign:Sign', id: 'a', arn: undefined, name: 'a', properties: {}, outputs: {}, tags: {} };
        yield { ...good, ...wrong } as Observed;
        yield good;
      },
    };
    const seen = await watch({}, { scans: [odd], targets: TARGETS.slice(1) });
    expect(ids(seen)).toEqual(['a']);
    expect(seen.gaps).toHaveLength(1);
  });

  it.each([
    ['expired credentials', { GetLid: () => fault('ExpiredTokenException') }, {}, 'aws-credentials'],
    ['a wrong clock', { ListSigns: () => fault('RequestTimeTooSkewed', 403) }, {}, 'aws-clock-skew'],
    ['a spent budget', {}, { budget: 7 }, 'aws-budget'],
  ])('%s end the run', async (_, broken, settings, code) => {
    const stop = await watch(broken, {}, settings).catch((e: unknown) => e);
    expect(stop).toBeInstanceOf(UsageError);
    expect((stop as UsageError).code).toBe(code);
  });

  it('ends with the signal that calls it off', async () => {
    const off = new AbortController();
    let calls = 0;
    const ListBoxes: Answer = (input, at) => {
      if (++calls === 2) off.abort(new Error('called off'));
      return API.ListBoxes?.(input, at);
    };
    await expect(watch({ ListBoxes }, { signal: off.signal }, { signal: off.signal })).rejects.toThrow('called off');
    expect(calls).toBeLessThan(9);
  });
});

describe('fail closed', () => {
  const world = () => ({ transport: transportOf(API), clock: new VirtualClock(0) });
  const mayBeEmpty = { 'box:GetTags': 'nothing is tagged' };

  it('holds for every action and every way of failing', async () => {
    const { violations, actions, runs } = await failClosed({ scans: [boxes, signs], targets: TARGETS, world, mayBeEmpty });
    expect(violations).toEqual([]);
    expect(actions).toEqual(['box:GetLid', 'box:GetTags', 'box:ListBoxes', 'sign:ListSigns']);
    expect(runs).toBe(27);
  });

  it.each([
    [
      'takes a failed answer for unset',
      async function* (aws) {
        for await (const page of aws.pages(LIST, {}))
          for (const b of page.Boxes ?? []) {
            const lid = await aws.ask(LID, { Id: b.Id }, ['NoLid', 'AccessDenied']);
            const closed = lid === undefined || lid instanceof Hole ? {} : { closed: lid.Lid.Closed };
            yield { type: 'aws:box/box:Box', id: b.Id, arn: undefined, name: b.Id, properties: closed, outputs: {}, tags: {} };
          }
      } satisfies Scan['run'],
    ],
    [
      'drops what it cannot read',
      async function* (aws) {
        for await (const page of aws.pages(LIST, {}))
          for (const b of page.Boxes ?? []) {
            const lid = await aws.ask(LID, { Id: b.Id }, ['NoLid']);
            if (lid instanceof Hole) continue;
            yield { type: 'aws:box/box:Box', id: b.Id, arn: undefined, name: b.Id, properties: {}, outputs: {}, tags: {} };
          }
      } satisfies Scan['run'],
    ],
  ])('is broken by a scan that %s', async (_, run) => {
    const { violations } = await failClosed({ scans: [{ ...boxes, run }], targets: TARGETS, world });
    expect(violations).not.toEqual([]);
  });
});
