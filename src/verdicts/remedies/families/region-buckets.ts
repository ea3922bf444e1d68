/** Amazon S3: replication to a bucket in another Region, and what keeps the one that is there from copying. */
import { factsOf } from '../../../estate/estate.ts';
import { fold, is, known, not } from '../../../model/known.ts';
import type { Value, Values } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { s3Bucket } from '../../../services/s3-bucket.ts';
import { besides, bucketVersioned, S3_BUCKET, S3_PARTS } from '../../../services/s3-inputs.ts';
import type { Props } from '../../../services/view.ts';
import type { Candidate, Family } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Place, Site } from '../site.ts';
import { told } from '../site.ts';
import type { KeyThere } from './keys.ts';
import { newKey } from './keys.ts';

const IAM_ROLE = 'aws:iam/role:Role';
const S3_MAY_ASSUME =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

export const bucketReplication: Family = (spot, site) => {
  const facts = spot.scope === 'region' ? factsOf(s3Bucket, spot.item) : undefined;
  if (facts === undefined) return [];
  const rules = fold(
    facts.replication,
    (list) => list,
    () => undefined,
  );
  if (rules === undefined) return [];
  const leading = rules.findIndex((r) => !holds(not(r.otherRegion)));
  if (leading >= 0 && spot.lacks.has('point')) {
    const sooner = timeControlled(spot.item.props, leading, site);
    if (sooner.length > 0) return [...mended(spot.item.props, leading, site), ...sooner];
  }
  return leading >= 0 ? mended(spot.item.props, leading, site) : created(spot.item.props, site, spot.metric.serviceId);
};

/** S3 Replication Time Control, without which nothing says how soon a copy is made. */
function timeControlled(bucket: Props, index: number, site: Site): readonly Candidate[] {
  const facts = factsOf(s3Bucket, site.item(bucket.id));
  const rule = facts === undefined ? undefined : told(facts.replication)?.[index];
  const owner = told(besides(bucket, S3_PARTS.replication, site.view));
  if (rule === undefined || owner?.type !== S3_PARTS.replication || holds(rule.timeControl)) return [];
  const minutes = { status: 'Enabled', time: { minutes: 15 } };
  return [
    {
      mechanism: 's3-replication',
      says: 'let S3 make nearly every copy within 15 minutes (Replication Time Control)',
      changes: [
        set(owner, `rules[${index}].destination.replicationTime`, minutes),
        set(owner, `rules[${index}].destination.metrics`, { status: 'Enabled', eventThreshold: { minutes: 15 } }),
      ],
      cost: { class: 'low', rests: 'a charge for each gigabyte that is replicated' },
    },
  ];
}

/** Versioning on both sides, and objects under SSE-KMS selected: what a rule needs to copy everything. */
function mended(bucket: Props, index: number, site: Site): readonly Candidate[] {
  const facts = factsOf(s3Bucket, site.item(bucket.id));
  const rule = fold(
    facts?.replication ?? known([]),
    (list) => list[index],
    () => undefined,
  );
  if (facts === undefined || rule === undefined) return [];
  const owner = told(besides(bucket, S3_PARTS.replication, site.view));
  if (owner === undefined) return [];
  const at = owner.type === S3_PARTS.replication ? `rules[${index}]` : `replicationConfiguration.rules[${index}]`;
  const destination = told(rule.destination);
  const copy = destination === undefined ? undefined : site.view.get(destination);
  const changes: Change[] = [
    ...versioned(bucket, site),
    ...(copy === undefined ? [] : versioned(copy, site)),
    ...(holds(rule.enabled) ? [] : [set(owner, `${at}.status`, 'Enabled')]),
  ];
  if (!holds(is(facts.encryption, (e) => e === 'AES256')) && !holds(rule.kmsObjects) && copy !== undefined) {
    const inline = owner.type !== S3_PARTS.replication;
    const selection = `${at}.sourceSelectionCriteria.sseKmsEncryptedObjects`;
    changes.push(inline ? set(owner, `${selection}.enabled`, true) : set(owner, `${selection}.status`, 'Enabled'));
    if (owner.raw(`${at.replace(/\[\d+\]$/, '')}.destination.encryptionConfiguration.replicaKmsKeyId`) === undefined) {
      const key = keyFor(copy, site);
      const path = inline ? 'destination.replicaKmsKeyId' : 'destination.encryptionConfiguration.replicaKmsKeyId';
      if (key !== undefined) changes.push(...key.changes, set(owner, `${at}.${path}`, key.value));
    }
  }
  if (changes.length === 0) return [];
  return [
    {
      mechanism: 's3-replication',
      says: 'let the replication rule copy every object',
      changes,
      cost: { class: 'low', rests: 'a second copy of the objects and their transfer, by use' },
      caution: 'objects that are there already are not copied: run S3 Batch Replication once',
    },
  ];
}

