import { describe, expect, it } from 'vitest';
import { fold, type Known } from '../../src/model/known.ts';
import { Hole } from '../../src/model/value.ts';
import { componentPath, normalise } from '../../src/stacks/normalise.ts';
import { exported, type Json, normalised, read, stackState, state, urnOf } from './sources.ts';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const Q = 'aws:sqs/queue:Queue';
const ACCOUNT = '111111111111';
const PROVIDER = 'pulumi:providers:aws';
const refTo = (name: string): string => `${urnOf(PROVIDER, name)}::some-id`;
const provider = (name: string, inputs: Json): Json => state(PROVIDER, name, { id: 'some-id', inputs });
const told = <T>(k: Known<T>): T | string =>
  fold<T, T | string>(
    k,
    (v) => v,
    (u) => u.reason,
  );

describe('Region', () => {
  const arn = (region: string): string => `arn:aws:sqs:${region}:${ACCOUNT}:q`;
  const cases: readonly (readonly [string, readonly Json[], string])[] = [
    [
      'its own input before all',
      [
        provider('p', { region: 'eu-west-1' }),
        state(Q, 'x', { provider: refTo('p'), inputs: { region: 'eu-west-2' }, outputs: { arn: arn('eu-west-1') } }),
      ],
      'eu-west-2',
    ],
    [
      'an own input that is unknown is not the provider’s',
      [provider('p', { region: 'eu-west-1' }), state(Q, 'x', { provider: refTo('p'), inputs: { region: UNKNOWN } })],
      'unresolved-at-preview',
    ],
    [
      'its provider',
      [provider('p', { region: 'eu-west-1' }), state(Q, 'x', { provider: refTo('p'), outputs: { arn: arn('eu-west-3') } })],
      'eu-west-1',
    ],
    [
      'an unknown provider Region, seen in the ARN',
      [provider('p', { region: UNKNOWN }), state(Q, 'x', { provider: refTo('p'), outputs: { arn: arn('eu-west-3') } })],
      'eu-west-3',
    ],
    [
      'an unknown provider Region',
      [provider('p', { region: UNKNOWN }), state(Q, 'x', { provider: refTo('p') })],
      'unresolved-at-preview',
    ],
    ['its ARN', [state(Q, 'x', { outputs: { arn: arn('eu-west-3') } })], 'eu-west-3'],
    ['its id, where that is an ARN', [state(Q, 'x', { id: arn('eu-west-3') })], 'eu-west-3'],
    ['not an id that joins two ARNs', [state(Q, 'x', { id: `${arn('eu-west-3')},${arn('eu-west-2')}` })], 'not-reported'],
    [
      'not an ARN that was put in',
      [
        state('aws:cloudwatch/eventTarget:EventTarget', 'x', {
          inputs: { arn: arn('eu-west-3') },
          outputs: { arn: arn('eu-west-3') },
        }),
      ],
      'not-reported',
    ],
    [
      'an ARN without a Region does not tell',
      [state('aws:s3/bucket:Bucket', 'x', { outputs: { arn: 'arn:aws:s3:::x' } })],
      'not-reported',
    ],
    [
      'its region output',
      [state('aws:s3/bucket:Bucket', 'x', { outputs: { arn: 'arn:aws:s3:::x', region: 'eu-west-3' } })],
      'eu-west-3',
    ],
    ['its zone', [state('aws:ec2/instance:Instance', 'x', { inputs: { availabilityZone: 'us-east-1a' } })], 'us-east-1'],
    [
      'its zones',
      [state('aws:rds/cluster:Cluster', 'x', { outputs: { availabilityZones: ['us-east-1a', 'us-east-1b'] } })],
      'us-east-1',
    ],
    [
      'not zones of two Regions',
      [state('aws:rds/cluster:Cluster', 'x', { inputs: { availabilityZones: ['us-east-1a', 'us-west-2b'] } })],
      'not-reported',
    ],
    ['the others of its provider', [state(Q, 'y', { outputs: { arn: arn('eu-west-3') } }), state(Q, 'x')], 'eu-west-3'],
    [
      'not the others of another provider',
      [state(Q, 'y', { provider: refTo('a'), outputs: { arn: arn('eu-west-3') } }), state(Q, 'x', { provider: refTo('b') })],
      'not-reported',
    ],
    [
      'not others that differ',
      [
        state(Q, 'y', { outputs: { arn: arn('eu-west-3') } }),
        state(Q, 'z', { outputs: { arn: arn('eu-west-2') } }),
        state(Q, 'x'),
      ],
      'not-reported',
    ],
    [
      'not another with its own Region',
      [state(Q, 'y', { inputs: { region: 'eu-west-3' }, outputs: { arn: arn('eu-west-3') } }), state(Q, 'x')],
      'not-reported',
    ],
    [
      'global types',
      [provider('p', { region: 'eu-west-1' }), state('aws:route53/record:Record', 'x', { provider: refTo('p') })],
      'aws-global',
    ],
    [
      'regional types of a module that is mostly global',
      [
        provider('p', { region: 'eu-west-1' }),
        state('aws:route53/resolverEndpoint:ResolverEndpoint', 'x', { provider: refTo('p') }),
      ],
      'eu-west-1',
    ],
    [
      'no AWS resource',
      [provider('p', { region: 'eu-west-1' }), state('random:index/randomId:RandomId', 'x', { provider: refTo('p') })],
      'not-reported',
    ],
    ['the provider itself', [provider('x', { region: 'eu-west-1' })], 'eu-west-1'],
  ];
  it.each(cases)('%s', (_name, resources, expected) => {
    expect(told(normalised(exported(resources))('x').region)).toBe(expected);
  });

  const preview = (config: Json, newState: Json): Json => ({
    config,
    steps: [{ op: 'create', urn: newState.urn, newState }],
    changeSummary: {},
  });
  it('the stack’s configuration under a default provider only', () => {
    const config = { 'aws:region': 'eu-west-1' };
    const of = (ref: string | undefined): unknown =>
      told(normalised(preview(config, state(Q, 'x', { provider: ref })))('x').region);
    expect([of(undefined), of(refTo('default_7_1_0')), of(refTo('mine'))]).toEqual(['eu-west-1', 'eu-west-1', 'not-reported']);
  });

  it('--region places what nothing else places', () => {
    const resources = [
      provider('p', { region: 'eu-west-1' }),
      state(Q, 'x', { provider: refTo('p') }),
      state(Q, 'y', { provider: refTo('q') }),
    ];
    const of = normalised(exported(resources), 'us-east-1');
    expect([told(of('x').region), told(of('y').region)]).toEqual(['eu-west-1', 'us-east-1']);
  });
});

