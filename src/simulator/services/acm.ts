/** Simulated ACM: certificates of one Region each. One that is requested is issued some minutes later, as if its proof were in place. */
import type * as ACM from '@aws-sdk/client-acm';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { onlyTags, putAgain, removedBy, stays } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf } from '../world/world.ts';
import { need, tagList, textOf, textsOf, without } from './compute-inputs.ts';

interface StoredCertificate {
  readonly arn: string;
  readonly detail: ACM.CertificateDetail;
  status: ACM.CertificateStatus;
  readonly tags: Readonly<Record<string, string>>;
}

const CERTIFICATES = shelf<StoredCertificate>('acm:certificate');
/** DNS validation takes minutes once the records are there (ACM user guide, "DNS validation"). */
const ISSUE_MS = 3 * 60_000;
const LIFETIME_MS = 395 * 24 * 3600 * 1000;

const tagsOf = (tags: readonly ACM.Tag[] | undefined) =>
  Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));

function newArn(context: CallContext): string {
  const id = context.world.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return context.arn('acm', `certificate/${id}`);
}

function proofOf(name: string, method: ACM.ValidationMethod, random: string): ACM.DomainValidation {
  const plain = name.replace(/^\*\./, '');
  const common = { DomainName: name, ValidationDomain: name, ValidationMethod: method, ValidationStatus: 'SUCCESS' as const };
  return method === 'DNS'
    ? { ...common, ResourceRecord: { Name: `_${random}.${plain}.`, Type: 'CNAME', Value: `_${random}.acm-validations.aws.` } }
    : { ...common, ValidationEmails: [`admin@${plain}`] };
}

const request: Operation<ACM.RequestCertificateCommandInput, Reply<ACM.RequestCertificateCommandOutput>> = (input, context) => {
  const arn = newArn(context);
  const names = [...new Set([input.DomainName ?? '', ...(input.SubjectAlternativeNames ?? [])])];
  // API reference, RequestCertificate: validation by mail unless a method is given.
  const method = input.ValidationMethod ?? 'EMAIL';
  const isPrivate = input.CertificateAuthorityArn !== undefined;
  const now = context.world.clock.now();
  const certificate: StoredCertificate = {
    arn,
    status: isPrivate ? 'ISSUED' : 'PENDING_VALIDATION',
    detail: {
      CertificateArn: arn,
      DomainName: input.DomainName ?? '',
      SubjectAlternativeNames: names,
      Type: isPrivate ? 'PRIVATE' : 'AMAZON_ISSUED',
      KeyAlgorithm: input.KeyAlgorithm ?? 'RSA_2048',
      ...(isPrivate
        ? { CertificateAuthorityArn: input.CertificateAuthorityArn }
        : { DomainValidationOptions: names.map((n) => proofOf(n, method, context.world.random.hex(32))) }),
      CreatedAt: context.now,
      NotBefore: context.now,
      NotAfter: new Date(now + LIFETIME_MS),
      RenewalEligibility: 'ELIGIBLE',
    },
    tags: tagsOf(input.Tags),
  };
  context.put(CERTIFICATES, arn, certificate);
  context.world.clock.after(ISSUE_MS, () => {
    certificate.status = 'ISSUED';
  });
  return { CertificateArn: arn };
};

const importOne: Operation<ACM.ImportCertificateCommandInput, Reply<ACM.ImportCertificateCommandOutput>> = (input, context) => {
  const arn = input.CertificateArn ?? newArn(context);
  const detail = {
    CertificateArn: arn,
    DomainName: 'imported.example',
    Type: 'IMPORTED' as const,
    KeyAlgorithm: 'RSA_2048' as const,
  };
  context.put(CERTIFICATES, arn, {
    arn,
    status: 'ISSUED',
    detail: { ...detail, ImportedAt: context.now, RenewalEligibility: 'INELIGIBLE' },
    tags: tagsOf(input.Tags),
  });
  return { CertificateArn: arn };
};

function found(context: CallContext, arn: string | undefined): StoredCertificate {
  const certificate = context.get(CERTIFICATES, arn ?? '');
  if (certificate === undefined) throw new ServiceFault('ResourceNotFoundException', `Could not find certificate ${arn}.`, 400);
  return certificate;
}

const describe: Operation<ACM.DescribeCertificateCommandInput, Reply<ACM.DescribeCertificateCommandOutput>> = (
  input,
  context,
) => {
  const certificate = found(context, input.CertificateArn);
  return { Certificate: { ...certificate.detail, Status: certificate.status } };
};

