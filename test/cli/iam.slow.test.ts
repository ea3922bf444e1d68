/** The policy that `holdfast iam` prints is enough for `holdfast check`, and nothing in it is superfluous. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckFlags, check } from '../../scripts/commands/check.ts';
import { iam } from '../../scripts/commands/iam.ts';
import type { PolicyDocument } from '../../src/aws/policy.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import type { SimulatedService } from '../../src/simulator/service.ts';
import type { Statement } from '../../src/simulator/world/access.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { addAdministratorKey, addKey } from '../../src/simulator/world/keys.ts';
import { watch } from '../aws/fail-closed.ts';
import { simulatedTransport } from '../aws/simulated-transport.ts';
import { around, flags } from '../golden/support.ts';
import { ACCOUNT, REGION, type RichWorld, richWorld } from '../services/observed/rich-world.ts';

const SCANNED = new Set(SCANS.flatMap((s) => s.calls.map((c) => c.action)));
const ARN = `arn:aws:iam::${ACCOUNT}:user/holdfast`;

let rich: RichWorld;
let door: HttpDoor;
let policy: readonly Statement[];
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  before = { ...process.env };
  let printed = '';
  iam(['check'], {}, { ...around, write: (text) => (printed += text) });
  const documents = [JSON.parse(printed) as PolicyDocument | readonly PolicyDocument[]].flat() as readonly PolicyDocument[];
  policy = documents.flatMap((d) => d.Statement);
  rich = await richWorld();
  addAdministratorKey(rich.aws.world, 'admin', 'simulated', ACCOUNT);
  door = await openHttpDoor(listening(rich.aws), { port: 0, host: '127.0.0.1', clock: false, onMistake: console.error });
});

afterAll(async () => {
  process.env = before;
  await door.close();
});

/** Actions that anybody has sent over HTTP so far. */
const sent = new Set<string>();

function listening(aws: SimulatedAws): SimulatedAws {
  const heard = ({ prefix, actions, operations, ...service }: SimulatedService): SimulatedService => ({
    ...service,
    prefix,
    ...(actions === undefined ? {} : { actions }),
    operations: new Proxy(operations, {
      get(target, operation: string) {
        sent.add(actions?.[operation] ?? `${prefix}:${operation}`);
        return target[operation];
      },
    }),
  });
  return { ...aws, services: new Map([...aws.services].map(([client, service]) => [client, heard(service)])) };
}

/** What check prints with a key, but for moments and ages: time passes between two runs. */
async function checked(key: string): Promise<string> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: 'simulated', AWS_EC2_METADATA_DISABLED: 'true' });
  let printed = '';
  const asked: CheckFlags = {
    ...flags,
    catalog: false,
    source: [],
    evidence: [],
    signer: [],
    aws: door.url,
    regions: REGION,
    since: '1h',
    format: 'json',
    failOn: 'never',
    also: [],
    allowUnknown: true,
  };
  await check([], asked, { ...around, write: (text) => (printed += text) });
  return printed
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'then')
    .replaceAll(/"(value|ageSeconds)": [\d.]+/g, '"$1": 0');
}

const actionsOf = (statements: readonly Statement[]): readonly string[] => statements.flatMap((s) => s.Action);

const without = (action: string): readonly Statement[] =>
  policy.map((s) => ({ ...s, Action: [s.Action].flat().filter((a) => a !== action) }));

/** Actions of which a run shows nothing when they are denied, with the reason why they are there all the same. */
const QUIET: Readonly<Record<string, string>> = {
  'backup:ListRestoreJobs': 'restores prove what an agreement promises, and here nothing is agreed',
  'ec2:DescribeRegions': 'Regions that the user names are read without knowing of others',
  's3:GetBucketLocation': 'asked only of implementations of S3 that do not tell the Regions of buckets in their listing',
};

it('the policy is enough: what check prints is what an administrator reads', async () => {
  addKey(rich.aws.world, { id: 'least', secret: 'simulated', account: ACCOUNT, principal: { arn: ARN, policy } });
  const [least, all] = [await checked('least'), await checked('admin')];
  expect(least).toBe(all);
  expect(JSON.parse(least)).toMatchObject({ observed: { gaps: [] } });
});

it('a key without a policy reads nothing', async () => {
  addKey(rich.aws.world, { id: 'none', secret: 'simulated', account: ACCOUNT, principal: { arn: ARN, policy: [] } });
  await expect(checked('none').then((text) => JSON.parse(text) as unknown)).rejects.toThrow();
});

describe('nothing in the policy is superfluous', () => {
  it('what the scans send: without it there is a gap or a hole', async () => {
    const unnoticed: string[] = [];
    for (const action of actionsOf(policy).filter((a) => SCANNED.has(a))) {
      const principal = { arn: ARN, policy: without(action) };
      const transport = simulatedTransport(rich.aws, () => principal);
      const { gaps, holes } = await watch(
        {
          scans: SCANS.filter((s) => s.calls.some((c) => c.action === action)),
          targets: rich.targets,
          world: () => ({ transport, clock: rich.aws.world.clock }),
        },
        undefined,
      );
      if (gaps.length + holes.length === 0) unnoticed.push(action);
    }
    expect(unnoticed).toEqual(Object.keys(QUIET).filter((a) => SCANNED.has(a)));
  });

  /** Of what these checks would ask in other worlds nothing is shown here: a Resilience Hub that is not used, no restore that ran. */
  it('what checks and targets send: without it check prints something else', async () => {
    const all = await checked('admin');
    const unnoticed: string[] = [];
    for (const action of actionsOf(policy).filter((a) => sent.has(a) && !SCANNED.has(a))) {
      addKey(rich.aws.world, {
        id: action,
        secret: 'simulated',
        account: ACCOUNT,
        principal: { arn: ARN, policy: without(action) },
      });
      const printed = await checked(action).catch((error: Error) => error.message);
      if (printed === all) unnoticed.push(action);
    }
    expect(unnoticed).toEqual(Object.keys(QUIET).filter((a) => !SCANNED.has(a)));
  });
});
