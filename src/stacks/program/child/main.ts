/**
 * Runs one Pulumi program in this process, against our own monitor, and writes down what it registered. Started by
 * ../run-child.ts; its only argument is the path of the request file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { markerBook } from '../markers.ts';
import type { RunEnd, RunRequest, RunResult, WireError } from '../protocol.ts';
import { declarationsOf } from './declared.ts';
import { monitorOf } from './monitor.ts';
import { closeNetwork } from './network.ts';
import { watchConstructions } from './positions.ts';
import { loadSdk } from './sdk.ts';
import { answerStackReferences } from './stack-references.ts';

/** Rounds of an empty event loop before the program counts as finished: libraries register resources on the first. */
const QUIET_ROUNDS = 3;

/** The SDK captures a stack for every output. tsx reads its own callers from three frames, so fewer break ES modules. */
const QUICK_FRAMES = 4;
const TRACED_FRAMES = 50;

const run = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RunRequest;
Error.stackTraceLimit = run.traces ? TRACED_FRAMES : QUICK_FRAMES;
Math.random = seeded(1);
const connections = closeNetwork();
const sdk = loadSdk(run.entry);
const book = markerBook(run.markers);
const positions = watchConstructions(sdk, run.folder);
const monitor = monitorOf(run, sdk, book, declarationsOf(run.entry), positions);
sdk.settings.setMockOptions(monitor.client, run.project, run.stack, true, run.organization);
shareMonitor(monitor.client);
answerStackReferences(sdk, book, run.marked);

let finished = false;
let settled = false;
let passedOver = 0;

function finish(end: RunEnd): void {
  if (finished) return;
  finished = true;
  const resources = monitor.resources.map((r) => ({ ...r, position: positions.of(r.urn) }));
  const standIns = [...monitor.standIns];
  const result: RunResult = { end, resources, markers: book.entries, reads: monitor.reads, standIns, connections, passedOver };
  writeFileSync(run.resultFile, JSON.stringify(result));
}

function fail(error: unknown): void {
  // A marked run may fail on its stand-in text where the program itself would not: it collects what it can.
  if (run.marked) {
    passedOver += 1;
    settled = true;
    return;
  }
  finish({ how: 'failed', error: describe(error) });
  process.exit(1);
}

function describe(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  return { name: error.name, message: error.message, stack: error.stack ?? '' };
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('exit', (code) => finish({ how: 'exited', code }));

let quiet = 0;
process.on('beforeExit', () => {
  quiet += 1;
  if (quiet < QUIET_ROUNDS) {
    setImmediate(() => undefined);
    return;
  }
  const waiting = positions.open();
  finish(settled && waiting.length === 0 ? { how: 'done' } : { how: 'waiting', registrations: waiting });
});

/** As Pulumi's own runner (`cmd/run/run.js`): the default export of an ES module or a CommonJS module's exports; a function is called. */
async function program(): Promise<unknown> {
  let exported: unknown;
  if (run.esm) {
    const module = (await import(pathToFileURL(run.entry).href)) as Record<string, unknown>;
    exported = 'default' in module ? module.default : module;
  } else {
    exported = createRequire(run.entry)(run.entry);
  }
  return isCallable(exported) ? exported() : exported;
}

function isCallable(value: unknown): value is () => unknown {
  return typeof value === 'function';
}

/** A second copy of the SDK (a component library's own) looks for the monitor in the store that all copies share. */
function shareMonitor(client: object): void {
  const store = (globalThis as { globalStore?: { settings?: { monitor?: object; options?: { monitorAddr?: string } } } })
    .globalStore;
  if (store?.settings === undefined) return;
  store.settings.monitor = client;
  if (store.settings.options !== undefined) store.settings.options.monitorAddr = 'mock';
}

/** mulberry32: the same names in every run of the same program. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

process.argv = [process.argv[0] ?? 'node', run.entry];
sdk.pulumi.runtime.runInPulumiStack(program).then(() => {
  settled = true;
}, fail);
