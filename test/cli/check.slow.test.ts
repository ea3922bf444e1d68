import { afterAll, describe, expect, it } from 'vitest';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { catalogue, holdfast, ROOT, SINGLE_AZ, scratch, stackExport, TABLE } from './holdfast.ts';

const files = scratch({
  'table.json': stackExport([TABLE]),
  'single.json': stackExport([SINGLE_AZ]),
  'az.yaml': catalogue({ metrics: '{ RTO: { az: 15m }, RPO: { az: 1m } }' }),
});
afterAll(() => files.remove());

const at = files.path;
const DAY = ['--date', '2026-06-01'];
const check = (...args: readonly string[]) => holdfast(['check', '--aws', 'simulator', ...args, ...DAY]);
const resultOf = (text: string): VerifyResult => JSON.parse(text) as VerifyResult;

describe('holdfast check on simulated AWS', () => {
  it('establishes the in-place level beside the designed one, and names its world', async () => {
    const ran = await check('--source', at('table.json'), '--catalog', at('az.yaml'), '--json');
    const result = resultOf(ran.out);
    expect(result).toMatchObject({ command: 'check', level: 'in-place', world: 'simulated' });
    expect(result.metrics.map((m) => [m.type, m.designed.verdict, m.inPlace?.verdict])).toEqual([
      ['RTO', 'met', 'met'],
      ['RPO', 'met', 'met'],
    ]);
    expect(result.kpis?.kpi2InPlace?.all).toMatchObject({ met: 2, n: 2 });
    expect(result.observed).toMatchObject({ gaps: [], missing: [], undeclared: [] });
    expect(result.observed?.calls).toBeGreaterThan(0);
  });

  it('carries what the design breaks upwards, and exits 1', async () => {
    const ran = await check('--source', at('single.json'), '--catalog', at('az.yaml'), '--json');
    expect(ran.code).toBe(1);
    expect(resultOf(ran.out).metrics.map((m) => m.inPlace?.verdict)).toEqual(['not-met', 'not-met']);
  });

  it('gives the same bytes for the same seed', async () => {
    const args = ['--source', at('table.json'), '--catalog', at('az.yaml'), '--json', '--seed', '7'];
    const [one, two] = await Promise.all([check(...args), check(...args)]);
    expect(one.out).toBe(two.out);
  });

  it('runs the checks that are named, and no other', async () => {
    const ran = await check('drift', '--source', at('table.json'), '--catalog', at('az.yaml'), '--json');
    expect(resultOf(ran.out).checks.map((c) => c.id)).toEqual(['drift']);
  });

  it('shows both levels of the reference workload, where they differ with the reason', async () => {
    const ran = await holdfast([
      'check',
      '--aws',
      'simulator',
      '--source',
      ROOT,
      '--catalog',
      `${ROOT}/infra/holdfast.yaml`,
      '--json',
    ]);
    const result = resultOf(ran.out);
    expect(result.observed).toMatchObject({ gaps: [], missing: [] });
    for (const m of result.metrics) {
      expect(m.inPlace).not.toBeNull();
      // A not-met carries upwards, so nothing is better in place than by design.
      if (m.designed.verdict === 'not-met') expect(m.inPlace?.verdict).toBe('not-met');
    }
    expect(result.metrics.filter((m) => m.inPlace?.verdict === 'met').length).toBeGreaterThan(5);
  });

  it('prints a table and Markdown with both levels', async () => {
    const args = ['--source', at('table.json'), '--catalog', at('az.yaml')];
    const [table, markdown] = await Promise.all([check(...args), check(...args, '--format', 'markdown')]);
    expect(table.out).toContain('In-place level · world: simulated');
    expect(table.out).toContain('What AWS shows');
    expect(markdown.out).toContain('# Continuity: designed and in place');
  });
});

describe('verify --with-live', () => {
  it('shows both levels; the code alone decides the exit code', async () => {
    const args = ['verify', at('table.json'), '--catalog', at('az.yaml'), ...DAY, '--fail-on', 'never'];
    const [alone, both] = await Promise.all([holdfast(args), holdfast([...args, '--with-live', '--aws', 'simulator', '--json'])]);
    expect(both.code).toBe(alone.code);
    expect(resultOf(both.out).metrics.every((m) => m.inPlace !== null)).toBe(true);
    expect(resultOf(both.out).checks.map((c) => c.id)).toEqual(['drift']);
  });
});

describe.concurrent('bad usage ends in 2 and says what was expected', () => {
  const NO_KEYS = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  };
  it.each([
    [['check', 'nope'], 'expected the name of a check'],
    [['check', '--aws', 'ftp://x'], 'expected live, simulator or a URL'],
    [['check', '--aws', 'simulator', '--no-catalog'], 'expected a source'],
    [['check', '--aws', 'simulator', '--source', at('table.json'), '--since', 'soon'], 'expected a duration'],
    [['check', '--no-catalog', '--regions', 'mars'], 'expected names of Regions'],
    [['check', '--no-catalog', '--accounts', '12'], 'expected ids of twelve digits'],
    [['check', '--no-catalog', '--role', 'nonsense'], 'Expected the ARN of a role'],
    [['check', '--no-catalog', '--aws', 'http://127.0.0.1:9'], 'Expected valid AWS credentials'],
    [['iam', 'nope'], 'expected commands that use AWS'],
    [['simulator', '--key', 'short'], 'expected ACCESS:SECRET:ACCOUNT'],
  ])('%j', async (args, expected) => {
    const ran = await holdfast(args, { env: NO_KEYS });
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(expected);
  });

  it('says where nothing answers', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
    const ran = await holdfast(['check', '--no-catalog', '--aws', 'http://127.0.0.1:9'], { env });
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('ECONNREFUSED');
  });
});
