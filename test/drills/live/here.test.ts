import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { controllerAt, killSwitch, storeAt } from '../../../src/drills/live/here.ts';
import { fold, type Known, known } from '../../../src/model/known.ts';
import { ACCOUNT, REGION, recording } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-switch-'));
afterAll(() => rmSync(folder, { recursive: true }));
const shown = <T>(k: Known<T>): T | 'unknown' =>
  fold(
    k,
    (v): T | 'unknown' => v,
    () => 'unknown',
  );

describe('where the controller is', () => {
  const instance = { 'placement/region': 'eu-west-1', 'placement/availability-zone': 'eu-west-1a' };
  it.each<[string, string | undefined, Record<string, string>, Record<string, string>, readonly [string, string]]>([
    ['its instance says', undefined, {}, instance, ['eu-west-1', 'eu-west-1a']],
    ['its instance says better than a flag', 'us-east-1', {}, instance, ['eu-west-1', 'eu-west-1a']],
    ['the flag says', 'us-east-1', { AWS_REGION: 'eu-west-1' }, {}, ['us-east-1', 'unknown']],
    ['the environment says', undefined, { AWS_REGION: 'eu-west-1' }, {}, ['eu-west-1', 'unknown']],
    ['the other variable says', undefined, { AWS_DEFAULT_REGION: 'eu-west-1' }, {}, ['eu-west-1', 'unknown']],
    ['nobody says', undefined, { AWS_REGION: '' }, {}, ['unknown', 'unknown']],
  ])('%s', async (_, region, env, data, [inRegion, inZone]) => {
    const at = await controllerAt({ region, env, metadata: async (path) => data[path] });
    expect([shown(at.region), shown(at.zone)]).toEqual([inRegion, inZone]);
  });
});

describe('where its store is', () => {
  const controller = { region: known('eu-west-1'), zone: known(undefined) };
  it.each([
    [{ folder: '/var/holdfast' }, 'eu-west-1'],
    [{ url: 'postgres://localhost/holdfast' }, 'eu-west-1'],
    [{ url: 'postgres://[::1]:5432/holdfast' }, 'eu-west-1'],
    [{ url: 'postgres://u:p@db.abc.us-east-1.rds.amazonaws.com:5432/holdfast' }, 'us-east-1'],
    [{ url: 'postgres://db.example/holdfast' }, 'unknown'],
    [{ url: 'postgres://us-east-1.rds.amazonaws.com.example/holdfast' }, 'unknown'],
  ])('%o', (store, region) => {
    expect(shown(storeAt(store, controller).region)).toBe(region);
  });
});

describe('the kill switch', () => {
  const at = { account: ACCOUNT, region: REGION };
  const parameter = (value: unknown) => recording(() => ({ Parameter: { Value: value } }));
  const file = (text: string): string => {
    const path = join(folder, `${text.length}-${Math.abs(text.charCodeAt(0) || 0)}`);
    writeFileSync(path, text);
    return path;
  };
  const asked = async (named: string | undefined, session = recording(), flag = async () => false) =>
    shown(await killSwitch({ named, session, at, flag }));

  it.each([
    ['off', false],
    ['OFF\n', false],
    ['on', true],
    ['', true],
    ['offline', true],
  ])('of a file or parameter that says %j', async (text, engaged) => {
    expect([await asked(file(text)), await asked('ssm:/drills', parameter(text))]).toEqual([engaged, engaged]);
  });

  it.each([
    ['that nobody named', undefined, recording()],
    ['in a file that is not there', join(folder, 'nowhere'), recording()],
    ['in a folder', folder, recording()],
    ['in a parameter without a value', 'ssm:/drills', recording(() => ({}))],
    ['in a parameter that cannot be read', 'ssm:/drills', recording(() => Promise.reject(new Error('denied')))],
  ])('%s cannot be told', async (_, named, session) => {
    expect(await asked(named, session)).toBe('unknown');
  });

  it('of the store is its flag', async () => {
    expect([await asked('store'), await asked('store', recording(), async () => true)]).toEqual([false, true]);
    expect(await asked('store', recording(), () => Promise.reject(new Error('gone')))).toBe('unknown');
  });
});
