/** ACM certificates of every kind of key. Bodies and keys are never read. */
import type {
  CertificateSummary,
  DescribeCertificateCommandInput,
  DescribeCertificateCommandOutput,
  KeyAlgorithm,
  ListCertificatesCommandInput,
  ListCertificatesCommandOutput,
  ListTagsForCertificateCommandInput,
  ListTagsForCertificateCommandOutput,
} from '@aws-sdk/client-acm';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const listCertificates = call<ListCertificatesCommandInput, ListCertificatesCommandOutput>({
  client: 'acm',
  operation: 'ListCertificates',
  action: 'acm:ListCertificates',
  pages: { input: 'NextToken', output: 'NextToken' },
});
const describeCertificate = call<DescribeCertificateCommandInput, DescribeCertificateCommandOutput>({
  client: 'acm',
  operation: 'DescribeCertificate',
  action: 'acm:DescribeCertificate',
});
const listTags = call<ListTagsForCertificateCommandInput, ListTagsForCertificateCommandOutput>({
  client: 'acm',
  operation: 'ListTagsForCertificate',
  action: 'acm:ListTagsForCertificate',
});

/** Without them ACM lists RSA keys of 1024 and 2048 bits only (API reference, Filters). */
const EVERY_KEY: KeyAlgorithm[] = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
];

const GONE = ['ResourceNotFoundException'];

export const acmCertificates: Scan = {
  id: 'acm-certificates',
  types: ['aws:acm/certificate:Certificate'],
  where: 'region',
  calls: [listCertificates, describeCertificate, listTags],
  async *run(aws) {
    for await (const { CertificateSummaryList = [] } of aws.pages(listCertificates, { Includes: { keyTypes: EVERY_KEY } }))
      for (const seen of await aws.each(CertificateSummaryList, (c) => observe(aws, c))) if (seen !== undefined) yield seen;
  },
};

async function observe(aws: Reader, summary: CertificateSummary): Promise<Observed | undefined> {
  const arn = summary.CertificateArn;
  if (arn === undefined) return undefined;
  const imported = summary.Type === 'IMPORTED';
  // An imported certificate has no validation to ask for.
  const described = imported ? undefined : await aws.ask(describeCertificate, { CertificateArn: arn }, GONE);
  if (described === undefined && !imported) return undefined;
  const detail = described instanceof Hole ? undefined : described?.Certificate;
  const tagged = await aws.ask(listTags, { CertificateArn: arn }, GONE);
  return {
    type: 'aws:acm/certificate:Certificate',
    id: arn,
    arn,
    name: summary.DomainName ?? arn,
    properties: present({
      domainName: summary.DomainName,
      subjectAlternativeNames: detail?.SubjectAlternativeNames ?? summary.SubjectAlternativeNameSummaries,
      validationMethod: described instanceof Hole ? described : detail?.DomainValidationOptions?.[0]?.ValidationMethod,
      certificateBody: imported ? new Hole('not-modelled', 'the body of an imported certificate is not read') : undefined,
      keyAlgorithm: summary.KeyAlgorithm,
    }),
    outputs: present({
      arn,
      status: summary.Status,
      notAfter: detail?.NotAfter?.toISOString() ?? summary.NotAfter?.toISOString(),
    }),
    tags: tagged instanceof Hole ? tagged : Object.fromEntries((tagged?.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
}
