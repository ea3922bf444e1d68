/**
 * `pulumi preview --json`, as one digest (`PreviewDigest`, pkg/display/json.go in github.com/pulumi/pulumi) or, with
 * PULUMI_ENABLE_STREAMING_JSON_PREVIEW, as one engine event a line (`EngineEvent`, sdk/go/common/apitype/events.go).
 */
import { UsageError } from '../model/errors.ts';
import { plainText, stackOf } from './deployment.ts';
import type { RawChange, RawReading, RawResource } from './raw.ts';
import { awsConfigOf, expectUrn, readResource } from './resource-state.ts';
import {
  at,
  clip,
  expectRecord,
  expectText,
  field,
  flag,
  isJsonRecord,
  type JsonRecord,
  optionalList,
  optionalRecord,
  optionalText,
  type Spot,
  spotLabel,
} from './shape.ts';
import { parseUrn, STACK_TYPE } from './urn.ts';

/**
 * What each step leaves behind (`OpType`, sdk/go/common/apitype/history.go). A replacement takes several steps; those
 * that only remove the replaced object are skipped. Reads and refreshes change what is known, not what is there.
 */
const STEPS: Readonly<Record<string, RawChange['op'] | 'refresh' | 'skip'>> = {
  same: 'same',
  create: 'create',
  import: 'create',
  update: 'update',
  replace: 'replace',
  'create-replacement': 'replace',
  'import-replacement': 'replace',
  'read-replacement': 'replace',
  delete: 'delete',
  discard: 'delete',
  'delete-replaced': 'skip',
  'discard-replaced': 'skip',
  'remove-pending-replace': 'skip',
  read: 'refresh',
  refresh: 'refresh',
};

/** The op of a step, or an error that names it: a step that is not understood may remove something. */
export function stepKind(op: string, spot: Spot): RawChange['op'] | 'refresh' | 'skip' {
  const kind = Object.hasOwn(STEPS, op) ? STEPS[op] : undefined;
  if (kind !== undefined) return kind;
  throw new UsageError(
    'unknown-operation',
    `${spotLabel(spot)}: ${JSON.stringify(clip(op))} is no operation of the Pulumi engine that can be read.`,
  );
}

/** Steps as they are met, and what tells whether any is missing. */
interface Collected {
  readonly changes: Map<string, RawChange>;
  readonly shown: Map<string, number>;
  failed: boolean;
}

function collect(): Collected {
  return { changes: new Map(), shown: new Map(), failed: false };
}

export function readPreview(document: JsonRecord, source: string): RawReading {
  const root = { source };
  const collected = collect();
  optionalList(document, 'steps', root).forEach((raw, i) => {
    const spot = at(at(root, 'steps'), i);
    takeStep(collected, expectRecord(raw, spot), 'oldState', 'newState', spot, true);
  });
  optionalList(document, 'diagnostics', root).forEach((raw, i) => {
    if (field(expectRecord(raw, at(at(root, 'diagnostics'), i)), 'severity') === 'error') collected.failed = true;
  });
  if (flag(document, 'maybeCorrupt', root)) collected.failed = true;
  const summary = field(document, 'changeSummary');
  return previewReading(collected, isJsonRecord(summary) ? summary : undefined, field(document, 'config'), root);
}

/** @param events one parsed line each, with the number of its line. */
export function readEvents(events: readonly { readonly line: number; readonly event: unknown }[], source: string): RawReading {
  const collected = collect();
  let summary: JsonRecord | undefined;
  let config: unknown;
  for (const { line, event } of events) {
    const spot = { source: `${source}, line ${line}` };
    const record = expectRecord(event, spot);
    for (const [key, isPre] of [
      ['resourcePreEvent', true],
      ['resOutputsEvent', false],
    ] as const) {
      if (!Object.hasOwn(record, key)) continue;
      const metadata = expectRecord(
        field(expectRecord(field(record, key), at(spot, key)), 'metadata'),
        at(at(spot, key), 'metadata'),
      );
      takeStep(collected, metadata, 'old', 'new', at(at(spot, key), 'metadata'), isPre);
    }
    if (Object.hasOwn(record, 'resOpFailedEvent') || Object.hasOwn(record, 'errorEvent')) collected.failed = true;
    if (optionalText(optionalRecord(record, 'diagnosticEvent', spot), 'severity', at(spot, 'diagnosticEvent')) === 'error')
      collected.failed = true;
    if (Object.hasOwn(record, 'preludeEvent')) config = field(optionalRecord(record, 'preludeEvent', spot), 'config');
    if (Object.hasOwn(record, 'summaryEvent')) {
      const end = optionalRecord(record, 'summaryEvent', spot);
      summary = optionalRecord(end, 'resourceChanges', at(spot, 'summaryEvent'));
      const result = optionalText(end, 'result', at(spot, 'summaryEvent'));
      if (flag(end, 'maybeCorrupt', at(spot, 'summaryEvent')) || (result !== undefined && result !== 'succeeded'))
        collected.failed = true;
    }
  }
  if (summary === undefined) {
    throw new UsageError(
      'truncated',
      `${source}: the events end without a summary, so resources may be missing. Run the preview to its end.`,
    );
  }
  return previewReading(collected, summary, config, { source });
}