/** Only RSA keys of 1024 and 2048 bits are listed unless others are asked for (API reference, Filters). */
const list: Operation<ACM.ListCertificatesCommandInput, Reply<ACM.ListCertificatesCommandOutput>> = (input, context) => {
  const kinds: readonly string[] = input.Includes?.keyTypes ?? ['RSA_1024', 'RSA_2048'];
  const shown = context.list(CERTIFICATES).filter((c) => kinds.includes(c.detail.KeyAlgorithm ?? ''));
  const { items, next } = page(shown, input.NextToken, Math.min(input.MaxItems ?? 1000, 1000));
  return {
    CertificateSummaryList: items.map((c) => ({
      CertificateArn: c.arn,
      DomainName: c.detail.DomainName,
      SubjectAlternativeNameSummaries: c.detail.SubjectAlternativeNames,
      Type: c.detail.Type,
      Status: c.status,
      KeyAlgorithm: c.detail.KeyAlgorithm,
      NotAfter: c.detail.NotAfter,
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

const remove: Operation<ACM.DeleteCertificateCommandInput, Reply<ACM.DeleteCertificateCommandOutput>> = (input, context) => {
  context.remove(CERTIFICATES, found(context, input.CertificateArn).arn);
  return {};
};

const listTags: Operation<ACM.ListTagsForCertificateCommandInput, Reply<ACM.ListTagsForCertificateCommandOutput>> = (
  input,
  context,
) => ({ Tags: tagList(found(context, input.CertificateArn).tags) });

async function certificate(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const imports = textOf(inputs.certificateBody) !== undefined || textOf(inputs.privateKey) !== undefined;
  const names = textsOf(inputs.subjectAlternativeNames);
  const { CertificateArn: arn = '' } = imports
    ? ((await deployment.call('acm', 'ImportCertificate', {
        Certificate: Buffer.from(textOf(inputs.certificateBody) ?? ''),
        PrivateKey: Buffer.from(textOf(inputs.privateKey) ?? ''),
        Tags: tagList(given.tags),
      })) as ACM.ImportCertificateCommandOutput)
    : ((await deployment.call(
        'acm',
        'RequestCertificate',
        without({
          DomainName: need(given, 'domainName'),
          SubjectAlternativeNames: names.length === 0 ? undefined : names,
          ValidationMethod: textOf(inputs.validationMethod),
          KeyAlgorithm: textOf(inputs.keyAlgorithm),
          CertificateAuthorityArn: textOf(inputs.certificateAuthorityArn),
          Tags: tagList(given.tags),
        }),
      )) as ACM.RequestCertificateCommandOutput);
  const { Certificate } = (await deployment.call('acm', 'DescribeCertificate', {
    CertificateArn: arn,
  })) as ACM.DescribeCertificateCommandOutput;
  const domainValidationOptions = (Certificate?.DomainValidationOptions ?? []).map((o) => ({
    domainName: o.DomainName ?? '',
    resourceRecordName: o.ResourceRecord?.Name ?? '',
    resourceRecordType: o.ResourceRecord?.Type ?? '',
    resourceRecordValue: o.ResourceRecord?.Value ?? '',
  }));
  return {
    id: arn,
    outputs: { arn, domainName: Certificate?.DomainName ?? '', domainValidationOptions, status: Certificate?.Status ?? '' },
  };
}

/** No resource of AWS: the provider waits here until the certificate is issued. */
async function validation(given: Given, deployment: Deployment): Promise<Created> {
  const certificateArn = need(given, 'certificateArn');
  await deployment.until(async () => {
    const { Certificate } = (await deployment.call(
      'acm',
      'DescribeCertificate',
      { CertificateArn: certificateArn },
      certificateArn.split(':')[3],
    )) as ACM.DescribeCertificateCommandOutput;
    return Certificate?.Status === 'ISSUED';
  }, `${given.urn} is issued`);
  return { id: new Date(deployment.world.clock.now()).toISOString(), outputs: { certificateArn } };
}

const deployers: readonly Deployer[] = [
  {
    type: 'aws:acm/certificate:Certificate',
    create: certificate,
    update: onlyTags,
    remove: removedBy('acm', 'DeleteCertificate', ({ id }) => ({ CertificateArn: id })),
  },
  { type: 'aws:acm/certificateValidation:CertificateValidation', ...putAgain(validation), remove: stays },
];

export const acm: SimulatedService = {
  client: 'acm',
  prefix: 'acm',
  operations: {
    RequestCertificate: request,
    ImportCertificate: importOne,
    DescribeCertificate: describe,
    ListCertificates: list,
    DeleteCertificate: remove,
    ListTagsForCertificate: listTags,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(CERTIFICATES))
        if (
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account)
        )
          world.remove(CERTIFICATES, account, region, key);
    });
  },
  deployers,
};
