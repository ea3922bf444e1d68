/**
 * A controller that is killed: takes the lease of one run, then writes entries and evidence without end, and says each time what
 * was acknowledged. Arguments: the store (URL or folder), the round, the epoch of the round before.
 */
import { writeSync } from 'node:fs';
import { LeaseLost } from '../../src/model/journal.ts';
import { openStore } from '../../src/store/store.ts';

const [place = '', round = '0', oldEpoch = '0', last = ''] = process.argv.slice(2);
const say = (line: unknown): void => {
  writeSync(1, `${JSON.stringify(line)}\n`);
};

const store = await openStore(place.startsWith('postgres:') ? { url: place } : { folder: place });
const now = Number(round) * 1000;
const lease = await store.journal.acquire('crash', `controller ${round}`, 1000, now);
if (lease === undefined) throw new Error('expected the lease of a dead controller to be free');

const old = { ...lease, epoch: Number(oldEpoch), holder: 'dead' };
const refused = await store.journal
  .append(old, { kind: 'phase', at: now, about: 'from the dead', token: undefined, data: null })
  .then(
    () => false,
    (error: unknown) => error instanceof LeaseLost,
  );
const { sound, broken } = await store.evidence.verify();
const entries = await store.journal.read('crash');
say({
  open: {
    epoch: lease.epoch,
    refused,
    broken,
    evidence: sound.last,
    entries: entries.map((e) => [e.sequence, e.epoch, e.token]),
  },
});

if (last === 'last') await store.close();
else {
  let n = entries.length;
  for (;;) {
    const token = `${round}/${n}`;
    const kind = n === 0 ? 'created' : 'intent';
    const entry = await store.journal.append(lease, { kind, at: now, about: 'step', token, data: { text: 'x'.repeat(200) } });
    say({ entry: [entry.sequence, entry.epoch, entry.token] });
    const drafts = Array.from(
      { length: 1 + (n % 7) },
      (_, i) => ({ kind: 'decision', world: 'simulated', at: now, subject: token, body: { i } }) as const,
    );
    const record = (await store.evidence.append(drafts)).at(-1);
    say({ record: { sequence: record?.sequence, hash: record?.hash } });
    n += 1;
  }
}
