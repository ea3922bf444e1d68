import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Promised } from './holdfast.ts';
import { BUILT, catalogue, holdfast, NOBODY_KNOWS, run, SINGLE_AZ, scratch, stackExport, TABLE } from './holdfast.ts';

const AZ: Promised = { metrics: '{ RTO: { az: 15m }, RPO: { az: 1m } }' };

const files = scratch({
  'met.json': stackExport([TABLE]),
  'single.json': stackExport([SINGLE_AZ]),
  'odd.json': stackExport([TABLE, NOBODY_KNOWS]),
  'bare.json': stackExport([{ ...TABLE, protect: false }]),
  'az.yaml': catalogue(AZ),
  'expired.yaml': catalogue({ ...AZ, rest: '' }).replace('from: 2026-01-01', 'from: 2025-01-01\n    to: 2025-12-31'),
  'waived.yaml': catalogue({
    ...AZ,
    rest: 'waivers:\n  - { rule: pulumi-unprotected-stateful, reason: moved next week, approvedBy: CISO, until: 2026-12-31 }\n',
  }),
  'lapsed.yaml': catalogue({
    ...AZ,
    rest: 'waivers:\n  - { rule: pulumi-unprotected-stateful, reason: moved next week, approvedBy: CISO, until: 2026-01-31 }\n',
  }),
  'bad.yaml': 'services: [a]\n',
  'truncated.json': '{"version": 3, "deployment": {',
  'list.json': '[1, 2]',
  'empty.json': '',
  'v9.json': '{"version": 9, "deployment": {}}',
  'nobody.yaml': catalogue(AZ).replace('"**"', '"**::nothing-*"'),
  'Pulumi.yaml': 'name: x\nruntime: python\n',
  'typo.yaml': catalogue({ metrics: '{ RTO: { azz: 15m } }' }),
  'time.yaml': catalogue({ metrics: '{ RTO: { az: 15 minutes } }' }),
  'cycle.yaml':
    'services:\n  a: { tier: 1, resources: [{ urn: "**" }], dependsOn: [{ service: b }] }\n  b: { tier: 1, resources: [{ urn: "**" }], dependsOn: [{ service: a }] }\n',
});
afterAll(() => files.remove());

const at = files.path;
const DAY = ['--date', '2026-06-01'];
const verify = (...args: readonly string[]) => holdfast(['verify', ...args, ...DAY]);

describe.concurrent('exit codes of verify', () => {
  const CASES: readonly (readonly [what: string, code: number, args: readonly string[]])[] = [
    ['all met', 0, [at('met.json'), '--catalog', at('az.yaml')]],
    ['something not met', 1, [at('single.json'), '--catalog', at('az.yaml'), '--fail-on', 'never']],
    ['a finding at --fail-on', 1, [at('bare.json'), '--catalog', at('az.yaml')]],
    ['findings below --fail-on', 0, [at('bare.json'), '--catalog', at('az.yaml'), '--fail-on', 'never']],
    ['findings waived', 0, [at('bare.json'), '--catalog', at('waived.yaml')]],
    ['a waiver that has ended', 1, [at('bare.json'), '--catalog', at('lapsed.yaml')]],
    ['something unknown', 3, [at('odd.json'), '--catalog', at('az.yaml')]],
    ['something unknown, allowed', 0, [at('odd.json'), '--catalog', at('az.yaml'), '--allow-unknown']],
    ['something not met, unknown allowed', 1, [at('single.json'), '--catalog', at('az.yaml'), '--allow-unknown']],
    ['no catalogue', 3, [at('met.json'), '--fail-on', 'never']],
    ['no agreement in force', 3, [at('met.json'), '--catalog', at('expired.yaml')]],
    ['no catalogue on purpose', 0, [at('met.json'), '--no-catalog', '--fail-on', 'never']],
    ['no catalogue on purpose, a finding', 1, [at('single.json'), '--no-catalog']],
  ];

  it.each(CASES)('%s: %i', async (_what, code, args) => {
    const ran = await verify(...args);
    expect({ code: ran.code, err: ran.err }).toEqual({ code, err: '' });
    expect(ran.out).not.toBe('');
  });
});

