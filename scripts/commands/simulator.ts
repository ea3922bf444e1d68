/** `holdfast simulator`: simulated AWS as an HTTP endpoint of this machine, with declared resources in it. */
import { UsageError } from '../../src/model/errors.ts';
import { deploy } from '../../src/simulator/deploy/deploy.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { read } from './judging.ts';

export interface SimulatorFlags extends Omit<SourceFlags, 'color'> {
  readonly port: number;
  readonly host: string;
  /** `ACCESS:SECRET:ACCOUNT` each. */
  readonly key: readonly string[];
  readonly seed: number;
}

interface GivenKey {
  readonly id: string;
  readonly secret: string;
  readonly account: string;
}

/** AWS's example account, with the key that emulators take by custom. */
const DEFAULT_KEY: GivenKey = { id: 'test', secret: 'test', account: '123456789012' };
const DEFAULT_REGION = 'us-east-1';
/** Milliseconds of real time after which virtual time follows. */
const PACE = 50;

export async function simulator(sources: readonly string[], flags: SimulatorFlags, around: Surroundings): Promise<number> {
  const given = flags.key.map(keyOf);
  const keys = given.length > 0 ? given : [DEFAULT_KEY];
  const [{ id, secret, account } = DEFAULT_KEY] = keys;
  const region = flags.region ?? DEFAULT_REGION;
  const aws = freshAws({ start: Date.now(), seed: flags.seed, consistency: 0 });
  for (const key of keys) addAdministratorKey(aws.world, key.id, key.secret, key.account);
  if (sources.length > 0) await fill(aws, sources, flags, around, { account, region });
  const door = await open(aws, flags);
  const lines = [
    `simulated AWS: ${door.url}`,
    `account ${account}, Region ${region}; stop with Ctrl-C`,
    '',
    `export AWS_ENDPOINT_URL=${door.url} AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret}`,
    `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    'aws rds describe-db-instances',
  ];
  around.write(`${lines.join('\n')}\n`, undefined);
  const stopPacing = pace(aws);
  await stopped();
  stopPacing();
  await door.close();
  return 0;
}

async function fill(
  aws: SimulatedAws,
  sources: readonly string[],
  flags: SimulatorFlags,
  around: Surroundings,
  place: { readonly account: string; readonly region: string },
): Promise<void> {
  const readings = await read(sources, { ...flags, color: false }, around);
  const { opaque, notes } = await aws.world.clock.drive(deploy(aws, readings, place));
  for (const note of notes) around.progress(note);
  if (opaque.length > 0) around.progress(`${opaque.length} resources are of types that are not simulated`);
}

async function open(aws: SimulatedAws, { host, port }: SimulatorFlags): Promise<HttpDoor> {
  const settings = {
    host,
    port,
    clock: false,
    // A mistake of ours must be seen, terminal or not.
    onMistake: (error: unknown) =>
      process.stderr.write(`holdfast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  };
  try {
    return await openHttpDoor(aws, settings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      'no-door',
      `expected an address of this machine and a free port, found ${host} port ${port}: ${reason}. Give --host 127.0.0.1, and --port 0 for any free port.`,
    );
  }
}

function keyOf(text: string): GivenKey {
  const [, id, secret, account] = /^([^:]+):(.+):(\d{12})$/.exec(text) ?? [];
  if (id === undefined || secret === undefined || account === undefined)
    throw new UsageError(
      'key-unreadable',
      `--key: expected ACCESS:SECRET:ACCOUNT with an account of twelve digits, as in test:test:123456789012, found ${text}.`,
    );
  return { id, secret, account };
}

/** Virtual time goes on as real time does: what is being created becomes available. */
function pace({ world }: SimulatedAws): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    world.clock.advance(now - last);
    last = now;
  }, PACE);
  return () => clearInterval(timer);
}

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
