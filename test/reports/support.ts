/** Results with and without a baseline, hostile and large ones among them. */
import { readBaseline, withBaseline } from '../../src/reports/baseline.ts';
import { remediesResult } from '../../src/reports/remedies.ts';
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { remediesOf } from '../../src/verdicts/remedies/remedies.ts';
import type { Spec } from '../services/support-traffic.ts';
import { judgeSpecs, MULTI_AZ, NOBODY_KNOWS, promising, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

/** What somebody may have called a resource, an agreement or a person. */
export const HOSTILE =
  '<img src=x onerror=alert(1)>|`code` **bold** [link](javascript:x) @team #1 https://evil.example ]]> "\' & \u0000\u001b[31m \ud800 \u202egpj.exe';

export const METRICS = '{ RTO: { az: 15m, region: 1h }, RPO: { az: 1m } }';
const WAIVER = (until: string): string =>
  `waivers:\n  - { rule: rds-not-multi-az, reason: ${JSON.stringify(HOSTILE)}, approvedBy: ${JSON.stringify(HOSTILE)}, until: ${until} }\n`;

export const named = (spec: Spec, name: string): Spec => ({ ...spec, name });

export const result = (specs: readonly Spec[], catalogue: string | undefined = promising(METRICS)): VerifyResult =>
  resultOf(judgeSpecs(specs, catalogue), 1);

/** With its remedies and a goal. */
export function mended(specs: readonly Spec[], catalogue: string = promising(METRICS)): VerifyResult {
  const judgement = judgeSpecs(specs, catalogue);
  const remedies = remediesResult(remediesOf(judgement, { seed: 1, goal: 100 }), judgement);
  return { ...resultOf(judgement, 1), remedies };
}

/** As if the first had been written to a file before the change. */
export function compared(before: VerifyResult, after: VerifyResult, change?: string): VerifyResult {
  return withBaseline(after, readBaseline(Buffer.from(JSON.stringify(before)), 'base.json'), 'base.json', change);
}

const hostile = [named(SINGLE_AZ, HOSTILE), named(TABLE, `${HOSTILE}2`)];
const approver = (who: string): string =>
  promising(METRICS).replace("version: '1'", `version: '1'\n    changeReference: ${JSON.stringify(who)}`);

export const RESULTS: Readonly<Record<string, VerifyResult>> = {
  met: result([TABLE], promising('{ RTO: { az: 15m } }')),
  broken: result([TABLE, SINGLE_AZ, NOBODY_KNOWS]),
  'without a catalogue': resultOf(judgeSpecs([TABLE, SINGLE_AZ], undefined), 1),
  hostile: result(hostile),
  waived: result([SINGLE_AZ], promising(METRICS, WAIVER('2026-12-31'))),
  'a waiver that is over': result([SINGLE_AZ], promising(METRICS, WAIVER('2026-01-31'))),
  lost: compared(result([TABLE, MULTI_AZ], approver('CAB')), result([TABLE, SINGLE_AZ], approver('CAB'))),
  'lost, with remedies': compared(result([TABLE, MULTI_AZ]), mended([TABLE, SINGLE_AZ])),
  'hostile, with remedies': mended(hostile),
  won: compared(result([TABLE, SINGLE_AZ]), result([TABLE, MULTI_AZ])),
  renamed: compared(result([SINGLE_AZ]), result([named(SINGLE_AZ, 'ledger')])),
  'lost, hostile': compared(
    result([TABLE, MULTI_AZ], approver(HOSTILE)),
    result(hostile, approver(HOSTILE)),
    '@team <b>CHG-1</b>',
  ),
};
