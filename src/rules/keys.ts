/** Pitfalls of keys, secrets and parameters. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import { mentionsOf } from '../estate/mentions.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, is, no, not, yes } from '../model/known.ts';
import { differ, inOtherRegion } from '../services/apart.ts';
import { dynamodbTable } from '../services/dynamodb-table.ts';
import type { KmsKeyFacts } from '../services/kms-key.ts';
import { kmsKey } from '../services/kms-key.ts';
import type { SecretFacts } from '../services/secret.ts';
import { secret } from '../services/secret.ts';
import type { ParameterFacts } from '../services/ssm-parameter.ts';
import { ssmParameter } from '../services/ssm-parameter.ts';
import { days, readersOf, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on, onEvery } from './rule.ts';

const KMS_GUIDE = 'https://docs.aws.amazon.com/kms/latest/developerguide';

/** AWS lets a deletion wait for 30 days at most; that a key should use all of them is our policy. */
const LONGEST_WAIT = 30;

/** Inputs through which a program gets to know what it calls; any other mention of a key is encryption by a service. */
const PROGRAM_INPUTS = /^(environment|containerDefinitions|userData)/;

export const keyRules: readonly Rule[] = [
  {
    id: 'kms-single-region-key',
    family: 'keys',
    title: 'What programs encrypt here cannot be decrypted in the other Region',
    severity: 'critical',
    scopes: ['region'],
    why: 'Ciphertext that a program makes with KMS is bound to the key. Elsewhere only a related multi-Region key decrypts it, and a key cannot be made multi-Region later. Encryption by AWS services is different: they encrypt copies anew under a key of the other Region.',
    fix: 'Make an aws.kms.Key with `multiRegion: true` and an aws.kms.ReplicaKey in the standby Region, encrypt anew under it, and give each Region the ARN of its own key.',
    source: `${KMS_GUIDE}/multi-region-keys-overview.html`,
    checks: [
      on(kmsKey, (facts, item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [],
              [
                ...programsElsewhere(item, context).map((program) => cannotDecrypt(facts, program)),
                no('no program in another Region needs it'),
              ],
              'multiRegion',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'kms-standby-key-is-primary-arn',
    family: 'keys',
    title: 'A copy in another Region is encrypted under a key that stays behind',
    severity: 'critical',
    scopes: ['region', 'account'],
    why: 'A copy can only be read with its key. When that key is in the Region that is lost, the copy is there and cannot be opened.',
    fix: 'Give `kmsKeyId` (`kmsKeyArn`) of the copy a key of its own Region: an aws.kms.Key made there, or an aws.kms.ReplicaKey.',
    source: `${KMS_GUIDE}/multi-region-keys-overview.html`,
    checks: [
      onEvery((item, context) => {
        const keys = (meaningOf(item)?.links ?? []).filter((link) => link.carries === 'key');
        return keys.length > 0 && context.agreed(item.resource.urn, 'region') && context.isStandby(item.resource.urn)
          ? whenAny(
              [],
              keys.map((link) =>
                because(
                  keyElsewhere(link.to, item.resource.region, context),
                  `${item.resource.name} stands by under a key of another Region`,
                ),
              ),
              keys[0]?.property,
            )
          : undefined;
      }),
      on(dynamodbTable, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? copiesUnderKeys(facts.name, facts.replicas, 'replicas.kmsKeyArn', context)
          : undefined,
      ),
      on(secret, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? copiesUnderKeys(facts.name, facts.replicas, 'replicas.kmsKeyId', context)
          : undefined,
      ),
    ],
  },
  {
    id: 'kms-deletion-window-short',
    family: 'keys',
    title: 'The key is disabled, or leaves less than 30 days to notice its deletion',
    severity: 'medium',
    scopes: ['data', 'account'],
    why: 'A key that waits for deletion, or is disabled, opens nothing; once it is deleted everything under it is lost, backups included. The waiting period is the time in which somebody can notice and cancel.',
    fix: 'Leave `deletionWindowInDays` out or set it to 30, and keep `isEnabled` (aws.kms.ReplicaKey: `enabled`) true.',
    source: `${KMS_GUIDE}/deleting-keys.html`,
    checks: [
      on(kmsKey, (facts) =>
        whenAny(
          [],
          [
            andThen(facts.deletionWindowDays, (n) =>
              n < LONGEST_WAIT ? yes(`a deletion of ${facts.name} can be cancelled for ${days(n)} only`) : no(),
            ),
            because(not(facts.enabled), `${facts.name} is disabled: nothing under it can be read`),
          ],
          'deletionWindowInDays',
        ),
      ),
    ],
  },
  {
    id: 'secret-not-replicated',
    family: 'keys',
    title: 'The secret is read from another Region and not replicated there',
    severity: 'critical',
    scopes: ['region'],
    why: 'A secret is in other Regions only where replication was added. Without it whoever reads it there depends on the Region that is lost, and cannot log in anywhere after it.',
    fix: 'Add the Region to `replicas` of the aws.secretsmanager.Secret, and let the standby read the replica in its own Region.',
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html',
    checks: [
      on(secret, (facts, item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [],
              [
                ...readersOf(facts.id, context).map((reader) => readFromAfar(facts, item, reader)),
                no('nothing in another Region reads it'),
              ],
              'replicas',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'ssm-parameter-not-mirrored',
    family: 'keys',
    title: 'The parameter is read from another Region and not mirrored there',
    severity: 'high',
    scopes: ['region'],
    why: 'Parameter Store keeps parameters in one Region and replicates none. Whoever reads it from elsewhere depends on the Region that is lost.',
    fix: 'Declare an aws.ssm.Parameter of the same `name` in each Region that reads it (`region`, or a provider of that Region).',
    source:
      'https://repost.aws/questions/QUU5d0gTC2SDyafw86IT0iPA/is-it-possible-to-create-a-parameter-store-parameter-in-mutiple-region',
    checks: [
      on(ssmParameter, (facts, item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [],
              [
                ...readersOf(facts.id, context).map((reader) => notMirrored(facts, item, reader, context)),
                no('nothing in another Region reads it'),
              ],
              'name',
            )
          : undefined,
      ),
    ],
  },
];

/** Programs that name the key, and their stand-ins, as far as they may be in another Region than the key. */
function programsElsewhere(key: EstateResource, context: RuleContext): readonly Program[] {
  const found = new Map<string, Program>();
  for (const reader of readersOf(key.resource.urn, context)) {
    if (!namesInProgram(reader, key.resource.urn, context)) continue;
    for (const urn of context.role(reader.resource.urn)?.members ?? [reader.resource.urn]) {
      const item = context.estate.resources.get(urn);
      if (item !== undefined) found.set(urn, { item, elsewhere: inOtherRegion(item.props, key.props) });
    }
  }
  return [...found.values()];
}

interface Program {
  readonly item: EstateResource;
  readonly elsewhere: Truth;
}

function namesInProgram(reader: EstateResource, key: string, context: RuleContext): boolean {
  return mentionsOf(reader.props, context.estate.view).some(
    (mention) => PROGRAM_INPUTS.test(mention.property) && textOr(mention.to, undefined) === key,
  );
}

function cannotDecrypt(key: KmsKeyFacts, program: Program): Truth {
  const { name, region } = program.item.resource;
  const related = andThen(key.related, (keys) => any([...keys.map((k) => not(differ(k.region, region))), no('no related key')]));
  return because(
    all([program.elsewhere, not(all([key.multiRegion, related]))]),
    `${name} in ${textOr(region, 'another Region')} cannot decrypt what is encrypted under ${key.name}: no related multi-Region key is there`,
  );
}

function keyElsewhere(key: Known<string | undefined>, region: Known<string>, context: RuleContext): Truth {
  return andThen(key, (urn) => {
    const props = urn === undefined ? undefined : context.estate.view.get(urn);
    return props === undefined ? no('a key of AWS in its own Region') : differ(props.region, region);
  });
}

function copiesUnderKeys(
  name: string,
  copies: Known<readonly { readonly region: Known<string>; readonly key: Known<string | undefined> }[]>,
  property: string,
  context: RuleContext,
) {
  return answer(
    andThen(copies, (list) =>
      any([
        ...list.map((copy) =>
          because(
            keyElsewhere(copy.key, copy.region, context),
            `the copy of ${name} in ${textOr(copy.region, 'another Region')} is under a key of another Region`,
          ),
        ),
        no('no copy'),
      ]),
    ),
    property,
  );
}

function readFromAfar(facts: SecretFacts, item: EstateResource, reader: EstateResource): Truth {
  const { name, region } = reader.resource;
  const replicated = andThen(facts.replicas, (replicas) =>
    any([...replicas.map((replica) => not(differ(replica.region, region))), no('no replica')]),
  );
  return because(
    all([inOtherRegion(reader.props, item.props), not(replicated)]),
    `${name} in ${textOr(region, 'another Region')} reads ${facts.name}, which has no replica there`,
  );
}

function notMirrored(facts: ParameterFacts, item: EstateResource, reader: EstateResource, context: RuleContext): Truth {
  const { name, region } = reader.resource;
  const twins = context.allFacts(ssmParameter).filter((other) => other.id !== facts.id);
  const mirrored = any([
    ...twins.map((twin) =>
      all([
        not(differ(twin.region, region)),
        andThen(facts.parameterName, (mine) => is(twin.parameterName, (theirs) => mine !== undefined && theirs === mine)),
      ]),
    ),
    context.estate.incomplete ?? no('no parameter of that name there'),
  ]);
  return because(
    all([inOtherRegion(reader.props, item.props), not(mirrored)]),
    `${name} in ${textOr(region, 'another Region')} reads ${facts.name}, which exists in its own Region only`,
  );
}
