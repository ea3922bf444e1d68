/** Laws of a life under the provider, over generated configurations of every service: those of the law of two sources. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../src/model/errors.ts';
import type { Setting } from '../../src/provider/configure.ts';
import type { Props } from '../../src/provider/values.ts';
import { plainRecord, propertyAt } from '../../src/simulator/deploy/values.ts';
import { httpApis, restApis } from '../parity/api-gateway.ts';
import { plans } from '../parity/arc-region-switch.ts';
import { groups as autoScalingGroups } from '../parity/auto-scaling.ts';
import { certificates, distributions } from '../parity/cloudfront.ts';
import { cases as tables } from '../parity/dynamodb.ts';
import { machines, networks } from '../parity/ec2.ts';
import { cases as repositories } from '../parity/ecr.ts';
import { services } from '../parity/ecs.ts';
import { clusters as kubernetes } from '../parity/eks.ts';
import { classics } from '../parity/elastic-load-balancing.ts';
import { balancers } from '../parity/elastic-load-balancing-v2.ts';
import { groups as cacheGroups, clusters as caches, datastores, serverless } from '../parity/elasticache.ts';
import { events } from '../parity/eventbridge.ts';
import { cases as keys } from '../parity/kms.ts';
import { functions } from '../parity/lambda.ts';
import type { Declaration } from '../parity/law.ts';
import { clusters, globals, instances, proxies } from '../parity/rds.ts';
import { healthChecks, recordSets } from '../parity/route-53.ts';
import { routingControlSets } from '../parity/route53-recovery-control-config.ts';
import { cases as buckets } from '../parity/s3.ts';
import { cases as secrets } from '../parity/secrets-manager.ts';
import { machines as stateMachines } from '../parity/sfn.ts';
import { queueSets } from '../parity/sqs.ts';
import { cases as parameters } from '../parity/ssm.ts';
import { ACCOUNT, ground, urnOf } from './support.ts';

const CASES: Readonly<Record<string, fc.Arbitrary<readonly Declaration[]>>> = {
  restApis,
  httpApis,
  plans,
  autoScalingGroups,
  distributions,
  certificates,
  tables,
  networks,
  machines,
  repositories,
  services,
  kubernetes,
  classics,
  balancers,
  caches,
  datastores,
  cacheGroups,
  serverless,
  events,
  keys,
  functions,
  instances,
  clusters,
  globals,
  proxies,
  healthChecks,
  recordSets,
  routingControlSets,
  buckets,
  secrets,
  stateMachines,
  queueSets,
  parameters,
};
/** Configurations of each kind. */
const RUNS = Number(process.env.LAW_RUNS ?? 6);

/** Where the generators place what names no Region. */
const HOME = 'us-east-1';

interface Made {
  readonly declaration: Declaration;
  readonly inputs: Props;
  readonly id: string;
  readonly state: Props;
}

/** Inputs with what was made before in place of what they mention. */
function resolved({ inputs, region = HOME }: Declaration, made: ReadonlyMap<string, Made>): Props {
  return plainRecord(inputs, {
    region,
    property: ({ urn, property }) => {
      const of = [...made.values()].find((m) => urn.endsWith(`::${m.declaration.type}::${m.declaration.name}`));
      if (of === undefined) return undefined;
      return property === 'id' ? of.id : propertyAt({ ...of.inputs, ...of.state }, property);
    },
    renamed: (text) => text,
    unresolved: () => undefined,
  });
}

/** What AWS changes by itself, and the provider shows: documentation of the resources tells programs to ignore it. */
const KNOWN_DRIFT: Readonly<Record<string, string>> = {
  // A replica needs the stream of its table, and adding one switches it on.
  'aws:dynamodb/table:Table': 'streamEnabled',
  // "Using this DB Cluster to create a Global Cluster, the global_cluster_identifier attribute will become populated".
  'aws:docdb/cluster:Cluster': 'globalClusterIdentifier',
  'aws:neptune/cluster:Cluster': 'globalClusterIdentifier',
  'aws:rds/cluster:Cluster': 'globalClusterIdentifier',
};

async function live(declarations: readonly Declaration[]): Promise<readonly string[]> {
  const { ask, clerk } = ground();
  const wrong: string[] = [];
  const made = new Map<string, Made>();
  const settingOf = (d: Declaration): Setting => ({ account: ACCOUNT, region: d.region ?? HOME, defaultTags: {} });
  for (const declaration of declarations) {
    const { type, name } = declaration;
    const setting = settingOf(declaration);
    const subject = { urn: urnOf(type, name), type, name };
    const given = resolved(declaration, made);
    const { inputs } = await ask({ what: 'check', setting, type, name, before: {}, inputs: given, autonaming: null });
    const again = await ask({ what: 'check', setting, type, name, before: inputs, inputs, autonaming: null });
    if (JSON.stringify(sorted(again.inputs)) !== JSON.stringify(sorted(inputs)))
      wrong.push(`${type} ${name}: check is not idempotent`);
    try {
      const { id, state } = await ask({ what: 'create', setting, subject, inputs, preview: false });
      made.set(`${type} ${name}`, { declaration, inputs, id, state });
    } catch (error) {
      wrong.push(`${type} ${name}: ${messageOf(error)}`);
    }
  }
  await clerk.settle();
  for (const { declaration, inputs, id, state } of made.values()) {
    const { type, name } = declaration;
    const setting = settingOf(declaration);
    const none = await ask({ what: 'diff', type, state, before: inputs, inputs, ignoreChanges: [] });
    if (none.properties.length > 0) wrong.push(`${type} ${name}: differs at once in ${JSON.stringify(none.detailed)}`);
    const read = await ask({
      what: 'read',
      setting,
      subject: { urn: urnOf(type, name), type, name },
      kept: { id, state },
      inputs,
    });
    if (read.id !== id) wrong.push(`${type} ${name}: read gives id ${read.id} for ${id}`);
    const moved = await ask({ what: 'diff', type, state: read.state, before: read.inputs, inputs, ignoreChanges: [] });
    const drifted = moved.properties.filter((p) => p !== KNOWN_DRIFT[type]);
    if (read.id === id && drifted.length > 0)
      wrong.push(
        `${type} ${name}: drifts by itself in ${JSON.stringify(moved.detailed)}: ${JSON.stringify(moved.properties.map((p) => [state[p], read.state[p]]))}`,
      );
  }
  return wrong;
}

const sorted = (props: Props): Props => Object.fromEntries(Object.entries(props).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('what was just made differs in nothing, at once and after a refresh', () => {
  for (const [name, arbitrary] of Object.entries(CASES))
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (declarations) => {
          expect(await live(declarations)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    });
});
