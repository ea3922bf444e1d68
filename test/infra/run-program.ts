/** Runs the reference workload under Pulumi's own mocks and keeps what it registers. */
import * as pulumi from '@pulumi/pulumi';
import { vi } from 'vitest';

export interface Registered {
  readonly type: string;
  readonly name: string;
  /** As Pulumi's mocks give them: untyped, the inputs of some eighty types. */
  readonly inputs: pulumi.runtime.MockResourceArgs['inputs'];
  /** Logical name of its provider; empty for components. */
  readonly provider: string;
}

const SETTINGS = {
  domain: 'shop.example',
  accountId: '111122223333',
  backupAccountId: '444455556666',
  imageVersion: '1.0.0',
  pagerUrl: 'https://events.pager.example/v1/shop',
  auditorExternalId: 'holdfast-shop-test',
} as const;

export interface Run {
  readonly mend?: string;
  /** Settings that differ from the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `full`: every resource has an ARN and an endpoint. `bare`: outputs are the inputs, as the shortest mocks do. */
  readonly outputs?: 'full' | 'bare';
  readonly preview?: boolean;
}

function outputsOf(args: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  return {
    ...args.inputs,
    arn: `arn:aws:${args.type}:${providerName(args)}:111122223333:${args.name}`,
    dnsName: `${args.name}.elb.example`,
    endpoint: `${args.name}.db.example`,
    zoneId: `${args.name}-zone`,
    fqdn: args.inputs.name,
    globalReplicationGroupId: `${args.name}-global`,
  };
}

function providerName(args: pulumi.runtime.MockResourceArgs): string {
  return args.provider?.split('::').at(-2) ?? '';
}

/** The program once, from the start. What it registers, in no particular order, and its exports. */
export async function runProgram(run: Run = {}): Promise<{
  readonly resources: readonly Registered[];
  readonly outputs: Readonly<Record<string, unknown>>;
}> {
  const resources: Registered[] = [];
  vi.resetModules();
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        resources.push({ type: args.type, name: args.name, inputs: args.inputs, provider: providerName(args) });
        return { id: `${args.name}-id`, state: run.outputs === 'bare' ? args.inputs : outputsOf(args) };
      },
      call: () => ({ randomPassword: 'made-by-the-mock' }),
    },
    'shop',
    'test',
    run.preview ?? false,
  );
  const settings = { ...SETTINGS, mend: run.mend ?? '', ...run.settings };
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(settings).map(([key, value]) => [`shop:${key}`, value])));
  // The SDK captures a stack for every promise; without any the run takes a third of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const outputs = await import('../../infra/index.ts');
    await pulumi.runtime.disconnect();
    return { resources, outputs };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
