/** Amazon ECR: repositories, images, and the replication of a registry. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/ */
import { createHash } from 'node:crypto';
import type * as ECR from '@aws-sdk/client-ecr';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { ecrDeployers } from './ecr-deployers.ts';
import { awsManagedKey, keptKey } from './kms-model.ts';

type Op<I, O> = Operation<I, Reply<O>>;

interface Image {
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  tags: string[];
  readonly at: Date;
  /** By Region and registry of the destination. */
  readonly copies: Map<string, ECR.ReplicationStatus>;
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly created: Date;
  mutability: ECR.ImageTagMutability;
  readonly encryption: ECR.EncryptionConfiguration;
  lifecycle: string | undefined;
  readonly tags: Map<string, string>;
  readonly images: Map<string, Image>;
}

export const REPOSITORIES = shelf<Repository>('ecr:repository');
/** One for each account and Region. */
const REGISTRIES = shelf<ECR.ReplicationConfiguration>('ecr:registry');
const REGISTRY = 'replication';

/** "The majority of images replicate in less than 30 minutes" (user guide, "Private image replication"), milliseconds. */
const REPLICATING = { least: 20_000, most: 1_200_000 };

function repositoryNamed(context: CallContext, name: string | undefined): Repository {
  const found = context.get(REPOSITORIES, name ?? '');
  if (found === undefined)
    throw new ServiceFault(
      'RepositoryNotFoundException',
      `The repository with name '${name ?? ''}' does not exist in the registry with id '${context.account}'`,
    );
  return found;
}

function make(
  world: World,
  account: string,
  region: string,
  name: string,
  settings: Pick<Repository, 'mutability' | 'encryption' | 'tags'>,
): Repository {
  const repository: Repository = {
    name,
    arn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
    uri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    created: new Date(world.clock.now()),
    ...settings,
    lifecycle: undefined,
    images: new Map(),
  };
  world.put(REPOSITORIES, account, region, name, repository);
  return repository;
}