/** A bucket in the other Region, of the same role or new, and a rule to it. */
function created(bucket: Props, site: Site, service: string): readonly Candidate[] {
  const item = site.item(bucket.id);
  const to = item === undefined ? undefined : site.otherRegion(item, service);
  if (item === undefined || to === undefined) return [];
  const { resource } = item;
  const twin = site.twinsOf(item).find((t) => t.resource.type === S3_BUCKET && site.regionOf(t) === to.region);
  const copy =
    twin === undefined
      ? site.add(resource, { type: S3_BUCKET, name: `${resource.name}-${to.region}`, place: to, inputs: {} })
      : undefined;
  const copyUrn = twin?.resource.urn ?? copy?.resource.urn ?? '';
  const there = twin === undefined ? [versioning(copy, to, site)].filter((c) => c !== undefined) : versioned(twin.props, site);
  const encrypted = !holds(is(factsOf(s3Bucket, item)?.encryption ?? known('AES256'), (e) => e === 'AES256'));
  const key = encrypted ? newKey(to, item, site) : undefined;
  const role = site.add(resource, {
    type: IAM_ROLE,
    name: `${resource.name}-replication`,
    inputs: { assumeRolePolicy: S3_MAY_ASSUME },
  });
  const rule: Values = {
    id: 'everything',
    status: 'Enabled',
    filter: {},
    priority: 1,
    deleteMarkerReplication: { status: 'Enabled' },
    ...(key === undefined ? {} : { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } } }),
    destination: {
      bucket: reference(copyUrn, 'arn'),
      ...(key === undefined ? {} : { encryptionConfiguration: { replicaKmsKeyId: key.value } }),
    },
  };
  return [
    {
      mechanism: 's3-replication',
      says: `replicate every object to a bucket in ${to.region}`,
      changes: [
        ...versioned(bucket, site),
        ...(copy === undefined ? [] : [copy]),
        ...there,
        ...(key?.changes ?? []),
        role,
        site.add(resource, {
          type: S3_PARTS.replication,
          name: resource.name,
          untagged: true,
          inputs: { bucket: reference(resource.urn, 'id'), role: reference(role.resource.urn, 'arn'), rules: [rule] },
        }),
      ],
      cost: { class: 'low', rests: 'a second copy of the objects and their transfer, by use' },
      caution: 'objects that are there already are not copied: run S3 Batch Replication once',
    },
  ];
}

const set = (owner: Props, property: string, to: Value): Change => ({ kind: 'set', resource: owner.id, property, to });

/** Nothing where it is on. */
export function versioned(bucket: Props, site: Site): readonly Change[] {
  if (holds(bucketVersioned(bucket, site.view))) return [];
  const owner = told(besides(bucket, S3_PARTS.versioning, site.view));
  if (owner === undefined) return [];
  if (owner.type === S3_PARTS.versioning) return [set(owner, 'versioningConfiguration.status', 'Enabled')];
  return [
    site.add(bucket.resource, {
      type: S3_PARTS.versioning,
      name: bucket.name,
      untagged: true,
      inputs: { bucket: reference(bucket.id, 'id'), versioningConfiguration: { status: 'Enabled' } },
    }),
  ];
}

function versioning(copy: (Change & { readonly kind: 'add' }) | undefined, to: Place, site: Site): Change | undefined {
  if (copy === undefined) return undefined;
  const beside = site.item(copy.beside)?.resource;
  if (beside === undefined) return undefined;
  return site.add(beside, {
    type: S3_PARTS.versioning,
    name: copy.resource.name,
    place: to,
    untagged: true,
    inputs: { bucket: reference(copy.resource.urn, 'id'), versioningConfiguration: { status: 'Enabled' } },
  });
}

/** The key that encrypts the copies' bucket, else a new one in its Region. */
function keyFor(copy: Props, site: Site): KeyThere | undefined {
  const item = site.item(copy.id);
  const own = told(factsOf(s3Bucket, item)?.key ?? known(undefined));
  if (own !== undefined) return { value: reference(own, 'arn'), changes: [] };
  const region = told(copy.region);
  return item === undefined || region === undefined ? undefined : newKey(site.placeIn(region, copy.resource), item, site);
}
