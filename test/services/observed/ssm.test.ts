import { expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { ssmParameters } from '../../../src/services/observed/ssm.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { ssm } from '../../../src/simulator/services/ssm.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const aws = freshAws([ssm, kms]);
await invoke(
  aws,
  'ssm',
  'PutParameter',
  { Name: '/db/password', Type: 'SecureString', Value: 'hunter2', Tags: [{ Key: 'team', Value: 'shop' }] },
  { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) },
);

it('parameters are shown with their tags and without their values', async () => {
  const seen = await scanned(ssmParameters, readerOf(aws));
  expect(seen).toMatchObject([
    { id: '/db/password', arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/db/password`, tags: { team: 'shop' } },
  ]);
  expect(seen[0]?.properties).toEqual({ name: '/db/password', type: 'SecureString', tier: 'Standard' });
  expect(JSON.stringify(seen)).not.toContain('hunter2');
});

it('tags that may not be read are a hole', async () => {
  aws.world.inject({ kind: 'call', action: 'ssm:ListTagsForResource', how: 'denied' });
  expect((await scanned(ssmParameters, readerOf(aws)))[0]?.tags).toBeInstanceOf(Hole);
});
