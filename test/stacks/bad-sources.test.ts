import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.ts';
import { decodeText } from '../../src/stacks/json-text.ts';
import { parseSource } from '../../src/stacks/parse-source.ts';
import { exported, stackState, state, urnOf } from './sources.ts';

const Q = 'aws:sqs/queue:Queue';
const deep = (n: number): string => `${'['.repeat(n)}1${']'.repeat(n)}`;
const ofResource = (more: Record<string, unknown>): unknown => exported([stackState, state(Q, 'q', more)]);
const ofStep = (step: unknown): unknown => ({ steps: [step], changeSummary: {} });
const ofPlan = (plan: unknown): unknown => ({ resourcePlans: { [urnOf(Q, 'q')]: plan } });
const event = (more: Record<string, unknown>): string => JSON.stringify({ sequence: 1, timestamp: 1, ...more });

/** What is wrong, the source, the code, and the place that the message must name. */
const BAD: readonly (readonly [string, unknown, string, string])[] = [
  ['nothing', '', 'empty-source', 'bad.json'],
  ['blank', ' \n\t\n', 'empty-source', 'bad.json'],
  ['no JSON at all', 'Previewing update (prod)\n', 'not-json', 'line 1, column 1'],
  ['a YAML file', 'name: shop\nruntime: nodejs\n', 'not-json', 'line 1, column 1'],
  ['a word', '{"version": 3,\n "deployment": none}', 'not-json', 'line 2, column 16'],
  ['a missing comma', '{"version": 3\n "deployment": null}', 'not-json', 'line 2, column 2'],
  ['a comma too many', '{"version": 3,\n}', 'not-json', 'line 2, column 1'],
  ['a bad escape', '{"a":\n"x\\q"}', 'not-json', 'line 2, column 3'],
  ['a line end inside a text', '{"a": "x\ny"}', 'not-json', 'line 1, column 9'],
  ['the wrong bracket', '{"a": [1, 2}', 'not-json', 'line 1, column 12'],
  ['text after the end', '{"version": 3, "deployment": null}\n{}', 'not-json', 'line 2, column 1'],
  ['single quotes', "{'version': 3}", 'not-json', 'line 1, column 2'],
  ['cut inside an object', '{"version": 3,\n "deployment": {', 'truncated', 'line 2, column 17'],
  ['cut inside a text', '{"version": 3, "deploy', 'truncated', 'line 1, column 23'],
  ['cut inside an escape', '{"version": "\\u00', 'truncated', 'line 1'],
  ['cut inside a word', '{"version": tr', 'truncated', 'line 1, column 15'],
  ['not text', Buffer.from([0x80, 0x81, 0x82]), 'not-text', 'bad.json'],
  ['a cut gzip file', Buffer.from([0x1f, 0x8b, 8, 0]), 'not-text', 'bad.json'],
  ['a list', [1, 2], 'unrecognised-source', 'bad.json'],
  ['a number', '12', 'unrecognised-source', 'bad.json'],
  ['null', 'null', 'unrecognised-source', 'bad.json'],
  ['an empty object', {}, 'unrecognised-source', 'bad.json'],
  [
    'a CloudFormation template',
    { AWSTemplateFormatVersion: '2010-09-09', Resources: {} },
    'unrecognised-source',
    'CloudFormation',
  ],
  ['Terraform state', { version: 4, terraform_version: '1.9.0', resources: [] }, 'unrecognised-source', 'Terraform'],
  ['the inside of a deployment', { manifest: {}, resources: [] }, 'unrecognised-source', 'inside of a deployment'],
  ['version 5', { version: 5, deployment: { resources: [] } }, 'unsupported-version', 'version in bad.json'],
  ['no version', { deployment: { resources: [] } }, 'unsupported-version', 'version in bad.json'],
  ['a version as text', { version: '3', checkpoint: {} }, 'unsupported-version', 'found a text'],
  [
    'an unknown feature',
    { version: 4, features: ['taint', 'time-travel'], deployment: {} },
    'unsupported-feature',
    '"time-travel"',
  ],
  ['features that are no list', { version: 4, features: 'taint', deployment: {} }, 'wrong-type', 'features in bad.json'],
  ['a deployment that is a list', { version: 3, deployment: [] }, 'wrong-type', 'deployment in bad.json'],
  ['a checkpoint that is null', { version: 3, checkpoint: null }, 'wrong-type', 'checkpoint in bad.json'],
  ['a latest that is a text', { version: 3, checkpoint: { latest: 'x' } }, 'wrong-type', 'checkpoint.latest'],
  ['resources that are no list', { version: 3, deployment: { resources: {} } }, 'wrong-type', 'deployment.resources in bad.json'],
  ['a resource that is a text', exported([stackState, 'x']), 'wrong-type', 'deployment.resources[1] in bad.json'],
  ['a resource that is null', exported([null]), 'wrong-type', 'deployment.resources[0]'],
  ['no URN', exported([{ type: Q }]), 'missing-field', 'deployment.resources[0].urn'],
  ['a URN that is a number', exported([{ urn: 1, type: Q }]), 'wrong-type', 'deployment.resources[0].urn'],
  ['a URN without parts', exported([{ urn: 'urn:pulumi:prod::shop', type: Q }]), 'malformed-urn', 'deployment.resources[0].urn'],
  ['an ARN for a URN', exported([{ urn: 'arn:aws:sqs:us-east-1:1:q', type: Q }]), 'malformed-urn', 'deployment.resources[0].urn'],
  ['a URN twice', exported([stackState, state(Q, 'q'), state(Q, 'q')]), 'duplicate-urn', 'deployment.resources[2]'],
  ['no type', exported([{ urn: urnOf(Q, 'q') }]), 'missing-field', 'deployment.resources[0].type'],
  ['a type that is a list', exported([{ urn: urnOf(Q, 'q'), type: [] }]), 'wrong-type', 'deployment.resources[0].type'],
  ['custom as text', ofResource({ custom: 'yes' }), 'wrong-type', 'deployment.resources[1].custom'],
  ['delete as number', ofResource({ delete: 1 }), 'wrong-type', 'deployment.resources[1].delete'],
  ['protect as text', ofResource({ protect: 'true' }), 'wrong-type', 'deployment.resources[1].protect'],
  ['an id that is an object', ofResource({ id: {} }), 'wrong-type', 'deployment.resources[1].id'],
  ['inputs that are a list', ofResource({ inputs: [] }), 'wrong-type', 'deployment.resources[1].inputs'],
  ['outputs that are a text', ofResource({ outputs: 'x' }), 'wrong-type', 'deployment.resources[1].outputs'],
  ['dependencies that are a text', ofResource({ dependencies: 'x' }), 'wrong-type', 'deployment.resources[1].dependencies'],
  [
    'a dependency that is a number',
    ofResource({ dependencies: ['a', 2] }),
    'wrong-type',
    'deployment.resources[1].dependencies[1]',
  ],
  [
    'property dependencies of a wrong kind',
    ofResource({ propertyDependencies: { a: 1 } }),
    'wrong-type',
    'propertyDependencies.a',
  ],
  ['a parent that is an object', ofResource({ parent: {} }), 'wrong-type', 'deployment.resources[1].parent'],
  ['pending operations of a wrong kind', exported([], { pending_operations: [1] }), 'wrong-type', 'pending_operations[0]'],
  [
    'inputs 10,000 deep',
    `{"version":3,"deployment":{"resources":[{"urn":"${urnOf(Q, 'q')}","type":"${Q}","inputs":{"a":${deep(10_000)}}}]}}`,
    'too-deep',
    'deployment.resources[0].inputs',
  ],
  ['nothing but brackets', '['.repeat(26_000_000), 'too-large', 'bad.json'],
  ['steps that are no list', { steps: {}, changeSummary: {} }, 'wrong-type', 'steps in bad.json'],
  ['a step without an op', ofStep({ urn: urnOf(Q, 'q') }), 'missing-field', 'steps[0].op'],
  ['a step of an unknown op', ofStep({ op: 'teleport', urn: urnOf(Q, 'q') }), 'unknown-operation', 'steps[0].op'],
  ['an op named like a method', ofStep({ op: 'constructor', urn: urnOf(Q, 'q') }), 'unknown-operation', 'steps[0].op'],
  ['a step without its new state', ofStep({ op: 'create', urn: urnOf(Q, 'q') }), 'wrong-type', 'steps[0].newState'],
  ['a diagnostic that is a text', { steps: [], diagnostics: ['x'] }, 'wrong-type', 'diagnostics[0]'],
  ['plans that are a list', { resourcePlans: [] }, 'wrong-type', 'resourcePlans'],
  [
    'a plan under a malformed URN',
    { resourcePlans: { 'shop/q': { steps: ['create'] } } },
    'malformed-urn',
    'resourcePlans["shop/q"]',
  ],
  ['a plan whose steps are a text', ofPlan({ steps: 'create' }), 'wrong-type', '.steps'],
  ['a plan of an unknown step', ofPlan({ steps: ['create', 'x'] }), 'unknown-operation', '.steps[1]'],
  ['a goal without a type', ofPlan({ steps: ['create'], goal: {} }), 'missing-field', '.goal.type'],
  [
    'a goal with a wrong diff',
    ofPlan({ steps: ['create'], goal: { type: Q, inputDiff: { adds: [] } } }),
    'wrong-type',
    '.goal.inputDiff.adds',
  ],
  ['events without their end', `${event({ preludeEvent: { config: {} } })}\n`, 'truncated', 'bad.json'],
  ['events cut inside one', `${event({ preludeEvent: {} })}\n{"sequence": 2, "su`, 'truncated', 'line 2, column 20'],
  [
    'an event without metadata',
    `${event({ preludeEvent: {} })}\n${event({ resourcePreEvent: {} })}`,
    'wrong-type',
    'resourcePreEvent.metadata in bad.json, line 2',
  ],
];

describe('bad sources', () => {
  it.each(BAD)('%s', (_name, source, code, place) => {
    const input = typeof source === 'string' || source instanceof Uint8Array ? source : JSON.stringify(source);
    let thrown: unknown;
    try {
      parseSource(input, 'bad.json');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UsageError);
    expect(thrown).toMatchObject({ code });
    expect((thrown as UsageError).message).toContain(place);
    expect((thrown as UsageError).message.length).toBeLessThan(600);
  });

  it('refuses a source over the limit, and a gzip file that unpacks to more', () => {
    expect(() => decodeText(new Uint8Array(11), 'x', 10)).toThrow(expect.objectContaining({ code: 'too-large' }) as Error);
    const bomb = gzipSync(Buffer.alloc(1000));
    expect(() => decodeText(bomb, 'x', 100)).toThrow(expect.objectContaining({ code: 'too-large' }) as Error);
  });
});