const create: Op<ECR.CreateRepositoryCommandInput, ECR.CreateRepositoryCommandOutput> = (input, context) => {
  const name = input.repositoryName ?? '';
  if (context.get(REPOSITORIES, name) !== undefined)
    throw new ServiceFault('RepositoryAlreadyExistsException', `The repository with name '${name}' already exists`);
  const asked = input.encryptionConfiguration;
  const keyed = asked !== undefined && asked.encryptionType !== 'AES256';
  const repository = make(context.world, context.account, context.region, name, {
    mutability: input.imageTagMutability ?? 'MUTABLE',
    encryption: keyed
      ? {
          encryptionType: asked.encryptionType,
          kmsKey: asked.kmsKey === undefined ? awsManagedKey(context, 'ecr') : keptKey(context, asked.kmsKey),
        }
      : { encryptionType: 'AES256' },
    tags: new Map((input.tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  });
  return { repository: described(repository, context.account) };
};

const described = (repository: Repository, account: string): ECR.Repository => ({
  repositoryArn: repository.arn,
  registryId: account,
  repositoryName: repository.name,
  repositoryUri: repository.uri,
  createdAt: repository.created,
  imageTagMutability: repository.mutability,
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: repository.encryption,
});

const putImage: Op<ECR.PutImageCommandInput, ECR.PutImageCommandOutput> = (input, context) => {
  const repository = repositoryNamed(context, input.repositoryName);
  const manifest = input.imageManifest ?? '';
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  if (input.imageDigest !== undefined && input.imageDigest !== digest)
    throw new ServiceFault('ImageDigestDoesNotMatchException', 'The image digest does not match the manifest');
  const tag = input.imageTag;
  const tagged = tag === undefined ? undefined : imageOf(repository, { imageTag: tag });
  if (tagged !== undefined && (tagged.digest === digest || repository.mutability === 'IMMUTABLE'))
    throw tagged.digest === digest
      ? new ServiceFault('ImageAlreadyExistsException', `Image with digest '${digest}' and tag '${tag ?? ''}' already exists`)
      : new ServiceFault(
          'ImageTagAlreadyExistsException',
          `The image tag '${tag ?? ''}' already exists and cannot be overwritten`,
        );
  const image = repository.images.get(digest) ?? {
    digest,
    manifest,
    mediaType: input.imageManifestMediaType ?? 'application/vnd.docker.distribution.manifest.v2+json',
    tags: [],
    at: context.now,
    copies: new Map(),
  };
  store(repository, image, tag);
  replicate(context, repository, image, tag);
  return { image: shown(repository, image, tag, context.account) };
};

/** A tag is of one image only. */
function store(repository: Repository, image: Image, tag: string | undefined): void {
  for (const other of repository.images.values()) other.tags = other.tags.filter((t) => t !== tag);
  if (tag !== undefined) image.tags = [...image.tags, tag];
  repository.images.set(image.digest, image);
}

/** What is pushed from now on is copied; the destination's repository is made when it is not there. */
function replicate(context: CallContext, repository: Repository, image: Image, tag: string | undefined): void {
  const { world } = context;
  for (const rule of context.get(REGISTRIES, REGISTRY)?.rules ?? []) {
    const filters = rule.repositoryFilters ?? [];
    if (filters.length > 0 && !filters.some((f) => repository.name.startsWith(f.filter ?? ''))) continue;
    for (const { region = '', registryId = '' } of rule.destinations ?? []) {
      const place = `${region}/${registryId}`;
      image.copies.set(place, 'IN_PROGRESS');
      world.clock.after(between(world, REPLICATING.least / 1000, REPLICATING.most / 1000), () => {
        if (world.regionIsLost(region) || world.regionIsLost(context.region)) {
          image.copies.set(place, 'FAILED');
          return;
        }
        const there =
          world.get(REPOSITORIES, registryId, region, repository.name) ??
          make(world, registryId, region, repository.name, {
            mutability: 'MUTABLE',
            encryption: { encryptionType: 'AES256' },
            tags: new Map(),
          });
        const copy = there.images.get(image.digest) ?? { ...image, tags: [], at: new Date(world.clock.now()), copies: new Map() };
        store(there, copy, tag);
        image.copies.set(place, 'COMPLETE');
      });
    }
  }
}

const imageOf = (repository: Repository, id: ECR.ImageIdentifier): Image | undefined =>
  id.imageDigest === undefined
    ? [...repository.images.values()].find((i) => i.tags.includes(id.imageTag ?? ''))
    : repository.images.get(id.imageDigest);

const shown = (repository: Repository, image: Image, tag: string | undefined, account: string): ECR.Image => ({
  registryId: account,
  repositoryName: repository.name,
  imageId: { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) },
  imageManifest: image.manifest,
  imageManifestMediaType: image.mediaType,
});

function imageNamed(repository: Repository, id: ECR.ImageIdentifier | undefined): Image {
  const image = imageOf(repository, id ?? {});
  if (image === undefined) throw new ServiceFault('ImageNotFoundException', 'The requested image was not found');
  return image;
}

function repositoryOfArn(context: CallContext, arn: string | undefined): Repository {
  return repositoryNamed(context, arn?.split(':repository/')[1]);
}

const operations = {
  CreateRepository: create,
  DescribeRepositories: ((input, context) => {
    const all =
      input.repositoryNames === undefined
        ? context.list(REPOSITORIES)
        : input.repositoryNames.map((name) => repositoryNamed(context, name));
    const { items, next } = page(all, input.nextToken, input.maxResults ?? 100);
    return {
      repositories: items.map((r) => described(r, context.account)),
      ...(next === undefined ? {} : { nextToken: next }),
    };
  }) satisfies Op<ECR.DescribeRepositoriesCommandInput, ECR.DescribeRepositoriesCommandOutput>,
  DeleteRepository: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    if (repository.images.size > 0 && input.force !== true)
      throw new ServiceFault('RepositoryNotEmptyException', `The repository '${repository.name}' still contains images`);
    context.remove(REPOSITORIES, repository.name);
    return { repository: described(repository, context.account) };
  }) satisfies Op<ECR.DeleteRepositoryCommandInput, ECR.DeleteRepositoryCommandOutput>,
  PutReplicationConfiguration: ((input, context) => {
    const configuration = input.replicationConfiguration ?? { rules: [] };
    const itself = (configuration.rules ?? [])
      .flatMap((r) => r.destinations ?? [])
      .some((d) => d.region === context.region && d.registryId === context.account);
    if (itself) throw new ServiceFault('ValidationException', 'The source registry cannot be a destination in its own Region');
    if ((configuration.rules ?? []).length === 0) context.remove(REGISTRIES, REGISTRY);
    else context.put(REGISTRIES, REGISTRY, configuration);
    return { replicationConfiguration: configuration };
  }) satisfies Op<ECR.PutReplicationConfigurationCommandInput, ECR.PutReplicationConfigurationCommandOutput>,
  DescribeRegistry: ((_, context) => ({
    registryId: context.account,
    replicationConfiguration: context.get(REGISTRIES, REGISTRY) ?? { rules: [] },
  })) satisfies Op<ECR.DescribeRegistryCommandInput, ECR.DescribeRegistryCommandOutput>,
  PutImage: putImage,
  BatchGetImage: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    const images: ECR.Image[] = [];
    const failures: ECR.ImageFailure[] = [];
    for (const id of input.imageIds ?? []) {
      const image = imageOf(repository, id);
      if (image === undefined)
        failures.push({ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      else images.push(shown(repository, image, id.imageTag, context.account));
    }
    return { images, failures };
  }) satisfies Op<ECR.BatchGetImageCommandInput, ECR.BatchGetImageCommandOutput>,
  DescribeImages: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    const all =
      input.imageIds === undefined ? [...repository.images.values()] : input.imageIds.map((id) => imageNamed(repository, id));
    const { items, next } = page(all, input.nextToken, input.maxResults ?? 100);
    return {
      imageDetails: items.map((i) => ({
        registryId: context.account,
        repositoryName: repository.name,
        imageDigest: i.digest,
        imageTags: i.tags,
        imagePushedAt: i.at,
        imageSizeInBytes: i.manifest.length,
        imageManifestMediaType: i.mediaType,
      })),
      ...(next === undefined ? {} : { nextToken: next }),
    };
  }) satisfies Op<ECR.DescribeImagesCommandInput, ECR.DescribeImagesCommandOutput>,
  DescribeImageReplicationStatus: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    const image = imageNamed(repository, input.imageId);
    return {
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest },
      replicationStatuses: [...image.copies].map(([place, status]) => {
        const [region = '', registryId = ''] = place.split('/');
        return { region, registryId, status };
      }),
    };
  }) satisfies Op<ECR.DescribeImageReplicationStatusCommandInput, ECR.DescribeImageReplicationStatusCommandOutput>,
  BatchDeleteImage: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    const gone = (input.imageIds ?? []).filter((id) => repository.images.delete(imageOf(repository, id)?.digest ?? ''));
    return { imageIds: gone, failures: [] };
  }) satisfies Op<ECR.BatchDeleteImageCommandInput, ECR.BatchDeleteImageCommandOutput>,
  PutImageTagMutability: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    repository.mutability = input.imageTagMutability ?? repository.mutability;
    return { repositoryName: repository.name, imageTagMutability: repository.mutability };
  }) satisfies Op<ECR.PutImageTagMutabilityCommandInput, ECR.PutImageTagMutabilityCommandOutput>,
  DeleteLifecyclePolicy: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    if (repository.lifecycle === undefined)
      throw new ServiceFault('LifecyclePolicyNotFoundException', 'Lifecycle policy does not exist');
    repository.lifecycle = undefined;
    return { repositoryName: repository.name };
  }) satisfies Op<ECR.DeleteLifecyclePolicyCommandInput, ECR.DeleteLifecyclePolicyCommandOutput>,
  PutLifecyclePolicy: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    repository.lifecycle = input.lifecyclePolicyText;
    return { registryId: context.account, repositoryName: repository.name, lifecyclePolicyText: input.lifecyclePolicyText };
  }) satisfies Op<ECR.PutLifecyclePolicyCommandInput, ECR.PutLifecyclePolicyCommandOutput>,
  GetLifecyclePolicy: ((input, context) => {
    const repository = repositoryNamed(context, input.repositoryName);
    if (repository.lifecycle === undefined)
      throw new ServiceFault('LifecyclePolicyNotFoundException', 'Lifecycle policy does not exist');
    return { repositoryName: repository.name, lifecyclePolicyText: repository.lifecycle };
  }) satisfies Op<ECR.GetLifecyclePolicyCommandInput, ECR.GetLifecyclePolicyCommandOutput>,
  TagResource: ((input, context) => {
    const repository = repositoryOfArn(context, input.resourceArn);
    for (const t of input.tags ?? []) repository.tags.set(t.Key ?? '', t.Value ?? '');
    return {};
  }) satisfies Op<ECR.TagResourceCommandInput, ECR.TagResourceCommandOutput>,
  ListTagsForResource: ((input, context) => ({
    tags: [...repositoryOfArn(context, input.resourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
  })) satisfies Op<ECR.ListTagsForResourceCommandInput, ECR.ListTagsForResourceCommandOutput>,
};

/** Deletions are not replicated: copies in other registries stay. */
function begin(world: World): void {
  world.onFault((fault, _, how) => {
    if (how !== 'begins' || (fault.kind !== 'deleted' && fault.kind !== 'account-compromised')) return;
    for (const { account, region, key, item } of world.everywhere(REPOSITORIES))
      if (fault.kind === 'deleted' ? item.arn === fault.arn : account === fault.account)
        world.remove(REPOSITORIES, account, region, key);
  });
}

export const ecr: SimulatedService = { client: 'ecr', prefix: 'ecr', operations, begin, deployers: ecrDeployers };
