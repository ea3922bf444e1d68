import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { LIVE_CALLS } from '../../../src/drills/live/calls.ts';
import { footprintOf } from '../../../src/drills/live/footprint.ts';
import { GATES, type Gate } from '../../../src/drills/live/gates.ts';
import { guard } from '../../../src/drills/live/guard.ts';
import { stemOf } from '../../../src/drills/live/marked.ts';
import { type LiveOutside, liveOutside, type OutsideSettings } from '../../../src/drills/live/outside.ts';
import { ACCOUNT, REGION } from '../../services/observed/support.ts';
import { call } from '../../simulator/services/calling.ts';
import { TABLE as CARTS } from '../../verdicts/estates.ts';
import { type Names, nameServer, type Web, web } from './loopback.ts';
import type { RecordingSession } from './support.ts';
import { type Deployed, type Door, deployed, type Spec, sessionOver, shop } from './world.ts';

const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts`;
const RUN = 'drill/lose a zone/*/1';
const carts = (more: object = {}): Spec => ({
  ...CARTS,
  inputs: { ...CARTS.inputs, hashKey: 'id', attributes: [{ name: 'id', type: 'S' }], billingMode: 'PAY_PER_REQUEST', ...more },
});
const bucket: Spec = {
  type: 'aws:s3/bucket:Bucket',
  name: 'images',
  id: 'images',
  inputs: { bucket: 'images', versioning: { enabled: true } },
};

let servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of servers) await one.close();
  servers = [];
});

interface Rig extends Deployed {
  readonly session: RecordingSession;
  outside(more?: Partial<OutsideSettings>): LiveOutside;
  drive<T>(work: Promise<T>): Promise<T>;
  close(id: Gate['id']): void;
}

async function rig(specs: readonly Spec[] = [carts(), bucket], door: Door = 'operations'): Promise<Rig> {
  const made = await deployed(specs, '{ RTO: { region: 4h }, RPO: { region: 1h } }');
  expect(made.notes).toEqual([]);
  const { clock } = made.aws.world;
  const session = sessionOver(made.aws, door);
  const closed = new Set<string>();
  const g = guard({
    session,
    calls: LIVE_CALLS,
    gates: async () => GATES.map((id) => ({ id, holds: closed.has(id) ? 'no' : 'yes', says: 'test' })),
  });
  return {
    ...made,
    session,
    close: (id) => void closed.add(id),
    drive: (work) => clock.drive(work),
    outside: (more = {}) =>
      liveOutside({
        run: RUN,
        session: g.session,
        guard: g,
        clock,
        standing: footprintOf(made.judgement, 'shop'),
        places: [{ account: ACCOUNT, region: REGION }],
        resolvers: [{ name: 'system', servers: undefined }],
        timeout: 500,
        servedBy: undefined,
        canaries: new Map(),
        lost: () => [],
        ...more,
      }),
  };
}

const itemsIn = async ({ aws }: Rig): Promise<number> =>
  (await call<{ Count: number }>(aws, 'dynamodb', 'Scan', { TableName: 'carts' })).Count;
const objectsIn = async ({ aws }: Rig): Promise<number> => {
  const found = await call<{ Versions: unknown[]; DeleteMarkers: unknown[] }>(aws, 's3', 'ListObjectVersions', {
    Bucket: 'images',
    Prefix: 'holdfast',
  });
  return found.Versions.length + found.DeleteMarkers.length;
};
const hostOf = ({ judgement }: Rig): string => {
  const host = [...judgement.estate.resources.values()].find((r) => r.resource.name === 'images')?.resource.outputs
    .bucketRegionalDomainName;
  return typeof host === 'string' ? host : '';
};

describe.each<Door>(['operations', 'bytes'])('canary writes (%s)', (door) => {
  it.each(['a table', 'a bucket'] as const)(
    'go to %s, are found there, and are removed',
    async (what) => {
      const r = await rig([carts(), bucket], door);
      const outside = r.outside();
      const endpoint = what === 'a table' ? TABLE : hostOf(r);
      const count = () => (what === 'a table' ? itemsIn(r) : objectsIn(r));
      expect(await r.drive(outside.request(endpoint, 0))).toMatchObject({ kind: 'served', region: REGION });
      expect(r.session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
      const logs = [];
      for (const n of [1_000, 1_001, 1_500]) logs.push(await r.drive(outside.write(endpoint, n)));
      const [first] = logs;
      const log = first?.kind === 'written' ? first.log : '';
      expect(await r.drive(outside.contents(log))).toEqual(
        [1_000, 1_001, 1_500].map((sequence) => ({ sequence, corrupt: false })),
      );
      expect(await count()).toBeGreaterThanOrEqual(3);
      await r.drive(outside.tidy());
      expect(await count()).toBe(0);
      await r.drive(outside.tidy());
      // The SDK's clients are loaded on the way.
    },
    30_000,
  );
});

describe('canary writes', () => {
  it('of a controller that died are found and removed by the next, and those of another run are not', async () => {
    const r = await rig();
    const host = hostOf(r);
    for (const one of [r.outside(), r.outside({ run: 'another' })])
      for (const endpoint of [TABLE, host]) for (const n of [7, 300, 9_000]) await r.drive(one.write(endpoint, n));
    const next = r.outside();
    expect((await r.drive(next.contents(TABLE)))?.map((c) => c.sequence)).toEqual([7, 300, 9_000]);
    const before = [await itemsIn(r), await objectsIn(r)];
    await r.drive(next.tidy());
    expect([await itemsIn(r), await objectsIn(r)]).toEqual(before.map((n) => n / 2));
    expect(await r.drive(r.outside({ run: 'another' }).contents(TABLE))).toHaveLength(3);
  });

  it('are removed whatever was written, by whoever comes', async () => {
    const r = await rig();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 6 }),
        fc.string({ minLength: 1 }),
        async (numbers, run) => {
          const one = r.outside({ run });
          for (const n of numbers) await r.drive(one.write(TABLE, n));
          const found = await r.drive(r.outside({ run }).contents(TABLE));
          expect(found?.map((c) => c.sequence)).toEqual([...new Set(numbers)].sort((a, b) => a - b));
          await r.drive(r.outside({ run }).tidy());
          expect(await itemsIn(r)).toBe(0);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('that somebody changed are wrong', async () => {
    const r = await rig();
    const outside = r.outside();
    await r.drive(outside.write(TABLE, 5));
    const Item = { id: { S: `holdfast-canary#${stemOf(RUN)}#5` }, mark: { S: 'other' } };
    await call(r.aws, 'dynamodb', 'PutItem', { TableName: 'carts', Item });
    expect(await r.drive(outside.contents(TABLE))).toEqual([{ sequence: 5, corrupt: true }]);
  });

  it('are not made while a gate is closed, and are removed all the same', async () => {
    const r = await rig();
    const outside = r.outside();
    await r.drive(outside.write(TABLE, 1));
    r.close('kill-switch');
    const sent = r.session.sent.filter((s) => s.grade !== 'read').length;
    for (const endpoint of [TABLE, hostOf(r)]) expect((await r.drive(outside.write(endpoint, 2))).kind).toBe('refused');
    expect(r.session.sent.filter((s) => s.grade !== 'read')).toHaveLength(sent);
    await r.drive(outside.tidy());
    expect(await itemsIn(r)).toBe(0);
  });

  it.each<[string, Spec]>([
    ['a number for its key', carts({ attributes: [{ name: 'id', type: 'N' }] })],
    [
      'a binary sort key',
      carts({
        rangeKey: 'at',
        attributes: [
          { name: 'id', type: 'S' },
          { name: 'at', type: 'B' },
        ],
      }),
    ],
  ])('do not go to a table with %s', async (_, table) => {
    const r = await rig([table]);
    const outside = r.outside();
    expect([(await r.drive(outside.request(TABLE, 0))).kind, (await r.drive(outside.write(TABLE, 1))).kind]).toEqual([
      'refused',
      'refused',
    ]);
    await r.drive(outside.tidy());
    expect(r.session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
  });

  it('go to a table with a sort key', async () => {
    const r = await rig([
      carts({
        rangeKey: 'at',
        attributes: [
          { name: 'id', type: 'S' },
          { name: 'at', type: 'N' },
        ],
      }),
    ]);
    const outside = r.outside();
    await r.drive(outside.write(TABLE, 1));
    expect(await r.drive(outside.contents(TABLE))).toEqual([{ sequence: 1, corrupt: false }]);
    await r.drive(outside.tidy());
    expect(await itemsIn(r)).toBe(0);
  });

  it('do not go into a Region that is lost, which cannot be read either', async () => {
    const r = await rig();
    const outside = r.outside({ lost: () => [{ kind: 'region-loss', region: REGION }] });
    expect((await r.drive(outside.write(TABLE, 1))).kind).toBe('refused');
    expect((await r.drive(outside.request(TABLE, 0))).kind).toBe('refused');
    expect(await r.drive(outside.contents(TABLE))).toBeUndefined();
    expect(r.session.sent).toEqual([]);
  });

  it('to a store without a data plane of AWS cannot be followed', async () => {
    const r = await rig(shop());
    const outside = r.outside();
    const arn = `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`;
    expect((await r.drive(outside.request(arn, 0))).kind).toBe('refused');
    expect(await r.drive(outside.write(arn, 1))).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('cannot be followed'),
    });
    expect(await r.drive(outside.contents(arn))).toBeUndefined();
  });

  it('that cannot be read are not none', async () => {
    const r = await rig();
    const outside = r.outside();
    await r.drive(outside.write(TABLE, 1));
    r.aws.world.inject({ kind: 'call', action: 'dynamodb:GetItem', how: 'denied' });
    expect(await r.drive(outside.contents(TABLE))).toBeUndefined();
  });

  it('that cannot be removed are said to be left', async () => {
    const r = await rig();
    const outside = r.outside();
    await r.drive(outside.write(TABLE, 1));
    r.aws.world.inject({ kind: 'call', action: 'dynamodb:DeleteItem', how: 'denied' });
    await expect(r.drive(outside.tidy())).rejects.toThrow(/table\/carts/);
  });
});