/** What is wrong, the arguments, and what the message must name: the place, what was expected or found, what to do. */
const MISUSES: readonly (readonly [what: string, args: readonly string[], ...phrases: readonly string[]])[] = [
  ['an unknown command', ['verfiy', at('met.json')], 'verfiy', 'verify'],
  ['an unknown option', ['verify', at('met.json'), '--formt', 'json'], '--formt', '--format'],
  ['a bad format', ['verify', at('met.json'), '--format', 'xml'], 'xml', 'markdown'],
  ['a day that does not exist', ['verify', at('met.json'), '--date', '2026-02-30'], '2026-02-30', 'YYYY-MM-DD'],
  ['a bad severity', ['verify', at('met.json'), '--fail-on', 'all'], 'all', 'critical'],
  ['a seed that is no number', ['verify', at('met.json'), '--seed', 'x'], 'seed', 'whole number'],
  ['a missing source', ['verify', at('gone.json'), '--no-catalog'], 'gone.json', 'JSON file'],
  ['a missing catalogue', ['verify', at('met.json'), '--catalog', at('gone.yaml')], 'gone.yaml', 'holdfast init'],
  ['an --out that cannot be written', ['verify', at('met.json'), '--no-catalog', '--out', at('no/such/x.md')], 'x.md', '--out'],
  ['no source at all', ['verify', '--no-catalog'], 'expected a source'],
  ['a catalogue of another shape', ['verify', at('met.json'), '--catalog', at('bad.yaml')], 'bad.yaml:1:11', 'mapping', 'list'],
  ['a scope that does not exist', ['verify', at('met.json'), '--catalog', at('typo.yaml')], 'typo.yaml:15:22', 'azz', 'az'],
  ['a time in words', ['verify', at('met.json'), '--catalog', at('time.yaml')], 'time.yaml:15:26', '15 minutes', '15m'],
  ['services in a circle', ['verify', at('met.json'), '--catalog', at('cycle.yaml')], 'cycle.yaml:', 'a', 'b'],
  ['a selector that picks nothing', ['verify', at('met.json'), '--catalog', at('nobody.yaml')], 'nobody.yaml:4:', 'nothing-*'],
  ['truncated JSON', ['verify', at('truncated.json'), '--no-catalog'], 'truncated.json', 'JSON'],
  ['JSON of something else', ['verify', at('list.json'), '--no-catalog'], 'list.json', 'expected'],
  ['an empty file', ['verify', at('empty.json'), '--no-catalog'], 'empty.json'],
  ['a version of the future', ['verify', at('v9.json'), '--no-catalog'], 'v9.json', '9'],
  ['a program in another language', ['verify', at(''), '--no-catalog'], 'python', 'nodejs'],
  ['a --state that is no export', ['verify', at('met.json'), '--no-catalog', '--state', at('list.json')], 'list.json'],
  ['the same stack twice', ['verify', at('met.json'), at('single.json'), '--no-catalog'], 'shop/prod', 'once'],
  ['an explanation of nothing', ['explain', 'rds-not-multi-as'], 'rds-not-multi-az'],
  ['a metric that is not agreed', ['explain', 'sla/shop/RTO-zz', at('met.json'), '--catalog', at('az.yaml')], 'sla/shop/RTO-az'],
  ['init without a source', ['init'], 'sources'],
  ['init over a file', ['init', at('met.json'), '--out', at('az.yaml')], 'az.yaml', '--force'],
];

