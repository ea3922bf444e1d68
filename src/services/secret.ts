/** Secrets Manager secrets and their replicas in other Regions. Values are never read. */
import type { Known } from '../model/known.ts';
import { fold, known, map, unknown } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { fixed } from '../model/protection.ts';
import { differ } from './apart.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import { only } from './view.ts';

export const SECRET = 'aws:secretsmanager/secret:Secret';
const ROTATION = 'aws:secretsmanager/secretRotation:SecretRotation';

export interface SecretFacts extends Identity {
  /** Regions that hold a read-only copy, each under a key of its own Region. */
  readonly replicas: Known<readonly { readonly region: Known<string>; readonly key: Known<string | undefined> }[]>;
  readonly key: Known<string | undefined>;
  /** Days in which a deleted secret can be brought back; 0: none. */
  readonly recoveryWindowDays: Known<number>;
  /** Rotated by a function; a replica is not rotated until it is promoted. */
  readonly rotated: Known<boolean>;
}

export const secret = service<SecretFacts>({
  id: 'secret',
  title: 'Secrets Manager secret',
  kind: 'secret',
  types: [SECRET],
  parts: [
    { type: 'aws:secretsmanager/secretVersion:SecretVersion', of: 'secretId' },
    { type: ROTATION, of: 'secretId' },
    { type: 'aws:secretsmanager/secretPolicy:SecretPolicy', of: 'secretArn' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      replicas: map(props.blocks('replicas'), (replicas) =>
        replicas.map((replica) => ({
          region: fold<string | undefined, Known<string>>(
            replica.text('region'),
            (region, fact) =>
              region === undefined
                ? unknown('error', 'the replica names no Region', replica.origin('region'))
                : known(region, fact.from),
            (why) => why,
          ),
          key: keyReference(replica, 'kmsKeyId', view),
        })),
      ),
      key: keyReference(props, 'kmsKeyId', view),
      recoveryWindowDays: props.number('recoveryWindowInDays', 30),
      rotated: map(only(view.attached(props.id, ROTATION, 'secretId')), (rotation) => rotation !== undefined),
    };
  },
  mean(facts): Meaning {
    const replica = (region: Known<string>) =>
      ({
        mechanism: 'secret-replica',
        scopes: ['region'],
        automation: 'always-on',
        armed: differ(facts.region, region),
        successors: known([facts.id]),
        into: region,
        time: fixed(0, 'the replica is read in its own Region at once'),
        point: undefined,
        calls: [],
        action: undefined,
        says: 'a replica of the same name holds the value in another Region',
      }) as const;
    return meaning({
      kind: 'secret',
      placement: regional,
      under: {
        ...regionalImpacts(false),
        data: unaffected('damage to the data of a service does not reach its secrets; earlier versions are kept'),
      },
      protections: fold(
        facts.replicas,
        (replicas) => replicas.map((r) => replica(r.region)),
        (why) => [replica(why)],
      ),
      links: linkTo(facts.key, 'key', 'kmsKeyId'),
    });
  },
});
