import * as route53 from '@pulumi/aws/route53/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { SitePair } from './site.ts';
import type { WebService } from './web-service.ts';

/**
 * How the two records name their load balancers. An alias follows the load balancer's own health and has the TTL of ELB's
 * names, 60 s (Route 53 Developer Guide, "Choosing between alias and non-alias records"). A CNAME has a TTL of its own.
 */
export type RecordStyle = { readonly kind: 'alias' } | { readonly kind: 'cname'; readonly primaryTtlSeconds: number };

export interface FailoverRecordsArgs {
  readonly sites: SitePair;
  readonly service: ServiceName;
  readonly zoneId: Input<string>;
  /** Full name, for example `checkout.shop.example`. */
  readonly hostName: string;
  readonly primary: WebService;
  readonly standby: WebService;
  /** Seconds between probes: 10 or 30. It cannot be changed later without a new health check. */
  readonly probeIntervalSeconds: number;
  /** Probes in a row that must fail, 1 to 10. */
  readonly probeFailures: number;
  readonly style: RecordStyle;
}

/** Regions that probe from outside: on three continents, and neither of the shop's own Regions may decide alone. */
const CHECKER_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1', 'sa-east-1'];

/** TTL of a CNAME in the standby's record: it matters only on the way back. */
const STANDBY_TTL_SECONDS = 60;

/** A PRIMARY and a SECONDARY record of one name, and the health check that switches between them with no API call at all. */
export class FailoverRecords extends ComponentResource {
  readonly healthCheckId: Output<string>;
  readonly fqdn: Output<string>;

  constructor(name: string, args: FailoverRecordsArgs, opts?: ComponentResourceOptions) {
    super('shop:dns:FailoverRecords', name, {}, opts);
    const child = { parent: this, provider: args.sites.primary.provider };
    const health = new route53.HealthCheck(
      `${name}-primary`,
      {
        type: 'HTTPS_STR_MATCH',
        fqdn: args.primary.loadBalancerDnsName,
        port: 443,
        // Answers from the application: it says ok when the stores of its own Region answer.
        resourcePath: '/healthz/deep',
        searchString: '"status":"ok"',
        enableSni: true,
        requestInterval: args.probeIntervalSeconds,
        failureThreshold: args.probeFailures,
        regions: CHECKER_REGIONS,
        tags: { ...serviceTags(args.service), Name: `${name}-primary` },
      },
      child,
    );
    const target = (web: WebService, ttl: number) =>
      args.style.kind === 'alias'
        ? {
            type: 'A',
            aliases: [{ name: web.loadBalancerDnsName, zoneId: web.loadBalancerZoneId, evaluateTargetHealth: true }],
          }
        : { type: 'CNAME', records: [web.loadBalancerDnsName], ttl };
    const primary = new route53.Record(
      `${name}-primary`,
      {
        zoneId: args.zoneId,
        name: args.hostName,
        ...target(args.primary, args.style.kind === 'cname' ? args.style.primaryTtlSeconds : 0),
        setIdentifier: `${name}-${args.sites.primary.region}`,
        failoverRoutingPolicies: [{ type: 'PRIMARY' }],
        healthCheckId: health.id,
      },
      child,
    );
    new route53.Record(
      `${name}-secondary`,
      {
        zoneId: args.zoneId,
        name: args.hostName,
        ...target(args.standby, STANDBY_TTL_SECONDS),
        setIdentifier: `${name}-${args.sites.standby.region}`,
        failoverRoutingPolicies: [{ type: 'SECONDARY' }],
      },
      child,
    );
    this.healthCheckId = health.id;
    this.fqdn = primary.fqdn;
    this.registerOutputs({ healthCheckId: this.healthCheckId, fqdn: this.fqdn });
  }
}
