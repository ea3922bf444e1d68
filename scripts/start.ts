/**
 * Runs the reference workload through the main job: judged on its code, deployed into simulated AWS and read from there, drilled,
 * and judged again by the evidence that the drills left. Everything goes into out/; all of it happened in simulated AWS.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKS } from '../checks/registry.ts';
import { membersOf } from '../src/drills/prepare.ts';
import { suggest } from '../src/drills/suggest.ts';
import type { DrillKind } from '../src/model/drill.ts';
import { formatDuration } from '../src/model/quantity.ts';
import { memberLabel } from '../src/model/scope.ts';
import { renderMarkdown } from '../src/reports/markdown.ts';
import type { VerifyResult } from '../src/reports/result-schema.ts';
import { renderTable } from '../src/reports/table.ts';
import { established } from '../src/reports/words.ts';
import { memoryJournal } from '../src/store/memory-journal.ts';
import { openStore, type Store } from '../src/store/store.ts';
import { checked } from './commands/check.ts';
import { type Conducted, conducted } from './commands/drill-conducting.ts';
import { resultOf as drillsResultOf, pictureOf, textOf } from './commands/drill-result.ts';
import { ownTheatre, type Theatre } from './commands/drill-theatre.ts';
import { evidenceFrom, sourceOf, withGiven } from './commands/evidence-given.ts';
import { type Inputs, inputsOf } from './commands/judging.ts';
import { accountOf } from './commands/places.ts';
import { surroundings } from './surroundings.ts';

/** This file runs as dist/scripts/start.js. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 1;
const REGION = 'eu-west-1';

/** An AZ with a database in it, the Region that the shop runs in, a database that fails over, and one that is restored. */
const SHOWN: readonly (readonly [kind: DrillKind, service: string, member?: string])[] = [
  ['az-loss', 'checkout', 'eu-west-1a'],
  ['region-loss', 'storefront', 'eu-west-1'],
  ['database-failover', 'checkout'],
  ['backup-restore', 'reporting'],
];

const around = surroundings();
const began = performance.now();
const out = join(root, 'out');
mkdirSync(out, { recursive: true });
const flags = {
  source: [root],
  aws: 'simulator',
  since: '1h',
  evidence: [],
  signer: [],
  state: [],
  config: [],
  timeout: 120,
  memory: 2048,
  color: true,
  format: 'table',
  failOn: 'never',
  also: [],
  seed: SEED,
} as const;

const evidence = join(out, 'evidence');
rmSync(evidence, { recursive: true, force: true });
// A store is made while the program runs in a process of its own.
const [inputs, store] = await Promise.all([inputsOf([root], flags, around), openStore({ folder: evidence })]);
const below = await checked(CHECKS, inputs, flags, around);
const drilling = performance.now();
const { held, theatre } = await drilled(inputs, store);
const drillSeconds = secondsSince(drilling);
const given = evidenceFrom([await sourceOf(relative(around.cwd, evidence), store)]);
await store.close();
const result = withGiven(below.result, below.judgement, below.verdicts, given);

const metrics = new Map(theatre.judgement.verdicts.map((v) => [v.metric.id, v.metric]));
const drills = drillsResultOf(
  'simulated',
  held.map((one) => ({ held: one, metrics })),
  theatre.notes,
);
writeFileSync(join(out, 'holdfast.json'), `${JSON.stringify(result, undefined, 2)}\n`);
writeFileSync(join(out, 'holdfast.md'), renderMarkdown(result));
writeFileSync(join(out, 'drills.json'), `${JSON.stringify(drills, undefined, 2)}\n`);
writeFileSync(join(out, 'drills.txt'), textOf(drills));
writeFileSync(join(out, 'drills.svg'), await pictureOf(drills, [...metrics.values()]));
say(result, held);

async function drilled(
  { readings, catalogue, today }: Inputs,
  store: Store,
): Promise<{ held: readonly Conducted[]; theatre: Theatre }> {
  if (catalogue === undefined) throw new Error('the reference workload has a catalogue');
  const place = { account: accountOf(readings), region: REGION };
  const theatre = await ownTheatre({ catalogue, readings, today, seed: SEED, place, journal: memoryJournal(), now: Date.now });
  const suggested = suggest(theatre.judgement);
  const held: Conducted[] = [];
  for (const [kind, service, wanted] of SHOWN) {
    const drill = suggested.find((d) => d.kind === kind && d.service === service);
    if (drill === undefined) throw new Error(`the reference workload has nothing for a drill of ${kind} in ${service}`);
    const members = theatre.membersIn(membersOf(drill, theatre.judgement));
    for (const member of members.filter((m) => wanted === undefined || m.name === wanted)) {
      around.progress(`${drill.id}: ${memberLabel(member)}`);
      const names = members.map((m) => m.name);
      const request = {
        drill,
        member,
        members: names,
        requester: 'npm start',
        change: undefined,
        aws: 'simulator',
        sources: [root],
        seed: SEED,
      };
      const one = await theatre.hold(0, (stage) =>
        conducted(`${drill.id}/${member.name}`, request, stage, { theatre, store, holder: 'npm start' }),
      );
      if (one !== undefined) held.push(one);
    }
  }
  return { held, theatre };
}

function say(of: VerifyResult, drills: readonly Conducted[]): void {
  for (const { result: r } of drills) {
    const member = r.member.startsWith('urn:')
      ? (r.member.split('::').pop() ?? '')
      : memberLabel({ scope: r.scope, name: r.member });
    const how = r.rto === null ? `${r.status}: ${r.reason}` : `recovered after ${formatDuration(Math.round(r.rto))}`;
    around.write(`Drilled in simulated AWS: ${r.service}, ${r.kind} (${member}): ${how}\n`, undefined);
  }
  const next = `npx holdfast explain ${of.metrics.find((m) => established(m).verdict !== 'met')?.id ?? ''}`;
  around.write(renderTable(of, { width: around.width, paint: around.paint(true, undefined), places: 2, next }), undefined);
  const show = (file: string): string => relative(around.cwd, join(out, file));
  around.write(
    `\nThe reference workload was judged on its code, deployed into simulated AWS, read, drilled and judged by the evidence in ${secondsSince(began)} s (drills: ${drillSeconds} s). Reports: ${['holdfast.md', 'holdfast.json', 'drills.txt', 'drills.svg'].map(show).join(', ')}; evidence: ${show('evidence')}\n`,
    undefined,
  );
}

function secondsSince(moment: number): string {
  return ((performance.now() - moment) / 1000).toFixed(1);
}