describe("a service's own endpoint for canaries", () => {
  const own = async (): Promise<Web> => {
    const kept = new Map<string, { sequence: number }[]>();
    const server = await web((request, response, body) => {
      const run = new URL(request.url ?? '', 'http://x').searchParams.get('run') ?? '';
      if (request.method === 'POST') {
        const { run: of, sequence } = JSON.parse(body) as { run: string; sequence: number };
        kept.set(of, [...(kept.get(of) ?? []), { sequence }]);
      } else if (request.method === 'DELETE') kept.delete(run);
      response.end(JSON.stringify(kept.get(run) ?? []));
    });
    servers.push(server);
    return server;
  };
  const HOST = 'orders.abc.us-east-1.rds.amazonaws.com';

  it('is written to, read, and cleared', async () => {
    const { port, asked } = await own();
    const r = await rig();
    const outside = r.outside({ canaries: new Map([[HOST, `http://127.0.0.1:${port}/canary`]]) });
    expect((await outside.request(HOST, 0)).kind).toBe('served');
    expect(await outside.write(HOST, 4)).toEqual({ kind: 'written', log: `http://127.0.0.1:${port}/canary` });
    expect(await outside.contents(`http://127.0.0.1:${port}/canary`)).toEqual([{ sequence: 4, corrupt: false }]);
    await r.drive(outside.tidy());
    expect(await outside.contents(`http://127.0.0.1:${port}/canary`)).toEqual([]);
    expect(asked.map((a) => a.split(/[ ?]/)[0])).toEqual(['GET', 'POST', 'GET', 'DELETE', 'GET']);
  });

  it('is not written to while a gate is closed', async () => {
    const { port, asked } = await own();
    const r = await rig();
    r.close('allow-disruption');
    const outside = r.outside({ canaries: new Map([[HOST, `http://127.0.0.1:${port}/`]]) });
    expect((await outside.write(HOST, 4)).kind).toBe('refused');
    expect(asked).toEqual([]);
  });

  it.each(['nothing', '{}', '[{}]', '[{"sequence":"4"}]'])('that answers %s cannot be read', async (body) => {
    const server = await web((_, response) => response.end(body));
    servers.push(server);
    const r = await rig();
    const url = `http://127.0.0.1:${server.port}/`;
    const outside = r.outside({ canaries: new Map([[HOST, url]]) });
    expect([(await outside.request(HOST, 0)).kind, await outside.contents(url)]).toEqual(['refused', undefined]);
  });
});