describe.concurrent('misuse', () => {
  it.each(MISUSES.map(([what, args, ...phrases]) => ({ what, args, phrases })))('$what', async ({ args, phrases }) => {
    const ran = await holdfast(args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    for (const phrase of phrases) expect(ran.err).toContain(phrase);
    expect(ran.err).not.toContain('a fault in Holdfast');
  });
});

describe('output', () => {
  it('--json is --format json, and the same inputs and seed give the same bytes', async () => {
    const args = [at('single.json'), '--catalog', at('az.yaml')];
    const [short, long] = await Promise.all([verify(...args, '--json'), verify(...args, '--format', 'json')]);
    expect(short.out).toBe(long.out);
    expect(JSON.parse(short.out)).toMatchObject({ schemaVersion: '1.2', world: 'live' });
    expect(short.out).not.toContain('Infinity');
  });

  it('another seed moves a prediction by no more than its error', async () => {
    const args = [at('met.json'), '--catalog', at('az.yaml'), '--json'];
    const [one, two] = await Promise.all([verify(...args, '--seed', '1'), verify(...args, '--seed', '2')]);
    expect(JSON.parse(one.out).metrics[0].designed.verdict).toBe(JSON.parse(two.out).metrics[0].designed.verdict);
  });

  it('--out writes the file and nothing to standard output', async () => {
    const ran = await verify(at('met.json'), '--no-catalog', '--format', 'markdown', '--out', at('report.md'));
    expect(ran.out).toBe('');
    expect(readFileSync(at('report.md'), 'utf8')).toContain('# Continuity');
  });

  it('--quiet leaves the next command out', async () => {
    const [loud, quiet] = await Promise.all([
      verify(at('met.json'), '--no-catalog'),
      verify(at('met.json'), '--no-catalog', '--quiet'),
    ]);
    expect(loud.out).toContain('Next: holdfast init');
    expect(quiet.out).not.toContain('Next:');
  });

  it('has no colours in a pipe', async () => {
    const ran = await verify(at('single.json'), '--no-catalog');
    expect(ran.out).not.toContain('\u001b');
  });

  it.each([
    [{}, [], true],
    [{ NO_COLOR: '1' }, [], false],
    [{}, ['--no-color'], false],
  ] as const)('colours on a terminal with %j and %j: %s', async (env, args, coloured) => {
    // `script` gives its command a terminal; where it is missing there is nothing to look at.
    if (!existsSync('/usr/bin/script')) return console.log('skipped: no script(1) to make a terminal with');
    const command = `${process.execPath} ${BUILT} verify ${at('single.json')} --no-catalog ${args.join(' ')}`;
    const ran = await run('/usr/bin/script', ['-qec', command, '/dev/null'], { env });
    expect(ran.out).toContain('orders');
    expect(ran.out.includes('\u001b[31m')).toBe(coloured);
  });

  it('reads standard input, and several sources as one estate', async () => {
    const other = stackExport([SINGLE_AZ]).replaceAll(':prod::', ':standby::').replaceAll('shop-prod', 'shop-standby');
    const ran = await holdfast(['verify', '-', at('met.json'), '--no-catalog', '--json', ...DAY], { input: other });
    const result = JSON.parse(ran.out);
    expect(result.sources.map((s: { stack: string }) => s.stack)).toEqual(['standby', 'prod']);
    expect(result.survey).toHaveLength(2);
  });

  it('ends quietly when the reader of the pipe has seen enough', async () => {
    const command = `${process.execPath} ${BUILT} verify ${at('single.json')} --no-catalog | head -1`;
    const ran = await run('/bin/sh', ['-c', command]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n')).toHaveLength(2);
  });

  it('--help and --version end with 0', async () => {
    expect((await holdfast(['--help'])).code).toBe(0);
    expect((await holdfast(['verify', '--help'])).out).toContain('Exit codes');
    expect((await holdfast(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('init and explain', () => {
  let drafted: string;

  beforeAll(async () => {
    drafted = (await holdfast(['init', at('single.json'), ...DAY])).out;
    writeFileSync(at('drafted.yaml'), drafted);
  });

  it('drafts a catalogue that verify reads', async () => {
    expect(drafted).toContain('services:');
    const ran = await verify(at('single.json'), '--catalog', at('drafted.yaml'), '--fail-on', 'never');
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 3, err: '' });
  });

  it('explains a rule on the reader’s own resource', async () => {
    const ran = await holdfast(['explain', 'rds-not-multi-az', at('single.json'), '--no-catalog']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('RDS DB instance orders');
    expect(ran.out).toContain('found in 1');
  });

  it('explains a rule without a source', async () => {
    const ran = await holdfast(['explain', 'rds-not-multi-az'], { cwd: at('') });
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' });
  });

  it('explains a metric: every condition, and what becomes of each role', async () => {
    const ran = await holdfast(['explain', 'sla/shop/RTO-az', at('single.json'), '--catalog', at('az.yaml'), ...DAY]);
    expect(ran.code).toBe(0);
    for (const id of ['mechanism', 'automatic', 'survives', 'within', 'proactive', 'evidence', 'findings'])
      expect(ran.out).toContain(id);
    expect(ran.out).toContain('RDS DB instance orders');
  });

  it('explains a service time', async () => {
    const ran = await holdfast(['explain', 'human-decision']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('pessimistic');
  });
});
