import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.ts';
import { normalise } from '../../src/stacks/normalise.ts';
import { overlay } from '../../src/stacks/overlay.ts';
import { parseSource } from '../../src/stacks/parse-source.ts';
import type { RawReading } from '../../src/stacks/raw.ts';
import { linkStackReferences } from '../../src/stacks/stack-references.ts';
import { haveExports, realExport } from './real-exports.ts';
import { exported, type Json, stackState, state, urnOf } from './sources.ts';

const LIMIT = 120_000;

/** Reads all the way; any error other than UsageError fails the test. */
function readAll(text: string): RawReading | undefined {
  try {
    const raw = parseSource(text, 'fuzz');
    linkStackReferences([normalise(raw, { region: undefined })]);
    return raw;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return undefined;
  } finally {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  }
}

const nasty = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x',
  '__proto__',
  'urn:pulumi:::::::',
  'arn:aws:s3:::',
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '[secret]',
  '{"a":',
  '[[',
  '{"__proto__":{"polluted":1}}',
  [],
  {},
  [[]],
  [null],
  { constructor: {} },
  { toString: 1 },
  'a'.repeat(5000),
  { '4dabf18193072939515e22adb298388d': {} },
  { '4dabf18193072939515e22adb298388d': '5cf8f73096256a8f31e491e813e4eb8e', urn: 1 },
  { '4dabf18193072939515e22adb298388d': 'd0e6a833031e9bbcd3f4e8bde6ca49a4', dependencies: 1 },
);
const json = fc.oneof({ weight: 3, arbitrary: nasty }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) });

/** Replaces the value at one random place of a document. */
function mutate(document: unknown, choices: readonly number[], replacement: unknown): unknown {
  const [choice, ...rest] = choices;
  if (choice === undefined || typeof document !== 'object' || document === null) return replacement;
  if (Array.isArray(document)) {
    if (document.length === 0) return replacement;
    const at = choice % document.length;
    return document.map((item, i) => (i === at ? mutate(item, rest, replacement) : item));
  }
  const keys = Object.keys(document);
  const key = keys[choice % keys.length];
  if (key === undefined) return replacement;
  return { ...document, [key]: mutate((document as Json)[key], rest, replacement) };
}

const Q = 'aws:sqs/queue:Queue';
const full = state(Q, 'q', {
  id: 'i',
  inputs: { tags: { a: 'b' }, region: 'eu-west-1' },
  outputs: { arn: 'arn:aws:sqs:eu-west-1:111111111111:q', tagsAll: { a: 'b' } },
  parent: stackState.urn,
  dependencies: ['d'],
  propertyDependencies: { tags: ['d'] },
  provider: `${urnOf('pulumi:providers:aws', 'p')}::id`,
  sourcePosition: 'project:///i.ts#1,2',
  protect: true,
});
const provider = state('pulumi:providers:aws', 'p', {
  inputs: {
    region: 'eu-west-1',
    defaultTags: '{"tags":{"a":"b"}}',
    assumeRoles: '[{"roleArn":"x"}]',
    allowedAccountIds: '["1"]',
  },
});
const reference = state('pulumi:pulumi:StackReference', 'r', { inputs: { name: 'o/shop/prod' }, outputs: { outputs: { a: 1 } } });
const bucket = state('aws:s3/bucketV2:BucketV2', 'b', {
  inputs: { versionings: [{ enabled: true }], replicationConfigurations: [{ rules: [{ destinations: [{}] }] }] },
});
const step = (op: string): Json => ({ op, urn: full.urn, oldState: full, newState: full });
const seeds: readonly Json[] = [
  exported([stackState, provider, full, reference, bucket], { pending_operations: [{ type: 'creating', resource: full }] }),
  {
    version: 4,
    features: ['taint'],
    checkpoint: { stack: 's', config: { 'aws:region': 'eu-west-1' }, latest: { resources: [full] } },
  },
  {
    config: { 'aws:region': 'x' },
    steps: [step('create'), step('update'), step('delete')],
    diagnostics: [{ severity: 'error' }],
    changeSummary: { create: 1 },
  },
  {
    manifest: {},
    resourcePlans: {
      [String(full.urn)]: {
        goal: { type: Q, name: 'q', custom: true, protect: false, inputDiff: { adds: { a: 1 }, updates: {}, deletes: ['b'] } },
        steps: ['update'],
        state: {},
      },
    },
  },
];
const event = { sequence: 1, resourcePreEvent: { metadata: { op: 'create', urn: full.urn, old: null, new: full } } };

