/** `holdfast drill` on real AWS, through its own code, with simulated AWS in the place of the network and everything sent written down. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DrillFlags, type DrillRunFlags, drillRun } from '../../../scripts/commands/drill.ts';
import { approvalsOf } from '../../../scripts/commands/drill-conducting.ts';
import { drillApprove, drillKillSwitch } from '../../../scripts/commands/drill-deciding.ts';
import { type DrillResumeFlags, drillResume } from '../../../scripts/commands/drill-resume.ts';
import type { SourceReading } from '../../../src/model/resource.ts';
import type { Connection } from '../../../src/store/connection.ts';
import { openStore } from '../../../src/store/store.ts';
import { around as quiet } from '../../golden/support.ts';
import { promising, TABLE } from '../../verdicts/estates.ts';
import { ACCOUNT, REGION, TAGS } from './support.ts';
import { type Spec, shop, withIds } from './world.ts';

const CARTS: Spec = {
  ...TABLE,
  tags: TAGS,
  inputs: { ...TABLE.inputs, hashKey: 'id', attributes: [{ name: 'id', type: 'S' }], billingMode: 'PAY_PER_REQUEST', tags: TAGS },
};

const world = vi.hoisted(() => ({
  sent: [] as string[],
  readings: [] as SourceReading[],
  before: (_: string): void => undefined,
  /** One world for all commands that follow. */
  keeps: false,
}));

vi.mock('../../../src/aws/transport.ts', async (original) => {
  const real = await original<typeof import('../../../src/aws/transport.ts')>();
  return {
    ...real,
    sdkTransport: (options: Parameters<typeof real.sdkTransport>[0]) => {
      const inner = real.sdkTransport(options);
      const send: typeof inner.send = (client, operation, ...rest) => {
        world.before(operation);
        world.sent.push(`${client}:${operation}`);
        return inner.send(client, operation, ...rest);
      };
      return { send };
    },
  };
});
vi.mock('../../../scripts/commands/observing.ts', async (original) => {
  const real = await original<typeof import('../../../scripts/commands/observing.ts')>();
  let kept: Awaited<ReturnType<typeof real.openAws>> | undefined;
  const openAws: typeof real.openAws = async (flags, ...rest) => {
    if (!world.keeps) return real.openAws({ ...flags, aws: 'simulator' }, ...rest);
    kept ??= await real.openAws({ ...flags, aws: 'simulator' }, ...rest);
    return kept;
  };
  return { ...real, openAws };
});
vi.mock('../../../scripts/commands/judging.ts', async (original) => {
  const real = await original<typeof import('../../../scripts/commands/judging.ts')>();
  return { ...real, read: async () => world.readings };
});

/** Embedded stores by folder, open until all tests have ended: to open one takes a second, and each command opens its own. */
const stores = vi.hoisted(() => new Map<string, Promise<Connection>>());
vi.mock('../../../src/store/embedded.ts', async (original) => {
  const real = await original<typeof import('../../../src/store/embedded.ts')>();
  const openEmbedded: typeof real.openEmbedded = async (at) => {
    const open = stores.get(at) ?? real.openEmbedded(at);
    stores.set(at, open);
    return { ...(await open), close: async () => undefined };
  };
  return { ...real, openEmbedded };
});