function takeStep(collected: Collected, step: JsonRecord, oldKey: string, newKey: string, spot: Spot, counts: boolean): void {
  const op = expectText(step, 'op', spot);
  const kind = stepKind(op, at(spot, 'op'));
  const urn = expectUrn(step, 'urn', spot);
  if (counts) collected.shown.set(op, (collected.shown.get(op) ?? 0) + 1);
  if (kind === 'skip') return;
  const removedInputs = undefined;
  if (kind === 'delete') {
    // An object that an earlier, interrupted replacement left behind shares its URN with the living one.
    if (flag(optionalRecord(step, oldKey, spot), 'delete', at(spot, oldKey))) return;
    collected.changes.set(urn, { urn, op: 'delete', resource: undefined, removedInputs });
    return;
  }
  const pending = kind === 'same' || kind === 'refresh' ? undefined : kind;
  const planned = readResource(field(step, newKey), at(spot, newKey), pending);
  const resource = kind === 'same' || kind === 'update' ? withOld(planned, field(step, oldKey), at(spot, oldKey)) : planned;
  const before = collected.changes.get(urn);
  // A preview with --refresh shows a resource twice; when the refresh moved it, the state no longer tells how it is.
  const op2 = kind === 'refresh' || (kind === 'same' && before?.op === 'update') ? 'update' : kind;
  collected.changes.set(urn, { urn, op: op2, resource, removedInputs });
}

/**
 * The engine shows new states before their outputs are known. An object that stays keeps its id and its outputs,
 * except those that mirror an input that changes.
 */
function withOld(planned: RawResource, oldState: unknown, spot: Spot): RawResource {
  if (!isJsonRecord(oldState)) return planned;
  const old = readResource(oldState, spot);
  const isKept = (key: string): boolean => JSON.stringify(old.inputs[key]) === JSON.stringify(planned.inputs[key]);
  const kept = Object.fromEntries(Object.entries(old.outputs).filter(([key]) => isKept(key)));
  return { ...planned, id: planned.id ?? old.id, outputs: { ...kept, ...planned.outputs } };
}

/**
 * A preview alone shows the whole stack only when it shows the Stack resource and as many steps of every operation as
 * its own summary counts: unchanged resources are counted there, and left out of the steps without `--show-sames`.
 */
function previewReading(collected: Collected, summary: JsonRecord | undefined, config: unknown, root: Spot): RawReading {
  const changes = [...collected.changes.values()];
  const isShort = (op: string): boolean => {
    const count = summary === undefined ? 0 : field(summary, op);
    return typeof count === 'number' && count > (collected.shown.get(op) ?? 0);
  };
  const short = Object.keys(summary ?? {}).filter(isShort);
  const complete = summary !== undefined && !collected.failed && short.every((op) => op === 'same');
  const hasStack = changes.some((c) => parseUrn(c.urn)?.type === STACK_TYPE);
  const resources = changes.flatMap((c): readonly RawResource[] => (c.resource === undefined ? [] : [c.resource]));
  const partial = !complete || short.length > 0 || !hasStack;
  const awsConfig = awsConfigOf(config, at(root, 'config'));
  return {
    source: root.source,
    kind: 'preview',
    ...stackOf(changes.map((c) => c.urn)),
    resources,
    configRegion: plainText(awsConfig, 'region'),
    awsConfig,
    partial,
    notes: [
      ...(collected.failed ? ['the preview failed: resources are missing from it'] : []),
      ...(partial
        ? ['resources may be missing from this preview; give the deployed stack with --state, or preview with --show-sames']
        : []),
      ...deletionNotes(changes),
    ],
    difference: { changes, complete },
  };
}

export function deletionNotes(changes: readonly RawChange[]): string[] {
  return changes.filter((c) => c.op === 'delete').map((c) => `${c.urn} will be deleted: left out`);
}
