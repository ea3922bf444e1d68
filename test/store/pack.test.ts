import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.ts';
import { parseJson } from '../../src/store/canonical.ts';
import { MANIFEST, RECORDS, SIGNATURE, writePack } from '../../src/store/pack.ts';
import { readPack } from '../../src/store/read-pack.ts';
import { type EvidenceRecord, GENESIS, lineOf, seal } from '../../src/store/record.ts';
import { signerOf } from '../../src/store/signing.ts';

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const signer = signerOf(join(scratch, 'keys', 'key.pem'));
const stranger = signerOf(join(scratch, 'keys', 'other.pem'));

let folders = 0;
const fresh = (): string => {
  folders += 1;
  return join(scratch, `pack-${folders}`);
};

function chain(n: number): readonly EvidenceRecord[] {
  let before = GENESIS;
  return Array.from({ length: n }, (_, i) => {
    const world = i % 2 === 0 ? 'live' : 'simulated';
    const sealed = seal({ kind: 'verdict', world, at: 1000 + i, subject: `é${i}`, body: { reason: 'one\n"two"', i } }, before);
    before = sealed;
    return { ...sealed, body: parseJson(sealed.body) };
  });
}

async function* each(records: readonly EvidenceRecord[]): AsyncGenerator<EvidenceRecord> {
  yield* records;
}

const write = async (records: readonly EvidenceRecord[], by = signer): Promise<string> => {
  const folder = fresh();
  await writePack(each(records), { folder, signer: by, now: 1_763_900_000_000, catalogue: 'c'.repeat(64) });
  return folder;
};

