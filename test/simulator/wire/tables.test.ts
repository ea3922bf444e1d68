/** Clients without schemas: what they send is what the tables say, and what is answered is what they read. */
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../src/simulator/wire/model.ts';
import { requestHandler } from '../../../src/simulator/wire/request-handler.ts';
import type { Member } from '../../../src/simulator/wire/shapes.ts';
import { echo, plain, sdk, settings, worldOf } from './support.ts';

const TABLED = ['resiliencehub', 'fis', 'drs', 'route53-recovery-control-config'];

/** Members that the installed clients are too old for; boto3 sends them. */
const NEWER = new Set(['ListApps awsApplicationArn', 'ListExperiments experimentTemplateId']);

const sample = ({ shape }: Member, i: number): unknown =>
  shape.kind === 'number'
    ? 7 + i
    : shape.kind === 'boolean'
      ? true
      : shape.kind === 'timestamp'
        ? new Date(Date.UTC(2026, 10, 23))
        : shape.kind === 'list'
          ? ['one', 'two & three']
          : `arn:aws:x:eu-west-1:1:thing/${i} +`;

describe('rows', () => {
  it.each(TABLED)('%s: labels and query members of every operation arrive as they were given', async (name) => {
    const module = await sdk(name);
    const service = await echo(name);
    const client = new module.client(settings(requestHandler(worldOf([service.service]))));
    const { operations } = await modelOf(name);
    expect(operations.size).toBeGreaterThan(20);
    for (const operation of operations.values()) {
      const Command = module.command(operation.name);
      if (Command === undefined) continue;
      const members = operation.input.members.filter((member) => !NEWER.has(`${operation.name} ${member.name}`));
      const input = Object.fromEntries(members.map((member, i) => [member.name, sample(member, i)]));
      service.got = undefined;
      await client.send(new Command(input)).catch(() => undefined);
      const { operation: got, input: arrived } = service.got ?? { operation: 'none', input: {} };
      // Clients add a token of their own to what must not happen twice.
      const { clientToken: _, ClientToken: __, ...rest } = arrived as Record<string, unknown>;
      expect({ got, rest }).toEqual({ got: operation.name, rest: input });
    }
  });

  it.each(TABLED)('%s: no operation of the client is missing', async (name) => {
    const module = await import(`@aws-sdk/client-${name}`);
    const commands = Object.keys(module).flatMap((key) => /^([A-Z]\w+)Command$/.exec(key)?.slice(1) ?? []);
    expect([...(await modelOf(name)).operations.keys()]).toEqual(expect.arrayContaining(commands));
  });
});

describe('bodies', () => {
  const instant = new Date(Date.UTC(2026, 10, 23, 9, 30));
  it.each([
    [
      'resiliencehub',
      'CreateApp',
      { name: 'shop', policyArn: 'arn:p', tags: { a: 'b' }, assessmentSchedule: 'Daily' },
      { app: { appArn: 'arn:app', name: 'shop', creationTime: instant, complianceStatus: 'NotAssessed', tags: { a: 'b' } } },
    ],
    [
      'resiliencehub',
      'CreateResiliencyPolicy',
      { policyName: 'gold', tier: 'MissionCritical', policy: { AZ: { rpoInSecs: 60, rtoInSecs: 300 } } },
      { policy: { policyArn: 'arn:p', policy: { AZ: { rpoInSecs: 60, rtoInSecs: 300 } }, creationTime: instant } },
    ],
    [
      'fis',
      'CreateExperimentTemplate',
      {
        clientToken: 'token',
        description: 'one AZ',
        roleArn: 'arn:role',
        stopConditions: [{ source: 'none' }],
        actions: { stop: { actionId: 'aws:ec2:stop-instances', parameters: { a: 'b' }, targets: { Instances: 'all' } } },
        targets: { all: { resourceType: 'aws:ec2:instance', selectionMode: 'ALL', resourceTags: { az: 'a' } } },
      },
      { experimentTemplate: { id: 'EXT1', creationTime: instant, targets: { all: { resourceType: 'aws:ec2:instance' } } } },
    ],
    [
      'drs',
      'StartRecovery',
      { isDrill: true, sourceServers: [{ sourceServerID: 's-1' }], tags: { drill: 'yes' } },
      { job: { jobID: 'j-1', status: 'PENDING', participatingServers: [{ sourceServerID: 's-1', launchStatus: 'PENDING' }] } },
    ],
    [
      'route53-recovery-control-config',
      'CreateSafetyRule',
      {
        ClientToken: 'token',
        AssertionRule: {
          AssertedControls: ['arn:a', 'arn:b'],
          ControlPanelArn: 'arn:panel',
          Name: 'one stays on',
          RuleConfig: { Inverted: false, Threshold: 1, Type: 'ATLEAST' },
          WaitPeriodMs: 5000,
        },
      },
      { AssertionRule: { Name: 'one stays on', Status: 'PENDING', AssertedControls: ['arn:a', 'arn:b'], WaitPeriodMs: 5000 } },
    ],
  ])('%s %s', async (name, operation, input, output) => {
    const module = await sdk(name);
    const service = await echo(name);
    service.output = output;
    const client = new module.client(settings(requestHandler(worldOf([service.service]))));
    const Command = module.command(operation);
    const reply = Command === undefined ? undefined : await client.send(new Command(input));
    const { clientToken: _, ...rest } = (service.got?.input ?? {}) as Record<string, unknown>;
    const { clientToken: __, ...given } = input as Record<string, unknown>;
    expect(rest).toEqual(given);
    expect(await plain(reply)).toEqual(await plain(output));
  });
});
