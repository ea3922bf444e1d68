import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { STANDBY_REGION } from '../common/place.ts';
import { mended } from '../common/setting.ts';
import { tableShop } from '../common/table.ts';

tableShop({
  consistencyMode: 'EVENTUAL',
  secret: ({ provider }) =>
    new secretsmanager.Secret(
      'payment-key',
      // The point: tasks of both Regions start with this secret, and it lives in one.
      { name: 'payment-key', replicas: mended ? [{ region: STANDBY_REGION }] : [] },
      { provider },
    ).arn,
});