const folder = mkdtempSync(join(tmpdir(), 'holdfast-live-run-'));
afterAll(async () => {
  for (const open of stores.values()) await (await open).close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const drill = (id: string, more = ''): string => `
drills:
  - id: ${id}
    kind: az-loss
    service: shop
    member: us-east-1a
    probes: [canary]
    blastRadius: { tags: { holdfast:drill: allowed }, most: 20 }
    approvals: { by: [], count: 1 }
${more}`;
const CATALOGUE = file('holdfast.yaml', promising('{ RTO: { az: 15m }, RPO: { az: 5m } }', drill('lose-a-zone')));
const OFF = file('off', 'off\n');
const NOW = Date.UTC(2026, 10, 23);

let printed: string[] = [];
const around = { ...quiet, cwd: folder, write: (text: string) => void printed.push(text) };
const FLAGS: DrillFlags = {
  catalog: CATALOGUE,
  store: join(folder, 'store'),
  state: [],
  config: [],
  timeout: 60,
  memory: 512,
  color: false,
  aws: 'live',
  seed: 1,
  regions: REGION,
  killSwitch: OFF,
  controllerRegion: 'eu-west-1',
  fisRole: `arn:aws:iam::${ACCOUNT}:role/fis`,
  drillRole: ['administrator', 'AKIA*'],
  resolver: ['system'],
  requester: 'rita',
};
const RUN: DrillRunFlags = { ...FLAGS, format: 'text', allowDisruption: true, change: 'CHG-123' };

beforeEach(() => {
  printed = [];
  world.sent.length = 0;
  world.before = () => undefined;
  world.keeps = false;
  world.readings = [withIds([...shop(), CARTS])];
});

const READS = /:(?:Describe|Get|List|Head|Query|Scan|BatchGet)/;
/** What was sent that changes something. */
const changes = (): readonly string[] => world.sent.filter((call) => !READS.test(call));
const run = (flags: Partial<DrillRunFlags> = {}, wanted = 'lose-a-zone') =>
  drillRun(wanted, ['source'], { ...RUN, ...flags }, around);

async function approved(hash: string, person = 'ada', drillId = 'lose-a-zone', at = NOW - 3_600_000): Promise<void> {
  const store = await openStore({ folder: join(folder, 'store') });
  const given = { run: approvalsOf(drillId), at, person, decision: 'approved', subject: hash, data: null } as const;
  await store.history.decide(given);
  await store.close();
}

const hashIn = (text: string): string => /\b[0-9a-f]{64}\b/.exec(text)?.[0] ?? 'no hash';

describe('drill on real AWS', () => {
  it('is a dry run unless disruption is asked for: every step and gate is shown, and nothing is changed', async () => {
    expect(await run({ allowDisruption: false, json: true })).toBe(0);
    const shown = JSON.parse(printed.join('')) as Readonly<Record<string, unknown>>;
    expect(shown).toMatchObject({
      world: 'live',
      dryRun: true,
      runs: [
        {
          drill: 'lose-a-zone',
          member: 'us-east-1a',
          steps: [{ phase: 'disrupt', id: 'lose us-east-1a' }],
          gates: expect.arrayContaining([
            expect.objectContaining({ id: 'allow-disruption', holds: 'no' }),
            expect.objectContaining({ id: 'approvals', holds: 'no' }),
            expect.objectContaining({ id: 'blast-radius', holds: 'yes' }),
          ]),
          experiments: expect.arrayContaining([expect.objectContaining({ action: 'aws:network:disrupt-connectivity' })]),
        },
      ],
      next: [expect.stringContaining('drill approve lose-a-zone source'), expect.stringContaining('--allow-disruption')],
    });
    expect(await run({ dryRun: true })).toBe(0);
    expect(world.sent.length).toBeGreaterThan(0);
    expect(changes()).toEqual([]);
  });

  it('approves what would be held, by its hash, and changes nothing', async () => {
    await run({ allowDisruption: false });
    const hash = hashIn(printed.join(''));
    printed = [];
    expect(await drillApprove('lose-a-zone', ['source'], { ...FLAGS, store: join(folder, 'other'), by: 'ada' }, around)).toBe(0);
    expect(printed.join('')).toContain(`approved by ada: ${hash}`);
    expect(changes()).toEqual([]);
  });

  it.each<[gate: string, why: string, flags: Partial<DrillRunFlags>, wanted?: string, tags?: Readonly<Record<string, string>>]>([
    ['allow-disruption', 'a dry run', { allowDisruption: true, dryRun: true }],
    ['change', 'none', { change: ' ' }],
    ['approvals', 'the requester’s own', { requester: 'ada' }],
    [
      'window',
      'another day',
      {},
      file('late.drill.yaml', drill('late', '    window: { days: [tue], from: "22:00", to: "23:00", zone: UTC }')),
    ],
    ['blast-radius', 'no tags', {}, 'lose-a-zone', {}],
    ['kill-switch', 'engaged', { killSwitch: file('on', 'on') }],
    ['kill-switch', 'missing', { killSwitch: join(folder, 'nowhere') }],
    ['kill-switch', 'never set', { killSwitch: 'store' }],
    ['controller', 'in the Region', { controllerRegion: REGION }],
    ['caller', 'another role', { drillRole: ['holdfast-drill*'] }],
  ])('does nothing while the gate %s is closed: %s', async (gate, _, flags, wanted = 'lose-a-zone', tags = undefined) => {
    if (tags !== undefined) world.readings = [withIds([...shop(tags), CARTS])];
    // Approved as it is: no other gate may stand in for the one that is looked at.
    await run({ ...flags, allowDisruption: false, json: true }, wanted);
    const { drillHash } = (JSON.parse(printed.join('')) as { runs: readonly { drillHash: string }[] }).runs[0] ?? {
      drillHash: '',
    };
    await approved(drillHash, 'ada', wanted === 'lose-a-zone' ? wanted : 'late');
    printed = [];
    expect(await run({ ...flags, json: true }, wanted)).toBe(flags.dryRun === true ? 0 : 2);
    const { runs } = JSON.parse(printed.join('')) as {
      runs: readonly { gates: readonly { id: string; holds: string }[] }[];
    };
    expect(runs.flatMap((r) => r.gates.filter((g) => g.holds !== 'yes').map((g) => g.id))).toEqual([gate]);
    expect(changes()).toEqual([]);
  });

  it('holds the drill when every gate is open, leaves nothing, and keeps one record', async () => {
    await run({ allowDisruption: false });
    const hash = hashIn(printed.join(''));
    await approved(hash);
    printed = [];
    // Nobody can follow writes to the database: its promises are unknown, and nothing else is wrong.
    expect(await run({ json: true })).toBe(3);
    const { runs, notes } = JSON.parse(printed.join('')) as {
      runs: readonly { drillHash: string; result: { run: string; status: string; left: readonly string[] } }[];
      notes: readonly string[];
    };
    expect({ notes, ...runs[0]?.result }).toMatchObject({ notes: [], status: 'recovered', left: [] });
    expect(runs[0]?.drillHash).toBe(hash);
    const sent = changes();
    const count = (call: string): number => sent.filter((s) => s === call).length;
    expect(count('fis:StartExperiment')).toBe(1);
    expect([count('fis:CreateExperimentTemplate'), count('fis:DeleteExperimentTemplate')]).toEqual([1, 1]);
    expect(count('dynamodb:PutItem')).toBeGreaterThan(0);
    expect(sent.lastIndexOf('dynamodb:DeleteItem')).toBeGreaterThan(sent.lastIndexOf('dynamodb:PutItem'));
    const store = await openStore({ folder: join(folder, 'store') });
    const kept = [];
    for await (const one of store.evidence.read()) if (one.kind === 'drill-result') kept.push(one);
    expect(kept.map(({ subject, body }) => [subject, body])).toEqual([
      [
        runs[0]?.result.run,
        expect.objectContaining({ drillHash: hash, approvers: ['ada'], change: 'CHG-123', requester: 'rita' }),
      ],
    ]);
    expect(await store.journal.open()).toEqual([]);
    await store.close();
  });

  it('rolls back what an earlier controller left, with the kill switch engaged and no disruption allowed', async () => {
    world.keeps = true;
    await run({ allowDisruption: false });
    await approved(hashIn(printed.join('')));
    world.before = (operation) => {
      if (operation === 'StopExperiment' || operation === 'DeleteExperimentTemplate') throw new Error('the network is gone');
    };
    printed = [];
    expect(await run()).toBe(3);
    expect(printed.join('')).toContain('LEFT BEHIND');
    world.before = () => undefined;
    world.sent.length = 0;
    printed = [];
    // Not in another world: it would be undone there alone.
    for (const aws of ['simulator', 'http://127.0.0.1:1'])
      expect(await drillResume(undefined, { ...FLAGS, aws, format: 'json' }, around)).toBe(3);
    expect(world.sent).toEqual([]);
    printed = [];
    const given: DrillResumeFlags = { ...FLAGS, format: 'json', killSwitch: file('on', 'on') };
    expect(await drillResume(undefined, given, around)).toBe(3);
    expect(printed.join('')).toContain('"left": []');
    expect(changes()).toContain('fis:DeleteExperimentTemplate');
    expect(changes()).not.toContain('fis:StartExperiment');
    const store = await openStore({ folder: join(folder, 'store') });
    expect(await store.journal.open()).toEqual([]);
    await store.close();
  });

  it('asks the store’s own kill switch', async () => {
    const holds = async (): Promise<string | undefined> => {
      printed = [];
      await run({ allowDisruption: false, json: true, killSwitch: 'store' });
      const { runs } = JSON.parse(printed.join('')) as { runs: readonly { gates: readonly { id: string; holds: string }[] }[] };
      return runs[0]?.gates.find((g) => g.id === 'kill-switch')?.holds;
    };
    expect(await holds()).toBe('unknown');
    await drillKillSwitch('off', { catalog: CATALOGUE, store: join(folder, 'store'), by: 'ada' }, around);
    expect(await holds()).toBe('yes');
    await drillKillSwitch('on', { catalog: CATALOGUE, store: join(folder, 'store'), by: 'ada' }, around);
    expect(await holds()).toBe('no');
  });
});
