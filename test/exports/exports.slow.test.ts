/** What a user sees of every real export, without a catalogue: pinned, so that a change of meaning is seen and judged. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { holdfast, ROOT } from '../cli/holdfast.ts';
import { haveExports } from '../stacks/real-exports.ts';

const FOLDER = `${ROOT}../shared/data/exports/`;
const SCOPES = ['az', 'region', 'data'] as const;

/** `az survives 2 · region lost 2 · …`: how many rows of the survey say what. */
function counts({ survey }: VerifyResult): string {
  return SCOPES.map((scope) => {
    const said = survey.map((row) => row[scope].survival);
    const words = [...new Set(said)].sort().map((word) => `${word} ${said.filter((s) => s === word).length}`);
    return `${scope} ${words.join(', ')}`;
  }).join(' · ');
}

interface Expected {
  readonly code: number;
  readonly read?: string;
  readonly survival?: string;
  /** Titles of single points of failure when an AZ is lost. */
  readonly spofs?: readonly string[];
  /** Titles whose answer for an AZ nobody can tell. */
  readonly open?: readonly string[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'pulumi-aws-apigateway__api_1.0.1_stack.json': {
    code: 0,
    read: '13 resources, 0 not modelled',
    survival: 'az survives 2 · region lost 2 · data survives 2',
    spofs: [],
    open: [],
  },
  'pulumi-awsx__custom-1.0.6_stack.json': {
    code: 0,
    read: '38 resources, 0 not modelled',
    survival: 'az survives 3 · region lost 3 · data survives 3',
    spofs: [],
    open: [],
  },
  'pulumi-awsx__nodejs_1.0.6_stack.json': {
    code: 0,
    read: '16 resources, 0 not modelled',
    survival: 'az survives 3 · region lost 3 · data lost 3',
    spofs: [],
    open: [],
  },
  'pulumi-awsx__ts-lb-simple_1.0.6_stack.json': {
    code: 0,
    read: '34 resources, 0 not modelled',
    survival: 'az recovers 2, survives 1 · region lost 3 · data survives 3',
    spofs: [],
    open: [],
  },
  'pulumi-awsx__vpc-multiple-similar-subnet-types_1.0.6_stack.json': {
    code: 0,
    read: '55 resources, 0 not modelled',
    survival: 'az survives 3 · region lost 3 · data survives 3',
    spofs: [],
    open: [],
  },
  'pulumi-converter-terraform__benchmark_plans_aws_project_pulumi_plan_claude.out.json': {
    code: 3,
    read: '0 resources, 0 not modelled',
    survival: 'az  · region  · data ',
    spofs: [],
    open: [],
  },
  'pulumi-eks__cluster_1.0.4_state.json': {
    code: 0,
    read: '117 resources, 12 not modelled',
    survival: 'az survives 3, unknown 3 · region lost 6 · data survives 3, unknown 3',
    spofs: [],
    open: [
      'EKS cluster example-cluster-1-eksCluster',
      'EKS cluster example-cluster-2-eksCluster',
      'EKS cluster example-cluster-3-eksCluster',
    ],
  },
  'pulumi-eks__nodegroup_3.0.0_stack.json': {
    code: 0,
    read: '119 resources, 10 not modelled',
    survival: 'az unknown 5 · region lost 5 · data survives 3, unknown 2',
    spofs: [],
    open: [
      'EKS cluster example-nodegroup-iam-advanced-eksCluster',
      'Auto Scaling group example-ng-advanced-ondemand',
      'EKS cluster example-nodegroup-iam-simple-eksCluster',
      'Auto Scaling group example-ng2-simple-ondemand',
      'Auto Scaling group example-ng2-launchtemplate-tags',
    ],
  },
  'pulumi-tool-import__preview_create.json': {
    code: 3,
    read: '2 resources, 0 not modelled',
    survival: 'az  · region  · data ',
    spofs: [],
    open: [],
  },
  'pulumi__operations_todo.json': {
    code: 0,
    read: '44 resources, 0 not modelled',
    survival: 'az survives 8 · region lost 8 · data lost 2, survives 6',
    spofs: [],
    open: [],
  },
  'pulumi__resource_stack_checkpoint-secrets.json': {
    code: 0,
    read: '30 resources, 0 not modelled',
    survival: 'az survives 6 · region lost 6 · data survives 6',
    spofs: [],
    open: [],
  },
  'pulumi__resource_stack_checkpoint-v1.json': {
    code: 0,
    read: '30 resources, 0 not modelled',
    survival: 'az survives 6 · region lost 6 · data survives 6',
    spofs: [],
    open: [],
  },
  'pulumi__resource_stack_checkpoint-v3.json': {
    code: 0,
    read: '30 resources, 0 not modelled',
    survival: 'az survives 6 · region lost 6 · data survives 6',
    spofs: [],
    open: [],
  },
  'pulumi__resource_stack_checkpoint-v4-unsupported-feature.json': { code: 2 },
  'pulumi__resource_stack_checkpoint-v4.json': {
    code: 0,
    read: '30 resources, 0 not modelled',
    survival: 'az survives 6 · region lost 6 · data survives 6',
    spofs: [],
    open: [],
  },
  'stratify__pulumi_sample-export.json': {
    code: 0,
    read: '17 resources, 0 not modelled',
    survival: 'az survives 2 · region lost 2 · data lost 1, survives 1',
    spofs: [],
    open: [],
  },
  'stratify__pulumi_sample-preview-creates.json': {
    code: 0,
    read: '16 resources, 0 not modelled',
    survival: 'az survives 2 · region lost 2 · data lost 1, survives 1',
    spofs: [],
    open: [],
  },
  'stratify__pulumi_sample-preview-update.json': {
    code: 0,
    read: '16 resources, 0 not modelled',
    survival: 'az survives 2 · region lost 2 · data lost 1, survives 1',
    spofs: [],
    open: [],
  },
};

const schema = JSON.parse(readFileSync(`${ROOT}schema/verify.schema.json`, 'utf8'));
const valid = new Ajv2020({ strict: false }).compile(schema);

describe.runIf(haveExports)('real exports', () => {
  it('are all pinned', () => {
    const files = haveExports ? readdirSync(FOLDER).filter((f) => f.endsWith('.json')) : [];
    expect(Object.keys(EXPECTED).sort()).toEqual(files.sort());
  });

  describe.concurrent('without a catalogue', () => {
    it.each(Object.entries(EXPECTED))('%s', async (file, expected) => {
      const args = ['verify', FOLDER + file, '--no-catalog', '--fail-on', 'never', '--date', '2026-06-01'];
      const ran = await holdfast([...args, '--json']);
      expect(ran.err).not.toContain('a fault in Holdfast');
      if (expected.code === 2) {
        expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
        return;
      }
      const result: VerifyResult = JSON.parse(ran.out);
      expect(valid(result), JSON.stringify(valid.errors)).toBe(true);
      const { total, notModelled } = result.resources;
      expect({
        code: ran.code,
        read: `${total} resources, ${notModelled} not modelled`,
        survival: counts(result),
        spofs: result.survey.filter((row) => row.singlePointOfFailure).map((row) => row.title),
        open: result.survey.filter((row) => row.az.survival === 'unknown').map((row) => row.title),
      }).toEqual(expected);
      for (const format of ['table', 'markdown']) {
        const shown = await holdfast([...args, '--format', format]);
        expect({ code: shown.code, err: shown.err }).toEqual({ code: expected.code, err: '' });
        for (const row of result.survey) expect(shown.out.replaceAll('\\', '')).toContain(row.title);
      }
    });
  });
});
