import { parseCatalogue } from '../../src/catalog/parse.ts';
import type { Vocabulary } from '../../src/catalog/references.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { UsageError } from '../../src/model/errors.ts';

/** The smallest service block, to build documents on. */
export const SERVICE = `services:
  shop:
    tier: 1
    resources: [{ name: shop }]
`;

/** A whole document with one agreement; `metrics` is what stands under the service. */
export function withMetrics(metrics: string, rest = ''): string {
  return `${SERVICE}agreements:
  sla:
    kind: SLA
    parties: { provider: P, customer: C }
    approvedBy: A
    from: 2026-01-01
    version: '1'
    metrics:
      shop: ${metrics}
${rest}`;
}

/** A document with one agreement that has these lines besides its metrics. */
export function withAgreement(lines: readonly string[]): string {
  return `${SERVICE}agreements:\n  sla:\n${lines.map((line) => `    ${line}\n`).join('')}    metrics: { shop: { RTO: { az: 5m } } }\n`;
}

export const AGREEMENT_LINES = [
  'kind: SLA',
  'parties: { provider: P, customer: C }',
  'approvedBy: A',
  'from: 2026-01-01',
  "version: '1'",
];

/** The base agreement with the line of one key replaced, or left out. */
export function agreementWith(key: string, line: string | undefined): string {
  const lines = AGREEMENT_LINES.filter((l) => !l.startsWith(`${key}:`));
  return withAgreement(line === undefined ? lines : [...lines, line]);
}

export function parse(text: string, vocabulary: Vocabulary = {}): Catalogue {
  return parseCatalogue(text, 'holdfast.yaml', vocabulary);
}

/** The error that a text gives; fails the test when it gives none or another kind. */
export function refusal(text: string, vocabulary: Vocabulary = {}): UsageError {
  try {
    parse(text, vocabulary);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('expected a refusal, but the catalogue was read');
}

const MARK = '▶';

/** Takes out the marks of a text and tells where they stood: `line:column`, in order. */
export function unmark(marked: string): { readonly text: string; readonly places: readonly string[] } {
  const places: string[] = [];
  const lines = marked.split('\n').map((line, i) => {
    let clean = line;
    for (let at = clean.indexOf(MARK); at >= 0; at = clean.indexOf(MARK)) {
      places.push(`${i + 1}:${at + 1}`);
      clean = clean.slice(0, at) + clean.slice(at + 1);
    }
    return clean;
  });
  return { text: lines.join('\n'), places };
}

/** The problem lines of a message, without file name: `line:column: expected …`. */
export function problemLines(error: UsageError): readonly string[] {
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/^holdfast\.yaml:/, ''));
}
