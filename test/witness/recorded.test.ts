/** Every recorded reply whose operation a scan uses is read by that scan: without a throw, and into resources that can be used. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/aws/call.ts';
import { Hole } from '../../src/model/value.ts';
import { wrongWith } from '../../src/services/observed/engine/resource.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import type { Reader, Scan } from '../../src/services/observed/scan.ts';
import { boto3Name } from '../contract/python.ts';
import { examples, haveRecordings, type Recording, recordings } from '../services/observed/recorded.ts';
import { ACCOUNT, REGION } from '../services/observed/support.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../../shared/data/recorded/aws-cli-examples');
/** The AWS CLI's own name for the low-level commands of S3. */
const CLI: Readonly<Record<string, string>> = { s3: 's3api' };
type Reply = Recording['replies'][number];

/** The AWS CLI writes `describe-db-instances`, from which the capitals of `DescribeDBInstances` cannot be told. */
const keyOf = (client: string, operation: string): string => `${client} ${operation.toLowerCase()}`;

interface Recorded {
  readonly key: string;
  readonly from: string;
  readonly reply: Reply;
}

const clients = [...new Set(SCANS.flatMap((s) => s.calls.map((c) => c.client)))];
const used = new Set(SCANS.flatMap((s) => s.calls.map((c) => keyOf(c.client, c.operation))));

/** Recordings come with the replies of KMS that belong to them; they are read as those of KMS. */
const ofKms = new Set(recordings('kms').flatMap((r) => r.replies.map((x) => x.operation)));

const all: readonly Recorded[] = clients.flatMap((client) => {
  const name = boto3Name(client);
  const service = name === 'efs' ? 'elasticfilesystem' : name;
  const folder = CLI[name] ?? name;
  const own = (reply: Reply): boolean => client === 'kms' || !ofKms.has(reply.operation);
  const recorded = recordings(service).map((r) => ({ ...r, replies: r.replies.filter(own) }));
  return [...recorded, ...(existsSync(join(EXAMPLES, folder)) ? [examples(folder)] : [])].flatMap(({ name: from, replies }) =>
    replies.map((reply) => ({ key: keyOf(client, reply.operation), from, reply })),
  );
});
const relevant = all.filter((r) => used.has(r.key));

/** Answers one operation with one reply, and all others with the first recorded reply of theirs that has something in it. */
function readerOf(recorded: Recorded): Reader & { readonly answered: () => boolean } {
  let answered = false;
  const replyTo = (call: Call<never, unknown>): Reply | undefined => {
    const key = keyOf(call.client, call.operation);
    // A bucket whose Region nobody tells is shown wherever the scan is.
    if (key !== recorded.key) return call.operation === 'GetBucketLocation' ? undefined : best.get(key);
    answered = true;
    return recorded.reply;
  };
  return {
    account: ACCOUNT,
    region: REGION,
    answered: () => answered,
    async *pages(call) {
      const reply = replyTo(call);
      if (reply !== undefined && reply.error === undefined) yield reply.data as never;
    },
    async ask(call, _, absent = []) {
      const reply = replyTo(call);
      if (reply === undefined) return new Hole('not-reported', `${call.operation} was not recorded`);
      if (reply.error === undefined) return reply.data as never;
      return absent.includes(reply.error) ? undefined : new Hole('error', reply.error);
    },
    each: (items, work) => Promise.all(items.map(work)),
  };
}

const best = new Map<string, Reply>();
for (const { key, reply } of relevant) {
  const size = (r: Reply | undefined): number => (r === undefined || r.error !== undefined ? -1 : JSON.stringify(r.data).length);
  if (size(reply) > size(best.get(key))) best.set(key, reply);
}

/** Replies that no scan asks for even so, by operation, with the reason. */
const UNREAD: Readonly<Record<string, string>> = {
  'backup getbackupplan': 'no listing of plans was recorded that would name one',
};

async function read(scan: Scan, recorded: Recorded): Promise<{ readonly answered: boolean; readonly wrong: readonly string[] }> {
  const reader = readerOf(recorded);
  const wrong: string[] = [];
  try {
    for await (const seen of scan.run(reader)) {
      const what = wrongWith(seen, scan);
      if (what !== undefined) wrong.push(`${scan.id} makes ${what}`);
    }
  } catch (error) {
    wrong.push(`${scan.id} throws ${String(error)}`);
  }
  return { answered: reader.answered(), wrong };
}

describe.skipIf(!haveRecordings)('recorded replies', () => {
  it('are each read by a scan, without a throw, into resources that can be used', async () => {
    const wrong: string[] = [];
    const unread = new Set<string>();
    for (const recorded of relevant) {
      const asking = SCANS.filter((s) => s.calls.some((c) => keyOf(c.client, c.operation) === recorded.key));
      const results = await Promise.all(asking.map((scan) => read(scan, recorded)));
      if (!results.some((r) => r.answered)) unread.add(recorded.key);
      wrong.push(...results.flatMap((r) => r.wrong.map((what) => `${recorded.from} ${recorded.key}: ${what}`)));
    }
    expect(wrong).toEqual([]);
    expect([...unread].sort()).toEqual(Object.keys(UNREAD).sort());
    expect(relevant.length).toBeGreaterThan(500);
  });
});
