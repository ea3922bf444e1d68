import { describe, expect, it } from 'vitest';
import { Hole, type Value } from '../../src/model/value.ts';
import { toValues } from '../../src/stacks/values.ts';

const KEY = '4dabf18193072939515e22adb298388d';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const spot = { source: 'x' };
const values = (record: Record<string, unknown>, propertyDependencies: Record<string, string[]> = {}) =>
  toValues(record, { spot, propertyDependencies });
const value = (raw: unknown): Value | undefined => values({ a: raw }).a;
const reason = (v: Value | undefined): string | undefined => (v instanceof Hole ? v.reason : undefined);
const urns = (v: Value | undefined): unknown => (v instanceof Hole ? v.mentions.map((m) => m.urn) : undefined);

describe('encoded values', () => {
  it.each([
    ['plain', { b: [1, 'x', true, null] }, { b: [1, 'x', true, null] }],
    ['asset', { [KEY]: 'c44067f5952c0a294b673a41bacd8c17', hash: 'h', text: 'code' }, { kind: 'asset', hash: 'h' }],
    ['archive', { [KEY]: '0def7320c3a5731c473e5ecbe6d01bc7', path: './app' }, { kind: 'archive' }],
    ['known output', { [KEY]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4', value: { b: 1 }, secret: false }, { b: 1 }],
  ])('%s', (_name, raw, expected) => expect(value(raw)).toEqual(expected));

  it.each([
    ['ciphertext', { [KEY]: '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'x' }, 'secret'],
    ['plaintext', { [KEY]: '1b47061264138c4ac30d75fd1eb44270', plaintext: '"hunter2"' }, 'secret'],
    ['value', { [KEY]: '1b47061264138c4ac30d75fd1eb44270', value: 'hunter2' }, 'secret'],
    ['secret output', { [KEY]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4', value: 'hunter2', secret: true }, 'secret'],
    ['blinded', '[secret]', 'secret'],
    ['unknown text', UNKNOWN, 'unresolved-at-preview'],
    ['unknown inside a text', `prefix-${UNKNOWN}`, 'unresolved-at-preview'],
    ['unknown boolean', '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7', 'unresolved-at-preview'],
    ['unknown number', '3eeb2bf0-c639-47a8-9e75-3b44932eb421', 'unresolved-at-preview'],
    ['unknown list', '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2', 'unresolved-at-preview'],
    ['unknown asset', '030794c1-ac77-496b-92df-f27374a8bd58', 'unresolved-at-preview'],
    ['unknown archive', 'e48ece36-62e2-4504-bad9-02848725956a', 'unresolved-at-preview'],
    ['unknown object', 'dd056dcd-154b-4c76-9bd3-c8f88648b5ff', 'unresolved-at-preview'],
    ['unknown output', { [KEY]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4', dependencies: ['u'] }, 'unresolved-at-preview'],
    ['a number that is not finite', { [KEY]: '8ad145fe-0d11-4827-bfd7-1abcbf086f5c', value: '7ff8000000000001' }, 'not-modelled'],
    ['an encoding of the future', { [KEY]: 'ffffffff' }, 'not-modelled'],
  ])('%s is a hole', (_name, raw, expected) => {
    expect(reason(value(raw))).toBe(expected);
    expect(JSON.stringify(value(raw))).not.toContain('hunter2');
  });

  it('keeps what a resource reference points to', () => {
    const of = (more: object): Value | undefined => value({ [KEY]: '5cf8f73096256a8f31e491e813e4eb8e', urn: 'u', ...more });
    expect(of({ id: 'i' })).toMatchObject({ mentions: [{ urn: 'u', property: 'id' }] });
    expect(of({})).toMatchObject({ mentions: [{ urn: 'u', property: 'urn' }] });
  });

  it('leaves out bookkeeping and never reaches a prototype', () => {
    const raw = JSON.parse(
      '{"__proto__": {"polluted": 1}, "__defaults": [], "a": {"__proto__": {"polluted": 1}, "constructor": 1}}',
    );
    const read = toValues(raw, { spot });
    expect(Object.keys(read)).toEqual(['a']);
    expect(read.a).toEqual({ constructor: 1 });
    expect((read as Record<string, unknown>).polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('reads its own results unchanged', () => {
    const once = values({ a: UNKNOWN, b: [{ c: '[secret]' }], d: 'x' });
    expect(toValues(once, { spot })).toEqual(once);
  });

  it('hides outputs that the program declared secret', () => {
    expect(reason(toValues({ key: 'x' }, { spot, secretProperties: ['key'] }).key)).toBe('secret');
  });
});

describe('mentions', () => {
  it.each([
    ['a whole property mentions everything it was made from', UNKNOWN, ['u', 'v'], (v: Value | undefined) => urns(v), ['u', 'v']],
    [
      'inside a property one source is certain',
      { b: UNKNOWN },
      ['u'],
      (v: Value | undefined) => urns((v as { b: Value }).b),
      ['u'],
    ],
    ['several are not', { b: UNKNOWN }, ['u', 'v'], (v: Value | undefined) => urns((v as { b: Value }).b), []],
    [
      'a list of unknowns takes one each',
      [UNKNOWN, UNKNOWN],
      ['u', 'v'],
      (v: Value | undefined) => (v as Value[]).map(urns),
      [['u'], ['v']],
    ],
  ])('%s', (_name, raw, dependencies, look, expected) => {
    expect(look(values({ a: raw }, { a: dependencies }).a)).toEqual(expected);
  });

  it('does not take a property of every object for a dependency', () => {
    expect(Object.values(values({ constructor: UNKNOWN })).map(urns)).toEqual([[]]);
  });
});

describe('redaction by name', () => {
  it.each([
    'password',
    'masterPassword',
    'masterUserPassword',
    'passwordWo',
    'secretString',
    'secretBinary',
    'privateKey',
    'privateKeyPem',
    'authToken',
    'token',
    'apiKey',
    'secretKey',
    'secretAccessKey',
    'clientSecret',
    'DB_PASSWORD',
    'DB_PASS',
    'JWT_SECRET',
    'GITHUB_TOKEN',
    'presharedKey',
    'tunnel1PresharedKey',
    'kubeconfig',
    'sesSmtpPasswordV4',
    'userData',
    'client-key-data',
    'passwordData',
  ])('%s', (name) => {
    const read = values({ [name]: 'hunter2', nested: [{ [name]: 'hunter2' }], list: { [name]: ['hunter2'] } });
    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(reason(read[name])).toBe('secret');
  });

  it.each([
    ['manageMasterUserPassword', true],
    ['passwordPolicy', { minimumLength: 8 }],
    ['secretArn', 'arn:aws:secretsmanager:us-east-1:111111111111:secret:db'],
    ['secret', 'arn:aws:secretsmanager:us-east-1:111111111111:secret:db'],
    ['secretId', 'db'],
    ['creationToken', 'files'],
    ['secrets', [{ name: 'DB', valueFrom: 'arn:aws:ssm:us-east-1:111111111111:parameter/db' }]],
    ['keyName', 'admin'],
    ['kmsKeyId', 'k'],
    ['s3Key', 'a/b'],
    ['hashKey', 'id'],
    ['password', ''],
    ['passwordLength', 12],
  ])('%s stays', (name, raw) => expect(values({ [name]: raw })[name]).toEqual(raw));

  it.each([
    ['a pair of name and value', { name: 'DB_PASSWORD', value: 'hunter2' }],
    ['a pair of key and value', { Key: 'apiToken', Value: 'hunter2' }],
    ['a SecureString', { type: 'SecureString', value: 'hunter2' }],
    ['a Kubernetes Secret', { kind: 'Secret', data: { a: 'hunter2' }, stringData: { b: 'hunter2' } }],
    ['JSON carried as text', JSON.stringify([{ environment: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }])],
    ['a secret inside JSON text', JSON.stringify({ secretKey: { [KEY]: '1b47061264138c4ac30d75fd1eb44270', value: 'hunter2' } })],
    ['a URL', 'postgres://app:hunter2@db.example.com:5432/shop'],
    ['a connection string', 'Server=db;User Id=app;Password=hunter2;'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----'],
    ['an access key id', 'export AWS_ACCESS_KEY_ID=AKIAHUNTER2HUNTER2HU'],
  ])('in %s', (_name, raw) => expect(JSON.stringify(value(raw)).toLowerCase()).not.toContain('hunter2'));

  it('keeps the rest of a text', () => {
    expect(value('postgres://app:pw@db.example.com/shop')).toBe('postgres://app:[secret]@db.example.com/shop');
    expect(JSON.parse(value('[{"name":"web","environment":[{"name":"TOKEN","value":"x"}]}]') as string)).toEqual([
      { name: 'web', environment: [{ name: 'TOKEN', value: '[secret]' }] },
    ]);
    expect(value('{"Action":"secretsmanager:GetSecretValue"}')).toBe('{"Action":"secretsmanager:GetSecretValue"}');
  });

  it('stays linear on long texts without structure', () => {
    const started = performance.now();
    for (const unit of ['a', 'https://', '://a:', 'password=', '-----BEGIN PRIVATE KEY-----', '{"a":'])
      value(`${unit.repeat(300_000 / unit.length)} token`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
