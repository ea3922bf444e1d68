import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RemoteGround, remoteGround } from '../../scripts/commands/remote-ground.ts';
import { deployedWorld } from '../../scripts/commands/simulated-world.ts';
import { worldAnswers } from '../../scripts/commands/world-answers.ts';
import { failureOf } from '../../src/aws/failure.ts';
import { pack, unpack } from '../../src/model/packed.ts';
import { Hole } from '../../src/model/value.ts';
import { type ControlDoor, controlDoor } from '../../src/simulator/control.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { reading, TABLE } from '../verdicts/estates.ts';

const PLACE = { account: '111122223333', region: 'us-east-1' };
const TABLE_ARN = `arn:aws:dynamodb:us-east-1:${PLACE.account}:table/carts`;

describe('the control door', () => {
  let aws: SimulatedAws;
  let control: ControlDoor;
  let door: HttpDoor;
  const open: RemoteGround[] = [];
  const connect = async (token = 'sesame'): Promise<RemoteGround> => {
    const ground = await remoteGround(door.url, token, () => 'me');
    open.push(ground);
    return ground;
  };

  beforeAll(async () => {
    const made = await deployedWorld({ readings: [reading([TABLE])], start: 1_000_000_000_000, seed: 1, place: PLACE });
    aws = made.aws;
    control = controlDoor({
      clock: aws.world.clock,
      token: 'sesame',
      answers: worldAnswers(aws, { ...made, notThere: [...made.notThere] }),
    });
    door = await openHttpDoor(aws, {
      host: '127.0.0.1',
      port: 0,
      clock: false,
      control,
      onMistake: (e) => expect.fail(String(e)),
    });
  });
  beforeEach(async () => {
    for (const ground of open.splice(0)) ground.close();
    while (control.connected() > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  });
  afterAll(() => door.close());

  it('opens to its token alone', async () => {
    await expect(connect('guess')).rejects.toMatchObject({ code: 'no-control' });
    await expect(remoteGround('http://127.0.0.1:1', 'sesame', () => 'me')).rejects.toMatchObject({ code: 'no-control' });
  });

  it('says what stands there, and carries calls, errors, requests and writes', async () => {
    const ground = await connect();
    expect(ground.readings[0]?.resources.length).toBeGreaterThan(0);
    const endpoint = ground.readings.flatMap((r) => r.resources).find((r) => r.type.includes('dynamodb'))?.outputs.arn;
    const arn = typeof endpoint === 'string' ? endpoint : TABLE_ARN;
    const at = PLACE;
    const shown = await ground.transport.send('dynamodb', 'DescribeTable', { TableName: arn.split('/')[1] }, at);
    expect(shown).toMatchObject({ Table: { TableArn: arn, CreationDateTime: expect.any(Date) } });
    const missing = await ground.transport.send('dynamodb', 'DescribeTable', { TableName: 'none' }, at).catch((e: unknown) => e);
    const call = { client: 'dynamodb', operation: 'DescribeTable', action: 'dynamodb:DescribeTable' };
    const direct = failureOf(missing, { ...call, grade: 'read', pages: undefined, only: undefined }, at);
    expect(direct).toMatchObject({ name: 'AwsFailure', code: 'ResourceNotFoundException' });
    const written = await ground.outside.write(arn, 7);
    expect(written).toMatchObject({ kind: 'written' });
    if (written.kind === 'written')
      expect(await ground.outside.contents(written.log)).toMatchObject([{ sequence: 7, corrupt: false }]);
    expect(await ground.outside.lag('nothing')).toBeUndefined();
  });

  it('disrupts once by token, and mends', async () => {
    const ground = await connect();
    const lost = { kind: 'region-loss', region: 'us-east-1' } as const;
    expect(await ground.injector.refuses(lost)).toBeUndefined();
    expect(await ground.injector.state('t')).toBe('not-begun');
    await ground.injector.begin('t', lost);
    await ground.injector.begin('t', lost);
    expect(aws.world.faults).toHaveLength(1);
    await expect(ground.transport.send('dynamodb', 'ListTables', {}, PLACE)).rejects.toMatchObject({ name: 'NoAnswer' });
    await ground.injector.end('t');
    expect(await ground.injector.state('t')).toBe('ended');
    expect(aws.world.faults).toHaveLength(0);
  });

  it('lets time go on only while everybody waits', async () => {
    const [a, b] = [await connect(), await connect()];
    const begun = a.clock.now();
    let woken = false;
    const asleep = a.clock.sleep(60_000).then(() => {
      woken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(woken).toBe(false);
    const b2 = b.clock.sleep(10_000);
    await b2;
    expect(b.clock.now()).toBe(begun + 10_000);
    expect(woken).toBe(false);
    b.close();
    await asleep;
    expect(a.clock.now()).toBe(begun + 60_000);
  });

  it('stands still while a database is asked, and not for ever', async () => {
    const ground = await connect();
    const begun = ground.clock.now();
    const later = ground.clock.sleep(5_000);
    await ground.clock.real(new Promise((resolve) => setTimeout(resolve, 50)));
    expect(ground.clock.now()).toBe(begun);
    let late = 0;
    const slow = ground.clock.real(new Promise((resolve) => setTimeout(resolve, 1_000))).then(() => {
      late = ground.clock.now();
    });
    await later;
    const longer = ground.clock.sleep(1_000_000);
    await slow;
    expect(late).toBeGreaterThanOrEqual(begun + 5_000);
    await longer;
  });

  it('wakes for what is to happen sooner than what is waited for', async () => {
    const ground = await connect();
    const other = await connect();
    const begun = ground.clock.now();
    const far = ground.clock.sleep(100_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const near = ground.clock.sleep(1_000);
    const ends = other.clock.sleep(200_000);
    await near;
    expect(ground.clock.now()).toBe(begun + 1_000);
    await far;
    expect(ground.clock.now()).toBe(begun + 100_000);
    ground.close();
    await ends;
  });
});

it('dates, bytes and holes stay what they are on the way', () => {
  const value = {
    at: new Date(5),
    bytes: new Uint8Array([1, 2]),
    hole: new Hole('unresolved-at-preview', 'later'),
    list: [null, 'x'],
  };
  expect(unpack(pack(value))).toEqual(value);
});
