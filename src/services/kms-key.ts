/** KMS keys, replicas of multi-Region keys, keys with imported material, and the aliases that stand for them. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, atLeast, equals, fold, known, map, unknown } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { fixed } from '../model/protection.ts';
import { arnPart, linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const KMS_KEY = 'aws:kms/key:Key';
export const KMS_EXTERNAL_KEY = 'aws:kms/externalKey:ExternalKey';
export const KMS_REPLICA_KEY = 'aws:kms/replicaKey:ReplicaKey';
export const KMS_REPLICA_EXTERNAL_KEY = 'aws:kms/replicaExternalKey:ReplicaExternalKey';
export const KMS_ALIAS = 'aws:kms/alias:Alias';
const REPLICAS = [KMS_REPLICA_KEY, KMS_REPLICA_EXTERNAL_KEY] as const;
const KEYS = [KMS_KEY, KMS_EXTERNAL_KEY, ...REPLICAS] as const;

export interface KmsKeyFacts extends Identity {
  /** Ciphertext made under it can be decrypted by its related keys in other Regions. */
  readonly multiRegion: Known<boolean>;
  readonly enabled: Known<boolean>;
  /** Days between a request to delete it and the loss of everything encrypted under it, 7 … 30. */
  readonly deletionWindowDays: Known<number>;
  /** The key material was imported: AWS keeps no copy that could be restored. */
  readonly external: boolean;
  /** For a replica: its primary key. */
  readonly primary: Known<string | undefined>;
  /** Related keys (replicas of this primary, or the primary and the other replicas), with their Regions. */
  readonly related: Known<readonly { readonly id: string; readonly region: Known<string> }[]>;
}

export const kmsKey = service<KmsKeyFacts>({
  id: 'kms-key',
  title: 'KMS key',
  kind: 'key',
  types: KEYS,
  parts: [
    { type: KMS_ALIAS, of: 'targetKeyId' },
    { type: 'aws:kms/keyPolicy:KeyPolicy', of: 'keyId' },
    { type: 'aws:kms/grant:Grant', of: 'keyId' },
  ],
  declare(props, view) {
    const replica = REPLICAS.some((type) => type === props.type);
    return {
      ...identityOf(props),
      // CreateKey: MultiRegion defaults to false and cannot be changed later; a replica is multi-Region by nature.
      multiRegion: replica ? known(true, { resource: props.id }) : props.flag('multiRegion', false),
      // kms.Key spells it `isEnabled`, the other three `enabled`; the default is true. An external key is enabled
      // only once material is imported (provider docs of kms.ExternalKey: "Keys pending import can only be false").
      enabled:
        props.type === KMS_KEY
          ? props.flag('isEnabled', true)
          : props.type === KMS_REPLICA_KEY
            ? props.flag('enabled', true)
            : importedKeyEnabled(props),
      deletionWindowDays: props.number('deletionWindowInDays', 30),
      external: props.type === KMS_EXTERNAL_KEY || props.type === KMS_REPLICA_EXTERNAL_KEY,
      primary: replica ? keyReference(props, 'primaryKeyArn', view) : known(undefined),
      related: relatedKeys(props, view, replica),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'key',
      placement: regional,
      under: {
        ...regionalImpacts(false),
        // Ciphertext is bound to the key (KMS developer guide, "Multi-Region keys"): its loss loses the data under it,
        // but an ordinary disruption of data does not touch keys.
        data: unaffected('corrupt data leaves the key as it is; deleting a key takes a waiting period and is reported apart'),
        account: lost('a key cannot be moved to another account'),
      },
      protections: [
        {
          mechanism: 'kms-multi-region-key',
          scopes: ['region'],
          automation: 'always-on',
          armed: armedInOtherRegion(facts),
          successors: map(facts.related, (keys) => keys.map((k) => k.id)),
          into: undefined,
          time: fixed(0, 'a related key answers in its own Region at once'),
          point: undefined,
          calls: [],
          action: undefined,
          says: 'a related multi-Region key in another Region decrypts the same ciphertext',
        },
      ],
      links: linkTo(facts.primary, 'replica', 'primaryKeyArn'),
    });
  },
});

/** Material is usually imported outside the code; then only AWS can tell, by the state of the key. */
function importedKeyEnabled(props: Props): Known<boolean> {
  const material = props.raw('keyMaterialBase64');
  if (material !== undefined && material !== null) return props.flag('enabled', true);
  return andThen(props.computed('keyState'), (state) =>
    state === undefined
      ? unknown('not-reported', 'the key material is imported outside the code', props.origin('keyMaterialBase64'))
      : known(state === 'Enabled', props.origin('keyState')),
  );
}

function armedInOtherRegion(facts: KmsKeyFacts): Truth {
  return andThen(facts.multiRegion, (multi) =>
    multi
      ? atLeast(
          map(facts.related, (keys) => keys.length),
          1,
        )
      : equals(facts.multiRegion, true, 'a single-Region key: nothing decrypts its ciphertext elsewhere'),
  );
}

/** Keys with the same primary; a replica cannot be in its primary's Region (KMS ReplicateKey), so each is in another Region. */
function relatedKeys(props: Props, view: View, replica: boolean): KmsKeyFacts['related'] {
  const primary: Known<string | undefined> = replica ? keyReference(props, 'primaryKeyArn', view) : known(props.id);
  return andThen(primary, (urn) => {
    if (urn === undefined) return known([]);
    const found = replica ? [urn] : [];
    for (const type of REPLICAS) {
      const attached = view.attached(urn, type, 'primaryKeyArn');
      const doubt = attached.doubts[0];
      if (doubt !== undefined && attached.found.length === 0 && found.length === 0) return doubt;
      found.push(...attached.found.map((p) => p.id).filter((id) => id !== props.id));
    }
    return known(
      found.map((id) => ({ id, region: view.get(id)?.region ?? unknown('dangling', 'the key is not in the sources') })),
    );
  });
}

/**
 * The key that a property names by resource, ARN, id or alias. Known undefined: no key is named, so AWS uses its own
 * for the service.
 */
export function keyReference(props: Props, path: string, view: View): Known<string | undefined> {
  return andThen(view.target(props, path, [...KEYS, KMS_ALIAS]), (urn) => {
    const target = urn === undefined ? undefined : view.get(urn);
    return target?.type === KMS_ALIAS ? view.target(target, 'targetKeyId', KEYS) : known(urn, props.origin(path));
  });
}

/** Region of the key that a property names: the resource's own, else the one in its ARN. */
export function keyRegion(props: Props, path: string, view: View): Known<string> {
  const fromText = andThen(props.text(path), (text) => {
    const region = text === undefined ? undefined : arnPart(text, 'region');
    return region === undefined ? unknown('not-reported', 'the key names no Region', props.origin(path)) : known(region);
  });
  return fold(
    keyReference(props, path, view),
    (urn) => (urn === undefined ? fromText : (view.get(urn)?.region ?? fromText)),
    () => fromText,
  );
}
