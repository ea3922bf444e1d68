/** What evidence promises, on whatever database. */
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/store/canonical.ts';
import type { Manifest } from '../../src/store/pack.ts';
import type { Pack } from '../../src/store/read-pack.ts';
import type { EvidenceDraft } from '../../src/store/record.ts';
import { GENESIS, seal } from '../../src/store/record.ts';
import type { Store } from '../../src/store/store.ts';

export const draft = (n: number, over: Partial<EvidenceDraft> = {}): EvidenceDraft => ({
  kind: 'verdict',
  world: 'live',
  at: 1_763_900_000_000 + n,
  subject: `shop/RTO/${n}`,
  body: { n, verdict: 'met' },
  ...over,
});

/** `raw` runs SQL beside the store: on the server, or on the same PGlite. */
export function evidenceContract(storeOf: () => Store, raw: (sql: string) => Promise<unknown>): void {
  const evidence = () => storeOf().evidence;
  const stateOf = async (sql: string): Promise<unknown> => {
    try {
      await raw(sql);
      return 'done';
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it('chains what is appended from the genesis on, also when many append at once', async () => {
    const [first] = await evidence().append([draft(1), draft(2)]);
    expect(first).toMatchObject({ sequence: 1, previous: GENESIS.hash, subject: 'shop/RTO/1', body: { n: 1, verdict: 'met' } });
    await Promise.all(Array.from({ length: 20 }, (_, i) => evidence().append([draft(10 + i), draft(100 + i)])));
    const { sound, broken } = await evidence().verify();
    expect({ records: sound.last.sequence, worlds: sound.worlds, broken }).toEqual({
      records: 42,
      worlds: { live: 42, simulated: 0 },
      broken: undefined,
    });
    const read = [];
    for await (const record of evidence().read(40)) read.push(record.sequence);
    expect(read).toEqual([41, 42]);
  });

  it('appends nothing when one of the records cannot be evidence', async () => {
    const before = (await evidence().verify()).sound.last;
    await expect(evidence().append([draft(1), draft(2, { at: Number.NaN })])).rejects.toBeInstanceOf(TypeError);
    await expect(evidence().append([draft(1, { subject: '\ud800' })])).rejects.toBeInstanceOf(TypeError);
    await expect(evidence().append([draft(1, { body: 'x'.repeat(1024 * 1024) })])).rejects.toBeInstanceOf(TypeError);
    expect(await evidence().append([])).toEqual([]);
    expect((await evidence().verify()).sound.last).toEqual(before);
  });

  it('keeps what is said once a single time, also when many say it at once', async () => {
    const said = draft(1, { kind: 'drill-result', subject: 'run '.repeat(2_000) });
    const written = await Promise.all(Array.from({ length: 10 }, () => evidence().once(said)));
    expect(written.filter((r) => r !== undefined)).toHaveLength(1);
    expect(await evidence().once(said)).toBeUndefined();
    expect(await evidence().once({ ...said, kind: 'decision' })).toMatchObject({ kind: 'decision' });
    expect((await evidence().verify()).broken).toBeUndefined();
  });

  it('keeps any text', async () => {
    const odd = `'; drop table holdfast.evidence; -- "\\ \u2028 é 𝄞`;
    const [written] = await evidence().append([
      draft(1, { subject: odd, body: { [odd]: ['nul \0', '\ud800', 1e21, -0, 5e-324] } }),
    ]);
    const read = [];
    for await (const record of evidence().read((written?.sequence ?? 0) - 1)) read.push(record);
    expect(read).toEqual([{ ...written, body: { [odd]: ['nul \0', '\ud800', 1e21, 0, 5e-324] } }]);
    expect((await evidence().verify()).broken).toBeUndefined();
  });

  it('compares with anchors from outside', async () => {
    const end = (await evidence().verify()).sound.last;
    expect((await evidence().verify([end])).broken).toBeUndefined();
    expect((await evidence().verify([{ sequence: 3, hash: 'f'.repeat(64) }])).broken).toMatchObject({
      sequence: 3,
      differs: 'anchor',
    });
    expect((await evidence().verify([{ sequence: end.sequence + 5, hash: 'f'.repeat(64) }])).broken).toMatchObject({
      sequence: end.sequence + 1,
      differs: 'end',
    });
  });

  it('reads a chain of many pages whole, as it was when reading began', async () => {
    const { sequence: before } = (await evidence().verify()).sound.last;
    const records = 4_100;
    await evidence().append(Array.from({ length: records }, (_, i) => draft(i)));
    const read: number[] = [];
    for await (const { sequence } of evidence().read(before)) {
      if (read.length === 0) await evidence().append([draft(1)]);
      read.push(sequence);
    }
    expect(read).toEqual(Array.from({ length: records }, (_, i) => before + 1 + i));
    expect(await evidence().verify()).toMatchObject({ sound: { last: { sequence: before + records + 1 } }, broken: undefined });
  });

  it('takes foreign evidence in once, as foreign, in the world that it comes from', async () => {
    const theirs = seal(draft(1, { world: 'simulated', subject: 'their/RTO' }), GENESIS);
    const more = seal(draft(2, { kind: 'drill-result' }), theirs);
    const records = [theirs, more].map((r) => ({ ...r, body: parseJson(r.body) }));
    const pack = (n: number): Pack => ({ manifest: {} as Manifest, fingerprint: 'a'.repeat(64), records: records.slice(0, n) });
    const before = (await evidence().verify()).sound;
    expect(await storeOf().importPack(pack(1))).toEqual({ added: 1, known: 0 });
    expect(await storeOf().importPack(pack(2))).toEqual({ added: 1, known: 1 });
    const again = await Promise.all([storeOf().importPack(pack(2)), storeOf().importPack(pack(2))]);
    expect(again).toEqual([
      { added: 0, known: 2 },
      { added: 0, known: 2 },
    ]);
    const { sound, broken } = await evidence().verify();
    expect(broken).toBeUndefined();
    expect(sound.kinds).toEqual({ ...before.kinds, import: before.kinds.import + 2 });
    expect(sound.worlds).toEqual({ live: before.worlds.live + 1, simulated: before.worlds.simulated + 1 });
    const read = [];
    for await (const record of evidence().read(before.last.sequence)) read.push(record);
    expect(read[0]).toMatchObject({
      kind: 'import',
      world: 'simulated',
      subject: 'their/RTO',
      body: { signer: 'a'.repeat(64), record: records[0] },
    });
    // One's own records that come back in somebody's pack are not foreign.
    const own = { ...pack(0), records: read };
    expect(await storeOf().importPack(own)).toEqual({ added: 0, known: 2 });
  });

  describe('the database refuses', () => {
    it.each([
      ['a changed record', `update holdfast.evidence set body = '{}' where sequence = 1`],
      ['a change that meets nothing', `update holdfast.evidence set body = '{}' where false`],
      ['a deleted record', 'delete from holdfast.evidence where sequence = 1'],
      ['a truncated chain', 'truncate holdfast.evidence'],
      ['a deleted entry', 'delete from holdfast.journal'],
      ['a changed entry', `update holdfast.journal set data = '{}'`],
      ['a changed approval', `update holdfast.approval set decision = 'approved'`],
      ['a deleted run', 'delete from holdfast.run'],
      ['a head that goes back', `update holdfast.evidence_head set sequence = 0, hash = repeat('0', 64)`],
      ['a head without a record', `update holdfast.evidence_head set sequence = 1000000`],
    ])('%s', async (_, sql) => {
      expect(['HF002', '42501']).toContain(await stateOf(sql));
    });

    it.each([
      ['a gap', 'sequence + 2', 'hash'],
      ['a record that follows another', 'sequence + 1', `repeat('a', 64)`],
    ])('%s', async (_, sequence, previous) => {
      const sql = `insert into holdfast.evidence (sequence, at, kind, world, subject, body, previous, hash)
        select ${sequence}, 0, 'verdict', 'live', 's', '{}', ${previous}, repeat('b', 64) from holdfast.evidence_head`;
      expect(await stateOf(sql)).toBe('HF003');
    });

    it('a lease that goes back or changes hands in its epoch', async () => {
      await storeOf().journal.acquire('guarded', 'a', 100, 0);
      expect(await stateOf(`update holdfast.run set epoch = epoch - 1, holder = 'b' where run = 'guarded'`)).not.toBe('done');
      expect(await stateOf(`update holdfast.run set holder = 'b' where run = 'guarded'`)).toBe('HF002');
    });

    it('an entry written past the program under an old lease', async () => {
      const sql = `insert into holdfast.journal (run, sequence, epoch, kind, at, about, data) values ('guarded', 1, 7, 'created', 0, '', '{}')`;
      expect(await stateOf(sql)).toBe('HF001');
    });
  });

  describe('names the first break', () => {
    const withTampering = async (change: string, undo: string, look: () => Promise<void>): Promise<void> => {
      const off = (table: string) => raw(`alter table holdfast.${table} disable trigger all`);
      const on = (table: string) => raw(`alter table holdfast.${table} enable trigger all`);
      await off('evidence');
      await off('evidence_head');
      try {
        await raw(change);
        await look();
      } finally {
        await raw(undo);
        await on('evidence');
        await on('evidence_head');
      }
    };
    const broken = async () => (await evidence().verify()).broken;

    it.each([
      ['body', `'{"n":1,"verdict":"not-met"}'`],
      ['subject', `'another'`],
      ['world', `case world when 'live' then 'simulated' else 'live' end`],
      ['at', 'at + 1'],
      ['kind', `'decision'`],
    ])('in %s', async (column, value) => {
      const kept = `(select c from (select ${column} as c from holdfast.evidence where sequence = 2) q)`;
      await raw(`create table if not exists public.kept (c text)`);
      await raw(`truncate public.kept`);
      await raw(`insert into public.kept select c::text from ${kept} as c(c)`);
      const cast = column === 'at' ? '::double precision' : '';
      await withTampering(
        `update holdfast.evidence set ${column} = ${value} where sequence = 2`,
        `update holdfast.evidence set ${column} = (select c from public.kept)${cast} where sequence = 2`,
        async () => expect(await broken()).toMatchObject({ sequence: 2, differs: 'content' }),
      );
      expect(await broken()).toBeUndefined();
    });

    it('where a record is missing, at the beginning, in the middle and at the end', async () => {
      const records = (await evidence().verify()).sound.last.sequence;
      for (const sequence of [1, 5, records]) {
        await raw('drop table if exists public.gone');
        await raw(`create table public.gone as select * from holdfast.evidence where sequence = ${sequence}`);
        await withTampering(
          `delete from holdfast.evidence where sequence = ${sequence}`,
          'insert into holdfast.evidence select * from public.gone',
          async () => expect(await broken()).toMatchObject({ sequence, differs: sequence === records ? 'end' : 'sequence' }),
        );
        expect(await broken()).toBeUndefined();
      }
    });
  });
}
