import { describe, expect, it } from 'vitest';
import { type RemedyFlags, remediesGiven } from '../../scripts/commands/remedying.ts';
import { UsageError } from '../../src/model/errors.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { resultOf } from '../../src/reports/result.ts';
import { verifyResultSchema } from '../../src/reports/result-schema.ts';
import { judgeSpecs, promising, SINGLE_AZ } from '../verdicts/estates.ts';

const judgement = judgeSpecs([SINGLE_AZ], promising('{ RTO: { az: 30m } }'));
const result = resultOf(judgement, 1);
const given = (flags: Omit<RemedyFlags, 'seed'>) => remediesGiven({ seed: 1, ...flags });

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
};

describe('--goal', () => {
  it.each(['', 'all', '-1', '101', '100.1%', '9e1', '90%%', 'NaN'])('refuses %j', (goal) => {
    expect(codeOf(() => given({ goal }))).toBe('goal-unreadable');
  });

  it.each([
    ['90', 90],
    ['90%', 90],
    ['99.5 %', 99.5],
    ['0', 0],
    ['100%', 100],
  ])('reads %j', async (goal, wanted) => {
    const made = await given({ goal })(result, judgement);
    expect(made.remedies?.goal).toMatchObject({ wanted, reached: true, changes: wanted === 0 ? [] : [{ property: 'multiAz' }] });
  });

  it('goes without live AWS, and not without a catalogue', async () => {
    expect(codeOf(() => given({ goal: '90', withLive: true }))).toBe('remedies-without-code');
    const bare = judgeSpecs([SINGLE_AZ], undefined);
    await expect(given({ remedies: true })(resultOf(bare, 1), bare)).rejects.toMatchObject({
      code: 'remedies-without-catalogue',
    });
  });
});

it('adds nothing unasked', async () => {
  expect(await given({})(result, judgement)).toBe(result);
});

it('is of the published shape, and shown in Markdown', async () => {
  const made = await given({ remedies: true })(result, judgement);
  expect(verifyResultSchema.parse(made)).toEqual(made);
  expect(made.remedies?.metrics[0]?.options[0]).toMatchObject({
    effect: 'keeps',
    changes: [{ action: 'set', title: 'aws.rds.Instance orders', property: 'multiAz', value: 'true' }],
  });
  expect(renderMarkdown(made)).toContain('aws.rds.Instance orders: multiAz: true');
});
