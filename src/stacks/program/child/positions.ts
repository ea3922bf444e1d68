/**
 * Where in the project each resource is constructed: the innermost frame outside node_modules that is not one of the
 * resource's own constructors. Taken here rather than from the SDK, whose older versions take none and whose newer ones miss the top
 * level of an ES module.
 */
import { findSourceMap } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Position } from '../../../model/resource.ts';
import type { Sdk, SdkResource } from './sdk.ts';

/** Frames looked through before giving up: SDK, provider and component-library constructors come first. */
const MAX_FRAMES = 40;

const STACK_TYPE = 'pulumi:pulumi:Stack';

export interface Positions {
  /** Of a registered URN. */
  of(urn: string): Position | undefined;
  /** Constructed resources whose registration has not been answered, as `type name (file:line)`. */
  open(): readonly string[];
  /** Property names that resources of a type were constructed with, outputs included. */
  properties(type: string): ReadonlySet<string>;
}

/** Watches every construction, through the SDK's own functions that start a registration or a read. */
export function watchConstructions(sdk: Sdk, folder: string): Positions {
  const byUrn = new Map<string, Position>();
  const open = new Map<object, string>();
  const properties = new Map<string, Set<string>>();
  const watch = (fn: 'registerResource' | 'readResource', propsAt: number) => {
    const original = sdk.registrations[fn] as (res: SdkResource, ...rest: unknown[]) => unknown;
    sdk.registrations[fn] = (res: SdkResource, ...rest: unknown[]) => {
      const [type, name, props] = [String(rest[1]), String(rest[2]), rest[propsAt]];
      const position = type === STACK_TYPE ? undefined : here(res, folder);
      if (typeof props === 'object' && props !== null) {
        const names = properties.get(type) ?? new Set();
        for (const key of Object.keys(props)) names.add(key);
        properties.set(type, names);
      }
      open.set(res, position === undefined ? `${type} ${name}` : `${type} ${name} (${position.file}:${position.line})`);
      const result = original(res, ...rest);
      const settled = () => open.delete(res);
      res.urn.promise().then((urn) => {
        settled();
        if (position !== undefined) byUrn.set(String(urn), position);
      }, settled);
      return result;
    };
  };
  watch('registerResource', 6);
  watch('readResource', 3);
  // The SDK's own positions are not used, and cost as much again.
  if ('callsites' in sdk.Resource) sdk.Resource.callsites = () => [];
  if ('sourcePosition' in sdk.Resource) sdk.Resource.sourcePosition = () => undefined;
  return {
    of: (urn) => byUrn.get(urn),
    open: () => [...open.values()],
    properties: (type) => properties.get(type) ?? new Set(),
  };
}

/** The frame that wrote `new`: past the constructors of the resource's own classes, and outside node_modules. */
function here(resource: object, folder: string): Position | undefined {
  const classes = new Set<string>();
  for (let at: unknown = resource.constructor; typeof at === 'function' && at.name !== ''; at = Object.getPrototypeOf(at))
    classes.add(at.name);
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = MAX_FRAMES;
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack as unknown as readonly NodeJS.CallSite[];
    const own = sites.findLastIndex((site) => site.isConstructor() && classes.has(site.getFunctionName() ?? ''));
    for (const site of sites.slice(own + 1)) {
      const file = site.getFileName();
      if (!file || file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(file)) continue;
      return mapped(file, site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1, folder);
    }
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function mapped(file: string, line: number, column: number, folder: string): Position {
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (entry !== undefined && 'originalSource' in entry && entry.originalSource) {
    return { file: within(folder, entry.originalSource), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }
  return { file: within(folder, file), line, column };
}

function within(folder: string, file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return relative(folder, path).split(sep).join('/');
}
