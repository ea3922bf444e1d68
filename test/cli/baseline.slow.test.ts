import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, holdfast, SINGLE_AZ, scratch, stackExport, TABLE } from './holdfast.ts';

const files = scratch({
  'before.json': stackExport([TABLE]),
  'after.json': stackExport([TABLE, SINGLE_AZ]),
  'other.json': '{"command":"rehearse","schemaVersion":"1.0"}',
  'az.yaml': catalogue({ metrics: '{ RTO: { az: 15m } }' }).replace('version: "1"', 'version: "1"\n    changeReference: CAB'),
});
afterAll(() => files.remove());
const at = files.path;
const verify = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  holdfast(['verify', ...args, '--catalog', at('az.yaml'), '--date', '2026-06-01'], { env });

beforeAll(async () => {
  const ran = await verify([at('before.json'), '--json', '--out', at('base.json')]);
  expect(ran.code, ran.err).toBe(0);
});

describe.concurrent('verify --baseline', () => {
  it('names what is lost and who must approve, in every format, in one run', async () => {
    const formats = ['table', 'markdown', 'comment', 'sarif', 'junit'];
    const also = formats.flatMap((f) => ['--also', `${f}=${at(`out.${f}`)}`]);
    const ran = await verify([at('after.json'), '--baseline', at('base.json'), '--json', ...also], {
      HOLDFAST_CHANGE: ' CHG-7 ',
    });
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(ran.out).baseline).toMatchObject({ change: 'CHG-7', metrics: [{ id: 'sla/shop/RTO-az', change: 'lost' }] });
    for (const f of formats) expect(readFileSync(at(`out.${f}`), 'utf8'), f).toContain('RTO');
    for (const f of ['table', 'markdown', 'comment'])
      expect(readFileSync(at(`out.${f}`), 'utf8')).toMatch(/CAB must approve.*CHG-7/s);
  });

  it('--fail-on-new lets pass what was there before', async () => {
    const first = await verify([at('after.json'), '--json', '--out', at('broken.json')]);
    const ran = await verify([at('after.json'), '--baseline', at('broken.json'), '--fail-on-new']);
    expect([first.code, ran.code, ran.err]).toEqual([1, 0, '']);
  });

  it.each([
    ['a baseline that is not there', ['--baseline', at('gone.json')], 'gone.json'],
    ['a baseline that is something else', ['--baseline', at('other.json')], 'rehearse'],
    ['a stack export', ['--baseline', at('before.json')], 'holdfast verify --json'],
    ['--fail-on-new alone', ['--fail-on-new'], '--baseline'],
    ['a change of two lines', ['--change', 'a\nb'], '--change'],
    ['--also without a file', ['--also', 'sarif'], 'FORMAT=FILE'],
  ] as const)('%s is bad usage', async (_what, args, phrase) => {
    const ran = await verify([at('after.json'), ...args]);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    expect(ran.err).toContain(phrase);
    expect(ran.err).not.toContain('a fault in Holdfast');
  });
});
