import * as acm from '@pulumi/aws/acm/index.js';
import * as route53 from '@pulumi/aws/route53/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { SitePair } from './site.ts';

export interface CertificatesArgs {
  readonly sites: SitePair;
  readonly domain: string;
  /** Public hosted zone of the domain. */
  readonly zoneId: Input<string>;
}

/**
 * The wildcard certificate of the domain, once in each Region: a load balancer takes only one of its own Region. Validated by
 * DNS, so that renewals need nobody; ACM asks for the same record in both Regions.
 */
export class Certificates extends ComponentResource {
  readonly primaryArn: Output<string>;
  readonly standbyArn: Output<string>;

  constructor(name: string, args: CertificatesArgs, opts?: ComponentResourceOptions) {
    super('shop:dns:Certificates', name, {}, opts);
    const { primary, standby } = args.sites;
    const request = { domainName: `*.${args.domain}`, validationMethod: 'DNS' };
    const inPrimary = new acm.Certificate(`${name}-primary`, request, { parent: this, provider: primary.provider });
    const inStandby = new acm.Certificate(`${name}-standby`, request, { parent: this, provider: standby.provider });
    const proof = inPrimary.domainValidationOptions[0];
    if (proof === undefined) throw new Error('ACM named no record that would prove the domain');
    const record = new route53.Record(
      `${name}-validation`,
      {
        zoneId: args.zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 60,
      },
      { parent: this, provider: primary.provider },
    );
    const validate = (suffix: string, certificate: acm.Certificate, provider: typeof primary.provider) =>
      new acm.CertificateValidation(
        `${name}-${suffix}`,
        { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
        { parent: this, provider },
      ).certificateArn;
    this.primaryArn = validate('primary', inPrimary, primary.provider);
    this.standbyArn = validate('standby', inStandby, standby.provider);
    this.registerOutputs({ primaryArn: this.primaryArn, standbyArn: this.standbyArn });
  }
}
