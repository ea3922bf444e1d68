/** Lambda function: AWS spreads it over AZs, unless it is tied to the subnets of one. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, equals, fold, known, map, unknown } from '../model/known.ts';
import type { Impact, Link, Placement, Spread } from '../model/protection.ts';
import { linkTo } from './links.ts';
import { referringTo } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import type { Props, View } from './view.ts';

export const FUNCTION = 'aws:lambda/function:Function';
const SOURCE_MAPPING = 'aws:lambda/eventSourceMapping:EventSourceMapping';

export interface FunctionFacts extends Identity {
  /** AZs of its subnets; undefined: it is not tied to a VPC. */
  readonly spread: Known<Spread | undefined>;
  /** Undefined: it shares the account's concurrency. 0: it cannot run. */
  readonly reservedConcurrency: Known<number | undefined>;
  readonly codeBucket: Known<string | undefined>;
  readonly image: Known<string | undefined>;
  /** Streams and queues that it reads, and whether it does. */
  readonly sources: readonly { readonly from: Known<string>; readonly enabled: Truth }[];
  /** Event source mappings that could not be told to be, or not to be, of this function. */
  readonly doubts: readonly Known<string>[];
}

function declare(props: Props, view: View): FunctionFacts {
  const mappings = referringTo(props.id, view, SOURCE_MAPPING, 'functionName');
  return {
    ...identityOf(props),
    spread: andThen(props.blocks('vpcConfig'), (blocks): Known<Spread | undefined> => {
      const vpc = blocks[0];
      if (vpc === undefined) return known(undefined);
      return map(spreadOfSubnets(vpc, 'subnetIds', view), (s) => (s.zones.length + s.doubtful === 0 ? undefined : s));
    }),
    // aws.lambda.Function: -1 stands for no reservation.
    reservedConcurrency: map(props.number('reservedConcurrentExecutions'), (n) => (n === -1 ? undefined : n)),
    codeBucket: view.target(props, 's3Bucket', ['aws:s3/bucket:Bucket']),
    image: view.target(props, 'imageUri', ['aws:ecr/repository:Repository']),
    sources: mappings.found.map((mapping) => ({
      from: andThen(view.target(mapping, 'eventSourceArn'), (urn) =>
        urn === undefined ? unknown('not-reported', 'the mapping names no ARN', mapping.origin('eventSourceArn')) : known(urn),
      ),
      // CreateEventSourceMapping, Enabled: true.
      enabled: mapping.flag('enabled', true),
    })),
    doubts: mappings.doubts,
  };
}

function underAz(facts: FunctionFacts): Known<Impact> {
  return andThen(facts.spread, (spread): Known<Impact> => {
    if (spread === undefined) return unaffected('AWS runs it across the AZs of the Region');
    if (spread.zones.length >= 2) return unaffected('AWS runs it in the other AZs of its subnets');
    return spread.doubtful > 0
      ? unknown('not-reported', 'whether its subnets span two AZs is not known', { resource: facts.id, property: 'vpcConfig' })
      : lost('its subnets are in one AZ');
  });
}

export const lambdaFunction = service<FunctionFacts>({
  id: 'lambda-function',
  title: 'Lambda function',
  kind: 'compute',
  types: [FUNCTION],
  parts: [
    { type: SOURCE_MAPPING, of: 'functionName' },
    { type: 'aws:lambda/alias:Alias', of: 'functionName' },
    { type: 'aws:lambda/functionUrl:FunctionUrl', of: 'functionName' },
    { type: 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig', of: 'functionName' },
    { type: 'aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig', of: 'functionName' },
  ],
  declare,
  mean(facts) {
    const triggers = facts.sources.map(({ from }): Link => ({ to: from, carries: 'trigger', property: 'eventSourceArn' }));
    const stopped = equals(facts.reservedConcurrency, 0);
    return meaning({
      kind: 'compute',
      placement: map(
        facts.spread,
        (spread): Placement => (spread === undefined ? { kind: 'regional' } : { kind: 'zonal', spread }),
      ),
      under: { ...regionalImpacts(false), az: underAz(facts) },
      links: [
        ...linkTo(inSources(facts.codeBucket), 'image', 's3Bucket'),
        ...linkTo(inSources(facts.image), 'image', 'imageUri'),
        ...triggers,
      ],
      capacity: {
        unit: 'requests',
        running: andThen(
          stopped,
          (none): Known<number> => (none ? known(0) : unknown('not-modelled', 'Lambda runs as many as are asked for')),
        ),
        max: andThen(facts.reservedConcurrency, (n) =>
          n === undefined ? unknown('not-reported', 'its limit is the concurrency of the account') : known(n),
        ),
      },
    });
  },
});

/** Lambda keeps its own copy of the code (Lambda developer guide, "Deployment packages"): a bucket elsewhere is needed by deployments only. */
function inSources(to: Known<string | undefined>): Known<string | undefined> {
  return fold(
    to,
    () => to,
    () => known(undefined),
  );
}
