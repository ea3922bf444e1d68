/** Pairs over two Regions: do both halves stay alike, and does either know where it is? */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { andThen, any, is, known, map, no, together, yes } from '../model/known.ts';
import type { Value } from '../model/value.ts';
import { Hole, isRecord } from '../model/value.ts';
import { holeAsUnknown } from '../services/view.ts';
import { matesElsewhere, regionMatters } from './places.ts';
import { textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { onEvery } from './rule.ts';

/** Inputs that decide how a thing behaves, by type. An unset one says nothing: it may be inherited or AWS's choice. */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  'aws:rds/cluster:Cluster': ['engine', 'engineVersion'],
  'aws:rds/instance:Instance': ['engine', 'engineVersion'],
  'aws:docdb/cluster:Cluster': ['engine', 'engineVersion'],
  'aws:elasticache/replicationGroup:ReplicationGroup': ['engine', 'engineVersion'],
  'aws:opensearch/domain:Domain': ['engineVersion'],
  'aws:lambda/function:Function': ['runtime', 'handler', 'memorySize', 'timeout'],
  'aws:eks/cluster:Cluster': ['version'],
  'aws:eks/nodeGroup:NodeGroup': ['version', 'releaseVersion'],
};
/** Maps whose keys must be the same on both sides; their values rightly differ by Region. */
const SAME_KEYS: Readonly<Record<string, string>> = { 'aws:lambda/function:Function': 'environment.variables' };

/** AWS Regions that are on by default; in the others STS answers its global endpoint from us-east-1 (SDK reference, "AWS STS Regional endpoints"). */
const DEFAULT_REGIONS =
  /^(us-(east|west)-[12]|ca-central-1|sa-east-1|eu-(west-[123]|central-1|north-1)|ap-(south-1|northeast-[123]|southeast-[12])|us-gov-.*|cn-.*)$/;
const STS_TYPES: Readonly<Record<string, string>> = {
  'aws:lambda/function:Function': 'environment.variables',
  'aws:ecs/taskDefinition:TaskDefinition': 'containerDefinitions',
};

export const pairRules: readonly Rule[] = [
  {
    id: 'config-drift-primary-standby',
    family: 'automation',
    title: 'The standby is configured otherwise than the primary',
    severity: 'high',
    scopes: ['region'],
    why: 'What works in the primary was never seen to work in the standby. The difference shows when the standby takes over.',
    fix: 'Make both halves from one component, so that the input is written once.',
    source: 'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_config_drift.html',
    checks: [
      onEvery((item, context) => {
        const paths = ALIKE[item.resource.type];
        if (paths === undefined || !regionMatters(context, item.resource.urn)) return undefined;
        const keys = SAME_KEYS[item.resource.type];
        const differences = counterparts(item, context).flatMap((mate) => [
          ...paths.map((path) => differs(item, mate, path)),
          ...(keys === undefined ? [] : [keysDiffer(item, mate, keys)]),
        ]);
        return differences.length === 0 ? undefined : whenAny([], differences);
      }),
    ],
  },
  {
    id: 'provider-region-implicit',
    ofCode: true,
    family: 'automation',
    title: 'One half of a pair takes its Region from the default provider',
    severity: 'medium',
    scopes: ['region'],
    why: 'Where it lives depends on `aws:region` of the stack or the environment of whoever runs Pulumi. With another value both halves land in one Region, and the pair protects nothing.',
    fix: 'Give it a `region` (@pulumi/aws 7) or an explicit aws.Provider with a `region`.',
    source: 'https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/',
    checks: [
      onEvery((item, context) => {
        const meaning = meaningOf(item);
        const mates = (context.role(item.resource.urn)?.members ?? []).length > 1;
        if (meaning === undefined || meaning.kind === 'config' || !mates || !regionMatters(context, item.resource.urn))
          return undefined;
        if (
          textOr(
            map(meaning.placement, (p) => p.kind === 'global'),
            false,
          )
        )
          return undefined;
        if (item.resource.inputs.region !== undefined || !isDefaultProvider(item)) return undefined;
        const apart = known(matesElsewhere(item.resource.urn, context).length > 0);
        return when(
          [andThen(item.resource.region, () => apart)],
          `${item.title} is in ${textOr(item.resource.region, 'its Region')} by the default provider alone, and what stands in for it is elsewhere`,
          'region',
        );
      }),
    ],
  },
  {
    id: 'sts-global-endpoint',
    family: 'automation',
    title: 'Credentials come from us-east-1',
    severity: 'medium',
    scopes: ['control-plane'],
    why: 'In Regions that must be opted in to, the global STS endpoint is still served from us-east-1. When that is lost, the application gets no credentials although its own Region is fine.',
    fix: 'Remove `AWS_STS_REGIONAL_ENDPOINTS=legacy`, and call the STS endpoint of the Region.',
    source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html',
    checks: [
      onEvery((item, context) => {
        const path = STS_TYPES[item.resource.type];
        if (path === undefined || !context.agreed(item.resource.urn, 'control-plane')) return undefined;
        const optedIn = is(item.resource.region, (region) => !DEFAULT_REGIONS.test(region));
        return whenAny([optedIn], [callsGlobalSts(item, path)], path);
      }),
    ],
  },
];

