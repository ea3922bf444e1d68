import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asking } from '../../src/provider/child/asking.ts';
import { openDoor, writeProvider } from '../../src/provider/door.ts';
import { DOOR_TOKEN, DOOR_URL } from '../../src/provider/questions.ts';
import type { Props } from '../../src/provider/values.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { ACCOUNT, REGION } from './support.ts';

const SETTING = { account: ACCOUNT, region: REGION, defaultTags: {} };
const open = async () => {
  const aws = freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  const door = await openDoor(aws, { account: ACCOUNT, region: REGION });
  return { aws, door, url: door.environment[DOOR_URL] ?? '', token: door.environment[DOOR_TOKEN] ?? '' };
};

describe('the door', () => {
  it('answers whoever has the token, and nobody else', async () => {
    const { door, url, token } = await open();
    const configure = { what: 'configure', configuration: {}, environment: {} } as const;
    expect(await asking(url, token, () => undefined)(configure)).toEqual(SETTING);
    await expect(asking(url, `${token}x`, () => undefined)(configure)).rejects.toThrow(/token/);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    await door.close();
  });

  it('passes on lines for the log, and the words of an error', async () => {
    const { door, url, token } = await open();
    const log: string[] = [];
    const ask = asking(url, token, ({ urn }) => log.push(urn));
    const subject = { urn: 'urn:pulumi:t::t::aws:cloudtrail/trail:Trail::a', type: 'aws:cloudtrail/trail:Trail', name: 'a' };
    await ask({ what: 'create', setting: SETTING, subject, inputs: { s3BucketName: 'b' }, preview: false });
    expect(log).toEqual([subject.urn]);
    expect(door.opaque()).toEqual([subject.urn]);
    await expect(ask({ what: 'invoke', setting: SETTING, token: 'aws:iot/getEndpoint:getEndpoint', args: {} })).rejects.toThrow(
      /does not answer the data source iot.getEndpoint. It answers .*ec2.getVpc/,
    );
    await door.close();
  });

  it('refuses what is too large or no JSON, and what comes after it has closed', async () => {
    const { door, url, token } = await open();
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(url, { method: 'POST', headers, body: 'x' })).status).toBe(400);
    expect((await fetch(url, { method: 'POST', headers, body: 'x'.repeat(33 * 1024 * 1024) })).status).toBe(413);
    await door.close();
    await expect(asking(url, token, () => undefined)({ what: 'schema' })).rejects.toThrow(/not there any more/);
  });

  it('lets the world come to rest once after a change', async () => {
    const { aws, door, url, token } = await open();
    const ask = asking(url, token, () => undefined);
    const subject = { urn: 'urn:pulumi:t::t::aws:sqs/queue:Queue::q', type: 'aws:sqs/queue:Queue', name: 'q' };
    await ask({ what: 'create', setting: SETTING, subject, inputs: { name: 'q' }, preview: false });
    const before = aws.world.clock.now();
    await door.settle();
    expect(aws.world.clock.now() - before).toBe(30 * 60 * 1000);
    await door.settle();
    expect(aws.world.clock.now() - before).toBe(30 * 60 * 1000);
    await door.close();
  });
});

describe('another world', () => {
  const queue = (name: string) => ({ urn: `urn:pulumi:t::t::aws:sqs/queue:Queue::${name}`, type: 'aws:sqs/queue:Queue', name });
  const fresh = (seed = 1) => freshAws({ start: Date.UTC(2026, 10, 23), seed, consistency: 0 });
  const made = async () => {
    const { door, aws, url, token } = await open();
    const ask = asking(url, token, () => undefined);
    const make = async (type: string, inputs: Props) =>
      ask({ what: 'create', setting: SETTING, subject: { ...queue('x'), type }, inputs, preview: false });
    const vpc = await make('aws:ec2/vpc:Vpc', { cidrBlock: '10.0.0.0/16' });
    const q = await make('aws:sqs/queue:Queue', { name: 'q' });
    await door.settle();
    const read = async () => ask({ what: 'read', setting: SETTING, subject: queue('q'), kept: q, inputs: { name: 'q' } });
    return { door, aws, ask, vpc, q, read };
  };

  it('has the same in it after the same was done, at the same time, and is asked from then on', async () => {
    const { door, aws, ask, q, read } = await made();
    const before = await read();
    const other = fresh();
    await door.repeatIn(other);
    expect(other.world.clock.now()).toBe(aws.world.clock.now());
    expect(await read()).toEqual(before);
    await ask({ what: 'delete', setting: SETTING, subject: queue('q'), kept: q, inputs: { name: 'q' } });
    expect(await read()).toMatchObject({ id: '' });
    // What was done there is repeated as well.
    await door.repeatIn(fresh());
    expect(await read()).toMatchObject({ id: '' });
    await door.close();
  });

  it('is refused when it turns out otherwise', async () => {
    const { door } = await made();
    await expect(door.repeatIn(fresh(2))).rejects.toThrow(/aws:ec2.*|made again/);
    await door.close();
  });

  it('is not moved by names that are made up for a preview', async () => {
    const { door, ask, read } = await made();
    const check = {
      what: 'check',
      setting: SETTING,
      type: 'aws:sqs/queue:Queue',
      name: 'p',
      before: {},
      autonaming: null,
    } as const;
    await ask({ ...check, inputs: {} });
    await ask({ what: 'create', setting: SETTING, subject: queue('p'), inputs: { name: 'p' }, preview: false });
    const before = await read();
    await door.repeatIn(fresh());
    expect(await read()).toEqual(before);
    await door.close();
  });
});

describe('writeProvider', () => {
  it('writes an executable under the name that the engine looks for', async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-it's-"));
    await writeProvider(folder);
    const file = join(folder, 'pulumi-resource-aws');
    expect(statSync(file).mode & 0o111).toBe(0o111);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\nexec '/);
    rmSync(folder, { recursive: true });
  });
});
