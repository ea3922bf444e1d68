/** A reader over replies recorded from real accounts, and from the manual of the AWS CLI. They are read in place. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Call } from '../../../src/aws/call.ts';
import { Hole } from '../../../src/model/value.ts';
import type { Observed, Reader, Scan } from '../../../src/services/observed/scan.ts';
import { ACCOUNT, REGION } from './support.ts';

const ROOT = resolve(import.meta.dirname, '../../../../shared/data/recorded');

/** Without the recordings tests are skipped, but never in CI. */
export const haveRecordings = existsSync(ROOT);
if (!haveRecordings) {
  if (process.env.CI === 'true') throw new Error(`no recorded replies in ${ROOT}`);
  console.warn(`skipped: no recorded replies in ${ROOT}`);
}

interface Reply {
  /** `DescribeTable` */
  readonly operation: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Error code, when AWS refused. */
  readonly error: string | undefined;
}

export interface Recording {
  readonly name: string;
  readonly replies: readonly Reply[];
}

/** One recording for each folder that has replies of the service, as the recordings spell it (`elasticfilesystem`). */
export function recordings(service: string): readonly Recording[] {
  if (!haveRecordings) return [];
  const c7n = join(ROOT, 'c7n');
  return readdirSync(c7n).flatMap((name) => {
    const files = readdirSync(join(c7n, name)).filter((f) => f.startsWith(`${service}.`) || f.startsWith('kms.'));
    if (!files.some((f) => f.startsWith(`${service}.`))) return [];
    return [{ name, replies: files.sort(byNumber).map((f) => c7nReply(f, join(c7n, name, f))) }];
  });
}

const numberOf = (file: string): number => Number(/_(\d+)\.json$/.exec(file)?.[1] ?? 0);
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);

function c7nReply(file: string, path: string): Reply {
  const { status_code: status, data } = JSON.parse(readFileSync(path, 'utf8'), revive) as {
    status_code: number;
    data: Reply['data'];
  };
  const code = (data.Error as { readonly Code?: string } | undefined)?.Code;
  return { operation: file.split(/[._]/)[1] ?? '', data, error: status >= 300 ? (code ?? String(status)) : undefined };
}

/** boto3 writes a time as its parts. */
function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || (value as { __class__?: unknown }).__class__ !== 'datetime') return value;
  const { year, month, day, hour, minute, second } = value as Readonly<Record<string, number>>;
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second));
}

/** Examples of one service (`s3api`) as one recording. */
export function examples(service: string): Recording {
  const folder = join(ROOT, 'aws-cli-examples', service);
  if (!existsSync(folder)) return { name: `examples of ${service}`, replies: [] };
  const replies = readdirSync(folder).flatMap((file): readonly Reply[] => {
    const operation = file
      .replace(/_\d+\.json$/, '')
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    const data: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return typeof data === 'object' && data !== null ? [{ operation, data: data as Reply['data'], error: undefined }] : [];
  });
  return { name: `examples of ${service}`, replies };
}

/** Answers each operation with its recorded replies in turn, the last one again and again. Nothing recorded: a hole. */
export function recordedReader(recording: Recording, region = REGION): Reader & { readonly failed: string[] } {
  const asked = new Map<string, number>();
  const failed: string[] = [];
  const next = (call: Call<never, unknown>): Reply | undefined => {
    const replies = recording.replies.filter((r) => r.operation === call.operation);
    const at = asked.get(call.operation) ?? 0;
    asked.set(call.operation, at + 1);
    return replies[Math.min(at, replies.length - 1)];
  };
  return {
    account: ACCOUNT,
    region,
    failed,
    async *pages(call) {
      const reply = next(call);
      if (reply?.error === undefined && reply !== undefined) yield reply.data as never;
      else failed.push(`${call.operation} ${reply?.error ?? 'not recorded'}`);
    },
    async ask(call, _, absent = []) {
      const reply = next(call);
      if (reply === undefined) return new Hole('not-reported', `${call.operation} was not recorded`);
      if (reply.error === undefined) return reply.data as never;
      return absent.includes(reply.error) ? undefined : new Hole('error', reply.error);
    },
    each: (items, work) => Promise.all(items.map(work)),
  };
}

/** What a scan makes of a recording: every resource is of a type that the scan shows, and has an id. */
export async function readRecording(scan: Scan, recording: Recording, region = REGION): Promise<readonly Observed[]> {
  const seen: Observed[] = [];
  for await (const one of scan.run(recordedReader(recording, region))) {
    if (!scan.types.includes(one.type) || one.id === '')
      throw new Error(`${recording.name}: ${scan.id} shows ${one.type} '${one.id}'`);
    seen.push(one);
  }
  return seen;
}
