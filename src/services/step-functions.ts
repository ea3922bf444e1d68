/** Step Functions state machines: executions live in one Region. */
import type { Known } from '../model/known.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';

export const STATE_MACHINE = 'aws:sfn/stateMachine:StateMachine';

export interface StateMachineFacts extends Identity {
  /** `STANDARD` (executions of up to a year, kept by the service) or `EXPRESS` (minutes, not kept). */
  readonly type: Known<string>;
  readonly key: Known<string | undefined>;
}

export const stateMachine = service<StateMachineFacts>({
  id: 'step-functions',
  title: 'Step Functions state machine',
  kind: 'compute',
  types: [STATE_MACHINE],
  parts: [],
  declare(props, view) {
    return {
      ...identityOf(props),
      type: props.text('type', 'STANDARD'),
      key: keyReference(props, 'encryptionConfiguration.kmsKeyId', view),
    };
  },
  mean(facts) {
    return meaning({
      kind: 'compute',
      placement: regional,
      under: { ...regionalImpacts(false), data: unaffected('its definition is in code; running executions are no store') },
      links: linkTo(facts.key, 'key', 'encryptionConfiguration.kmsKeyId'),
    });
  },
});
