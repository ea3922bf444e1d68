/**
 * The wire contract: seeded values through every operation of every client that has schemas, request and reply, client → bytes →
 * simulated service and back. Whatever a service implements is among them.
 */
import { describe, expect, it } from 'vitest';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import { requestHandler } from '../../../src/simulator/wire/request-handler.ts';
import { tableOf } from '../../../src/simulator/wire/tables.ts';
import { random } from '../../../src/simulator/world/random.ts';
import { CLIENTS, echo, plain, sampleOf, sdk, settings, worldOf } from './support.ts';

/** What one call of a client cannot show, and why. `request` and `reply` are the halves that are left out. */
const ODD: Readonly<Record<string, { readonly halves: readonly ('request' | 'reply')[]; readonly why: string }>> = {
  'lambda InvokeWithResponseStream': { halves: ['reply'], why: 'a stream of events, which nobody simulates' },
  's3 SelectObjectContent': { halves: ['reply'], why: 'a stream of events, which nobody simulates' },
  's3 GetObject': { halves: ['reply'], why: 'the client makes ExpiresString out of the Expires header' },
  's3 HeadObject': { halves: ['reply'], why: 'the client makes ExpiresString out of the Expires header' },
  's3 ListDirectoryBuckets': { halves: ['request', 'reply'], why: 'signed for s3express, another service' },
  's3 WriteGetObjectResponse': { halves: ['request', 'reply'], why: 'signed for s3-object-lambda, another service' },
  'sqs ReceiveMessage': { halves: ['reply'], why: 'the client checks MD5 sums, which random values fail' },
  'sqs SendMessage': { halves: ['reply'], why: 'the client checks MD5 sums, which random values fail' },
  'sqs SendMessageBatch': { halves: ['reply'], why: 'the client checks MD5 sums, which random values fail' },
  'sts AssumeRoleWithSAML': { halves: ['request', 'reply'], why: 'not signed: the caller is told by what it brings' },
  'sts AssumeRoleWithWebIdentity': { halves: ['request', 'reply'], why: 'not signed: the caller is told by what it brings' },
};

describe('every operation, both ways', () => {
  it.each(CLIENTS.filter((client) => tableOf(client) === undefined))('%s', async (name) => {
    const module = await sdk(name);
    const service = await echo(name);
    const client = new module.client(settings(requestHandler(worldOf([service.service]))));
    const { next } = random(20261123);
    expect(module.operations.length).toBeGreaterThan(0);
    for (const operation of module.operations) {
      const odd = ODD[`${name} ${operation.name}`]?.halves ?? [];
      const input = sampleOf(operation.input, next) as object;
      const output = sampleOf(operation.output, next) as Record<string, unknown>;
      if (!operation.output.isUnitSchema())
        for (const [member, schema] of operation.output.structIterator())
          if (schema.getMergedTraits().httpResponseCode) output[member] = 202;
      service.output = output;
      service.got = undefined;
      const reply = await send(client, module.command(operation.name), structuredClone(input)).catch((error: unknown) => error);
      if (!odd.includes('request'))
        expect({ operation: operation.name, request: await plain(service.got) }).toEqual({
          operation: operation.name,
          request: await plain({ operation: operation.name, input }),
        });
      if (!odd.includes('reply'))
        expect({ operation: operation.name, reply: await plain(reply) }).toEqual({
          operation: operation.name,
          reply: await plain(output),
        });
    }
  });

  it('covers what is simulated', () => {
    for (const { client } of SIMULATED) expect([...CLIENTS, 'arc-region-switch', 'arc-zonal-shift']).toContain(client);
  });
});

async function send(
  client: { send(command: never): Promise<object> },
  Command: (new (input: object) => never) | undefined,
  input: object,
): Promise<object> {
  if (Command === undefined) throw new Error('the client has no such command');
  return client.send(new Command(input));
}
