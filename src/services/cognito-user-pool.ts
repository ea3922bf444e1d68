/** Cognito user pools and identity pools: users live in one Region and have no backup of AWS's. */
import type { Known } from '../model/known.ts';
import { decide, equals, known, unknown } from '../model/known.ts';
import type { Protection } from '../model/protection.ts';
import { fixed } from '../model/protection.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';

export const USER_POOL = 'aws:cognito/userPool:UserPool';
const IDENTITY_POOL = 'aws:cognito/identityPool:IdentityPool';
const OF_POOL = [
  'aws:cognito/userPoolClient:UserPoolClient',
  'aws:cognito/managedUserPoolClient:ManagedUserPoolClient',
  'aws:cognito/userPoolDomain:UserPoolDomain',
  'aws:cognito/userPoolUICustomization:UserPoolUICustomization',
  'aws:cognito/managedLoginBranding:ManagedLoginBranding',
  'aws:cognito/identityProvider:IdentityProvider',
  'aws:cognito/resourceServer:ResourceServer',
  'aws:cognito/riskConfiguration:RiskConfiguration',
  'aws:cognito/userGroup:UserGroup',
  'aws:cognito/user:User',
  'aws:cognito/userInGroup:UserInGroup',
  'aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration',
] as const;

export interface UserPoolFacts extends Identity {
  /** Identity pools only exchange tokens: they hold no users. */
  readonly holdsUsers: boolean;
  /** `LITE`, `ESSENTIALS` (default) or `PLUS`. */
  readonly tier: Known<string>;
}

export const userPool = service<UserPoolFacts>({
  id: 'cognito-user-pool',
  title: 'Cognito user pool',
  kind: 'store',
  types: [USER_POOL, IDENTITY_POOL],
  parts: [
    ...OF_POOL.map((type) => ({ type, of: 'userPoolId' })),
    { type: 'aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment', of: 'identityPoolId' },
    { type: 'aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag', of: 'identityPoolId' },
  ],
  declare(props) {
    return { ...identityOf(props), holdsUsers: props.type === USER_POOL, tier: props.text('userPoolTier', 'ESSENTIALS') };
  },
  mean(facts) {
    return meaning({
      kind: facts.holdsUsers ? 'store' : 'config',
      placement: regional,
      under: regionalImpacts(facts.holdsUsers),
      protections: facts.holdsUsers ? multiRegion(facts) : [],
    });
  },
});

/**
 * Replica pools (CreateUserPoolReplica) need a tier above LITE and cannot be declared in @pulumi/aws: whether one exists is
 * not known from code.
 */
function multiRegion(facts: UserPoolFacts): readonly Protection[] {
  return decide(equals(facts.tier, 'LITE'), {
    yes: () => [],
    no: () => [replica()],
    unknown: () => [replica()],
  });

  function replica(): Protection {
    const why = unknown('not-reported', 'a replica pool in another Region cannot be declared in code; only AWS can show it', {
      resource: facts.id,
    });
    return {
      mechanism: 'cognito-multi-region',
      scopes: ['region'],
      automation: 'human-execution',
      armed: why,
      successors: known([facts.id]),
      into: why,
      time: fixed(0, 'a replica answers sign-ins at once'),
      point: undefined,
      calls: [],
      action: undefined,
      says: 'a replica pool signs users in, but cannot create them or reset passwords',
    };
  }
}