/** Each pair is told about once: at its standby, else at the later of the two. */
function counterparts(item: EstateResource, context: RuleContext): readonly EstateResource[] {
  const { urn, type } = item.resource;
  return matesElsewhere(urn, context).filter((mate) => {
    if (mate.resource.type !== type) return false;
    const [mine, theirs] = [context.isStandby(urn), context.isStandby(mate.resource.urn)];
    return mine === theirs ? urn > mate.resource.urn : mine;
  });
}

function differs(item: EstateResource, mate: EstateResource, path: string): Truth {
  return andThen(
    together({ mine: item.props.text(path), theirs: mate.props.text(path) }),
    ({ mine, theirs }): Truth =>
      mine !== undefined && theirs !== undefined && mine !== theirs
        ? yes(`${item.title} has ${path} ${mine}, ${mate.title} has ${theirs}`, item.props.origin(path))
        : no('they agree'),
  );
}

function keysOf(item: EstateResource, path: string): Known<readonly string[]> {
  const value = item.props.raw(path);
  if (value instanceof Hole) return holeAsUnknown(value, item.props.origin(path));
  return known(isRecord(value) ? Object.keys(value) : []);
}

function keysDiffer(item: EstateResource, mate: EstateResource, path: string): Truth {
  return andThen(together({ mine: keysOf(item, path), theirs: keysOf(mate, path) }), ({ mine, theirs }): Truth => {
    const missing = theirs.filter((key) => !mine.includes(key));
    return missing.length === 0
      ? no('it has every key')
      : yes(`${item.title} has no ${path}.${missing[0]}, which ${mate.title} has`, item.props.origin(path));
  });
}

/** The engine names it `default`, or `default_7_48_0` by the version of the plugin. */
function isDefaultProvider(item: EstateResource): boolean {
  const { provider } = item.resource;
  return provider === undefined || /::default(_[^:]*)?$/.test(provider);
}

function callsGlobalSts(item: EstateResource, path: string): Truth {
  const texts = textsOf(item.props.raw(path), item, path);
  return any([
    ...texts.map((text) =>
      andThen(
        text,
        (value): Truth =>
          value.includes('AWS_STS_REGIONAL_ENDPOINTS=legacy') || /(?<![a-z0-9-]\.)\bsts\.amazonaws\.com/.test(value)
            ? yes(`${item.title} asks the global STS endpoint`)
            : no('it names no global endpoint'),
      ),
    ),
    no('it sets nothing'),
  ]);
}

function textsOf(value: Value | undefined, item: EstateResource, path: string): readonly Known<string>[] {
  if (value instanceof Hole) return [holeAsUnknown(value, item.props.origin(path))];
  if (typeof value === 'string')
    return [known(value.replace(/"name"\s*:\s*"(AWS_STS_REGIONAL_ENDPOINTS)"\s*,\s*"value"\s*:\s*"(\w+)"/g, '$1=$2'))];
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([key, v]) =>
    v instanceof Hole
      ? holeAsUnknown(v, item.props.origin(`${path}.${key}`))
      : known(`${key}=${typeof v === 'string' ? v : JSON.stringify(v)}`),
  );
}
