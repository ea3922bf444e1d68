/** The tables name properties that there are. */
import { describe, expect, it } from 'vitest';
import { defaultsOf } from '../../src/provider/facts/defaults.ts';
import { FORCED_COMPUTE } from '../../src/provider/facts/forced-compute.ts';
import { FORCED_DATA } from '../../src/provider/facts/forced-data.ts';
import { FORCED_OTHERS } from '../../src/provider/facts/forced-others.ts';
import { namingOf } from '../../src/provider/facts/names.ts';
import { forcedOf, keyOf, knownTypes, shapeOf } from '../../src/provider/facts/shape.ts';
import { unreadOf } from '../../src/provider/facts/shown.ts';
import { SIMULATED } from '../../src/simulator/registry.ts';

const BY_KEY = new Map(knownTypes().map((type) => [keyOf(type), type]));

describe('tables of the provider', () => {
  it('cover every type that the simulator deploys', () => {
    const types = SIMULATED.flatMap((s) => (s.deployers ?? []).map((d) => d.type)).filter((t) => t.startsWith('aws:'));
    expect(types.filter((type) => shapeOf(type) === undefined)).toEqual([]);
  });

  it.each([
    ['compute', FORCED_COMPUTE],
    ['data', FORCED_DATA],
    ['others', FORCED_OTHERS],
  ])('of %s name types and inputs', (_, table) => {
    const wrong = Object.entries(table).flatMap(([key, paths]) => {
      const shape = shapeOf(BY_KEY.get(key) ?? '');
      if (shape === undefined) return [key];
      return paths
        .split(' ')
        .filter((path) => path !== '' && !shape.inputs.has(path.split('.')[0] ?? ''))
        .map((path) => `${key} ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  it('have defaults of inputs that AWS does not fill in, and read none that are not there', () => {
    const wrong = knownTypes().flatMap((type) => {
      const shape = shapeOf(type);
      const names = [...Object.keys(defaultsOf(type)), ...unreadOf(type)];
      return names.filter((name) => shape?.inputs.has(name) !== true).map((name) => `${type} ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ['aws:s3/bucket:Bucket', {}, { property: 'bucket', longest: 63, lower: true }],
    ['aws:rds/instance:Instance', {}, { property: 'identifier', lower: true }],
    ['aws:lb/loadBalancer:LoadBalancer', {}, { property: 'name', longest: 32 }],
    ['aws:sqs/queue:Queue', { fifoQueue: true }, { property: 'name', suffix: '.fifo' }],
    ['aws:iam/role:Role', {}, { property: 'name', longest: 64 }],
  ])('name %s', (type, inputs, expected) => {
    expect(namingOf(type, inputs)).toMatchObject(expected);
  });

  it.each(['aws:ec2/vpc:Vpc', 'aws:route53/record:Record', 'aws:ec2/subnet:Subnet', 'aws:nowhere/thing:Thing'])(
    'do not name %s',
    (type) => {
      expect(namingOf(type, {})).toBeUndefined();
    },
  );

  it('force a new resource for a new name, but where the name can change', () => {
    expect(forcedOf('aws:sns/topic:Topic')).toContain('name');
    expect(forcedOf('aws:backup/plan:Plan')).not.toContain('name');
  });
});
