import { expect, it } from 'vitest';
import { evidence } from '../../checks/resilience-hub-evidence.ts';
import { answering, factsOf, noAws, prepared } from './support.ts';

const at = new Date('2026-11-20T10:00:00Z');

it('tells what has been tried out, and when', async () => {
  const { input } = await prepared({ declarations: [] });
  const aws = answering(noAws, {
    'fis:ListExperiments': () => ({
      experiments: [{ id: 'EXP1', experimentTemplateId: 'EXT1', state: { status: 'completed' }, creationTime: at }],
    }),
    'arc-zonal-shift:ListAutoshifts': () => ({ items: [{ awayFrom: 'use1-az1', status: 'COMPLETED', startTime: at }] }),
  });
  const places = [{ account: '111122223333', region: 'us-east-1' }];
  const facts = await evidence({ ...input, aws, places });
  expect(factsOf({ facts, findings: [], objections: [] })).toEqual([
    'experiment EXP1 of template EXT1: completed',
    'autoshift away from use1-az1: COMPLETED',
  ]);
  expect(facts.map((f) => f.at)).toEqual([at.toISOString(), at.toISOString()]);
});

it('says why nothing could be had', async () => {
  const { input } = await prepared({ declarations: [] });
  const places = [{ account: '111122223333', region: 'us-east-1' }];
  const facts = await evidence({ ...input, aws: noAws, places });
  expect(factsOf({ facts, findings: [], objections: [] })).toEqual(['experiments: access-denied', 'autoshifts: access-denied']);
});
