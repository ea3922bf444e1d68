/** `holdfast simulator`: simulated AWS as an HTTP endpoint of this machine, with declared resources in it. */

import { randomBytes } from 'node:crypto';
import { messageOf, UsageError } from '../../src/model/errors.ts';
import { type ControlDoor, controlDoor } from '../../src/simulator/control.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { read } from './judging.ts';
import { DEFAULT_REGION, EXAMPLE_ACCOUNT } from './places.ts';
import { type DeployedWorld, deployedWorld } from './simulated-world.ts';
import { worldAnswers } from './world-answers.ts';

export interface SimulatorFlags extends Omit<SourceFlags, 'color'> {
  readonly port: number;
  readonly host: string;
  /** `ACCESS:SECRET:ACCOUNT` each. */
  readonly key: readonly string[];
  readonly seed: number;
  /** Opens the control door beside the endpoint. */
  readonly control?: boolean;
}

interface GivenKey {
  readonly id: string;
  readonly secret: string;
  readonly account: string;
}

/** AWS's example account, with the key that emulators take by custom. */
const DEFAULT_KEY: GivenKey = { id: 'test', secret: 'test', account: EXAMPLE_ACCOUNT };
/** Milliseconds of real time after which virtual time follows. */
const PACE = 50;

export async function simulator(sources: readonly string[], flags: SimulatorFlags, around: Surroundings): Promise<number> {
  const given = flags.key.map(keyOf);
  const keys = given.length > 0 ? given : [DEFAULT_KEY];
  const [{ id, secret, account } = DEFAULT_KEY] = keys;
  const region = flags.region ?? DEFAULT_REGION;
  const made = await filled(sources, flags, around, { account, region });
  const { aws } = made;
  for (const key of keys) addAdministratorKey(aws.world, key.id, key.secret, key.account);
  const token = randomBytes(24).toString('base64url');
  const control =
    flags.control === true
      ? controlDoor({ clock: aws.world.clock, token, answers: worldAnswers(aws, { ...made, notThere: [...made.notThere] }) })
      : undefined;
  const door = await open(aws, control, flags);
  const lines = [
    `simulated AWS: ${door.url}`,
    `account ${account}, Region ${region}; stop with Ctrl-C`,
    '',
    `export AWS_ENDPOINT_URL=${door.url} AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret}`,
    `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    'aws rds describe-db-instances',
    ...(control === undefined
      ? []
      : ['', 'control door, for drills from another process:', `holdfast drill run DRILL --aws ${door.url} --control ${token}`]),
  ];
  around.write(`${lines.join('\n')}\n`, undefined);
  const stopPacing = pace(aws, control);
  await stopped();
  stopPacing();
  await door.close();
  return 0;
}

async function filled(
  sources: readonly string[],
  flags: SimulatorFlags,
  around: Surroundings,
  place: { readonly account: string; readonly region: string },
): Promise<DeployedWorld> {
  const readings = sources.length > 0 ? await read(sources, { ...flags, color: false }, around) : [];
  const made = await deployedWorld({ readings, start: Date.now(), seed: flags.seed, place });
  for (const note of made.notes) around.progress(note);
  return made;
}

async function open(aws: SimulatedAws, control: ControlDoor | undefined, { host, port }: SimulatorFlags): Promise<HttpDoor> {
  const settings = {
    host,
    port,
    clock: false,
    ...(control === undefined ? {} : { control }),
    // A mistake of ours must be seen, terminal or not.
    onMistake: (error: unknown) =>
      process.stderr.write(`holdfast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  };
  try {
    return await openHttpDoor(aws, settings);
  } catch (error) {
    const reason = messageOf(error);
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

/** Virtual time goes on as real time does, unless controllers of drills have it: what is being created becomes available. */
function pace({ world }: SimulatedAws, control: ControlDoor | undefined): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (control === undefined || control.connected() === 0) world.clock.advance(now - last);
    last = now;
  }, PACE);
  return () => clearInterval(timer);
}

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
