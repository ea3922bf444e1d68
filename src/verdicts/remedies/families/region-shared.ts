/** What a service needs to start or to read its data, in another Region as well: secrets, keys, images; and its messages. */
import { factsOf } from '../../../estate/estate.ts';
import { fold } from '../../../model/known.ts';
import type { Value } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { ECR_REPLICATION, ecrRepository } from '../../../services/ecr-repository.ts';
import { KMS_REPLICA_KEY, kmsKey } from '../../../services/kms-key.ts';
import { secret } from '../../../services/secret.ts';
import { SNS_TOPIC, SUBSCRIPTION } from '../../../services/sns-topic.ts';
import { SQS_QUEUE, sqsQueue } from '../../../services/sqs-queue.ts';
import type { Props } from '../../../services/view.ts';
import type { Cost, Family } from '../candidate.ts';
import { reference } from '../change.ts';
import { told } from '../site.ts';

/** AWS Secrets Manager: a replica in the other Region. */
export const secretReplica: Family = (spot, site) => {
  const facts = spot.scope === 'region' ? factsOf(secret, spot.item) : undefined;
  const to = facts === undefined ? undefined : site.otherRegion(spot.item, spot.metric.serviceId);
  if (facts === undefined || to === undefined) return [];
  const regions = fold(
    facts.replicas,
    (list) => list.map((r) => told(r.region)),
    () => undefined,
  );
  if (regions === undefined || regions.includes(to.region)) return [];
  const replicas = spot.item.props.raw('replicas');
  const at = Array.isArray(replicas) ? replicas.length : 0;
  return [
    {
      mechanism: 'secret-replica',
      says: `replicate it to ${to.region}`,
      changes: [
        at === 0
          ? { kind: 'set', resource: facts.id, property: 'replicas', to: [{ region: to.region }] }
          : { kind: 'set', resource: facts.id, property: `replicas[${at}]`, to: { region: to.region } },
      ],
      cost: { class: 'low', rests: 'a replica is billed like a secret' },
    },
  ];
};

/** AWS KMS: a multi-Region key with a replica key in the other Region. */
export const replicaKey: Family = (spot, site) => {
  const facts = spot.scope === 'region' ? factsOf(kmsKey, spot.item) : undefined;
  const to = facts === undefined ? undefined : site.otherRegion(spot.item, spot.metric.serviceId);
  if (facts === undefined || to === undefined || facts.external || told(facts.primary) !== undefined) return [];
  const regions = fold(
    facts.related,
    (keys) => keys.map((k) => told(k.region)),
    () => undefined,
  );
  if (regions === undefined || regions.includes(to.region)) return [];
  const { resource } = spot.item;
  const single = !holds(facts.multiRegion);
  return [
    {
      mechanism: 'kms-multi-region-key',
      says: `make it a multi-Region key with a replica in ${to.region}`,
      changes: [
        ...(single ? [{ kind: 'set', resource: facts.id, property: 'multiRegion', to: true } as const] : []),
        site.add(resource, {
          type: KMS_REPLICA_KEY,
          name: `${resource.name}-${to.region}`,
          place: to,
          inputs: { primaryKeyArn: reference(resource.urn, 'arn'), deletionWindowInDays: 30 },
        }),
      ],
      cost: { class: 'low', rests: 'a replica key is billed like a key' },
      ...(single
        ? {
            caution:
              'a single-Region key cannot become multi-Region: this makes a new key, under which the data must be encrypted anew',
          }
        : {}),
    },
  ];
};

/** Amazon ECR: the registry copies what is pushed to the other Region. */
export const registryReplication: Family = (spot, site) => {
  const facts = spot.scope === 'region' ? factsOf(ecrRepository, spot.item) : undefined;
  const to = facts === undefined ? undefined : site.otherRegion(spot.item, spot.metric.serviceId);
  if (facts === undefined || to === undefined) return [];
  const { resource } = spot.item;
  const account = told(resource.account);
  const destination: Value = account === undefined ? { region: to.region } : { region: to.region, registryId: account };
  const registry = site.view
    .all(ECR_REPLICATION)
    .find((p) => told(p.region) === site.regionOf(spot.item) && told(p.account) === account);
  const rules = registry?.raw('replicationConfiguration.rules');
  const rule: Value = { destinations: [destination] };
  const cost: Cost = { class: 'low', rests: 'a second copy of the images and their transfer' };
  const caution = 'only images pushed from then on are copied: push the others again';
  if (registry === undefined) {
    const added = site.add(resource, {
      type: ECR_REPLICATION,
      name: 'registry',
      untagged: true,
      inputs: { replicationConfiguration: { rules: [rule] } },
    });
    return [{ mechanism: 'ecr-replication', says: `replicate the registry to ${to.region}`, changes: [added], cost, caution }];
  }
  if (!Array.isArray(rules)) return [];
  const set = {
    kind: 'set',
    resource: registry.id,
    property: `replicationConfiguration.rules[${rules.length}]`,
    to: rule,
  } as const;
  return [{ mechanism: 'ecr-replication', says: `replicate the registry to ${to.region}`, changes: [set], cost, caution }];
};

/** Amazon SNS and SQS: each topic that fills the queue fills its twin in the other Region too. */
export const messageFanOut: Family = (spot, site) => {
  const facts = spot.scope === 'region' ? factsOf(sqsQueue, spot.item) : undefined;
  if (facts === undefined) return [];
  const { view } = site;
  const topicOf = (subscription: Props): string | undefined => told(view.target(subscription, 'topic', [SNS_TOPIC]));
  const twins = site.twinsOf(spot.item).filter((t) => t.resource.type === SQS_QUEUE);
  return twins.flatMap((twin) => {
    const filled = new Set(view.attached(twin.resource.urn, SUBSCRIPTION, 'endpoint').found.map(topicOf));
    const lacking = view.attached(facts.id, SUBSCRIPTION, 'endpoint').found.filter((s) => !filled.has(topicOf(s)));
    if (lacking.length === 0) return [];
    return [
      {
        mechanism: 'sns-fan-out',
        says: `deliver the same messages to ${twin.resource.name}`,
        changes: lacking.map((incoming) =>
          site.add(incoming.resource, {
            type: SUBSCRIPTION,
            name: `${incoming.name}-to-${twin.resource.name}`,
            untagged: true,
            inputs: { ...incoming.resource.inputs, endpoint: reference(twin.resource.urn, 'arn') },
          }),
        ),
        cost: { class: 'low', rests: 'each message is delivered twice' } as const,
        caution: 'consumers must bear to see a message twice',
      },
    ];
  });
};
