/** RDS proxies: they keep clients connected while the database behind them fails over. They hold nothing themselves. */
import type { Known } from '../model/known.ts';
import { andThen, decide, fold, known, map } from '../model/known.ts';
import type { Impact, Link, Meaning, Placement, Spread } from '../model/protection.ts';
import { inTwoZones } from './database-parts.ts';
import { linkTo } from './links.ts';
import { RDS_CLUSTER } from './rds-global-members.ts';
import { RDS_INSTANCE } from './rds-instance.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service, unaffected } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import type { Props, View } from './view.ts';

const PROXY = 'aws:rds/proxy:Proxy';
const SECRET = 'aws:secretsmanager/secret:Secret';
const PROXY_TARGET = 'aws:rds/proxyTarget:ProxyTarget';

export interface RdsProxyFacts extends Identity {
  readonly engineFamily: Known<string | undefined>;
  readonly spread: Known<Spread>;
  /** Databases that it connects to: DB instances or clusters. */
  readonly targets: readonly Link[];
  /** Secrets with which it logs in. */
  readonly secrets: readonly Link[];
}

export const rdsProxy = service<RdsProxyFacts>({
  id: 'rds-proxy',
  title: 'RDS proxy',
  kind: 'proxy',
  types: [PROXY],
  parts: [
    { type: PROXY_TARGET, of: 'dbProxyName' },
    { type: 'aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup', of: 'dbProxyName' },
    { type: 'aws:rds/proxyEndpoint:ProxyEndpoint', of: 'dbProxyName' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      engineFamily: props.text('engineFamily'),
      spread: spreadOfSubnets(props, 'vpcSubnetIds', view),
      targets: targetsOf(props, view),
      secrets: secretsOf(props, view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'proxy',
      placement: map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      under: { ...regionalImpacts(false), az: underAz(facts) },
      links: [...facts.targets, ...facts.secrets],
    });
  },
});

function targetsOf(proxy: Props, view: View): readonly Link[] {
  const attached = view.attached(proxy.id, PROXY_TARGET, 'dbProxyName');
  const links = attached.found.flatMap((target) => [
    ...linkTo(view.target(target, 'dbInstanceIdentifier', [RDS_INSTANCE]), 'endpoint', 'dbInstanceIdentifier'),
    ...linkTo(view.target(target, 'dbClusterIdentifier', [RDS_CLUSTER]), 'endpoint', 'dbClusterIdentifier'),
  ]);
  const doubt = attached.doubts[0];
  return links.length === 0 && doubt !== undefined ? linkTo(doubt, 'endpoint', 'dbProxyName') : links;
}

function secretsOf(proxy: Props, view: View): readonly Link[] {
  return fold<readonly Props[], readonly Link[]>(
    proxy.blocks('auths'),
    (auths) => auths.flatMap((auth) => linkTo(view.target(auth, 'secretArn', [SECRET]), 'secret', 'auths.secretArn')),
    (why) => linkTo(why, 'secret', 'auths'),
  );
}

/** Its compute runs in the AZs of its subnets: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html */
function underAz(facts: RdsProxyFacts): Known<Impact> {
  return andThen(facts.spread, (spread) =>
    decide(inTwoZones(spread, known(true), facts.id), {
      yes: () => unaffected('AWS runs it in every AZ of its subnets'),
      no: () => lost('all its subnets are in one AZ'),
      unknown: (why): Known<Impact> => why,
    }),
  );
}
