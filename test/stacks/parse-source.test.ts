import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.ts';
import { fold } from '../../src/model/known.ts';
import { isAwsType } from '../../src/stacks/aws-types.ts';
import { normalise } from '../../src/stacks/normalise.ts';
import { parseSource } from '../../src/stacks/parse-source.ts';
import { haveExports, realExport } from './real-exports.ts';
import { exported, read, stackState, state } from './sources.ts';

/** File, kind, resources, partial, AWS resources, of these with a known Region; or the error. */
const REAL: readonly (readonly [string, string, number, boolean, number, number] | readonly [string, string])[] = [
  ['pulumi-aws-apigateway__api_1.0.1_stack.json', 'export', 13, false, 7, 7],
  ['pulumi-awsx__custom-1.0.6_stack.json', 'export', 38, false, 32, 32],
  ['pulumi-awsx__nodejs_1.0.6_stack.json', 'export', 16, false, 9, 9],
  ['pulumi-awsx__ts-lb-simple_1.0.6_stack.json', 'export', 34, false, 26, 26],
  ['pulumi-awsx__vpc-multiple-similar-subnet-types_1.0.6_stack.json', 'export', 55, false, 50, 50],
  ['pulumi-converter-terraform__benchmark_plans_aws_project_pulumi_plan_claude.out.json', 'plan', 0, true, 0, 0],
  ['pulumi-eks__cluster_1.0.4_state.json', 'export', 117, false, 86, 86],
  ['pulumi-eks__nodegroup_3.0.0_stack.json', 'export', 119, false, 90, 90],
  ['pulumi-tool-import__preview_create.json', 'preview', 2, true, 2, 0],
  ['pulumi__operations_todo.json', 'checkpoint', 44, false, 35, 35],
  ['pulumi__resource_stack_checkpoint-secrets.json', 'checkpoint', 30, false, 23, 23],
  ['pulumi__resource_stack_checkpoint-v1.json', 'checkpoint', 30, false, 23, 23],
  ['pulumi__resource_stack_checkpoint-v3.json', 'checkpoint', 30, false, 23, 23],
  ['pulumi__resource_stack_checkpoint-v4-unsupported-feature.json', 'unsupported-feature'],
  ['pulumi__resource_stack_checkpoint-v4.json', 'checkpoint', 30, false, 23, 23],
  ['stratify__pulumi_sample-export.json', 'export', 17, false, 14, 14],
  ['stratify__pulumi_sample-preview-creates.json', 'preview', 16, false, 14, 10],
  ['stratify__pulumi_sample-preview-update.json', 'preview', 16, false, 14, 14],
];

describe.skipIf(!haveExports)('real sources', () => {
  it.each(REAL)('%s: %s', (file, kind, ...counts) => {
    const bytes = realExport(file);
    if (counts.length === 0) {
      expect(() => parseSource(bytes, file)).toThrow(expect.objectContaining({ code: kind }) as Error);
      return;
    }
    const reading = normalise(parseSource(bytes, file), { region: undefined });
    const aws = reading.resources.filter((r) => isAwsType(r.type) && r.custom);
    const placed = aws.filter((r) =>
      fold(
        r.region,
        () => true,
        () => false,
      ),
    );
    expect([reading.kind, reading.resources.length, reading.partial, aws.length, placed.length]).toEqual([kind, ...counts]);
  });

  it('keeps no ciphertext, no code and no kubeconfig', () => {
    for (const [file, , ...counts] of REAL) {
      if (counts.length === 0) continue;
      const text = JSON.stringify(parseSource(realExport(file), file));
      expect(text).not.toMatch(/ciphertext|exports\.handler|client-key-data|4dabf18193072939515e22adb298388d/);
    }
  });
});

describe('recognition by content', () => {
  const resources = [stackState, state('aws:sqs/queue:Queue', 'q')];
  const cases: readonly (readonly [string, unknown, string, number])[] = [
    ['an export', exported(resources), 'export', 2],
    ['an export with features', { version: 4, features: ['taint', 'hooks'], deployment: { resources } }, 'export', 2],
    ['an export of nothing', { version: 3, deployment: null }, 'export', 0],
    ['an export of a stack that was never deployed', { version: 3 }, 'export', 0],
    ['an export of an emptied stack', { version: 3, deployment: { manifest: {} } }, 'export', 0],
    ['a checkpoint', { version: 3, checkpoint: { stack: 'prod', latest: { resources } } }, 'checkpoint', 2],
    ['a checkpoint of version 1', { version: 1, checkpoint: { target: 'prod', latest: { resources } } }, 'checkpoint', 2],
    ['a checkpoint of version 2', { version: 2, checkpoint: { stack: 'prod', latest: { resources } } }, 'checkpoint', 2],
    ['a checkpoint before versions', { target: 'prod', latest: { resources } }, 'checkpoint', 2],
    ['a checkpoint without an update', { version: 3, checkpoint: { stack: 'prod' } }, 'checkpoint', 0],
    ['a preview of no change', { changeSummary: {} }, 'preview', 0],
    ['a plan of nothing', { manifest: {}, resourcePlans: {} }, 'plan', 0],
  ];
  it.each(cases)('%s', (_name, document, kind, count) => {
    const reading = read(document);
    expect([reading.kind, reading.resources.length]).toEqual([kind, count]);
  });

  it('reads UTF-8 with a mark, UTF-16 and gzip', () => {
    const text = JSON.stringify(exported(resources));
    const forms: Uint8Array[] = [
      Buffer.from(`\uFEFF${text}`, 'utf8'),
      Buffer.from(`\uFEFF${text}`, 'utf16le'),
      gzipSync(Buffer.from(text)),
    ];
    for (const bytes of forms) expect(parseSource(bytes, 'x').resources).toHaveLength(2);
  });

  it('takes project and stack from the Stack resource', () => {
    expect(read(exported(resources))).toMatchObject({ project: 'shop', stack: 'prod', source: 'stack.json' });
  });
});

