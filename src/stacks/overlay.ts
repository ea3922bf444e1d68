/** The estate as it will be after an update: a preview or saved plan read over the state it starts from. */
import { UsageError } from '../model/errors.ts';
import type { Values } from '../model/value.ts';
import type { RawChange, RawReading, RawResource } from './raw.ts';

/**
 * Reads `difference` over `state`. Resources that the difference does not mention stay as they are; deleted ones are
 * left out. The result is partial when the state is, or when the difference may lack changes.
 * @throws UsageError `not-a-difference`, `not-a-state`, `state-mismatch`.
 */
export function overlay(state: RawReading, difference: RawReading): RawReading {
  const changes = difference.difference;
  if (changes === undefined) {
    throw new UsageError(
      'not-a-difference',
      `${difference.source}: --state expects a preview or a saved plan to read over it, found ${named(difference)}.`,
    );
  }
  if (state.kind !== 'export' && state.kind !== 'checkpoint') {
    throw new UsageError(
      'not-a-state',
      `${state.source}: --state expects what \`pulumi stack export\` wrote, found ${named(state)}.`,
    );
  }
  if (!sameStack(state, difference)) {
    throw new UsageError(
      'state-mismatch',
      `${state.source} is the state of ${state.project}/${state.stack}, but ${difference.source} is about ${difference.project}/${difference.stack}.`,
    );
  }
  const resources = new Map(state.resources.map((r) => [r.urn, r]));
  const lost: string[] = [];
  for (const change of changes.changes) {
    const after = apply(resources.get(change.urn), change);
    if (after !== undefined) resources.set(change.urn, after);
    else resources.delete(change.urn);
    if (after === undefined && change.op !== 'delete')
      lost.push(`${change.urn} left out: ${difference.source} does not tell its inputs`);
  }
  const partial = state.partial || !changes.complete || lost.length > 0;
  return {
    ...difference,
    project: difference.project || state.project,
    stack: difference.stack || state.stack,
    resources: [...resources.values()],
    configRegion: difference.configRegion ?? state.configRegion,
    awsConfig: { ...state.awsConfig, ...difference.awsConfig },
    partial,
    notes: [
      `read over the state in ${state.source}`,
      ...state.notes,
      ...(changes.complete ? [] : [`${difference.source} may lack changes: the preview failed or was cut`]),
      ...lost,
      ...changes.changes.filter((c) => c.op === 'delete').map((c) => `${c.urn} will be deleted: left out`),
    ],
  };
}

function named(reading: RawReading): string {
  return {
    program: 'a program',
    export: 'a stack export',
    checkpoint: 'a checkpoint',
    preview: 'a preview',
    plan: 'a saved plan',
    observed: 'what AWS shows',
  }[reading.kind];
}

/** An empty side fits any stack: a first deployment starts from an empty state. */
export function sameStack(a: RawReading, b: RawReading): boolean {
  return a.stack === '' || b.stack === '' || (a.project === b.project && a.stack === b.stack);
}

function apply(before: RawResource | undefined, change: RawChange): RawResource | undefined {
  const { resource } = change;
  if (change.op === 'delete') return undefined;
  if (change.op === 'same' && before !== undefined) return before;
  // Only a plan tells removed inputs: its resource then holds a change of the inputs, not all of them.
  if (resource === undefined || change.removedInputs === undefined) return resource;
  if (change.op === 'create') return resource;
  return before === undefined ? undefined : changed(before, resource, change);
}

/** Applies a plan's change of inputs. Outputs that mirror a changed input are dropped, since they tell how it was. */
function changed(before: RawResource, after: RawResource, change: RawChange): RawResource {
  const touched = new Set([...Object.keys(after.inputs), ...(change.removedInputs ?? [])]);
  const told = Object.keys(after.outputs).length > 0;
  const kept = change.op === 'replace' ? {} : without(before.outputs, touched);
  return {
    ...after,
    id: change.op === 'replace' ? undefined : (after.id ?? before.id),
    inputs: { ...without(before.inputs, touched), ...after.inputs },
    outputs: told ? after.outputs : kept,
    position: before.position,
    retainOnDelete: before.retainOnDelete,
  };
}

function without(values: Values, keys: ReadonlySet<string>): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.has(key)));
}