describe('account', () => {
  const cases: readonly (readonly [string, Json, string])[] = [
    [
      'the role of the provider',
      {
        assumeRoles: JSON.stringify([
          { roleArn: 'arn:aws:iam::333333333333:role/a' },
          { roleArn: `arn:aws:iam::${ACCOUNT}:role/b` },
        ]),
      },
      ACCOUNT,
    ],
    ['the role as aws 6 writes it', { assumeRole: JSON.stringify({ roleArn: `arn:aws:iam::${ACCOUNT}:role/b` }) }, ACCOUNT],
    ['the one allowed account', { allowedAccountIds: JSON.stringify([ACCOUNT]) }, ACCOUNT],
    ['not one of several', { allowedAccountIds: [ACCOUNT, '222222222222'] }, 'not-reported'],
    ['not an unknown role', { assumeRoles: UNKNOWN }, 'not-reported'],
  ];
  it.each(cases)('%s', (_name, inputs, expected) => {
    expect(told(normalised(exported([provider('p', inputs), state(Q, 'x', { provider: refTo('p') })]))('x').account)).toBe(
      expected,
    );
  });

  it('its own ARN, then the others of its provider when they agree', () => {
    const seen = (name: string, account: string): Json =>
      state(Q, name, { outputs: { arn: `arn:aws:sqs:us-east-1:${account}:q` } });
    expect(told(normalised(exported([seen('x', ACCOUNT), seen('y', '222222222222')]))('x').account)).toBe(ACCOUNT);
    expect(told(normalised(exported([seen('y', ACCOUNT), state(Q, 'x')]))('x').account)).toBe(ACCOUNT);
    expect(told(normalised(exported([seen('y', ACCOUNT), seen('z', '222222222222'), state(Q, 'x')]))('x').account)).toBe(
      'not-reported',
    );
    expect(
      told(
        normalised(exported([state('aws:iam/policy:Policy', 'x', { outputs: { arn: 'arn:aws:iam::aws:policy/A' } })]))('x')
          .account,
      ),
    ).toBe('not-reported');
  });
});