describe('names', () => {
  it('are what each resolver says of them', async () => {
    const made: Names[] = [await nameServer({ 'shop.test': ['127.0.0.1'] }), await nameServer({ 'shop.test': 'silent' })];
    servers.push(...made);
    const r = await rig();
    const outside = r.outside({ resolvers: made.map((m, i) => ({ name: `r${i}`, servers: [m.address] })), timeout: 200 });
    expect(outside.resolvers).toEqual(['r0', 'r1']);
    expect([
      await outside.resolve('shop.test', 0),
      await outside.resolve('shop.test', 1),
      await outside.resolve('gone.test', 0),
      await outside.resolve('shop.test', 9),
    ]).toEqual([['127.0.0.1'], undefined, undefined, undefined]);
  });
});

describe('replication lag', () => {
  it('of a store without replication nobody can tell', async () => {
    const r = await rig();
    expect(await r.drive(r.outside().lag(TABLE))).toBeUndefined();
  });

  it('is the worst of its replicas', async () => {
    const r = await rig([
      carts({ replicas: [{ regionName: 'eu-west-1' }], streamEnabled: true, streamViewType: 'NEW_AND_OLD_IMAGES' }),
    ]);
    await r.aws.world.clock.drive(r.aws.world.clock.sleep(600_000));
    const usual = await r.drive(r.outside().lag(TABLE));
    expect(usual).toBeCloseTo(0.8, 1);
    r.aws.world.inject({ kind: 'replication-lag', arn: TABLE, seconds: 90 });
    await r.aws.world.clock.drive(r.aws.world.clock.sleep(180_000));
    expect(await r.drive(r.outside().lag(TABLE))).toBeGreaterThan(80);
  });

  it('is unknown where CloudWatch does not answer', async () => {
    const r = await rig([
      carts({ replicas: [{ regionName: 'eu-west-1' }], streamEnabled: true, streamViewType: 'NEW_AND_OLD_IMAGES' }),
    ]);
    r.aws.world.inject({ kind: 'control-plane-loss', region: REGION, client: 'cloudwatch' });
    expect(await r.drive(r.outside().lag(TABLE))).toBeUndefined();
  });
});
