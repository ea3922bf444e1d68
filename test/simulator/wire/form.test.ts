import { describe, expect, it } from 'vitest';
import { readForm } from '../../../src/simulator/wire/form.ts';
import { Malformed, parametersOf } from '../../../src/simulator/wire/message.ts';
import { modelOf } from '../../../src/simulator/wire/model.ts';

async function read(client: string, operation: string, text: string) {
  const { operations, protocol } = await modelOf(client);
  const input = operations.get(operation)?.input;
  if (input === undefined) throw new Error(`${client} has no ${operation}`);
  return readForm(input, parametersOf(text), protocol === 'ec2Query' ? 'ec2Query' : 'awsQuery');
}

describe('readForm', () => {
  it.each([
    [
      'members by their names',
      'rds',
      'DescribeDBInstances',
      'Filters.Filter.1.Name=engine&Filters.Filter.1.Values.Value.1=mysql',
      { Filters: [{ Name: 'engine', Values: ['mysql'] }] },
    ],
    [
      'order by number, not by text',
      'ec2',
      'DescribeVolumes',
      'VolumeId.10=c&VolumeId.2=b&VolumeId.1=a',
      { VolumeIds: ['a', 'b', 'c'] },
    ],
    [
      'numbers and booleans',
      'rds',
      'CreateDBInstance',
      'AllocatedStorage=20&MultiAZ=true',
      { AllocatedStorage: 20, MultiAZ: true },
    ],
    ['Python’s booleans', 'rds', 'CreateDBInstance', 'MultiAZ=False', { MultiAZ: false }],
    ['an empty list', 'rds', 'ModifyDBInstance', 'VpcSecurityGroupIds=', { VpcSecurityGroupIds: [] }],
    [
      'maps',
      'sns',
      'CreateTopic',
      'Attributes.entry.1.key=FifoTopic&Attributes.entry.1.value=true',
      { Attributes: { FifoTopic: 'true' } },
    ],
    [
      'instants',
      'rds',
      'RestoreDBInstanceToPointInTime',
      'RestoreTime=2026-11-23T09%3A30%3A00Z',
      { RestoreTime: new Date(Date.UTC(2026, 10, 23, 9, 30)) },
    ],
    ['what nobody knows', 'rds', 'DescribeDBInstances', 'Colour=red&__proto__.a=1', {}],
  ])('%s', async (_, client, operation, text, expected) => {
    expect(await read(client, operation, text)).toEqual(expected);
  });

  it.each([
    ['text for a number', 'AllocatedStorage=much'],
    ['text for a boolean', 'MultiAZ=perhaps'],
    ['a structure for a text', 'Engine.Name=mysql'],
  ])('refuses %s', async (_, text) => {
    await expect(read('rds', 'CreateDBInstance', text)).rejects.toThrow(Malformed);
  });
});