describe('deployments', () => {
  it('leaves out what waits to be deleted, and says what was replaced half-way or interrupted', () => {
    const reading = read(
      exported(
        [
          stackState,
          state('aws:sqs/queue:Queue', 'q', { delete: true }),
          state('aws:sqs/queue:Queue', 'q'),
          state('aws:sqs/queue:Queue', 'gone', { pendingReplacement: true }),
        ],
        { pending_operations: [{ type: 'creating', resource: state('aws:sqs/queue:Queue', 'next') }] },
      ),
    );
    expect(reading.resources.map((r) => r.urn.split('::').at(-1))).toEqual(['shop-prod', 'q']);
    expect(reading.notes.join('\n')).toMatch(/creating urn:pulumi:prod::shop::aws:sqs\/queue:Queue::next/);
    expect(reading.notes.join('\n')).toMatch(/::gone was deleted to be replaced/);
    expect(reading.partial).toBe(false);
  });

  it('reads everything the model keeps of a resource', () => {
    const [resource] = read(
      exported([
        state('aws:sqs/queue:Queue', 'a::b', {
          id: 'https://q',
          inputs: { __defaults: ['x'], name: 'q' },
          outputs: { name: 'q', __meta: '{}' },
          parent: stackState.urn,
          dependencies: ['d'],
          propertyDependencies: { name: ['d'] },
          provider: 'urn:pulumi:prod::shop::pulumi:providers:aws::p::id',
          protect: true,
          retainOnDelete: true,
          ignoreChanges: ['name'],
          aliases: ['urn:pulumi:prod::shop::aws:sqs/queue:Queue::before', 3],
          sourcePosition: 'project:///src/my%20app.ts#12,5',
        }),
      ]),
    ).resources;
    expect(resource).toEqual({
      aliases: ['urn:pulumi:prod::shop::aws:sqs/queue:Queue::before'],
      urn: 'urn:pulumi:prod::shop::aws:sqs/queue:Queue::a::b',
      type: 'aws:sqs/queue:Queue',
      custom: true,
      remote: false,
      id: 'https://q',
      inputs: { name: 'q' },
      outputs: { name: 'q' },
      parent: stackState.urn,
      dependencies: ['d'],
      propertyDependencies: { name: ['d'] },
      provider: 'urn:pulumi:prod::shop::pulumi:providers:aws::p::id',
      protect: true,
      retainOnDelete: true,
      ignoreChanges: ['name'],
      position: { file: 'src/my app.ts', line: 12, column: 5 },
      pending: undefined,
    });
  });

  it('takes no position from an ES module: its file is the machine’s, its line that of what a loader made', () => {
    const queue = state('aws:sqs/queue:Queue', 'q', { sourcePosition: 'project:///file:/home/me/shop/index.ts#1,1887' });
    expect(read(exported([queue])).resources[0]?.position).toBeUndefined();
  });

  it('puts the defaults of version 1 under the inputs', () => {
    const old = state('aws:sqs/queue:Queue', 'q', { inputs: { a: 1 }, defaults: { a: 0, b: 2 } });
    expect(read({ version: 1, checkpoint: { latest: { resources: [old] } } }).resources[0]?.inputs).toEqual({ a: 1, b: 2 });
  });

  it('takes the Region from the configuration of a checkpoint, never a secret one', () => {
    const of = (region: unknown): unknown =>
      read({ version: 3, checkpoint: { config: { 'aws:region': region }, latest: { resources: [stackState] } } }).configRegion;
    expect([of('eu-west-1'), of({ value: 'eu-west-2' }), of({ secure: 'x' }), of(undefined)]).toEqual([
      'eu-west-1',
      'eu-west-2',
      undefined,
      undefined,
    ]);
  });
});

it('refuses with UsageError', () => {
  expect(() => parseSource('', 'x')).toThrow(UsageError);
});
