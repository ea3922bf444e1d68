/** ECR repositories, and the registry's replication, which decides in which Regions their images can be pulled. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, collect, decide, fold, is, known, map, no, not, unknown, yes } from '../model/known.ts';
import type { Meaning, Protection } from '../model/protection.ts';
import { fixed } from '../model/protection.ts';
import { differ, inOtherAccount, inOtherRegion } from './apart.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const ECR_REPOSITORY = 'aws:ecr/repository:Repository';
export const ECR_REPLICATION = 'aws:ecr/replicationConfiguration:ReplicationConfiguration';

export interface EcrFacts extends Identity {
  /** Places that the registry copies newly pushed images to. */
  readonly copies: Known<readonly ImageCopy[]>;
  readonly key: Known<string | undefined>;
  readonly forceDelete: Known<boolean>;
}

export interface ImageCopy {
  readonly region: Known<string>;
  /** Account of the destination registry. */
  readonly registry: Known<string | undefined>;
  /** The rule has no filter, or one that is a prefix of the repository's name. */
  readonly covers: Truth;
}

export const ecrRepository = service<EcrFacts>({
  id: 'ecr-repository',
  title: 'ECR repository',
  kind: 'image',
  types: [ECR_REPOSITORY],
  parts: [
    { type: 'aws:ecr/replicationConfiguration:ReplicationConfiguration', of: 'registryId' },
    { type: 'aws:ecr/lifecyclePolicy:LifecyclePolicy', of: 'repository' },
    { type: 'aws:ecr/repositoryPolicy:RepositoryPolicy', of: 'repository' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      copies: copiesOf(props, view),
      key: keyReference(props, 'encryptionConfigurations.kmsKey', view),
      forceDelete: props.flag('forceDelete', false),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'image',
      placement: regional,
      under: {
        ...regionalImpacts(false),
        data: unaffected('damage to the data of a service does not reach its images'),
      },
      protections: fold(
        facts.copies,
        (copies) =>
          copies.flatMap((copy) => [
            protection(facts, 'region', all([copy.covers, differ(facts.region, copy.region)]), copy.region),
            ...otherRegistry(facts, copy),
          ]),
        (why) => [protection(facts, 'region', why, why)],
      ),
      links: linkTo(facts.key, 'key', 'encryptionConfigurations.kmsKey'),
    });
  },
});

/** Images in a registry of another account outlive this one's. */
function otherRegistry(facts: EcrFacts, copy: ImageCopy): readonly Protection[] {
  const apart = andThen(
    copy.registry,
    (registry): Truth => (registry === undefined ? no() : differ(facts.account, known(registry))),
  );
  const certainlySame = decide(apart, { yes: () => false, no: () => true, unknown: () => false });
  return certainlySame ? [] : [protection(facts, 'account', all([copy.covers, apart]), copy.region)];
}

function protection(facts: EcrFacts, scope: 'region' | 'account', armed: Truth, region: Known<string>): Protection {
  return {
    mechanism: 'ecr-replication',
    scopes: [scope],
    automation: 'always-on',
    armed,
    successors: known([facts.id]),
    into: region,
    time: fixed(0, 'the copies are pulled from the registry of their own Region'),
    point: undefined,
    calls: [],
    action: undefined,
    says: 'the registry copies images pushed since it was set up; earlier ones need a backfill',
  };
}

/** The configuration belongs to a whole registry: one account in one Region. Without any, nothing is copied. */
function copiesOf(repository: Props, view: View): Known<readonly ImageCopy[]> {
  const copies: Known<readonly ImageCopy[]>[] = [];
  for (const registry of view.all(ECR_REPLICATION)) {
    const mine = all([not(inOtherRegion(repository, registry)), not(inOtherAccount(repository, registry))]);
    decide(mine, {
      yes: () => copies.push(readRules(repository, registry)),
      no: () => 0,
      unknown: (why) => copies.push(why),
    });
  }
  if (copies.length === 0) return view.missing(ECR_REPLICATION) ?? known([], { resource: repository.id });
  return map(collect(copies), (lists) => lists.flat());
}

function readRules(repository: Props, registry: Props): Known<readonly ImageCopy[]> {
  return andThen(registry.blocks('replicationConfiguration.rules'), (rules) =>
    map(
      collect(
        rules.map((rule) =>
          map(rule.blocks('destinations'), (destinations) =>
            destinations.map(
              (destination): ImageCopy => ({
                region: andThen(destination.text('region'), (region) =>
                  region === undefined
                    ? unknown('error', 'the destination names no Region', destination.origin('region'))
                    : known(region),
                ),
                registry: destination.text('registryId'),
                covers: filtered(rule, repository),
              }),
            ),
          ),
        ),
      ),
      (lists) => lists.flat(),
    ),
  );
}

/** Filters are prefixes (PREFIX_MATCH is the only type); no filter takes every repository. */
function filtered(rule: Props, repository: Props): Truth {
  return andThen(rule.blocks('repositoryFilters'), (filters): Truth => {
    if (filters.length === 0) return yes('the rule has no filter');
    const name = andThen(repository.computed('name'), (value) =>
      value === undefined
        ? unknown('unresolved-at-preview', 'Pulumi makes up the name of the repository', repository.origin('name'))
        : known(String(value)),
    );
    return any(filters.map((filter) => andThen(filter.text('filter', ''), (prefix) => is(name, (n) => n.startsWith(prefix)))));
  });
}
