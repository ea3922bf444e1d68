import { describe, expect, it } from 'vitest';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import type { Layout } from '../../src/reports/sarif.ts';
import { renderSarif } from '../../src/reports/sarif.ts';
import { RULES } from '../../src/rules/registry.ts';
import { NOBODY_KNOWS, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';
import { compared, RESULTS, result } from './support.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
      readonly region: Readonly<Record<'startLine' | 'startColumn' | 'endLine' | 'endColumn', number>>;
    };
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly baselineState?: string;
  readonly suppressions: readonly { readonly justification: string }[];
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Readonly<Record<string, unknown>>[] } };
  readonly invocations: readonly { readonly toolExecutionNotifications: readonly unknown[] }[];
  readonly originalUriBaseIds: Readonly<Record<string, unknown>>;
  readonly results: readonly Result[];
}

const LAYOUT: Layout = {
  projects: new Map([['shop', { folder: 'infra/shop', manifest: 'infra/shop/Pulumi.yaml' }]]),
  catalogue: 'holdfast.yaml',
  otherwise: 'infra/shop/Pulumi.yaml',
  version: '0.1.0',
};

function run(given: VerifyResult, layout: Layout = LAYOUT): Run {
  const [first] = (JSON.parse(renderSarif(given, RULES, layout)) as { readonly runs: readonly Run[] }).runs;
  if (first === undefined) throw new Error('no run');
  return first;
}

const placed = (given: VerifyResult, file: string): VerifyResult => ({
  ...given,
  findings: given.findings.map((f) => ({ ...f, position: { file, line: 12, column: 5 } })),
  identities: given.identities.map((i) => ({ ...i, position: { file, line: 7, column: 1 } })),
});