describe('tags', () => {
  const defaults = provider('p', { defaultTags: JSON.stringify({ tags: { team: 'web', tier: '1' } }) });
  const of = (resource: Json, prov: Json = defaults): unknown => told(normalised(exported([prov, resource]))('x').tags);
  const cases: readonly (readonly [string, Json, unknown])[] = [
    [
      'its own over the defaults',
      state(Q, 'x', { provider: refTo('p'), inputs: { tags: { tier: '2' } } }),
      { team: 'web', tier: '2' },
    ],
    ['the defaults alone', state(Q, 'x', { provider: refTo('p') }), { team: 'web', tier: '1' }],
    [
      'no defaults on a type without tags',
      state('aws:iam/rolePolicyAttachment:RolePolicyAttachment', 'x', { provider: refTo('p') }),
      {},
    ],
    [
      'no defaults on an Auto Scaling group, whose tags are a list',
      state('aws:autoscaling/group:Group', 'x', {
        provider: refTo('p'),
        inputs: { tags: [{ key: 'a', value: 'b', propagateAtLaunch: true }] },
      }),
      { a: 'b' },
    ],
    [
      'an unknown tag makes all unknown',
      state(Q, 'x', { provider: refTo('p'), inputs: { tags: { a: UNKNOWN, b: '1' } } }),
      'unresolved-at-preview',
    ],
    [
      'tagsAll tells what inputs do not',
      state(Q, 'x', { provider: refTo('p'), inputs: { tags: UNKNOWN }, outputs: { tagsAll: { a: 'b' } } }),
      { a: 'b' },
    ],
    ['a secret tag', state(Q, 'x', { inputs: { tags: '[secret]' } }), 'secret'],
    ['a provider that is not shown', state(Q, 'x', { provider: refTo('q'), inputs: { tags: { a: 'b' } } }), 'not-reported'],
    ['tags of a wrong kind', state(Q, 'x', { inputs: { tags: 'a=b' } }), 'error'],
    ['a component', { ...state('my:index:Part', 'x'), custom: false }, {}],
  ];
  it.each(cases)('%s', (_name, resource, expected) => expect(of(resource)).toEqual(expected));

  it('unknown default tags', () => {
    expect(of(state(Q, 'x', { provider: refTo('p') }), provider('p', { defaultTags: UNKNOWN }))).toBe('unresolved-at-preview');
  });

  it('tagsAll of a resource that will change is not believed', () => {
    const old = state(Q, 'x', { inputs: { tags: { a: 'b' } }, outputs: { tagsAll: { a: 'b' } } });
    const step = { op: 'update', urn: old.urn, oldState: old, newState: state(Q, 'x', { inputs: { tags: { a: UNKNOWN } } }) };
    expect(told(normalised({ steps: [step], changeSummary: {} })('x').tags)).toBe('unresolved-at-preview');
  });

  it('default tags from the configuration shown by a preview', () => {
    const config = { 'aws:defaultTags': JSON.stringify({ tags: { team: 'web' } }) };
    const made = state(Q, 'x', { provider: refTo('default_7_1_0') });
    expect(
      told(normalised({ config, steps: [{ op: 'create', urn: made.urn, newState: made }], changeSummary: {} })('x').tags),
    ).toEqual({ team: 'web' });
  });
});

