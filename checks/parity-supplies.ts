/** What a standby needs in its own Region to start and to serve: keys, certificates, secrets, images. */
import type { DescribeImagesCommandInput, DescribeImagesCommandOutput } from '@aws-sdk/client-ecr';
import type { DescribeSecretCommandInput, DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { Place } from '../src/aws/call.ts';
import type { EstateResource } from '../src/estate/estate.ts';
import { factsOf, meaningOf } from '../src/estate/estate.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known } from '../src/model/known.ts';
import { any, decide, equals, fold, is, known, map, not, together, unknown } from '../src/model/known.ts';
import { acmCertificate } from '../src/services/acm-certificate.ts';
import { kmsKey } from '../src/services/kms-key.ts';
import { secret } from '../src/services/secret.ts';
import type { CheckInput } from './check.ts';
import type { Twin } from './parity-twins.ts';
import type { Promises, Report } from './questions.ts';
import { allOf, arnOf, placeOf, reading, valueOr } from './questions.ts';

export const KEY_UNUSABLE: RuleText = {
  id: 'live-key-replica-unusable',
  title: 'The key of the other Region cannot be used',
  severity: 'critical',
  scopes: ['region'],
  why: 'A replica of a multi-Region key is enabled, disabled and deleted by itself. Data under a key that is disabled or waits for its deletion cannot be read in that Region.',
  fix: 'Enable the key, or cancel its deletion, and alarm on both.',
  source: 'https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html',
};

export const CERTIFICATE_UNUSABLE: RuleText = {
  id: 'live-certificate-not-issued',
  title: 'A certificate is not issued',
  severity: 'critical',
  scopes: ['region'],
  why: 'A listener with a certificate that is pending, failed or expired is refused by every client. In a standby Region nobody notices before the failover.',
  fix: 'Look at the validation records of the certificate and at CAA, and ask for it again.',
  source: 'https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting.html',
};

export const CERTIFICATE_ENDS: RuleText = {
  id: 'live-certificate-ends-soon',
  title: 'A certificate ends within 30 days',
  severity: 'high',
  scopes: ['region'],
  why: 'ACM renews 60 days before the end what it can renew. One that has less than 30 days left is imported, or its renewal has been failing for a month.',
  fix: 'Import a new one, or mend the validation records so that ACM can renew it.',
  source: 'https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html',
};

export const SECRET_BEHIND: RuleText = {
  id: 'live-secret-replica-not-in-sync',
  title: 'A replica of a secret is not in sync',
  severity: 'high',
  scopes: ['region'],
  why: 'When replication of a secret has failed (a name that is taken, a key that may not be used), the other Region has an old value or none. Nothing that needs the secret starts there.',
  fix: 'Read the status message of the replica in DescribeSecret, remove what stands in the way, and replicate again.',
  source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html',
};

export const IMAGE_MISSING: RuleText = {
  id: 'live-image-missing',
  title: 'An image that the standby runs is not in its registry',
  severity: 'critical',
  scopes: ['az', 'region'],
  why: 'ECR copies images that are pushed after replication was set up, and lifecycle policies of each Region delete by themselves. A task whose image is gone cannot be started, just when all tasks must start.',
  fix: 'Push the image to the registry of that Region, and keep what runs out of the reach of lifecycle policies.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html',
};

export const IMAGE_DIFFERS: RuleText = {
  id: 'live-image-differs',
  title: 'The standby runs another image under the same tag',
  severity: 'high',
  scopes: ['region'],
  why: 'A tag is moved in one Region and not in the other: after a failover an older or newer version of the application meets the same data.',
  fix: 'Deploy by digest, or wait for replication before the standby is deployed.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html',
};

const describeSecret = reading<DescribeSecretCommandInput, DescribeSecretCommandOutput>(
  'secrets-manager',
  'secretsmanager:DescribeSecret',
);
const describeImages = reading<DescribeImagesCommandInput, DescribeImagesCommandOutput>('ecr', 'ecr:DescribeImages', {
  pages: ['nextToken', 'nextToken'],
});

export const supplyCalls = [describeSecret, describeImages];

export function keys(twins: readonly Twin[], promises: Promises, report: Report): void {
  for (const { standby } of twins) {
    const facts = factsOf(kmsKey, standby);
    if (facts === undefined) continue;
    const state = standby.props.computed('keyState');
    // A key that waits for its deletion says nothing under `enabled`.
    const unusable = any([not(facts.enabled), is(state, (s) => s !== undefined && s !== 'Enabled')]);
    report.fact(standby, 'key can be used', not(unusable));
    report.judge(KEY_UNUSABLE, standby, unusable, `${standby.title} cannot be used: it is disabled or waits for its deletion`);
    const metrics = promises.on(standby.resource.urn, ['RTO', 'RPO'], ['region']);
    decide(unusable, {
      yes: () => report.object(metrics, 'not-met', `${standby.title} cannot be used`, standby),
      no: () => undefined,
      unknown: (why) => report.object(metrics, 'unknown', why.detail, standby),
    });
  }
}

const SOON_MS = 30 * 86_400_000;

export function certificates(input: CheckInput, promises: Promises, report: Report): void {
  for (const { item } of allOf(input.judgement, acmCertificate)) {
    const metrics = promises.on(item.resource.urn, ['RTO'], ['region']);
    const status = textOf(item, 'status');
    const unusable = is(status, (s) => s !== 'ISSUED');
    report.judge(CERTIFICATE_UNUSABLE, item, unusable, `${item.title} is ${valueOr(status, 'of unknown state')}`);
    decide(unusable, {
      yes: () => report.object(metrics, 'unknown', `${item.title} is not issued`, item),
      no: () => undefined,
      unknown: () => undefined,
    });
    const left = map(textOf(item, 'notAfter'), (t) => (Date.parse(t) - input.now) / 1000);
    report.fact(item, 'certificate is valid for', left, { unit: 'seconds' });
    if (
      fold(
        unusable,
        (u) => u,
        () => false,
      )
    )
      continue;
    const ends = is(left, (seconds) => seconds * 1000 < SOON_MS);
    const days = valueOr(
      map(left, (s) => String(Math.floor(s / 86_400))),
      'an unknown number of',
    );
    report.judge(CERTIFICATE_ENDS, item, ends, `${item.title} ends in ${days} days`);
  }
}

function textOf(item: EstateResource, path: string): Known<string> {
  return fold<string | number | boolean | undefined, Known<string>>(
    item.props.computed(path),
    (value) =>
      typeof value === 'string'
        ? known(value, item.props.origin(path))
        : unknown('not-reported', `ACM does not say the ${path} of ${item.title}`, item.props.origin(path)),
    (why) => why,
  );
}

export async function secrets(input: CheckInput, report: Report): Promise<void> {
  const replicated = allOf(input.judgement, secret).filter(({ facts }) =>
    fold(
      facts.replicas,
      (list) => list.length > 0,
      () => true,
    ),
  );
  for (const { item } of replicated) {
    const reply = await fold(
      together({ place: placeOf(item), arn: arnOf(item) }),
      ({ place, arn }) => input.aws.ask(describeSecret, { SecretId: arn }, place),
      async (why) => why,
    );
    const behind = map(reply, (r) =>
      (r?.ReplicationStatus ?? []).filter((s) => s.Status !== 'InSync').map((s) => s.Region ?? ''),
    );
    report.fact(
      item,
      'replicas that are not in sync',
      map(behind, (list) => list.length),
      { unit: 'count' },
    );
    const where = valueOr(behind, []).join(', ');
    report.judge(
      SECRET_BEHIND,
      item,
      is(behind, (list) => list.length > 0),
      `the replica of ${item.title} in ${where} is not in sync`,
    );
  }
}

interface Image {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** `:tag` or `@digest`. */
  readonly version: string;
}

/** The form of private registries (ECR user guide, "Amazon ECR private registry"). */
const IMAGE = /(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+)(:[\w.-]+|@sha256:[0-9a-f]{64})?/g;

export async function images(twins: readonly Twin[], input: CheckInput, promises: Promises, report: Report): Promise<void> {
  for (const { primary, standby } of twins) {
    if (meaningOf(standby)?.kind !== 'compute') continue;
    const before = imagesOf(primary, input);
    for (const image of imagesOf(standby, input)) {
      const digest = await digestOf(image, input);
      const missing = equals(digest, undefined);
      const name = `${image.repository}${image.version}`;
      report.fact(standby, `image ${name} is in ${image.region}`, not(missing));
      report.judge(IMAGE_MISSING, standby, missing, `${name} is not in the registry of ${image.region}`);
      decide(missing, {
        yes: () => {
          const metrics = promises.on(standby.resource.urn, ['RTO'], ['region']);
          report.object(
            metrics,
            'unknown',
            `${name}, which ${standby.title} runs, is not in the registry of ${image.region}`,
            standby,
          );
        },
        no: () => undefined,
        unknown: () => undefined,
      });
      const same = before.find((b) => b.repository === image.repository && b.version === image.version);
      if (same === undefined || image.version.startsWith('@') || same.region === image.region) continue;
      const there = await digestOf(same, input);
      const differs = is(
        together({ digest, there }),
        (d) => d.digest !== undefined && d.there !== undefined && d.digest !== d.there,
      );
      report.judge(IMAGE_DIFFERS, standby, differs, `${name} is another image in ${image.region} than in ${same.region}`);
    }
  }
}

/** Images that it names itself, or its task definition or launch template does. */
function imagesOf(item: EstateResource, input: CheckInput): readonly Image[] {
  const { resources } = input.judgement.estate;
  const configurations = (meaningOf(item)?.links ?? []).flatMap((link) => {
    const target = resources.get(valueOr(link.to, ''));
    return target !== undefined && meaningOf(target)?.kind === 'config' ? [target] : [];
  });
  const found = new Map<string, Image>();
  for (const source of [item, ...configurations])
    for (const [whole, account = '', region = '', repository = '', version = ':latest'] of JSON.stringify(
      source.resource.inputs,
    ).matchAll(IMAGE))
      found.set(whole, { account, region, repository, version });
  return [...found.values()];
}

/** Known undefined: it is not there. */
async function digestOf(image: Image, input: CheckInput): Promise<Known<string | undefined>> {
  const { account, region, repository, version } = image;
  const imageId = version.startsWith('@') ? { imageDigest: version.slice(1) } : { imageTag: version.slice(1) };
  const place: Place = { account, region };
  const reply = await input.aws.ask(
    describeImages,
    { registryId: account, repositoryName: repository, imageIds: [imageId] },
    place,
    ['ImageNotFoundException', 'RepositoryNotFoundException'],
  );
  return map(reply, (r) => r?.imageDetails?.[0]?.imageDigest);
}