const codeOf = (read: () => unknown): string => {
  try {
    read();
    return 'sound';
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
};

describe('a pack', () => {
  it('is read as it was written, and says whose it is and which worlds it holds', async () => {
    const records = chain(5);
    const pack = readPack(await write(records), signer.fingerprint);
    expect(pack.records).toEqual(records);
    expect(pack.fingerprint).toBe(signer.fingerprint);
    expect(pack.manifest).toMatchObject({
      created: '2025-11-23T12:13:20.000Z',
      first: records[0]?.hash,
      last: { sequence: 5, hash: records[4]?.hash },
      worlds: { live: 3, simulated: 2 },
      kinds: { verdict: 5, 'drill-result': 0, decision: 0, import: 0 },
      catalogue: 'c'.repeat(64),
    });
  });

  it('may be empty', async () => {
    expect(readPack(await write([])).records).toEqual([]);
  });

  it('is the same bytes for the same chain, key and time', async () => {
    const [a, b] = [await write(chain(3)), await write(chain(3))];
    for (const name of [MANIFEST, RECORDS, SIGNATURE]) expect(readFileSync(join(a, name))).toEqual(readFileSync(join(b, name)));
  });

  it('is not made of a broken chain, nor into a folder with something in it', async () => {
    const [first, second] = chain(2);
    if (first === undefined || second === undefined) throw new Error('expected two records');
    await expect(write([first, { ...second, at: 7 }])).rejects.toMatchObject({ code: 'chain-broken' });
    await expect(write([second])).rejects.toMatchObject({ code: 'chain-broken' });
    const folder = await write(chain(1));
    const settings = { folder, signer, now: 0, catalogue: undefined };
    await expect(writePack(each([]), settings)).rejects.toMatchObject({ code: 'pack-folder' });
    await expect(writePack(each([]), { ...settings, folder: '/dev/null/x' })).rejects.toMatchObject({ code: 'pack-folder' });
  });

  it('by another key is refused where a key is asked for', async () => {
    const folder = await write(chain(1), stranger);
    expect(codeOf(() => readPack(folder))).toBe('sound');
    expect(codeOf(() => readPack(folder, signer.fingerprint))).toBe('pack-signer');
    expect(codeOf(() => readPack(folder, stranger.fingerprint.toUpperCase()))).toBe('sound');
  });
});

describe('tampering', () => {
  let folder = '';
  let whole: Readonly<Record<string, Buffer>> = {};
  beforeAll(async () => {
    folder = await write(chain(6));
    whole = Object.fromEntries([MANIFEST, RECORDS, SIGNATURE].map((name) => [name, readFileSync(join(folder, name))]));
  });
  const bytesOf = (name: string): Buffer => whole[name] ?? Buffer.alloc(0);
  /** What reading says when one file holds these bytes. */
  const withFile = (name: string, bytes: Buffer | string): string => {
    writeFileSync(join(folder, name), bytes);
    try {
      return codeOf(() => readPack(folder));
    } finally {
      writeFileSync(join(folder, name), bytesOf(name));
    }
  };
  const lines = (): string[] => bytesOf(RECORDS).toString().trimEnd().split('\n');
  const joined = (some: readonly (string | undefined)[]): string => some.map((l) => `${l}\n`).join('');

  it.each<[string, () => [string, string | Buffer], string]>([
    ['a changed body', () => [RECORDS, bytesOf(RECORDS).toString().replace('"i":3', '"i":4')], 'pack-chain'],
    ['a changed world', () => [RECORDS, bytesOf(RECORDS).toString().replace('simulated', 'live')], 'pack-chain'],
    ['a dropped record', () => [RECORDS, joined(lines().toSpliced(2, 1))], 'pack-chain'],
    ['the newest dropped', () => [RECORDS, joined(lines().slice(0, -1))], 'pack-count'],
    ['all dropped', () => [RECORDS, ''], 'pack-count'],
    ['two swapped', () => [RECORDS, joined([lines()[1], lines()[0], ...lines().slice(2)])], 'pack-chain'],
    ['one repeated', () => [RECORDS, joined([lines()[0], ...lines()])], 'pack-chain'],
    ['a forged record added', () => [RECORDS, joined([...lines(), chainLine(7)])], 'pack-chain'],
    ['a record added that fits', () => [RECORDS, joined([...lines(), fittingLine()])], 'pack-count'],
    ['another chain', () => [RECORDS, joined(Array.from({ length: 6 }, (_, i) => chainLine(i + 1)))], 'pack-count'],
    ['blanks inside a record', () => [RECORDS, bytesOf(RECORDS).toString().replace('{"at":', '{ "at":')], 'pack-record'],
    ['a key twice', () => [RECORDS, bytesOf(RECORDS).toString().replace('{"at":', '{"at":9,"at":')], 'pack-record'],
    ['a field more', () => [RECORDS, bytesOf(RECORDS).toString().replace('{"at":', '{"also":1,"at":')], 'pack-record'],
    ['no end of line', () => [RECORDS, bytesOf(RECORDS).subarray(0, -1)], 'pack-record'],
    ['an empty line', () => [RECORDS, `${bytesOf(RECORDS).toString()}\n`], 'pack-record'],
    ['no UTF-8', () => [RECORDS, Buffer.concat([Buffer.from([0xff]), bytesOf(RECORDS)])], 'pack-record'],
    ['a line without end', () => [RECORDS, 'x'.repeat(4 * 1024 * 1024)], 'pack-record'],
    [
      'nesting',
      () => [RECORDS, joined([(lines()[0] ?? '').replace(/"body":\{.*?\}/, `"body":${'['.repeat(9999)}${']'.repeat(9999)}`)])],
      'pack-record',
    ],
    ['another date', () => [MANIFEST, bytesOf(MANIFEST).toString().replace('2025', '2026')], 'pack-signature'],
    [
      'another spelling of the manifest',
      () => [MANIFEST, JSON.stringify(JSON.parse(bytesOf(MANIFEST).toString()))],
      'pack-signature',
    ],
    [
      'another public key',
      () => [MANIFEST, bytesOf(MANIFEST).toString().replace(signer.publicKey, stranger.publicKey)],
      'pack-signature',
    ],
    ['no key', () => [MANIFEST, bytesOf(MANIFEST).toString().replace(signer.publicKey, 'AAAA')], 'pack-signature'],
    ['another format', () => [MANIFEST, bytesOf(MANIFEST).toString().replace('"version": 1', '"version": 2')], 'pack-manifest'],
    ['no JSON', () => [MANIFEST, 'holdfast'], 'pack-manifest'],
    ['an endless manifest', () => [MANIFEST, ' '.repeat(70_000)], 'pack-file'],
    ['a signature in capitals', () => [SIGNATURE, bytesOf(SIGNATURE).toString().toUpperCase()], 'pack-signature'],
    ['a longer signature', () => [SIGNATURE, `${bytesOf(SIGNATURE).toString()} `], 'pack-signature'],
    ['no signature', () => [SIGNATURE, ''], 'pack-signature'],
  ])('%s', (_, change, code) => expect(withFile(...change())).toBe(code));

  const fittingLine = (): string => {
    const last = chain(6).at(-1) ?? GENESIS;
    return lineOf(seal({ kind: 'verdict', world: 'live', at: 9, subject: 'more', body: 1 }, last));
  };
  const chainLine = (n: number): string => {
    let before = GENESIS;
    let line = '';
    for (let i = 1; i <= n; i += 1) {
      const sealed = seal({ kind: 'decision', world: 'live', at: 5, subject: 'forged', body: i }, before);
      line = lineOf(sealed);
      before = sealed;
    }
    return line;
  };

  it('a missing file', () => {
    for (const name of [MANIFEST, RECORDS, SIGNATURE]) {
      rmSync(join(folder, name));
      expect(codeOf(() => readPack(folder))).toBe('pack-file');
      writeFileSync(join(folder, name), bytesOf(name));
    }
    expect(codeOf(() => readPack(join(folder, 'nowhere')))).toBe('pack-file');
    expect(codeOf(() => readPack(join(folder, MANIFEST)))).toBe('pack-file');
  });

  it('any change of any byte, any cut and anything put in', () => {
    const change = fc.record({
      name: fc.constantFrom(MANIFEST, RECORDS, SIGNATURE),
      how: fc.constantFrom('change', 'cut', 'remove', 'insert'),
      where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      byte: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ name, how, where, byte }) => {
        const bytes = bytesOf(name);
        const at = Math.floor(where * bytes.length);
        const edits = {
          change: () => Buffer.concat([bytes.subarray(0, at), Buffer.from([(bytes[at] ?? 0) ^ byte]), bytes.subarray(at + 1)]),
          cut: () => bytes.subarray(0, at),
          remove: () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
          insert: () => Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)]),
        };
        expect(withFile(name, edits[how]())).toMatch(/^pack-(signature|manifest|record|chain|count)$/);
      }),
      { numRuns: 500 },
    );
    expect(codeOf(() => readPack(folder))).toBe('sound');
  });
});

describe('the signing key', () => {
  it('is made once, for its owner alone', () => {
    const file = join(scratch, 'keys', 'key.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(signerOf(file).fingerprint).toBe(signer.fingerprint);
    expect(readdirSync(join(scratch, 'keys')).sort()).toEqual(['key.pem', 'other.pem']);
  });

  it.each([
    ['no key', 'holdfast'],
    // An X25519 key, made with `openssl genpkey -algorithm X25519`: of the right size and no use for signing.
    [
      'another kind',
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIGAxTVfvSyTXOkeIYWXBvsrI0uLQqGlMTxFhxpL6lcxd\n-----END PRIVATE KEY-----\n',
    ],
  ])('is refused when it is %s, and never replaced', (_, text) => {
    const file = join(scratch, 'wrong.pem');
    writeFileSync(file, text);
    expect(codeOf(() => signerOf(file))).toBe('key-unusable');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(codeOf(() => signerOf(scratch))).toBe('key-unusable');
    expect(codeOf(() => signerOf('/dev/null/key.pem'))).toBe('key-unusable');
    expect(existsSync('/dev/null/key.pem')).toBe(false);
  });
});
