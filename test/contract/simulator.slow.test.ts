/** `holdfast simulator` as a process of its own: what it prints, who comes in, how it stops. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUILT, holdfast, ROOT } from '../cli/holdfast.ts';

const children: ChildProcess[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-simulator-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Running {
  readonly url: string;
  readonly printed: string;
  /** Ends it; resolves to its exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

async function start(args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [BUILT, 'simulator', '--port', '0', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.includes('AWS_DEFAULT_REGION=')) resolve();
    });
    child.on('close', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
  return {
    url: /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? '',
    printed,
    stop: (signal) =>
      new Promise((resolve) => {
        child.removeAllListeners('close').on('close', resolve);
        child.kill(signal);
      }),
  };
}

const tablesOf = async (endpoint: string, accessKeyId: string, secretAccessKey: string): Promise<readonly string[]> => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
  return (await client.send(new ListTablesCommand({}))).TableNames ?? [];
};

describe('holdfast simulator', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('answers, and stops cleanly on %s', async (signal) => {
    const running = await start([]);
    expect(running.printed).toContain(`AWS_ENDPOINT_URL=${running.url} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`);
    expect(await tablesOf(running.url, 'test', 'test')).toEqual([]);
    await expect(tablesOf(running.url, 'test', 'wrong')).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(await running.stop(signal)).toBe(0);
  });

  it('deploys what a source declares; keys are those that are given', async () => {
    const table = 'aws:dynamodb/table:Table';
    const provider = 'urn:pulumi:prod::shop::pulumi:providers:aws::default::8d3c0f2e-0000-4000-8000-000000000000';
    const outputs = { name: 'orders', id: 'orders', billingMode: 'PAY_PER_REQUEST', hashKey: 'id' };
    const file = join(folder, 'export.json');
    const stack = {
      version: 3,
      deployment: {
        manifest: { time: '2026-11-23T00:00:00Z', magic: '', version: 'v3.248.0' },
        resources: [
          { urn: 'urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod', custom: false, type: 'pulumi:pulumi:Stack' },
          {
            urn: 'urn:pulumi:prod::shop::pulumi:providers:aws::default',
            custom: true,
            id: '8d3c0f2e-0000-4000-8000-000000000000',
            type: 'pulumi:providers:aws',
            inputs: { region: 'eu-west-1' },
            outputs: { region: 'eu-west-1' },
          },
          {
            urn: `urn:pulumi:prod::shop::${table}::orders`,
            custom: true,
            id: 'orders',
            type: table,
            provider,
            inputs: { ...outputs, attributes: [{ name: 'id', type: 'S' }] },
            outputs: { ...outputs, attributes: [{ name: 'id', type: 'S' }] },
          },
        ],
      },
    };
    writeFileSync(file, JSON.stringify(stack));
    const running = await start(['--key', 'AKIA1:a:secret:999988887777', '--region', 'eu-west-1', file]);
    expect(await tablesOf(running.url, 'AKIA1', 'a:secret')).toEqual(['orders']);
    await expect(tablesOf(running.url, 'test', 'test')).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it.each([
    ['an address that others can reach', ['--host', '0.0.0.0'], '0.0.0.0'],
    ['a key without an account', ['--key', 'test:test'], 'ACCESS:SECRET:ACCOUNT'],
    ['a port that is none', ['--port', 'x'], 'whole number'],
    ['a source that is not there', [join('nowhere', 'export.json')], 'nowhere'],
  ])('%s is bad usage', async (_, args, said) => {
    const { code, err } = await holdfast(['simulator', ...args]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(said) });
  });
});
