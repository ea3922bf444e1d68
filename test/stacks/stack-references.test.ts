import { describe, expect, it } from 'vitest';
import type { SourceReading } from '../../src/model/resource.ts';
import { Hole, type Value, type Values } from '../../src/model/value.ts';
import { normalise } from '../../src/stacks/normalise.ts';
import { linkStackReferences } from '../../src/stacks/stack-references.ts';
import { exported, read, state, urnOf } from './sources.ts';

const REF = 'pulumi:pulumi:StackReference';
const base = normalise(
  read(exported([state(REF, 'net', { inputs: { name: 'acme/network/prod' } }), state('aws:sqs/queue:Queue', 'q')])),
  {
    region: undefined,
  },
);
const hole = (property: string, template?: string): Hole =>
  new Hole('unresolved-at-preview', 'd', [{ urn: urnOf(REF, 'net'), property }], template);
const withInput = (value: Value): SourceReading => ({
  ...base,
  resources: base.resources.map((r) => (r.name === 'q' ? { ...r, inputs: { a: [value] } } : r)),
});
const network = (stackOutputs: Values, project = 'network', stack = 'prod'): SourceReading => ({
  ...base,
  resources: [],
  project,
  stack,
  stackOutputs,
});
const linkedInput = (value: Value, ...others: SourceReading[]): unknown => {
  const q = linkStackReferences([withInput(value), ...others])[0]?.resources.find((r) => r.name === 'q')?.inputs.a;
  return Array.isArray(q) ? q[0] : q;
};

describe('stack references', () => {
  const outputs: Values = {
    vpcId: 'vpc-1',
    'a.b': 'dotted',
    nested: { ids: ['x', 'y'] },
    later: new Hole('unresolved-at-preview', 'other', [{ urn: 'v', property: 'id' }]),
  };
  it.each([
    ['an output', 'outputs.vpcId', 'vpc-1'],
    ['a name with a dot', 'outputs.a.b', 'dotted'],
    ['a path into an output', 'outputs.nested.ids.1', 'y'],
    ['a whole output', 'outputs.nested', { ids: ['x', 'y'] }],
    ['an output that is itself not known yet', 'outputs.later', outputs.later],
  ])('%s', (_name, property, expected) => expect(linkedInput(hole(property), network(outputs))).toEqual(expected));

  it.each<[string, Hole, SourceReading[]]>([
    ['an output that the stack lacks', hole('outputs.none'), [network(outputs)]],
    ['a method of every object', hole('outputs.constructor'), [network(outputs)]],
    ['another property', hole('name'), [network(outputs)]],
    ['a text made from it', hole('outputs.vpcId', 'x-${0}'), [network(outputs)]],
    ['a stack that is not given', hole('outputs.vpcId'), []],
    ['another project', hole('outputs.vpcId'), [network(outputs, 'database')]],
    ['a stack given twice', hole('outputs.vpcId'), [network(outputs), network(outputs)]],
  ])('stays: %s', (_name, value, others) => expect(linkedInput(value, ...others)).toBe(value));

  it('ends in a circle', () => {
    const circle = { ...network({ a: hole('outputs.a') }) };
    expect(linkedInput(hole('outputs.a'), circle)).toBeInstanceOf(Hole);
  });
});