describe('fuzzed sources', () => {
  const path = fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 });

  it(
    'any JSON, any text',
    () => {
      fc.assert(
        fc.property(fc.json({ maxDepth: 6 }), (text) => void readAll(text)),
        { numRuns: 2000 },
      );
      fc.assert(
        fc.property(fc.string({ maxLength: 200 }), (text) => void readAll(text)),
        { numRuns: 2000 },
      );
    },
    LIMIT,
  );

  it(
    'documents with one or two values replaced',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...seeds), path, json, path, json, (seed, p1, v1, p2, v2) => {
          readAll(JSON.stringify(mutate(mutate(seed, p1, v1), p2, v2)));
        }),
        { numRuns: 6000 },
      );
    },
    LIMIT,
  );

  it(
    'events with a value replaced',
    () => {
      fc.assert(
        fc.property(path, json, (p, v) => {
          readAll(
            `${JSON.stringify(event)}\n${JSON.stringify(mutate(event, p, v))}\n{"sequence":2,"summaryEvent":{"resourceChanges":{}}}`,
          );
        }),
        { numRuns: 1500 },
      );
    },
    LIMIT,
  );

  it(
    'differences with a value replaced, over a state',
    () => {
      const before = parseSource(JSON.stringify(seeds[0]), 'state');
      fc.assert(
        fc.property(fc.constantFrom(...seeds.slice(2)), path, json, (seed, p, v) => {
          const difference = readAll(JSON.stringify(mutate(seed, p, v)));
          if (difference === undefined) return;
          try {
            normalise(overlay(before, difference), { region: undefined });
          } catch (error) {
            if (!(error instanceof UsageError)) throw error;
          }
        }),
        { numRuns: 2000 },
      );
    },
    LIMIT,
  );

  it(
    'a secret never comes out, wherever it stands',
    () => {
      const secret = {
        '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
        plaintext: '"hunter2"',
        ciphertext: 'hunter2',
      };
      const holder = fc.constantFrom<unknown>(
        secret,
        { password: 'hunter2' },
        { name: 'API_TOKEN', value: 'hunter2' },
        [{ masterPassword: 'hunter2' }],
        JSON.stringify({ dbPassword: 'hunter2' }),
      );
      const properties = fc.array(fc.constantFrom('inputs', 'outputs'), { minLength: 1, maxLength: 1 });
      fc.assert(
        fc.property(fc.constantFrom(...seeds.slice(0, 3)), path, holder, properties, (seed, p, value, [part = 'inputs']) => {
          const resource = { ...full, [part]: mutate({ a: [{ b: {} }], tags: { x: 'y' } }, p, value) };
          const text = JSON.stringify(seed).replaceAll(JSON.stringify(full), JSON.stringify(resource));
          const raw = readAll(text);
          if (raw !== undefined) expect(JSON.stringify(normalise(raw, { region: undefined }))).not.toContain('hunter2');
        }),
        { numRuns: 1500 },
      );
    },
    LIMIT,
  );

  it(
    'every message about broken text names a line inside it',
    () => {
      const text = JSON.stringify(seeds[0], null, 1);
      fc.assert(
        fc.property(fc.nat(text.length - 1), fc.constantFrom('', '}', ']', ',', '"', ':', '\\', 'x', '\n'), (at, insert) => {
          const broken = text.slice(0, at) + insert + (insert === '' ? '' : text.slice(at));
          try {
            parseSource(broken, 'fuzz');
          } catch (error) {
            if (!(error instanceof UsageError)) throw error;
            if (error.code !== 'not-json' && error.code !== 'truncated') return;
            const line = Number(/line (\d+), column \d+/.exec(error.message)?.[1]);
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(broken.split('\n').length);
          }
        }),
        { numRuns: 3000 },
      );
    },
    LIMIT,
  );
});

describe.skipIf(!haveExports)('fuzzed real sources', () => {
  const files = [
    'pulumi-aws-apigateway__api_1.0.1_stack.json',
    'pulumi-converter-terraform__benchmark_plans_aws_project_pulumi_plan_claude.out.json',
    'pulumi__operations_todo.json',
    'pulumi__resource_stack_checkpoint-secrets.json',
    'pulumi__resource_stack_checkpoint-v1.json',
    'stratify__pulumi_sample-preview-update.json',
  ];
  const documents = files.map((file) => JSON.parse(haveExports ? realExport(file).toString() : 'null') as unknown);

  it(
    'with values replaced',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...documents),
          fc.array(fc.nat(1000), { minLength: 2, maxLength: 9 }),
          json,
          (document, p, v) => {
            readAll(JSON.stringify(mutate(document, p, v)));
          },
        ),
        { numRuns: 1500 },
      );
    },
    LIMIT,
  );

  it(
    'cut off anywhere',
    () => {
      for (const file of files) {
        const text = realExport(file).toString().trimEnd();
        for (let i = 0; i < 150; i++) {
          const cut = text.slice(0, Math.floor((text.length * i) / 150));
          expect(() => parseSource(cut, file)).toThrow(
            expect.objectContaining({ code: i === 0 ? 'empty-source' : 'truncated' }) as Error,
          );
        }
      }
    },
    LIMIT,
  );
});
