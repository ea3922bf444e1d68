/** SSM parameters: bound to one Region, without replication. Values are never read. */
import type { Known } from '../model/known.ts';
import { fold } from '../model/known.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';

export const SSM_PARAMETER = 'aws:ssm/parameter:Parameter';

export interface ParameterFacts extends Identity {
  readonly parameterName: Known<string | undefined>;
  /** `String`, `StringList` or `SecureString`. */
  readonly type: Known<string | undefined>;
  readonly key: Known<string | undefined>;
}

export const ssmParameter = service<ParameterFacts>({
  id: 'ssm-parameter',
  title: 'SSM parameter',
  kind: 'config',
  types: [SSM_PARAMETER],
  parts: [],
  declare(props, view) {
    return {
      ...identityOf(props),
      parameterName: props.text('name'),
      type: props.text('type'),
      key: keyReference(props, 'keyId', view),
    };
  },
  mean(facts) {
    const secret = fold(
      facts.type,
      (type) => type === 'SecureString',
      () => true,
    );
    return meaning({
      kind: secret ? 'secret' : 'config',
      placement: regional,
      under: { ...regionalImpacts(false), data: unaffected('its earlier values are kept as versions') },
      links: linkTo(facts.key, 'key', 'keyId'),
    });
  },
});
