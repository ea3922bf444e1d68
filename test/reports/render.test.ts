import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { verifyResultSchema } from '../../src/reports/result-schema.ts';
import { renderTable } from '../../src/reports/table.ts';
import { ansiPaint, noPaint, widthOf } from '../../src/reports/text.ts';
import type { Spec } from '../services/support-traffic.ts';
import { judgeSpecs, MULTI_AZ, NOBODY_KNOWS, promising, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';
import { named, RESULTS } from './support.ts';

const FORGOTTEN: Spec = { ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, backupRetentionPeriod: 0 } };
const HOSTILE = '<img src=x onerror=alert(1)>|`code` **bold** [link](javascript:x) @team \u001b[31mred \u202egpj.exe';

const ESTATES: Readonly<Record<string, readonly Spec[]>> = {
  plain: [TABLE, SINGLE_AZ, named(MULTI_AZ, 'ledger'), NOBODY_KNOWS],
  long: [named(TABLE, 'a-very-long-name-'.repeat(20)), named(SINGLE_AZ, '注文'.repeat(60))],
  hostile: [named(TABLE, HOSTILE), named(SINGLE_AZ, HOSTILE)],
};
const METRICS =
  '{ RTO: { az: 15m, region: 1h, data: 4h }, RPO: { az: 0, region: 5m, data: 1h }, MBCO: { az: 60% }, RETENTION: { data: 35d } }';

const results: (readonly [name: string, result: VerifyResult])[] = Object.entries(ESTATES).flatMap(([name, specs]) => [
  [`${name}, with a catalogue`, resultOf(judgeSpecs(specs, promising(METRICS)), 1)] as const,
  [`${name}, without`, resultOf(judgeSpecs(specs, undefined), 1)] as const,
]);

for (const [name, result] of Object.entries(RESULTS)) results.push([`${name}, as reports have it`, result]);

describe('the JSON result', () => {
  const valid = new Ajv2020({ strict: false }).compile(z.toJSONSchema(verifyResultSchema));

  it.each(results)('%s: is what its schema says, also after JSON', (_name, result) => {
    const text = JSON.stringify(result);
    expect(valid(JSON.parse(text)), JSON.stringify(valid.errors)).toBe(true);
    expect(JSON.parse(text)).toEqual(result);
  });

  it('never says null where a number is without end', () => {
    const result = resultOf(judgeSpecs([FORGOTTEN], promising('{ RTO: { az: 15m } }')), 1);
    expect(result.metrics[0]?.designed.predicted?.p99).toBe('never');
  });
});

describe('the table', () => {
  it.each(results.flatMap(([name, result]) => [80, 120, 200].map((width) => [name, width, result] as const)))(
    '%s: fits %i columns',
    (_name, width, result) => {
      const text = renderTable(result, { width, paint: noPaint, places: 5, next: 'holdfast init x' });
      for (const line of text.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(width);
    },
  );

  it.each(results)('%s: nothing in it moves the cursor or turns the text', (_name, result) => {
    const text = renderTable(result, { width: 120, paint: noPaint, places: 5, next: HOSTILE });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  it.each(results)('%s: colours change no width', (_name, result) => {
    const options = { width: 100, places: 5, next: '' };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are taken out again
    const bare = renderTable(result, { ...options, paint: ansiPaint }).replace(/\u001b\[\d+m/g, '');
    expect(bare).toBe(renderTable(result, { ...options, paint: noPaint }));
  });

  it('says what survives, and names the single point of failure with its reason', () => {
    const text = renderTable(resultOf(judgeSpecs([TABLE, SINGLE_AZ], undefined), 1), {
      width: 120,
      paint: noPaint,
      places: 5,
      next: '',
    });
    expect(text).toMatch(/DynamoDB table carts +survives +lost +a person/);
    expect(text).toContain('Single points of failure when an AZ is lost: 1');
  });

  it('says how many answers are open beside the single points of failure', () => {
    const text = renderTable(
      resultOf(judgeSpecs([{ type: 'aws:eks/cluster:Cluster', name: 'apps', inputs: {} }], undefined), 1),
      { width: 120, paint: noPaint, places: 5, next: '' },
    );
    expect(text).toContain('none found, and 1 that nobody can tell');
  });
});

describe('Markdown', () => {
  it.each(results)('%s: names are text: no tag, link, mention, cell or emphasis of theirs', (_name, result) => {
    const text = renderMarkdown(result);
    expect(text).not.toContain('<img');
    expect(text).not.toMatch(/(?<!\\)\[link(?<!\\)\]\(/);
    expect(text).not.toContain('@team');
    for (const line of text.split('\n').filter((l) => l.startsWith('| '))) {
      const cells = line.split(/(?<!\\)\|/).length;
      expect([4, 5, 6, 7, 8, 10]).toContain(cells);
    }
  });
});
