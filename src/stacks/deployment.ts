/**
 * Deployed state: `pulumi stack export` and the checkpoints of file backends. Versions and features are those of
 * the engine (sdk/go/common/apitype/core.go and pkg/resource/stack/deployment.go in github.com/pulumi/pulumi, August 2026).
 */
import { UsageError } from '../model/errors.ts';
import type { RawReading, RawResource } from './raw.ts';
import { awsConfigOf, readResource } from './resource-state.ts';
import {
  at,
  clip,
  expectRecord,
  field,
  flag,
  type JsonRecord,
  kindOf,
  optionalList,
  optionalRecord,
  optionalText,
  pathOf,
  type Spot,
  spotLabel,
  textList,
} from './shape.ts';
import { parseUrn, STACK_TYPE } from './urn.ts';

/** Features of a version 4 deployment whose resources can be read as those of version 3. */
const FEATURES: ReadonlySet<string> = new Set([
  'refreshBeforeUpdate',
  'views',
  'hooks',
  'taint',
  'replaceWith',
  'snippets-prototype',
  'extensionParameterization',
  'byteString',
]);

/** Reads `{version, features, deployment}` as `pulumi stack export` writes it. */
export function readExport(document: JsonRecord, source: string): RawReading {
  const spot = { source };
  const deployment = field(document, 'deployment');
  if (deployment === undefined || deployment === null) return reading('export', source, {}, at(spot, 'deployment'), {});
  checkVersion(document, spot);
  return reading('export', source, expectRecord(deployment, at(spot, 'deployment')), at(spot, 'deployment'), {});
}

/** Reads `{version, features, checkpoint: {stack, config, latest}}`, and the form before versions, `{target, latest}`. */
export function readCheckpoint(document: JsonRecord, source: string): RawReading {
  const root = { source };
  const versioned = Object.hasOwn(document, 'checkpoint');
  if (versioned) checkVersion(document, root);
  const spot = versioned ? at(root, 'checkpoint') : root;
  const checkpoint = versioned ? expectRecord(field(document, 'checkpoint'), spot) : document;
  const latest = optionalRecord(checkpoint, 'latest', spot);
  return reading('checkpoint', source, latest, at(spot, 'latest'), awsConfigOf(field(checkpoint, 'config'), at(spot, 'config')));
}

function checkVersion(document: JsonRecord, spot: Spot): void {
  const version = field(document, 'version');
  if (version !== 1 && version !== 2 && version !== 3 && version !== 4) {
    const found = typeof version === 'number' ? String(version) : kindOf(version);
    throw new UsageError(
      'unsupported-version',
      `${spotLabel(at(spot, 'version'))}: expected a deployment of version 1, 2, 3 or 4, found ${found}. Export the stack with \`pulumi stack export\`.`,
    );
  }
  if (version < 4) return;
  const missing = textList(document, 'features', spot).filter((feature) => !FEATURES.has(feature));
  if (missing.length > 0) {
    throw new UsageError(
      'unsupported-feature',
      `${spotLabel(at(spot, 'features'))}: the deployment uses ${missing.map((f) => JSON.stringify(clip(f))).join(', ')}, which cannot be read.`,
    );
  }
}

function reading(
  kind: 'export' | 'checkpoint',
  source: string,
  deployment: JsonRecord,
  spot: Spot,
  awsConfig: RawResource['inputs'],
): RawReading {
  const listSpot = at(spot, 'resources');
  const places = new Map<string, number>();
  const resources: RawResource[] = [];
  const replaced: string[] = [];
  optionalList(deployment, 'resources', spot).forEach((raw, i) => {
    const place = at(listSpot, i);
    const resource = readResource(raw, place);
    const state = expectRecord(raw, place);
    if (flag(state, 'delete', place)) return;
    if (flag(state, 'pendingReplacement', place)) {
      replaced.push(resource.urn);
      return;
    }
    const first = places.get(resource.urn);
    if (first !== undefined) throw duplicate(resource.urn, at(listSpot, first), place);
    places.set(resource.urn, i);
    resources.push(resource);
  });
  const notes = [
    ...pendingNotes(deployment, spot),
    ...replaced.map((urn) => `${urn} was deleted to be replaced and does not exist now: left out`),
  ];
  if (resources.length === 0) notes.push('the stack holds no resources');
  return {
    source,
    kind,
    ...stackOf(resources.map((r) => r.urn)),
    resources,
    configRegion: plainText(awsConfig, 'region'),
    awsConfig,
    partial: false,
    notes,
  };
}

export function duplicate(urn: string, first: Spot, second: Spot): UsageError {
  return new UsageError(
    'duplicate-urn',
    `${spotLabel(second)}: ${JSON.stringify(clip(urn))} is also at ${pathOf(first)}; a URN names one resource. Repair the stack with \`pulumi state repair\`.`,
  );
}

function pendingNotes(deployment: JsonRecord, spot: Spot): string[] {
  const key = 'pending_operations';
  return optionalList(deployment, key, spot).map((raw, i) => {
    const place = at(at(spot, key), i);
    const operation = expectRecord(raw, place);
    const urn = optionalText(optionalRecord(operation, 'resource', place), 'urn', at(place, 'resource'));
    const type = optionalText(operation, 'type', place);
    return `an update was interrupted while ${clip(type ?? 'changing')} ${clip(urn ?? 'a resource')}: what AWS has may differ`;
  });
}

/** Project and stack of the Stack resource, else of the first resource; empty for an empty stack. */
export function stackOf(urns: readonly string[]): { readonly project: string; readonly stack: string } {
  const urn = urns.find((u) => parseUrn(u)?.type === STACK_TYPE) ?? urns[0];
  const parsed = urn === undefined ? undefined : parseUrn(urn);
  return { project: parsed?.project ?? '', stack: parsed?.stack ?? '' };
}

export function plainText(values: RawResource['inputs'], key: string): string | undefined {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