describe('types', () => {
  it.each([
    ['aws:s3/bucketV2:BucketV2', 'aws:s3/bucket:Bucket'],
    ['aws:s3/bucketVersioningV2:BucketVersioningV2', 'aws:s3/bucketVersioning:BucketVersioning'],
    ['aws:alb/loadBalancer:LoadBalancer', 'aws:lb/loadBalancer:LoadBalancer'],
    ['aws:applicationloadbalancing/targetGroup:TargetGroup', 'aws:lb/targetGroup:TargetGroup'],
    ['aws:elasticloadbalancingv2/listener:Listener', 'aws:lb/listener:Listener'],
    ['aws:elasticloadbalancing/loadBalancer:LoadBalancer', 'aws:elb/loadBalancer:LoadBalancer'],
    ['aws:rds/instance:Instance', 'aws:rds/instance:Instance'],
    ['kubernetes:core/v1:Service', 'kubernetes:core/v1:Service'],
  ])('%s → %s', (sourceType, type) => {
    expect(normalised(exported([state(sourceType, 'x')]))('x')).toMatchObject({ type, sourceType });
  });

  it('writes a BucketV2 as a Bucket', () => {
    const inputs = {
      bucket: 'b',
      versionings: [{ enabled: true }],
      loggings: [],
      replicationConfigurations: [
        {
          role: 'r',
          rules: [
            { status: 'Enabled', destinations: [{ bucket: 'd', metrics: [{ status: 'Enabled' }] }] },
            { status: 'Disabled' },
          ],
        },
      ],
      serverSideEncryptionConfigurations: [{ rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: 'aws:kms' }] }] }],
      objectLockConfiguration: { rules: [{ defaultRetentions: [{ days: 1 }] }] },
    };
    expect(normalised(exported([state('aws:s3/bucketV2:BucketV2', 'x', { inputs })]))('x').inputs).toEqual({
      bucket: 'b',
      versioning: { enabled: true },
      logging: null,
      replicationConfiguration: {
        role: 'r',
        rules: [{ status: 'Enabled', destination: { bucket: 'd', metrics: { status: 'Enabled' } } }, { status: 'Disabled' }],
      },
      serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms' } } },
      objectLockConfiguration: { rule: { defaultRetention: { days: 1 } } },
    });
  });
});

describe('the rest', () => {
  it('names the provider by its URN alone', () => {
    expect(normalised(exported([state(Q, 'x', { provider: refTo('p') })]))('x').provider).toBe(urnOf(PROVIDER, 'p'));
  });

  it('gives the outputs of the stack', () => {
    const document = exported([{ ...stackState, outputs: { url: 'u', password: 'hunter2' } }]);
    expect(normalise(read(document), { region: undefined }).stackOutputs).toMatchObject({
      url: 'u',
      password: { reason: 'secret' },
    });
  });

  it('redacts what a program’s reader left', () => {
    const raw = { ...read(exported([state(Q, 'x')])), kind: 'program' as const };
    const hole = new Hole('stand-in', 'd');
    const resources = raw.resources.map((r) => ({ ...r, inputs: { password: 'hunter2', token: hole, name: 'q' } }));
    const inputs = normalise({ ...raw, resources }, { region: undefined }).resources[0]?.inputs;
    expect(inputs).toMatchObject({ name: 'q', password: { reason: 'secret' } });
    expect(inputs?.token).toBe(hole);
  });

  it('walks the components around a resource, and out of a circle', () => {
    const part = (name: string, parent: string): Json => ({ ...state('my:index:Part', name), custom: false, parent });
    const document = exported([
      stackState,
      part('outer', String(stackState.urn)),
      part('inner', urnOf('my:index:Part', 'outer')),
      state(Q, 'x', { parent: urnOf('my:index:Part', 'inner') }),
      part('ring', urnOf('my:index:Part', 'ring2')),
      part('ring2', urnOf('my:index:Part', 'ring')),
    ]);
    const { resources } = normalise(read(document), { region: undefined });
    const byUrn = new Map(resources.map((r) => [r.urn, r]));
    const path = (name: string): string[] => resources.filter((r) => r.name === name).flatMap((r) => componentPath(r, byUrn));
    expect([path('x'), path('outer'), path('ring')]).toEqual([['outer', 'inner'], [], ['ring2']]);
  });
});
