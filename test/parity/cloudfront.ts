/** Distributions with one origin, several, and origin groups; and certificates of every kind. */
import fc from 'fast-check';
import { type Declaration, inputs } from './law.ts';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const HOSTS = ['east.us-east-1.elb.amazonaws.com', 'west.us-west-2.elb.amazonaws.com', 'origin.example.net'];

const origin = fc
  .record({
    domainName: fc.constantFrom(...HOSTS),
    connectionAttempts: maybe(fc.integer({ min: 1, max: 3 })),
    connectionTimeout: maybe(fc.integer({ min: 1, max: 10 })),
    kind: fc.constantFrom('custom', 's3', 'vpc'),
    originReadTimeout: maybe(fc.integer({ min: 1, max: 120 })),
  })
  .map(({ kind, originReadTimeout, ...v }) =>
    inputs({
      ...v,
      customOriginConfig:
        kind === 'custom'
          ? inputs({
              httpPort: 80,
              httpsPort: 443,
              originProtocolPolicy: 'https-only',
              originSslProtocols: ['TLSv1.2'],
              originReadTimeout,
            })
          : undefined,
      vpcOriginConfig: kind === 'vpc' ? inputs({ vpcOriginId: 'vo_1', originReadTimeout }) : undefined,
    }),
  );

const methods = fc.constantFrom(
  ['GET', 'HEAD'],
  ['GET', 'HEAD', 'OPTIONS'],
  ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
);

export const distributions: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    first: origin,
    second: origin,
    group: fc.boolean(),
    statusCodes: fc.subarray([500, 502, 503, 504], { minLength: 1 }),
    allowed: fc.tuple(methods, methods),
    ordered: maybe(fc.constantFrom('first', 'second', 'group')),
    enabled: fc.boolean(),
    tagged: fc.boolean(),
  })
  .map((v) => {
    const behaviour = (targetOriginId: string, allowedMethods: readonly string[]) => ({
      targetOriginId: targetOriginId === 'group' && !v.group ? 'first' : targetOriginId,
      allowedMethods,
      cachedMethods: ['GET', 'HEAD'],
      viewerProtocolPolicy: 'redirect-to-https',
    });
    const distribution: Declaration = {
      type: 'aws:cloudfront/distribution:Distribution',
      name: 'cdn',
      inputs: inputs({
        enabled: v.enabled,
        origins: [
          { originId: 'first', ...v.first },
          { originId: 'second', ...v.second },
        ],
        originGroups: v.group
          ? [
              {
                originId: 'group',
                failoverCriteria: { statusCodes: v.statusCodes },
                members: [{ originId: 'first' }, { originId: 'second' }],
              },
            ]
          : undefined,
        defaultCacheBehavior: behaviour('group', v.allowed[0]),
        orderedCacheBehaviors:
          v.ordered === undefined ? undefined : [{ pathPattern: '/api/*', ...behaviour(v.ordered, v.allowed[1]) }],
        restrictions: { geoRestriction: { restrictionType: 'none' } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
        tags: v.tagged ? { service: 'shop' } : undefined,
      }),
    };
    return [distribution];
  });

export const certificates: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    kind: fc.constantFrom('DNS', 'EMAIL', 'imported'),
    keyAlgorithm: fc.constantFrom(undefined, 'RSA_2048', 'EC_prime256v1'),
    names: fc.subarray(['www.example.com', '*.example.com']),
  })
  .map(({ kind, keyAlgorithm, names }) => [
    {
      type: 'aws:acm/certificate:Certificate',
      name: 'certificate',
      inputs:
        kind === 'imported'
          ? { certificateBody: 'body', privateKey: 'key' }
          : inputs({ domainName: 'example.com', validationMethod: kind, keyAlgorithm, subjectAlternativeNames: names }),
    },
  ]);
