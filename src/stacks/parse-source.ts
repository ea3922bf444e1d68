/** Recognises what a JSON source is by its content, and reads it. */
import { UsageError } from '../model/errors.ts';
import { readCheckpoint, readExport } from './deployment.ts';
import { decodeText, parseJson } from './json-text.ts';
import { readPlan } from './plan.ts';
import { readEvents, readPreview } from './preview.ts';
import type { RawReading } from './raw.ts';
import { isJsonRecord, type JsonRecord } from './shape.ts';

/**
 * Reads a stack export, a checkpoint, a preview (digest or events) or a saved plan.
 * @param name the source as the user named it, for messages.
 * @throws UsageError that names line and column, or the JSON path, of the trouble. Nothing else is thrown.
 */
export function parseSource(input: string | Uint8Array, name: string): RawReading {
  const text = (typeof input === 'string' ? input : decodeText(input, name)).replace(/^\uFEFF/, '');
  const events = eventLines(text, name);
  if (events !== undefined) return readEvents(events, name);
  const document = parseJson(text, name);
  if (!isJsonRecord(document)) throw unrecognised(document, name);
  if (Object.hasOwn(document, 'checkpoint')) return readCheckpoint(document, name);
  if (Object.hasOwn(document, 'deployment') || isEmptyExport(document)) return readExport(document, name);
  if (Object.hasOwn(document, 'resourcePlans')) return readPlan(document, name);
  if (Object.hasOwn(document, 'steps') || Object.hasOwn(document, 'changeSummary')) return readPreview(document, name);
  if (Object.hasOwn(document, 'latest')) return readCheckpoint(document, name);
  throw unrecognised(document, name);
}

/** A stack that was never deployed exports its version alone. */
function isEmptyExport(document: JsonRecord): boolean {
  const keys = Object.keys(document);
  return (
    keys.includes('version') &&
    keys.every((key) => key === 'version' || key === 'features') &&
    typeof document.version === 'number'
  );
}

/** One engine event a line: told from other JSON by the first line, which is a whole event with a sequence number. */
function eventLines(text: string, name: string): { line: number; event: unknown }[] | undefined {
  const end = text.indexOf('\n');
  const first = (end < 0 ? text : text.slice(0, end)).trim();
  if (!first.startsWith('{') || !first.includes('"sequence"')) return undefined;
  let head: unknown;
  try {
    head = JSON.parse(first);
  } catch {
    return undefined;
  }
  if (!isJsonRecord(head) || typeof head.sequence !== 'number') return undefined;
  return text
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [{ line: i + 1, event: parseJson(line, name, i + 1) }]));
}

/** Files that people take for Pulumi's, by a key that only they have. */
const OTHERS: readonly { readonly key: string; readonly what: string }[] = [
  { key: 'AWSTemplateFormatVersion', what: 'a CloudFormation template' },
  { key: 'Resources', what: 'a CloudFormation template' },
  { key: 'terraform_version', what: 'Terraform state or plan' },
  { key: 'planned_values', what: 'a Terraform plan' },
  { key: 'dependencies', what: 'a package.json' },
  { key: 'resources', what: 'only the inside of a deployment' },
  { key: 'schemaVersion', what: 'an output of Holdfast' },
];

function unrecognised(document: unknown, name: string): UsageError {
  const other = isJsonRecord(document) ? OTHERS.find(({ key }) => Object.hasOwn(document, key)) : undefined;
  return new UsageError(
    'unrecognised-source',
    `${name}: expected a stack export, a checkpoint, a preview or a saved plan of Pulumi, found ${other?.what ?? 'other JSON'}. ` +
      'Make one with `pulumi stack export`, or `pulumi preview --json --show-sames`.',
  );
}
