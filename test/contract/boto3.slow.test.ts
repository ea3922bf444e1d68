/** AWS's own Python clients against the HTTP door: every operation that is simulated, with inputs made from botocore's models. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshAws } from '../../src/simulator/fresh.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import { SIMULATED } from '../../src/simulator/registry.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import { boto3Name, type Conversation, converse, type Ran, runWith, tools } from './python.ts';

const python = tools('aws-clients', ['boto3==1.44.5', 'awscli==1.46.3']);
const OBJECTS = fileURLToPath(new URL('boto3_objects.py', import.meta.url));
const CALLS = fileURLToPath(new URL('boto3_calls.py', import.meta.url));

interface Outcome {
  readonly service: string;
  readonly operation: string;
  readonly ok: boolean;
  /** The operation needs no input. */
  readonly bare: boolean;
  /** As the AWS CLI spells the operation. */
  readonly command: string;
  readonly code: string;
  readonly message: string;
}

/** Codes of the codec, and Python's names for replies that it cannot read: none of them is an answer of a service. */
const PROTOCOL_FAULTS =
  /^(|InternalFailure|InternalError|SerializationException|MalformedInput|MalformedXML|UnknownOperationException|InvalidAction|NotImplemented|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|MissingAuthenticationToken.*|5\d\d|\w*ParserError|ParamValidationError|ConnectionError|EndpointConnectionError|ReadTimeoutError|ConnectionClosedError)$/;

let door: HttpDoor;
let clients: Conversation | undefined;
const mistakes: unknown[] = [];

beforeAll(async () => {
  const aws = freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  addAdministratorKey(aws.world, 'test', 'test', '123456789012');
  door = await openHttpDoor(aws, { port: 0, host: '127.0.0.1', clock: false, onMistake: (error) => mistakes.push(error) });
  if (python.installed) clients = converse(`${python.bin}/python`, [CALLS], door.url);
});

afterAll(async () => {
  await clients?.end();
  await door.close();
});

describe.skipIf(!python.installed)('boto3, then the AWS CLI', () => {
  it.each(SIMULATED.map((service) => [service.client, Object.keys(service.operations)] as const))(
    '%s',
    async (client, operations) => {
      if (clients === undefined) throw new Error('expected Python to run');
      const calls = operations.map((operation) => ({ service: boto3Name(client), operation }));
      mistakes.length = 0;
      const outcomes = JSON.parse(await clients.ask(JSON.stringify({ endpoint: door.url, calls }))) as readonly Outcome[];
      expect(outcomes.length).toBe(calls.length);
      expect(mistakes).toEqual([]);
      expect(outcomes.filter((one) => !one.ok && PROTOCOL_FAULTS.test(one.code))).toEqual([]);
      // Not everything fails: what lists and describes needs no input, and answers.
      expect(outcomes.some((one) => one.ok)).toBe(true);
      // What makes something may refuse to make it twice.
      const bare = outcomes.find((one) => one.ok && one.bare && !one.command.startsWith('create-'));
      if (bare === undefined) return;
      // The CLI keeps `s3` for commands of its own.
      const api = bare.service === 's3' ? 's3api' : bare.service;
      const aws = [api, bare.command, '--output', 'json', '--endpoint-url', door.url];
      const shown = JSON.parse(await clients.ask(JSON.stringify({ aws }))) as Ran;
      expect({ command: bare.command, code: shown.code, err: shown.err }).toEqual({ command: bare.command, code: 0, err: '' });
      if (shown.out.trim() !== '') expect(JSON.parse(shown.out)).toBeTypeOf('object');
    },
  );
});

describe.skipIf(!python.installed)('objects', () => {
  it('by every way to sign and to send them', async () => {
    if (!python.installed) return;
    mistakes.length = 0;
    const { code, out, err } = await runWith(`${python.bin}/python`, [OBJECTS, door.url], door.url);
    expect({ code, err, mistakes }).toEqual({ code: 0, err: '', mistakes: [] });
    expect(out.trim().split('\n').length).toBe(6);
  });
});
