import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { holdfast, scratch } from './holdfast.ts';

const files = scratch({ 'shop/holdfast.yaml': 'services: {}\n', 'bare/x': '', 'shop/other/.holdfast/x': '' });
const at = files.path;
afterAll(() => files.remove());
const evidence = (...args: readonly string[]) =>
  holdfast(['evidence', ...args], { cwd: at('shop'), env: { DATABASE_URL: '', HOLDFAST_STORE: '' } });

beforeAll(async () => {
  const store = await openStore({ folder: at('shop/.holdfast') });
  await store.evidence.append([
    { kind: 'verdict', world: 'live', at: 1, subject: 'shop/RTO', body: { verdict: 'met' } },
    { kind: 'drill-result', world: 'simulated', at: 2, subject: 'run-1', body: { recovered: 41 } },
  ]);
  await store.close();
});

describe('evidence', () => {
  it('verifies the store beside the catalogue, carries it out, and verifies the pack without it', async () => {
    const store = await evidence('verify');
    expect(store.err).toBe('');
    expect(store.code).toBe(0);
    expect(store.out).toContain('world: live 1, simulated 1');

    const exported = await evidence('export', '--out', at('pack'));
    expect(exported.err).toBe('');
    expect(exported.code).toBe(0);
    const fingerprint = /signed by ([0-9a-f]{64})/.exec(exported.out)?.[1] ?? '';
    expect(statSync(at('shop/.holdfast/signing-key.pem')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(at('pack/manifest.json'), 'utf8')).catalogue).toMatch(/^[0-9a-f]{64}$/);

    expect((await evidence('verify', at('pack'), '--signer', fingerprint)).code).toBe(0);
    expect((await evidence('verify', at('pack'), '--signer', 'f'.repeat(64))).code).toBe(1);
    expect((await evidence('verify', '--against', at('pack'))).code).toBe(0);

    const imported = await evidence('import', at('pack'), '--store', at('other-store'));
    expect([imported.code, imported.err]).toEqual([0, '']);
    expect((await evidence('verify', '--store', at('other-store'))).out).toContain('import 2');
    // Another chain is sound in itself, and yet not the one that the pack was taken from.
    const other = await evidence('verify', '--store', at('other-store'), '--against', at('pack'));
    expect(other.code).toBe(1);
    expect(other.out).toContain('record 2');

    writeFileSync(
      at('pack/records.jsonl'),
      readFileSync(at('pack/records.jsonl'), 'utf8').replace('"recovered":41', '"recovered":14'),
    );
    const changed = await evidence('verify', at('pack'));
    expect(changed.code).toBe(1);
    expect(changed.out).toContain('breaks at record 2');
    expect((await evidence('import', at('pack'), '--store', at('other-store'))).code).toBe(2);
  });

  it('says what there is not, and makes nothing while it looks', async () => {
    const missing = await evidence('verify', '--store', at('nowhere'));
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('--store');
    expect(existsSync(at('nowhere'))).toBe(false);
    expect((await evidence('verify', at('nowhere'))).code).toBe(2);
    expect((await evidence('export')).code).toBe(2);
    expect((await evidence('verify', at('pack'), '--store', at('shop/.holdfast'))).code).toBe(2);
    expect((await evidence('verify', '--signer', 'x')).code).toBe(2);
    appendFileSync(at('bare/x'), 'kept');
    expect((await evidence('export', '--out', at('bare'))).code).toBe(2);
  });

  it('does not call an empty chain sound', async () => {
    await (await openStore({ folder: at('empty') })).close();
    const { code, out } = await evidence('verify', '--store', at('empty'));
    expect([code, out]).toEqual([3, 'no evidence: nothing was verified\n']);
  });
});