/** Every rule that GitHub states for what it takes in (see the address in src/reports/sarif.ts). */
describe.each(Object.entries(RESULTS))('SARIF: %s', (_name, given) => {
  const { results, tool, originalUriBaseIds } = run(given);
  const { rules } = tool.driver;

  it('has a result for every finding and every metric that is not met or unknown', () => {
    const open = given.metrics.filter((m) => !['met', 'not-applicable'].includes(m.designed.verdict));
    expect(results).toHaveLength(given.findings.length + open.length);
  });

  it('says where: one place at least, in the repository, relative to its root', () => {
    for (const { locations } of results) {
      expect(locations).toHaveLength(1);
      for (const { physicalLocation: at } of locations) {
        expect(originalUriBaseIds).toHaveProperty([at.artifactLocation.uriBaseId]);
        expect(at.artifactLocation.uri).toMatch(/^(?!\/|\.\.)[A-Za-z0-9._~%/@-]+$/);
        for (const n of Object.values(at.region)) expect(n).toBeGreaterThanOrEqual(1);
      }
    }
  });

  it('describes every rule that it names, once', () => {
    const ids = rules.map((r) => r.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const r of results) expect(rules[r.ruleIndex]?.id).toBe(r.ruleId);
    for (const rule of rules) {
      expect(rule).toMatchObject({ help: { text: expect.stringMatching(/./), markdown: expect.stringMatching(/./) } });
      expect(JSON.stringify(rule)).not.toContain('security-severity');
      expect((rule.properties as { tags: string[] }).tags.length).toBeLessThanOrEqual(20);
    }
  });

  it('gives each result a fingerprint of its own, and a level that its kind allows', () => {
    const prints = results.map((r) => `${r.ruleId} ${r.partialFingerprints.primaryLocationLineHash}`);
    expect(new Set(prints).size).toBe(prints.length);
    for (const r of results) expect(r.level === 'none').toBe(r.kind === 'open');
    expect(results.every((r) => r.properties.world === 'live')).toBe(true);
    expect(results.every((r) => (r.baselineState === undefined) === (given.baseline === null))).toBe(true);
  });

  it('makes no link of what somebody wrote', () => {
    for (const { message } of results) expect(message.text).not.toMatch(/(?<!\\)\[/);
  });
});

const findings = ({ results }: Run): readonly Result[] => results.filter((r) => r.ruleId !== 'agreed-metric');

describe('SARIF', () => {
  const broken = RESULTS.broken as VerifyResult;
  const uris = (given: VerifyResult, layout?: Layout) =>
    new Set(findings(run(given, layout)).map((r) => r.locations[0]?.physicalLocation.artifactLocation.uri));

  it.each([
    ['a file of the project', 'src/data.ts', 'infra/shop/src/data.ts'],
    ['a file beside the project', '../lib/my db.ts', 'infra/lib/my%20db.ts'],
    ['a path of Windows', 'src\\data.ts', 'infra/shop/src/data.ts'],
    ['a file outside of the repository', '../../../x.ts', 'infra/shop/Pulumi.yaml'],
    ['an absolute path', '/home/me/x.ts', 'infra/shop/Pulumi.yaml'],
    ['what is installed', 'node_modules/lib/x.ts', 'infra/shop/Pulumi.yaml'],
  ])('%s', (_what, file, uri) => {
    expect(uris(placed(result([SINGLE_AZ]), file))).toEqual(new Set([uri]));
  });

  it('a project that is not in the repository is shown at another file of it', () => {
    expect(
      uris(placed(result([SINGLE_AZ]), 'index.ts'), {
        ...LAYOUT,
        projects: new Map(),
        otherwise: 'prod.json',
        catalogue: undefined,
      }),
    ).toEqual(new Set(['prod.json']));
  });

  it('a metric is shown at the resource that decides it, with what was agreed beside it', () => {
    const metric = run(placed(result([SINGLE_AZ]), 'index.ts')).results.find((r) => r.ruleId === 'agreed-metric');
    expect(metric).toMatchObject({
      kind: 'fail',
      level: 'error',
      locations: [{ physicalLocation: { region: { startLine: 7 } } }],
      relatedLocations: [{ physicalLocation: { artifactLocation: { uri: 'holdfast.yaml' } } }],
    });
  });

  it('a metric whose resource has no line is shown at the promise', () => {
    const at = run(result([SINGLE_AZ])).results.find((r) => r.ruleId === 'agreed-metric')?.locations[0]?.physicalLocation;
    expect(at?.artifactLocation.uri).toBe('holdfast.yaml');
    expect(at?.region.startLine).toBeGreaterThan(1);
  });

  it('what nobody can tell is open', () => {
    expect(
      run(result([NOBODY_KNOWS]))
        .results.filter((r) => r.ruleId === 'agreed-metric')
        .every((r) => r.kind === 'open'),
    ).toBe(true);
  });

  it('a waiver suppresses while it holds, and not when it is over', () => {
    const suppressed = (name: string) =>
      run(RESULTS[name] as VerifyResult).results.find((r) => r.ruleId === 'rds-not-multi-az')?.suppressions;
    expect(suppressed('waived')).toHaveLength(1);
    expect(suppressed('a waiver that is over')).toEqual([]);
  });

  it('tells new from what was there, and what moved or got worse', () => {
    const of = (given: VerifyResult) => new Set(findings(run(given)).map((r) => r.baselineState));
    expect(of(RESULTS.renamed as VerifyResult)).toEqual(new Set(['updated']));
    expect(of(compared(broken, broken))).toEqual(new Set(['unchanged']));
    expect(of(compared(result([TABLE]), result([SINGLE_AZ])))).toEqual(new Set(['new']));
    expect(run(RESULTS.lost as VerifyResult).results.find((r) => r.ruleId === 'agreed-metric')?.baselineState).toBe('new');
  });

  it('has no more results than GitHub takes: the heaviest, and how many were left out', () => {
    const many: VerifyResult = {
      ...broken,
      findings: Array.from({ length: 26_000 }, (_, i) => ({
        ...(broken.findings[0] as VerifyResult['findings'][number]),
        severity: i % 2 ? 'low' : 'high',
      })),
    };
    const { results, invocations } = run(many);
    expect(results).toHaveLength(25_000);
    expect(invocations[0]?.toolExecutionNotifications).toHaveLength(1);
    expect(results.slice(0, 13_000).every((r) => r.level === 'error')).toBe(true);
  });
});
