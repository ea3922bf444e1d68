/** docs/witnesses.md, from the table that the test holds against the witnesses. `npx tsx test/witness/document.ts` writes it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXPLAINED, type Explained, LACKS } from './differences.ts';
import { MINISTACK, MOTO } from './witnesses.ts';

export const PATH = join(import.meta.dirname, '../../docs/witnesses.md');

export function witnessesDocument(): string {
  const lines = [
    '# Witnesses',
    '',
    '<!-- Made from test/witness/differences.ts by npx tsx test/witness/document.ts. Do not edit. -->',
    '',
    'The scans that read AWS are also run over HTTP against simulations that others wrote. One script makes the same things',
    `in our simulator, in moto (${MOTO.join(', ')}) and in ministack (${MINISTACK.join(', ')}), every scan reads them, and what it`,
    'makes of them is compared property by property. `test/witness/witness.slow.test.ts` fails on a difference that is not',
    'explained here, and on an explanation of a difference that is no longer there.',
    '',
    '## Differences',
    '',
    '| Witness | What | AWS is like | Why | Source |',
    '| --- | --- | --- | --- | --- |',
    ...EXPLAINED.map(row),
    '',
    '## What a witness does not have',
    '',
    'These calls of the script are refused, and these actions of the scans are not answered. Both end as gaps or holes, never as',
    'an empty answer.',
    '',
    '| Witness | Refused | Not answered |',
    '| --- | --- | --- |',
    ...Object.entries(LACKS).map(
      ([name, { refused, unanswered }]) => `| ${name} | ${refused.join(', ')} | ${unanswered.join(', ')} |`,
    ),
    '',
  ];
  return lines.join('\n');
}

const RIGHT: Readonly<Record<Explained['right'], string>> = {
  simulator: 'the simulator',
  witness: 'the witness',
  either: 'either',
};

const row = ({ witness, type, property, right, why, source }: Explained): string =>
  `| ${witness} | ${code(type)} ${code(property)} | ${RIGHT[right]} | ${why} | [AWS](${source}) |`;

const code = (pattern: RegExp): string => `\`${pattern.source.replaceAll('|', '\\|')}\``;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(PATH, witnessesDocument());
