/** What the design does not keep, no rehearsal keeps: the golden programs deployed into simulated AWS and drilled. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rehearsed } from '../../scripts/commands/rehearse.ts';
import { around, flags } from './support.ts';

const PROGRAMS = fileURLToPath(new URL('../programs/golden/', import.meta.url));

const run = (folder: string, config: readonly string[] = []) =>
  rehearsed([`${PROGRAMS}${folder}`], { ...flags, config, format: 'json', member: 'eu-west-1' }, around);

describe('a rehearsal of the loss of the primary Region', () => {
  it.each([
    ['10-dynamodb-mrec-rpo-0', 'recovered'],
    ['12-crr-without-kms-objects', 'not-recovered'],
    ['16-standby-below-mbco', 'not-recovered'],
  ])('%s: %s, and nothing looks better than its design', async (folder, status) => {
    const { result } = await run(folder);
    expect(result.drills.map((d) => d.result.status)).toEqual([status]);
    expect(result.drills.flatMap((d) => d.result.left)).toEqual([]);
    const broken = result.metrics.filter((m) => m.designed === 'not-met');
    expect(broken.length).toBeGreaterThan(0);
    for (const m of broken) expect(m.verdict, m.id).toBe('not-met');
  });

  it('a standby that is large enough serves enough', async () => {
    const { observations } = await run('16-standby-below-mbco', ['golden:mend=true']);
    const share = observations.find((o) => o.metric.endsWith('MBCO-region'))?.value;
    expect(share).toBeGreaterThanOrEqual(60);
  });
});
