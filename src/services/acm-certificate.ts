/** ACM certificates: bound to one Region, and not to be copied to another. */
import type { Known } from '../model/known.ts';
import { known } from '../model/known.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';

export const ACM_CERTIFICATE = 'aws:acm/certificate:Certificate';

export interface CertificateFacts extends Identity {
  readonly domainName: Known<string | undefined>;
  readonly otherNames: Known<readonly Known<string>[]>;
  /** `DNS` and `HTTP` renew by themselves, `EMAIL` needs a person; unset for imported and private ones. */
  readonly validation: Known<string | undefined>;
  /** Brought in by hand: ACM does not renew it. */
  readonly imported: Known<boolean>;
}

export const acmCertificate = service<CertificateFacts>({
  id: 'acm-certificate',
  title: 'ACM certificate',
  kind: 'config',
  types: [ACM_CERTIFICATE],
  parts: [{ type: 'aws:acm/certificateValidation:CertificateValidation', of: 'certificateArn' }],
  declare(props) {
    const imported = ['certificateBody', 'privateKey', 'privateKeyWo'].some((path) => {
      const value = props.raw(path);
      return value !== undefined && value !== null;
    });
    return {
      ...identityOf(props),
      domainName: props.text('domainName'),
      otherNames: props.texts('subjectAlternativeNames'),
      validation: props.text('validationMethod'),
      imported: known(imported, props.origin('certificateBody')),
    };
  },
  mean() {
    return meaning({
      kind: 'config',
      placement: regional,
      under: { ...regionalImpacts(false), data: unaffected('a certificate is no data of the service') },
    });
  },
});
